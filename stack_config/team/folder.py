"""Where the team server keeps its data, and what it remembers of the processes it started."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from pydantic import BaseModel

from stack_config.active import zenml_folder
from stack_config.team.processes import Started

SYSTEM_FOLDER = Path("/var/lib/customer-sentiment-analysis")
"""What belongs to the database where we are root; root's own folders stay closed."""
_LONGEST_SOCKET_FOLDER = 80  # characters; the kernel takes 107 with the socket's own name


class State(BaseModel):
    """What `stack up` started.

    Attributes:
        port: Of MLflow; kept when everything is stopped, so that addresses stay good.
    """

    port: int
    mlflow: Started | None = None
    postgresql: Started | None = None

    @property
    def address(self) -> str:
        """Where MLflow answers."""
        return f"http://127.0.0.1:{self.port}"


class TeamFolder:
    """The server's folder, below ZenML's own: for its owner alone, and outside of any repository."""

    def __init__(self) -> None:
        self.path = zenml_folder().absolute() / "sentiment_team"
        self.artifacts = self.path / "artifacts"
        self.mlflow_log = self.path / "mlflow.log"
        self.postgresql_log = self.database / "server.log"
        self.accounts_file = self.path / "accounts.ini"
        self._state_file = self.path / "state.json"

    @property
    def lock_file(self) -> Path:
        """Held by whoever starts or stops the server."""
        return self.path / "up.lock"

    @property
    def database(self) -> Path:
        """PostgreSQL's data.

        PostgreSQL does not run as root, and whoever it runs as must not need a way into root's home.
        """
        return SYSTEM_FOLDER / self._digest if os.geteuid() == 0 else self.path / "postgresql"

    @property
    def socket_folder(self) -> Path:
        """Where PostgreSQL's socket lies; it has no other door."""
        if len(str(self.database)) <= _LONGEST_SOCKET_FOLDER:
            return self.database
        return Path(tempfile.gettempdir()) / f"sentiment-{os.geteuid()}-{self._digest}"

    @property
    def _digest(self) -> str:
        return hashlib.sha256(str(self.path).encode()).hexdigest()[:12]

    def make(self) -> None:
        """Create the folder; doing it again changes nothing."""
        self.path.mkdir(parents=True, exist_ok=True)
        self.path.chmod(0o700)

    def state(self) -> State | None:
        """Read what was started; None when the server was never up."""
        try:
            return State.model_validate_json(self._state_file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None

    def remember(self, state: State) -> None:
        """Write what was started, all of it or nothing."""
        written = self._state_file.with_suffix(".new")
        written.write_text(state.model_dump_json(indent=2) + "\n", encoding="utf-8")
        written.replace(self._state_file)
