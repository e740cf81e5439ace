"""Rank the candidates."""

from __future__ import annotations

from typing import Annotated

from zenml import log_metadata, step

from sentiment.evaluation.comparison import Ranking
from sentiment.evaluation.evidence import Evidence, WorstRows
from sentiment.evaluation.leaderboard import Leaderboard, build_leaderboard


@step
def compare(
    evidence: list[Evidence], metric: str
) -> tuple[Annotated[Ranking, "ranking"], Annotated[Leaderboard, "comparison"], Annotated[WorstRows, "worst_rows"]]:
    """Rank the candidates by a metric on the validation rows; the test rows have no say.

    Args:
        evidence: Of every candidate, in the order of the configuration.
        metric: On the validation rows.

    Returns:
        The order, how far each is behind the best, and the test rows that the best gets most wrong.
    """
    leaderboard = build_leaderboard(evidence, metric)
    log_metadata({"best": leaderboard.best.name, "metric": metric})
    worst = next(one.worst for one in evidence if one.evaluation.name == leaderboard.best.name)
    return leaderboard.ranking, leaderboard, worst
