"""Whatever the terminal: a number, a date and a verdict are never cut, and a reader that went away ends nothing."""

from __future__ import annotations

import io
import re

import pytest

from commands.terminal.columns import plain_table
from commands.terminal.output import literal
from commands.terminal.tables import candidates_table, comparison_tables, data_tables, predictions_table, runs_table
from commands.terminal.watched import history_table
from sentiment.evaluation.comparison import Ranking
from sentiment.evaluation.report import CandidateEntry, TrainingReport
from sentiment.metrics.bootstrap import PairedDifference
from sentiment.metrics.summary import METRICS, compute_metrics
from sentiment.release.registration import Registered
from sentiment.service.client import Prediction
from sentiment.tracking.registry.versus import Disagreement, VersionComparison
from sentiment.tracking.runs.tracked import TrackedCandidate
from sentiment.training.lineage import TrainingData
from tests import records
from tests.monitoring.test_judging import watched
from tests.service.test_prediction_log import NOON

WIDTHS = (20, 40, 60, 80, 100, 160)


def printed(table, width):
    written = io.StringIO()
    literal(file=written, width=width).print(table)
    return written.getvalue()


def tracked():
    return TrackedCandidate(
        run_id="0123456789abcdef" * 2,
        parent_run_id=None,
        name="embedding_average (sample)",
        family="embedding_average",
        data="Womens Clothing E-Commerce Reviews.csv",
        status="FINISHED",
        started=NOON,
        seconds=1234.5,
        metrics={"test_accuracy": 0.87654, "test_roc_auc": 0.91234, "test_mcc": -0.61239},
        params={},
        tags={},
        zenml_run=None,
    )


def compared():
    given = compute_metrics(records.LABELS, records._probabilities(4), 0.5, resamples=50)
    return VersionComparison(
        first="112",
        second="98",
        metrics={"112": given, "98": given},
        differences={metric: PairedDifference(0.0123, -0.0456, 0.0789, 0.876) for metric in METRICS},
        rows_that_differ=1,
        disagreements=(Disagreement(row=22641, recommended=True, first=0.912, second=0.123, text="soft " * 40),),
        rows=4521,
        left_out=12,
        told="",
    )


def trained():
    evaluations = [records.evidence(f"embedding_average_{wrong}", wrong).evaluation for wrong in (4, 20)]
    return TrainingReport(
        parent_run_id="1" * 32,
        experiment_id="1",
        zenml_run="training",
        data=TrainingData(name="reviews.csv", sha256="0" * 64, source="reviews.csv", is_sample=True),
        ranking=Ranking(metric="mcc", ordered=tuple(one.name for one in evaluations)),
        entries=tuple(
            CandidateEntry(evaluation=one, run_id="2", model_uri="models:/m", cached=True) for one in evaluations
        ),
    )


def numbers(table):
    """Every number that the table would show at any width."""
    return set(re.findall(r"[-+]?\d+\.\d{3,4}\b", printed(table, 400)))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    "make",
    [
        lambda _: comparison_tables(compared())[0],
        lambda _: comparison_tables(compared())[1],
        lambda _: predictions_table(["soft " * 60], [Prediction(probability=0.965, recommended=True)], "112"),
        lambda _: data_tables(records.data_check("a department of a long name " * 3))[1],
        lambda _: history_table([watched()]),
    ],
)
def test_tables_of_fixed_columns_keep_every_number_whole(make, width):
    shown = printed(make(width), width)
    assert "…" not in shown
    assert all(number in shown.replace("\n", " ") for number in numbers(make(400)))
    assert all(len(line.rstrip()) <= width for line in shown.splitlines())


@pytest.mark.parametrize("width", WIDTHS)
def test_the_metric_that_matters_and_the_version_are_whole_at_any_width(width):
    runs = printed(runs_table([tracked()], width), width)
    assert "-0.6124" in runs
    assert "…" not in runs
    report = trained()
    candidates = printed(candidates_table(report, Registered(versions={}, best=None), width), width)
    assert "…" not in candidates
    assert re.search(r"below\s+the\s+floor", candidates)
    for entry in report.entries:
        assert f"{entry.evaluation.validation.mcc:.4f}" in candidates


def test_reasons_that_are_many_end_with_a_whole_word_and_a_sign():
    long = watched()
    reasons = ("text: words differ (more often: " + ", ".join(["zorping"] * 60) + ")",)
    long = long.model_copy(update={"judgement": long.judgement.model_copy(update={"reasons": reasons})})
    assert "zorping, …" in " ".join(printed(history_table([long]), 400).split())


def test_a_date_is_not_broken_inside():
    table = plain_table("when", "what", "who", "why")
    table.add_row("2026-11-25 15:09:50", "promote", "Somebody Withaname", "because " * 30)
    for width in WIDTHS:
        shown = printed(table, width)
        assert "2026-11-25" in shown
        assert "15:09:50" in shown
