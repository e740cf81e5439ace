"""What is searched: families, and for each of them recipes and ranges of hyperparameters."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from sentiment.configuration import checked, read_mapping
from sentiment.errors import ConfigError
from sentiment.metrics.summary import MetricName
from sentiment.models import families
from sentiment.training.candidates import Candidate

Value = int | float | str | bool
Values = dict[str, Value]
"""The value of every dimension that one trial has, by its name."""
FAMILY, RECIPE = "family", "recipe"


class Domain(BaseModel):
    """The values that one hyperparameter may have: a few, or all numbers from one to another.

    Attributes:
        choices: Those there are; for numbers in between, None.
        low: Of a range; a whole number at both ends means whole numbers.
        high: Of a range, itself included.
        log: Whether the range is searched by orders of magnitude.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    choices: tuple[Value, ...] | None = None
    low: int | float | None = None
    high: int | float | None = None
    log: bool = False

    @model_validator(mode="after")
    def _is_a_choice_or_a_range(self) -> Domain:
        if self.choices is not None:
            if self.low is not None or self.high is not None or self.log or not self.choices:
                raise ValueError("choices need at least one value, and no low, high or log")
        elif self.low is None or self.high is None or self.low >= self.high:
            raise ValueError(f"a range from {self.low} to {self.high} is empty; choices, or low below high, expected")
        elif self.log and self.low <= 0:
            raise ValueError(f"low is {self.low}; above 0 expected where log is true")
        return self

    @property
    def ends(self) -> tuple[Value, ...]:
        """Every choice, or both ends of the range: what a family must accept."""
        return self.choices if self.choices is not None else (self.low, self.high)  # type: ignore[return-value]  # both are set

    def holds(self, value: Any) -> bool:
        """Whether a value is one of these."""
        if self.choices is not None:
            return value in self.choices
        return isinstance(value, int | float) and (self.low or 0) <= value <= (self.high or 0)

    @property
    def whole(self) -> bool:
        """Whether this is a range of whole numbers."""
        return isinstance(self.low, int) and isinstance(self.high, int)


class FamilySpace(BaseModel):
    """What is searched of one family.

    Attributes:
        recipe: One, or several to choose from.
        params: Ranges by the hyperparameter's name; one of a blend's member is called ``member.name``.
        fixed: Values of others; those that are named nowhere have the family's defaults.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    recipe: tuple[str, ...]
    params: dict[str, Domain] = Field(default_factory=dict)
    fixed: dict[str, Any] = Field(default_factory=dict)

    @field_validator("recipe", mode="before")
    @classmethod
    def _one_or_several(cls, recipe: Any) -> Any:
        return (recipe,) if isinstance(recipe, str) else recipe


class Dimension(NamedTuple):
    """One thing that a trial chooses.

    Attributes:
        name: ``family``, ``FAMILY.recipe`` or ``FAMILY.HYPERPARAMETER``.
        family: That has it; None for the choice among families.
    """

    name: str
    domain: Domain
    family: str | None


class Space(BaseModel):
    """What a search looks through, and how it judges.

    Attributes:
        start: The candidate of the training configuration that must be beaten; it is the first trial.
        metric: Judges trials, on rows that the trial's model was not fitted on.
        folds: Of the cross-validation.
        trials: In all, unless the command says another number.
        seed: Of folds, engine and models.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: str
    metric: MetricName = "roc_auc"
    folds: int = Field(default=3, ge=2, le=20)
    trials: int = Field(default=40, ge=1)
    seed: int = Field(default=0, ge=0, lt=2**31)
    families: dict[str, FamilySpace] = Field(min_length=1)

    @model_validator(mode="after")
    def _families_accept_every_end(self) -> Space:
        for name, space in self.families.items():
            if name not in families.names():
                raise ValueError(f"family {name!r} is not known; there are: {', '.join(families.names())}")
            for param, domain in space.params.items():
                for end in domain.ends:
                    _candidate(name, space.recipe[0], {**space.fixed, param: end})
            for recipe in space.recipe:
                _candidate(name, recipe, space.fixed)
        return self

    def only(self, names: tuple[str, ...]) -> Space:
        """Keep the families called `names`; none named keeps all.

        Raises:
            ConfigError: One is not in the space.
        """
        if unknown := sorted(set(names) - self.families.keys()):
            raise ConfigError(f"the space has no family {', '.join(unknown)}; there are: {', '.join(self.families)}")
        kept = {name: space for name, space in self.families.items() if not names or name in names}
        return self.model_copy(update={"families": kept})

    @property
    def dimensions(self) -> list[Dimension]:
        """Everything that is chosen, in a fixed order; what has one value only is not."""
        found = [Dimension(FAMILY, Domain(choices=tuple(self.families)), None)]
        for name, space in self.families.items():
            found.append(Dimension(f"{name}.{RECIPE}", Domain(choices=space.recipe), name))
            found += [Dimension(f"{name}.{param}", domain, name) for param, domain in space.params.items()]
        return [one for one in found if one.domain.choices is None or len(one.domain.choices) > 1]

    def family_of(self, values: Values) -> str:
        """Name the family that values are of."""
        return str(values.get(FAMILY, next(iter(self.families))))

    def values_of(self, candidate: Candidate) -> Values:
        """Give the values that a candidate has, for an engine to learn from; none where it lies outside the space."""
        if candidate.family not in self.families:
            return {}
        found: Values = {}
        for one in self.dimensions:
            if one.family not in (None, candidate.family):
                continue
            value: Any = candidate.family if one.family is None else _look_up(candidate, one.name.partition(".")[2])
            if not one.domain.holds(value):
                return {}
            found[one.name] = value
        return found

    def active(self, values: Values) -> Values:
        """Keep what the chosen family has, in the order of the dimensions; adaptive TPE gives others values too."""
        family = self.family_of(values)
        kept = [one.name for one in self.dimensions if one.family in (None, family)]
        return {name: values[name] for name in kept if name in values}

    def candidate(self, values: Values) -> Candidate:
        """Make the candidate that has these values, called ``FAMILY_searched``."""
        family = self.family_of(values)
        space, prefix = self.families[family], f"{family}."
        own = {key.removeprefix(prefix): value for key, value in values.items() if key.startswith(prefix)}
        recipe = str(own.pop(RECIPE, space.recipe[0]))
        return _candidate(family, recipe, {**space.fixed, **own})


def _look_up(candidate: Candidate, path: str) -> Any:
    if path == RECIPE:
        return candidate.recipe
    found: Any = candidate.params
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _candidate(family: str, recipe: str, params: dict[str, Any]) -> Candidate:
    nested: dict[str, Any] = {}
    for path, value in params.items():
        *members, last = path.split(".")
        place = nested
        for member in members:
            place = place.setdefault(member, {})
        place[last] = value
    return Candidate(name=f"{family}_searched", family=family, recipe=recipe, params=nested)


def load_space(path: Path) -> Space:
    """Read and check a search space.

    Raises:
        ConfigError: The file cannot be read, or something in it is not allowed; every problem is named.
    """
    return parse_space(read_mapping(path), source=str(path))


def parse_space(values: dict[str, Any], *, source: str) -> Space:
    """Check the values of a search space; see `load_space`."""
    return checked(Space, values, complaint=f"{source} is not a search space")
