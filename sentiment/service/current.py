"""Which server is the current one: a small file that is replaced in one piece.

Everybody who wants a prediction reads it before asking, so that a swap is one atomic step; and it is read in
milliseconds, without the libraries that started the server.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError

from sentiment.atomic import write_atomically
from sentiment.errors import ServiceError


class CurrentService(BaseModel):
    """The server that answers for one stack.

    Attributes:
        service_id: An argument of its process names it.
        address: Where it answers, without a path.
        pid: Of the process that holds the server; when it ends, the server ends.
        log_file: What the server had to say.
        since: When it became the current one, UTC.
        name: Of the model, for people.
        target: What it is: ``mlflow``'s server, the project's own ``service``, or ``zenml``, that service held by the
            stack's deployer.
        reads_titles: Whether the model's answers depend on the title; False where an earlier release deployed it.
    """

    model_config = ConfigDict(frozen=True)

    service_id: UUID
    address: str
    pid: int
    log_file: Path
    version: str
    name: str
    stack: str
    since: datetime
    target: str = "mlflow"
    reads_titles: bool = False

    @property
    def prediction_url(self) -> str:
        """Where predictions are asked for, in MLflow's formats."""
        return f"{self.address}/invocations"


def read_current(path: Path) -> CurrentService | None:
    """Read which server is current; None when none was deployed.

    Raises:
        ServiceError: The file is damaged.
    """
    try:
        return CurrentService.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        raise ServiceError(f"{path} is damaged; `python run.py deploy` writes it again: {error}") from error


def differs_from_champion(service: CurrentService | None, champion: str | None) -> str | None:
    """Say in a sentence that something else is in service than the registry's champion; None where it is not so.

    Args:
        service: The current one.
        champion: The number of the version in production; None where there is none.
    """
    if service is None or service.version == champion:
        return None
    of_the_registry = f"the champion is version {champion}" if champion else "there is no champion"
    return f"Version {service.version} is in service, {of_the_registry}; `python run.py deploy` changes that."


def write_current(path: Path, service: CurrentService | None) -> None:
    """Make a server the current one, or none; a reader sees the old or the new, never a part."""
    if service is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, service.model_dump_json(indent=2) + "\n")
