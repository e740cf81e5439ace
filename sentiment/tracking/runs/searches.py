"""A search in MLflow: one parent run a search, and below it one run a trial."""

from __future__ import annotations

from collections.abc import Mapping

from mlflow.entities import Metric, Param, RunTag

from sentiment.search.space import Value
from sentiment.search.trial import Search, Trial, changes
from sentiment.tracking import EXPERIMENT
from sentiment.tracking.client import Client
from sentiment.tracking.runs.store import DESCRIPTION_TAG
from sentiment.tracking.runs.tracked import PARENT_TAG, ZENML_RUN_TAG
from sentiment.training.candidates import Candidate

SEARCH_TAG, TRIAL_TAG, BEST_TRIAL_TAG = "search", "trial", "best_trial"
_STATUS = {"done": "FINISHED", "failed": "FAILED", "pruned": "KILLED"}
_PAGE = 1000


class SearchRuns:
    """Writes the runs of one search.

    Args:
        tracking_uri: The store's address.
        name: Of the search; one that goes on finds its run by it.
        start: The candidate that is to be beaten.
    """

    def __init__(self, tracking_uri: str, name: str, start: Candidate) -> None:
        self._client = Client(tracking_uri)
        self._name, self._start = name, start
        self._client.ensure("create_experiment", EXPERIMENT)
        self._experiment = str(self._client.get_experiment_by_name(EXPERIMENT).experiment_id)
        self._recorded: set[int] = set()
        self.run_id = ""

    def open(self, zenml_run: str, tags: Mapping[str, str]) -> str:
        """Open the parent run, or the one that a search of this name has already; gives its id."""
        found = self._client.search_runs([self._experiment], f"tags.`{SEARCH_TAG}` = '{self._name}'", max_results=1)
        all_tags = {**tags, SEARCH_TAG: self._name, ZENML_RUN_TAG: zenml_run}
        if found:
            self.run_id = str(found[0].info.run_id)
            self._client.log_batch(self.run_id, tags=[RunTag(key, value) for key, value in all_tags.items()])
            self._client.update_run(self.run_id, status="RUNNING")
            self._recorded = self._trials()
        else:
            opened = self._client.create_run(self._experiment, tags=all_tags, run_name=f"search {self._name}")
            self.run_id = str(opened.info.run_id)
        return self.run_id

    def record(self, trial: Trial, metric: str) -> None:
        """Write the run of a finished trial, unless it has one."""
        if trial.number in self._recorded:
            return
        began = round(trial.started * 1000)
        ended = began + round(trial.seconds * 1000)
        tags = {PARENT_TAG: self.run_id, TRIAL_TAG: str(trial.number), "family": trial.candidate.family}
        run = self._client.create_run(
            self._experiment, start_time=began, tags=tags, run_name=f"{self._name} trial {trial.number}"
        )
        shown: dict[str, Value] = {"family": trial.candidate.family, "recipe": trial.candidate.recipe}
        shown |= {name: value for name, value in trial.values.items() if "." in name}
        metrics = [Metric(f"fold_{metric}", value, ended, fold) for fold, value in enumerate(trial.folds, 1)]
        metrics.append(Metric("trial_seconds", trial.seconds, ended, 0))
        if trial.score is not None:
            metrics.append(Metric(f"cv_{metric}", trial.score, ended, 0))
        self._client.log_batch(
            run.info.run_id,
            metrics=metrics,
            params=[Param(name, str(value)) for name, value in shown.items()],
            tags=[RunTag("error", trial.error)] if trial.error else [],
        )
        self._client.set_terminated(run.info.run_id, _STATUS[trial.state], ended)
        self._recorded.add(trial.number)

    def conclude(self, run_id: str, search: Search) -> None:
        """Say in the parent run what came of it, and link the best trial."""
        self.run_id = run_id
        best = search.best_trial
        found = self._client.search_runs(
            [self._experiment],
            f"tags.`{PARENT_TAG}` = '{self.run_id}' and tags.`{TRIAL_TAG}` = '{best.number}'",
            max_results=1,
        )
        linked = str(found[0].info.run_id) if found else ""
        link = f"[trial {best.number}](#/experiments/{self._experiment}/runs/{linked})" if linked else "none"
        told = [search.verdict(), f"Best: {link}", f"Changed: {changes(best.candidate, self._start) or 'nothing'}"]
        tags = {DESCRIPTION_TAG: "\n\n".join(told), BEST_TRIAL_TAG: linked, "ended": search.ended}
        now = max(round((trial.started + trial.seconds) * 1000) for trial in search.trials)
        metrics = [Metric(f"best_cv_{search.metric}", best.score or 0.0, now, 0)]
        if search.gain:
            gain = search.gain
            metrics += [
                Metric(name, value, now, 0)
                for name, value in (("gain", gain.mean), ("gain_low", gain.low), ("gain_high", gain.high))
            ]
        self._client.log_batch(self.run_id, metrics=metrics, tags=[RunTag(key, value) for key, value in tags.items()])

    def _trials(self) -> set[int]:
        """Number the trials that have a run; what was begun and not finished is removed."""
        recorded: set[int] = set()
        token = None
        while True:
            page = self._client.search_runs(
                [self._experiment], f"tags.`{PARENT_TAG}` = '{self.run_id}'", max_results=_PAGE, page_token=token
            )
            for run in page:
                if (number := run.data.tags.get(TRIAL_TAG)) is None:
                    continue
                if run.info.status == "RUNNING":
                    self._client.delete_run(run.info.run_id)
                else:
                    recorded.add(int(number))
            token = page.token
            if not token:
                return recorded
