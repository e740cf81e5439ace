"""What is written beside a run and a version is as long as it may be, alike on SQLite and PostgreSQL."""

from __future__ import annotations

import pytest
from mlflow import MlflowClient

from commands.project import run_tags
from sentiment.reviews.schema import LONGEST, TAG, Schema
from sentiment.tracking.registry.history import LONGEST_NAME
from sentiment.tracking.runs.store import RunStore
from sentiment.training.lineage import PipelineRun, TrainingData
from tests.trained import candidate

TAKEN = len(Schema(text="t", yes_values=("ü",)).model_dump_json()) - 1


@pytest.mark.parametrize("store_kind", ["sqlite", "postgresql"])
def test_the_longest_names_and_schemas_that_are_taken_are_kept(tracking_uri, registry, register_model, models):
    schema = Schema(text="t", yes_values=("ü" * (LONGEST - TAKEN),))
    assert len(schema.model_dump_json()) == LONGEST
    path = "/" + "/".join(["ü" * 127] * 32)
    data = TrainingData(name="ü" * 127, sha256="0" * 64, source=path, is_sample=False, read_as=schema.settings())
    tags = run_tags(data, "ü" * LONGEST_NAME)
    parent = MlflowClient(tracking_uri).create_run(RunStore(tracking_uri).experiment_id())
    run = PipelineRun(run_id=parent.info.run_id, zenml_run="z", data=data, tags=tags)
    with RunStore(tracking_uri).candidate_run(run, candidate("bag_of_words"), rows=3, seed=0) as run_id:
        kept = MlflowClient(tracking_uri).get_run(run_id)
    assert kept.data.tags[TAG] == schema.model_dump_json()
    assert kept.data.params["schema-yes_values"] == str([*schema.yes_values])
    version = register_model(models[0], **tags)
    assert Schema.of_tags(registry.version(version.version).tags) == schema
