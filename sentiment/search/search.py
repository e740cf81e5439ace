"""Searching: batches of trials, each proposed from all that came before it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from time import monotonic

import numpy as np
from scipy import stats

from sentiment.errors import SearchError
from sentiment.search import engines
from sentiment.search.importance import importance
from sentiment.search.journal import Journal, Plan
from sentiment.search.pool import Pool
from sentiment.search.space import Space
from sentiment.search.trial import Gain, Search, Trial, better_sign, ranked
from sentiment.search.worker import Result, Task

BATCH = 6
"""Trials that are proposed together; the same with any number of workers, so that equal seeds give equal searches."""
FEWEST_TO_PRUNE_BY = 5
CONFIRMING_FOLDS = 5
_CONFIDENCE = 0.95

OnTrial = Callable[[Trial], None]


def run_search(
    plan: Plan,
    journal: Journal,
    pool: Pool,
    *,
    trials: int,
    minutes: float | None = None,
    on_trial: OnTrial = lambda _: None,
) -> Search:
    """Search until so many trials are finished, the time is over, or Ctrl-C.

    Args:
        plan: What is searched, and how.
        journal: Finished trials are kept in it; those that it has are not run again.
        pool: Runs trials.
        trials: In all, those of the journal included.
        minutes: After which no further trial begins.
        on_trial: Called with each finished trial, those of the journal first.

    Raises:
        InputError: The journal is of another plan.
        SearchError: The candidate that is to be beaten cannot be trained.
    """
    deadline = None if minutes is None else monotonic() + 60 * minutes
    known = journal.open(plan)
    try:
        for number in sorted(known):
            on_trial(known[number])
        ended = _fill(plan, journal, pool, known, trials, deadline, on_trial)
        return _concluded(plan, pool, [known[number] for number in sorted(known)], ended)
    finally:
        journal.close()


def _fill(
    plan: Plan,
    journal: Journal,
    pool: Pool,
    known: dict[int, Trial],
    trials: int,
    deadline: float | None,
    on_trial: OnTrial,
) -> str:
    """Run batches until all is known; gives why it ended."""
    first = 0
    try:
        while first < trials:
            if deadline is not None and monotonic() > deadline and 0 in known:
                return "minutes"
            size = 1 if first == 0 else min(BATCH, trials - first)
            before = [known[number] for number in range(first)]
            # A whole batch is proposed even where fewer are wanted: with more trials the same search goes on.
            proposed = _proposed(plan, before, first)[:size]
            tasks = [task for task in _tasks(plan, before, proposed) if task.number not in known]
            values = {trial.number: trial for trial in proposed}
            for result in pool.run(tasks):
                trial = _finished(values[result.number], result)
                known[trial.number] = trial
                journal.add(trial)
                on_trial(trial)
            first += size
    except KeyboardInterrupt:
        return "interrupted"
    return "trials"


def _proposed(plan: Plan, before: Sequence[Trial], first: int) -> list[Trial]:
    if first == 0:
        return [Trial(number=0, values=plan.space.values_of(plan.start), candidate=plan.start, state="done")]
    propose = engines.get(plan.engine).propose
    found = propose(plan.space, before, BATCH, plan.algorithm, plan.space.seed + first)
    return [
        Trial(number=first + place, values=values, candidate=plan.space.candidate(values), state="done")
        for place, values in enumerate(found)
    ]


def _tasks(plan: Plan, before: Sequence[Trial], proposed: Sequence[Trial]) -> list[Task]:
    space = plan.space
    bars = pruning_bars(before, space)
    return [
        Task(trial.number, trial.candidate, space.metric, space.folds, space.seed, space.seed, bars)
        for trial in proposed
    ]


def pruning_bars(before: Sequence[Trial], space: Space) -> tuple[float, ...]:
    """Give the median, over trials that ran to their end, of the mean after each fold but the last.

    Source: the median rule of Golovin et al., "Google Vizier" (2017), section 3.2.2. No bars with too few trials.
    """
    done = [trial.folds for trial in before if trial.state == "done" and len(trial.folds) == space.folds]
    if len(done) < FEWEST_TO_PRUNE_BY:
        return ()
    means = np.cumsum(done, axis=1) / np.arange(1, space.folds + 1)
    return tuple(float(value) for value in np.median(means, axis=0)[:-1])


def _finished(proposed: Trial, result: Result) -> Trial:
    return proposed.model_copy(
        update={
            "state": result.state,
            "folds": result.folds,
            "seconds": result.seconds,
            "error": result.error,
            "started": result.started,
        }
    )


def _concluded(plan: Plan, pool: Pool, trials: Sequence[Trial], ended: str) -> Search:
    if ended == "interrupted":
        pool.restart()  # what still runs is given up
    if not trials or trials[0].number != 0 or trials[0].state != "done":
        reason = f": {trials[0].error}" if trials and trials[0].error else ""
        raise SearchError(f"{plan.start.name}, which is to be beaten, could not be tried{reason}. Nothing was found.")
    best = ranked(trials, plan.space.metric)[0]
    return Search(
        name=plan.name,
        engine=plan.engine,
        algorithm=plan.algorithm,
        seed=plan.space.seed,
        metric=plan.space.metric,
        trials=tuple(trials),
        best=best.number,
        gain=_gain(plan, pool, best) if best.number else None,
        importance=importance(trials, plan.space),
        ended=ended,
    )


def _gain(plan: Plan, pool: Pool, best: Trial) -> Gain:
    """Compare the best with the start on folds that chose nothing: the best of many is partly the luckiest."""
    space = plan.space
    tasks = [
        Task(number, candidate, space.metric, CONFIRMING_FOLDS, space.seed + 1, space.seed)
        for number, candidate in ((0, plan.start), (best.number, best.candidate))
    ]
    results = {result.number: result for result in pool.run(tasks)}
    for result in results.values():
        if result.state != "done":
            raise SearchError(f"trial {result.number} could not be tried on new folds: {result.error}")
    start, found = results[0].folds, results[best.number].folds
    differences = better_sign(space.metric) * (np.array(found) - np.array(start))
    mean = float(differences.mean())
    error = float(differences.std(ddof=1)) / math.sqrt(CONFIRMING_FOLDS)
    reach = float(stats.t.ppf((1 + _CONFIDENCE) / 2, CONFIRMING_FOLDS - 1)) * error
    return Gain(best=found, start=start, mean=mean, low=mean - reach, high=mean + reach)
