"""What searching costs beside its fits, what a second worker is worth, and whether TPE is better than chance."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from benchmarks.data import CONFIG, ROOT, parts
from benchmarks.pipeline import Project
from benchmarks.timing import Comparison, at_least, at_most, value_at_least
from sentiment.models.families.base import Examples
from sentiment.reviews.sources import SAMPLE_FILE
from sentiment.search import worker
from sentiment.search.journal import Journal, Plan, read
from sentiment.search.pool import Pool
from sentiment.search.search import run_search
from sentiment.search.space import load_space
from sentiment.search.trial import Trial

SPACE = load_space(ROOT / "pipelines" / "configs" / "search.yaml")
MANY = 31
QUICK = "linear_svm"
MOST_OVERHEAD = 0.06
SEEDS, TRIALS = 10, 61
"""Sixty trials beside the start."""


def compare(data: Path, *, short: bool) -> list[Comparison]:
    """Measure; in short the overhead alone."""
    rows = [_overhead(ROOT / "data" / SAMPLE_FILE, slack=5 if short else 1)]
    if not short:
        rows += [_two_workers(parts(data)[0]), _tpe_against_random(parts(ROOT / "data" / SAMPLE_FILE)[0])]
    return rows


def _overhead(data: Path, slack: float) -> Comparison:
    """Take what a trial costs more in the whole command than its fits in a loop.

    Timed from the beginning of the second trial to the end of the last, by when the trials themselves began: proposing,
    handing over, the journal and MLflow are all in between. On the sample, and of the family whose fits are shortest:
    their own spread would hide what is asked for.
    """
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder), data)
        order = ("--trials", str(MANY), "--name", "benchmark", "--no-promote", "--family", QUICK)
        project.python("run.py", "search", "--data", str(project.data), *order)
        trials = sorted(read(project.root / ".searches" / "benchmark.jsonl")[1], key=lambda trial: trial.started)[1:]
    spent = trials[-1].started + trials[-1].seconds - trials[0].started
    fits = _in_a_loop(parts(data)[0], trials)
    what = f"search: a trial of {fits / len(trials):.2f} s in the command, less its fits in a loop"
    return at_most(what, "60 ms", max((spent - fits) / len(trials), 0.0), MOST_OVERHEAD, slack)


def _in_a_loop(rows: Examples, trials: list[Trial]) -> float:
    """Time the bare fits of trials, as many folds of each as the search ran."""
    worker.prepare(rows, None)
    began = time.perf_counter()
    for trial in trials:
        never = (float("-inf"),) * SPACE.folds
        ended = (float("inf"),) * SPACE.folds
        done = len(trial.folds) or SPACE.folds
        bars = (*never[: done - 1], *ended[: SPACE.folds - done])
        worker.run(worker.Task(trial.number, trial.candidate, SPACE.metric, SPACE.folds, SPACE.seed, SPACE.seed, bars))
    return time.perf_counter() - began


def _plan(seed: int, algorithm: str) -> Plan:
    space = SPACE.model_copy(update={"seed": seed})
    start = CONFIG.only([space.start]).candidates[0]
    return Plan(name="benchmark", space=space, start=start, engine="optuna", algorithm=algorithm, rows="any")


def _two_workers(rows: Examples) -> Comparison:
    seconds = []
    for workers in (2, 1):
        with tempfile.TemporaryDirectory() as folder, Pool(rows, workers, None) as pool:
            began = time.perf_counter()
            run_search(_plan(0, "tpe"), Journal(Path(folder) / "search.jsonl"), pool, trials=MANY)
            seconds.append(time.perf_counter() - began)
    return at_least(f"search: {MANY} trials, two workers", "one worker", seconds[0], seconds[1], 1.6)


def _tpe_against_random(rows: Examples) -> Comparison:
    """Count the seeds in which the best of TPE's trials is no worse than the best of as many random ones."""
    wins = 0
    with Pool(rows, 1, None) as pool:
        for seed in range(SEEDS):
            best = {}
            for algorithm in ("tpe", "random"):
                with tempfile.TemporaryDirectory() as folder:
                    journal = Journal(Path(folder) / "search.jsonl")
                    found = run_search(_plan(seed, algorithm), journal, pool, trials=TRIALS)
                best[algorithm] = max(trial.score or 0.0 for trial in found.ranked() if trial.number)
            wins += best["tpe"] >= best["random"]
    return value_at_least(f"search: TPE no worse than random, of {SEEDS} seeds", "(the sample)", wins, SEEDS, None)
