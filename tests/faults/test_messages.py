"""What a message says: what was found, what is expected, how to mend it; no SQL, no traceback, no empty reason."""

from __future__ import annotations

import errno
import sqlite3
from contextlib import closing

import pytest

from sentiment.errors import InputError
from sentiment.failures import DISK_FULL, in_words, unexpected
from sentiment.tracking.registry.history import LONGEST_NAME, LONGEST_REASON, require_fit
from steps.shared.zenml_overrides import override_zenml
from tests.e2e.conftest import Project, copy_trained
from tests.moments import after


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "line", "exit_code"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/x"), DISK_FULL, 1),
        (caused(RuntimeError("step failed"), OSError(errno.EDQUOT, "Disk quota exceeded")), DISK_FULL, 1),
        (RuntimeError("(sqlite3.OperationalError) database or disk is full\n[SQL: INSERT]"), DISK_FULL, 1),
        (OSError(errno.ENAMETOOLONG, "File name too long", "n" * 300), "n" * 200 + ": File name too long", 2),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), "/x: Permission denied", 1),
        (
            ValueError("wrong [SQL: SELECT *]\n(Background on this error at: https://sqlalche.me)"),
            "ValueError: wrong",
            1,
        ),
        (KeyError(), "KeyError: no reason was given", 1),
        (
            UnicodeEncodeError("utf-8", "\udcff", 0, 1, "x"),
            "found text that is not UTF-8 ('\\udcff'); UTF-8 expected",
            2,
        ),
    ],
)
def test_what_nobody_foresaw_is_one_line(error, line, exit_code):
    assert unexpected(error) == (line, exit_code)


def test_a_reason_without_statements_stays_as_it_is():
    assert in_words("TrackingError: sqlite is away\n  - really") == "TrackingError: sqlite is away\n  - really"


@pytest.mark.parametrize(
    ("why", "who", "refused"),
    [
        ("x" * LONGEST_REASON, "n" * LONGEST_NAME, None),
        ("x" * (LONGEST_REASON + 1), "", "the reason has 1,001 characters; at most 1,000"),
        ("", "n" * (LONGEST_NAME + 1), "251 characters; at most 250"),
        ("\N{GRINNING FACE}" * (LONGEST_REASON + 1), "", "1,001 characters"),
        ("\udcff", "", "not written in UTF-8"),
        ("", "Jos\udce9", "not written in UTF-8"),
    ],
)
def test_what_cannot_be_kept_is_refused_before_anything_is_changed(why, who, refused):
    if refused is None:
        require_fit(why, who)
        return
    with pytest.raises(InputError, match=refused):
        require_fit(why, who)


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Project:
    project = copy_trained(tmp_path_factory.mktemp("messages"), "bag_of_words")
    project.run("--only", "bag_of_words", "--seed", "7")
    return project


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("promote", "2", "--force", "x" * 6000), "the reason has 6,000 characters"),
        pytest.param(("rollback", "--why", "x" * 6000), "the reason has 6,000 characters", marks=pytest.mark.slow),
        pytest.param(("archive", "2", "--why", "x" * 6000), "the reason has 6,000 characters", marks=pytest.mark.slow),
        (("--only", "bag_of_words", "--developer", "x" * 6000), "has 6,000 characters"),
        pytest.param(("--data", "n" * 300), "File name too long", marks=pytest.mark.slow),
    ],
)
def test_what_is_too_long_changes_nothing_and_is_exit_code_2(trained, command, said):
    before = trained.json("registry", "history")
    assert said in trained.run(*command, exits=2).stderr
    assert trained.json("registry", "history") == before


@pytest.mark.parametrize(
    ("command", "version"),
    [
        pytest.param(("promote",), "abc", marks=pytest.mark.slow),
        (("promote",), "\u0663"),  # a digit for Python, and none for a store
        (("registry", "show"), "[bold]1"),
        pytest.param(("deploy", "--version"), "-x", marks=pytest.mark.slow),
        (("monitor", "--version"), "99"),
    ],
)
def test_what_is_no_version_is_said_with_those_there_are(trained, command, version):
    done = trained.run(*command, version, exits=2)
    assert f"has no version {version!r}; there are: 1, 2" in done.stderr
    assert "sqlite" not in done.stderr


def test_without_an_earlier_champion_there_is_nothing_to_go_back_to(trained):
    assert "no champion to go back to" in trained.run("rollback", "--why", "x", exits=2).stderr


def test_a_version_is_not_compared_with_itself(trained):
    assert "are the same version" in trained.run("registry", "compare", "1", "champion", exits=2).stderr


@pytest.fixture
def without_its_times(trained):
    (database,) = trained.home.rglob("zenml.db")
    with closing(sqlite3.connect(database)) as opened, opened:
        kept = opened.execute("select id, end_time from pipeline_run").fetchall()
        opened.execute("update pipeline_run set end_time = null")
    yield trained
    with closing(sqlite3.connect(database)) as opened, opened:
        opened.executemany("update pipeline_run set end_time = ?2 where id = ?1", kept)


def test_a_run_whose_times_were_not_recorded_has_no_report(without_its_times):
    done = without_its_times.run("report", exits=2)
    assert "ZenML did not record when customer_sentiment_training-" in done.stderr


@pytest.fixture
def in_the_bin(trained):
    (database,) = trained.home.rglob("mlflow.db")

    def become(stage: str) -> None:
        with closing(sqlite3.connect(database)) as opened, opened:
            opened.execute("update experiments set lifecycle_stage = ? where experiment_id > 0", [stage])

    become("deleted")
    yield trained
    become("active")


@pytest.mark.parametrize(
    "command",
    [("runs",), ("--only", "bag_of_words"), pytest.param(("mlflow-ui", "--no-open"), marks=pytest.mark.slow)],
)
def test_a_deleted_experiment_is_said_to_lie_in_the_bin_and_how_it_comes_back(in_the_bin, command):
    done = in_the_bin.run(*command, exits=1)
    assert "lies in MLflow's bin" in done.stderr
    assert "mlflow experiments restore --experiment-id 1" in done.stderr
    assert "no reason recorded" not in done.stderr


DELETED_MEANWHILE = """
import os, pathlib, sqlite3
database = sqlite3.connect(next(pathlib.Path(os.environ["ZENML_CONFIG_PATH"]).rglob("mlflow.db")))
database.execute("update experiments set lifecycle_stage = 'deleted' where experiment_id > 0")
database.commit()
"""


@pytest.mark.parametrize("options", [(), pytest.param(("--quiet",), marks=pytest.mark.slow)])
def test_a_step_that_could_not_even_begin_says_why(in_the_bin, options):
    with closing(sqlite3.connect(next(in_the_bin.home.rglob("mlflow.db")))) as opened, opened:
        opened.execute("update experiments set lifecycle_stage = 'active'")
    training = ("run.py", *options, "--only", "bag_of_words")
    done = in_the_bin.python(*after(override_zenml, DELETED_MEANWHILE, *training))
    assert done.returncode == 1, done.stdout
    assert "open_run: " in done.stderr
    assert "deleted" in done.stderr.partition("open_run: ")[2].splitlines()[0]
