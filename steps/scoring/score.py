"""Score a file with a version of the registered model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from zenml import log_metadata, step

from sentiment.reviews.schema import Schema
from sentiment.scoring.files import Order, ScoringReport, score_file
from sentiment.tracking.registry.verification import load_verified, model_files
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
    order = Order(
        source=Path(source),
        destination=Path(destination),
        version=deployable.version,
        encoding=encoding,
        workers=workers,
        restart=restart,
        overwrite=overwrite,
        schema=schema,
        exact=exact,
    )
    registry = open_registry()
    with registry.files(registry.version(deployable.version)) as verified, progress_bar(order.source.name) as progress:
        report = score_file(order, load_verified(verified), model_files(verified), progress)
    log_metadata({"version": report.version, "rows": report.rows, "scored": report.scored, "rejected": report.rejected})
    return report
