"""What MLflow keeps of a window: one run, whole, wherever its writer was killed; and what the version says of it."""

from __future__ import annotations

import pytest
from mlflow import MlflowClient

from sentiment.tracking import watching
from sentiment.tracking.client import Client
from sentiment.tracking.registry.version import MONITORING_PAGE_TAG, MONITORING_TAG
from tests.monitoring.test_judging import watched

CALLS = (
    "create_experiment",
    "get_experiment_by_name",
    "search_runs",
    "create_run",
    "log_batch",
    "log_text",
    "set_terminated",
)


class Killed(BaseException):
    pass


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", CALLS)
def test_a_window_whose_writer_is_killed_at_any_call_has_one_whole_run(tracking_uri, files, monkeypatch, call, when):
    class Dying(Client):
        def __getattr__(self, name):
            method = super().__getattr__(name)

            def dying(*args, **kwargs):
                if name == call and when == "before":
                    raise Killed
                answer = method(*args, **kwargs)
                if name == call:
                    raise Killed
                return answer

            return dying

    with monkeypatch.context() as patched:
        patched.setattr(watching, "Client", Dying)
        with pytest.raises(Killed):
            watching.record(tracking_uri, watched("w"), None)
    pages = {watching.record(tracking_uri, watched("w"), None) for _ in range(2)}
    client = MlflowClient(tracking_uri)
    experiment = client.get_experiment_by_name(watching.EXPERIMENT).experiment_id
    (run,) = client.search_runs([experiment])
    assert run.info.status == "FINISHED"
    assert run.data.tags["state"] == "alarm"
    assert run.info.artifact_uri.startswith(files)
    assert [len(client.get_metric_history(run.info.run_id, name)) for name in ("rows", "words.p")] == [1, 1]
    assert [file.path for file in client.list_artifacts(run.info.run_id)] == ["window.html"]
    assert pages == {f"/#/experiments/{experiment}/runs/{run.info.run_id}?workflowType=machine_learning"}


def test_evidentlys_report_comes_beside_the_page_later_too(tracking_uri):
    watching.record(tracking_uri, watched("w"), None)
    watching.record(tracking_uri, watched("w"), None, drawn="<p>drawn</p>")
    client = MlflowClient(tracking_uri)
    (run,) = client.search_runs([client.get_experiment_by_name(watching.EXPERIMENT).experiment_id])
    assert [file.path for file in client.list_artifacts(run.info.run_id)] == ["evidently.html", "window.html"]


def test_a_version_says_what_its_newest_window_was_and_where(registry, register_model, models):
    version = register_model(models[0])
    for state in ("alarm", "ok"):
        registry.note_monitoring(version.version, said=f"{state}, window w", page=f"/#/{state}")
    tags = registry.version(version.version).tags
    assert (tags[MONITORING_TAG], tags[MONITORING_PAGE_TAG]) == ("ok, window w", "/#/ok")
