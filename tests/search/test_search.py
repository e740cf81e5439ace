"""Searching: equal seeds, pruning, failures, journals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.model_selection import StratifiedKFold

from sentiment.errors import InputError, SearchError
from sentiment.metrics.summary import compute_metrics
from sentiment.models.families.base import Examples
from sentiment.search import worker
from sentiment.search.journal import Journal, journal_path, read
from sentiment.search.pool import Pool
from sentiment.search.search import FEWEST_TO_PRUNE_BY, pruning_bars, run_search
from sentiment.search.trial import Gain, changes
from sentiment.search.worker import Task
from tests.conftest import ROOT
from tests.trained import candidate


def told(search):
    """What must be equal of equal searches."""
    return [(trial.number, trial.values, trial.state, trial.folds) for trial in search.trials], search.best, search.gain


def task(rows, number=0, folds=2, metric="roc_auc", bars=(), family="nb_linear", **params):
    worker.prepare(rows, None)
    return Task(number, candidate(family, **params), metric, folds, 0, 0, bars)


@pytest.fixture(autouse=True)
def _interruptible():
    """`worker.prepare` has the process that it prepares ignore Ctrl-C."""
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


def test_two_workers_and_the_same_seed_give_the_same_search(plan, rows, searched, tmp_path):
    with Pool(rows, 2, None) as pool:
        again = run_search(plan, Journal(tmp_path / "again.jsonl"), pool, trials=plan.space.trials)
    assert told(again) == told(searched[0])


def test_another_seed_gives_another_search(plan, pool, searched, tmp_path):
    other = plan.model_copy(update={"space": plan.space.model_copy(update={"seed": 1})})
    found = run_search(other, Journal(tmp_path / "other.jsonl"), pool, trials=3)
    assert [trial.values for trial in found.trials[1:]] != [trial.values for trial in searched[0].trials[1:3]]


def test_more_trials_begin_with_the_same_ones(plan, pool, searched, tmp_path):
    few = run_search(plan, Journal(tmp_path / "few.jsonl"), pool, trials=5)
    assert told(few)[0] == told(searched[0])[0][:5]


def test_the_first_trial_is_the_start_and_its_folds_are_what_anybody_would_compute(plan, rows, searched):
    start = searched[0].trials[0]
    assert start.candidate == plan.start
    scores = []
    for learned, asked in StratifiedKFold(2, shuffle=True, random_state=0).split(rows.labels, rows.labels):
        held_out = {rows.documents[position] for position in asked}
        kept = [position for position in learned if rows.documents[position] not in held_out]
        train, test = (
            Examples([rows.documents[i] for i in part], rows.labels[part], rows.ratings[part]) for part in (kept, asked)
        )
        model = plan.start.fit(train, train, 0).model
        scores.append(compute_metrics(test.labels, model.predict_proba(test.documents), 0.5, resamples=1).roc_auc)
    assert start.folds == pytest.approx(scores, abs=1e-12)


def test_the_best_trial_ran_to_its_end_and_none_is_better(searched):
    search = searched[0]
    assert search.best_trial.state == "done"
    assert search.best_trial.score == max(trial.score for trial in search.trials if trial.state == "done")
    assert search.best_so_far()[-1] == search.best_trial.score
    assert (np.diff(search.best_so_far()) >= 0).all()


def test_a_trial_below_the_median_after_a_fold_is_ended_there(rows):
    alone = worker.run(task(rows, folds=3))
    assert (alone.state, len(alone.folds)) == ("done", 3)
    pruned = worker.run(task(rows, folds=3, bars=(alone.folds[0] + 1e-9, 0.0)))
    assert (pruned.state, pruned.folds) == ("pruned", alone.folds[:1])
    assert worker.run(task(rows, folds=3, bars=(alone.folds[0], 0.0))).state == "done"


def test_where_lower_is_better_the_higher_is_ended(rows):
    alone = worker.run(task(rows, metric="log_loss"))
    assert worker.run(task(rows, metric="log_loss", bars=(alone.folds[0] - 1e-9,))).state == "pruned"
    assert worker.run(task(rows, metric="log_loss", bars=(alone.folds[0],))).state == "done"


def test_bars_are_medians_of_finished_trials_and_need_some(plan, searched):
    done = [trial for trial in searched[0].trials if trial.state == "done"]
    few = done[: FEWEST_TO_PRUNE_BY - 1]
    assert pruning_bars(few, plan.space) == ()
    enough = [done[0].model_copy(update={"folds": (float(value), 0.0)}) for value in range(FEWEST_TO_PRUNE_BY)]
    assert pruning_bars(enough, plan.space) == (2.0,)


def test_a_trial_that_raises_has_failed_and_says_why(rows):
    found = worker.run(task(rows, min_df=400))
    assert (found.state, found.folds) == ("failed", ())
    assert "no run of words occurs in 400 of" in found.error


def test_a_trial_that_gives_no_number_has_failed_and_says_why(rows, monkeypatch):
    no_number = SimpleNamespace(value=lambda _: float("nan"))
    monkeypatch.setattr(worker, "compute_metrics", lambda *_, **__: no_number)
    found = worker.run(task(rows))
    assert (found.state, found.folds) == ("failed", ())
    assert found.error == "ValueError: roc_auc is nan on a fold; a number expected"


def test_a_trial_that_needs_too_much_memory_fails_and_the_others_go_on(rows):
    many = [f"{document} number{copy}" for copy in range(40) for document in rows.documents]
    hungry = Task(1, candidate("char_linear", min_df=1, longest=8), "roc_auc", 2, 0, 0)
    modest = Task(2, candidate("bag_of_words"), "roc_auc", 2, 0, 0)
    with Pool(Examples(many, np.tile(rows.labels, 40), None), 1, 400_000_000) as pool:
        found = {result.number: result for result in pool.run([hungry, modest])}
    assert found[1].state == "failed"
    assert "Memory" in found[1].error or "its process ended" in found[1].error
    assert found[2].state == "done"


def test_a_worker_that_is_killed_takes_no_trial_with_it(rows):
    tasks = [Task(number, candidate("nb_linear", c=4.0 + number), "roc_auc", 5, 0, 0) for number in range(4)]
    with Pool(rows, 2, None) as pool:
        expected = {result.number: result.folds for result in pool.run(tasks)}
        results = pool.run(tasks)
        first = next(results)
        os.kill(next(iter(pool._executor._processes)), signal.SIGKILL)
        found = {result.number: result.folds for result in (first, *results)}
    assert found == expected


def test_a_search_whose_start_cannot_be_trained_says_so(plan, pool, tmp_path):
    broken = plan.model_copy(update={"start": candidate("nb_linear", min_df=400)})
    with pytest.raises(SearchError, match=r"nb_linear, which is to be beaten, could not be tried.*no run of words"):
        run_search(broken, Journal(tmp_path / "broken.jsonl"), pool, trials=3)


def test_finished_trials_are_not_run_again(plan, pool, searched, tmp_path):
    lines = searched[1].read_text().splitlines(keepends=True)
    kept = [lines[0], *(line for line in lines[1:] if json.loads(line)["number"] in (0, 1, 2, 4, 7))]
    path = tmp_path / "half.jsonl"
    path.write_text("".join(kept) + '{"number": 3, "val')  # and one that was being written
    ran = []
    found = run_search(plan, Journal(path), pool, trials=plan.space.trials, on_trial=ran.append)
    assert told(found) == told(searched[0])
    assert [trial.number for trial in ran[:5]] == [0, 1, 2, 4, 7]
    numbers = [json.loads(line)["number"] for line in path.read_text().splitlines()[1:]]
    assert sorted(numbers) == list(range(plan.space.trials))


def test_a_search_that_is_killed_goes_on_as_it_would_have(plan, pool, rows, searched, tmp_path):
    path = tmp_path / "killed.jsonl"
    code = f"""
import sys
from pathlib import Path
from sentiment.reviews.reading import examples, read_reviews, with_text
from sentiment.reviews.splits import split_reviews
from sentiment.search.journal import Journal, Plan
from sentiment.search.pool import Pool
from sentiment.search.search import run_search
if __name__ == "__main__":
    plan = Plan.model_validate_json({plan.model_dump_json()!r})
    reviews = with_text(read_reviews(Path("data/sample_reviews.csv")))
    rows = examples(split_reviews(reviews, validation_share=0.1, seed=0).train.head(500))
    with Pool(rows, 2, None) as pool:
        run_search(plan, Journal(Path({str(path)!r})), pool, trials=14)
"""
    script = tmp_path / "search.py"
    script.write_text(code)
    process = subprocess.Popen([sys.executable, str(script)], cwd=ROOT, start_new_session=True)
    while not path.exists() or path.read_bytes().count(b"\n") < 5:
        assert process.poll() is None
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    before = [trial.number for trial in read(path)[1]]
    assert told(run_search(plan, Journal(path), pool, trials=14)) == told(searched[0])
    after = [trial.number for trial in read(path)[1]]
    assert after[: len(before)] == before
    assert sorted(after) == list(range(14))


def test_a_search_of_another_plan_is_not_gone_on_with(plan, searched, pool):
    other = plan.model_copy(update={"rows": "other rows"})
    with pytest.raises(InputError, match="begun with another rows"):
        run_search(other, Journal(searched[1]), pool, trials=2)


def test_two_processes_cannot_search_under_one_name(plan, searched, pool):
    journal = Journal(searched[1])
    journal.open(plan)
    try:
        with pytest.raises(InputError, match="search small is running already"):
            run_search(plan, Journal(searched[1]), pool, trials=2)
    finally:
        journal.close()


@pytest.mark.parametrize("name", ["../up", "", "a/b", "-x", "a b", "x" * 65])
def test_a_name_that_could_not_be_a_files_is_refused(tmp_path, name):
    with pytest.raises(InputError, match="as the name of a search"):
        journal_path(tmp_path, name)


def test_a_journal_that_is_none_is_refused(tmp_path):
    with pytest.raises(InputError, match="no search to go on with"):
        read(tmp_path / "none.jsonl")
    (tmp_path / "odd.jsonl").write_text('{"a": 1}\n')
    with pytest.raises(InputError, match="is not the journal of a search"):
        read(tmp_path / "odd.jsonl")


def test_when_the_time_is_over_no_further_batch_begins(plan, pool, tmp_path):
    found = run_search(plan, Journal(tmp_path / "short.jsonl"), pool, trials=14, minutes=1e-9)
    assert (found.ended, len(found.trials)) == ("minutes", 1)
    assert found.verdict() == "No gain: of 1 trial none is better than nb_linear."


def test_ctrl_c_ends_a_search_with_what_was_found(plan, rows, tmp_path):
    def interrupt(trial):
        if trial.number == 3:
            raise KeyboardInterrupt

    with Pool(rows, 1, None) as pool:
        path = tmp_path / "stopped.jsonl"
        found = run_search(plan, Journal(path), pool, trials=14, on_trial=interrupt)
        assert found.ended == "interrupted"
        assert {trial.number for trial in found.trials} >= {0, 1, 2, 3}
        whole = run_search(plan, Journal(path), pool, trials=14)
    assert len(whole.trials) == 14


def test_a_gain_is_claimed_only_where_the_whole_interval_is_above_nothing(searched):
    gain = Gain(best=(0.9, 0.9), start=(0.8, 0.8), mean=0.1, low=0.01, high=0.2)
    better = next(trial for trial in searched[0].trials if trial.number)
    sure = searched[0].model_copy(update={"gain": gain, "best": better.number})
    unsure = sure.model_copy(update={"gain": gain.model_copy(update={"low": 0.0})})
    assert sure.winner == better.candidate
    assert sure.verdict().startswith(f"Trial {better.number} is better than nb_linear")
    assert unsure.winner == unsure.trials[0].candidate
    assert unsure.verdict().startswith("No gain")


def test_changes_name_what_differs_from_the_start():
    start = candidate("linear_blend")
    other = candidate("linear_blend", nb_linear={"c": 2.0}, ngrams=1)
    assert changes(other, start) == {"nb_linear.c": 2.0, "ngrams": 1}
    assert changes(start, start) == {}


def test_a_family_that_stops_early_never_sees_the_fold_that_is_asked_about(rows, monkeypatch):
    seen = []
    task_ = task(rows, family="linear_svm")
    network = task_._replace(candidate=candidate("embedding_average", max_epochs=1))
    from sentiment.training.candidates import Candidate

    fit = Candidate.fit
    monkeypatch.setattr(
        Candidate, "fit", lambda self, train, stop, seed: seen.append((train, stop)) or fit(self, train, stop, seed)
    )
    assert worker.run(network).state == "done"
    for train, stop in seen:
        assert not set(train.documents) & set(stop.documents)
        assert len(train.documents) + len(stop.documents) <= len(rows.documents) // 2
