"""Points in time as people write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sentiment.errors import InputError

FORMS = "2026-01-31, 2026-01-31T12:00, 2026-01-31T12:00+01:00, or '2026-01-31T12:00 Europe/Berlin'"
_EXPECTED = f"a time such as {FORMS} expected; without an offset or a zone it is UTC"


def past_time(text: str, *, now: datetime) -> datetime:
    """Read a time that is not in the future.

    Args:
        text: ISO 8601, a date or a time. An offset, or the name of a zone of the IANA database behind a space, says
            which clock is meant; without either it is UTC.
        now: The current time, with a zone.

    Returns:
        The time in UTC.

    Raises:
        InputError: It is not such a time, its zone is not known, the zone's clocks showed it twice or never, or it is
            in the future.
    """
    stamp, _, zone = text.strip().rpartition(" ")
    if not zone[:1].isalpha():
        stamp, zone = text.strip(), ""
    try:
        found = datetime.fromisoformat(stamp)
    except ValueError:
        raise InputError(f"{text!r} is no time; {_EXPECTED}") from None
    if zone and found.tzinfo:
        raise InputError(f"{text!r} has an offset and a zone; one of them expected")
    if zone:
        found = _in_zone(found, zone)
    elif not found.tzinfo:
        found = found.replace(tzinfo=UTC)
    try:
        found = found.astimezone(UTC)
    except OverflowError:
        raise InputError(f"{text!r} is no time; {_EXPECTED}") from None
    if found > now:
        raise InputError(f"{text!r} is in the future: {shown(found)} given, and now it is {shown(now)}")
    return found


def shown(time: datetime) -> str:
    """Write a time for people, in UTC, which is named."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _in_zone(local: datetime, name: str) -> datetime:
    try:
        zone = ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise InputError(f"there is no time zone {name!r}; a name such as Europe/Berlin, or UTC, expected") from None
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first
    before, after = first.utcoffset() or timedelta(0), second.utcoffset() or timedelta(0)
    offsets = " and ".join(f"{one:%z}" for one in (first, second))
    times = "twice" if before > after else "never"
    raise InputError(
        f"the clocks of {name} showed {local.isoformat(timespec='minutes')} {times}; give an offset instead of "
        f"the zone ({offsets} hold around it)"
    )
