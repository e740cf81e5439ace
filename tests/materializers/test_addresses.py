"""Every type that any version has stored still loads, wherever it lives now."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from zenml.utils import source_utils

from materializers.addresses import MOVED
from tests.conftest import ROOT

STORED = (
    "materializers.record.RecordMaterializer",
    "materializers.reviews_frame.ReviewsMaterializer",
    "materializers.text_model.TextModelMaterializer",
    "sentiment.comparison.Evaluation",
    "sentiment.comparison.Ranking",
    "sentiment.evidence.Evidence",
    "sentiment.evidence.WorstRows",
    "sentiment.lineage.CandidateRun",
    "sentiment.lineage.PipelineRun",
    "sentiment.model.TextModel",
    "sentiment.promotion.Decision",
    "sentiment.registration.Registered",
    "sentiment.reviews.DataCheck",
    "sentiment.scoring.files.ScoringReport",
    "sentiment.serving.current.CurrentService",
    "sentiment.standings.Standings",
    "sentiment.training_report.TrainingReport",
    "steps.deployment.Deployable",
    "steps.serving.Server",
)
"""Dotted names that are in somebody's store; one that was ever stored stays in this list."""


@pytest.fixture(autouse=True)
def source_root() -> Iterator[None]:
    """The folder of run.py, which ZenML takes from the script that was started; a test runner is none."""
    source_utils.set_custom_source_root(str(ROOT))
    yield
    source_utils.set_custom_source_root(None)


@pytest.mark.parametrize("name", STORED)
@pytest.mark.parametrize("given_as", [str, source_utils.Source.from_import_path], ids=["text", "source"])
def test_a_stored_type_is_found_where_it_lives_now(name, given_as):
    found = source_utils.load(given_as(name))
    assert f"{found.__module__}.{found.__qualname__}" == MOVED.get(name, name)


def test_what_has_not_moved_is_loaded_as_zenml_does():
    assert source_utils.load("pathlib.PurePath").__name__ == "PurePath"
    with pytest.raises(ModuleNotFoundError):
        source_utils.load("sentiment.nowhere.Evaluation")


def test_the_loader_that_every_mlmodel_file_names_does_not_move():
    from sentiment.tracking import pyfunc

    assert pyfunc.LOADER == "sentiment.tracking.pyfunc"
