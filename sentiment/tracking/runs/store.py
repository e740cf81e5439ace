"""The experiment's runs: one parent a pipeline run, one child a candidate that was trained in it."""

from __future__ import annotations

import shlex
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

import mlflow
from mlflow.entities import (
    Experiment,
    LifecycleStage,
    LoggedModelOutput,
    LoggedModelStatus,
    Metric,
    RunTag,
)
from mlflow.models import Model

from sentiment.errors import TrackingError
from sentiment.models.digests import digests
from sentiment.tracking import EXPERIMENT, pages
from sentiment.tracking.client import Client, without_password
from sentiment.tracking.runs.inputs import dataset_input, params_of, short_digest
from sentiment.tracking.runs.tracked import CANDIDATE_TAG, PARENT_TAG, ZENML_RUN_TAG, TrackedCandidate
from sentiment.training.lineage import CandidateRun, LoggedFiles, PipelineRun, display_name

if TYPE_CHECKING:
    from sentiment.evaluation.report import TrainingReport
    from sentiment.models.text_model import TextModel
    from sentiment.training.candidates import Candidate

DESCRIPTION_TAG = "mlflow.note.content"
BEST_TAG, LINK_PREFIX = "best", "candidate."


class RunStore:
    """Writes and reads the runs of one tracking store.

    Args:
        tracking_uri: The store's address.
        experiment: Its name; must exist before a run is opened.
        files: Where the experiment, should it be made here, keeps files; None where whoever makes it says so.
    """

    def __init__(self, tracking_uri: str, experiment: str = EXPERIMENT, *, files: str | None = None) -> None:
        self.tracking_uri = tracking_uri
        self.experiment = experiment
        self._files = files
        self._client = Client(tracking_uri)

    def tag(self, run_id: str, tags: Mapping[str, str]) -> None:
        """Set tags, replacing those of the same names."""
        self._client.log_batch(run_id, tags=[RunTag(key, str(value)) for key, value in tags.items()])

    def introduce(self, run: PipelineRun) -> None:
        """Name and tag the run of a whole pipeline run, and say what its experiment is, for people who look at them."""
        experiment = self._client.get_experiment_by_name(self.experiment)
        for key, value in pages.EXPERIMENT_TAGS.items():
            if experiment.tags.get(key) != value:
                self._client.set_experiment_tag(experiment.experiment_id, key, value)
        self._client.update_run(run.run_id, name=f"training {datetime.now(UTC).astimezone():%Y-%m-%d %H:%M}")
        self.tag(run.run_id, {**run.tags, ZENML_RUN_TAG: run.zenml_run})

    def mark(self, run_id: str, status: str) -> None:
        """Set a run's status: ``RUNNING``, ``FINISHED`` or ``FAILED``."""
        if status == "RUNNING":
            self._client.update_run(run_id, status=status)
        else:
            self._client.set_terminated(run_id, status)

    def unfinished(self) -> dict[str, str]:
        """List the experiment's runs that are not marked as ended: run id to the name of the ZenML run."""
        running = self._client.search_runs([self.experiment_id()], "attributes.status = 'RUNNING'")
        # One that was interrupted before it was introduced still has the name that ZenML gave it.
        return {run.info.run_id: run.data.tags.get(ZENML_RUN_TAG) or run.info.run_name for run in running}

    @contextmanager
    def candidate_run(self, parent: PipelineRun, candidate: Candidate, *, rows: int, seed: int) -> Iterator[str]:
        """Open the run of one candidate below its pipeline run; it ends as ``FAILED`` when the body raises.

        Args:
            parent: Its data and tags are repeated in the new run.
            candidate: What is trained.
            rows: Training rows.
            seed: Of the fit.

        Yields:
            The id of the new run.
        """
        tags = {
            **parent.tags,
            PARENT_TAG: parent.run_id,
            ZENML_RUN_TAG: parent.zenml_run,
            CANDIDATE_TAG: candidate.name,
            "family": candidate.family,
            "recipe": candidate.recipe,
            "algorithm": candidate.algorithm,
            "seed": str(seed),
            "mlflow.user": parent.tags.get("developer", ""),
            "mlflow.source.name": "run.py",
        }
        name = display_name(candidate.name, is_sample=parent.data.is_sample)
        run = self._client.create_run(self.experiment_id(), tags=tags, run_name=name)
        run_id = run.info.run_id
        try:
            self._client.log_batch(run_id, params=params_of(candidate, parent.data))
            self._client.log_inputs(run_id, [dataset_input(parent.data, rows)])
            yield run_id
        except BaseException:
            with suppress(TrackingError):  # the store may be what failed; `unfinished` finds the run later
                self.mark(run_id, "FAILED")
            raise
        self.mark(run_id, "FINISHED")

    def log_history(self, run_id: str, history: Mapping[str, list[float]]) -> None:
        """Record a value an epoch, as curves."""
        now = _now_ms()
        metrics = [
            Metric(name, value, now, epoch) for name, values in history.items() for epoch, value in enumerate(values, 1)
        ]
        if metrics:
            self._client.log_batch(run_id, metrics=metrics)

    def log_metrics(self, run_id: str, metrics: Mapping[str, float], of: CandidateRun | None = None) -> None:
        """Record metrics of the run; and of the model of a candidate's run, on its data, when that is given."""
        now, about = _now_ms(), {}
        if of is not None:
            model_id = of.files.model_uri.removeprefix("models:/")
            about = {"model_id": model_id, "dataset_name": of.data.name, "dataset_digest": short_digest(of.data)}
        self._client.log_batch(
            run_id, metrics=[Metric(name, value, now, 0, **about) for name, value in metrics.items()]
        )

    def describe(self, run_id: str, description: str) -> None:
        """Say in Markdown what a run is, for people who look at its page."""
        self.tag(run_id, {DESCRIPTION_TAG: description})

    def log_files(self, run_id: str, files: Mapping[str, bytes], folder: str) -> None:
        """Store files in a folder of the run's artifacts."""
        with tempfile.TemporaryDirectory() as directory:
            for name, content in files.items():
                (Path(directory) / name).write_bytes(content)
            self._client.log_artifacts(run_id, directory, folder)

    def log_model(self, run_id: str, name: str, model: TextModel) -> LoggedFiles:
        """Store a trained pair as the run's model."""
        from sentiment.models.files import size_in_bytes
        from sentiment.tracking import pyfunc

        run = self._client.get_run(run_id)
        logged = self._client.create_logged_model(
            run.info.experiment_id,
            name=name,
            source_run_id=run_id,
            params=run.data.params,
            tags={key: run.data.tags[key] for key in ("data", "family", "algorithm") if key in run.data.tags},
        )
        try:
            description = Model(
                artifact_path=logged.artifact_location,
                run_id=run_id,
                model_uuid=logged.model_id,
                model_id=logged.model_id,
            )
            with tempfile.TemporaryDirectory() as directory:
                path = Path(directory) / "model"
                pyfunc.save(model, path, description)
                files = LoggedFiles(
                    model_uri=f"models:/{logged.model_id}", size=size_in_bytes(path), digests=digests(path)
                )
                self._client.log_model_artifacts(logged.model_id, str(path))
            self._client.log_outputs(run_id, [LoggedModelOutput(logged.model_id, step=0)])
        except BaseException:
            self._client.finalize_logged_model(logged.model_id, LoggedModelStatus.FAILED)
            raise
        self._client.finalize_logged_model(logged.model_id, LoggedModelStatus.READY)
        return files

    def experiment_id(self) -> str:
        """Give the experiment's id.

        Raises:
            TrackingError: Nothing was tracked yet.
        """
        experiment = self._experiment()
        if experiment is None:
            raise TrackingError(
                f"{self.tracking_uri} has no experiment {self.experiment!r} yet: `python run.py` makes it."
            )
        return str(experiment.experiment_id)

    def require_answer(self) -> None:
        """Ask the store whether the experiment can be written to; where its files have a place of their own, make it.

        Raises:
            TrackingError: It does not answer, or does not take the account, or the experiment was deleted.
        """
        if self._experiment() is None and self._files is not None:
            self._client.ensure("create_experiment", self.experiment, artifact_location=self._files)

    def _experiment(self) -> Experiment | None:
        found = self._client.get_experiment_by_name(self.experiment)
        if found is not None and found.lifecycle_stage == LifecycleStage.DELETED:
            raise TrackingError(
                f"experiment {self.experiment!r} was deleted; it lies in MLflow's bin. This restores it:\n"
                f"  MLFLOW_TRACKING_URI={shlex.quote(without_password(self.tracking_uri))} "
                f"mlflow experiments restore --experiment-id {found.experiment_id}"
            )
        return cast("Experiment | None", found)

    def identity(self) -> str:
        """Name the experiment unlike any in another store, or in this one made anew; raises as `experiment_id`."""
        experiment = self._client.get_experiment(self.experiment_id())
        return f"{experiment.experiment_id} since {experiment.creation_time}"

    def close_pipeline_run(self, report: TrainingReport) -> None:
        """Finish the run of a whole pipeline run: what the best is worth, and a link to every candidate's run."""
        links = {f"{LINK_PREFIX}{entry.evaluation.name}": entry.run_id for entry in report.entries}
        cached = [entry.evaluation.name for entry in report.entries if entry.cached]
        self.tag(
            report.parent_run_id,
            {
                DESCRIPTION_TAG: report.markdown(),
                BEST_TAG: report.ranking.best,
                "from_cache": ", ".join(cached),
                **links,
            },
        )
        worth = report.entries[0].evaluation.flat()
        self.log_metrics(report.parent_run_id, {name: worth[name] for name in pages.HEADLINES})
        self.mark(report.parent_run_id, "FINISHED")

    def latest_pages(self) -> list[str]:
        """Name the pages worth a look, to be put behind a server's address; none before anything was compared.

        Returns:
            The candidates of all trainings with what they are worth; then the newest training's side by side, those
            that it found in the cache too.
        """
        experiment = self._experiment()
        newest = experiment and self._client.search_runs(
            [experiment.experiment_id], f"tags.`{BEST_TAG}` != ''", max_results=1, order_by=["start_time DESC"]
        )
        if experiment is None or not newest:
            return []
        links = [run_id for name, run_id in newest[0].data.tags.items() if name.startswith(LINK_PREFIX)]
        id_ = experiment.experiment_id
        candidates = pages.comparison_page(id_, links) if len(links) > 1 else pages.run_page(id_, links[0])
        return [pages.experiment_page(id_), candidates]

    def candidates(self, limit: int = 100) -> list[TrackedCandidate]:
        """List the experiment's candidates, newest first; none when there is no experiment yet."""
        experiment = self._experiment()
        if experiment is None:
            return []
        runs = self._client.search_runs(
            [experiment.experiment_id],
            f"tags.`{CANDIDATE_TAG}` != ''",
            max_results=limit,
            order_by=["attributes.start_time DESC"],
        )
        return [TrackedCandidate.of_run(run) for run in runs]


def active_run_id() -> str:
    """Name the run that the process has open."""
    run = mlflow.active_run()
    if run is None:
        raise TrackingError("no MLflow run is open; the step that asks must be declared with experiment_tracker=True")
    return str(run.info.run_id)


def _now_ms() -> int:
    return int(datetime.now(UTC).timestamp() * 1000)
