"""The rows of the run that trained a registered version."""

from __future__ import annotations

import pandas as pd
from zenml.client import Client
from zenml.models import ArtifactVersionResponse

from sentiment.errors import InputError
from sentiment.tracking.registry.held_out import HeldOutRows, held_out_rows
from sentiment.tracking.registry.version import Version

NAME_THE_FILE = "Name the file it was trained on with --data."
TRAIN_HERE = "What is watched is compared with test rows: put a version into service that was trained here."


def held_out_from_its_run(version: Version, *, instead: str = NAME_THE_FILE) -> HeldOutRows:
    """Take the test rows of the pipeline run that trained a version.

    Args:
        version: The version.
        instead: What somebody can do where they are not here.

    Raises:
        InputError: That run is not known to this ZenML, because it was somebody else's or was deleted.
    """
    return held_out_rows(test_rows_from_its_run(version, instead=instead), data_sha256=version.tags["data_sha256"])


def test_rows_from_its_run(version: Version, *, instead: str = NAME_THE_FILE) -> pd.DataFrame:
    """Take the same as a frame; arguments and errors as `held_out_from_its_run`."""
    return _stored(version, "split", "test_rows", instead)


def reviews_from_its_run(version: Version, *, instead: str = NAME_THE_FILE) -> pd.DataFrame:
    """Take all reviews of the pipeline run that trained a version, in file order.

    Raises:
        InputError: As `held_out_from_its_run`; or they were read by a Spark cluster, and stayed there.
    """
    return _stored(version, "ingest", "reviews", instead)


def require_held_out(version: Version, *, instead: str = NAME_THE_FILE) -> None:
    """Make sure that they are here, without reading them; arguments and errors as `held_out_from_its_run`."""
    _output(version, "split", "test_rows", instead)


def _stored(version: Version, step: str, output: str, instead: str) -> pd.DataFrame:
    frame: pd.DataFrame = _output(version, step, output, instead).load()
    return frame


def _output(version: Version, step: str, output: str, instead: str) -> ArtifactVersionResponse:
    run = version.tags.get("zenml_run", "")
    try:
        steps = Client().get_pipeline_run(run, allow_name_prefix_match=False).steps
    except KeyError as error:
        raise InputError(
            f"the rows of version {version.version} are not here: ZenML does not know pipeline run {run!r}. {instead}"
        ) from error
    if step not in steps:
        raise InputError(
            f"the rows of version {version.version} are not here: a Spark cluster read them, and there they "
            f"stayed. {instead}"
        )
    return steps[step].outputs[output][0]
