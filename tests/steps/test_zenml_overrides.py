"""Each override of ZenML works, and is still needed: in a process of its own, which it may change."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT

TRACKER = "from zenml.integrations.mlflow.experiment_trackers import MLFlowExperimentTracker as Tracker\n"
OVERRIDE = "from steps.shared.zenml_overrides import override_zenml; override_zenml(); override_zenml()\n"
SWITCH_OFF = f"""
import sys
{TRACKER}
Tracker.disable_autologging(None)
print("SAID", "mlflow.tensorflow" in sys.modules)
"""
PACKAGES = """
import importlib.metadata
from zenml.utils import source_utils
calls, original = [], importlib.metadata.packages_distributions
importlib.metadata.packages_distributions = lambda: calls.append(1) or original()
packages = {"pandas.DataFrame": "pandas", "numpy": "numpy", "sklearn.base": "scikit-learn", "nowhere.at": None}
assert {module: source_utils._get_package_for_module(module) for module in packages} == packages
assert {module: source_utils._get_package_for_module(module) for module in packages} == packages
print('SAID', len(calls))
"""
S3 = "from zenml.integrations.s3.artifact_stores.s3_artifact_store import ZenMLS3Filesystem as S3\n"
FOLDERS = """
asked = []
async def exists(self, path): return asked.append(path) or True
S3._exists = exists
S3(key="a", secret="b").makedirs("s3://bucket/folder", exist_ok=True)
print('SAID', len(asked))
"""
LIGHTGBM = """
import sys
from zenml.integrations.lightgbm import LightGBMIntegration
LightGBMIntegration.activate()
print('SAID', "lightgbm" in sys.modules)
"""
FLUSH = """
import threading
from opentelemetry.instrumentation.logging.handler import LoggingHandler
flushed = []
class Provider:
    def force_flush(self): flushed.append(1)
def refuse(thread): raise RuntimeError("can't create new thread at interpreter shutdown")
handler = LoggingHandler(logger_provider=Provider())
threading.Thread.start = refuse
try: handler.flush()
except RuntimeError: pass
print('SAID', len(flushed))
"""


BY_ZENML = {"LightGBM": "True", "packages": "8", "folders of S3": "1", "autolog": "True", "flush at the end": "0"}
OVERRIDDEN = {"LightGBM": "False", "packages": "2", "folders of S3": "0", "autolog": "False", "flush at the end": "1"}


def printed(code: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [line.removeprefix("SAID ") for line in done.stdout.splitlines() if line.startswith("SAID ")]


@pytest.mark.parametrize(
    ("before", "told"),
    [pytest.param(S3, BY_ZENML, marks=pytest.mark.slow), (S3 + OVERRIDE, OVERRIDDEN)],
    ids=["ZenML", "overridden"],
)
def test_an_override_saves_the_work_that_zenml_still_does(before, told):
    """Where ZenML itself no longer does one of them, the override can go."""
    found = printed("\n".join([before, LIGHTGBM, PACKAGES, FOLDERS, SWITCH_OFF, FLUSH]))
    assert dict(zip(told, found, strict=True)) == told


def test_autologging_of_a_framework_that_is_imported_is_switched_off():
    code = """
import mlflow.sklearn
from mlflow.utils.autologging_utils import get_autologging_config
mlflow.sklearn.autolog()
Tracker.disable_autologging(None)
print("SAID", get_autologging_config("sklearn", "disable"))
"""
    assert printed(OVERRIDE + TRACKER + code) == ["True"]
