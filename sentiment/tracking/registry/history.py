"""The audit trail of the registry: who put what into production when, and why.

Each event is a tag of the registered model, so that everybody who shares the registry shares the trail. An event is
written before the change it describes and confirmed after it; one that was never confirmed is settled by what the
alias says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from sentiment.errors import InputError

TAG_PREFIX = "history."
_LONGEST_VALUE = 4_900  # MLflow refuses tag values over 5,000 characters


DECISION_TAG = "decision"
"""The tag of a version with what the gate last said about it."""
LONGEST_REASON, LONGEST_NAME = 1_000, 250
"""In characters; what a store of any kind takes, with all that stands beside it."""


def require_fit(why: str, who: str) -> None:
    """Make sure that a reason and a name can be kept, before anything is changed.

    Raises:
        InputError: One is too long, or is no text.
    """
    for what, text, longest in (("the reason", why, LONGEST_REASON), ("the name of who does it", who, LONGEST_NAME)):
        if len(text) > longest:
            raise InputError(f"{what} has {len(text):,} characters; at most {longest:,} are kept. Nothing was changed.")
        if any("\ud800" <= sign <= "\udfff" or sign == "\0" for sign in text):
            raise InputError(f"{what} is not written in UTF-8: {text!a}. Nothing was changed.")


CHANGES_CHAMPION = ("promote", "force", "rollback")
"""Actions after which another version is the champion."""


class Event(BaseModel):
    """One change of the registry.

    Attributes:
        at: UTC.
        version: The version that the change is about.
        previous: The champion before it; None before the first release.
        reasons: The gate's, a sentence each; of a rollback, that the alias was moved from outside.
        confirmed: Whether the change was seen to have happened.
    """

    model_config = ConfigDict(frozen=True)

    at: datetime
    action: Literal["promote", "force", "rollback", "archive", "restore"]
    version: str
    previous: str | None
    who: str
    why: str = ""
    reasons: tuple[str, ...] = ()
    confirmed: bool = False

    @property
    def tag(self) -> str:
        """The name of the tag that holds this event; sorts by time."""
        return f"{TAG_PREFIX}{self.at.astimezone(UTC):%Y-%m-%dT%H-%M-%S.%f}"

    def value(self) -> str:
        """The tag's value; reasons that do not fit are left out from the end, and said to be."""
        event = self
        while len(text := event.model_dump_json()) > _LONGEST_VALUE and event.reasons:
            kept = event.reasons[:-2] if event.reasons[-1] == "…" else event.reasons[:-1]
            event = event.model_copy(update={"reasons": (*kept, "…") if kept else ()})
        return text


def read_events(tags: Mapping[str, str]) -> list[Event]:
    """Read the trail from the registered model's tags, oldest first."""
    return [Event.model_validate_json(tags[name]) for name in sorted(tags) if name.startswith(TAG_PREFIX)]


def champions(events: Sequence[Event]) -> list[str]:
    """List the champions that rollbacks go back through, oldest first; the last is the one after the newest event.

    A promotion puts a champion on top of the one before, a rollback takes the top one off; so two rollbacks go back
    two champions. Whoever moved the alias without this project left no event: the next one names, as its previous
    champion, the version that the alias was moved to. That version counts as if it had been promoted.
    """
    stack: list[str] = []
    for event in events:
        if not event.confirmed or event.action not in CHANGES_CHAMPION:
            continue
        if event.previous is not None and stack[-1:] != [event.previous]:
            stack.append(event.previous)
        if event.action == "rollback":
            while stack and (stack[-1] != event.version):
                stack.pop()
        if stack[-1:] != [event.version]:
            stack.append(event.version)
    return stack
