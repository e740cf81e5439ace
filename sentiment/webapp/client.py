"""Asking the service over HTTP, in bounded time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import requests

from sentiment.errors import InputError, ServiceError
from sentiment.service.settings import TOKEN_VARIABLE

SECONDS = 60.0
REVIEWS_A_REQUEST = 500


@dataclass(frozen=True)
class Service:
    """A service of this project.

    Attributes:
        address: Without a path.
        token: That requests bring; None where none is asked for.
    """

    address: str
    token: str | None = field(default=None, repr=False)

    @property
    def is_here(self) -> bool:
        """Whether it runs on this machine, where its prediction log may be read."""
        host = urlsplit(self.address).hostname or ""
        try:
            return host == "localhost" or ip_address(host).is_loopback
        except ValueError:
            return False

    def ask(self, reviews: Sequence[str], titles: Sequence[str], *, words: int = 0) -> list[dict[str, Any]]:
        """Ask about reviews.

        Raises:
            InputError: The service refused them.
            ServiceError: It does not answer, or is no service of this project.
        """
        body = {"reviews": [{"review": one, "title": title} for one, title in zip(reviews, titles, strict=True)]}
        predictions = self._call("POST", f"/predict?words={words}", body).get("predictions")
        if not isinstance(predictions, list) or len(predictions) != len(reviews):
            raise ServiceError(f"what answers at {self.address} is no service of this project")
        return predictions

    def say(self, identity: str, *, recommended: bool) -> None:
        """Tell what the customer said; raises as `ask`."""
        self._call("POST", "/feedback", {"id": identity, "recommended": recommended})

    def model(self) -> dict[str, Any]:
        """Give what is served; raises as `ask`."""
        return self._call("GET", "/model", None)

    def _call(self, method: str, path: str, body: object) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            answer = requests.request(
                method,
                self.address + path,
                json=body,
                headers=headers,
                timeout=SECONDS,
                allow_redirects=False,  # what customers wrote goes where somebody said, and nowhere else
            )
            found = answer.json()
        except requests.JSONDecodeError as error:
            raise ServiceError(f"what answers at {self.address} is no service of this project") from error
        except requests.RequestException as error:
            raise ServiceError(f"the service at {self.address} does not answer ({type(error).__name__})") from error
        if not isinstance(found, dict):
            raise ServiceError(f"what answers at {self.address} is no service of this project")
        if answer.status_code == requests.codes.unauthorized:
            wanted = "another token" if self.token else "a token"
            raise ServiceError(
                f"the service at {self.address} asks for {wanted}; `python run.py page --token-file FILE` brings it, "
                f"or the variable {TOKEN_VARIABLE}"
            )
        if answer.status_code in (requests.codes.bad_request, requests.codes.unprocessable):
            raise InputError(str(found.get("detail", "the request was refused")))
        if answer.status_code == requests.codes.not_found:
            raise ServiceError(
                f"what answers at {self.address} is MLflow's server; `python run.py deploy --to service` starts this "
                "project's own, which the page needs"
            )
        if not answer.ok:
            detail = found.get("detail", "")
            raise ServiceError(f"the service at {self.address} answered {answer.status_code}: {detail}")
        return found
