"""The active stack's object store: whether it is there, and MLflow's way into it."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from zenml.client import Client

from sentiment.errors import TrackingError
from stack_config.probing import ask_object_store

if TYPE_CHECKING:
    from zenml.integrations.s3.artifact_stores import S3ArtifactStore

FLAVOR = "s3"
ACCOUNT = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
"""Variables with the account, from which alone MLflow takes it; no server that is started here needs them."""
_OF_OTHER_ACCOUNTS = ("AWS_SESSION_TOKEN", "AWS_PROFILE")
_FOLDER = "mlflow"


def use_object_store() -> str | None:
    """Make sure that the active stack's object store answers, and let MLflow's own client into it.

    It is asked once a process: before anything is begun, so that the many requests that follow need not each find out.

    Returns:
        Where MLflow is to keep the files of runs, unless a tracking server says so; None where the stack's artifact
        store is none that speaks S3 at an address of its own.

    Raises:
        TrackingError: It does not answer, does not take the account, or has no such bucket.
    """
    store = Client().active_stack.artifact_store
    endpoint = endpoint_of(store.config.model_dump()) if store.flavor == FLAVOR else None
    if endpoint is None:
        return None
    key, secret = account_of(store)
    _require_answer(endpoint, store.config.bucket, key, secret)
    if key and secret:
        for name in _OF_OTHER_ACCOUNTS:
            os.environ.pop(name, None)
        os.environ.update(zip(ACCOUNT, (key, secret), strict=True))
    # Five tries, as ZenML's client has by the stack's YAML; how long one takes is MLflow's own choice.
    os.environ.update(MLFLOW_S3_ENDPOINT_URL=endpoint, AWS_RETRY_MODE="standard", AWS_MAX_ATTEMPTS="5")
    return f"{store.path.rstrip('/')}/{_FOLDER}"


def endpoint_of(configuration: dict[str, object]) -> str | None:
    """Read the address of a store from the configuration of its component; None for Amazon's own."""
    found = configuration.get("client_kwargs")
    return found.get("endpoint_url") if isinstance(found, dict) else None


def account_of(store: S3ArtifactStore) -> tuple[str | None, str | None]:
    """Give the key and the secret that a store's requests are signed with; None where the environment has them."""
    key, secret, _, _ = store.get_credentials()
    return key, secret


@cache
def _require_answer(endpoint: str, bucket: str, key: str | None, secret: str | None) -> None:
    answer = ask_object_store(endpoint, bucket, key, secret)
    if not answer.answers:
        stack = Client().active_stack_model.name
        raise TrackingError(
            f"the object store of stack {stack!r} at {endpoint} {answer.detail}. One that `python run.py stack up s3` "
            f"started starts again so, empty; `zenml secret update sentiment-{stack} -i` changes the account; "
            "`python run.py stack set-up local` goes back to the stack of this machine."
        )
