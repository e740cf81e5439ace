"""Score reviews with a version of the registered model: a file here, or files of any number on Spark."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from zenml import log_metadata, step

from sentiment.models.files import load_scorer
from sentiment.models.scorer import Scorer
from sentiment.reviews.schema import Schema
from sentiment.scoring.files import Progress, ScoringReport, score_file
from sentiment.scoring.order import Order
from sentiment.spark.files import called
from sentiment.spark.scoring import score_on_spark
from sentiment.spark.session import Cluster
from sentiment.tracking.registry.verification import model_files
from steps.deployment.steps import Deployable
from steps.shared.progress import progress_bar
from steps.shared.registry import open_registry


@step(enable_cache=False)
def score(
    deployable: Deployable,
    source: str,
    destination: str,
    encoding: str,
    workers: int,
    restart: bool,
    overwrite: bool,
    schema: Schema,
    exact: bool,
) -> Annotated[ScoringReport, "scoring_report"]:
    """Score a file of reviews in chunks; a run that was killed goes on where it stopped."""
    how = {"encoding": encoding, "workers": workers, "restart": restart, "overwrite": overwrite}
    order = _order(deployable, source, destination, **how, schema=schema, exact=exact)
    return _scored(order, partial(score_file, order))


@step(enable_cache=False)
def score_by_spark(
    deployable: Deployable,
    source: str,
    destination: str,
    encoding: str,
    restart: bool,
    overwrite: bool,
    schema: Schema,
    exact: bool,
    cluster: Cluster,
) -> Annotated[ScoringReport, "scoring_report"]:
    """Score files of reviews in parts on a Spark cluster; a run that was killed goes on with those that are left."""
    how = {"encoding": encoding, "restart": restart, "overwrite": overwrite}
    order = _order(deployable, source, destination, **how, schema=schema, exact=exact)
    log_metadata({"spark_master": cluster.master})
    return _scored(order, lambda scorer, files, progress: score_on_spark(order, scorer, files, cluster, progress))


def _order(deployable: Deployable, source: str, destination: str, **how: Any) -> Order:
    return Order(source, destination, deployable.version, **how)


def _scored(order: Order, by: Callable[[Scorer, Path, Progress], ScoringReport]) -> ScoringReport:
    """Fetch and verify the model, and score with it."""
    registry = open_registry()
    with registry.files(registry.version(order.version)) as verified, progress_bar(called(order.source)) as progress:
        files = model_files(verified)
        report = by(load_scorer(files), files, progress)
    log_metadata({"version": report.version, "rows": report.rows, "scored": report.scored, "rejected": report.rejected})
    return report
