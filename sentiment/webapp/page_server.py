"""Runs Streamlit as ``python -m streamlit`` does, with the implementation of HTTP that has limits.

Streamlit takes uvicorn's default, which is the one on httptools: it has no limit for a request's head or for requests
that wait on a connection. The one on h11 has both; a page has too few requests for its speed to matter.
"""

from __future__ import annotations

from sentiment.overrides import Override, applied

PROTOCOLS = Override(
    module="uvicorn.config",
    attribute="HTTP_PROTOCOLS",
    parameters=None,
    why="Streamlit has no setting for uvicorn's implementation of HTTP",
    lost="a client of this machine can make the page hold any number of bytes",
    checked_with="uvicorn 0.54.0",
    is_limit=True,
)


def _with_h11(protocols: dict[str, str]) -> dict[str, str]:
    return {**protocols, "auto": "uvicorn.protocols.http.h11_impl:H11Protocol"}


if __name__ == "__main__":
    from streamlit.web.cli import main

    with applied(PROTOCOLS, _with_h11):
        main(prog_name="streamlit")
