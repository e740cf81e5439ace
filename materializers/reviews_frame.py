"""Frames of reviews as Parquet, with a content hash, so that the same rows read again keep the cache."""

from __future__ import annotations

import hashlib
import io
import posixpath
from typing import Any, ClassVar

import pandas as pd
from zenml.enums import ArtifactType
from zenml.materializers.base_materializer import BaseMaterializer

from materializers.facts import facts

_FILE = "reviews.parquet"


class ReviewsMaterializer(BaseMaterializer):
    """Stores a frame of reviews; the index is not kept."""

    ASSOCIATED_TYPES: ClassVar[tuple[type, ...]] = (pd.DataFrame,)
    ASSOCIATED_ARTIFACT_TYPE: ClassVar[ArtifactType] = ArtifactType.DATA
    SKIP_REGISTRATION: ClassVar[bool] = True  # named where it is meant; other frames keep ZenML's own materializer

    def save(self, data: pd.DataFrame) -> None:
        """Write the rows as Parquet."""
        with self.artifact_store.open(posixpath.join(self.uri, _FILE), "wb") as target:
            target.write(data.to_parquet(index=False))

    def load(self, data_type: type[Any]) -> pd.DataFrame:  # noqa: ARG002
        """Read the rows back, in order."""
        with self.artifact_store.open(posixpath.join(self.uri, _FILE), "rb") as source:
            return pd.read_parquet(io.BytesIO(source.read()))

    def compute_content_hash(self, data: pd.DataFrame) -> str:
        """Hash column names, types and every value in row order."""
        digest = hashlib.sha256(repr([(name, str(kind)) for name, kind in data.dtypes.items()]).encode())
        digest.update(pd.util.hash_pandas_object(data, index=False).to_numpy().tobytes())
        return digest.hexdigest()

    def extract_metadata(self, data: pd.DataFrame) -> dict[str, Any]:
        """What the dashboard shows beside the artifact."""
        return facts({"rows": len(data), "recommended_share": round(float(data["recommended"].mean()), 4)})
