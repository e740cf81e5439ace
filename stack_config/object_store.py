"""The active stack's object store: whether it is there, and MLflow's way into it."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, TypeGuard

from zenml.client import Client

from sentiment.errors import TrackingError
from stack_config.probing import ask_object_store

if TYPE_CHECKING:
    from zenml.artifact_stores import BaseArtifactStore
    from zenml.integrations.s3.artifact_stores import S3ArtifactStore

FLAVOR = "s3"
CLIENTS = ("boto3", "s3fs")
"""Modules of the set `s3` that the clients of such a store import."""
ACCOUNT = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
"""Variables with the account, from which alone MLflow takes it; no server that is started here needs them."""
_TRIES = {"mode": "AWS_RETRY_MODE", "total_max_attempts": "AWS_MAX_ATTEMPTS"}
_FOLDER = "mlflow"


def require_object_store() -> S3ArtifactStore | None:
    """Make sure that the active stack's object store answers.

    It is asked once a process: before anything is begun, so that the many requests that follow need not each find out.

    Returns:
        The store; None where the stack's artifact store is none that speaks S3 at an address of its own.

    Raises:
        TrackingError: It does not answer, does not take the account, or has no such bucket.
    """
    store = Client().active_stack.artifact_store
    if not speaks_s3(store) or (endpoint := endpoint_of(store.config.model_dump())) is None:
        return None
    _require_answer(endpoint, store.config.bucket, *account_of(store))
    return store


def let_mlflow_in(store: S3ArtifactStore) -> str:
    """Tell MLflow's own client the store's address, account and patience; it takes them from the environment alone.

    Returns:
        Where in the store MLflow is to keep the files of runs.
    """
    key, secret = account_of(store)
    if key and secret:
        os.environ.update(zip(ACCOUNT, (key, secret), strict=True))
    os.environ["MLFLOW_S3_ENDPOINT_URL"] = endpoint_of(store.config.model_dump()) or ""
    retries = (store.config.config_kwargs or {}).get("retries", {})
    os.environ.update({_TRIES[name]: str(value) for name, value in retries.items() if name in _TRIES})
    return f"{store.path.rstrip('/')}/{_FOLDER}"


def speaks_s3(store: BaseArtifactStore) -> TypeGuard[S3ArtifactStore]:
    """Tell whether a store is ZenML's S3 store. Its class is not imported: not every stack has its packages."""
    return store.flavor == FLAVOR


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
