"""Pictures of what a model is worth.

Figures are made without matplotlib's global state, on a white background of their own, so that they read on
light and dark pages. Words come from untrusted reviews: they are shown as they are, never read as markup.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from sklearn import metrics as sk

from sentiment.explain import TellingWords
from sentiment.measures import CALIBRATION_BINS, calibration_bins
from sentiment.predictions import check_predictions

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's blue and vermillion ("Color Universal Design", 2008): colour-blind readers tell them apart.
RECOMMENDS, NOT_RECOMMENDED = "#0072B2", "#D55E00"
_INK, _MUTED, _GRID = "#222222", "#767676", "#E5E5E5"
_LONGEST_WORD = 24
_FONT = "DejaVu Sans"  # comes with matplotlib
_MISSING = "□"


def figure_png(figure: Figure) -> bytes:
    """Draw a figure as a PNG of at most 100 kB, the same bytes for the same figure."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110, facecolor="white", metadata={"Software": None})
    return buffer.getvalue()


def plot_confusion(labels: ArrayLike, probabilities: ArrayLike, threshold: float) -> Figure:
    """Draw how many verdicts of each kind were given to customers of each kind.

    Args:
        labels: Shape ``(n_rows,)``, 0 or 1, both occurring.
        probabilities: Shape ``(n_rows,)``, in [0, 1], of class 1, a recommendation.
        threshold: The least probability that counts as a recommendation.

    Raises:
        InputError, ValueError: As `metrics.evaluate`, here and in the three functions below.
    """
    rows = check_predictions(labels, probabilities, threshold)
    counts = sk.confusion_matrix(rows.labels, rows.verdicts, labels=[0, 1])
    shares = counts / counts.sum(axis=1, keepdims=True)
    figure, axes = _figure(f"Verdicts on {counts.sum():,} reviews at threshold {threshold:.2f}", (4.6, 3.8))
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1.15)
    for row, column in np.ndindex(2, 2):
        share = shares[row, column]
        color = "white" if share > 0.6 else _INK
        axes.text(column, row - 0.08, f"{counts[row, column]:,}", ha="center", color=color, fontsize=15)
        axes.text(column, row + 0.14, f"{share:.1%} of the row", ha="center", color=color, fontsize=8)
    names = ["does not\nrecommend", "recommends"]
    axes.set(xticks=[0, 1], yticks=[0, 1], xticklabels=names, yticklabels=names)
    axes.set(xlabel="what the model says", ylabel="what the customer said")
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    return figure


def plot_roc(labels: ArrayLike, probabilities: ArrayLike, threshold: float | None = None) -> Figure:
    """Draw the receiver operating characteristic; a dot marks the threshold, if given."""
    rows = check_predictions(labels, probabilities, 0.5 if threshold is None else threshold)
    false_alarms, hits, _ = sk.roc_curve(rows.labels, rows.probabilities)
    area = sk.roc_auc_score(rows.labels, rows.probabilities)
    figure, axes = _figure(f"ROC curve, area {area:.3f}")
    axes.plot([0, 1], [0, 1], color=_MUTED, linestyle=":", label="guessing")
    axes.plot(false_alarms, hits, color=RECOMMENDS, label="model")
    if threshold is not None:
        x, y = (rows.verdicts[rows.labels == label].mean() for label in (0, 1))
        axes.plot([x], [y], "o", color=RECOMMENDS, label=f"threshold {threshold:.2f}")
    axes.set(xlabel="wrongly taken for recommending (share)", ylabel="recommending customers found (share)")
    return _unit_square(figure, axes, legend="lower right")


def plot_precision_recall(labels: ArrayLike, probabilities: ArrayLike, threshold: float | None = None) -> Figure:
    """Draw precision against recall of the class that does not recommend; a dot marks the threshold."""
    rows = check_predictions(labels, probabilities, 0.5 if threshold is None else threshold)
    precision, recall, _ = sk.precision_recall_curve(rows.labels, -rows.probabilities, pos_label=0)
    area = sk.average_precision_score(rows.labels, -rows.probabilities, pos_label=0)
    share = float(np.mean(rows.labels == 0))
    figure, axes = _figure(f"Finding who does not recommend, average precision {area:.3f}")
    axes.axhline(share, color=_MUTED, linestyle=":", label=f"guessing ({share:.0%} of reviews)")
    axes.step(recall, precision, where="post", color=NOT_RECOMMENDED, label="model")
    if threshold is not None and (rows.verdicts == 0).any():
        x, y = np.mean(rows.verdicts[rows.labels == 0] == 0), np.mean(rows.labels[rows.verdicts == 0] == 0)
        axes.plot([x], [y], "o", color=NOT_RECOMMENDED, label=f"threshold {threshold:.2f}")
    axes.set(xlabel="found of those who do not recommend (recall)", ylabel="right among those named (precision)")
    return _unit_square(figure, axes, legend="lower left")


def plot_calibration(labels: ArrayLike, probabilities: ArrayLike) -> Figure:
    """Draw a reliability diagram over the bins of the expected calibration error.

    Above, how often customers recommend where the model gave such a probability; below, how often it did.
    """
    rows = check_predictions(labels, probabilities, 0.5)
    bins = calibration_bins(rows.probabilities)
    counts = np.bincount(bins, minlength=CALIBRATION_BINS)
    filled = counts > 0
    given = np.bincount(bins, rows.probabilities, CALIBRATION_BINS)[filled] / counts[filled]
    observed = np.bincount(bins, rows.labels, CALIBRATION_BINS)[filled] / counts[filled]
    figure, axes = _figure("Is the probability what it says?", (4.6, 4.6), (3, 1))
    axes.plot([0, 1], [0, 1], color=_MUTED, linestyle=":", label="exactly")
    axes.plot(given, observed, "o-", color=RECOMMENDS, markersize=4, label="model")
    axes.set(ylabel="share that recommends")
    _unit_square(figure, axes, legend="upper left")
    below = figure.axes[1]
    below.bar((np.arange(CALIBRATION_BINS) + 0.5) / CALIBRATION_BINS, counts, 0.9 / CALIBRATION_BINS, color=_MUTED)
    below.set(xlabel="probability given to a recommendation", ylabel="reviews", xlim=(-0.02, 1.02))
    below.yaxis.set_major_locator(_few_whole_numbers())
    return figure


def plot_words(words: TellingWords) -> Figure:
    """Draw the words that say most for either verdict, as bars to two sides."""
    shown = [*words.recommending, *reversed(words.not_recommending)]
    weights = [weight for _, weight in shown]
    figure, axes = _figure("The words that say most, by weight in log-odds", (5.2, 0.19 * max(len(shown), 4) + 1.1))
    axes.barh(
        range(len(shown)),
        weights,
        color=[RECOMMENDS if weight > 0 else NOT_RECOMMENDED for weight in weights],
    )
    axes.set_yticks(range(len(shown)), [_shown(word) for word, _ in shown], **_plain(), fontsize=8)
    axes.set(xlabel="← does not recommend        recommends →")
    widest = 1.05 * max((abs(weight) for weight in weights), default=1.0)
    axes.set_xlim(-widest, widest)
    axes.set_ylim(max(len(shown), 1) - 0.4, -0.6)
    axes.axvline(0, color=_INK, linewidth=0.8)
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0)
    return figure


def plot_intervals(
    values: Mapping[str, tuple[float, float, float]], label: str, *, chosen: str | None = None
) -> Figure:
    """Draw a metric of each candidate as a dot, with its 95% interval as whiskers.

    Args:
        values: Candidate to ``(value, low, high)``, the first on top.
        label: What the metric is and of which rows, in plain words.
        chosen: The candidate to mark by colour.
    """
    figure, axes = _figure(f"{label}, with 95% intervals", (5.2, 0.42 * max(len(values), 2) + 1.1))
    for position, (name, (value, low, high)) in enumerate(values.items()):
        color = RECOMMENDS if name == chosen else _MUTED
        axes.plot([low, high], [position] * 2, color=color, linewidth=2, marker="|", markersize=8)
        axes.plot([value], [position], "o", color=color, markersize=7)
        axes.annotate(
            f"{value:.3f}",
            (value, position),
            (0, 7),
            textcoords="offset points",
            ha="center",
            fontsize=8,
            color=_INK,
        )
    axes.set_yticks(range(len(values)), [_shown(name) for name in values], **_plain(), fontsize=9)
    axes.set_ylim(max(len(values), 1) - 0.5, -0.7)
    axes.set_xlabel(_shown(label, longest=60), **_plain())
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0)
    return figure


def _figure(
    title: str, size: tuple[float, float] = (4.6, 4.2), heights: tuple[float, ...] = (1,)
) -> tuple[Figure, Axes]:
    """Make a figure of one column of axes, and give the topmost with it."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained", facecolor="white")
    every = figure.subplots(len(heights), squeeze=False, sharex=True, height_ratios=heights).flat
    for axes in every:
        axes.set_facecolor("white")
        axes.grid(color=_GRID, linewidth=0.8)
        axes.set_axisbelow(True)
        axes.tick_params(labelsize=8, colors=_INK)
        for text in (axes.xaxis.label, axes.yaxis.label):
            text.set(fontsize=9, color=_INK)
        axes.spines[["top", "right"]].set_visible(False)
        axes.spines[["bottom", "left"]].set_color(_MUTED)
    figure.suptitle(_shown(title, longest=80), fontsize=10, color=_INK, **_plain())
    return figure, figure.axes[0]


def _unit_square(figure: Figure, axes: Axes, *, legend: Literal["lower right", "lower left", "upper left"]) -> Figure:
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
    axes.legend(loc=legend, fontsize=8, frameon=False, labelcolor=_INK)
    return figure


def _few_whole_numbers() -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(3, integer=True)


def _plain() -> dict[str, Any]:
    """Text properties under which a dollar sign is one, and the font is that of `_shown`."""
    return {"parse_math": False, "fontfamily": _FONT}


def _shown(text: str, longest: int = _LONGEST_WORD) -> str:
    """Shorten a text, and put a box where it has what the font cannot draw; matplotlib would warn of each."""
    short = text if len(text) <= longest else text[: longest - 1] + "…"
    drawable = _drawable()
    return "".join(letter if letter.isprintable() and ord(letter) in drawable else _MISSING for letter in short)


@cache
def _drawable() -> frozenset[int]:
    from matplotlib.font_manager import findfont, get_font

    return frozenset(get_font(findfont(_FONT)).get_charmap())
