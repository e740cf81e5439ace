"""The rows that a registered version was never fitted on."""

from __future__ import annotations

from zenml.client import Client

from sentiment.errors import InputError
from sentiment.tracking.registry.release import HeldOutRows, held_out_rows
from sentiment.tracking.registry.version import Version


def held_out_from_its_run(version: Version) -> HeldOutRows:
    """Take the test rows of the pipeline run that trained a version.

    Raises:
        InputError: That run is not known to this ZenML, because it was somebody else's or was deleted.
    """
    run = version.tags.get("zenml_run", "")
    try:
        stored = Client().get_pipeline_run(run, allow_name_prefix_match=False).steps["split"].outputs["test_rows"][0]
    except KeyError as error:
        raise InputError(
            f"the test rows of version {version.version} are not here: ZenML does not know pipeline run {run!r}. "
            "Name the file it was trained on with --data."
        ) from error
    return held_out_rows(stored.load(), data_sha256=version.tags["data_sha256"])
