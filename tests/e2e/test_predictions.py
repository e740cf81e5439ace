"""What `predictions` counts, and which times it takes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sentiment.service.predictions import Feedback
from sentiment.service.predictions.folder import Segments
from tests.e2e.conftest import copy_project
from tests.service.test_prediction_log import NOON, prediction
from tests.service.test_stores import write

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """A project with three predictions an hour apart, a label that changed, and 1,000 labels of invented ids."""
    project = copy_project(tmp_path_factory.mktemp("recorded"))
    store = Segments(project.root / ".predictions")
    write(store, *(prediction(number, time=NOON + number * HOUR) for number in range(3)))
    write(store, Feedback("p0", NOON + 9 * HOUR, False), Feedback("p0", NOON + 8 * HOUR, True))
    write(store, *(Feedback(f"invented{number}", NOON, True) for number in range(1_000)))
    return project


def test_only_labels_count_whose_prediction_is_there_and_of_two_the_newest(recorded):
    said = recorded.run("predictions").stdout.splitlines()
    assert said[-2].startswith("3 predictions, 1 with what the customer said, in ")
    assert said[-1] == "1,000 labels are about predictions that are not there."
    assert [one["customer_said"] for one in recorded.json("predictions")] == [False, None, None]


@pytest.mark.parametrize(
    ("since", "left", "shown"),
    [
        ("2026-01-02T13:00", 2, "2026-01-02 13:00:00"),
        ("2026-01-02T13:00+01:00", 3, "2026-01-02 12:00:00"),
        ("2026-01-02T15:00 Europe/Berlin", 1, "2026-01-02 14:00:00"),
    ],
)
def test_a_time_has_a_zone_which_is_shown(recorded, since, left, shown):
    summary = recorded.run("predictions", "--since", since).stdout.splitlines()[-1]
    noun = "prediction" if left == 1 else "predictions"
    assert summary.startswith(f"{left} {noun} since {shown} UTC, {int(left == 3)} with what the customer said")


@pytest.mark.parametrize("order", [("predictions", "--since"), ("predictions", "forget", "--before")])
@pytest.mark.parametrize(
    ("time", "said"), [("tomorrow", "'tomorrow' is no time; a time such as"), ("2999-01-01", "is in the future: 2999")]
)
def test_what_is_no_time_in_the_past_is_refused(recorded, order, time, said):
    refused = recorded.run(*order, time, exits=2)
    assert said in " ".join(refused.stderr.split())
    assert len(recorded.json("predictions")) == 3
