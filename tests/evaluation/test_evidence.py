"""What stands behind the numbers: the worst rows, and how far the best leads."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from sentiment.evaluation.evidence import LONGEST_TEXT, gather_evidence, worst_rows
from sentiment.evaluation.leaderboard import RESAMPLES, build_leaderboard
from sentiment.metrics.bootstrap import paired_bootstrap
from sentiment.reviews.reading import documents
from tests import records


def frame(labels: list[int]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "row": range(10, 10 + len(labels)),
            "title": "",
            "review": [f"review {number}" for number in range(len(labels))],
            "recommended": labels,
        }
    )


def test_the_worst_rows_are_the_wrong_ones_the_surest_first() -> None:
    found = worst_rows("one", 0.5, frame([1, 0, 1, 0, 1]), np.array([0.4, 0.9, 0.1, 0.2, 0.8]))
    assert [(row.row, row.probability, row.recommended) for row in found.rows] == [
        (11, 0.9, False),
        (12, 0.1, True),
        (10, 0.4, True),
    ]
    assert (found.wrong, found.scored) == (3, 5)


def test_a_row_at_the_threshold_counts_as_recommending() -> None:
    assert worst_rows("one", 0.7, frame([1]), np.array([0.7])).wrong == 0
    assert worst_rows("one", 0.7, frame([0]), np.array([0.7])).wrong == 1
    assert worst_rows("one", 0.7, frame([1]), np.array([0.69])).wrong == 1


def test_at_most_so_many_rows_are_kept_and_all_are_counted() -> None:
    found = worst_rows("one", 0.5, frame([0] * 50), np.full(50, 0.9), most=3)
    assert [row.row for row in found.rows] == [10, 11, 12]
    assert found.wrong == 50


def test_an_endless_review_is_cut() -> None:
    rows = frame([0]).assign(review="x" * 100_000)
    kept = worst_rows("one", 0.5, rows, np.array([0.9])).rows[0].review
    assert len(kept) == LONGEST_TEXT
    assert kept.endswith("x…")


def test_evidence_holds_what_the_model_said(fitted, split) -> None:
    model = fitted["bag_of_words"].model
    probabilities = model.predict_proba(documents(split.test))
    evaluation = records.evidence("one", 4).evaluation
    found = gather_evidence(evaluation, model, split.test, probabilities)
    assert found.predictions.probabilities.tolist() == probabilities.tolist()
    assert found.predictions.labels.tolist() == split.test["recommended"].tolist()
    assert found.words is not None
    numbers = {row.row: row for row in found.worst.rows}
    for _, row in split.test[split.test["row"].isin(numbers)].iterrows():
        assert numbers[row["row"]].review == row["review"][:LONGEST_TEXT]


@pytest.mark.parametrize("order", list(permutations([4, 12, 20])), ids=str)
def test_the_best_leads_the_others_wherever_it_was_named(order: tuple[int, ...]) -> None:
    found = records.leaderboard(*order)
    assert found.ranking.ordered == ("wrong_4", "wrong_12", "wrong_20")
    assert found.places[0].lead is None
    behind = [place.lead.difference for place in found.places[1:] if place.lead]
    assert 0 < behind[0] < behind[1]


def test_the_lead_is_that_of_a_paired_bootstrap_on_the_test_rows() -> None:
    one, other = records.evidence("one", 4), records.evidence("other", 20)
    expected = paired_bootstrap(
        one.labels, one.probabilities, 0.5, other.probabilities, 0.5, "mcc", resamples=RESAMPLES
    )
    assert build_leaderboard([other, one], "mcc").places[1].lead == expected


def test_the_test_rows_have_no_say_in_the_order() -> None:
    lucky = records.evidence("lucky", 0, wrong_on_test=40)
    found = build_leaderboard([records.evidence("steady", 8), lucky], "mcc")
    assert found.ranking.best == "lucky"
    assert found.places[1].lead is not None
    assert found.places[1].lead.difference < 0
