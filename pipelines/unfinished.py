"""Runs whose process ended before they did: what is recorded of them says so, at once or before the next run.

Whoever runs a pipeline holds a lock that bears the run's name. The system takes it away from a process that ends,
however it ends; a lock that nobody holds names a run that nobody finishes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from filelock import FileLock, Timeout
from zenml.client import Client
from zenml.orchestrators.publish_utils import publish_failed_pipeline_run, publish_failed_step_run

from sentiment.errors import SentimentError
from stack_config.active import zenml_folder
from steps.shared.tracking import run_store, settle_interrupted

_FOLDER = "sentiment_runs"


@contextmanager
def settled(run_name: str) -> Iterator[None]:
    """Run a pipeline in the body; when it is interrupted or fails, nothing of the run stays marked as running.

    Runs of this machine that were killed before are settled first. Those of an orchestrator elsewhere go on without us.
    """
    if Client().active_stack.orchestrator.config.is_remote:
        yield
        return
    folder = zenml_folder() / _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    own = folder / f"{run_name}.lock"
    with FileLock(own):
        for other in folder.glob("*.lock"):
            if other != own:
                _settle_if_left(other.stem, FileLock(other, timeout=0))
        try:
            yield
        except BaseException:
            with suppress(SentimentError):  # the store may be what failed; the next run settles what is left
                _settle(run_name)
            raise
    own.unlink(missing_ok=True)


def _settle_if_left(run_name: str, lock: FileLock) -> None:
    """Settle a run whose process has ended; where the store is away, the lock stays for the run after this one."""
    with suppress(Timeout, SentimentError), lock:
        _settle(run_name)
        (zenml_folder() / _FOLDER / f"{run_name}.lock").unlink(missing_ok=True)


def _settle(run_name: str) -> None:
    try:
        run = Client().get_pipeline_run(run_name, allow_name_prefix_match=False)
    except KeyError:  # it never began
        return
    if not run.status.is_finished:
        for step in run.steps.values():
            if not step.status.is_finished:
                publish_failed_step_run(step.id)
        publish_failed_pipeline_run(run.id)
    settle_interrupted(run_store())
