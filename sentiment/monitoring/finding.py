"""What one test says about one window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

Kind = Literal["predictions", "text", "data", "performance"]


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

    Holm's method: the smallest p-value is compared with ``rate / n``, the next with ``rate / (n - 1)``, and so on until
    one is above. It holds whatever the tests have to do with each other, which here is much, and always raises what
    Bonferroni's raises. Source: Holm, "A simple sequentially rejective multiple test procedure" (1979).
    """
    order = sorted(range(len(findings)), key=lambda position: findings[position].p_value)
    raised = set()
    for place, position in enumerate(order):
        if findings[position].p_value > rate / (len(findings) - place):
            break
        raised.add(position)
    return [finding.model_copy(update={"raised": position in raised}) for position, finding in enumerate(findings)]
