"""One page for somebody who has no dashboard: everything a person asks about a training run, answered in order."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from sentiment.evaluation.evidence import Evidence
from sentiment.evaluation.leaderboard import Leaderboard
from sentiment.evaluation.report import TrainingReport
from sentiment.release.policy import Policy
from sentiment.release.promotion import Decision
from sentiment.release.registration import Registered
from sentiment.reports.numbers import share
from sentiment.reports.production import Production
from sentiment.reports.section import Section, section
from sentiment.reports.templates import render
from sentiment.reviews.reading import DataCheck
from sentiment.training.candidates import TrainingConfig


class TrainingRun(BaseModel):
    """A finished training run, and what was in production when the report was asked for.

    Attributes:
        run_id: ZenML's; its name is in `report`.
        stack: It ran on.
        developer: Who started it.
        git_commit: That ran.
        evidence: Of the best candidate.
    """

    model_config = ConfigDict(frozen=True)

    run_id: str
    stack: str
    developer: str
    git_commit: str
    started: datetime
    finished: datetime
    config: TrainingConfig
    policy: Policy
    report: TrainingReport
    check: DataCheck
    leaderboard: Leaderboard
    evidence: Evidence
    registered: Registered
    decision: Decision
    production: Production

    def facts(self) -> dict[str, object]:
        """Give the key facts for machines."""
        best = self.leaderboard.best
        champion = self.production.champion
        return {
            "zenml_run": self.report.zenml_run,
            "zenml_run_id": self.run_id,
            "mlflow_run": self.report.parent_run_id,
            "stack": self.stack,
            "started": self.started.isoformat(),
            "seconds": round((self.finished - self.started).total_seconds(), 1),
            "developer": self.developer,
            "git_commit": self.git_commit,
            "data": self.report.data.name,
            "data_sha256": self.report.data.sha256,
            "best": best.name,
            "best_version": self.registered.best,
            "test_metrics": {name: best.test.value(name) for name in ("mcc", "roc_auc", "accuracy")},
            "promoted": self.decision.promoted,
            "champion_now": champion.version if champion else None,
        }


def training_run_page(run: TrainingRun) -> str:
    """Write the whole report as one self-contained HTML page."""
    records = (run.check, run.leaderboard, run.evidence.worst, run.decision, run.production)
    data, comparison, worst, decision, production = answers = [_answer(record) for record in records]
    model = _answer(run.evidence)
    model = replace(model, values={**model.values, "worst": None})  # they have a section of their own here
    return str(
        render(
            "training_run.html",
            title=f"Training run {run.report.zenml_run}",
            run=run,
            answers=answers,
            sections=[data, comparison, decision, production, model, worst, _settings(run), _identities(run)],
        )
    )


def _answer(record: BaseModel) -> Section:
    shown = section(record)
    if shown is None:
        raise TypeError(f"no section is registered for {type(record).__name__}")
    return shown


def _settings(run: TrainingRun) -> Section:
    candidates = run.config.candidates
    several = f"{len(candidates)} candidates" if len(candidates) > 1 else "1 candidate"
    return Section(
        question="With which settings?",
        answer=f"{several}, seed {run.config.seed}, {share(run.config.validation_share)} of the other rows to validate",
        template="settings.html",
        values={"config": run.config, "policy": run.policy},
    )


def _identities(run: TrainingRun) -> Section:
    return Section(
        question="Where can I look it up?",
        answer="By these names and ids",
        template="identities.html",
        values={"run": run},
    )
