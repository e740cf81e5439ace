"""What every process of this project sets, wherever it runs, before it imports the libraries below."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping

from sentiment.errors import InputError

ALWAYS = {
    "ZENML_ANALYTICS_OPT_IN": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "TF_ENABLE_ONEDNN_OPTS": "0",  # its results depend on the machine's instruction set
    "CUDA_VISIBLE_DEVICES": "-1",
}

OF_OTHER_JOBS = (
    "MLFLOW_ACTIVE_MODEL_ID",
    "MLFLOW_BACKEND_STORE_URI",
    "MLFLOW_DEFAULT_ARTIFACT_ROOT",
    "MLFLOW_ENABLE_WORKSPACES",
    "MLFLOW_EXPERIMENT_ID",
    "MLFLOW_EXPERIMENT_NAME",
    "MLFLOW_READ_REPLICA_BACKEND_STORE_URI",
    "MLFLOW_REGISTRY_STORE_URI",
    "MLFLOW_REGISTRY_URI",
    "MLFLOW_RUN_CONTEXT",
    "MLFLOW_RUN_ID",
    "MLFLOW_RUN_NAME",
    "MLFLOW_TRACKING_AUTH",
    "MLFLOW_TRACKING_AWS_SIGV4",
    "MLFLOW_TRACKING_PASSWORD",
    "MLFLOW_TRACKING_TOKEN",
    "MLFLOW_TRACKING_URI",
    "MLFLOW_TRACKING_USERNAME",
    "MLFLOW_WORKSPACE",
    "MLFLOW_WORKSPACE_STORE_URI",
    "_MLFLOW_ACTIVE_MODEL_ID",
    "_MLFLOW_IS_IN_SERVING_ENVIRONMENT",
    "ZENML_DISABLE_DATABASE_MIGRATION",
    "ZENML_DISABLE_PATH_MATERIALIZER",
    "ZENML_RUN_SINGLE_STEPS_WITHOUT_STACK",
    "ZENML_SERVER",
)
"""Variables that would take runs, versions or accounts elsewhere than where the active stack says they are."""

OF_OTHER_ACCOUNTS = ("AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE")
"""Variables that would have an object store asked with another account than the key that the stack has for it."""

_ZENML_STORE = re.compile(r"sqlite:///.|(mysql|https?)://[^/]")
_KERAS_BACKEND = "tensorflow"

PREDICTIONS_VARIABLE = "SENTIMENT_PREDICTIONS"
"""Says where predictions are recorded, to whatever writes or reads them."""

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def leave_to_the_stack(environment: MutableMapping[str, str]) -> list[str]:
    """Take the variables out that were set for other jobs; gives the names of those that were there."""
    return [name for name in OF_OTHER_JOBS if environment.pop(name, None)]


def leave_to_the_key(environment: MutableMapping[str, str]) -> list[str]:
    """Take the variables of other accounts out, for a store with a key of its own; gives the names of those found."""
    return [name for name in OF_OTHER_ACCOUNTS if environment.pop(name, None)]


def require_usable(environment: Mapping[str, str]) -> None:
    """Refuse values with which a library would fail in the middle of something.

    Raises:
        InputError: ``ZENML_STORE_URL`` is no address of a store, or ``KERAS_BACKEND`` is another than TensorFlow.
    """
    if (url := environment.get("ZENML_STORE_URL")) and not _ZENML_STORE.match(url):
        scheme, sign, _ = url.partition("://")  # what is behind it may have a password in it
        raise InputError(
            f"ZENML_STORE_URL is {scheme + sign + '…' if sign else url!r}; https://SERVER, mysql://SERVER/DATABASE or "
            "sqlite:///FILE expected. `unset ZENML_STORE_URL` uses the database of ZenML's folder"
        )
    if (backend := environment.get("KERAS_BACKEND")) and backend != _KERAS_BACKEND:
        raise InputError(
            f"KERAS_BACKEND is {backend!r}; the networks here are TensorFlow's. `unset KERAS_BACKEND`, or set it to "
            f"{_KERAS_BACKEND}"
        )


def without_proxy(environment: Mapping[str, str]) -> str:
    """Give the value of ``NO_PROXY``: the hosts that it names, in either case of its name, and this machine's own."""
    named = ",".join(environment.get(name, "") for name in ("no_proxy", "NO_PROXY"))
    hosts = [host.strip() for host in named.split(",") if host.strip()]
    return "*" if "*" in hosts else ",".join(dict.fromkeys([*hosts, *LOOPBACK]))
