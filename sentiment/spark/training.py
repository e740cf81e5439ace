"""Training on data that no memory holds: what comes out is the same pair as from one machine, in the same format."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from scipy.special import logit
from sklearn.metrics import matthews_corrcoef, roc_auc_score

from sentiment.errors import ConfigError
from sentiment.models.families.base import Fitted
from sentiment.models.files import save_model
from sentiment.reviews.reading import examples
from sentiment.reviews.schema import Schema
from sentiment.spark import counting, linear
from sentiment.spark.counting import packed, unpacked
from sentiment.spark.files import called, input_files
from sentiment.spark.jobs import on_workers
from sentiment.spark.parts import ROWS_A_PART, Found, described, look_through, require_alike
from sentiment.spark.rows import (
    Given,
    Side,
    Survey,
    frame_of,
    known_texts,
    open_reviews,
    require_enough,
    rows_of,
    sampled,
    survey,
)
from sentiment.spark.session import Cluster, scratch_folder, spark_session
from sentiment.spark.shipping import Shipment, scorer_of_shipment, ship_model, ship_package
from sentiment.training.candidates import Candidate
from sentiment.training.trained import Trained

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MOST_SAMPLED = 50_000
"""Rows of each side that are brought to one machine: with more, no number of a report would be another."""
MOST_KNOWN = 20_000_000
"""Texts whose hashes are kept with a model, eight bytes each; of more, none are."""
_BINS, _FURTHEST = 200_000, 100.0


class Surveyed(BaseModel):
    """Rows that were looked at, and may be learned from.

    Attributes:
        given: All of them.
        found: What is in them.
        read_as: What the files are, for people.
    """

    model_config = ConfigDict(frozen=True)

    given: Given
    found: Survey
    read_as: str


def require_trainable(candidate: Candidate) -> None:
    """Refuse a candidate that is not trained by Spark.

    Raises:
        ConfigError: Its family is none of those that are sums over rows.
    """
    known = sorted([*counting.FAMILIES, *linear.FAMILIES])
    if candidate.family not in known:
        raise ConfigError(
            f"candidate {candidate.name!r}: the family {candidate.family} is not trained by Spark; "
            f"those that are: {', '.join(known)}. Choose with --only NAME, or in a configuration of your own."
        )
    if candidate.family in linear.FAMILIES:
        linear.members_of(candidate)


def survey_on_spark(
    named: Path | str,
    cluster: Cluster,
    *,
    read_as: Schema,
    encoding: str,
    validation_share: float,
    seed: int,
    rows_a_part: int = ROWS_A_PART,
) -> tuple[Surveyed, dict[Side, pd.DataFrame]]:
    """Look at all rows, and bring some of each side here.

    Args:
        named: A file, a folder or a pattern, at the same path on every machine, or the address of objects.
        cluster: Where.
        read_as: Which columns are what.
        encoding: Of files that are text.
        validation_share: Of the rows that are not test rows.
        seed: Of the choice of validation rows.
        rows_a_part: At most so many.

    Raises:
        InputError: Files cannot be read, or something is wrong with rows; every kind of problem is named.
        SparkError: Spark could not be started, or a task failed again and again.
    """
    names = input_files(named)
    opening = partial(open_reviews, read_as, encoding)
    with spark_session(cluster, name=f"survey {called(named)}") as session, scratch_folder() as folder:
        ship_package(session, folder)
        looked = on_workers(session, partial(look_through, names, opening, rows_a_part), len(names))
        files = require_alike(named, [Found.model_validate_json(answer) for answer in looked], title=read_as.title)
        given = Given(
            files=tuple(files), read_as=read_as, encoding=encoding, validation_share=validation_share, seed=seed
        )
        found = Survey()
        for answer in on_workers(session, partial(survey, given), len(given.parts)):
            found = found.plus(Survey.model_validate_json(answer))
        require_enough(given, found, str(named))
        shares = {side: min(1.0, MOST_SAMPLED / found.with_text[side]) for side in Side}
        samples = frame_of(on_workers(session, partial(sampled, given, shares), len(given.parts)))
    return Surveyed(given=given, found=found, read_as=described(files)), samples


def train_on_spark(candidate: Candidate, surveyed: Surveyed, cluster: Cluster) -> Trained:
    """Train a candidate on all training rows, and score all test rows.

    Args:
        candidate: What is trained.
        surveyed: The rows.
        cluster: Where.

    Raises:
        ConfigError: As `require_trainable`.
        SparkError: Spark could not be started, or a task failed again and again.
    """
    require_trainable(candidate)
    given, found = surveyed.given, surveyed.found
    with spark_session(cluster, name=f"train {candidate.name}") as session, scratch_folder() as folder:
        ship_package(session, folder)
        began = time.monotonic()
        fit = counting.fit_counts if candidate.family in counting.FAMILIES else linear.fit_linear
        fitted = fit(session, given, candidate, found.with_text[Side.TRAINING])
        seconds = time.monotonic() - began
        metrics = _metrics(session, given, fitted, folder)
        known = None
        if found.with_text[Side.TRAINING] + found.with_text[Side.VALIDATION] <= MOST_KNOWN:
            texts = on_workers(session, partial(known_texts, given), len(given.parts))
            known = np.unique(np.concatenate([np.frombuffer(part, dtype=np.uint64) for part in texts]))
    return Trained(fitted, seconds, known, metrics)


def _metrics(session: SparkSession, given: Given, fitted: Fitted, folder: Path) -> dict[str, float]:
    """Score all test rows on the workers, from where counts come back, and no row."""
    stored = folder / "model"
    stored.mkdir()
    save_model(fitted.model, stored)
    shipment = ship_model(session, stored, folder)
    answers = on_workers(session, partial(_tally, given, shipment), len(given.parts))
    return whole_metrics(np.sum([unpacked(answer)["counts"] for answer in answers], axis=0, dtype=np.int64))


def whole_metrics(counts: NDArray[np.int64]) -> dict[str, float]:
    """Make metrics of counts.

    Args:
        counts: Shape ``(2, 2, n_bins)``: rows by label, by verdict, and by log-odds in bins of equal width.

    Returns:
        ``test_all_rows``, ``test_all_accuracy``, ``test_all_mcc`` and ``test_all_roc_auc``, for which rows of one bin
        are equal.
    """
    label, verdict, place = np.nonzero(counts)
    weight = counts[label, verdict, place]
    return {
        "test_all_rows": float(weight.sum()),
        "test_all_accuracy": float(weight[label == verdict].sum() / weight.sum()),
        "test_all_mcc": float(matthews_corrcoef(label, verdict, sample_weight=weight)),
        "test_all_roc_auc": float(roc_auc_score(label, place, sample_weight=weight)),
    }


def _tally(given: Given, shipment: Shipment, number: int) -> bytes:
    scorer = scorer_of_shipment(shipment)
    rows = examples(rows_of(given, number, Side.TEST))
    probabilities = np.array(scorer.score(rows.documents).probabilities)
    log_odds = np.clip(logit(probabilities), -_FURTHEST, _FURTHEST)  # naive Bayes is all too sure of itself
    place = ((log_odds + _FURTHEST) / (2 * _FURTHEST) * (_BINS - 1)).astype(np.int64)
    counts = np.zeros((2, 2, _BINS), dtype=np.int32)
    np.add.at(counts, (rows.labels, (probabilities >= scorer.threshold).astype(np.int64), place), 1)
    return packed(counts=counts)
