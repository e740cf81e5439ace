"""Starting a pipeline on the active stack and waiting for it.

A pipeline is imported by the function that starts it: what putting into service takes need not wait for what training
takes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from filelock import FileLock, Timeout
from pydantic import BaseModel
from zenml.client import Client
from zenml.enums import ExecutionStatus
from zenml.models import StepRunResponse
from zenml.pipelines.pipeline_definition import Pipeline

from pipelines.settings import on_active_stack
from pipelines.step_lines import step_lines
from pipelines.unfinished import settled
from sentiment.errors import ServiceError, StepFailedError, TamperedModelError
from sentiment.evaluation.report import TrainingReport
from sentiment.failures import in_words
from sentiment.release.policy import Policy
from sentiment.release.promotion import Decision
from sentiment.release.registration import Registered
from sentiment.scoring.files import ScoringReport
from sentiment.search.trial import Search
from sentiment.service.current import CurrentService
from sentiment.service.settings import limits_of
from sentiment.spark.session import Cluster
from sentiment.training.candidates import TrainingConfig
from sentiment.training.lineage import TrainingData
from stack_config.active import service_file
from stack_config.object_store import require_object_store
from stack_config.opening import open_zenml
from steps.shared.reviews_file import within_reach
from steps.shared.tracking import run_store
from steps.shared.zenml_overrides import override_zenml

if TYPE_CHECKING:
    from sentiment.monitoring.history import Watched
    from sentiment.monitoring.order import Order
    from sentiment.monitoring.reference import Reference
    from sentiment.monitoring.tools import Drawn

_RAISED = re.compile(r"^(?:[\w.]+\.)?(?P<name>\w+(?:Error|Exception|Interrupt|Exit|Warning)\b)", re.MULTILINE)
"""The line of a traceback that names the exception: it alone is not indented."""


class SearchOutcome(BaseModel):
    """What a search leads to; no decision where the gate was not to be asked."""

    search: Search
    report: TrainingReport
    registered: Registered
    decision: Decision | None


class Outcome(BaseModel):
    """What a training run leads to."""

    report: TrainingReport
    registered: Registered
    decision: Decision


def launch_training(
    config: TrainingConfig,
    policy: Policy,
    data: TrainingData,
    *,
    encoding: str,
    tags: dict[str, str],
    use_cache: bool,
    tell_steps: bool,
    cluster: Cluster | None = None,
) -> Outcome:
    """Run the training pipeline on the active stack and wait for it.

    Args:
        config: What is trained.
        policy: Of the gate.
        data: The file of reviews.
        encoding: The encoding of the file, where it is text.
        tags: For every MLflow run.
        use_cache: Train only what changed.
        tell_steps: A line a step on standard error; so in the functions below.
        cluster: Of Spark, where it is to do the work; its machines then read the data where it is.

    Raises:
        StepFailedError: A step failed; the message names it.
    """
    from pipelines.training import training, training_by_spark

    run_store().require_answer()  # before anything is begun: ZenML would only say that a step failed
    if cluster is None:
        data = data.model_copy(update={"source": within_reach(data.source, data.sha256)})
    steps = _run(
        (training if cluster is None else training_by_spark).with_options(enable_cache=use_cache),
        advice="What succeeded is in the cache: start it again to go on from there.",
        tell_steps=tell_steps,
        config=config,
        policy=policy,
        data=data,
        encoding=encoding,
        tags=tags,
        **({} if cluster is None else {"cluster": cluster}),
    )
    return Outcome(
        report=steps["report"].outputs["report"][0].load(),
        registered=steps["register"].outputs["registered"][0].load(),
        decision=steps["gate"].outputs["decision"][0].load(),
    )


def launch_search(data: TrainingData, *, tell_steps: bool, **order: Any) -> SearchOutcome:
    """Search on the active stack and wait for it; `order` is that of `pipelines.search`.

    Raises:
        StepFailedError: A step failed; finished trials are kept.
    """
    from pipelines.search import searching

    run_store().require_answer()
    data = data.model_copy(update={"source": within_reach(data.source, data.sha256)})
    name = order["plan"].name
    advice = f"Finished trials are kept: `python run.py search --resume {name}` goes on from there."
    steps = _run(searching, advice=advice, tell_steps=tell_steps, data=data, **order)
    return SearchOutcome(
        search=steps["search"].outputs["search"][0].load(),
        report=steps["report"].outputs["report"][0].load(),
        registered=steps["register"].outputs["registered"][0].load(),
        decision=steps["gate"].outputs["decision"][0].load() if "gate" in steps else None,
    )


def launch_deployment(version: str, *, target: str | None = None, tell_steps: bool) -> CurrentService:
    """Put a version into service on the active stack and wait for it.

    Args:
        version: A number, or ``champion``.
        target: What serves it: ``mlflow``, ``service`` or ``zenml``; None for what the stack says.
        tell_steps: As `launch_training`.

    Raises:
        ConfigError: The environment sets a limit that there is none for a service.
        ServiceError: Somebody else is deploying on this stack.
        StepFailedError: A step failed; the message names it.
    """
    from pipelines.deployment import deployment
    from steps.deployment import servers

    limits_of(os.environ)  # what is wrong with them is said at once, and not by a server that does not start
    lock = service_file(str(Client().active_stack_model.id)).with_suffix(".lock")
    lock.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(lock, timeout=0):
            asked = {"version": version, "target": target or servers.default_target()}
            steps = _run(deployment, advice="What served before still does.", tell_steps=tell_steps, **asked)
    except Timeout as error:
        raise ServiceError(f"somebody else is deploying on this stack (lock {lock}); try again in a while") from error
    service: CurrentService = steps["switch"].outputs["service"][0].load()
    return service


class Monitored(NamedTuple):
    """What monitoring leads to.

    Attributes:
        kept: The window.
        drawn: Evidently's report, where it was asked for.
        not_posted: Why the stack's alerter did not post an alarm, where there is one and it did not.
    """

    kept: Watched
    drawn: Drawn
    not_posted: str


def launch_monitoring(version: str, model_uri: str, order: Order, *, draw: bool, tell_steps: bool) -> Monitored:
    """Judge a window on the active stack and wait for it; the arguments are those of `pipelines.monitoring`.

    Raises:
        StepFailedError: A step failed; started again, the window is judged, and kept once.
    """
    from pipelines.monitoring import monitoring
    from sentiment.monitoring.tools import Drawn

    run_store().require_answer()
    steps = _run(
        monitoring,
        advice="Started again, it judges the window.",
        tell_steps=tell_steps,
        version=version,
        model_uri=model_uri,
        order=order,
        draw=draw,
        alerts=Client().active_stack.alerter is not None,
    )
    return Monitored(
        kept=steps["keep"].outputs["kept"][0].load(),
        drawn=steps["watch_and_draw"].outputs["evidently"][0].load() if "watch_and_draw" in steps else Drawn(),
        not_posted=steps["alert"].outputs["failure"][0].load() if "alert" in steps else "",
    )


def launch_reference(version: str, model_uri: str, *, tell_steps: bool) -> Reference:
    """Make the reference of a version on the active stack, whether or not there is one.

    Raises:
        StepFailedError: It could not be made.
    """
    from pipelines.monitoring import making_reference

    advice = "The reference that there was stays."
    steps = _run(making_reference, advice=advice, tell_steps=tell_steps, version=version, model_uri=model_uri)
    reference: Reference = steps["take_reference"].outputs["reference"][0].load()
    return reference


def launch_scoring(*, tell_steps: bool, by_spark: bool = False, **order: Any) -> ScoringReport:
    """Score reviews on the active stack and wait for it; `order` is that of the pipeline in `pipelines.scoring`.

    Raises:
        StepFailedError: A step failed; what it had written is gone on with next time.
    """
    from pipelines.scoring import scoring, scoring_by_spark

    chosen, step = (scoring_by_spark, "score_by_spark") if by_spark else (scoring, "score")
    steps = _run(chosen, advice="Started again, it goes on where it stopped.", tell_steps=tell_steps, **order)
    report: ScoringReport = steps[step].outputs["scoring_report"][0].load()
    return report


def _run(pipeline: Pipeline, *, advice: str, tell_steps: bool, **parameters: Any) -> dict[str, StepRunResponse]:
    """Run a pipeline and give its steps; `advice` is for the person whose run failed."""
    open_zenml()
    require_object_store()
    override_zenml()
    name = f"{pipeline.name}-{datetime.now(UTC):%Y-%m-%d-%H-%M-%S-%f}"
    reasons: dict[str, str] = {}
    try:
        named = on_active_stack(pipeline, run_name=name)
        with settled(name), step_lines(named, tell=tell_steps) as reasons:
            named(**parameters)
    except Exception as error:
        raise _explained(name, error, advice, reasons) from error
    return Client().get_pipeline_run(name).steps


def _explained(run_name: str, error: Exception, advice: str, reasons: Mapping[str, str]) -> Exception:
    """Name the failed steps and why they did; what failed before any step began is passed on as it is.

    `reasons` are those of steps that could not begin.
    """
    try:
        steps = Client().get_pipeline_run(run_name, hydrate=True).steps
    except KeyError:
        return error
    failed = {
        name: _reason(step) or in_words(reasons.get(name, "")) or f"it ended without a word; ZenML says: {error}"
        for name, step in steps.items()
        if step.status == ExecutionStatus.FAILED
    }
    if any(TamperedModelError.__name__ in reason for reason in failed.values()):
        advice = "Nothing was changed; starting it again does not help until the version is replaced."
    return StepFailedError(run_name, failed, advice) if failed else error


def _reason(step: StepRunResponse) -> str:
    """What the step raised, all lines of it, without the calls that led there; nothing where it never began."""
    trace = step.exception_info.traceback.strip() if step.exception_info else ""
    raised = list(_RAISED.finditer(trace))
    return in_words(trace[raised[-1].start("name") :] if raised else trace)
