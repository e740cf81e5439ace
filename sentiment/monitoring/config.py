"""What is watched, as a configuration file states it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from sentiment.configuration import checked
from sentiment.monitoring.detectors import names
from sentiment.monitoring.limits import Limits


class MonitoringConfig(BaseModel):
    """What decides about an alarm; everything is stated, so that it is read in one place.

    Attributes:
        window: Which predictions are judged together where the command does not say so; see `window.choose`.
        fewest_rows: In a window; with fewer nothing is said about it.
        false_alarm_rate: Of a window without any change, over all its tests together.
        detectors: Names of those that are asked.
        floors: Metric to a value; an alarm where the whole interval of its estimate, or of what labels show, is below.
        limits: On requests.
        cool_down_hours: In which a change that was told is not told again.
        seed: Of all that is drawn.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    window: str
    fewest_rows: int = Field(ge=50)
    false_alarm_rate: float = Field(gt=0, le=0.2)
    detectors: list[str] = Field(min_length=1)
    floors: dict[str, float]
    limits: Limits
    cool_down_hours: float = Field(ge=0)
    seed: int = Field(ge=0, lt=2**32)

    @field_validator("detectors")
    @classmethod
    def _are_known(cls, detectors: list[str]) -> list[str]:
        known = names()
        if unknown := [name for name in detectors if name not in known]:
            raise ValueError(f"unknown: {', '.join(unknown)}; there are: {', '.join(known)}")
        if len(set(detectors)) < len(detectors):
            raise ValueError("one is named twice")
        return detectors

    @field_validator("floors")
    @classmethod
    def _can_be_estimated(cls, floors: dict[str, float]) -> dict[str, float]:
        if unknown := set(floors) - {"accuracy", "mcc", "roc_auc"}:
            raise ValueError(f"{', '.join(sorted(unknown))} cannot be estimated; accuracy, mcc, roc_auc can")
        return floors

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any], *, source: str) -> MonitoringConfig:
        """Check what a configuration file holds.

        Raises:
            ConfigError: A key is unknown or missing or its value is not allowed; every problem is named.
        """
        return checked(cls, mapping, complaint=f"{source} cannot be used")
