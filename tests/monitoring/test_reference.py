"""What a version is compared with is what was made for it, or nothing is judged by it."""

from __future__ import annotations

import pytest

from sentiment.errors import DamagedReferenceError
from sentiment.monitoring.reference import Reference, make_reference
from sentiment.text import TITLE_END


@pytest.fixture(scope="module")
def reference(models):
    documents = [f"Lovely{TITLE_END}It is soft and warm", "I sent it back, it is too small"]
    return make_reference("3", models[-1], documents, [1, 0], {"mcc": 0.6})


def test_a_reference_is_whole_as_it_was_made_and_as_it_was_kept(reference):
    reference.require_whole()
    Reference.model_validate_json(reference.model_dump_json()).require_whole()
    assert len(reference.digest) == 64
    assert reference.titled == [True, False]


@pytest.mark.parametrize(
    "changed", [{"probabilities": [0.5, 0.5]}, {"labels": [1, 1]}, {"version": "4"}, {"digest": ""}]
)
def test_a_changed_one_is_refused_with_the_command_that_makes_it_again(reference, changed):
    damaged = reference.model_copy(update=changed)
    number = damaged.version
    said = f"the reference of version {number} is not what was made: .* monitor --make-reference --version {number}"
    with pytest.raises(DamagedReferenceError, match=said):
        damaged.require_whole()
