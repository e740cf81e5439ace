"""What a stack needs and this machine lacks, each with what brings it. Nothing is installed, nothing is changed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import yaml
from zenml.client import Client
from zenml.enums import StackComponentType, StoreType
from zenml.integrations.registry import integration_registry

from sentiment import extras
from sentiment.errors import ConfigError
from stack_config import secrets
from stack_config.definition import FOLDER, Component, StackDefinition
from stack_config.object_store import CLIENTS, FLAVOR, endpoint_of
from stack_config.probing import ask_object_store, ask_tracking_server
from stack_config.servers.startable import STARTABLE

_ELSEWHERE = {"vertex", "sagemaker", "kubernetes"}
"""Orchestrators whose steps run on other machines, which must reach ZenML's database."""


def require_secrets(definition: StackDefinition) -> None:
    """Check that the secrets a stack refers to are there: without them, ZenML cannot register it.

    Raises:
        ConfigError: A secret or a key of it is missing; the message names all, and the command that makes them.
    """
    problems = []
    for name, keys in sorted(definition.secrets().items()):
        there = secrets.recall(name)
        if missing := sorted(keys - there.keys()):
            verb = "update" if there else "create"
            problems.append(f"  - secret {name!r} lacks {', '.join(missing)}: `zenml secret {verb} {name} -i`")
    if problems:
        if (name := definition.stack_name) in STARTABLE:
            problems.append(f"Or `python run.py stack up {name}` starts a server here, and makes the secret.")
        raise ConfigError("\n".join([f"stack {definition.stack_name!r} refers to what is not there:", *problems]))


def require_packages(definition: StackDefinition) -> None:
    """Check that the packages of a stack that shares the project's environment are installed.

    Raises:
        InputError: One is not; the message has the command that installs it.
    """
    flavors = {component.flavor for several in definition.components.values() for component in several}
    if FLAVOR in flavors and not _lock(definition.stack_name).is_file():
        extras.require("s3", f"stack {definition.stack_name!r}", *CLIENTS)


def missing(definition: StackDefinition) -> list[str]:
    """List what is missing before the stack can run, a sentence each with the command that brings it."""
    components = [component for several in definition.components.values() for component in several]
    return [
        *_integrations(definition.stack_name, components),
        *_zenml_server(components),
        *_credentials(components),
        *_servers(components),
        *_object_stores(components),
    ]


def _integrations(stack: str, components: list[Component]) -> Iterator[str]:
    lock = _lock(stack)
    names = {name for component in components if (name := _integration(component)) is not None}
    if not lock.is_file():
        names.discard(FLAVOR)  # checked by `require_packages`: ZenML's list has more than its components import
    lacking = [name for name in sorted(names) if not integration_registry.is_installed(name)]
    if lacking:
        brings = f"uv pip sync {lock}" if lock.is_file() else f"zenml integration install {' '.join(lacking)} --uv"
        yield f"packages of {', '.join(lacking)} are not installed; in an environment of their own: `{brings}`"


def _lock(stack: str) -> Path:
    """Name the file with the packages of a stack that has an environment of its own; others have none."""
    return FOLDER / f"{stack}.lock"


def _integration(component: Component) -> str | None:
    flavor = Client().get_flavor_by_name_and_type(component.flavor, StackComponentType(component.type))
    return flavor.integration if flavor.integration in integration_registry.integrations else None


def _zenml_server(components: list[Component]) -> Iterator[str]:
    if any(component.flavor in _ELSEWHERE for component in components) and Client().zen_store.type == StoreType.SQL:
        yield "steps elsewhere cannot reach ZenML's database on this machine: `zenml login https://your-zenml-server`"


def _credentials(components: list[Component]) -> Iterator[str]:
    flavors = {component.flavor for component in components}
    home = Path.home()
    if flavors & {"vertex"}:
        named = os.environ.get("GOOGLE_APPLICATION_CREDENTIALS")
        folder = Path(os.environ.get("CLOUDSDK_CONFIG") or home / ".config" / "gcloud")
        if not Path(named or folder / "application_default_credentials.json").is_file():
            yield "no Google credentials were found: `gcloud auth application-default login`"
    if flavors & {"sagemaker"}:
        named = os.environ.get("AWS_ACCESS_KEY_ID") or os.environ.get("AWS_PROFILE")
        if not named and not (home / ".aws" / "credentials").is_file() and not (home / ".aws" / "config").is_file():
            yield "no AWS credentials were found: `aws configure`"
    for component in components:
        if component.flavor == "kubernetes":
            yield from _cluster(str(component.configuration["kubernetes_context"]))
        if component.type == "image_builder" and component.flavor == "local" and not shutil.which("docker"):
            yield "images are built here, and there is no `docker`: see https://docs.docker.com/engine/install"


def _cluster(context: str) -> Iterator[str]:
    path = Path(os.environ.get("KUBECONFIG") or Path.home() / ".kube" / "config")
    try:
        kept = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        known = [found["name"] for found in kept.get("contexts", [])]
    except (OSError, ValueError, yaml.YAMLError, AttributeError, KeyError, TypeError):
        known = []
    if context not in known:
        listed = ", ".join(known) or "none"
        yield f"{path} has no context {context!r}; there are: {listed}. `kubectl config set-context` makes one"


def _servers(components: list[Component]) -> Iterator[str]:
    for component in components:
        address = str(component.configuration.get("tracking_uri") or "")
        if component.type != "experiment_tracker" or not address.startswith("http"):
            continue
        account = {key: _resolved(component.configuration.get(f"tracking_{key}")) for key in ("username", "password")}
        answer = ask_tracking_server(address, **account)
        if not answer.answers:
            yield f"the MLflow server at {address} {answer.detail}: start it, or `--set MLFLOW_URL=` another"


def _object_stores(components: list[Component]) -> Iterator[str]:
    for component in components:
        endpoint = endpoint_of(component.configuration)
        if component.type != "artifact_store" or endpoint is None or not extras.is_installed("s3", *CLIENTS):
            continue
        bucket = str(component.configuration["path"]).removeprefix("s3://").partition("/")[0]
        key, secret = (_resolved(component.configuration.get(name)) for name in ("key", "secret"))
        answer = ask_object_store(endpoint, bucket, key, secret)
        if not answer.answers:
            yield f"the object store at {endpoint} {answer.detail}: start it, or `--set S3_ENDPOINT=` another"


def _resolved(reference: object) -> str | None:
    """Read the value that ``{{secret.key}}`` refers to."""
    if not isinstance(reference, str):
        return None
    name, _, key = reference.strip("{} ").partition(".")
    return secrets.recall(name).get(key)
