"""What a training on Spark reads, checked before Spark is started."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from commands.project import ROOT
from commands.spark_options import require_files

if TYPE_CHECKING:
    from sentiment.reviews.schema import Schema
    from sentiment.training.candidates import TrainingConfig
    from sentiment.training.lineage import TrainingData


def input_of_spark(
    config: TrainingConfig, data_source: str | None, encoding: str, schema: Schema | None
) -> TrainingData:
    """Check what can be checked before Spark is started: the candidates, that there are files, and their columns."""
    from sentiment.addresses import is_address
    from sentiment.models.digests import digest_of, sha256_of
    from sentiment.reviews.schema import ARTICLE
    from sentiment.reviews.sources import resolve
    from sentiment.spark.files import called, input_files
    from sentiment.spark.parts import look_here
    from sentiment.spark.rows import open_reviews
    from sentiment.spark.training import require_trainable
    from sentiment.training.lineage import TrainingData

    require_files(data_source)
    for candidate in config.candidates:
        require_trainable(candidate)
    read_as = (schema or ARTICLE).settings()
    if data_source is not None and is_address(data_source):
        versions = {file.path: file.version for file in input_files(data_source)}
        return TrainingData(
            name=called(data_source), sha256=digest_of(versions), source=data_source, is_sample=False, read_as=read_as
        )
    source = resolve(data_source, ROOT)
    names, columns = input_files(source.path), schema or ARTICLE
    look_here(source.path, names, partial(open_reviews, columns, encoding), title=columns.title)
    digests = {file.path: sha256_of(Path(file.path)) for file in names}
    return TrainingData(
        name=source.name,
        sha256=digest_of(digests) if len(digests) > 1 else next(iter(digests.values())),
        source=str(source.path.absolute()),
        is_sample=source.is_sample,
        read_as=read_as,
    )
