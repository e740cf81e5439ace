"""The active stack as it is now: each component, where it is, whether it answers."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from threading import Thread

from pydantic import BaseModel
from zenml.artifact_stores import BaseArtifactStore
from zenml.client import Client
from zenml.enums import StackComponentType
from zenml.integrations.mlflow.experiment_trackers import MLFlowExperimentTracker
from zenml.models import ComponentResponse
from zenml.stack import StackComponent

from sentiment import extras
from sentiment.service.client import is_healthy
from sentiment.service.current import read_current
from stack_config.active import service_file
from stack_config.object_store import FLAVOR, account_of, endpoint_of, speaks_s3
from stack_config.opening import open_zenml
from stack_config.probing import SECONDS, Answer, ask_object_store, ask_tracking_server

_SHARED_WITH_TRACKER = StackComponentType.MODEL_REGISTRY


class ActiveComponent(BaseModel):
    """One component of the active stack, and where it keeps or runs things.

    Attributes:
        answers: Whether it is there; None where there is nothing to ask.
        detail: For people.
    """

    kind: str
    name: str
    flavor: str
    address: str | None = None
    answers: bool | None = None
    detail: str = ""


class ActiveStack(BaseModel):
    """The active stack, as it is registered.

    Attributes:
        versions: Of clients and servers, by what it is; None where a server does not say.
    """

    name: str
    components: list[ActiveComponent]
    versions: dict[str, str | None]


def describe_active() -> ActiveStack:
    """Describe the active stack; each server is asked once, in bounded time."""
    open_zenml()
    client = Client()
    stack = client.active_stack_model
    versions: dict[str, str | None] = {
        "zenml client": version("zenml"),
        "zenml server": client.zen_store.get_store_info().version,
        "mlflow client": version("mlflow"),
    }
    components = [
        _described(kind, model, str(stack.id), versions)
        for kind, several in stack.components.items()
        for model in several
    ]
    return ActiveStack(name=stack.name, components=_with_registry(components), versions=versions)


def _described(
    kind: StackComponentType, model: ComponentResponse, stack_id: str, versions: dict[str, str | None]
) -> ActiveComponent:
    described = ActiveComponent(kind=kind.value, name=model.name, flavor=model.flavor_name)
    try:
        component = StackComponent.from_model(model)
    except ImportError:
        how = (
            extras.command("s3")
            if model.integration == FLAVOR
            else f"zenml integration install {model.integration} --uv"
        )
        missing = f"its packages are not installed: `{how}`"
        return described.model_copy(update={"answers": False, "detail": missing})
    if isinstance(component, BaseArtifactStore):
        return _described_store(described, component)
    if isinstance(component, MLFlowExperimentTracker):
        answer = _ask(component)
        if answer.version:
            versions["mlflow server"] = answer.version
        return _with(described, component.get_tracking_uri(), answer.answers, answer.detail)
    if kind == StackComponentType.MODEL_DEPLOYER:
        current = read_current(service_file(stack_id))
        if current is None:
            return described.model_copy(update={"detail": "nothing is in service"})
        healthy = is_healthy(current.address)
        detail = f"version {current.version} {'answers' if healthy else 'does not answer'}"
        return _with(described, current.prediction_url, healthy, detail)
    return described.model_copy(update={"address": getattr(component.config, "uri", None)})


def _described_store(described: ActiveComponent, store: BaseArtifactStore) -> ActiveComponent:
    if speaks_s3(store) and (endpoint := endpoint_of(store.config.model_dump())) is not None:
        answer = ask_object_store(endpoint, store.config.bucket, *account_of(store))
        return _with(described, f"{store.path} at {endpoint}", answer.answers, answer.detail)
    found = _in_time(lambda: bool(store.isdir(store.path) or store.exists(store.path)))
    return _with(described, store.path, found, "there" if found else "not there")


def _with(described: ActiveComponent, address: str, answers: bool, detail: str) -> ActiveComponent:
    return described.model_copy(update={"address": address, "answers": answers, "detail": detail})


def _with_registry(components: list[ActiveComponent]) -> list[ActiveComponent]:
    """MLflow's registry is where its tracker is."""
    tracker = next((one for one in components if one.kind == StackComponentType.EXPERIMENT_TRACKER.value), None)
    if tracker is None:
        return components
    same = tracker.model_dump(include={"address", "answers", "detail"})
    return [
        one.model_copy(update=same) if one.kind == _SHARED_WITH_TRACKER.value and one.flavor == tracker.flavor else one
        for one in components
    ]


def _ask(tracker: MLFlowExperimentTracker) -> Answer:
    address = tracker.get_tracking_uri()
    if address.startswith("http"):
        return ask_tracking_server(address, tracker.config.tracking_username, tracker.config.tracking_password)
    made = Path(address.removeprefix("sqlite:///")).is_file()
    return Answer(True, "there" if made else "made by the first run")


def _in_time(probe: Callable[[], bool]) -> bool:
    """Ask something that has no time limit of its own, and take no answer for a no."""
    found: list[bool] = []

    def ask() -> None:
        try:
            found.append(probe())
        except Exception:  # whatever a cloud's library raises: it is not there for us
            found.append(False)

    asking = Thread(target=ask, daemon=True)
    asking.start()
    asking.join(SECONDS)
    return bool(found and found[0])
