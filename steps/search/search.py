"""Search for a better candidate by cross-validation on training rows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pandas as pd
from zenml import log_metadata, step

from sentiment.reviews.reading import examples
from sentiment.search.journal import Journal, Plan
from sentiment.search.pool import Pool, memory_for
from sentiment.search.search import run_search
from sentiment.search.trial import Search, Trial
from sentiment.training.candidates import Candidate
from sentiment.training.lineage import PipelineRun
from steps.shared.progress import progress_bar
from steps.shared.search import search_runs


@step(enable_cache=False)
def search(
    plan: Plan,
    training_rows: pd.DataFrame,
    pipeline_run: PipelineRun,
    journal: str,
    trials: int,
    workers: int,
    minutes: float | None,
) -> tuple[Annotated[Search, "search"], Annotated[Candidate, "candidate"]]:
    """Try candidates, each recorded as it ends; gives what came of it, and the candidate that is worth training."""
    runs = search_runs(plan)
    runs.open(pipeline_run.zenml_run, pipeline_run.tags)
    with (
        progress_bar("trials", unit="done") as shown,
        Pool(examples(training_rows), workers, memory_for(workers)) as pool,
    ):
        finished: list[int] = []

        def on_trial(trial: Trial) -> None:
            runs.record(trial, plan.space.metric)
            finished.append(trial.number)
            shown(len(finished), trials, len(finished))

        found = run_search(plan, Journal(Path(journal)), pool, trials=trials, minutes=minutes, on_trial=on_trial)
    log_metadata({"trials": len(found.trials), "best": found.best, "verdict": found.verdict()})
    return found, found.winner
