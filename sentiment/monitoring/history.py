"""Every window that was judged, what was told of it, and who took note: a file of JSON lines that only grows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, ValidationError

from sentiment.errors import InputError
from sentiment.monitoring.judge import Judgement
from sentiment.monitoring.limits import Reading
from sentiment.monitoring.tools import Opinion
from sentiment.service.standing import Standing, standing_beside, write_standing


class Acknowledgement(BaseModel):
    """Somebody took note of a window."""

    model_config = ConfigDict(frozen=True)

    who: str
    why: str
    at: datetime


class Watched(BaseModel):
    """One window, as it is kept.

    Attributes:
        window: Its name; see `window.Window.identity`.
        version: That answered.
        name: Of the version, for people.
        asked: Which window was asked for.
        first: When its first prediction was answered; None where there is none.
        last: When its last one was.
        judged: When it was judged.
        told: Whether the alarm is to be told: not within the cool-down of one that told the same.
        rung: Whether that was done.
        posted: Whether the stack's alerter did it too.
        undelivered: Whether the webhook did not accept the alarm yet.
        notes: What else was found in the log, a sentence each.
        opinion: Of another library's test, where it was asked.
        reading: Of the service's counters, where it was asked.
        acknowledged: By whom, last.
    """

    model_config = ConfigDict(frozen=True)

    window: str
    version: str
    name: str
    asked: str
    first: datetime | None
    last: datetime | None
    judged: datetime
    judgement: Judgement
    told: bool = False
    rung: bool = False
    posted: bool = False
    undelivered: bool = False
    notes: tuple[str, ...] = ()
    opinion: Opinion | None = None
    reading: Reading | None = None
    acknowledged: Acknowledgement | None = None


class _Line(BaseModel):
    """A line of the file: a window, what became of its alarm, or that somebody took note of it."""

    watched: Watched | None = None
    window: str = ""
    rung: bool = False
    posted: bool = False
    undelivered: bool | None = None
    acknowledged: Acknowledgement | None = None

    def changed(self) -> dict[str, Any]:
        """Give what the line says of a window that was kept before."""
        if self.rung or self.posted:
            return {name: True for name in ("rung", "posted") if getattr(self, name)}
        if self.undelivered is not None:
            return {"undelivered": self.undelivered}
        return {"acknowledged": self.acknowledged}


class History:
    """The windows of one stack.

    Args:
        path: Of the file; it and its folder are made when the first window is kept.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def windows(self) -> list[Watched]:
        """List all windows, oldest first; a line that was cut off when somebody was killed is passed over."""
        found: dict[str, Watched] = {}
        try:
            lines = self._path.read_bytes().splitlines()
        except FileNotFoundError:
            return []
        for text in lines:
            try:
                line = _Line.model_validate_json(text)
            except ValidationError:
                continue
            if line.watched is not None:
                found.setdefault(line.watched.window, line.watched)
            elif line.window in found:
                found[line.window] = found[line.window].model_copy(update=line.changed())
        return list(found.values())

    def last_reading(self) -> Reading | None:
        """Give the service's counters as they were read last; None where they never were."""
        return next((one.reading for one in reversed(self.windows()) if one.reading is not None), None)

    def untold(self) -> list[Watched]:
        """List the windows whose alarm is to be told and was not, because somebody was killed before that."""
        return [one for one in self.windows() if one.told and not one.rung]

    def find(self, window: str) -> Watched | None:
        """Give a window by its name."""
        return next((one for one in self.windows() if one.window == window), None)

    def keep(self, watched: Watched, *, cool_down: timedelta) -> Watched:
        """Keep a window, once; and decide whether its alarm is told.

        Args:
            watched: Just judged.
            cool_down: An alarm that raises nothing which another one told within this time is not told again.

        Returns:
            What is kept, which is older where the window had been judged before.
        """
        with self._locked():
            earlier = self.windows()
            if (found := next((one for one in earlier if one.window == watched.window), None)) is not None:
                return found
            kept = watched.model_copy(update={"told": _is_news(watched, earlier, cool_down)})
            self._append(_Line(watched=kept))
            write_standing(standing_beside(self._path), Standing(kept.judgement.state, kept.version, kept.judged))
            return kept

    def rang(self, window: str) -> None:
        """Note that the alarm of a window was told, so that the same window, judged again, does not tell it again."""
        with self._locked():
            self._append(_Line(window=window, rung=True))

    def undelivered(self, *, after: datetime) -> list[Watched]:
        """List the windows, evaluated after a time, whose alarm the webhook did not accept."""
        return [one for one in self.windows() if one.undelivered and one.judged > after]

    def delivered(self, window: str, accepted: bool) -> None:
        """Note whether the webhook accepted the alarm of a window."""
        with self._locked():
            self._append(_Line(window=window, undelivered=not accepted))

    def unposted(self, newest: Watched, *, within: timedelta) -> list[Watched]:
        """List what the stack's alerter is to post: a window, and those of the time before it, where they are news."""
        return [
            one
            for one in self.windows()
            if one.told and not one.posted and (one.window == newest.window or abs(newest.judged - one.judged) < within)
        ]

    def posted(self, window: str) -> None:
        """Note that the stack's alerter posted the alarm of a window."""
        with self._locked():
            self._append(_Line(window=window, posted=True))

    def acknowledge(self, window: str, acknowledgement: Acknowledgement) -> Watched:
        """Note that somebody took note.

        Raises:
            InputError: There is no such window.
        """
        with self._locked():
            known = [one.window for one in self.windows()]
            if window not in known:
                newest = ", ".join(known[-5:]) or "none yet"
                raise InputError(f"no window is called {window!r}; the newest are: {newest}")
            self._append(_Line(window=window, acknowledged=acknowledgement))
        found = self.find(window)
        if found is None:
            raise InputError(f"window {window!r} was removed meanwhile")
        return found

    def _append(self, line: _Line) -> None:
        text = line.model_dump_json(exclude_defaults=False).encode()
        with self._path.open("ab") as file:
            cut_off = file.tell() and not self._path.read_bytes().endswith(b"\n")
            file.write((b"\n" if cut_off else b"") + text + b"\n")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with FileLock(self._path.with_suffix(".lock")):
            yield


def _is_news(watched: Watched, earlier: list[Watched], cool_down: timedelta) -> bool:
    if watched.judgement.state != "alarm":
        return False
    told: set[str] = set()
    for one in earlier:
        # Nearer on either side: where the clock was ahead, earlier windows seem to come later.
        if one.told and one.version == watched.version and abs(watched.judged - one.judged) < cool_down:
            told |= one.judgement.what
    return not watched.judgement.what <= told
