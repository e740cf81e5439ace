"""How numbers and names read on a page."""

from __future__ import annotations

from sentiment.metrics.bootstrap import Interval

MINUS = "−"
_NAMES = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "precision_not_recommended": "precision",
    "recall_not_recommended": "recall",
    "f1_not_recommended": "F1",
    "macro_f1": "macro F1",
    "mcc": "MCC",
    "roc_auc": "ROC AUC",
    "pr_auc": "average precision",
    "brier": "Brier score",
    "log_loss": "log loss",
    "ece": "calibration error",
}


def metric_name(metric: str) -> str:
    """Name a metric as people write it."""
    return _NAMES.get(metric, metric.replace("_", " "))


def count(number: float) -> str:
    """``22,641``."""
    return f"{number:,.0f}"


def share(part: float) -> str:
    """``81.9%``."""
    return f"{part:.1%}"


def metric(value: float) -> str:
    """``0.762``."""
    return f"{value:.3f}".replace("-", MINUS)


def signed(value: float) -> str:
    """``+0.151``; ``−0.020`` with a minus as long as the plus."""
    return f"{value:+.3f}".replace("-", MINUS)


def magnitude(value: float) -> str:
    """``0.151``, whatever the sign."""
    return metric(abs(value))


def interval(ends: Interval | tuple[float, float]) -> str:
    """``0.739 to 0.786``."""
    low, high = ends
    return f"{metric(low)} to {metric(high)}"


def size(bytes_: int) -> str:
    """``2.4 MB``."""
    return f"{bytes_ / 1e6:.1f} MB" if bytes_ >= 100_000 else f"{bytes_ / 1e3:.0f} kB"


def cut(text: str, longest: int) -> str:
    """Shorten a text, and say so with an ellipsis."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def printable(text: str) -> str:
    """Put a box where a text has what no font draws and no XML may hold."""
    return "".join(letter if letter.isprintable() else "□" for letter in text)
