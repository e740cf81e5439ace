"""The routes: a request becomes reviews, reviews become answers, answers are recorded and written down."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sentiment.service.answers import Answer
from sentiment.service.application import asked, messages
from sentiment.service.application.guard import header
from sentiment.service.application.messages import Refused, Review, Verdict, Verdicts
from sentiment.service.application.metrics import Metrics
from sentiment.service.predictions.record import Feedback, Prediction
from sentiment.service.predictions.writing import Writing
from sentiment.service.served import Served
from sentiment.service.settings import Settings

Handler = Callable[[Request], Awaitable[Response]]
_ID = re.compile("[A-Za-z0-9_-]{1,64}")


class Routes:
    """Handlers of one application.

    Args:
        settings: Limits, and whether texts are kept.
        log: Where answers are recorded.
        metrics: Counts.

    Attributes:
        served: The model; None until it was checked, and then nothing but health is answered.
    """

    def __init__(self, settings: Settings, log: Writing, metrics: Metrics) -> None:
        self.served: Served | None = None
        self._settings, self._limits, self._log, self._metrics = settings, settings.limits, log, metrics
        self._batches = ThreadPoolExecutor(1, thread_name_prefix="batch")

    async def ask(self, request: Request) -> Response:
        """``GET /predict``: one review in the address."""
        parameters = asked.parameters_of(request.scope["query_string"])
        review = parameters.get("review")
        if review is None:
            raise Refused(422, "no_text", "the parameter 'review' is missing; /predict?review=TEXT expected")
        title = parameters.get("title", "")
        (verdict,) = await self._answer(request, [review], [title], self._words(request))
        return _json(verdict)

    async def predict(self, request: Request) -> Response:
        """``POST /predict``: one review, or ``reviews``."""
        question = messages.decode(messages.QUESTION, await _json_body(request), self._limits)
        words = self._words(request)
        if question.reviews is None:
            if question.review is None:
                raise Refused(422, "no_text", '"review" is missing; {"review": TEXT} or {"reviews": [...]} expected')
            (verdict,) = await self._answer(request, [question.review], [question.title or ""], words)
            return _json(verdict)
        if question.review is not None:
            raise Refused(422, "wrong_type", '"review" and "reviews" were both given; one of them expected')
        reviews, titles = _parted(question.reviews)
        return _json(Verdicts(await self._answer(request, reviews, titles, words)))

    async def invocations(self, request: Request) -> Response:
        """``POST /invocations``: as MLflow's server answers it."""
        reviews, titles, words = asked.as_mlflow(await _json_body(request), self._limits)
        verdicts = await self._answer(request, reviews, titles, words)
        answers = [
            {"probability": one.probability, "recommended": one.recommended, "known_words": one.known_words}
            | ({"words": one.words} if words else {})
            for one in verdicts
        ]
        return _json({"predictions": answers})

    async def feedback(self, request: Request) -> Response:
        """``POST /feedback``: what the customer said later."""
        said = messages.decode(messages.SAID, await _json_body(request), self._limits)
        if not _ID.fullmatch(said.id):
            raise Refused(422, "wrong_id", "the id is none that a prediction was given")
        self._log.put(Feedback(said.id, datetime.now(UTC), said.recommended))
        return _json({"id": said.id}, status=202)

    async def live(self, request: Request) -> Response:  # noqa: ARG002
        """``GET /health/live``: the process answers."""
        return _json({"status": "ok"})

    async def ready(self, request: Request) -> Response:  # noqa: ARG002
        """``GET /health/ready``: the model was checked."""
        if self.served is None:
            return _json({"status": "loading"}, status=503)
        return _json({"status": "ok", "version": self.served.version})

    async def ping(self, request: Request) -> Response:  # noqa: ARG002
        """``GET /ping``: as MLflow's server answers it."""
        return Response(b"\n", status_code=200 if self.served else 503, media_type=asked.JSON)

    async def mlflow_version(self, request: Request) -> Response:  # noqa: ARG002
        """``GET /version``: of MLflow, as its server answers it."""
        return Response(self._ready().mlflow_version, media_type="text/plain")

    async def model(self, request: Request) -> Response:  # noqa: ARG002
        """``GET /model``: what is served."""
        return _json(self._ready().about)

    async def metrics(self, request: Request) -> Response:  # noqa: ARG002
        """``GET /metrics``: for Prometheus."""
        return Response(self._metrics.text(), media_type="text/plain; version=0.0.4")

    async def _answer(
        self, request: Request, reviews: Sequence[str], titles: Sequence[str], words: int
    ) -> list[Verdict]:
        served = self._ready()
        asked.check_reviews(reviews, titles, self._limits)
        if len(reviews) == 1:
            answers = served.answerer.answer(reviews, titles, words=words)
        else:
            loop = asyncio.get_running_loop()
            answering = loop.run_in_executor(
                self._batches, lambda: served.answerer.answer(reviews, titles, words=words)
            )
            try:
                async with asyncio.timeout(self._limits.seconds):
                    answers = await answering
            except TimeoutError:
                raise messages.too_slow(self._limits) from None
        self._metrics.answers(answers, reviews)
        return self._record(served, reviews, titles, answers, request.scope["began"])

    def _record(
        self, served: Served, reviews: Sequence[str], titles: Sequence[str], answers: Sequence[Answer], began: float
    ) -> list[Verdict]:
        now, took = datetime.now(UTC), (time.perf_counter() - began) * 1000
        keeps = self._settings.log_text
        verdicts = []
        for review, title, answer in zip(reviews, titles, answers, strict=True):
            identity = secrets.token_hex(16)
            self._log.put(
                Prediction(
                    id=identity,
                    time=now,
                    version=served.version,
                    digest=served.digest,
                    probability=answer.probability,
                    recommended=answer.recommended,
                    characters=len(review),
                    words=answer.words,
                    known_words=answer.known_words,
                    has_title=bool(title.strip()),
                    review=review if keeps else None,
                    title=title if keeps else None,
                    milliseconds=took,
                )
            )
            verdicts.append(
                Verdict(
                    answer.probability,
                    answer.recommended,
                    served.version,
                    identity,
                    answer.known_words,
                    answer.moved_by,
                )
            )
        return verdicts

    def _ready(self) -> Served:
        if self.served is None:
            raise Refused(503, "not_ready", "the model is being checked; try again in a second")
        return self.served

    def _words(self, request: Request) -> int:
        number = asked.parameters_of(request.scope["query_string"]).get("words", "0")
        is_number = number.isascii() and number.isdigit() and len(number) < 10
        return asked.check_words(int(number) if is_number else -1, self._limits)


def _parted(reviews: Sequence[Review | str]) -> tuple[list[str], list[str]]:
    """Give texts and titles."""
    texts = [one if isinstance(one, str) else one.review for one in reviews]
    return texts, ["" if isinstance(one, str) else one.title or "" for one in reviews]


async def _json_body(request: Request) -> bytes:
    body = await request.body()
    asked.check_type(header(request.scope, b"content-type"), header(request.scope, b"content-encoding"), body)
    return body


def _json(value: Any, *, status: int = 200) -> Response:
    return Response(messages.encode(value), status_code=status, media_type=asked.JSON)
