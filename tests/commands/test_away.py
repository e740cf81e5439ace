"""What is said when ZenML is connected to a server that is away."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from commands.root import _Root

REFUSED = "HTTPConnectionPool(host='127.0.0.1', port=8237): Max retries exceeded with url: /api/v1/info"


@pytest.mark.parametrize(
    ("error", "named"),
    [
        (RuntimeError(f"Error connecting to URL 'http://127.0.0.1:8237': {REFUSED}"), "http://127.0.0.1:8237"),
        (ConnectionError(REFUSED), "127.0.0.1:8237"),
    ],
)
def test_a_server_that_is_away_is_named_with_what_mends_it(error: Exception, named: str):
    @click.group(cls=_Root, default="ask")
    def root() -> None: ...

    @root.command()
    def ask() -> None:
        raise error

    done = CliRunner().invoke(root, ["ask"])
    assert done.exit_code == 1
    assert f"connected to {named}, which does not answer" in done.output
    assert "python run.py dashboard stop" in done.output


def test_any_other_error_stays_what_it_is():
    @click.group(cls=_Root, default="ask")
    def root() -> None: ...

    @root.command()
    def ask() -> None:
        raise RuntimeError("something else")

    done = CliRunner().invoke(root, ["ask"])
    assert done.exit_code == 1
    assert "something else" in done.output
    assert "connected to" not in done.output
