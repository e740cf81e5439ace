"""Rank the candidates."""

from __future__ import annotations

from typing import Annotated

from zenml import log_metadata, step

from sentiment.comparison import Evaluation, Ranking, rank


@step
def compare(evaluations: list[Evaluation], metric: str) -> Annotated[Ranking, "ranking"]:
    """Rank the candidates by a metric on the validation rows; the test rows have no say."""
    ranking = rank(evaluations, metric)
    log_metadata({"best": ranking.best, "metric": metric})
    return ranking
