"""The image of the service: what goes in, and, behind the marker `image`, one that is built and started for real."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest
import requests
import yaml

from sentiment.errors import InputError
from sentiment.models.digests import digest_of
from sentiment.service.image import write_context
from sentiment.service.loopback import free_port
from sentiment.service.predictions.postgresql import PostgreSQL
from tests.conftest import ROOT
from tests.service.conftest import PATIENCE, wait_until, write_download

NEVER_IN_A_SERVICE = {"zenml", "mlflow", "mlflow-skinny", "pandas", "pyarrow", "optuna", "streamlit", "pyspark"}
SKLEARN = {"scikit-learn", "scipy", "skops", "nltk"}
NEVER_IMPORTED = {"zenml", "mlflow", "tensorflow", "keras", "pandas", "sklearn", "scipy", "skops", "nltk"}
WITHOUT = "from importlib.util import find_spec; found = [n for n in {names} if find_spec(n)]; assert not found, found"
MAY_WRITE_NOTHING = """
import os
assert (os.getuid(), os.getgid()) == (10001, 10001), os.getuid()
places = [top for start in ("/app", "/model", "/venv") for top, _, _ in os.walk(start)]
assert len(places) > 100
assert not [place for place in places if os.access(place, os.W_OK)]
"""
READ_ONLY = """
import errno, os
assert (os.getuid(), os.getgid()) == (10001, 10001), os.getuid()
for place in ("/", "/app", "/model", "/tmp", "/var/tmp"):
    try:
        open(os.path.join(place, "new"), "w")
    except OSError as error:
        assert error.errno in (errno.EROFS, errno.EACCES), error
        assert place not in ("/tmp", "/var/tmp") or error.errno == errno.EROFS, error
    else:
        raise AssertionError(f"{place} can be written to")
"""
MOUNTED = """
mount --bind "$1" "$1"
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
mount -o remount,bind,ro "$1"
exec chroot --userspec=10001:10001 "$@"
"""
ALONE = """
import runpy, sys
sys.meta_path[:] = [one for one in sys.meta_path if not getattr(one, "__module__", "").startswith("__editable__")]
sys.modules |= dict.fromkeys(["steps", "pipelines", "materializers", "sklearn", "scipy", "skops", "nltk", "pandas"])
import stack_config, sentiment
assert all(module.__file__.startswith(sys.argv[-1]) for module in (stack_config, sentiment))
del sys.argv[-1]
runpy.run_path("run.py", run_name="__main__")
"""
TOKEN = "a-token-that-nobody-guesses"
BUILD_SECONDS = 900


def pins(path):
    return set(re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", path.read_text(encoding="utf-8"), re.MULTILINE))


@pytest.fixture
def context(downloaded, tmp_path):
    folder = tmp_path / "context"
    write_context(downloaded, ROOT, folder)
    return folder


def test_a_context_has_the_model_the_code_and_what_they_need(context, downloaded):
    assert json.loads((context / "model" / "version.json").read_text())["version"] == "3"
    assert (context / "app" / "run.py").is_file()
    assert not list(context.rglob("__pycache__"))
    assert pins(context / "requirements.lock") == pins(ROOT / "stack_config" / "service-linear.lock")
    files = json.loads(json.loads((downloaded / "version.json").read_text())["tags"]["files_sha256"])
    dockerfile = (context / "Dockerfile").read_text()
    assert f'model.digest="{digest_of(files)}"' in dockerfile
    assert "USER 10001:10001" in dockerfile
    for path in ("Dockerfile", "cloudrun.yaml", "README.md"):
        assert "{{" not in (context / path).read_text()
    described = yaml.safe_load((context / "cloudrun.yaml").read_text())
    (container,) = described["spec"]["template"]["spec"]["containers"]
    assert container["env"][0]["valueFrom"]["secretKeyRef"]["name"] == "sentiment-token"
    assert container["startupProbe"]["httpGet"]["path"] == "/health/ready"


@pytest.mark.parametrize(
    ("family", "lock"),
    [("linear_blend", "service-linear"), ("bag_of_words", "service"), ("embedding_average", "service-keras")],
)
def test_what_is_installed_is_what_the_models_files_depend_on(fitted, family, lock, tmp_path):
    write_context(write_download(fitted[family].model, tmp_path / "version"), ROOT, tmp_path / "context")
    assert pins(tmp_path / "context" / "requirements.lock") == pins(ROOT / "stack_config" / f"{lock}.lock")


def test_the_code_of_a_context_serves_without_the_rest_of_the_project(context):
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            ALONE,
            "serve",
            "--model",
            str(context / "model"),
            "--port",
            "0",
            "--predictions",
            "-",
            str(context),
        ],
        cwd=context / "app",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        line = process.stderr.readline()
        assert "Listening on" in line, line + process.stderr.read()
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def test_a_folder_that_is_there_is_left_alone(context, downloaded):
    with pytest.raises(InputError, match="exists already"):
        write_context(downloaded, ROOT, context)


@pytest.mark.parametrize("name", ["service-linear", "service", "service-keras"])
def test_its_lock_has_the_versions_of_the_projects_own_and_nothing_that_only_training_needs(name):
    ours, theirs = pins(ROOT / "requirements.lock"), pins(ROOT / "stack_config" / f"{name}.lock")
    assert theirs <= ours  # where ours has two versions, for several Pythons, one of them
    packages = {package for package, _ in theirs}
    assert not NEVER_IN_A_SERVICE & packages
    assert ("tensorflow-cpu" in packages) is (name == "service-keras")
    assert SKLEARN & packages == (set() if name == "service-linear" else SKLEARN)


@pytest.mark.image
def test_the_lock_installs_in_a_clean_environment_where_the_service_answers_and_records(context, tmp_path, database):
    """Needs a package registry, or the cache of one."""
    clean = tmp_path / "clean"
    python, uv = str(clean / "bin" / "python"), (sys.executable, "-m", "uv")
    run(*uv, "venv", "--quiet", "--python", "3.11", str(clean))
    run(*uv, "pip", "sync", "--quiet", "--python", python, "--require-hashes", str(context / "requirements.lock"))
    run(python, "-c", WITHOUT.format(names=sorted(NEVER_IMPORTED)))
    command = [python, str(context / "app" / "run.py"), "serve", "--model", str(context / "model"), "--port", "0"]
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        env={"HOME": str(tmp_path), "SENTIMENT_PREDICTIONS": "postgresql", "SENTIMENT_DATABASE": database},
    )
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        assert "Listening on" in line, line + process.stderr.read()
        address = line.split()[2].rstrip(";")
        wait_until(lambda: requests.get(f"{address}/health/ready", timeout=PATIENCE).ok)
        answer = requests.get(f"{address}/predict", params={"review": "so soft"}, timeout=PATIENCE)
        assert 0 <= answer.json()["probability"] <= 1
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)
    (recorded,) = PostgreSQL(database).read().predictions
    assert recorded.id == answer.json()["id"]


@pytest.mark.image
def test_an_image_is_built_and_answers_as_a_user_of_its_own_who_may_write_nothing_of_it(context, tmp_path):
    """Needs buildah, debootstrap, root, and a package registry. It starts in a container, and on a read-only root."""
    name = f"localhost/sentiment-{uuid.uuid4().hex[:8]}"
    root = tmp_path / "root"
    packages = "--include=python3,python3-venv,ca-certificates"
    run("debootstrap", "--variant=minbase", packages, "bookworm", str(root))
    base = run("buildah", "from", "scratch")
    run("buildah", "copy", base, str(root))
    run("buildah", "commit", "--rm", base, f"{name}-base")
    shutil.rmtree(root)
    try:
        run(
            *("buildah", "bud", "--isolation", "chroot", "--network", "host", "--pull-never"),
            *("--build-arg", f"BASE={name}-base", "--tag", name, *from_the_registry(), str(context)),
        )
        size = (image_bytes(name) - image_bytes(f"{name}-base")) / 1e6
        assert size < 200
        answers_in_a_container(name)
        print(f"the image has {size:.0f} MB over its base")
    finally:
        for image in (name, f"{name}-base"):
            subprocess.run(["buildah", "rmi", "--force", image], capture_output=True, check=False)


def answers_in_a_container(name):
    container = run("buildah", "from", "--pull-never", name)
    within = ("buildah", "run", "--isolation", "chroot")
    run(*within, container, "--", "/venv/bin/python", "-c", MAY_WRITE_NOTHING)
    try:
        answers(lambda port: [*within, "--env", f"PORT={port}", "--env", f"SENTIMENT_TOKEN={TOKEN}", container, "--"])
        root = run("buildah", "mount", container)
        inside = ["unshare", "--mount", "sh", "-ec", MOUNTED, "sh", root, "/usr/bin/env", "--chdir=/app", "HOME=/tmp"]
        run(*inside, "/venv/bin/python", "-c", READ_ONLY)
        answers(lambda port: [*inside, f"PORT={port}", "SENTIMENT_PREDICTIONS=-", f"SENTIMENT_TOKEN={TOKEN}"])
    finally:
        run("buildah", "rm", container)


def answers(within):
    """Start what the image starts, with a command before it that leads into the image, and ask it."""
    port = free_port(8700, only=False)
    command = ["/venv/bin/python", "run.py", "serve", "--model", "/model", "--host", "0.0.0.0"]  # noqa: S104
    process = subprocess.Popen([*within(port), *command], stdout=subprocess.PIPE, text=True)
    began = time.monotonic()
    try:
        while not ready(port):
            assert process.poll() is None
            assert time.monotonic() - began < PATIENCE
            time.sleep(0.05)
        address = f"http://127.0.0.1:{port}"
        assert requests.get(f"{address}/model", timeout=PATIENCE).status_code == 401
        headers = {"authorization": f"Bearer {TOKEN}"}
        answer = requests.get(f"{address}/predict", params={"review": "so soft"}, headers=headers, timeout=PATIENCE)
        assert 0 <= answer.json()["probability"] <= 1
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["id"] == answer.json()["id"]
    finally:
        process.terminate()
        process.wait(PATIENCE)


def ready(port):
    try:
        return requests.get(f"http://127.0.0.1:{port}/health/ready", timeout=2).ok
    except requests.RequestException:
        return False


def from_the_registry():
    """Let pip inside the build trust the certificates, and know the settings, of pip outside."""
    mounted = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pip.conf")
    return [option for path in mounted if Path(path).exists() for option in ("--volume", f"{path}:{path}:ro")]


def image_bytes(name):
    (image,) = json.loads(run("buildah", "images", "--json", name))
    number, unit = re.fullmatch(r"([\d.]+) ?([KMG]?B)", image["size"]).groups()
    return float(number) * {"B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9}[unit]


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout.strip()
