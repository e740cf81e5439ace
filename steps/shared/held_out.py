"""The rows of the run that trained a registered version."""

from __future__ import annotations

import pandas as pd
from zenml.client import Client

from sentiment.errors import InputError
from sentiment.tracking.registry.release import HeldOutRows, held_out_rows
from sentiment.tracking.registry.version import Version


def held_out_from_its_run(version: Version) -> HeldOutRows:
    """Take the test rows of the pipeline run that trained a version.

    Raises:
        InputError: That run is not known to this ZenML, because it was somebody else's or was deleted.
    """
    return held_out_rows(_stored(version, "split", "test_rows"), data_sha256=version.tags["data_sha256"])


def reviews_from_its_run(version: Version) -> pd.DataFrame:
    """Take all reviews of the pipeline run that trained a version, in file order; raises as `held_out_from_its_run`."""
    return _stored(version, "ingest", "reviews")


def _stored(version: Version, step: str, output: str) -> pd.DataFrame:
    run = version.tags.get("zenml_run", "")
    try:
        stored = Client().get_pipeline_run(run, allow_name_prefix_match=False).steps[step].outputs[output][0]
    except KeyError as error:
        raise InputError(
            f"the rows of version {version.version} are not here: ZenML does not know pipeline run {run!r}. "
            "Name the file it was trained on with --data."
        ) from error
    frame: pd.DataFrame = stored.load()
    return frame
