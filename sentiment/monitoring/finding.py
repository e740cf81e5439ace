"""What one test says about one window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

Kind = Literal["predictions", "text", "data", "performance"]
WEIGHTS: dict[Kind, float] = {"predictions": 4.0}
"""What a test counts of those of a window; 1 where nothing is said. A change of the predictions is what a shop feels,
and the faintest: titles or a language that change are seen at a small share of the rate as well."""


class Finding(BaseModel):
    """One test.

    Attributes:
        name: Of the detector.
        kind: What has changed where it is right.
        window: The value that people look at, in the window.
        reference: The same in the reference.
        p_value: Of the window being like the reference, in [0, 1].
        raised: Whether it counts as a change, at the rate that holds for all tests of the window together.
        detail: More, for people; may hold words of reviews.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    kind: Kind
    window: float
    reference: float
    p_value: float
    raised: bool = False
    detail: str = ""


def judged_together(findings: Sequence[Finding], rate: float) -> list[Finding]:
    """Raise findings so that a window without any change raises one with at most the probability `rate`.

    Holm's method with weights: beginning with the smallest p-value by its weight, each is compared with its weight's
    share of the rate, among those that are left, until one is above. It holds whatever the tests have to do with each
    other, which here is much, and always raises what Bonferroni's raises.
    Source: Holm, "A simple sequentially rejective multiple test procedure" (1979), section 4.
    """
    weights = [WEIGHTS.get(finding.kind, 1.0) for finding in findings]
    order = sorted(range(len(findings)), key=lambda position: findings[position].p_value / weights[position])
    raised: set[int] = set()
    left = sum(weights)
    for position in order:
        if findings[position].p_value > rate * weights[position] / left:
            break
        raised.add(position)
        left -= weights[position]
    return [finding.model_copy(update={"raised": position in raised}) for position, finding in enumerate(findings)]
