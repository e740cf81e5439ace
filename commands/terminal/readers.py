"""Going on when whoever read the output has gone: `run.py | head` ends the reading, not the training."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class _OutlivingReaders(io.FileIO):
    """A file whose reader may go away; from then on what is written goes nowhere."""

    def write(self, content: ReadableBuffer) -> int:
        """Write all that can be written."""
        try:
            return super().write(content)
        except BrokenPipeError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            return super().write(content)


def outlive_readers() -> None:
    """Let standard output and standard error of this process outlive their readers; where they are others', nothing."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is not getattr(sys, f"__{name}__") or not isinstance(stream, io.TextIOWrapper):
            continue
        raw = getattr(stream.buffer, "raw", None)  # none where Python was told not to buffer
        if isinstance(raw, _OutlivingReaders):
            continue
        stream.flush()
        patient = io.TextIOWrapper(
            io.BufferedWriter(_OutlivingReaders(stream.fileno(), "w", closefd=False)),
            encoding=stream.encoding,
            errors=stream.errors,
            line_buffering=stream.line_buffering or raw is None or name == "stderr",
        )
        setattr(sys, name, patient)
        setattr(sys, f"__{name}__", patient)
