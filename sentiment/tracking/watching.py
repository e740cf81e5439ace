"""What MLflow keeps of monitoring: an experiment of its own with one run a window, so that curves come."""

from __future__ import annotations

from mlflow.entities import Metric, Param, RunTag

from sentiment.monitoring.history import Watched
from sentiment.reports import page, section
from sentiment.tracking.client import Client

EXPERIMENT = "customer-sentiment-monitoring"
WINDOW_TAG = "window"


def record(tracking_uri: str, watched: Watched, version_run: str | None) -> str:
    """Write the run of a window, once; gives its id.

    Args:
        tracking_uri: Of the store.
        watched: The window.
        version_run: The run that trained the version, which is named beside.
    """
    client = Client(tracking_uri)
    client.ensure("create_experiment", EXPERIMENT)
    experiment = client.get_experiment_by_name(EXPERIMENT).experiment_id
    found = client.search_runs([experiment], f"tags.{WINDOW_TAG} = '{watched.window}'", max_results=1)
    run_id = str(
        found[0].info.run_id
        if found
        else client.create_run(
            experiment, run_name=f"{watched.judgement.state} {watched.judged:%Y-%m-%d %H:%M}", tags=_tags(watched)
        ).info.run_id
    )
    if found and found[0].info.status == "FINISHED":
        return run_id
    now = int(watched.judged.timestamp() * 1000)
    client.log_batch(
        run_id,
        metrics=[Metric(name, value, now, 0) for name, value in _metrics(watched).items()],
        params=[Param("asked", watched.asked), Param("version", watched.version)],
        tags=[RunTag("model_run", version_run)] if version_run else [],
    )
    shown = section(watched)
    if shown is not None:
        client.log_text(run_id, page(shown), "window.html")
    client.set_terminated(run_id, "FINISHED")
    return run_id


def _tags(watched: Watched) -> dict[str, str]:
    described = "; ".join(watched.judgement.reasons)[:5000]
    return {
        WINDOW_TAG: watched.window,
        "state": watched.judgement.state,
        "model_version": watched.version,
        "mlflow.note.content": described,
        "mlflow.source.name": "run.py",
    }


def _metrics(watched: Watched) -> dict[str, float]:
    judgement = watched.judgement
    values = {"rows": float(judgement.rows), "labelled": float(judgement.labelled)}
    for finding in judgement.findings:
        name = finding.name.replace(" ", "_")
        values |= {name: finding.window, f"{name}.p": finding.p_value}
    values |= {f"estimated_{name}": one.value for name, one in judgement.estimates.items()}
    return values | {f"measured_{name}": one.value for name, one in judgement.measured.items()}
