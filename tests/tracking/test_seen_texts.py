"""The gate compares on rows that neither model was trained on, whatever files they came from."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient

from sentiment.errors import RegistryError, TamperedModelError
from sentiment.release.registration import SEEN_FILE, SEEN_FOLDER, SEEN_TAG
from sentiment.reviews.seen import as_bytes, fingerprints, from_bytes, seen
from sentiment.tracking.registry.held_out import held_out_rows
from sentiment.tracking.registry.release import promote, register
from sentiment.tracking.registry.versus import compare_versions
from sentiment.tracking.runs.recording import train_candidate
from sentiment.tracking.runs.store import RunStore
from sentiment.training.lineage import PipelineRun, TrainingData
from tests.tracking.conftest import CANDIDATE, LENIENT, tags_of
from tests.trained import SAMPLE


def test_texts_are_recognised_whatever_their_case_and_spaces_and_not_kept():
    known = fingerprints(["Nice dress", "nice  DRESS\n", "bad"])
    assert len(known) == 2
    assert seen(["NICE dress", "worse", "bad"], known).tolist() == [True, False, True]
    assert from_bytes(as_bytes(known)).tolist() == known.tolist()
    assert len(as_bytes(known)) == 16


@pytest.fixture
def trained_on(registry, tracking_uri):
    """Train on rows for real, and register; `data` is the digest of the file they are said to come from."""
    store = RunStore(tracking_uri)

    def train(rows: pd.DataFrame, validation: pd.DataFrame, data: str, **tags: str):
        facts = TrainingData(name=data, sha256=data, source=str(SAMPLE), is_sample=True)
        parent = MlflowClient(tracking_uri).create_run(store.experiment_id(), run_name="pipeline run")
        pipeline_run = PipelineRun(run_id=parent.info.run_id, zenml_run=f"run {data}", data=facts, tags={})
        _, run = train_candidate(store, pipeline_run, CANDIDATE, rows, validation, seed=0)
        seen_tags = {SEEN_TAG: run.seen_texts_sha256, "mlflow_run": run.run_id, "data_sha256": data}
        given = {**tags_of(run.files), **seen_tags, **tags}
        return register(registry, run.files, description="a model", tags={k: v for k, v in given.items() if v})

    return train


def of_decision(decision, name):
    return next((check for check in decision.checks if check.name == name), None)


def gate(registry, version, rows, data="new"):
    return promote(registry, version.version, held_out_rows(rows, data_sha256=data), LENIENT, who="me")


def test_rows_that_the_champion_was_trained_on_are_left_out_and_said(registry, trained_on, split):
    champion = trained_on(pd.concat([split.train, split.test[:300]]), split.validation, "old")
    gate(registry, champion, split.test[300:], "old")
    challenger = trained_on(split.train, split.validation, "new")
    check = of_decision(gate(registry, challenger, split.test), "unseen_rows")
    left = (
        len(split.test)
        - 300
        - seen(split.test["review"][300:].tolist(), fingerprints(split.test["review"][:300])).sum()
    )
    assert check.value == left
    assert check.passed
    assert "300 were left out" in check.detail or f"{len(split.test) - left} were left out" in check.detail


def test_comparing_leaves_out_the_rows_that_either_was_trained_on_and_says_how_many(registry, trained_on, split):
    greedy = trained_on(pd.concat([split.train, split.test[:300]]), split.validation, "old")
    honest = trained_on(split.train, split.validation, "new")
    rows = held_out_rows(split.test, data_sha256="new")
    for pair in ((greedy, honest), (honest, greedy)):
        compared = compare_versions(registry, *pair, rows)
        assert 300 <= compared.left_out == len(split.test) - compared.rows
        assert compared.told == ""
    with pytest.raises(RegistryError, match="cannot be compared: 0 test rows are left"):
        compare_versions(registry, greedy, honest, held_out_rows(split.test[:300], data_sha256="new"))
    unknown = trained_on(split.train[:500], split.validation, "old", **{SEEN_TAG: ""})
    assert f"Version {unknown.version} keeps no fingerprints" in compare_versions(registry, unknown, honest, rows).told


def test_a_champion_is_judged_by_what_it_never_saw(registry, trained_on, split):
    """It answers its own training rows better than others; on those it must not win."""
    rows = pd.concat([split.train, split.test[:300]])
    champion = trained_on(rows, split.validation, "old")
    gate(registry, champion, split.test[300:], "old")
    same = trained_on(rows.sample(frac=1, random_state=1), split.validation, "new")
    decision = gate(registry, same, split.test)
    gain = of_decision(decision, "gain_mcc")
    assert gain.value == pytest.approx(0, abs=1e-9)
    assert not decision.promoted


def test_with_too_few_rows_left_the_gate_says_that_it_cannot_judge(registry, trained_on, split):
    champion = trained_on(pd.concat([split.train, split.test[:-50]]), split.validation, "old")
    registered = gate(registry, champion, pd.concat([split.test, split.validation]), "old")
    assert not registered.promoted and "the gate cannot judge" in registered.checks[0].detail
    forced = promote(
        registry,
        champion.version,
        held_out_rows(split.test, data_sha256="old"),
        LENIENT,
        who="me",
        force_reason="the only one there is",
    )
    assert forced.promoted and forced.forced == "the only one there is"


def test_a_champion_without_fingerprints_is_said_and_not_assumed(registry, trained_on, split):
    champion = trained_on(split.train, split.validation, "old", **{SEEN_TAG: ""})
    gate(registry, champion, split.test, "old")
    challenger = trained_on(split.train[:500], split.validation, "new")
    check = of_decision(gate(registry, challenger, split.test), "unseen_rows")
    assert f"Version {champion.version} keeps no fingerprints" in check.detail


def test_the_same_file_with_the_same_test_rows_needs_no_word(registry, trained_on, split):
    gate(registry, trained_on(split.train[:300], split.validation, "new"), split.test)
    decision = gate(registry, trained_on(split.train, split.validation, "new"), split.test)
    assert of_decision(decision, "unseen_rows") is None


def test_fingerprints_that_were_changed_are_refused(registry, trained_on, split, tracking_uri, tmp_path):
    version = trained_on(split.train, split.validation, "new")
    (tmp_path / SEEN_FILE).write_bytes(as_bytes(np.array([1], dtype=np.uint64)))
    MlflowClient(tracking_uri).log_artifact(version.tags["mlflow_run"], str(tmp_path / SEEN_FILE), SEEN_FOLDER)
    with pytest.raises(TamperedModelError, match=r"fingerprints[.]bin was changed"):
        gate(registry, version, split.test)
    assert version.tags[SEEN_TAG] != hashlib.sha256(b"").hexdigest()
