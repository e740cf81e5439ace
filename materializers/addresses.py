"""Where a stored type lives now, when it has moved since it was stored.

ZenML keeps the type of every artifact as a dotted name. Who moves or renames a stored type adds a line here, and
artifacts of every earlier version still load; no line is ever removed. `tests/materializers/test_addresses.py` has the
names that were ever stored.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zenml.config.source import Source

from sentiment.overrides import Override, apply

MOVED = {
    "sentiment.comparison.Evaluation": "sentiment.evaluation.comparison.Evaluation",
    "sentiment.comparison.Ranking": "sentiment.evaluation.comparison.Ranking",
    "sentiment.evidence.Evidence": "sentiment.evaluation.evidence.Evidence",
    "sentiment.evidence.WorstRows": "sentiment.evaluation.evidence.WorstRows",
    "sentiment.lineage.CandidateRun": "sentiment.training.lineage.CandidateRun",
    "sentiment.lineage.PipelineRun": "sentiment.training.lineage.PipelineRun",
    "sentiment.model.TextModel": "sentiment.models.text_model.TextModel",
    "sentiment.promotion.Decision": "sentiment.release.promotion.Decision",
    "sentiment.registration.Registered": "sentiment.release.registration.Registered",
    "sentiment.reviews.DataCheck": "sentiment.reviews.reading.DataCheck",
    "sentiment.serving.current.CurrentService": "sentiment.service.current.CurrentService",
    "sentiment.standings.Standings": "sentiment.evaluation.leaderboard.Leaderboard",
    "sentiment.training_report.TrainingReport": "sentiment.evaluation.report.TrainingReport",
    "steps.deployment.Deployable": "steps.deployment.steps.Deployable",
    "steps.deployment.servers.Server": "steps.deployment.server.Server",
    "steps.serving.Server": "steps.deployment.server.Server",
}
"""The dotted name that was stored, and the one that loads it today."""

LOAD = Override(
    module="zenml.utils.source_utils",
    attribute="load",
    parameters=("source",),
    why="ZenML stores the type of an artifact as a dotted name, and types have moved since",
    lost="artifacts do not load that were stored before their type was moved or renamed",
    checked_with="zenml 0.98.0",
)


def follow_moves() -> None:
    """Make ZenML load stored types from where they are now, in this process; again and again changes nothing."""
    apply(LOAD, _following_moves)


def _following_moves(zenmls_load: Callable[[Source | str], Any]) -> Callable[[Source | str], Any]:
    def load(source: Source | str) -> Any:
        stored = source if isinstance(source, str) else source.import_path
        if (today := MOVED.get(stored)) is None:
            return zenmls_load(source)
        if isinstance(source, str):
            return zenmls_load(today)
        module, _, name = today.rpartition(".")
        return zenmls_load(source.model_copy(update={"module": module, "attribute": name}))

    return load
