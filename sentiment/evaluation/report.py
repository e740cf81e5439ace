"""What a training run has to say: one entry a candidate, the best one marked."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from sentiment.evaluation.comparison import Evaluation, Ranking
from sentiment.markdown import verbatim
from sentiment.training.lineage import TrainingData


class CandidateEntry(BaseModel):
    """One row of the report.

    Attributes:
        run_id: MLflow run that trained the candidate; an earlier pipeline run's when `cached`.
        cached: Nothing about the candidate had changed, so it was not trained again.
    """

    model_config = ConfigDict(frozen=True)

    evaluation: Evaluation
    run_id: str
    model_uri: str
    cached: bool


class TrainingReport(BaseModel):
    """What a pipeline run trained or found, in ranked order, best first."""

    model_config = ConfigDict(frozen=True)

    parent_run_id: str
    experiment_id: str
    zenml_run: str
    data: TrainingData
    ranking: Ranking
    entries: tuple[CandidateEntry, ...]

    def markdown(self) -> str:
        """Write the report for the tracker's description of the run."""
        metric = self.ranking.metric
        lines = [
            f"Trained on {verbatim(self.data.name)}. Best by validation {metric}: **{self.ranking.best}**.",
            "",
            f"| candidate | val {metric} | test {metric} | test accuracy | trained |",
            "|---|---|---|---|---|",
        ]
        for entry in self.entries:
            evaluation = entry.evaluation
            trained = "here" if not entry.cached else "earlier: unchanged since"
            link = f"[{evaluation.name}](#/experiments/{self.experiment_id}/runs/{entry.run_id})"
            lines.append(
                f"| {link} | {evaluation.validation.value(metric):.4f} | {evaluation.test.value(metric):.4f} "
                f"| {evaluation.test.accuracy:.4f} | {trained} |"
            )
        return "\n".join(lines)
