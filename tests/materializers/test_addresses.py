"""Every type that any version has stored still loads, wherever it lives now."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from zenml.utils import source_utils

from materializers.addresses import MOVED
from materializers.record import RecordMaterializer
from materializers.text_model import TextModelMaterializer
from sentiment.models.known_answers import differences
from sentiment.models.text_model import TextModel
from sentiment.text import join_title
from sentiment.training.lineage import CandidateRun
from tests.conftest import ROOT

STORED_FILES = ROOT / "tests" / "materializers" / "stored"
"""Artifacts as a version wrote them, in a folder named after the version; each in one named after its stored type."""
RUN, MODEL = "sentiment.lineage.CandidateRun", "sentiment.model.TextModel"

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
    "steps.deployment.servers.Server",
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


@pytest.mark.parametrize(
    "folder", sorted(STORED_FILES.glob("*/*")), ids=lambda folder: f"{folder.parent.name}-{folder.name}"
)
def test_what_an_earlier_version_stored_still_loads(folder, store, tmp_path):
    shutil.copytree(folder, tmp_path / "artifact")
    type_ = source_utils.load(folder.name)
    materializer = TextModelMaterializer if folder.name.endswith(".TextModel") else RecordMaterializer
    found = materializer(str(tmp_path / "artifact"), store).load(data_type=type_)
    assert isinstance(found, type_)


def test_a_model_that_an_earlier_version_stored_answers_as_it_did(store, tmp_path):
    shutil.copytree(STORED_FILES / "0.1.0" / MODEL, tmp_path / "artifact")
    known = CandidateRun.model_validate_json((STORED_FILES / "0.1.0" / RUN / "data_v2.json").read_bytes()).known_answers
    model = TextModelMaterializer(str(tmp_path / "artifact"), store).load(data_type=TextModel)
    documents = join_title([one.title for one in known], [one.review for one in known])
    assert differences(known, model.predict_proba(documents).tolist()) == []
