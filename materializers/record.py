"""This project's records: stored as ZenML stores them, shown as a page, with their key numbers beside it."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel
from zenml.enums import VisualizationType
from zenml.materializers.materializer_registry import materializer_registry
from zenml.materializers.pydantic_materializer import PydanticMaterializer

from materializers.facts import facts
from materializers.pages import write_page


class RecordMaterializer(PydanticMaterializer):
    """Stores every pydantic record; see `sentiment.reports.section` for how one gets a page."""

    ASSOCIATED_TYPES: ClassVar[tuple[type, ...]] = (BaseModel,)
    SKIP_REGISTRATION: ClassVar[bool] = True  # registered below, since ZenML keeps the first that is

    def save_visualizations(self, data: BaseModel) -> dict[str, VisualizationType]:
        """Write the record's page; a record without one shows its metadata only."""
        return write_page(data, self.artifact_store, self.uri)

    def extract_metadata(self, data: BaseModel) -> dict[str, Any]:
        """Give the key numbers, or where nobody chose them all that is one value."""
        from sentiment.reports import section

        shown = section(data)
        if shown is not None:
            return facts(shown.facts)
        return facts({name: value for name, value in data if isinstance(value, str | int | float | bool)})


materializer_registry.register_and_overwrite_type(BaseModel, RecordMaterializer)
