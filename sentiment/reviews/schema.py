"""Which columns of a file are what, and which labels recommend. The article's names are the default."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sentiment.configuration import checked
from sentiment.errors import ConfigError

TAG = "schema"
"""Tag of every run and registered version: the schema that its file was read with, as JSON."""
LONGEST = 4_000
"""Characters of a schema as JSON, at most: what every store takes beside a run and a version."""


class Schema(BaseModel):
    """How a file of reviews is read.

    The label is made of values that mean yes or no, or, with `recommended_from` and `not_recommended_to`, of a number
    such as stars; rows between the two say neither, and are left out and counted.

    Attributes:
        text: Column of the review.
        title: Column of the title; the article's may be missing, another one must be there. None: there is none.
        label: Column that the label is made of.
        department: Column that reviews are grouped by; as `title`.
        id: Column that names a row to its owner; None where only its number does.
        yes_values: Cells that recommend. Case and surrounding spaces do not count, and ``1.0`` is ``1``.
        no_values: Cells that do not.
        neither_values: Cells that say neither, with thresholds or without; their rows are left out and counted.
        recommended_from: The least number that recommends.
        not_recommended_to: The greatest number that does not.
        quoted: Whether cells of a CSV may stand in quotes; where not, a quote is a character like any other, as in many
            files with tabs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, str_min_length=1)

    text: str = "Review Text"
    title: str | None = "Title"
    label: str = "Recommended IND"
    department: str | None = "Department Name"
    id: str | None = None
    yes_values: tuple[str, ...] = ("1", "true", "yes")
    no_values: tuple[str, ...] = ("0", "false", "no")
    neither_values: tuple[Annotated[str, Field(min_length=0)], ...] = ()
    recommended_from: float | None = None
    not_recommended_to: float | None = None
    quoted: bool = True

    @model_validator(mode="after")
    def _makes_sense(self) -> Schema:
        named = [name for name in (self.text, self.title, self.label, self.department, self.id) if name is not None]
        if twice := sorted({name for name in named if named.count(name) > 1}):
            raise ValueError(f"column {', '.join(map(repr, twice))} is named for two things; one each expected")
        if (self.recommended_from is None) != (self.not_recommended_to is None):
            raise ValueError("recommended_from and not_recommended_to are needed together, or neither")
        if (
            self.recommended_from is not None
            and self.not_recommended_to is not None
            and self.not_recommended_to >= self.recommended_from
        ):
            raise ValueError(
                f"not_recommended_to {self.not_recommended_to:g} must be less than "
                f"recommended_from {self.recommended_from:g}"
            )
        yes, no, neither = self._meanings()
        if not yes or not no or not yes.isdisjoint(no):
            raise ValueError("yes_values and no_values need at least one value each, and none in both")
        if both := sorted(neither & (yes | no if self.recommended_from is None else set())):
            raise ValueError(f"neither_values has {both[0]!r}, which says yes or no already")
        if (length := len(self.model_dump_json())) > LONGEST:
            raise ValueError(f"written as JSON it has {length:,} characters; at most {LONGEST:,} are kept with a run")
        return self

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any], *, source: str) -> Schema:
        """Check what a schema file holds.

        Args:
            mapping: The parsed file.
            source: What to call it in an error.

        Raises:
            ConfigError: A key is unknown or its value is not allowed; every problem is named.
        """
        return checked(cls, mapping, complaint=f"{source} is no schema of reviews")

    @classmethod
    def of_tags(cls, tags: Mapping[str, str]) -> Schema:
        """Read the schema that a version was trained with; one of before there were schemas has the article's.

        Raises:
            ConfigError: It cannot be read, because another release of this project wrote it.
        """
        if TAG not in tags:
            return cls()
        try:
            return cls.model_validate_json(tags[TAG])
        except ValueError as error:
            raise ConfigError(f"the schema of the version cannot be read: {tags[TAG][:200]!r} found") from error

    def settings(self) -> dict[str, Any]:
        """Give what differs from the article's schema: the content of a schema file."""
        given = self.model_dump(mode="json", exclude_defaults=True)
        return {
            name: int(value) if isinstance(value, float) and value.is_integer() else value
            for name, value in given.items()
        }

    def required(self, *, label: bool = True) -> list[str]:
        """List the columns that must be there: what the article's file may lack is required where it was named.

        Args:
            label: Whether the rows are to have labels.
        """
        article = Schema.model_fields
        optional = [
            name
            for field, name in (("title", self.title), ("department", self.department), ("id", self.id))
            if name is not None and name != article[field].default
        ]
        return [self.text, *([self.label] if label else []), *optional]

    @property
    def expected_labels(self) -> str:
        """Say in words which cells of the label's column are understood."""
        if self.recommended_from is not None:
            return (
                f"numbers alone expected ('4', not '4 stars'), of which those from {self.recommended_from:g} recommend "
                f"and those up to {self.not_recommended_to:g} do not"
            )
        if self.yes_values == Schema.model_fields["yes_values"].default:
            return (
                "0 or 1 expected, or true and false, or yes and no; other words are named by "
                "yes_values and no_values in a --schema, and stars by --recommended-from and --not-recommended-to"
            )
        return f"one of {', '.join(self.yes_values)} expected where it recommends, of {', '.join(self.no_values)} else"

    @property
    def label_cells(self) -> tuple[str, str]:
        """Give a cell that recommends, and one that does not."""
        if self.recommended_from is None or self.not_recommended_to is None:
            return self.yes_values[0], self.no_values[0]
        return repr(self.recommended_from), repr(self.not_recommended_to)

    def labels(self, cells: Sequence[str]) -> list[int | str | None]:
        """Make labels of cells.

        Returns:
            One a cell: 0 or 1; None for one that says neither; the cell itself where it means nothing.
        """
        meanings = self._meanings()
        meaning = {cell: self._label(cell, *meanings) for cell in set(cells)}
        return [meaning[cell] for cell in cells]

    def _meanings(self) -> tuple[set[str], set[str], set[str]]:
        """Give the cells that say yes, no and neither, as `canonical` has them."""
        yes, no, neither = (
            set(map(canonical, values)) for values in (self.yes_values, self.no_values, self.neither_values)
        )
        return yes, no, neither

    def _label(self, cell: str, yes: set[str], no: set[str], neither: set[str]) -> int | str | None:
        found = canonical(cell)
        if found in neither:
            return None
        if self.recommended_from is None or self.not_recommended_to is None:
            return 1 if found in yes else 0 if found in no else cell
        try:
            number = float(cell)
        except ValueError:
            return cell
        if not math.isfinite(number) or "_" in cell:
            return cell
        return 1 if number >= self.recommended_from else 0 if number <= self.not_recommended_to else None


def canonical(cell: str) -> str:
    """Give what two cells have in common that mean the same: ``" Yes "`` and ``yes``, ``1.0`` and ``1``."""
    folded = cell.strip().casefold()
    try:
        number = float(folded)
    except ValueError:
        return folded
    return repr(number + 0.0) if math.isfinite(number) and "_" not in folded else folded


ARTICLE = Schema()
"""The schema of the article's file."""
