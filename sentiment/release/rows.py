"""Are enough test rows left that neither model was trained on?"""

from __future__ import annotations

from collections.abc import Sequence

from sentiment.errors import ConfigError
from sentiment.release.promotion import Check, Decision

FEWEST_ROWS, FEWEST_OF_A_CLASS = 100, 10
"""Of test rows that neither model was trained on: with fewer, a difference says nothing."""


def check_rows(labels: Sequence[int], *, left_out: int, unknown: Sequence[str]) -> Check | None:
    """Ask whether enough rows are left that neither model was trained on.

    Args:
        labels: Rows left that do not recommend, and that do.
        left_out: Rows that one of the two was trained on.
        unknown: Versions that do not tell what they were trained on.

    Returns:
        None where nothing was left out and everything is known: then there is nothing to say.
    """
    if not left_out and not unknown:
        return None
    enough = sum(labels) >= FEWEST_ROWS and min(labels) >= FEWEST_OF_A_CLASS
    detail = (
        f"{sum(labels):,} test rows are left that neither model was trained on ({left_out:,} were left out); "
        f"at least {FEWEST_ROWS}, {FEWEST_OF_A_CLASS} of each label, are needed to judge by"
    )
    if unknown:
        detail += (
            f". Version {', '.join(unknown)} keeps no fingerprints, so that it may have been trained on some of them, "
            "which would speak for it"
        )
    return Check(name="unseen_rows", value=sum(labels), limit=FEWEST_ROWS, passed=enough, detail=detail)


def cannot_judge(rows: Check, *, force_reason: str | None, first_release: bool) -> Decision:
    """Decide where too few rows are left: nobody can tell, so nothing changes but by force.

    Raises:
        ConfigError: `force_reason` is blank.
    """
    if force_reason is not None and not force_reason.strip():
        raise ConfigError("the reason for forcing a promotion is empty; say why it must be")
    told = rows.model_copy(update={"detail": f"the gate cannot judge: {rows.detail}"})
    return Decision(promoted=force_reason is not None, forced=force_reason, first_release=first_release, checks=(told,))
