"""Each part of a library that the project replaces or uses is gone, or takes other arguments: the command works.

The other parts are tried where what uses them is tested: `PLACES` says where.
"""

from __future__ import annotations

import pytest

from sentiment.overrides import Override
from sentiment.service.application import protocol
from steps.shared.overrides import all_overrides
from tests.another_release import released
from tests.e2e.conftest import copy_project

ROWS = 200
TRAIN = ("train", "--only", "bag_of_words", "--data", "few.csv")
SAVING = (*TRAIN, "--seed")
STATUS, REPORT = ("stack", "status"), ("report", "--out", "report.html")
COMMANDS = {
    "load": REPORT,
    "write_file_contents_as_string": STATUS,
    "MLFlowExperimentTracker.disable_autologging": TRAIN,
    "_get_package_for_module": TRAIN,
    "LoggingHandler.flush": TRAIN,
    "LightGBMIntegration.activate": TRAIN,
    "warn_dependency_requirement_mismatches": (*SAVING, "7"),
}
PLACES = {
    "ZenMLS3Filesystem.makedirs": "test_s3_stack.py",
    "init": "../tracking/test_mlflow_overrides.py",
    "ServerState.connections": "../service/test_connections.py",
    "H11Protocol.transport": "../service/test_connections.py",
    "H11Protocol.cycle.response_complete": "../service/test_connections.py",
    **{part.attribute: "../service/test_hostile.py" for part in protocol.OVERRIDES},
    "HTTP_PROTOCOLS": "../webapp/test_page_server.py",
    "launch_gateway": "../spark/test_gateway.py",
    "SparkContext._ensure_initialized": "../spark/test_gateway.py",
    "SparkContext._gateway": "../spark/test_gateway.py",
    "SparkContext._jvm": "../spark/test_gateway.py",
}
OVERRIDES = {override.attribute: override for override in all_overrides()}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A project with one small model, whose training is in the cache."""
    project = copy_project(tmp_path_factory.mktemp("sentiment"))
    rows = (project.root / "data" / "sample_reviews.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (project.root / "few.csv").write_text("".join(rows[:ROWS]), encoding="utf-8")
    project.run(*TRAIN)
    return project


def notes(project, how: str, overrides: list[Override], *command: str) -> list[str]:
    """Run a command without the overrides, which must succeed; gives what it says of them."""
    done = project.python(*released(how, *overrides), "run.py", "--verbose", *command)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return [line for line in f"{done.stdout}\n{done.stderr}".splitlines() if "Not used" in line]


def test_every_override_is_tried_somewhere():
    assert set(COMMANDS) | set(PLACES) == set(OVERRIDES)


@pytest.mark.parametrize("attribute", COMMANDS)
def test_without_a_name_the_command_works_and_says_once_what_is_lost(trained, attribute):
    override = OVERRIDES[attribute]
    said = notes(trained, "removed", [override], *COMMANDS[attribute])
    assert len(said) == 1
    assert f"{override.name}: it is missing" in said[0]
    assert override.lost in said[0]


def test_with_other_arguments_the_command_works_and_says_once_of_each_what_is_lost(trained):
    overrides = [OVERRIDES[attribute] for attribute in COMMANDS]
    said = notes(trained, "changed", overrides, *SAVING, "8")
    assert len(said) == len(overrides)
    for override in overrides:
        expected = f"it takes (args, added, options); ({', '.join(override.parameters)}) expected"
        assert sum(f"{override.name}: {expected}" in line for line in said) == 1


def test_without_verbose_nothing_is_said(trained):
    done = trained.python(*released("removed", OVERRIDES["load"]), "run.py", "report", "--out", "quiet.html")
    assert (done.returncode, "Not used" in done.stderr) == (0, False), done.stderr
