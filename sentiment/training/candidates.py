"""The training configuration: which candidates are trained, and how they are chosen among."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from sentiment import text
from sentiment.configuration import checked, read_mapping
from sentiment.errors import ConfigError
from sentiment.metrics.summary import MetricName
from sentiment.models import families
from sentiment.models.families.base import Examples, FamilyParams, Fitted


class Candidate(BaseModel):
    """One model to be trained: a family, a cleaning recipe, hyperparameters.

    Attributes:
        name: Lower case, unique in a configuration; names its step, its MLflow run and its row of the table.
        params: All hyperparameters of the family, defaults filled in.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    family: str
    recipe: str
    params: dict[str, Any] = Field(default_factory=dict)

    @field_validator("family")
    @classmethod
    def _is_known_family(cls, family: str) -> str:
        return _one_of(families.names(), family, "family")

    @field_validator("recipe")
    @classmethod
    def _is_known_recipe(cls, recipe: str) -> str:
        return _one_of(text.recipe_names(), recipe, "recipe")

    @model_validator(mode="before")
    @classmethod
    def _fill_in_params(cls, values: Any) -> Any:
        """Give every hyperparameter its value, so that a changed default is a changed candidate."""
        if not isinstance(values, dict) or values.get("family") not in families.names():
            return values
        params = values.get("params")
        checked = _family_params(values["family"], {} if params is None else params)
        return {**values, "params": checked.model_dump()}

    @property
    def algorithm(self) -> str:
        """What people call the family."""
        return str(families.get(self.family).ALGORITHM)

    @property
    def settings(self) -> FamilyParams:
        """The hyperparameters as the family has them."""
        return _family_params(self.family, self.params)

    @property
    def reads_ratings(self) -> bool:
        """Whether its training makes something of the star ratings, where there are any."""
        return self.settings.reads_ratings

    def prepare(self) -> None:
        """Import what the family needs, where that takes seconds, so that the time of a fit is its own."""
        getattr(families.get(self.family), "prepare", lambda: None)()

    def fit(self, train: Examples, validation: Examples, seed: int) -> Fitted:
        """Train on `train`; `validation` is for early stopping, calibration and thresholds."""
        family = families.get(self.family)
        recipe = text.get_recipe(self.recipe)
        fitted: Fitted = family.fit(self.settings, recipe, train, validation, seed)
        return fitted


def finds_words(candidate: Candidate, documents: Iterable[str]) -> bool:
    """Tell whether the recipe of a candidate makes any word of any document; ends with the first."""
    recipe = text.get_recipe(candidate.recipe)
    return any(any(character.isalnum() for character in word) for one in documents for word in recipe(one))


class TrainingConfig(BaseModel):
    """What `python run.py train` does.

    Attributes:
        seed: For the choice of validation rows and for every model.
        validation_share: Of the rows that are not test rows.
        selection_metric: Ranks candidates, on validation rows.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    seed: int = Field(default=0, ge=0, lt=2**32)
    validation_share: float = Field(default=0.1, gt=0.01, lt=0.5)
    selection_metric: MetricName = "mcc"
    candidates: tuple[Candidate, ...]

    @model_validator(mode="after")
    def _names_are_unique(self) -> TrainingConfig:
        names = [candidate.name for candidate in self.candidates]
        if not names:
            raise ValueError("candidates: none found; at least one expected")
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"candidates need names of their own; used twice: {', '.join(twice)}")
        return self

    def only(self, names: Collection[str]) -> TrainingConfig:
        """Keep the candidates called `names`, in the configuration's order; none named keeps all.

        Raises:
            ConfigError: A name is no candidate's.
        """
        if not names:
            return self
        known = [candidate.name for candidate in self.candidates]
        for name in names:
            if name not in known:
                raise ConfigError(f"no candidate is called {name!r}; there are: {', '.join(known)}")
        kept = tuple(candidate for candidate in self.candidates if candidate.name in names)
        return self.model_copy(update={"candidates": kept})


def load_training_config(path: Path) -> TrainingConfig:
    """Read and check a training configuration.

    Raises:
        ConfigError: The file cannot be read, or something in it is not allowed; every problem is named, with what is.
    """
    return parse_training_config(read_mapping(path), source=str(path))


def parse_training_config(values: dict[str, Any], *, source: str) -> TrainingConfig:
    """Check the values of a training configuration; see `load_training_config`."""
    return checked(TrainingConfig, values, complaint=f"{source} is not a training configuration")


def _family_params(family: str, params: Any) -> FamilyParams:
    """Check the hyperparameters of a family.

    Raises:
        ValueError: One is unknown or out of range; the message names it, and what is allowed.
    """
    model = families.get(family).Params
    try:
        checked: FamilyParams = model.model_validate(params)
    except ValidationError as error:
        raise ValueError("; ".join(_param_sentence(family, model, problem) for problem in error.errors())) from error
    return checked


def _param_sentence(family: str, model: type[FamilyParams], problem: Any) -> str:
    name = problem["loc"][-1] if problem["loc"] else "params"
    if problem["type"] == "extra_forbidden":
        allowed = ", ".join(model.model_fields)
        return f"found unknown parameter {name!r} of family {family!r}; allowed: {allowed}"
    return f"parameter {name!r} of family {family!r}: {problem['msg']} (found {problem['input']!r})"


def _one_of(allowed: list[str], value: str, what: str) -> str:
    if value in allowed:
        return value
    close = get_close_matches(value, allowed, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    raise ValueError(f"found unknown {what} {value!r}; allowed: {', '.join(allowed)}{hint}")
