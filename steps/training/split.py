"""Decide which rows train, which choose, and which are scored once."""

from __future__ import annotations

from typing import Annotated

import pandas as pd
from zenml import step

from materializers.reviews_frame import ReviewsMaterializer
from sentiment.reviews.splits import split_reviews


# By name: given one materializer for all outputs, ZenML 0.98 orders them by a set, and the cache key differs each run.
@step(
    output_materializers={
        "training_rows": ReviewsMaterializer,
        "validation_rows": ReviewsMaterializer,
        "test_rows": ReviewsMaterializer,
    }
)
def split(
    reviews: pd.DataFrame, validation_share: float, seed: int
) -> tuple[
    Annotated[pd.DataFrame, "training_rows"],
    Annotated[pd.DataFrame, "validation_rows"],
    Annotated[pd.DataFrame, "test_rows"],
]:
    """Split the reviews; see `sentiment.reviews.splits`."""
    parts = split_reviews(reviews, validation_share=validation_share, seed=seed)
    return parts.train, parts.validation, parts.test
