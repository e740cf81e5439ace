"""The type of options that take a time."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from sentiment.errors import InputError
from sentiment.times import past_time


class PastTime(click.ParamType[datetime]):
    """A time in the past, with an offset or a zone, else UTC; see `sentiment.times.past_time`."""

    name = "time"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read the time."""
        try:
            return past_time(value, now=datetime.now(UTC))
        except InputError as error:
            self.fail(str(error), param, ctx)
