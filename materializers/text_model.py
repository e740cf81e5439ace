"""The trained pair (vectorizer, classifier) as one artifact."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from zenml.enums import ArtifactType, VisualizationType
from zenml.materializers.base_materializer import BaseMaterializer

from materializers.facts import facts
from materializers.files import download, upload
from materializers.pages import write_page
from sentiment.models.files import MODEL_SUFFIXES, library_versions, load_model, save_model
from sentiment.models.text_model import TextModel


class TextModelMaterializer(BaseMaterializer):
    """Stores the files of `sentiment.models.files`: skops and ``.keras``, never pickle."""

    ASSOCIATED_TYPES: ClassVar[tuple[type, ...]] = (TextModel,)
    ASSOCIATED_ARTIFACT_TYPE: ClassVar[ArtifactType] = ArtifactType.MODEL

    _size: int | None = None

    def save(self, data: TextModel) -> None:
        """Write the pair's files into the artifact store."""
        with TemporaryDirectory() as directory:
            save_model(data, Path(directory))
            self._size = upload(Path(directory), self.artifact_store, self.uri)

    def load(self, data_type: type[Any]) -> TextModel:  # noqa: ARG002
        """Read the pair back.

        Raises:
            UntrustedModelError: The stored files ask for types outside the allow-list.
            ModelFileError: They are damaged, or of another format.
        """
        with TemporaryDirectory() as directory:
            download(self.artifact_store, self.uri, Path(directory), suffixes=MODEL_SUFFIXES)
            return load_model(Path(directory))

    def save_visualizations(self, data: TextModel) -> dict[str, VisualizationType]:
        """Write the page of the words it goes by."""
        return write_page(data, self.artifact_store, self.uri)

    def _get_storage_size(self, path: str) -> int | None:
        """Give the size of what was just written: ZenML would ask the store for it, three times an artifact."""
        return super()._get_storage_size(path) if self._size is None else self._size

    def extract_metadata(self, data: TextModel) -> dict[str, Any]:
        """What the dashboard shows beside the artifact."""
        return facts(
            {
                "vectorizer": type(data.vectorizer).__name__,
                "classifier": type(data.classifier).__name__,
                "threshold": data.threshold,
                "libraries": library_versions(data),
            }
        )
