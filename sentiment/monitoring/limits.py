"""What has a fixed limit instead of a reference: floors of metrics, and how the service does with its requests.

The service counts since it was started. What it had counted when a window was judged is kept with that window, and the
next one is judged by the difference, so that what was told once is not told for ever.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from sentiment.monitoring.estimate import Estimate

ERRORS, REFUSED = "server errors", "refused"
_REASONS = 3
_ROUTES = ("/predict", "/invocations")
_REFUSED, _FAILED, _BUSY = 400, 500, 503


class Breach(NamedTuple):
    """A limit that is not kept: its name, which is the same whenever it is, and a sentence."""

    name: str
    sentence: str


class Limits(BaseModel):
    """The most that is not an alarm.

    Attributes:
        server_errors: Share of the requests that the service failed to answer, in [0, 1].
        refused: Share of the requests that it refused, for whatever reason, in [0, 1].
        p99_milliseconds: From the arrival of a request to its answer, for 99 of 100 predictions of the window.
        fewest_requests: With fewer since the last window no share is looked at, and they count with the next ones.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    server_errors: float = Field(ge=0, le=1)
    refused: float = Field(ge=0, le=1)
    p99_milliseconds: float = Field(gt=0)
    fewest_requests: int = Field(default=50, ge=1)


class Requests(BaseModel):
    """What the service counted, since it was started or since a window.

    Attributes:
        number: Of requests to routes that take reviews.
        errors: Those of them that it failed to answer.
        refused: Those of them that it refused, because they were wrong or because it was busy.
        reasons: How many of the refused requests were refused for each reason; their sum is `refused`.
        began: When the service was started, in Unix time; None where it does not say so.
    """

    model_config = ConfigDict(frozen=True)

    number: int
    errors: int
    refused: int
    reasons: dict[str, int]
    began: float | None = None


class Reading(BaseModel):
    """The service's counters as they were read for a window, and what they are compared with.

    Attributes:
        counted: Since the service was started.
        before: The counters behind which the requests lie that the window is judged by; None for its start.
    """

    model_config = ConfigDict(frozen=True)

    counted: Requests
    before: Requests | None = None

    @property
    def restarted(self) -> bool:
        """Whether the service was started anew after `before`: it says so, or something was counted down."""
        if self.before is None:
            return False
        now, before = self.counted, self.before
        pairs = [(now.number, before.number), (now.errors, before.errors), (now.refused, before.refused)]
        pairs += [(now.reasons.get(name, 0), number) for name, number in before.reasons.items()]
        return now.began != before.began or any(new < old for new, old in pairs)

    @property
    def since(self) -> Requests:
        """The requests after `before`; after a restart, those since then: what came between is not known."""
        if self.before is None or self.restarted:
            return self.counted
        now, before = self.counted, self.before
        reasons = {name: number - before.reasons.get(name, 0) for name, number in now.reasons.items()}
        return Requests(
            number=now.number - before.number,
            errors=now.errors - before.errors,
            refused=now.refused - before.refused,
            reasons={name: number for name, number in reasons.items() if number},
            began=now.began,
        )


def reading_after(last: Reading | None, counted: Requests, fewest: int) -> Reading:
    """Find what counters are compared with.

    Args:
        last: Of the window that was judged last; None for none.
        counted: Now.
        fewest: With fewer requests, no share of them was looked at.
    """
    if last is None:
        return Reading(counted=counted)
    # Where nobody asked since, the same requests are judged, so that it is the same window.
    is_open = counted == last.counted or last.since.number < fewest
    return Reading(counted=counted, before=last.before if is_open else last.counted)


def requests_of(metrics: str) -> Requests | None:
    """Read the service's counters, in Prometheus's text format; None where nobody has asked it anything yet.

    Raises:
        ValueError: It is something else.
    """
    from prometheus_client.parser import text_string_to_metric_families

    statuses: Counter[int] = Counter()
    reasons: Counter[str] = Counter()
    began = None
    for family in text_string_to_metric_families(metrics):
        for sample in family.samples:
            if sample.name == "sentiment_requests_total" and sample.labels["route"] in _ROUTES:
                statuses[int(sample.labels["status"])] += int(sample.value)
            elif sample.name == "sentiment_rejected_total" and sample.labels.get("route") in _ROUTES:
                if _is_refusal(int(sample.labels["status"])):
                    reasons[sample.labels["reason"]] += int(sample.value)
            elif sample.name == "sentiment_start_time_seconds":
                began = sample.value
    if not statuses:
        return None
    refused = sum(count for status, count in statuses.items() if _is_refusal(status))
    errors = sum(count for status, count in statuses.items() if status >= _REFUSED) - refused
    return Requests(number=statuses.total(), errors=errors, refused=refused, reasons=dict(reasons), began=began)


def _is_refusal(status: int) -> bool:
    """Whether a status says that the request was refused, because it was wrong or the service was busy."""
    return _REFUSED <= status < _FAILED or status == _BUSY


def over(requests: Requests | None, milliseconds: Sequence[float], limits: Limits) -> list[Breach]:
    """Say which limits of requests are not kept.

    Args:
        requests: Since the last window; None where the service was not asked.
        milliseconds: That each prediction of the window took, as far as that is recorded.
        limits: Of the configuration.
    """
    found = []
    if requests is not None and requests.number >= limits.fewest_requests:
        most = ", ".join(f"{name} {number:,}" for name, number in Counter(requests.reasons).most_common(_REASONS))
        shares = [
            (ERRORS, requests.errors, limits.server_errors, "were answered with an error of the service"),
            (REFUSED, requests.refused, limits.refused, f"were refused ({most})" if most else "were refused"),
        ]
        found += [
            Breach(name, f"requests: {count:,} of {requests.number:,} {what}; at most {limit:.1%} expected")
            for name, count, limit, what in shares
            if count > limit * requests.number
        ]
    slowest = float(np.quantile(milliseconds, 0.99)) if milliseconds else 0.0
    if slowest > limits.p99_milliseconds:
        sentence = f"99 of 100 took up to {slowest:,.0f} ms; at most {limits.p99_milliseconds:,.0f} expected"
        found.append(Breach("latency", f"requests: {sentence}"))
    return found


def below(values: dict[str, Estimate], how: str, floors: dict[str, float]) -> list[Breach]:
    """Say which metrics lie below their floors with the whole of their interval.

    Args:
        values: By the metric's name.
        how: They were come by.
        floors: By the metric's name.
    """
    return [
        Breach(f"{name} {how}", f"{name} {how} {values[name].value:.3f}, surely below the floor of {floor:g}")
        for name, floor in floors.items()
        if name in values and values[name].high < floor
    ]
