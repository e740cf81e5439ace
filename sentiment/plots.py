"""Pictures of what a model is worth.

Figures are made without matplotlib's global state, on a background of their own, so that they read on light and dark
pages. Words come from untrusted reviews: they are shown as they are, never read as markup.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import (
    average_precision_score,
    confusion_matrix,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
)

from sentiment.explain import TellingWords
from sentiment.metrics import CALIBRATION_BINS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's colours, told apart by colour-blind readers too.
GOOD, BAD, INK, MUTED = "#0072B2", "#D55E00", "#222222", "#888888"
_LONGEST_WORD = 24
_SIZE = (4.4, 3.6)

Labels = NDArray[np.int64]
Floats = NDArray[np.float64]


def png(figure: Figure) -> bytes:
    """Draw a figure as a PNG."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # A word in a script that the font lacks is drawn as boxes; that is no reason to fail.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        figure.savefig(buffer, format="png", dpi=110, metadata={"Software": None})
    return buffer.getvalue()


def plot_confusion(labels: Labels, probabilities: Floats, threshold: float) -> Figure:
    """Draw counts of verdicts against what the customers said."""
    counts = confusion_matrix(labels, probabilities >= threshold, labels=[0, 1])
    figure, axes = _figure(f"Verdicts at threshold {threshold:.2f}")
    axes.imshow(counts / counts.sum(axis=1, keepdims=True), cmap="Blues", vmin=0, vmax=1)
    for row, column in np.ndindex(2, 2):
        share = counts[row, column] / counts[row].sum()
        axes.text(
            column,
            row,
            f"{counts[row, column]:,}\n{share:.1%}",
            ha="center",
            va="center",
            color="white" if share > 0.5 else INK,
        )
    names = ["does not\nrecommend", "recommends"]
    axes.set(xticks=[0, 1], yticks=[0, 1], xticklabels=names, yticklabels=names, xlabel="model", ylabel="customer")
    axes.spines[:].set_visible(False)
    return figure


def plot_roc(labels: Labels, probabilities: Floats) -> Figure:
    """Draw the receiver operating characteristic."""
    false_positives, true_positives, _ = roc_curve(labels, probabilities)
    figure, axes = _figure(f"ROC, area {roc_auc_score(labels, probabilities):.3f}")
    axes.plot(false_positives, true_positives, color=GOOD)
    axes.plot([0, 1], [0, 1], color=MUTED, linestyle=":")
    axes.set(xlabel="share of others called recommending", ylabel="share of recommending found")
    return figure


def plot_precision_recall(labels: Labels, probabilities: Floats) -> Figure:
    """Draw precision against recall of the class that does not recommend."""
    precision, recall, _ = precision_recall_curve(1 - labels, 1 - probabilities)
    area = average_precision_score(1 - labels, 1 - probabilities)
    figure, axes = _figure(f"Finding who does not recommend, area {area:.3f}")
    axes.plot(recall, precision, color=BAD)
    axes.axhline(float(np.mean(1 - labels)), color=MUTED, linestyle=":")
    axes.set(xlabel="recall", ylabel="precision", ylim=(0, 1.02))
    return figure


def plot_calibration(labels: Labels, probabilities: Floats) -> Figure:
    """Draw how often customers recommend against how probable the model held it."""
    bin_of = np.minimum((probabilities * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    counts = np.bincount(bin_of, minlength=CALIBRATION_BINS)
    filled = counts > 0
    predicted = np.bincount(bin_of, probabilities, CALIBRATION_BINS)[filled] / counts[filled]
    observed = np.bincount(bin_of, labels, CALIBRATION_BINS)[filled] / counts[filled]
    figure, axes = _figure("Calibration")
    axes.plot([0, 1], [0, 1], color=MUTED, linestyle=":")
    axes.plot(predicted, observed, color=GOOD, linewidth=1)
    axes.scatter(predicted, observed, s=6 + 120 * counts[filled] / counts.max(), color=GOOD, alpha=0.8)
    axes.set(xlabel="probability given (size: reviews)", ylabel="share that recommends", xlim=(-0.02, 1.02))
    return figure


def plot_words(words: TellingWords) -> Figure:
    """Draw the words that say most for either verdict."""
    shown = [*reversed(words.not_recommending), *words.recommending][::-1]
    weights = [word.weight for word in shown]
    figure, axes = _figure("Words that say most", height=0.19 * len(shown) + 0.9)
    axes.barh(range(len(shown)), weights, color=[GOOD if weight > 0 else BAD for weight in weights])
    axes.set_yticks(range(len(shown)), [_shown(word.word) for word in shown], parse_math=False, fontsize=8)
    axes.set(xlabel="← does not recommend | recommends →", ylim=(-0.7, len(shown) - 0.3))
    return figure


def plot_intervals(
    names: Sequence[str], values: Sequence[float], bounds: Sequence[tuple[float, float]], title: str
) -> Figure:
    """Draw a dot and its 95% interval a candidate, the first on top."""
    figure, axes = _figure(title, height=0.5 * len(names) + 1.2)
    for position, (value, (low, high)) in enumerate(zip(values, bounds, strict=True)):
        axes.plot([low, high], [-position, -position], color=GOOD, linewidth=3, alpha=0.5, solid_capstyle="round")
        axes.scatter([value], [-position], color=GOOD, zorder=3)
    axes.set_yticks([-position for position in range(len(names))], list(names), parse_math=False)
    axes.set_ylim(-len(names) + 0.5, 0.5)
    return figure


def _shown(word: str) -> str:
    printable = "".join(character if character.isprintable() else "·" for character in word)
    return printable if len(printable) <= _LONGEST_WORD else printable[: _LONGEST_WORD - 1] + "…"


def _figure(title: str, height: float = _SIZE[1]) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure  # half a second that only a plot needs

    figure = Figure(figsize=(_SIZE[0], height), layout="constrained", facecolor="white")
    axes = figure.add_subplot()
    axes.set_title(title, fontsize=10, color=INK)
    axes.tick_params(labelsize=8, colors=INK)
    axes.xaxis.label.set_fontsize(9)
    axes.yaxis.label.set_fontsize(9)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return figure, axes
