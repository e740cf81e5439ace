"""What a service lets in, as settings; each has a default that suits one small instance."""

from __future__ import annotations

import hmac
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sentiment.errors import ConfigError
from sentiment.reviews.csv_structure import LONGEST_CELL

TOKEN_VARIABLE = "SENTIMENT_TOKEN"  # noqa: S105  (its name, not the secret)
LIMITS_VARIABLE = "SENTIMENT_LIMITS"
HOSTS_VARIABLE = "SENTIMENT_HOSTS"
ANY_HOST = "*"
SHORTEST_TOKEN = 16
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?")


@dataclass(frozen=True)
class Limits:
    """The most that is taken; what is over it gets a 4xx that names the limit, or a 503.

    Attributes:
        body_bytes: Of a request.
        reviews: Of a request.
        characters: Of a review or a title.
        depth: Of objects and lists inside each other in JSON.
        concurrent: Requests in flight, which have arrived and are not answered.
        arriving: Requests whose body is still on its way.
        seconds: That a request may take to arrive, and to be answered.
        wait_seconds: That requests may have to wait for their turn; beyond it new ones are refused at once.
        words: That are named for each review.
        head_bytes: Bytes of a request's head, and of whatever stands between two parts of a body.
        head_lines: Header lines of a request, and trailers.
        url_bytes: Bytes of a request's path and query.
        pipelined: Requests of one connection that wait behind the one that is being answered.
        held_bytes: Bytes of all bodies that have arrived and whose requests are not answered. Half of
            that limits unfinished heads, waiting requests and answers that clients do not take, of all connections.
    """

    body_bytes: int = 4 * 2**20
    reviews: int = 1_000
    characters: int = LONGEST_CELL
    depth: int = 16
    concurrent: int = 64
    arriving: int = 1_000
    seconds: float = 30.0
    wait_seconds: float = 0.25
    words: int = 100
    head_bytes: int = 2**16
    head_lines: int = 100
    url_bytes: int = 2**14
    pipelined: int = 16
    held_bytes: int = 32 * 2**20

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not 0 < value < math.inf:
                raise ConfigError(f"the limit {name} is {value}; a number above 0 expected")

    @classmethod
    def of(cls, settings: Sequence[str]) -> Limits:
        """Read limits that differ from the defaults.

        Args:
            settings: Such as ``reviews=50``; of two for one limit, the later counts.

        Raises:
            ConfigError: There is no such limit, or its value is no number above 0, or no whole one where that is meant.
        """
        defaults = vars(cls())
        given: dict[str, Any] = {}
        for setting in settings:
            name, _, value = setting.partition("=")
            if name not in defaults:
                raise ConfigError(f"{setting!r} is no limit; NAME=NUMBER expected, of: {', '.join(defaults)}")
            kind = type(defaults[name])
            try:
                given[name] = kind(value)
            except ValueError as error:
                what = "whole number" if kind is int else "number"
                raise ConfigError(f"the limit {name} is {value!r}; a {what} above 0 expected") from error
        return cls(**given)


@dataclass(frozen=True)
class Settings:
    """How a service is run.

    Attributes:
        limits: What it takes.
        token: That requests must bring; None where everybody may ask. Never shown.
        log_text: Whether the prediction log keeps what customers wrote.
        standing: The file with what monitoring last said, for the metrics; None where nobody watches.
        hosts: Host names that requests may be for, in small letters, beside addresses and ``localhost``; None for all.
    """

    limits: Limits = field(default_factory=Limits)
    token: str | None = field(default=None, repr=False)
    log_text: bool = True
    standing: Path | None = None
    hosts: frozenset[str] | None = None

    def admits(self, authorization: str) -> bool:
        """Compare the value of an ``Authorization`` header with the token, in a time that tells nothing about it."""
        if self.token is None:
            return True
        scheme, _, given = authorization.partition(" ")
        same = hmac.compare_digest(given.strip().encode(errors="replace"), self.token.encode())
        return same and scheme.lower() == "bearer"


def limits_of(environment: Mapping[str, str], settings: Sequence[str] = ()) -> Limits:
    """Read the limits of a service from the variable `LIMITS_VARIABLE`, and from settings that go before it.

    Raises:
        ConfigError: As `Limits.of`.
    """
    return Limits.of([*environment.get(LIMITS_VARIABLE, "").split(), *settings])


def hosts_of(environment: Mapping[str, str], named: Sequence[str], *, others_reach_it: bool) -> frozenset[str] | None:
    """Read the host names that requests may be for, from `named` and the variable `HOSTS_VARIABLE`.

    Args:
        environment: Of the process.
        named: Host names without a port; `ANY_HOST` for all.
        others_reach_it: Whether all names are accepted where none is given.

    Returns:
        The names in small letters, for `Settings.hosts`.

    Raises:
        ConfigError: A name is not a host name.
    """
    names = [*environment.get(HOSTS_VARIABLE, "").split(), *named]
    for name in names:
        if name != ANY_HOST and not _HOST.fullmatch(name):
            raise ConfigError(
                f"{name!r} is not a host name; a name such as reviews.example.org expected, without scheme and port, "
                f"or {ANY_HOST} for all"
            )
    if ANY_HOST in names or (others_reach_it and not names):
        return None
    return frozenset(name.lower() for name in names)


def read_token(file: Path | None, environment: str | None) -> str | None:
    """Read the token from a file, else from the environment's value; None where neither is there.

    Raises:
        ConfigError: The file cannot be read, or the token is shorter than `SHORTEST_TOKEN` or has spaces in it. The
            message does not show it.
    """
    if file is not None:
        try:
            token = file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"the token cannot be read from {file}: {error}") from error
        where = str(file)
    elif environment is not None:
        token, where = environment.strip(), f"the variable {TOKEN_VARIABLE}"
    else:
        return None
    if len(token) < SHORTEST_TOKEN or any(sign.isspace() for sign in token):
        raise ConfigError(
            f"{where} holds {len(token)} characters as a token; at least {SHORTEST_TOKEN} without spaces expected. "
            "`python -c 'import secrets; print(secrets.token_urlsafe())'` makes one."
        )
    return token
