"""Where a server keeps its data, and what it remembers of the processes it started."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from filelock import FileLock, Timeout
from pydantic import BaseModel

from sentiment.errors import ServiceError
from sentiment.service.loopback import HOST
from stack_config.active import zenml_folder


class PortState(BaseModel):
    """What was started, to be found again.

    Attributes:
        port: Where the server answers; kept when everything is stopped, so that addresses stay good.
    """

    port: int

    @property
    def address(self) -> str:
        """Where the server answers."""
        return f"http://{HOST}:{self.port}"


AnyState = TypeVar("AnyState", bound=PortState)


class ServerFolder(Generic[AnyState]):
    """A server's folder, below ZenML's own: for its owner alone, and outside of any repository.

    Args:
        stack: That the server is for.
        state: The record of what was started.
    """

    def __init__(self, stack: str, state: type[AnyState]) -> None:
        self.path = zenml_folder().absolute() / f"sentiment_{stack}"
        self._stack, self._state = stack, state
        self._state_file = self.path / "state.json"

    def make(self) -> None:
        """Create the folder; doing it again changes nothing."""
        self.path.mkdir(parents=True, exist_ok=True)
        self.path.chmod(0o700)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Run the body while nobody else starts or stops the server.

        Raises:
            ServiceError: Somebody does.
        """
        lock = self.path / "up.lock"
        try:
            with FileLock(lock, timeout=0):
                yield
        except Timeout as error:
            raise ServiceError(
                f"somebody else is starting or stopping the {self._stack} server (lock {lock}); try again in a while"
            ) from error

    def state(self) -> AnyState | None:
        """Read what was started; None when the server was never up."""
        try:
            return self._state.model_validate_json(self._state_file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None

    def remember(self, state: AnyState) -> None:
        """Write what was started, all of it or nothing."""
        written = self._state_file.with_suffix(".new")
        written.write_text(state.model_dump_json(indent=2) + "\n", encoding="utf-8")
        written.replace(self._state_file)
