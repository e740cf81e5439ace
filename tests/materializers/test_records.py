"""Records in a real ZenML artifact store: what goes in comes out, with a page and its key numbers beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel
from zenml.enums import VisualizationType
from zenml.materializers.materializer_registry import materializer_registry

import steps  # noqa: F401  (whoever runs a step has imported it)
from materializers.record import RecordMaterializer
from materializers.text_model import TextModelMaterializer
from sentiment.evaluation.comparison import Ranking
from sentiment.reviews.reading import DataCheck, examples
from tests import records
from tests.trained import candidate

LARGEST = 500_000


@pytest.fixture(params=list(records.every_record()))
def record(request: pytest.FixtureRequest) -> BaseModel:
    made = records.every_record()[request.param]
    assert isinstance(made, BaseModel)
    return made


def test_every_record_of_a_step_is_stored_by_it():
    assert materializer_registry[DataCheck] is RecordMaterializer
    assert materializer_registry[Ranking] is RecordMaterializer


def test_a_record_comes_back_as_it_went_in(store, tmp_path, record):
    RecordMaterializer(str(tmp_path), store).save(record)
    assert RecordMaterializer(str(tmp_path), store).load(data_type=type(record)) == record


def test_a_record_has_one_page_and_its_key_numbers(store, tmp_path, record):
    materializer = RecordMaterializer(str(tmp_path), store)
    materializer.save(record)
    written = materializer.save_visualizations(record)
    assert written == {str(tmp_path / "page.html"): VisualizationType.HTML}
    (path,) = map(Path, written)
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert path.stat().st_size < LARGEST
    facts = materializer.extract_metadata(record)["facts"]
    assert facts
    assert all(isinstance(value, str | int | float | bool) for value in facts.values())


def test_the_key_numbers_are_the_records(store, tmp_path):
    evaluation = records.evidence("wrong_4", 4).evaluation
    facts = RecordMaterializer(str(tmp_path), store).extract_metadata(evaluation)["facts"]
    assert facts["test_mcc"] == round(evaluation.test.mcc, 4)
    assert facts["candidate"] == "wrong_4"


def test_a_record_without_a_page_shows_its_single_values_and_no_raw_json(store, tmp_path):
    ranking = Ranking(metric="mcc", ordered=("a", "b"))
    materializer = RecordMaterializer(str(tmp_path), store)
    materializer.save(ranking)
    assert materializer.save_visualizations(ranking) == {}
    assert materializer.extract_metadata(ranking) == {"facts": {"metric": "mcc"}}


def test_a_model_has_a_page_of_its_words(store, tmp_path, split):
    model = candidate("tfidf_bayes").fit(examples(split.train), examples(split.validation), 0).model
    materializer = TextModelMaterializer(str(tmp_path), store)
    materializer.save(model)
    (path,) = map(Path, materializer.save_visualizations(model))
    assert "The words that say most" in path.read_text(encoding="utf-8")
    assert path.stat().st_size < LARGEST
    assert materializer.load(data_type=type(model)).threshold == model.threshold  # the page is none of its files


def test_half_a_character_in_a_review_does_not_cost_the_page(store, tmp_path):
    broken = records.evidence("wrong_4", 4, text="half \ud800 a character").worst
    (path,) = map(Path, RecordMaterializer(str(tmp_path), store).save_visualizations(broken))
    assert "half ? a character" in path.read_text(encoding="utf-8")
