"""What MLflow keeps of monitoring: an experiment of its own with one run a window, so that curves come."""

from __future__ import annotations

from mlflow.entities import Metric, Param, RunTag

from sentiment.monitoring.history import Watched
from sentiment.reports import page, section
from sentiment.tracking import EXPERIMENT as TRAINING
from sentiment.tracking.client import Client
from sentiment.tracking.pages import run_page
from sentiment.tracking.ui import is_server

EXPERIMENT = "customer-sentiment-monitoring"
WINDOW_TAG = "window"
DRAWN = "evidently.html"


def record(tracking_uri: str, watched: Watched, version_run: str | None, *, drawn: str | None = None) -> str:
    """Write the run of a window, once; gives its page, behind the server's address where the store is one.

    Args:
        tracking_uri: Of the store.
        watched: The window.
        version_run: The run that trained the version, which is named beside.
        drawn: Evidently's report of it, which is kept beside its page.
    """
    client = Client(tracking_uri)
    client.ensure("create_experiment", EXPERIMENT, **_beside_training(client, tracking_uri))
    experiment = client.get_experiment_by_name(EXPERIMENT).experiment_id
    found = client.search_runs([experiment], f"tags.{WINDOW_TAG} = '{watched.window}'", max_results=1)
    run_id = str(
        found[0].info.run_id
        if found
        else client.create_run(
            experiment, run_name=f"{watched.judgement.state} {watched.judged:%Y-%m-%d %H:%M}", tags=_tags(watched)
        ).info.run_id
    )
    shown_at = f"{tracking_uri if is_server(tracking_uri) else ''}{run_page(experiment, run_id)}"
    if drawn:
        client.log_text(run_id, drawn, DRAWN)
    if found and found[0].info.status == "FINISHED":
        return shown_at
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
    return shown_at


def _beside_training(client: Client, tracking_uri: str) -> dict[str, str]:
    """Say where the experiment keeps its files: where trainings keep theirs, which is in the stack's artifact store.

    A server knows by itself; with a database, MLflow would take the folder that one happens to be in.
    """
    training = client.get_experiment_by_name(TRAINING)
    if is_server(tracking_uri) or training is None:
        return {}
    return {"artifact_location": training.artifact_location}


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
