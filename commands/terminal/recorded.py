"""The table of recorded predictions, which needs neither MLflow nor ZenML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.table import Table

from commands.terminal.columns import plain_table

if TYPE_CHECKING:
    from sentiment.service.predictions import Prediction

_SHOWN_CHARACTERS = 100


def recorded_table(predictions: Sequence[Prediction], said: Mapping[str, bool]) -> Table:
    """One row a recorded prediction.

    Args:
        predictions: Oldest first.
        said: What customers said later, by id.
    """
    table = plain_table("when (UTC)", "id", "version", "recommends", "probability", "customer said", "review")
    for one in predictions:
        table.add_row(
            f"{one.time:%Y-%m-%d %H:%M:%S}",
            one.id,
            one.version,
            _yes_or_no(one.recommended),
            f"{one.probability:.3f}",
            _yes_or_no(said[one.id]) if one.id in said else "",
            "(not kept)" if one.review is None else one.review[:_SHOWN_CHARACTERS],
        )
    return table


def _yes_or_no(recommended: bool) -> str:
    return "yes" if recommended else "no"
