"""How far each candidate is behind the best."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from sentiment.evaluation.comparison import Evaluation, Ranking, rank
from sentiment.evaluation.evidence import Evidence
from sentiment.metrics.bootstrap import PairedDifference, paired_bootstrap

RESAMPLES = 1_000


class Place(BaseModel):
    """One candidate's place.

    Attributes:
        evaluation: Its numbers.
        lead: How much better the best is than it, in the ranking's metric on the same test rows; None for the best.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    evaluation: Evaluation
    lead: PairedDifference | None


class Leaderboard(BaseModel):
    """The candidates in ranked order, best first.

    Attributes:
        metric: They were ranked by, on validation rows.
        places: At least one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    metric: str
    places: tuple[Place, ...]

    @property
    def best(self) -> Evaluation:
        """Of the candidate to put forward."""
        return self.places[0].evaluation

    @property
    def ranking(self) -> Ranking:
        """The names alone."""
        return Ranking(metric=self.metric, ordered=tuple(place.evaluation.name for place in self.places))


def build_leaderboard(evidence: Sequence[Evidence], metric: str) -> Leaderboard:
    """Rank the candidates on validation rows, and say on test rows how far the best leads.

    The test rows have no say in the order, so the lead on them is an honest one; it may even be negative.

    Args:
        evidence: Of every candidate, in the order of the configuration, all on the same test rows.
        metric: A name in `metrics.summary.METRICS`.

    Raises:
        ConfigError, InputError: As `comparison.rank`.
    """
    ranking = rank([one.evaluation for one in evidence], metric)
    by_name = {one.evaluation.name: one for one in evidence}
    best, *others = (by_name[name] for name in ranking.ordered)
    places = [Place(evaluation=best.evaluation, lead=None)]
    places += [Place(evaluation=one.evaluation, lead=_lead(best, one, metric)) for one in others]
    return Leaderboard(metric=metric, places=tuple(places))


def _lead(best: Evidence, other: Evidence, metric: str) -> PairedDifference:
    return paired_bootstrap(
        best.labels,
        best.probabilities,
        best.evaluation.threshold,
        other.probabilities,
        other.evaluation.threshold,
        metric,
        resamples=RESAMPLES,
    )
