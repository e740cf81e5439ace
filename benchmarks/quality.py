"""How good the best candidate is, beside the one that was the best before it, and beside published numbers.

On the article's test rows with and without titles, on the split of a published benchmark, and on five other stratified
splits, paired: a choice that wins on one set of test rows only is no gain. Nothing is chosen here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, precision_recall_curve
from sklearn.model_selection import train_test_split

from benchmarks.data import candidate, parts
from benchmarks.timing import Comparison, value_at_least, value_at_most
from sentiment.metrics.predictions import Floats, Labels
from sentiment.metrics.summary import Metrics, compute_metrics
from sentiment.models.families.base import Examples
from sentiment.reviews.reading import examples, read_reviews, with_text
from sentiment.text import TITLE_END

BEST, BEFORE = "linear_blend", "tfidf_linear"
PUBLIC_SPLIT = "public_split.json"
SPLITS = 5
_OF_THE_ARTICLE = {"accuracy": 0.925, "roc_auc": 0.970, "mcc": 0.770}
_TEXT_ALONE = {"accuracy": 0.911, "roc_auc": 0.956, "mcc": 0.722}
_PUBLIC = {
    "F1 of recommending at its best threshold": 0.957,
    "PR AUC of recommending": 0.9925,
}
_GAIN = 0.002
_DRAWS = 200
_MOST_CALIBRATION_ERROR = 0.012
_OF_ANY_DATA = {"roc_auc": 0.5, "mcc": 0.1}
_MOST_CALIBRATION_ERROR_OF_ANY_DATA = 0.1  # of a few hundred rows it is mostly chance


def compare(data: Path, *, short: bool) -> list[Comparison]:
    """Train both and score them; in short on the article's rows alone, with bounds for any data."""
    train, _, test = parts(data)
    if short:
        return _article("with title", train, test, _OF_ANY_DATA, most_error=_MOST_CALIBRATION_ERROR_OF_ANY_DATA)
    rows = _article("with title", train, test, _OF_THE_ARTICLE, most_error=_MOST_CALIBRATION_ERROR)
    rows += _article("text alone", _without_titles(train), _without_titles(test), _TEXT_ALONE)
    return rows + _public(data) + _other_splits(with_text(read_reviews(data)))


def _article(
    what: str, train: Examples, test: Examples, bounds: dict[str, float], *, most_error: float | None = None
) -> list[Comparison]:
    (ours, probabilities), (before, _) = (_scored(name, train, test) for name in (BEST, BEFORE))
    rows = [
        value_at_least(f"{what}: {metric}", BEFORE, ours.value(metric), before.value(metric), bound)
        for metric, bound in bounds.items()
    ]
    if most_error is not None:
        rows.append(value_at_most(f"{what}: ece", BEFORE, ours.ece, before.ece, most_error))
        if most_error == _MOST_CALIBRATION_ERROR:
            chance = _most_by_chance(probabilities)
            rows.append(value_at_most(f"{what}: ece", "19 of 20 perfectly calibrated models", ours.ece, chance, chance))
    return rows


def _most_by_chance(probabilities: Floats) -> float:
    """Give the calibration error that probabilities show in 19 of 20 draws of labels that they are exactly true of."""
    chance = np.random.default_rng(0)
    drawn = (
        compute_metrics(labels, probabilities, 0.5, resamples=1).ece
        for labels in chance.random((_DRAWS, len(probabilities))) < probabilities
    )
    return float(np.quantile([*drawn], 0.95))


def _public(data: Path) -> list[Comparison]:
    """Score both on a published benchmark's test rows; those without a review stay in, as they do there."""
    path = data.parent / PUBLIC_SPLIT
    if not path.exists():
        return []
    reviews = read_reviews(data)
    numbers = json.loads(path.read_text(encoding="utf-8"))["test"]  # of the file's first column: rows from 0
    tested = (reviews["row"] - 1).isin(numbers).to_numpy()
    train, test = examples(reviews[~tested]), examples(reviews[tested])
    ours, before = (_recommending(test.labels, _scored(name, train, test)[1]) for name in (BEST, BEFORE))
    return [
        value_at_least(f"public split: {metric}", BEFORE, one, other, _PUBLIC[metric])
        for metric, one, other in zip(_PUBLIC, ours, before, strict=True)
    ]


def _recommending(labels: Labels, probabilities: Floats) -> tuple[float, float]:
    """Give F1 of class 1 at the threshold that suits these rows best, as the benchmark does, and its PR AUC."""
    precision, recall, _ = precision_recall_curve(labels, probabilities)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    return float(f1.max()), float(average_precision_score(labels, probabilities))


def _other_splits(reviews: pd.DataFrame) -> list[Comparison]:
    """Score both on stratified test rows of other seeds; a text that is tested is not learned from."""
    scored = []
    for seed in range(1, SPLITS + 1):
        train, test = train_test_split(reviews, test_size=0.2, random_state=seed, stratify=reviews["recommended"])
        learned = examples(train[~train["review"].isin(test["review"])])
        scored.append([_scored(name, learned, examples(test))[0] for name in (BEST, BEFORE)])
    rows = []
    for metric in ("accuracy", "roc_auc", "mcc", "ece"):
        values = np.array([[metrics.value(metric) for metrics in pair] for pair in scored])
        what = f"{SPLITS} other splits: {metric}, sd {values[:, 0].std(ddof=1):.4f}"
        mean, before = values.mean(axis=0)
        gain = _GAIN if metric == "roc_auc" else None
        rows.append(value_at_least(what, BEFORE, mean, before, before + gain if gain else None))
        if gain:
            least = float((values[:, 0] - values[:, 1]).min())
            rows.append(value_at_least(f"{SPLITS} other splits: least gain of {metric}", "0", least, 0.0, 0.0))
    return rows


def _scored(name: str, train: Examples, test: Examples) -> tuple[Metrics, Floats]:
    # Neither family uses validation rows.
    model = candidate(name).fit(train, train, seed=0).model
    probabilities = model.predict_proba(test.documents)
    return compute_metrics(test.labels, probabilities, model.threshold, resamples=1), probabilities


def _without_titles(rows: Examples) -> Examples:
    texts: Sequence[str] = [document.rpartition(TITLE_END)[2] for document in rows.documents]
    return rows._replace(documents=list(texts))
