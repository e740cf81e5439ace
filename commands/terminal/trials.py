"""The trials of a search, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table

from commands.terminal.columns import Column, table_of
from sentiment.phrases import amount
from sentiment.search.trial import Trial, changes

if TYPE_CHECKING:
    from sentiment.search.trial import Search

SHOWN = 8


def trials_table(search: Search, width: int) -> Table:
    """One row a trial: the best, and the start wherever it stands."""
    start = search.trials[0]
    ranked = search.ranked()
    shown = ranked[:SHOWN] + [trial for trial in ranked[SHOWN:] if trial.number == 0]

    def changed(trial: Trial) -> str:
        found = changes(trial.candidate, start.candidate)
        return ", ".join(f"{name} {_short(value)}" for name, value in found.items()) or "(the start)"

    columns = [
        Column[Trial]("trial", lambda trial: str(trial.number), True),
        Column[Trial](search.metric, lambda trial: f"{trial.score:.4f}", True),
        Column[Trial]("time", lambda trial: f"{trial.seconds:.1f} s", True, 1),
        Column[Trial](f"other than {start.candidate.name}", changed),
    ]
    counts = {state: sum(trial.state == state for trial in search.trials) for state in ("pruned", "failed")}
    ended = {"trials": "", "minutes": "; the time was over", "interrupted": "; interrupted"}[search.ended]
    title = (
        f"Search {search.name}: {amount(len(search.trials), 'trial')}, "
        f"{counts['pruned']} ended early, {counts['failed']} failed{ended}; cross-validated on training rows"
    )
    table = table_of(columns, shown, width=width, title=title, marked=lambda trial: trial.number == search.best)
    table.columns[-1].no_wrap = False
    return table


def _short(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
