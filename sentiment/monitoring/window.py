"""Which predictions are judged together."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sentiment.errors import InputError
from sentiment.phrases import amount
from sentiment.service.predictions.reading import Log
from sentiment.service.predictions.record import Feedback, Prediction
from sentiment.times import FORMS, past_time

_DAY = timedelta(days=1)
_A_MOMENT = timedelta(minutes=1)
"""By which the clocks of two machines may differ."""
_FORMS = f"last:N, day, all, or since:TIME with a time such as {FORMS}"
_SINCE = "since:"


@dataclass(frozen=True)
class Window:
    """Predictions of one version, oldest first.

    Attributes:
        predictions: Of the version that was asked for.
        of_others: How many in the same time were answered by another version, and are left out.
        labels: The newest label of each, by id.
        contradicted: Ids whose newest labels say both at the same time; these labels are left out.
        unknown_labels: Labels for ids that no prediction has.
        ahead: How many predictions are dated later than now.
    """

    predictions: Sequence[Prediction]
    of_others: int
    labels: dict[str, bool]
    contradicted: Sequence[str]
    unknown_labels: int
    ahead: int = 0

    def identity(self, *more: str) -> str:
        """Name the window: the same predictions and labels give the same name, so that it is judged once.

        Args:
            more: Whatever else decides about the judgement.
        """
        said = sorted(f"{name}={value}" for name, value in self.labels.items())
        text = "\n".join([*more, *(one.id for one in self.predictions), *said])
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def notes(self, broken: Sequence[str]) -> tuple[str, ...]:
        """Say what else was found, a sentence each.

        Args:
            broken: Lines of the log that cannot be read.
        """
        sentences = [
            (self.of_others, "prediction", "of another version in the same time left out"),
            (
                len(self.contradicted),
                "prediction",
                "with contradicting labels of the same time; these were left out",
            ),
            (self.unknown_labels, "label", "about predictions that nobody knows"),
            (self.ahead, "prediction", "dated later than now: the clock was ahead, and windows go by time"),
            (len(broken), "line", f"of the log that cannot be read: {', '.join(broken[:3])}"),
        ]
        return tuple(f"{amount(number, what)} {sentence}" for number, what, sentence in sentences if number)


def choose(log: Log, asked: str, version: str, *, now: datetime) -> Window:
    """Choose the predictions of a window.

    Args:
        log: All that is recorded.
        asked: ``last:N``, ``day``, ``all`` or ``since:TIME``; see `times.past_time`.
        version: Whose predictions.
        now: The time, with a zone.

    Raises:
        InputError: `asked` is none of these, or its time is in the future.
    """
    kind, _, value = asked.partition(":")
    own = [one for one in log.predictions if one.version == version]
    if kind == "last" and value.isascii() and value.isdigit() and int(value):
        chosen = own[-int(value) :]
        since = chosen[0].time if chosen else now
    elif kind == "all" and not value:
        chosen, since = own, datetime.min.replace(tzinfo=UTC)
    elif kind == "day" and not value:
        since = now - _DAY
        chosen = [one for one in own if one.time >= since]
    elif asked.startswith(_SINCE):
        since = past_time(value, now=now)
        chosen = [one for one in own if one.time >= since]
    else:
        raise InputError(f"{asked!r} is no window; {_FORMS} expected")
    labels, contradicted = labels_by_id(log.feedback)
    ids = {one.id for one in chosen}
    known = {one.id for one in log.predictions}
    return Window(
        predictions=chosen,
        of_others=sum(one.version != version and one.time >= since for one in log.predictions),
        labels={name: value for name, value in labels.items() if name in ids},
        contradicted=[name for name in contradicted if name in ids],
        unknown_labels=sum(name not in known for name in (*labels, *contradicted)),
        ahead=sum(one.time > now + _A_MOMENT for one in chosen),
    )


def in_utc(asked: str, *, now: datetime) -> str:
    """Write the time of ``since:TIME`` in UTC; any other window stays as it is. Arguments and errors as `choose`."""
    if not asked.startswith(_SINCE):
        return asked
    return f"{_SINCE}{past_time(asked.removeprefix(_SINCE), now=now).isoformat()}"


def labels_by_id(feedback: Sequence[Feedback]) -> tuple[dict[str, bool], list[str]]:
    """Give the newest label of each id: who changed their mind, or corrects a mistake, says so again.

    Args:
        feedback: In any order.

    Returns:
        Labels by id, and the ids without one because their newest labels say both at the same time.
    """
    newest: dict[str, datetime] = {}
    said: dict[str, set[bool]] = {}
    for one in feedback:
        if one.id not in newest or one.time > newest[one.id]:
            newest[one.id], said[one.id] = one.time, set()
        if one.time == newest[one.id]:
            said[one.id].add(one.recommended)
    agreed = {name: values.copy().pop() for name, values in said.items() if len(values) == 1}
    return agreed, sorted(name for name, values in said.items() if len(values) > 1)
