"""Make versions of the registered model of what was trained."""

from __future__ import annotations

from typing import Annotated, Any

import pandas as pd
from zenml import log_metadata, step

from sentiment.evaluation.comparison import Evaluation, Ranking
from sentiment.release.policy import Policy
from sentiment.release.promotion import passes_floor
from sentiment.release.registration import Registered, describe_origin, describe_version, version_tags
from sentiment.reviews.splits import shared_texts
from sentiment.tracking.registry.release import register as register_version
from sentiment.training.lineage import CandidateRun, PipelineRun
from steps.shared.model_control_plane import link_version
from steps.shared.registry import open_registry
from steps.shared.tracking import run_store


@step(enable_cache=False)
def register(
    runs: list[CandidateRun],
    evaluations: list[Evaluation],
    ranking: Ranking,
    pipeline_run: PipelineRun,
    training_rows: pd.DataFrame,
    validation_rows: pd.DataFrame,
    test_rows: pd.DataFrame,
    policy: dict[str, Any],
) -> Annotated[Registered, "registered"]:
    """Register every candidate that passes the floor, in Staging; one that is registered already stays as it is."""
    floors = Policy.from_mapping(policy, source="the policy")
    seen = pd.concat([training_rows, validation_rows])
    overlap = shared_texts(test_rows, seen)
    registry = open_registry()
    numbers: dict[str, str] = {}
    for run, evaluation in zip(runs, evaluations, strict=True):
        if not passes_floor(evaluation.test, floors):
            continue
        version = register_version(
            registry,
            run.files,
            description="\n\n".join(
                [
                    describe_version(evaluation, pipeline_run.data, run),
                    describe_origin(run, pipeline_run, run_store().experiment_id()),
                ]
            ),
            tags=version_tags(
                evaluation, run, pipeline_run, rank=ranking.ordered.index(evaluation.name) + 1, overlap=overlap
            ),
        )
        numbers[evaluation.name] = version.version
        link_version(version, zenml_run=run.zenml_run, candidate=evaluation.name)
    log_metadata({"registered": ", ".join(f"{name} as version {n}" for name, n in numbers.items()) or "none"})
    return Registered(versions=numbers, best=numbers.get(ranking.best))
