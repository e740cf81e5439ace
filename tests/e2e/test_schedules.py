"""Training again and again: what an orchestrator that can is handed, and what is said where it cannot."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from commands.cron import checked
from commands.schedules import SECRETS_FILE, crontab_line, settings_and_secrets
from sentiment.service.predictions.folder import Segments
from tests.conftest import ROOT
from tests.e2e.conftest import copy_project, copy_trained
from tests.e2e.noting_orchestrator import NOTES
from tests.monitoring.test_judging import predictions
from tests.service.test_stores import write

CRON = "0 3 * * 1"
ON_A_STACK_THAT_CAN = """
from zenml.client import Client
from zenml.enums import StackComponentType
from stack_config import registration
from stack_config.definition import Component, load_definition
from stack_config.opening import open_zenml

open_zenml()
Client().create_flavor("tests.e2e.noting_orchestrator.NotingFlavor", StackComponentType.ORCHESTRATOR)
local = load_definition("local").components
noting = Component(name="sentiment-noting", flavor="noting", type="orchestrator", configuration={})
kept = {kind: local[kind] for kind in ("artifact_store", "experiment_tracker", "model_registry")}
definition = load_definition("local").model_copy(
    update={"stack_name": "noting", "components": {"orchestrator": [noting], **kept}}
)
registration.set_up(definition)
"""
LIST = """
import json
from zenml.client import Client
found = Client().list_schedules().items
print("FOUND" + json.dumps([[one.name, one.cron_expression, one.active] for one in found]))
"""


def test_an_orchestrator_that_can_is_handed_the_pipeline_with_its_times(fresh, tmp_path):
    notes = tmp_path / "notes.json"
    tests_too = {"PYTHONPATH": str(ROOT), NOTES: str(notes)}
    made = fresh.python("-c", ON_A_STACK_THAT_CAN, ZENML_CUSTOM_SOURCE_ROOT=str(fresh.root), **tests_too)
    assert made.returncode == 0, made.stderr
    order = ("train", "--only", "bag_of_words", "--schedule", CRON, "--json")
    done = fresh.python("run.py", "--stack", "noting", *order, **tests_too)
    assert done.returncode == 0, done.stderr
    said, noted = json.loads(done.stdout), json.loads(notes.read_text())
    assert said == {"schedule": noted["schedule"], "cron": CRON}
    assert noted["cron"] == CRON
    assert noted["when a step fails"] == "continue_on_failure"  # this orchestrator knows no other, as that of Vertex AI
    assert noted["run"] is None
    assert {"ingest", "bag_of_words", "gate"} <= set(noted["steps"])
    found = fresh.python("-c", LIST).stdout.rpartition("FOUND")[2]
    assert json.loads(found) == [[said["schedule"], CRON, True]]


def test_where_it_cannot_the_line_for_the_crontab_is_given_and_nothing_is_trained(fresh):
    done = fresh.python("run.py", "train", "--only", "bag_of_words", "--schedule", CRON)
    assert done.returncode == 2
    assert "(local) starts nothing by itself" in done.stderr
    line = done.stderr.splitlines()[-1]
    assert line.startswith(f"{CRON} cd {fresh.root} && ZENML_CONFIG_PATH={fresh.home} {sys.executable} ")
    assert line.endswith("/run.py train --only bag_of_words")
    assert not list(fresh.home.rglob("mlflow.db"))


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("0 3 * *", "five fields expected (minute, hour, day of the month, month, day of the week)"),
        ("60 3 * * 1", "60 is no minute; 0 to 59 expected"),
        ("0 3 * * 1-8", "8 is no day of the week; 0 to 7, or sun to sat expected"),
        ("0 3 * * 1; rm -rf /", "is no cron expression"),
        ("0 3 * * $HOME", "is no cron expression"),
        ("*/0 3 * * 1", "'*/0' is no minute: its step is 0; 1 to 59 expected"),
        ("5-1 3 * * MONDAY", "'5-1' is no minute: the range ends before it begins"),
        ("5 3 * * MONDAY", "MONDAY is no day of the week; 0 to 7, or sun to sat expected"),
    ],
)
def test_what_is_no_cron_expression_is_refused(value, says):
    done = subprocess.run(
        [sys.executable, "run.py", "train", "--schedule", value], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert says in done.stderr


@pytest.mark.parametrize(
    "value",
    ["* * * * *", "0-30/5,45 */2 1-7 jan-MAR,12 mon-fri", "0 0 29 2 *", "0 0 31 4 1", "0  3 * *\t7", "0 0 1 1 0-7"],
)
def test_a_cron_expression_is_taken(value):
    assert checked(value) == " ".join(value.split())


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("*/60 * * * *", "its step is 60; 1 to 59 expected"),
        ("*/x * * * *", "its step is x; 1 to 59 expected"),
        ("5/10 * * * *", r"a step needs a range or \*; 5-59 expected before it"),
        ("1,,2 * * * *", "'' is no minute"),
        ("1-2-3 * * * *", "'1-2-3' is no minute"),
        ("-5 * * * *", "'-5' is no minute"),
        ("mon * * * *", "mon is no minute; 0 to 59 expected"),
        ("0 24 * * *", "24 is no hour; 0 to 23 expected"),
        ("0 0 0 * *", "0 is no day of the month; 1 to 31 expected"),
        ("0 0 * 13 *", "13 is no month; 1 to 12, or jan to dec expected"),
        ("0 0 * * fri-sun", "'fri-sun' is no day of the week: the range ends before it begins"),
        ("0 0 30 2 *", "names a day that never comes: none of its months has 30 days"),
        ("0 0 31 apr,jun *", "none of its months has 31 days"),
        ("", "five fields expected"),
    ],
)
def test_what_no_cron_would_run_is_refused(value, says):
    with pytest.raises(ValueError, match=says):
        checked(value)


def test_settings_are_repeated_and_secrets_are_named_alone():
    environment = {
        "AWS_REGION": "eu-west-1",
        "AWS_SECRET_ACCESS_KEY": "s1",
        "COLUMNS": "80",
        "GOOGLE_APPLICATION_CREDENTIALS": "/keys/one.json",
        "HTTPS_PROXY": "http://me:s2@proxy:3128",
        "MLFLOW_TRACKING_URI": "http://of-another-job",
        "PGPASSFILE": "/keys/pgpass",
        "PGPASSWORD": "s3",
        "SENTIMENT_DATABASE": "postgresql://me:s4@db/log",
        "SENTIMENT_DATABASE_FILE": "/keys/database",
        "SENTIMENT_LIMITS": "reviews=5",
        "SENTIMENT_WEBHOOK": "https://chat.example/s5",
        "ZENML_REPOSITORY_PATH": "/elsewhere",
        "ZENML_STORE_URL": "mysql://me:s6@db/zenml",
        "https_proxy": "",
        "no_proxy": "db",
    }
    settings, secrets = settings_and_secrets(environment)
    assert sorted(settings) == [
        *("AWS_REGION", "GOOGLE_APPLICATION_CREDENTIALS", "PGPASSFILE"),
        *("SENTIMENT_DATABASE_FILE", "SENTIMENT_LIMITS", "no_proxy"),
    ]
    assert secrets == [
        *("AWS_SECRET_ACCESS_KEY", "HTTPS_PROXY", "PGPASSWORD"),
        *("SENTIMENT_DATABASE", "SENTIMENT_WEBHOOK", "ZENML_STORE_URL"),
    ]


def run_by_cron(line, home):
    """Run the command of a crontab's line as cron does: with /bin/sh and an environment of four variables."""
    command = line.removeprefix(f"{CRON} ").replace(r"\%", "%")
    environment = {"HOME": str(home), "LOGNAME": "nobody", "SHELL": "/bin/sh", "PATH": "/usr/bin:/bin"}
    return subprocess.run(
        ["/bin/sh", "-c", command], env=environment, cwd="/", capture_output=True, text=True, check=False
    )


def test_the_line_for_monitoring_watches_the_same_log_under_cron_and_has_the_secrets_of_a_file(tmp_path):
    project = copy_trained(tmp_path, "bag_of_words")
    write(Segments(tmp_path / "the log"), *predictions(150, recommends=0.2, version="1"))
    posted = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            posted.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/it's-secret"
        given = {"SENTIMENT_PREDICTIONS": str(tmp_path / "the log"), "SENTIMENT_WEBHOOK": address}
        said = project.python("run.py", "monitor", "--window", "last:150", "--schedule", CRON, **given)
        assert said.returncode == 2
        assert "it's-secret" not in said.stderr
        line = said.stderr.splitlines()[-1]
        secrets = project.home / SECRETS_FILE
        assert f"from {secrets}: write SENTIMENT_WEBHOOK there" in said.stderr
        assert "with mode 600" in said.stderr

        without = run_by_cron(line, tmp_path)
        assert without.returncode not in (0, 4)  # it does not watch without what it was to have
        assert str(secrets) in without.stderr

        secrets.touch(mode=0o600)
        secrets.write_text(f"SENTIMENT_WEBHOOK={shlex.quote(address)}\n")
        done = run_by_cron(line, tmp_path)
        server.shutdown()
    assert done.returncode == 4, done.stderr
    assert done.stdout.startswith("alarm: version 1, 150 predictions")
    assert [one["rows"] for one in posted] == [150]


@pytest.mark.slow
def test_the_line_for_training_trains_the_same_under_cron(tmp_path):
    project = copy_project(tmp_path)
    said = project.python("run.py", "train", "--only", "bag_of_words", "--schedule", CRON)
    done = run_by_cron(said.stderr.splitlines()[-1], tmp_path)
    assert done.returncode == 0, done.stderr
    assert [one["tags"]["candidate"] for one in project.json("registry")] == ["bag_of_words"]


@pytest.mark.parametrize("option", [["--schedule", CRON], [f"--schedule={CRON}"]])
def test_the_line_gives_the_same_command_in_the_same_place_whatever_its_words_are(option, tmp_path):
    folder = tmp_path / "it's a 100 % folder"
    folder.mkdir()
    show = "import json, os, sys; print(json.dumps([sys.argv[1:], os.getcwd(), os.environ['ZENML_CONFIG_PATH']]))"
    given = ["train", "--data", "two words.csv", *option, "--developer", "O'Hara; 50 %", "--no-cache"]
    home = {"ZENML_CONFIG_PATH": "/a b/c"}
    line = crontab_line("*/5 3 * * mon", [sys.executable, "-c", show], given, folder, home, None)
    assert line.startswith("*/5 3 * * mon cd ")
    command = line.removeprefix("*/5 3 * * mon ").replace(r"\%", "%")  # as cron does
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=True, env={})
    kept = ["train", "--data", "two words.csv", "--developer", "O'Hara; 50 %", "--no-cache"]
    assert json.loads(done.stdout) == [kept, str(folder), "/a b/c"]
