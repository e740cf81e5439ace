"""The detectors: one file each, with a ``NAME`` and a ``test(window, reference, seed)``."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sentiment.monitoring.detectors import (
    correct,
    language,
    lengths,
    nothing_known,
    probabilities,
    repeats,
    titles,
    unknown_words,
    verdicts,
    words,
)
from sentiment.monitoring.finding import Finding
from sentiment.monitoring.rows import Rows

Detector = Callable[[Rows, Rows, int], Finding | None]

DETECTORS: Mapping[str, Detector] = {
    "verdicts": verdicts.test,
    "probabilities": probabilities.test,
    "words": words.test,
    "lengths": lengths.test,
    "titles": titles.test,
    "unknown_words": unknown_words.test,
    "nothing_known": nothing_known.test,
    "language": language.test,
    "repeats": repeats.test,
    "correct": correct.test,
}
