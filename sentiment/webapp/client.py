"""Asking the service over HTTP, in bounded time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import requests

from sentiment.errors import InputError, ServiceError

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

    def ask(self, reviews: Sequence[str], titles: Sequence[str], *, words: int = 0) -> list[dict[str, Any]]:
        """Ask about reviews.

        Raises:
            InputError: The service refused them.
            ServiceError: It does not answer, or is no service of this project.
        """
        body = {"reviews": [{"review": one, "title": title} for one, title in zip(reviews, titles, strict=True)]}
        answer = self._call("POST", f"/predict?words={words}", body)
        return list(answer["predictions"])

    def say(self, identity: str, *, recommended: bool) -> None:
        """Tell what the customer said; raises as `ask`."""
        self._call("POST", "/feedback", {"id": identity, "recommended": recommended})

    def model(self) -> dict[str, Any]:
        """Give what is served; raises as `ask`."""
        return self._call("GET", "/model", None)

    def _call(self, method: str, path: str, body: object) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            answer = requests.request(method, self.address + path, json=body, headers=headers, timeout=SECONDS)
            found = answer.json()
        except requests.JSONDecodeError as error:
            raise ServiceError(f"what answers at {self.address} is no service of this project") from error
        except requests.RequestException as error:
            raise ServiceError(f"the service at {self.address} does not answer ({type(error).__name__})") from error
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
        return dict(found)
