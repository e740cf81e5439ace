"""Read the reviews, and refuse what is not one."""

from __future__ import annotations

from typing import Annotated

import pandas as pd
from zenml import step

from materializers.reviews_frame import ReviewsMaterializer
from sentiment.errors import InputError
from sentiment.models.digests import sha256_of
from sentiment.reviews.reading import DataCheck, check_data, read, with_text
from sentiment.reviews.schema import ARTICLE, Schema
from steps.shared.reviews_file import local_file


@step(output_materializers={"reviews": ReviewsMaterializer})
def ingest(
    path: str, name: str, sha256: str, encoding: str = "utf-8", schema: Schema = ARTICLE
) -> tuple[Annotated[pd.DataFrame, "reviews"], Annotated[DataCheck, "data_check"]]:
    """Read and check a file of reviews.

    Args:
        path: Path of the file, here or in the artifact store.
        name: Name of the file, for people.
        sha256: Its digest when the run was started: a changed file is another input.
        encoding: The encoding of the file, where it is text.
        schema: Which columns are what.

    Returns:
        The reviews that have text, in file order, and the facts about the whole file.

    Raises:
        InvalidReviewsError: The file breaks the format.
        InputError: The file is no longer the one the run was started with.
    """
    with local_file(path) as file:
        if (digest := sha256_of(file)) != sha256:
            raise InputError(
                f"{path} changed since the run was started: sha256 {digest} found, {sha256} expected. Start again."
            )
        reading = read(file, encoding=encoding, schema=schema)
    facts = check_data(reading.reviews, name=name, sha256=sha256, left_out=reading.left_out, read_as=reading.read_as)
    return with_text(reading.reviews), facts
