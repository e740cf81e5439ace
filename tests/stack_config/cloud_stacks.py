"""Registers every stack with a ZenML of its own and compiles the pipelines on the one whose packages are here.

Run by `test_cloud_stacks`, in a process of its own: ZenML keeps one store a process. Prints JSON.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from zenml.client import Client
from zenml.enums import StackComponentType
from zenml.utils.pipeline_docker_image_builder import PipelineDockerImageBuilder

from pipelines.deployment import deployment
from pipelines.scoring import scoring
from pipelines.settings import docker_for, image_settings
from pipelines.training import training
from sentiment.release.policy import Policy
from sentiment.training.candidates import load_training_config
from sentiment.training.lineage import TrainingData
from stack_config import needs, registration, secrets
from stack_config.definition import load_definition, stack_names
from tests.stack_config.stack_examples import example_values

ROOT = Path(__file__).parent.parent.parent
POLICY = Policy(
    floors={"mcc": 0.0},
    metric="mcc",
    minimum_gain=0.0,
    minimum_probability=0.5,
    max_microseconds_per_review=1,
    max_bytes=1,
)
SCORING = {"version": "1", "source": "a.csv", "destination": "b.csv", "encoding": "utf-8", "workers": 1}
SCORING |= {"restart": False, "overwrite": False}


def register(name: str) -> dict[str, object]:
    """Set a stack up twice, and once with another address."""
    definition = load_definition(name, example_values(name))
    for secret, keys in definition.secrets().items():
        secrets.remember(secret, dict.fromkeys(keys, "x" * 12))
    first = registration.set_up(definition)
    again = registration.set_up(definition)
    moved = load_definition(name, {**example_values(name), "MLFLOW_URL": "https://moved.example.com"})
    changed = registration.set_up(moved)
    registration.set_up(definition)
    return {"first": first, "again": again, "changed": changed, "missing": needs.missing(definition)}


def compiled(pipeline: object, **parameters: object) -> dict[str, object]:
    """Compile a pipeline for the active stack, as starting it would."""
    pipeline = pipeline.with_options(settings=image_settings(Client().active_stack_model))
    pipeline.prepare(**parameters)
    snapshot, _, _ = pipeline._compile()
    return {
        name: {
            "docker": step.config.docker_settings.model_dump(mode="json"),
            "resources": step.config.resource_settings.model_dump(mode="json"),
        }
        for name, step in snapshot.step_configurations.items()
    } | {"": {"docker": snapshot.pipeline_configuration.docker_settings.model_dump(mode="json")}}


def dockerfile() -> str:
    """Write the Dockerfile that the active stack's image builder would be given."""
    stack = Client().active_stack
    docker = docker_for(stack.name)
    files = PipelineDockerImageBuilder.gather_requirements_files(docker_settings=docker, stack=stack)
    return PipelineDockerImageBuilder._generate_zenml_pipeline_dockerfile(
        parent_image=str(docker.parent_image), docker_settings=docker, requirements_files=files
    )


def main(name: str) -> None:
    """Register every stack, and compile for the one called `name`, whose packages must be installed."""
    secrets.encrypt_secrets()
    registered = {one: register(one) for one in stack_names()}
    config = load_training_config(ROOT / "pipelines" / "configs" / "training.yaml")
    data = TrainingData(name="sample", sha256="0", source="reviews.csv", is_sample=True)
    with tempfile.TemporaryDirectory() as project:
        registration.activate(name, Path(project))
        stack = Client().active_stack
        tracker = Client().get_stack_component(StackComponentType.EXPERIMENT_TRACKER, f"sentiment-{name}")
        pipelines = {
            "training": compiled(training, config=config, policy=POLICY, data=data, encoding="utf-8", tags={}),
            "deployment": compiled(deployment, version="champion", target="mlflow"),
            "scoring": compiled(scoring, **SCORING),
        }
        answers = {
            "registered": registered,
            "secrets": sorted(f"{secret.name}.{secret.key}" for secret in stack.required_secrets),
            "tracker": tracker.configuration,
            "pipelines": pipelines,
            "dockerfile": dockerfile(),
        }
    print("ANSWERS" + json.dumps(answers, default=str))


if __name__ == "__main__":
    main(sys.argv[1])
