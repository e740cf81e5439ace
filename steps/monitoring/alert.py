"""Tell an alarm by the alerter of the active stack."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from zenml import step
from zenml.alerter import BaseAlerter
from zenml.client import Client
from zenml.logger import get_logger

from sentiment.monitoring.alert import for_people
from sentiment.monitoring.config import MonitoringConfig
from sentiment.monitoring.history import History, Watched

SECONDS = 30.0
logger = get_logger(__name__)


@step(enable_cache=False)
def alert(kept: Watched, history: str, config: MonitoringConfig) -> Annotated[str, "failure"]:
    """Post the alarms that are news and were not posted yet, and note in the history that they were.

    Those before whose posting a run was killed, or whose posting failed, are posted by a later one while the cool-down
    lasts.

    Args:
        kept: The window that was judged.
        history: The file.
        config: Has the cool-down.

    Returns:
        Why something was not posted, which undoes nothing; empty where all was.
    """
    alerter = Client().active_stack.alerter
    windows = History(Path(history))
    failure = ""
    for watched in windows.unposted(kept, within=timedelta(hours=config.cool_down_hours)):
        failed = post(alerter, for_people(watched)) if alerter is not None else "the active stack has none"
        if failed:
            failure = f"window {watched.window}: {failed}"
            logger.warning("The stack's alerter did not post the alarm of %s", failure)
        else:
            windows.posted(watched.window)
    return failure


def post(alerter: BaseAlerter, message: str, *, seconds: float = SECONDS) -> str:
    """Have an alerter post a message; gives why it did not, without what its errors say: a token may stand there."""
    failure = [f"alerter {alerter.name!r} did not answer within {seconds:g} seconds"]

    def posting() -> None:
        try:
            failure[0] = "" if alerter.post(message) else f"alerter {alerter.name!r} says that it was not sent"
        except Exception as error:
            failure[0] = f"alerter {alerter.name!r} failed with {type(error).__name__}"

    # A thread, since an alerter is somebody's plug-in and may never return; it ends with the process then.
    thread = threading.Thread(target=posting, daemon=True)
    thread.start()
    thread.join(seconds)
    return failure[0]
