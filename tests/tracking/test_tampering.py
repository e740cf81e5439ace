"""A version whose files are not those that were registered is never loaded."""

from __future__ import annotations

import random
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from mlflow import MlflowClient

from sentiment.errors import TamperedModelError
from sentiment.models.digests import digests, require_digests
from sentiment.tracking.registry.release import load_version, promote, roll_back
from tests.tracking.conftest import LENIENT


@pytest.fixture
def stored(registry, register_model, models):
    """A registered version and the folder where its files lie."""
    version = register_model(models[0])
    logged = MlflowClient(registry.tracking_uri).get_logged_model(version.model_uri.removeprefix("models:/"))
    return version, Path(urlsplit(logged.artifact_location).path)


def test_any_changed_byte_is_noticed_and_its_file_named(stored):
    version, folder = stored
    chance = random.Random(0)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    for _ in range(500):
        path = chance.choice(files)
        content = path.read_bytes()
        position = chance.randrange(len(content))
        changed = bytearray(content)
        changed[position] ^= 1 << chance.randrange(8)
        path.write_bytes(changed)
        with pytest.raises(TamperedModelError) as caught:
            require_digests("the model", version.digests, digests(folder))
        assert caught.value.problems == (f"{path.relative_to(folder).as_posix()} was changed",)
        path.write_bytes(content)
    require_digests("the model", version.digests, digests(folder))


@pytest.mark.parametrize(
    ("name", "edit", "named"),
    [
        ("MLmodel", lambda text: text.replace("sentiment.tracking.pyfunc", "tests.tracking.evil_loader"), "MLmodel"),
        ("MLmodel", lambda text: text + "trusted_types: [os.system]\n", "MLmodel"),
        ("data/files/model.json", lambda text: text[: len(text) // 2], "data/files/model.json"),
    ],
)
def test_an_edited_file_is_refused_before_anything_is_imported(registry, stored, name, edit, named):
    import sys

    version, folder = stored
    path = folder / name
    path.write_text(edit(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(TamperedModelError, match=f"{named} was changed"):
        load_version(registry, version)
    assert "tests.tracking.evil_loader" not in sys.modules


def test_a_truncated_and_a_missing_and_an_added_file_are_named(registry, stored):
    version, folder = stored
    classifier = folder / "data" / "files" / "classifier.skops"
    classifier.write_bytes(classifier.read_bytes()[:-1])
    (folder / "conda.yaml").unlink()
    (folder / "sitecustomize.py").write_text("raise SystemExit")
    with pytest.raises(TamperedModelError) as caught:
        load_version(registry, version)
    assert set(caught.value.problems) == {
        "data/files/classifier.skops was changed",
        "conda.yaml is missing",
        "sitecustomize.py was added",
    }


def test_neither_gate_nor_rollback_takes_a_changed_version(registry, stored, register_model, models, held_out):
    _, folder = stored
    promote(registry, "1", held_out, LENIENT, who="Ann")
    register_model(models[3])
    assert promote(registry, "2", held_out, LENIENT, who="Ann").promoted
    (folder / "MLmodel").write_text("flavors: {}")
    with pytest.raises(TamperedModelError, match="MLmodel was changed"):
        promote(registry, "1", held_out, LENIENT, who="Ann", force_reason="please")
    with pytest.raises(TamperedModelError, match="MLmodel was changed"):
        roll_back(registry, who="Ann", why="")
    assert registry.champion_number() == "2"


def test_a_champion_that_cannot_be_loaded_is_replaced_by_force_alone(
    registry, stored, register_model, models, held_out
):
    _, folder = stored
    promote(registry, "1", held_out, LENIENT, who="Ann")
    register_model(models[3])
    (folder / "MLmodel").write_text("flavors: {}")
    with pytest.raises(TamperedModelError, match="version 1 of") as caught:
        promote(registry, "2", held_out, LENIENT, who="Ann")
    assert "promote VERSION --force REASON` replaces version 1" in caught.value.__notes__[0]
    assert registry.champion_number() == "1"
    decision = promote(registry, "2", held_out, LENIENT, who="Ann", force_reason="version 1 is damaged")
    assert decision.promoted and decision.forced == "version 1 is damaged" and not decision.first_release
    assert [check.name for check in decision.checks if not check.passed] == ["champion_scored"]
    assert registry.champion_number() == "2"
    assert registry.history()[-1].action == "force"
