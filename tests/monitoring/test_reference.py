"""What a version is compared with is what was made for it, or nothing is judged by it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from sentiment.errors import DamagedReferenceError
from sentiment.monitoring.reference import Reference, make_reference

STORED = Path(__file__).parent / "stored" / "reference_0.1.0.json"


@pytest.fixture(scope="module")
def reference(models):
    rows = pd.DataFrame(
        {
            "title": ["Lovely", ""],
            "review": ["It is soft and warm", "I sent it back, it is too small"],
            "recommended": [1, 0],
        }
    )
    return make_reference("3", models[-1], rows, rows, {"mcc": 0.6})


def test_a_reference_is_whole_as_it_was_made_and_as_it_was_kept(reference):
    reference.require_whole()
    Reference.model_validate_json(reference.model_dump_json()).require_whole()
    assert len(reference.digest) == 64
    assert reference.titled == [True, False]
    assert reference.texts == ["It is soft and warm", "I sent it back, it is too small"]


def test_a_reference_that_an_earlier_version_stored_is_still_whole_and_compares_no_repeats():
    earlier = Reference.model_validate_json(STORED.read_bytes())
    earlier.require_whole()
    assert earlier.rows().repeats is None
    assert len(earlier.rows()) == 2
    changed = json.loads(STORED.read_bytes()) | {"came": 5}
    with pytest.raises(DamagedReferenceError):
        Reference.model_validate(changed).require_whole()


@pytest.mark.parametrize(
    "changed",
    [
        {"probabilities": [0.5, 0.5]},
        {"labels": [1, 1]},
        {"version": "4"},
        {"digest": ""},
        {"came": 9},
        {"repeats": [(1, 0)]},
    ],
)
def test_a_changed_one_is_refused_with_the_command_that_makes_it_again(reference, changed):
    damaged = reference.model_copy(update=changed)
    number = damaged.version
    said = f"the reference of version {number} is not what was made: .* monitor --make-reference --version {number}"
    with pytest.raises(DamagedReferenceError, match=said):
        damaged.require_whole()
