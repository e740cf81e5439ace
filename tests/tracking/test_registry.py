"""The registry's life, on a real MLflow store."""

from __future__ import annotations

import json
import warnings

import mlflow
import numpy as np
import pytest
from mlflow import MlflowClient

from sentiment.errors import AlreadyChampionError, InputError, RegistryError, UnknownVersionError
from sentiment.tracking import MODEL_NAME
from sentiment.tracking.pyfunc import INPUT_EXAMPLE
from sentiment.tracking.registry.parts import download
from sentiment.tracking.registry.release import load_version, newest_best, promote, register, roll_back
from sentiment.tracking.registry.store import ARCHIVED, PRODUCTION, STAGING
from sentiment.tracking.registry.version import CHAMPION, DIGESTS_TAG
from sentiment.tracking.registry.versus import compare_versions
from tests.tracking.conftest import LENIENT, tags_of


@pytest.fixture
def two_champions(registry, register_model, models, held_out):
    """Version 1 was the champion, version 2 is."""
    for model in models[1], models[3]:
        version = register_model(model)
        assert promote(registry, version.version, held_out, LENIENT, who="Ann").promoted
    return registry


def stages(registry):
    return {version.version: version.stage for version in registry.versions()}


def test_a_registered_version_is_staged_and_knows_its_files(registry, register_model, models):
    version = register_model(models[0])
    assert version.stage == STAGING
    assert version.alias is None
    assert "data/files/vectorizer.skops" in version.digests
    assert "MLmodel" in version.digests


def test_registering_again_gives_the_version_there_is(registry, log_model, models):
    files = log_model(models[0])
    first = register(registry, files, description="", tags=tags_of(files))
    again = register(registry, files, description="", tags=tags_of(files))
    assert first.version == again.version
    assert len(registry.versions()) == 1


def test_the_first_release_asks_the_floor_alone(registry, register_model, models, held_out):
    register_model(models[0])
    decision = promote(registry, "1", held_out, LENIENT, who="Ann")
    assert decision.promoted
    assert decision.first_release
    assert [check.name for check in decision.checks] == ["floor_mcc"]
    assert registry.champion_number() == "1"
    assert stages(registry) == {"1": PRODUCTION}


def test_a_better_version_replaces_the_champion_and_archives_it(two_champions):
    assert two_champions.champion_number() == "2"
    assert stages(two_champions) == {"1": ARCHIVED, "2": PRODUCTION}


def test_an_equal_version_does_not_replace_the_champion(registry, register_model, models, held_out):
    register_model(models[2])
    register_model(models[2])
    promote(registry, "1", held_out, LENIENT, who="Ann")
    decision = promote(registry, "2", held_out, LENIENT, who="Ann")
    assert not decision.promoted
    assert registry.champion_number() == "1"
    assert registry.version("2").stage == STAGING
    assert json.loads(registry.version("2").tags["decision"])["promoted"] is False


def test_force_promotes_and_is_recorded_with_its_reason(registry, register_model, models, held_out):
    register_model(models[3])
    register_model(models[0])
    promote(registry, "1", held_out, LENIENT, who="Ann")
    decision = promote(registry, "2", held_out, LENIENT, who="Bob", force_reason="the old one offends a customer")
    assert decision.promoted
    event = registry.history()[-1]
    assert (event.action, event.version, event.previous, event.who) == ("force", "2", "1", "Bob")
    assert event.why == "the old one offends a customer"
    assert any("FAILED" in reason for reason in event.reasons)


def test_the_champion_cannot_challenge_itself(two_champions, held_out):
    with pytest.raises(AlreadyChampionError, match="version 2 is the champion already"):
        promote(two_champions, "2", held_out, LENIENT, who="Ann")


def test_history_tells_who_promoted_what_from_what(two_champions):
    told = [
        (event.action, event.version, event.previous, event.who, event.confirmed) for event in two_champions.history()
    ]
    assert told == [("promote", "1", None, "Ann", True), ("promote", "2", "1", "Ann", True)]


def test_rollback_goes_to_the_champion_before_and_no_further(two_champions):
    assert roll_back(two_champions, who="Ann", why="complaints").version == "1"
    assert stages(two_champions) == {"1": PRODUCTION, "2": ARCHIVED}
    assert two_champions.history()[-1].why == "complaints"
    with pytest.raises(RegistryError, match="no champion to go back to"):
        roll_back(two_champions, who="Ann", why="")


def roll_back_step_by_step(registry):
    """The champion after each rollback that is possible."""
    gone_through = []
    with pytest.raises(UnknownVersionError, match="no champion to go back to"):
        while True:
            gone_through.append(roll_back(registry, who="Ann", why="").version)
            assert registry.champion_number() == gone_through[-1]
    return gone_through


def test_rollback_leaves_the_version_that_somebody_moved_the_alias_back_to(two_champions):
    MlflowClient(two_champions.tracking_uri).set_registered_model_alias(MODEL_NAME, CHAMPION, "1")
    event = roll_back(two_champions, who="Ann", why="complaints about 1")
    assert (event.version, event.previous) == ("2", "1")
    assert event.reasons[0].startswith(
        "The alias 'champion' was moved to version 1 from outside: version 2 was the last"
    )
    assert two_champions.champion_number() == "2"
    assert stages(two_champions) == {"1": ARCHIVED, "2": PRODUCTION}
    assert two_champions.history()[-1].reasons == event.reasons
    assert roll_back_step_by_step(two_champions) == ["1"]


def test_rollback_goes_one_step_back_from_a_version_that_only_the_alias_knows(two_champions, register_model, models):
    register_model(models[1])
    MlflowClient(two_champions.tracking_uri).set_registered_model_alias(MODEL_NAME, CHAMPION, "3")
    assert roll_back_step_by_step(two_champions) == ["2", "1"]


def test_an_alias_that_was_moved_before_a_promotion_is_a_champion_to_go_back_to(
    two_champions, register_model, models, held_out
):
    register_model(models[1])
    MlflowClient(two_champions.tracking_uri).set_registered_model_alias(MODEL_NAME, CHAMPION, "3")
    promote(two_champions, "2", held_out, LENIENT, who="Ann", force_reason="again")
    assert roll_back_step_by_step(two_champions) == ["3", "2", "1"]


def test_rollback_brings_back_the_champion_whose_alias_somebody_took_away(two_champions):
    MlflowClient(two_champions.tracking_uri).delete_registered_model_alias(MODEL_NAME, CHAMPION)
    assert "was moved away from outside" in roll_back(two_champions, who="Ann", why="").reasons[0]
    assert two_champions.champion_number() == "2"
    assert roll_back_step_by_step(two_champions) == ["1"]


def test_rollback_from_a_champion_that_was_deleted_goes_to_the_one_before(two_champions):
    MlflowClient(two_champions.tracking_uri).delete_model_version(MODEL_NAME, "2")
    assert roll_back_step_by_step(two_champions) == ["1"]


def test_a_champion_before_that_was_deleted_is_named_with_what_can_be_done(two_champions):
    MlflowClient(two_champions.tracking_uri).delete_model_version(MODEL_NAME, "1")
    before = two_champions.history()
    with pytest.raises(
        UnknownVersionError, match=r"version 1, the champion before, was deleted; there are: 2\. Nothing"
    ):
        roll_back(two_champions, who="Ann", why="")
    assert two_champions.champion_number() == "2"
    assert two_champions.history() == before


def test_the_champion_cannot_be_archived_but_others_can_and_come_back(two_champions):
    for number in ("2", "champion"):
        with pytest.raises(RegistryError, match="version 2 is the champion"):
            two_champions.set_aside(number, archived=True, who="Ann", why="")
    two_champions.set_aside("1", archived=False, who="Ann", why="")
    assert stages(two_champions)["1"] == STAGING
    two_champions.set_aside("1", archived=True, who="Ann", why="")
    assert stages(two_champions)["1"] == ARCHIVED


def test_repair_makes_the_stages_follow_the_alias(two_champions):
    client = MlflowClient(two_champions.tracking_uri)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        client.transition_model_version_stage(MODEL_NAME, "1", PRODUCTION)
        client.transition_model_version_stage(MODEL_NAME, "2", STAGING)
    mended = two_champions.repair()
    assert stages(two_champions) == {"1": ARCHIVED, "2": PRODUCTION}
    assert len(mended) == 2
    assert two_champions.repair() == []


def test_every_address_loads_the_same_model(two_champions, models):
    expected = models[3].predict_proba(["My new favourite\x1fThe fabric is soft and it fits like a dream."])
    for address in (PRODUCTION, "2"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            loaded = mlflow.pyfunc.load_model(f"models:/{MODEL_NAME}/{address}")
        assert np.allclose(loaded.predict(INPUT_EXAMPLE)["probability"], expected, atol=1e-6)
    loaded = mlflow.pyfunc.load_model(f"models:/{MODEL_NAME}@{CHAMPION}")
    assert np.allclose(loaded.predict(INPUT_EXAMPLE)["probability"], expected, atol=1e-6)


def test_a_version_that_somebody_loaded_by_its_address_is_still_what_was_registered(two_champions, held_out):
    mlflow.pyfunc.load_model(f"models:/{MODEL_NAME}@{CHAMPION}")
    loaded = load_version(two_champions, two_champions.version(CHAMPION))
    assert len(loaded.predict_proba(held_out.examples.documents)) == len(held_out.rows)


def test_a_half_made_version_cannot_be_promoted_and_is_finished_by_registering_again(
    registry, log_model, models, held_out
):
    files = log_model(models[0])
    registry.create(files.model_uri, "", tags_of(files))
    assert not registry.version("1").complete
    with pytest.raises(RegistryError, match="half made: the digests of its files are missing"):
        promote(registry, "1", held_out, LENIENT, who="Ann")
    assert registry.champion_number() is None
    finished = register(registry, files, description="", tags=tags_of(files))
    assert finished.version == "1"
    assert promote(registry, "1", held_out, LENIENT, who="Ann").promoted


def test_force_does_not_promote_a_half_made_version(registry, register_model, models, held_out):
    register_model(models[0])
    MlflowClient(registry.tracking_uri).delete_model_version_tag(MODEL_NAME, "1", DIGESTS_TAG)
    with pytest.raises(RegistryError, match="half made"):
        promote(registry, "1", held_out, LENIENT, who="Ann", force_reason="now")
    assert registry.champion_number() is None


def test_a_model_trained_on_other_data_is_not_promoted_over_a_champion(registry, register_model, models, held_out):
    register_model(models[0])
    register_model(models[3], data_sha256="another file")
    promote(registry, "1", held_out, LENIENT, who="Ann")
    decision = promote(registry, "2", held_out, LENIENT, who="Ann")
    assert not decision.promoted
    assert [check.name for check in decision.checks if not check.passed] == ["train_test_overlap"]


@pytest.mark.parametrize("number", ["9", "01", "9" * 10, "9" * 5000])  # beyond a database's integers, and Python's
def test_an_unknown_version_is_named_with_those_there_are(two_champions, number):
    with pytest.raises(UnknownVersionError, match=f"no version '{number}'; there are: 1, 2"):
        two_champions.version(number)


def test_the_newest_that_ranked_first_is_put_forward(registry, register_model, models):
    register_model(models[0])
    register_model(models[1], rank="2")
    assert newest_best(registry).version == "1"


def test_comparing_shows_the_difference_and_where_two_versions_disagree(two_champions, held_out):
    comparison = compare_versions(two_champions, two_champions.version("2"), two_champions.version("1"), held_out)
    gain = comparison.differences["mcc"]
    assert gain.difference == pytest.approx(comparison.metrics["2"].mcc - comparison.metrics["1"].mcc)
    assert gain.low <= gain.difference <= gain.high
    assert 0 < len(comparison.disagreements) <= comparison.rows_that_differ
    gaps = [abs(row.first - row.second) for row in comparison.disagreements]
    assert gaps == sorted(gaps, reverse=True)


def test_download_writes_the_model_and_its_parts(two_champions, models, tmp_path):
    folder = tmp_path / "taken" / "home"
    files = download(two_champions, two_champions.version(CHAMPION), folder)
    words = (folder / "vocabulary.txt").read_text(encoding="utf-8").splitlines()
    assert words == list(models[3].vectorizer.get_feature_names_out())
    assert json.loads((folder / "signature.json").read_text())["inputs"][0]["name"] == "review"
    assert folder / "model" / "MLmodel" in files
    with pytest.raises(InputError, match="exists already"):
        download(two_champions, two_champions.version(CHAMPION), folder)


def test_a_version_loads_as_it_was_trained(two_champions, models, held_out):
    loaded = load_version(two_champions, two_champions.version("1"))
    documents = held_out.examples.documents
    assert np.array_equal(loaded.predict_proba(documents), models[1].predict_proba(documents))
