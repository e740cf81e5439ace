"""What has a fixed limit instead of a reference: floors of metrics, and how the service does with its requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from prometheus_client.parser import text_string_to_metric_families
from pydantic import BaseModel, ConfigDict, Field

from sentiment.monitoring.estimate import Estimate

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
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    server_errors: float = Field(ge=0, le=1)
    refused: float = Field(ge=0, le=1)
    p99_milliseconds: float = Field(gt=0)


class Requests(BaseModel):
    """What the service counted since it was started.

    Attributes:
        number: Of requests to routes that take reviews.
        errors: Those of them that it failed to answer.
        refused: Those of them that it refused, because they were wrong or because it was busy.
        reasons: How often requests to any route were refused for what.
    """

    model_config = ConfigDict(frozen=True)

    number: int
    errors: int
    refused: int
    reasons: dict[str, int]


def requests_of(metrics: str) -> Requests | None:
    """Read the service's counters, in Prometheus's text format; None where nobody has asked it anything yet.

    Raises:
        ValueError: It is something else.
    """
    statuses: Counter[int] = Counter()
    reasons: Counter[str] = Counter()
    for family in text_string_to_metric_families(metrics):
        for sample in family.samples:
            if sample.name == "sentiment_requests_total" and sample.labels["route"] in _ROUTES:
                statuses[int(sample.labels["status"])] += int(sample.value)
            elif sample.name == "sentiment_rejected_total":
                reasons[sample.labels["reason"]] += int(sample.value)
    if not statuses:
        return None
    errors = sum(count for status, count in statuses.items() if status >= _FAILED and status != _BUSY)
    refused = sum(count for status, count in statuses.items() if status >= _REFUSED) - errors
    return Requests(number=statuses.total(), errors=errors, refused=refused, reasons=dict(reasons))


def over(requests: Requests | None, milliseconds: Sequence[float], limits: Limits) -> list[Breach]:
    """Say which limits of requests are not kept.

    Args:
        requests: None where the service was not asked.
        milliseconds: That each prediction of the window took, as far as that is recorded.
        limits: Of the configuration.
    """
    found = []
    if requests is not None:
        most = ", ".join(f"{name} {number:,}" for name, number in Counter(requests.reasons).most_common(_REASONS))
        shares = [
            ("server errors", requests.errors, limits.server_errors, "were answered with an error of the service"),
            ("refused", requests.refused, limits.refused, f"were refused ({most})"),
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
