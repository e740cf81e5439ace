"""The gate's limits, as a configuration file states them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from sentiment.configuration import checked
from sentiment.metrics.summary import MetricName, known_metric


class Policy(BaseModel):
    """The gate's limits. All must be stated: what decides about production is read in one place.

    Attributes:
        floors: Metric to the least value (of a loss, the greatest) of anything that goes to production.
        metric: The one that challenger and champion are compared by.
        minimum_gain: Of `metric` over the champion on the same rows, in the metric's unit; for a loss, how
            much lower it must be. No gain at all never suffices.
        minimum_probability: That the challenger is better, by paired bootstrap, in [0, 1].
        max_microseconds_per_review: As measured by whoever decides.
        max_bytes: Of all files of the model.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    floors: dict[str, float] = Field(min_length=1)
    metric: MetricName
    minimum_gain: float = Field(ge=0)
    minimum_probability: float = Field(ge=0, le=1)
    max_microseconds_per_review: float = Field(gt=0)
    max_bytes: int = Field(gt=0)

    @field_validator("floors")
    @classmethod
    def _can_be_reached(cls, floors: dict[str, float]) -> dict[str, float]:
        for name, floor in floors.items():
            known_metric(name)
            low, high = (-1.0 if name == "mcc" else 0.0), (float("inf") if name == "log_loss" else 1.0)
            if not low <= floor <= high:
                raise ValueError(f"{floor:g} found for {name}, whose values lie in [{low:g}, {high:g}]")
        return floors

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any], *, source: str = "the promotion policy") -> Policy:
        """Check what a policy file holds.

        Args:
            mapping: The parsed file.
            source: What to call it in an error.

        Raises:
            ConfigError: A key is unknown or missing or its value is not allowed; every problem is named.
        """
        return checked(cls, mapping, complaint=f"{source} cannot be used")
