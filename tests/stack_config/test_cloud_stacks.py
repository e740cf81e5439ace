"""The stacks that cannot be run here: ZenML takes them as they are, and the pipelines compile for them."""

from __future__ import annotations

import json
import os
import re

import pytest

from stack_config.definition import placeholders, stack_names
from tests.conftest import ROOT
from tests.warm_commands import run_python

REMOTE = ("aws", "gcp", "kubernetes")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("zenml")


@pytest.fixture(scope="module")
def environment(home):
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    nobody = {"HOME": str(home / "nobody"), "ZENML_CONFIG_PATH": str(home), "ZENML_ANALYTICS_OPT_IN": "false"}
    return {**kept, **nobody}


@pytest.fixture(scope="module")
def answers(environment):
    code = "import runpy; runpy.run_module('tests.stack_config.cloud_stacks', run_name='__main__', alter_sys=True)"
    done = run_python(["-c", code, "kubernetes"], cwd=ROOT, env=environment)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.rpartition("ANSWERS")[2])


@pytest.mark.parametrize("name", stack_names())
def test_zenml_takes_the_stack_once_and_a_changed_address_is_told(answers, name):
    registered = answers["registered"][name]
    assert registered["first"][-1] == f"registered stack {name}"
    assert registered["again"] == []
    on_a_server = "MLFLOW_URL" in placeholders(name)
    moved = [f"updated tracking_uri of experiment tracker sentiment-{name}"] if on_a_server else []
    assert registered["changed"] == moved


@pytest.mark.parametrize("name", REMOTE)
def test_what_is_missing_is_said_with_the_command_that_brings_it(answers, name):
    missing = answers["registered"][name]["missing"]
    assert any(f"stack_config/{name}.lock`" in sentence for sentence in missing)
    assert any("`zenml login https://" in sentence for sentence in missing)
    assert any("https://mlflow.example.com does not answer" in sentence for sentence in missing)
    brings = {"aws": "`aws configure`", "gcp": "`gcloud auth", "kubernetes": "`kubectl config set-context`"}[name]
    assert any(brings in sentence for sentence in missing)


def test_nothing_is_missing_for_local(answers):
    assert answers["registered"]["local"]["missing"] == []


def test_an_object_store_that_is_away_is_missing(answers):
    for name in ("kubernetes", "s3"):
        missing = answers["registered"][name]["missing"]
        assert any("the object store at https://minio.example.com does not answer" in sentence for sentence in missing)


def test_a_stack_refers_to_its_secrets_and_does_not_hold_them(answers):
    assert answers["tracker"]["tracking_password"] == "{{sentiment-kubernetes.password}}"
    keys = ("password", "s3_key", "s3_secret", "username")
    assert answers["secrets"] == [f"sentiment-kubernetes.{key}" for key in keys]


def test_every_step_has_the_image_and_its_resources(answers):
    for pipeline in answers["pipelines"].values():
        for step in pipeline.values():
            assert step["docker"]["parent_image"] == "python:3.11-slim"
            assert step["docker"]["requirements"].endswith("stack_config/kubernetes.lock")
            assert step["docker"]["user"] == "1000:1000"
    training = answers["pipelines"]["training"]
    resources = {name: step["resources"] for name, step in training.items() if name}
    wants = {name: (wanted["cpu_count"], wanted["memory"]) for name, wanted in resources.items()}
    assert {name for name, wanted in wants.items() if wanted == (2.0, "4GB")} == {
        f"{before}{candidate}"
        for before in ("", "evaluate_")
        for candidate in ("bag_of_words", "tfidf_bayes", "embedding_average", "tfidf_linear", "linear_blend")
    }
    assert set(wants.values()) == {(2.0, "4GB"), (1.0, "2GB")}


def test_the_image_installs_the_lock_file_of_the_stack_and_runs_as_nobody_special(answers):
    lines = answers["dockerfile"].splitlines()
    assert lines[0] == "FROM python:3.11-slim"
    installs = [line for line in lines if line.startswith("RUN uv pip install")]
    assert [line.rpartition(" -r ")[2] for line in installs] == [".zenml_user_requirements"]
    assert "USER 1000:1000" in lines
    assert "ENV TF_ENABLE_ONEDNN_OPTS='0'" in lines
    assert not any("password" in line.lower() for line in lines)


def test_zenml_imports_the_same_files(answers, environment, tmp_path):
    from stack_config.definition import FOLDER
    from tests.stack_config.stack_examples import example_values

    def zenml(*arguments):
        done = run_python(["-c", "from zenml_cli import cli; cli()", *arguments], cwd=tmp_path, env=environment)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    for name in ("local", "gcp"):
        text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
        for placeholder in placeholders(name):  # as envsubst does
            text = text.replace(f"${{{placeholder}}}", example_values(name)[placeholder])
        (tmp_path / f"{name}.yaml").write_text(text.replace(f"stack_name: {name}", f"stack_name: imported-{name}"))
        zenml("stack", "import", str(tmp_path / f"{name}.yaml"))
    listed = zenml("stack", "list", "--output", "json")
    assert {"imported-local", "imported-gcp"} <= set(re.findall(r"imported-\w+", listed))


@pytest.mark.parametrize("name", REMOTE)
def test_the_image_of_a_stack_has_the_libraries_that_models_and_stores_depend_on_in_the_same_versions(name):
    def pins(path):
        pinned = re.compile(r"^([\w.-]+)==([^\s;\\]+)(?: ; ([^\\]*))?", flags=re.MULTILINE)
        found = pinned.findall(path.read_text(encoding="utf-8"))
        return {library: release for library, release, condition in found if "python_full_version >=" not in condition}

    ours, theirs = pins(ROOT / "requirements.lock"), pins(ROOT / "stack_config" / f"{name}.lock")
    for library in (
        "zenml",
        "mlflow",
        "scikit-learn",
        "skops",
        "keras",
        "tensorflow-cpu",
        "numpy",
        "pandas",
        "pyarrow",
    ):
        assert theirs[library] == ours[library], library
    assert "pytest" not in theirs
