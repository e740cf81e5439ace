"""Where the project lies and who runs it."""

from __future__ import annotations

import getpass
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sentiment.release.policy import Policy
    from sentiment.training.lineage import TrainingData

ROOT = Path(__file__).parent.parent
TRAINING_CONFIG = ROOT / "pipelines" / "configs" / "training.yaml"
SEARCH_SPACE = ROOT / "pipelines" / "configs" / "search.yaml"
SEARCHES = ROOT / ".searches"
PREDICTIONS = ROOT / ".predictions"
MONITORING = ROOT / ".monitoring"
RETRAINING = ROOT / ".retraining"
MONITORING_CONFIG = ROOT / "pipelines" / "configs" / "monitoring.yaml"
PROMOTION_POLICY = ROOT / "pipelines" / "configs" / "promotion.yaml"


def monitoring_history() -> Path:
    """Name the file with the windows that were judged on the active stack."""
    from stack_config.active import active_stack_id

    return MONITORING / f"{active_stack_id(ROOT) or 'none'}.jsonl"


def load_policy() -> Policy:
    """Read the gate's policy.

    Raises:
        ConfigError: Something in it is not allowed.
    """
    from sentiment.configuration import read_mapping
    from sentiment.release.policy import Policy

    return Policy.from_mapping(read_mapping(PROMOTION_POLICY), source=str(PROMOTION_POLICY))


def run_tags(data: TrainingData, developer_name: str | None) -> dict[str, str]:
    """Give what every MLflow run of a pipeline run carries.

    Args:
        data: The file of reviews.
        developer_name: Who runs it; None for git's user.

    Raises:
        InputError: The name cannot be kept.
    """
    from sentiment.reviews.schema import TAG, Schema
    from sentiment.tracking.registry.history import require_fit

    require_fit("", developer_name or developer())
    return {
        "developer": developer_name or developer(),
        "git_commit": git_commit(),
        "data": data.name,
        "data_sha256": data.sha256,
        TAG: Schema.from_mapping(data.read_as, source="the schema").model_dump_json(),
    }


def developer() -> str:
    """Name who runs this: git's user, else the operating system's."""
    return _git("config", "user.name") or _system_user()


def git_commit() -> str:
    """Name the commit that runs, with ``-dirty`` behind it when files differ from it; ``unknown`` outside of git."""
    commit = _git("rev-parse", "HEAD")
    if not commit:
        return "unknown"
    return commit + ("-dirty" if _git("status", "--porcelain", "--untracked-files=no") else "")


def _system_user() -> str:
    """Name the operating system's user; a container may run as one that has a number only."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def _git(*arguments: str) -> str:
    try:
        answer = subprocess.run(  # noqa: S603
            ["git", "-C", str(ROOT), *arguments],  # noqa: S607
            capture_output=True,
            encoding="utf-8",
            errors="replace",  # git keeps whatever bytes a name was typed in
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""
