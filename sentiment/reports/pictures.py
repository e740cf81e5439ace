"""What each picture shows: a model's verdicts, curves and words, and the lengths of reviews."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn import metrics as sk

from sentiment.evaluation.evidence import Evidence
from sentiment.metrics.predictions import Predictions
from sentiment.metrics.weighted import CALIBRATION_BINS, calibration_bins
from sentiment.models.explain import TellingWords
from sentiment.models.scorer import Word
from sentiment.reports.charts import SHARES, Axes, Bar, Dot, Line, Mark, Picture, Text, round_ticks
from sentiment.reports.numbers import count, cut, metric, share
from sentiment.reviews.reading import LENGTH_BIN

LONGEST_WORD = 22


def model_pictures(evidence: Evidence) -> dict[str, Picture]:
    """Draw what a model is worth: file name, without its ending, to picture."""
    rows = evidence.predictions
    pictures = {
        "confusion_matrix": confusion(rows),
        "roc": roc(rows),
        "precision_recall": precision_recall(rows),
        "calibration": calibration(rows),
    }
    return pictures if evidence.words is None else pictures | {"telling_words": words(evidence.words)}


def picture_files(evidence: Evidence) -> dict[str, bytes]:
    """Draw the same for a tracker: file name to SVG."""
    return {f"{name}.svg": picture.file() for name, picture in model_pictures(evidence).items()}


def confusion(rows: Predictions) -> Picture:
    """Draw how many verdicts of each kind were given to customers of each kind."""
    counts = sk.confusion_matrix(rows.labels, rows.verdicts, labels=[0, 1])
    shares = counts / counts.sum(axis=1, keepdims=True)
    names, left, top, width, height = ("does not", "recommends"), 84, 40, 130, 88
    marks: list[Mark] = [
        Text(left + width + 2, 12, "the model says →", "middle", "axis"),
        Text(4, 14, "↓ the customer", "start", "axis"),
    ]
    for row, column in np.ndindex(2, 2):
        x, y = left + column * (width + 4), top + row * (height + 4)
        # Both kinds of mistake in the colour of what the model said wrongly, as strong as they are frequent.
        marks.append(Bar(x, y, width, height, "recommends" if column else "not", 0.12 + 0.33 * shares[row, column]))
        marks.append(Text(x + width / 2, y + height / 2 + 2, count(counts[row, column]), "middle", "big"))
        told = "right" if row == column else "wrong"
        marks.append(Text(x + width / 2, y + height / 2 + 22, f"{share(shares[row, column])} {told}", "middle", "note"))
    for place, name in enumerate(names):
        marks.append(Text(left + place * (width + 4) + width / 2, 31, name, "middle"))
        marks.append(Text(left - 8, top + place * (height + 4) + height / 2 + 4, name, "end"))
    return Picture(f"Verdicts at threshold {rows.threshold:.2f}", 226, marks)


def roc(rows: Predictions) -> Picture:
    """Draw the receiver operating characteristic; a dot marks the threshold."""
    false_alarms, hits, _ = sk.roc_curve(rows.labels, rows.probabilities)
    area = sk.roc_auc_score(rows.labels, rows.probabilities)
    axes = Axes()
    at = [float(rows.verdicts[rows.labels == label].mean()) for label in (0, 1)]
    marks = [
        *axes.marks(across="wrongly taken for recommending", up="recommending found", x_ticks=SHARES, y_ticks=SHARES),
        axes.line([0, 1], [0, 1], "guess"),
        Text(*axes.at(0.72, 0.66), "guessing", "start", "note"),
        axes.line(false_alarms, hits, "recommends"),
        *_threshold(axes, at[0], at[1], rows.threshold, "recommends"),
    ]
    return Picture(f"ROC curve, area {metric(area)}", 304, marks)


def precision_recall(rows: Predictions) -> Picture:
    """Draw precision against recall of those who do not recommend; a dot marks the threshold."""
    precision, recall, _ = sk.precision_recall_curve(rows.labels, -rows.probabilities, pos_label=0)
    area = sk.average_precision_score(rows.labels, -rows.probabilities, pos_label=0)
    guessed = float(np.mean(rows.labels == 0))
    axes = Axes()
    # Precision holds until the next row that recall gains: a stair, from full recall down to none.
    stair = np.repeat(recall, 2)[1:], np.repeat(precision, 2)[:-1]
    marks = [
        *axes.marks(
            across="found of those who do not recommend", up="right among those named", x_ticks=SHARES, y_ticks=SHARES
        ),
        axes.line([0, 1], [guessed, guessed], "guess"),
        Text(*axes.at(0.02, guessed + 0.025), f"guessing, {guessed:.0%}", "start", "note"),
        axes.line(*stair, "not"),
    ]
    if (rows.verdicts == 0).any():
        found = float(np.mean(rows.verdicts[rows.labels == 0] == 0))
        right = float(np.mean(rows.labels[rows.verdicts == 0] == 0))
        marks += _threshold(axes, found, right, rows.threshold, "not")
    return Picture(f"Precision and recall, average {metric(area)}", 304, marks)


def calibration(rows: Predictions) -> Picture:
    """Draw a reliability diagram over the bins of the expected calibration error; a dot's size is its rows."""
    bins = calibration_bins(rows.probabilities)
    counts = np.bincount(bins, minlength=CALIBRATION_BINS)
    filled = counts > 0
    given = np.bincount(bins, rows.probabilities, CALIBRATION_BINS)[filled] / counts[filled]
    observed = np.bincount(bins, rows.labels, CALIBRATION_BINS)[filled] / counts[filled]
    axes = Axes()
    sizes = 2.5 + 5.5 * np.sqrt(counts[filled] / counts.max())
    dots = zip(given.tolist(), observed.tolist(), sizes.round(1).tolist(), strict=True)
    marks = [
        *axes.marks(
            across="probability given to a recommendation", up="share that recommends", x_ticks=SHARES, y_ticks=SHARES
        ),
        axes.line([0, 1], [0, 1], "guess"),
        axes.line(given, observed, "thin"),
        *(Dot(*axes.at(x, y), "recommends", size) for x, y, size in dots),
        Text(4, axes.bottom + 52, "Dotted: exactly so. The larger a dot, the more rows.", "start", "note"),
    ]
    return Picture("Is the probability what it says?", 322, marks)


def words(telling: TellingWords) -> Picture:
    """Draw the words that say most, those for a recommendation first, as bars to two sides of one axis."""
    shown: Sequence[Word] = [*telling.recommending, *reversed(telling.not_recommending)]
    widest = max((abs(word.weight) for word in shown), default=1.0)
    line, middle, reach, top = 16, 232, 116, 24
    bottom = top + line * len(shown)
    marks: list[Mark] = [
        Text(middle - 6, 12, "← does not recommend", "end", "axis"),
        Text(middle + 6, 12, "recommends →", "start", "axis"),
    ]
    for place, word in enumerate(shown):
        length, y = reach * abs(word.weight) / widest, top + place * line
        side = word.weight > 0
        marks.append(Bar(middle if side else middle - length, y + 2, length, line - 4, "recommends" if side else "not"))
        marks.append(Text(108, y + line - 4.5, cut(word.word, LONGEST_WORD), "end"))
    marks.append(Line([(middle, top - 2), (middle, bottom + 2)], "zero"))
    return Picture("The words that say most", bottom + 8, marks)


def lengths(reviews: Sequence[int]) -> Picture:
    """Draw how many reviews have how many words."""
    longest = LENGTH_BIN * len(reviews)
    axes = Axes(bottom=206, x=(0, longest), y=(0, 1.04 * max(reviews)))
    ends = range(0, longest, 2 * LENGTH_BIN)
    ticks = [(float(end), f"{end}+" if end == longest - LENGTH_BIN else f"{end}") for end in ends]
    bars = []
    for place, found in enumerate(reviews):
        x, y = axes.at(place * LENGTH_BIN, found)
        bars.append(Bar(x + 1, y, (axes.right - axes.left) / len(reviews) - 2, axes.bottom - y, "quiet"))
    framed = axes.marks(across="words a review", up="reviews", x_ticks=ticks, y_ticks=round_ticks(max(reviews)))
    return Picture("How long the reviews are", 246, [*framed, *bars])


def _threshold(axes: Axes, x: float, y: float, threshold: float, look: str) -> list[Mark]:
    """Mark where the threshold puts the model, with the words on the side where there is room."""
    left, top = axes.at(x, y)
    anchor, shift = ("start", 9) if x < 0.6 else ("end", -9)
    return [Dot(left, top, look, 5), Text(left + shift, top + 16, f"threshold {threshold:.2f}", anchor)]
