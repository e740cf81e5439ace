"""What the page is told by whoever started it, in one variable of its environment: a page gets no arguments."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

VARIABLE = "SENTIMENT_PAGE"


class PageSettings(BaseModel):
    """Where things are.

    Attributes:
        address: Of the service; None for the one that is current, whose address changes with every deployment.
        current: The file that says which service is current.
        predictions: Where they are recorded; None where they cannot be read again.
        history: The file of the windows that monitoring has judged.
        token_file: Holds the token that requests bring; None for the variable's, if any.
    """

    model_config = ConfigDict(frozen=True)

    address: str | None
    current: Path
    predictions: str | None
    history: Path
    token_file: Path | None = None
