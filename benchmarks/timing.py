"""Comparing two ways of doing the same, alternating, and what came of it."""

from __future__ import annotations

import gc
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from pydantic import BaseModel, ConfigDict

REPETITIONS = 5
VALUE = "value"
"""The unit of what has none."""


class Comparison(BaseModel):
    """One row: ours against a reference.

    Attributes:
        ours: Seconds, or bytes; the median. Or a metric.
        reference: The same of what it is compared with.
        ratio: What is bounded: times as fast, or times as much, as `bound` says.
        bound: In words.
        kept: Whether it is.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    against: str
    ours: float
    reference: float
    unit: str
    ratio: float
    bound: str
    kept: bool


def at_least(name: str, against: str, ours: float, reference: float, times: float, unit: str = "s") -> Comparison:
    """Ours must be at least so many times as fast, or as small, as the reference."""
    ratio = reference / ours
    bound = f"at least {times:g} times as {'fast' if unit == 's' else 'small'}"
    return _compared(name, against, ours, reference, unit, ratio, bound, kept=ratio >= times)


def at_most(name: str, against: str, ours: float, reference: float, times: float, unit: str = "s") -> Comparison:
    """Ours must take at most so many times what the reference takes."""
    ratio = ours / reference
    return _compared(name, against, ours, reference, unit, ratio, f"at most {times:g} times", kept=ratio <= times)


def value_at_least(name: str, against: str, ours: float, reference: float, bound: float | None) -> Comparison:
    """Ours, a metric, must be at least `bound`; None bounds nothing."""
    words = "(not bounded)" if bound is None else f"at least {bound:.4f}"
    return _value(name, against, ours, reference, words, kept=bound is None or ours >= bound)


def value_at_most(name: str, against: str, ours: float, reference: float, bound: float) -> Comparison:
    """Ours, a metric that is better when it is lower, must be at most `bound`."""
    return _value(name, against, ours, reference, f"at most {bound:.4f}", kept=ours <= bound)


def _value(name: str, against: str, ours: float, reference: float, bound: str, *, kept: bool) -> Comparison:
    ratio = ours / reference if reference else 1.0
    return _compared(name, against, ours, reference, VALUE, ratio, bound, kept=kept)


def _compared(
    name: str, against: str, ours: float, reference: float, unit: str, ratio: float, bound: str, *, kept: bool
) -> Comparison:
    return Comparison(
        name=name, against=against, ours=ours, reference=reference, unit=unit, ratio=ratio, bound=bound, kept=kept
    )


def alternate(*ways: Callable[[], object], repetitions: int = REPETITIONS) -> list[float]:
    """Time ways of doing something, one after the other, again and again.

    Returns:
        Seconds of each, the median of `repetitions`; what other work on the machine costs is shared fairly.
    """
    seconds: list[list[float]] = [[] for _ in ways]
    for _ in range(repetitions):
        for way, times in zip(ways, seconds, strict=True):
            gc.collect()
            started = time.perf_counter()
            way()
            times.append(time.perf_counter() - started)
    return [median(times) for times in seconds]


def in_a_process(module: str, *arguments: str) -> dict[str, Any]:
    """Run ``python -m module arguments`` and read the JSON that it prints last."""
    done = subprocess.run([sys.executable, "-m", module, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{module} {' '.join(arguments)} failed:\n{done.stderr}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


class Growth:
    """The most memory that was added since this was made, on Linux; 1 MB where that is less."""

    def __init__(self) -> None:
        gc.collect()
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
        self._before = _status("VmRSS")

    def bytes(self) -> int:
        """Give the peak since then, less what was there."""
        return max(_status("VmHWM") - self._before, 1_000_000)


def _status(field: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:")) * 1024


def peak_bytes() -> int:
    """Give the most memory that this process ever had."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
