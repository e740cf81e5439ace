"""Wiring of batch inference: which step feeds which."""

from __future__ import annotations

from zenml import pipeline

from pipelines.settings import RESOURCES
from sentiment.reviews.schema import ARTICLE, Schema
from sentiment.spark.session import Cluster
from steps.deployment.steps import verify
from steps.scoring.score import score, score_by_spark


@pipeline(name="customer_sentiment_scoring", enable_cache=False, settings=RESOURCES)
def scoring(
    version: str,
    source: str,
    destination: str,
    encoding: str,
    workers: int,
    restart: bool,
    overwrite: bool,
    schema: Schema = ARTICLE,
    exact: bool = False,
) -> None:
    """Score a file of reviews with a version of the registered model.

    Args:
        version: A number, or ``champion``.
        source: The file.
        destination: ``.csv`` or ``.parquet``.
        encoding: Of the file.
        workers: Processes.
        restart: Forget how far an earlier run got.
        overwrite: Replace the destination if it is there.
        schema: Names the columns that the model reads.
        exact: Leave text that a spreadsheet would take for a formula as it is.
    """
    deployable = verify(version=version)
    score(
        deployable=deployable,
        source=source,
        destination=destination,
        encoding=encoding,
        workers=workers,
        restart=restart,
        overwrite=overwrite,
        schema=schema,
        exact=exact,
    )


@pipeline(name="customer_sentiment_scoring_by_spark", enable_cache=False, settings=RESOURCES)
def scoring_by_spark(
    version: str,
    source: str,
    destination: str,
    encoding: str,
    restart: bool,
    overwrite: bool,
    cluster: Cluster,
    schema: Schema = ARTICLE,
    exact: bool = False,
) -> None:
    """Score files of reviews on a Spark cluster; the step is Spark's driver.

    Args:
        version: As in `scoring`.
        source: A file, a folder or a pattern, at the same path on every machine of the cluster.
        destination: As in `scoring`; it becomes a folder, which every machine can write to, or what lies
            below the address of an object store.
        encoding: As in `scoring`, and so the others.
        restart: See there.
        overwrite: See there.
        cluster: Where the work is done.
        schema: See there.
        exact: See there.
    """
    deployable = verify(version=version)
    score_by_spark(
        deployable=deployable,
        source=source,
        destination=destination,
        encoding=encoding,
        restart=restart,
        overwrite=overwrite,
        schema=schema,
        exact=exact,
        cluster=cluster,
    )
