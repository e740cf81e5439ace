"""The prediction log on standard output, for containers whose platform collects it."""

from __future__ import annotations

import sys
from collections.abc import Sequence


class StandardOutput:
    """Writes a line a record."""

    def write(self, lines: Sequence[bytes]) -> None:
        """Append lines; see `writing.Target`."""
        sys.stdout.buffer.write(b"".join(line + b"\n" for line in lines))
        sys.stdout.buffer.flush()

    def tidy(self) -> None:
        """Nothing to be done: whoever collects the lines keeps them."""

    def close(self) -> None:
        """Nothing to be done: others write there too."""
