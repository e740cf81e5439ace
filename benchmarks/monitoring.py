"""Monitoring's false alarms, and the changes that it must find, on windows drawn from reviews the model never saw.

Each window and its reference are drawn anew: rows that neither was trained on are dealt out, so that no chance of one
division stands for all windows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks import changes
from benchmarks.changes import Frame
from benchmarks.data import CONFIG, ROOT, candidate
from benchmarks.timing import Comparison, value_at_least, value_at_most
from sentiment.configuration import read_mapping
from sentiment.models.pair_scorer import scorer_of
from sentiment.models.text_model import TextModel
from sentiment.monitoring.config import MonitoringConfig
from sentiment.monitoring.judge import Judgement, judge
from sentiment.monitoring.repeats import Repeats
from sentiment.monitoring.rows import Rows
from sentiment.reviews.reading import examples, read_reviews, with_text
from sentiment.reviews.splits import split_reviews
from sentiment.service.answers import Answerer

WINDOWS = 200
CHANGED, NARROWLY_CHANGED = 20, 100
"""Windows with a change that is found nearly always, and with one of which a share is."""
SEEDS = (0, 11, 23)
AGAINST = "without a change"


class Drawing:
    """Rows that the model never saw, and windows of them."""

    def __init__(self, model: TextModel, rows: Frame, seed: int) -> None:
        self.model, self.rows, self.chance = model, rows.reset_index(drop=True), np.random.default_rng(seed)
        self.answered = answered(model, self.rows)

    def window(self, size: int, weights: NDArray[np.float64] | None = None) -> tuple[NDArray[np.intp], Rows]:
        """Draw the positions of a window, and give all other rows as the reference."""
        chance = None if weights is None else weights / weights.sum()
        drawn = self.chance.choice(len(self.rows), size, replace=False, p=chance)
        return drawn, taken(self.answered, np.setdiff1d(np.arange(len(self.rows)), drawn))


def compare(data: Path, *, short: bool) -> list[Comparison]:
    """Count alarms; in short few windows of one size, with bounds that only a broken test misses."""
    split = split_reviews(with_text(read_reviews(data)), validation_share=CONFIG.validation_share, seed=CONFIG.seed)
    model = candidate("linear_blend").fit(examples(split.train), examples(split.validation), CONFIG.seed).model
    config = MonitoringConfig.from_mapping(
        read_mapping(ROOT / "pipelines" / "configs" / "monitoring.yaml"), source="monitoring.yaml"
    )
    held_out = pd.concat([split.test, split.validation])
    if short:
        return _quiet(Drawing(model, held_out, 0), config, sizes=(100,), windows=20, most=4, seed=0)
    rows = []
    for seed in SEEDS:
        drawing = Drawing(model, held_out, seed)
        rows += _quiet(drawing, config, sizes=(100, 500, 2000), windows=WINDOWS, most=6, seed=seed)
        rows += _changed(drawing, config, seed)
        rows += _estimates(drawing, config, seed)
    return rows


def answered(model: TextModel, frame: Frame) -> Rows:
    """Ask a model about the reviews of a frame."""
    answers = Answerer(scorer_of(model)).answer(frame["review"].tolist(), frame["title"].tolist())
    return Rows(
        probabilities=np.array([one.probability for one in answers]),
        recommended=np.array([one.recommended for one in answers]),
        characters=np.array(frame["review"].str.len(), dtype=np.int64),
        words=np.array([one.words for one in answers]),
        known=np.array([one.known_words for one in answers]),
        titled=(frame["title"].str.strip() != "").to_numpy(),
        texts=frame["review"].tolist(),
        labels=frame["recommended"].to_numpy(dtype=np.int64),
        labelled=np.arange(len(frame)),
        repeats=Repeats.among(frame["review"]),
    )


def taken(rows: Rows, positions: NDArray[np.intp]) -> Rows:
    """Keep the rows at positions, labels and all."""
    texts = rows.texts or ()
    columns = {name: getattr(rows, name)[positions] for name in ("probabilities", "recommended", "characters", "words")}
    more = {name: getattr(rows, name)[positions] for name in ("known", "titled", "labels")}
    chosen = [texts[position] for position in positions]
    return Rows(**columns, **more, texts=chosen, labelled=np.arange(len(positions)), repeats=Repeats.among(chosen))


def _judged(drawing: Drawing, window: Rows, reference: Rows, config: MonitoringConfig) -> Judgement:
    unlabelled = replace(window, labels=np.array([], dtype=np.int64), labelled=np.array([], dtype=np.int64))
    registered = {"accuracy": 0.9, "mcc": 0.7, "roc_auc": 0.95}
    return judge(unlabelled, reference, config, threshold=drawing.model.threshold, at_registration=registered)


def _quiet(
    drawing: Drawing, config: MonitoringConfig, *, sizes: Sequence[int], windows: int, most: int, seed: int
) -> list[Comparison]:
    rows = []
    for size in sizes:
        alarms = 0
        for _ in range(windows):
            drawn, reference = drawing.window(size)
            alarms += _judged(drawing, taken(drawing.answered, drawn), reference, config).state == "alarm"
        name = f"alarms in {windows} windows of {size} rows without a change, seed {seed}"
        rows.append(
            value_at_most(name, "the rate of the configuration", alarms, windows * config.false_alarm_rate, most)
        )
    return rows


def _changed(drawing: Drawing, config: MonitoringConfig, seed: int) -> list[Comparison]:
    foreign, unknown = "share that is not English", "share of unknown words"
    planted: dict[str, tuple[Callable[[], tuple[Rows, Rows]], str, int, float]] = {
        "negative reviews 20 points up": (lambda: _more_negative(drawing, 0.20), "predictions", CHANGED, 0.95),
        "negative reviews 10 points up": (lambda: _more_negative(drawing, 0.10), "predictions", NARROWLY_CHANGED, 0.8),
        "only Dresses, then only Intimates": (lambda: _another_topic(drawing), "words", CHANGED, 0.95),
        "one letter in ten wrong": (lambda: _edited(drawing, changes.misspelt), unknown, CHANGED, 0.95),
        "every title gone": (lambda: _edited(drawing, changes.untitled), "share with a title", CHANGED, 0.95),
        "half of the reviews in Spanish": (lambda: _edited(drawing, changes.half_spanish), foreign, CHANGED, 0.95),
    }
    rows = []
    for name, (make, told, windows, least) in planted.items():
        found = []
        for _ in range(windows):
            judgement = _judged(drawing, *make(), config)
            found.append(any(told in (finding.name, finding.kind) for finding in judgement.raised))
        rows.append(value_at_least(f"{name}, seed {seed}: share found", AGAINST, float(np.mean(found)), 0.01, least))
    return rows


def _more_negative(drawing: Drawing, points: float) -> tuple[Rows, Rows]:
    negative = drawing.rows["recommended"].to_numpy() == 0
    share = negative.mean()
    weights = np.where(negative, (share + points) / share, (1 - share - points) / (1 - share))
    drawn, reference = drawing.window(500, weights)
    return taken(drawing.answered, drawn), reference


def _another_topic(drawing: Drawing) -> tuple[Rows, Rows]:
    """Give a window of Intimates and a reference of Dresses, with the same share of recommendations."""
    department = drawing.rows["department"].to_numpy()
    label = drawing.rows["recommended"].to_numpy()
    sides = [np.flatnonzero(department == name) for name in ("Intimate", "Dresses")]
    size = min(300, *(len(side) for side in sides))
    positive = round(size * min(label[side].mean() for side in sides))
    drawn = [
        np.concatenate(
            [
                drawing.chance.choice(side[label[side] == 1], positive),
                drawing.chance.choice(side[label[side] == 0], size - positive),
            ]
        )
        for side in sides
    ]
    window, reference = (taken(drawing.answered, np.unique(positions)) for positions in drawn)
    return window, reference


def _edited(drawing: Drawing, edit: Callable[[Frame, np.random.Generator], Frame]) -> tuple[Rows, Rows]:
    drawn, reference = drawing.window(500)
    return answered(drawing.model, edit(drawing.rows.iloc[drawn].reset_index(drop=True), drawing.chance)), reference


def _estimates(drawing: Drawing, config: MonitoringConfig, seed: int) -> list[Comparison]:
    errors, covered = [], []
    for _ in range(100):
        drawn, reference = drawing.window(500)
        window = taken(drawing.answered, drawn)
        promised = _judged(drawing, window, reference, config).estimates["accuracy"]
        true = float(window.correct.mean())
        errors.append(abs(promised.value - true))
        covered.append(promised.low <= true <= promised.high)
    name = f"100 windows of 500, seed {seed}: "
    return [
        value_at_most(f"{name}mean error of the estimated accuracy", AGAINST, float(np.mean(errors)), 0.0, 0.02),
        value_at_least(f"{name}share of intervals that hold it", AGAINST, float(np.mean(covered)), 0.95, 0.90),
    ]
