"""Exactly one champion at every moment, whoever races and whoever is killed."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import time
from itertools import count

import mlflow
import pytest
from mlflow import MlflowClient

from sentiment.errors import RegistryError, TrackingError
from sentiment.release.policy import Policy
from sentiment.tracking import MODEL_NAME
from sentiment.tracking.client import Client
from sentiment.tracking.registry.locking import registry_lock
from sentiment.tracking.registry.release import promote, register
from sentiment.tracking.registry.store import ARCHIVED, PRODUCTION, Registry
from tests.tracking.conftest import LENIENT, tags_of

PROCESSES = 4
WRITES = (
    "create_registered_model",
    "create_model_version",
    "set_model_version_tag",
    "set_registered_model_tag",
    "set_registered_model_alias",
    "transition_model_version_stage",
    "update_registered_model",
)

# Processes come from a server that has imported this module, and what each of them would import: a copy of the test's
# own process would have TensorFlow's threads and locks, where other tests used it, and crash.
clean = multiprocessing.get_context("forkserver")
clean.set_forkserver_preload([__name__, "sentiment.metrics.summary", "skops.io", "mlflow.sklearn"])


def _in_a_process(target, *args):
    process = clean.Process(target=target, args=args)
    process.start()
    return process


def _promote_often(tracking_uri, held_out, seed, promotions, failures):
    registry = Registry(tracking_uri)
    chance = random.Random(seed)
    numbers = [version.version for version in registry.versions()]
    for number in [*numbers, *chance.choices(numbers, k=promotions - len(numbers))]:
        try:
            promote(registry, number, held_out, LENIENT, who=f"process {seed}")
        except Exception as error:
            if type(error).__name__ != "AlreadyChampionError":
                failures.put(repr(error))
                raise


def _watch(tracking_uri, stop, failures):
    registry = Registry(tracking_uri)
    while not stop.is_set():
        if registry.champion_number() is None:
            failures.put("no champion")
        in_production = [
            found.version
            for found in MlflowClient(tracking_uri).search_model_versions(f"name = '{MODEL_NAME}'")
            if found.current_stage == PRODUCTION
        ]
        if len(in_production) != 1:
            failures.put(f"versions {in_production} in production")
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("store_kind", "promotions"),
    [("postgresql", 8), pytest.param("sqlite", 50, marks=pytest.mark.slow)],
)
@pytest.mark.timeout(600)
def test_racing_promoters_leave_one_champion_at_every_moment_and_the_best_at_the_end(
    registry, register_model, models, held_out, promotions
):
    for model in models:
        register_model(model)
    promote(registry, "1", held_out, LENIENT, who="Ann")
    failures, stop = clean.Queue(), clean.Event()
    watcher = _in_a_process(_watch, registry.tracking_uri, stop, failures)
    promoters = [
        _in_a_process(_promote_often, registry.tracking_uri, held_out, seed, promotions, failures)
        for seed in range(PROCESSES)
    ]
    for process in promoters:
        process.join()
    stop.set()
    watcher.join()
    assert failures.empty(), failures.get()
    assert [process.exitcode for process in promoters] == [0] * PROCESSES
    assert registry.champion_number() == _best(registry, held_out)
    assert [event.confirmed for event in registry.history()] == [True] * len(registry.history())


def _best(registry, held_out):
    from sentiment.metrics.summary import compute_metrics
    from sentiment.tracking.registry.release import report_on

    reports = {version.version: report_on(registry, version, held_out) for version in registry.versions()}
    return max(
        reports,
        key=lambda number: (
            compute_metrics(reports[number].labels, reports[number].probabilities, reports[number].threshold).mcc
        ),
    )


def _register_and_promote(tracking_uri, files, held_out, policy: Policy, die_at: int | None):
    """Do what a training run does at its end; die without warning before the `die_at`-th write."""
    writes = count(1)
    original = Client._patiently

    def dying(self, call, *args, **kwargs):
        if getattr(call, "__name__", "") in WRITES and next(writes) == die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(self, call, *args, **kwargs)

    Client._patiently = dying
    mlflow.set_tracking_uri(tracking_uri)  # as ZenML's tracker does: MLflow looks logged models up there
    registry = Registry(tracking_uri)
    version = register(registry, files, description="", tags=tags_of(files))
    promote(registry, version.version, held_out, policy, who="Ann")


@pytest.mark.timeout(1200)
def test_killed_before_any_write_the_champion_is_the_old_one_or_the_whole_new_one(
    registry, register_model, log_model, models, held_out, tmp_path
):
    register_model(models[0])
    promote(registry, "1", held_out, LENIENT, who="Ann")
    files = log_model(models[3])
    outcomes = set()
    for die_at in count(1):
        copy = tmp_path / f"killed-{die_at}.db"
        shutil.copy(tmp_path / "mlflow.db", copy)
        address = f"sqlite:///{copy}"
        killed = _in_a_process(_register_and_promote, address, files, held_out, LENIENT, die_at)
        killed.join()
        if killed.exitcode == 0:
            break
        assert killed.exitcode == -signal.SIGKILL

        interrupted = Registry(address)
        champion = interrupted.champion_number()
        outcomes.add(champion)
        assert champion in ("1", "2")
        assert interrupted.version(champion).complete

        again = _in_a_process(_register_and_promote, address, files, held_out, LENIENT, None)
        again.join()
        repaired = Registry(address)
        assert repaired.champion_number() == "2"
        assert {version.version: version.stage for version in repaired.versions()} == {"1": ARCHIVED, "2": PRODUCTION}
        assert [(event.version, event.confirmed) for event in repaired.history()] == [("1", True), ("2", True)]
    assert outcomes == {"1", "2"}
    assert die_at > 10


def test_a_locked_database_is_waited_for_and_then_named(registry, register_model, models):
    register_model(models[0])
    blocker = sqlite3.connect(registry.tracking_uri.removeprefix("sqlite:///"), isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")
    started = time.monotonic()
    try:
        with pytest.raises(TrackingError, match="is locked by another process"):
            registry.describe("new words")
    finally:
        blocker.execute("ROLLBACK")
        blocker.close()
    assert time.monotonic() - started < 60
    registry.describe("new words")


def test_a_dead_server_is_named_within_fifteen_seconds():
    started = time.monotonic()
    with pytest.raises(TrackingError, match=r"http://127.0.0.1:9 does not answer"):
        Registry("http://127.0.0.1:9").versions()
    assert time.monotonic() - started < 15


def _hold(tracking_uri, held, release):
    with registry_lock(tracking_uri):
        held.set()
        release.wait()


@pytest.mark.parametrize("store_kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("end", ["released", "killed"])
def test_the_lock_is_held_by_one_and_free_when_its_holder_ends(tracking_uri, end):
    held, release = clean.Event(), clean.Event()
    holder = _in_a_process(_hold, tracking_uri, held, release)
    held.wait()
    busy = pytest.raises(RegistryError, match="somebody else has been changing the registry for 1 s")
    with busy, registry_lock(tracking_uri, timeout=1):
        pytest.fail("two hold it")
    if end == "killed":
        holder.kill()
    else:
        release.set()
    holder.join()
    entered = False
    with registry_lock(tracking_uri, timeout=10):
        entered = True
    assert entered
