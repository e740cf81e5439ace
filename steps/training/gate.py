"""Put the best candidate to the gate."""

from __future__ import annotations

from typing import Annotated, Any

import pandas as pd
from zenml import log_metadata, step

from materializers.facts import facts
from sentiment.errors import AlreadyChampionError
from sentiment.release.policy import Policy
from sentiment.release.promotion import Decision
from sentiment.release.registration import Registered
from sentiment.tracking.registry.held_out import held_out_rows
from sentiment.tracking.registry.release import promote
from sentiment.training.lineage import PipelineRun
from steps.shared.model_control_plane import follow_champion
from steps.shared.registry import open_registry


@step(enable_cache=False)
def gate(
    registered: Registered, test_rows: pd.DataFrame, pipeline_run: PipelineRun, policy: dict[str, Any]
) -> Annotated[Decision, "decision"]:
    """Ask whether the best candidate may replace the champion, and make it so when it may."""
    if registered.best is None:
        return Decision.not_asked("the best candidate does not pass the floor, so it was not registered")
    registry = open_registry()
    try:
        decision = promote(
            registry,
            registered.best,
            held_out_rows(test_rows, data_sha256=pipeline_run.data.sha256),
            Policy.from_mapping(policy, source="the policy"),
            who=pipeline_run.tags["developer"],
        )
    except AlreadyChampionError as error:
        decision = Decision.not_asked(str(error))
    follow_champion(registry)
    log_metadata(facts({"promoted": decision.promoted, **{check.name: check.detail for check in decision.checks}}))
    return decision
