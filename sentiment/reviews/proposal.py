"""What a file that nobody described looks like: a schema to look at and agree to, never one to train on."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

import yaml
from pydantic import BaseModel, ConfigDict

from sentiment.reviews.csv_structure import Table, read_table
from sentiment.reviews.schema import Schema, canonical

ROWS = 2_000
"""Of the beginning of a file, that a proposal is made from."""

_FIELDS = {
    "text": "--text-column",
    "title": "--title-column",
    "label": "--label-column",
    "department": "--department-column",
    "id": "--id-column",
    "recommended_from": "--recommended-from",
    "not_recommended_to": "--not-recommended-to",
}
_TITLE = re.compile(r"title|headline|subject|summary", re.IGNORECASE)
_LABEL = re.compile(r"recommend|sentiment|label|target|positive|liked|is_good|class$", re.IGNORECASE)
_STARS = re.compile(r"star|rating|score|overall|points|note|grade", re.IGNORECASE)
_DEPARTMENT = re.compile(r"department|category|section|aisle|product_type|group", re.IGNORECASE)
_ID = re.compile(r"(^|[^a-z])id$|^id[^a-z]|uuid|key$|number$", re.IGNORECASE)
_FEWEST_STARS, _MOST_STARS = 3, 101


class Proposal(BaseModel):
    """A schema that would fit the beginning of a file.

    Attributes:
        found: What differs from the article's schema, as a schema file holds it; empty where the file is the article's.
        open_questions: What could not be guessed, a sentence each. With any, the schema cannot be used as it is.
        looked_at: Rows that it was made from.
        recommended: Of these rows, those that would recommend.
        not_recommended: Those that would not.
        left_out: Those that would say neither.
        without_meaning: Those whose label would not be understood.
    """

    model_config = ConfigDict(frozen=True)

    found: dict[str, str | int | float | bool]
    open_questions: tuple[str, ...]
    looked_at: int
    recommended: int
    not_recommended: int
    left_out: int
    without_meaning: int

    def as_yaml(self) -> str:
        """Write the schema as the file that ``--schema`` reads."""
        return yaml.safe_dump(self.found, sort_keys=False, allow_unicode=True) if self.found else "{}\n"

    def as_options(self) -> str | None:
        """Write the schema as options of the command line; None where it needs more than there are options for."""
        if any(name not in _FIELDS for name in self.found):
            return None
        return " ".join(f"{_FIELDS[name]} {shlex.quote(str(value))}" for name, value in self.found.items())


def read_beginning(path: Path, *, encoding: str) -> tuple[Table, bool]:
    """Read the rows that a proposal is made from; tells too whether cells stand in quotes, as `Schema` has it.

    They do not where quotes, read as such, break rows, are characters like any other in the same rows without a fault,
    and begin or end a cell more often than they surround one.

    Raises:
        InputError: As `read_table`.
        InvalidReviewsError: As `read_table`.
    """
    table = read_table(path, encoding=encoding, expected=(), most=ROWS)
    if not table.problems:
        return table, True
    as_characters = read_table(path, encoding=encoding, expected=(), quoted=False, most=ROWS)
    ends = Counter((cell[:1] == '"') + (cell[-1:] == '"') for row in as_characters.rows for cell in row)
    if as_characters.problems or ends[2] >= ends[1]:
        return table, True
    return as_characters, False


def propose(header: Sequence[str], rows: Sequence[Sequence[str]], *, quoted: bool = True) -> Proposal:
    """Guess which columns of a file are what, from their names and cells.

    Args:
        header: Column names.
        rows: Some of the file, each with a cell a column.
        quoted: Whether cells stand in quotes.
    """
    columns = {name: [row[position] for row in rows] for position, name in enumerate(header) if name}
    schema = Schema()
    questions: list[str] = []
    given: dict[str, str | int | float | bool] = {} if quoted else {"quoted": False}
    text = schema.text if schema.text in columns else _wordiest(columns)
    label, how = (schema.label, {}) if schema.label in columns else _label(columns, text)
    if text is None:
        questions.append("no column has texts of several words; which is the review? (--text-column)")
    if label is None:
        questions.append("no column looks like a label; which is it? (--label-column)")
    taken = {text, label}
    for field, value in (("text", text), ("label", label)):
        if value is not None and value != getattr(schema, field):
            given[field] = value
    given |= how
    for field, pattern in (("title", _TITLE), ("department", _DEPARTMENT), ("id", _ID)):
        article = getattr(schema, field)
        guess = article if article in columns else _named(columns, pattern, taken)
        if field == "id" and guess and len(set(columns[guess])) < len(rows):
            guess = None  # what does not tell rows apart is no id
        if guess is not None and guess != article:
            given[field] = guess
        taken.add(guess)
    labels = Schema.model_validate(given).labels(columns[label]) if label is not None else []
    return Proposal(
        found=given,
        open_questions=tuple(questions),
        looked_at=len(rows),
        recommended=labels.count(1),
        not_recommended=labels.count(0),
        left_out=labels.count(None),
        without_meaning=sum(isinstance(one, str) for one in labels),
    )


def _wordiest(columns: dict[str, list[str]]) -> str | None:
    """The column with the most words a cell; None where none has two on average."""
    words = {name: mean([len(cell.split()) for cell in cells] or [0]) for name, cells in columns.items()}
    best = max(words, key=words.__getitem__, default=None)
    return best if best is not None and words[best] >= 2 else None


def _named(columns: dict[str, list[str]], pattern: re.Pattern[str], taken: set[str | None]) -> str | None:
    return next((name for name in columns if name not in taken and pattern.search(name)), None)


def _label(columns: dict[str, list[str]], text: str | None) -> tuple[str | None, dict[str, int | float]]:
    """The column of the label and how it is made: first one that says yes and no, then one of stars."""
    usual = Schema()
    known = {canonical(value) for value in (*usual.yes_values, *usual.no_values)}
    two_valued = [
        name
        for name, cells in columns.items()
        if name != text and len(values := {canonical(cell) for cell in cells}) == 2 and values <= known
    ]
    if two_valued:
        return next((name for name in two_valued if _LABEL.search(name)), two_valued[0]), {}
    stars = [name for name in columns if name != text and (_LABEL.search(name) or _STARS.search(name))]
    scales = {name: numbers for name in stars if len(set(numbers := _numbers(columns[name]))) >= _FEWEST_STARS}
    if scales:
        name = min(scales, key=lambda one: len(set(scales[one])) > _MOST_STARS)  # means of stars have many values
        return name, _thresholds(scales[name])
    named = _named(columns, _LABEL, {text})
    return named, {}


def _numbers(cells: Sequence[str]) -> list[float]:
    """The cells as numbers; none where one of them is no number."""
    try:
        return [float(cell) for cell in cells if cell.strip()]
    except ValueError:
        return []


def _thresholds(numbers: Sequence[float]) -> dict[str, int | float]:
    """Of five stars, four recommend and two do not; of other scales, what lies as high and as low."""
    low, high = min(numbers), max(numbers)
    if low >= 0 and high <= 5 and all(number.is_integer() for number in numbers):
        low, high = 1, 5
    span = high - low
    return {
        "recommended_from": _plain(low + 0.75 * span),
        "not_recommended_to": _plain(low + 0.25 * span),
    }


def _plain(number: float) -> int | float:
    return int(number) if float(number).is_integer() else round(number, 6)
