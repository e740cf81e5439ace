"""An alerter that writes its messages to a file, or fails as it is told to: a chat service that is somebody else's."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from zenml.alerter import BaseAlerter
from zenml.alerter.base_alerter import BaseAlerterFlavor

MESSAGES = "NOTING_ALERTER_MESSAGES"
"""The variable with the file to write to."""
FAILS = "NOTING_ALERTER_FAILS"
"""The variable that makes it fail, whatever its value."""


class NotingAlerter(BaseAlerter):
    def post(self, message: str, params: Any = None) -> bool:  # noqa: ARG002
        if os.environ.get(FAILS):
            raise RuntimeError("the token xoxb-secret is of no use")
        with Path(os.environ[MESSAGES]).open("a", encoding="utf-8") as file:
            file.write(json.dumps(message) + "\n")
        return True


class NotingAlerterFlavor(BaseAlerterFlavor):
    @property
    def name(self) -> str:
        return "noting"

    @property
    def implementation_class(self) -> type[NotingAlerter]:
        return NotingAlerter
