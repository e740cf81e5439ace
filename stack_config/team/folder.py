"""Where the team server keeps its data, and what it remembers of the processes it started."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from stack_config.servers.folder import PortState, ServerFolder
from stack_config.servers.processes import Started

SYSTEM_FOLDER = Path("/var/lib/customer-sentiment-analysis")
"""What belongs to the database where we are root; root's own folders stay closed."""
_LONGEST_SOCKET_FOLDER = 80  # characters; the kernel takes 107 with the socket's own name


class State(PortState):
    """What `stack up` started; MLflow has the port."""

    mlflow: Started | None = None
    postgresql: Started | None = None


class TeamFolder(ServerFolder[State]):
    """The team server's folder."""

    def __init__(self) -> None:
        super().__init__("team", State)
        self.artifacts = self.path / "artifacts"
        self.mlflow_log = self.path / "mlflow.log"
        self.postgresql_log = self.database / "server.log"
        self.accounts_file = self.path / "accounts.ini"

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
