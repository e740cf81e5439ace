"""What steps need where they do not run in this process: an image, processors, memory. A local stack ignores it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from zenml.client import Client
from zenml.config import DockerSettings, ResourceSettings
from zenml.config.base_settings import SettingsOrDict
from zenml.enums import ExecutionMode, StackComponentType
from zenml.models import StackResponse
from zenml.pipelines.pipeline_definition import Pipeline

from sentiment.environment import ALWAYS

ROOT = Path(__file__).parent.parent
HOME = "/app"
USER = "1000:1000"

RESOURCES: dict[str, SettingsOrDict] = {"resources": ResourceSettings(cpu_count=1, memory="2GB")}
"""Of a pipeline; its steps inherit it."""

TRAINING: dict[str, SettingsOrDict] = {"resources": ResourceSettings(cpu_count=2, memory="4GB")}
"""Of a step that fits or scores a model."""


def on_active_stack(pipeline: Pipeline, **options: Any) -> Pipeline:
    """Fit a pipeline to the active stack: the image of its steps, and what becomes of the others when one fails.

    Not every orchestrator can stop then: those of Vertex AI and SageMaker finish what does not depend on the step, and
    ZenML refuses a pipeline that asks them for more.

    Args:
        pipeline: Of this project.
        options: Further ones, as `Pipeline.with_options` takes them.
    """
    client = Client()
    supported = client.active_stack.orchestrator.supported_execution_modes
    if pipeline.configuration.execution_mode not in supported:
        options["execution_mode"] = ExecutionMode.CONTINUE_ON_FAILURE
    return pipeline.with_options(settings=image_settings(client.active_stack_model), **options)


def image_settings(stack: StackResponse) -> dict[str, DockerSettings]:
    """Give what pipelines need to know of the image on a stack; nothing where steps run in this process.

    Told of an image that nobody uses, ZenML looks for who told it, for longer than it takes to start a step.
    """
    orchestrator = stack.components[StackComponentType.ORCHESTRATOR][0]
    return {} if orchestrator.flavor_name == "local" else {"docker": docker_for(stack.name)}


def docker_for(stack: str) -> DockerSettings:
    """Describe the one image of all steps, for a stack by its name.

    It holds what ``stack_config/<stack>.lock`` lists, with a hash for every file: this project's libraries at the
    versions of requirements.lock, resolved together with what ZenML's integrations for that stack ask for. Nothing
    runs as root in it.
    """
    own = ROOT / "stack_config" / f"{stack}.lock"
    return DockerSettings(
        parent_image="python:3.11-slim",
        requirements=str(own if own.is_file() else ROOT / "requirements.lock"),
        install_stack_requirements=not own.is_file(),
        user=USER,
        runtime_environment={"HOME": HOME, **ALWAYS},
    )
