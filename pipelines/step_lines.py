"""Telling the steps of a run as they happen, from what ZenML logs: nothing is asked of its database."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from zenml.pipelines.pipeline_definition import Pipeline

from steps.shared.progress import Display, End

_LOGGER = "zenml.orchestrators"  # of the modules that launch steps in this process
_BEGINS = re.compile(r"Step `(.+)` has started\.")
_ENDS: dict[End, re.Pattern[str]] = {
    "done": re.compile(r"Step `(.+)` has finished in "),
    "cached": re.compile(r"Using cached version of step `(.+)`\."),
    "failed": re.compile(
        r"(?:Failed to run step `|Failed preparing step `|Step )([^`\s]+)(?:`.*| failed\.)", re.DOTALL
    ),
    "skipped": re.compile(r"Skipping step `?([^`\s]+)"),
}
"""ZenML 0.98's words. A test that runs a pipeline fails when they change."""


@contextmanager
def step_lines(pipeline: Pipeline, *, tell: bool) -> Iterator[dict[str, str]]:
    """Tell each step of a run of `pipeline` on standard error, while the body runs it.

    Of an orchestrator that runs steps elsewhere nothing is told.

    Args:
        pipeline: Whose steps.
        tell: Otherwise it is only listened.

    Yields:
        Why steps could not begin, by name; ZenML records that nowhere else.
    """
    display = Display(lambda: pipeline.invocations)
    logger, listener = logging.getLogger(_LOGGER), _Listener(display if tell else None)
    level, propagates = logger.level, logger.propagate
    if tell or not logger.isEnabledFor(logging.ERROR):  # else ZenML tells it all itself
        logger.setLevel(logging.INFO)
        logger.propagate = False  # what failed is raised to us, and told once
    logger.addHandler(listener)
    try:
        with display.shown() if tell else nullcontext():
            yield listener.reasons
    finally:
        logger.removeHandler(listener)
        logger.setLevel(level)
        logger.propagate = propagates


class _Listener(logging.Handler):
    """Passes on what ZenML logs about steps."""

    def __init__(self, display: Display | None) -> None:
        super().__init__(logging.INFO)
        self.reasons: dict[str, str] = {}
        self._display = display
        self._began: dict[str, float] = {}
        self._ended: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        said = record.getMessage()
        if begins := _BEGINS.match(said):
            step = begins[1]
            self._began[step] = record.created
            self._ended.discard(step)  # it is tried again
            if self._display is not None:
                self._display.begin(step)
            return
        for how, words in _ENDS.items():
            if (ends := words.match(said)) and ends[1] not in self._ended:
                step = ends[1]
                self._ended.add(step)
                began = self._began.get(step)
                if how == "failed":
                    self.reasons[step] = _why(record)
                if self._display is None:
                    continue
                self._display.end(step, how, None if began is None else record.created - began)


def _why(record: logging.LogRecord) -> str:
    error = record.exc_info[1] if record.exc_info else None
    return record.getMessage().partition(": ")[2] if error is None else f"{type(error).__name__}: {error}"
