"""Which hosts a request may be for, and which web pages may send one.

A page in somebody's browser can send requests to a service that only this browser reaches. With DNS rebinding, the name
of the page's own site leads to the address of the service; the ``Host`` header still has that name. Without it, the
``Origin`` header has the name of the page's site.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from sentiment.service.application.messages import Refused
from sentiment.service.settings import HOSTS_VARIABLE, Settings

_LOCAL = "localhost"
_KEPT = 1_000
"""Values of ``Host`` that are remembered as accepted."""


class Callers:
    """Refuses requests for a foreign host, and those that a page of a foreign site sends.

    Args:
        settings: Names the hosts. Pages are checked where there is no token, which a foreign page cannot know, or where
            hosts are named.
    """

    def __init__(self, settings: Settings) -> None:
        self._hosts = settings.hosts
        self._checks_pages = settings.token is None or settings.hosts is not None
        self._accepted: set[bytes] = set()

    def check(self, headers: Mapping[bytes, bytes]) -> None:
        """Check a request.

        Args:
            headers: Names in small letters, and values.

        Raises:
            Refused: The host or the page is foreign.
        """
        host = headers.get(b"host", b"")
        if host not in self._accepted:
            self._check_host(host)
            if len(self._accepted) < _KEPT:
                self._accepted.add(host)
        if not self._checks_pages:
            return
        origin = headers.get(b"origin")
        if origin is not None:
            self._check_origin(origin, host)
        elif headers.get(b"sec-fetch-site") == b"cross-site":
            raise _foreign_page()

    def _check_host(self, host: bytes) -> None:
        if self._hosts is None or not host:  # browsers always send one
            return
        name = _name(host)
        if name != _LOCAL and name not in self._hosts and not _is_address(name):  # rebinding needs a name
            raise Refused(
                421,
                "wrong_host",
                f"the service does not answer for this host; `serve --allow-host` or the variable {HOSTS_VARIABLE} "
                "adds a name",
            )

    def _check_origin(self, origin: bytes, host: bytes) -> None:
        try:
            name = urlsplit(origin.decode("latin-1")).hostname
        except ValueError:
            name = None
        if name is None:  # also `null`, which stands for a page without an origin
            raise _foreign_page()
        is_known = name in (self._hosts or ()) or name == _LOCAL or _is_loopback(name)
        if not is_known and name != _name(host):
            raise _foreign_page()


def _foreign_page() -> Refused:
    return Refused(
        403,
        "wrong_origin",
        f"the request comes from a page of another site; `serve --allow-host` or the variable {HOSTS_VARIABLE} adds "
        "the site",
    )


def _name(host: bytes) -> str:
    """Give the host without its port, in small letters; empty for a value that is not a host."""
    if b"@" in host or b"/" in host:
        return ""
    try:
        return (urlsplit(f"//{host.decode('latin-1')}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_loopback(name: str) -> bool:
    return _is_address(name) and ipaddress.ip_address(name).is_loopback
