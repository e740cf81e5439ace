"""An orchestrator that is handed schedules and only notes them: what one of a cloud is handed."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from zenml.orchestrators import BaseOrchestrator, BaseOrchestratorConfig, BaseOrchestratorFlavor

NOTES = "NOTING_ORCHESTRATOR_NOTES"
"""The variable with the file to write to."""


class NotingConfig(BaseOrchestratorConfig):
    @property
    def is_schedulable(self) -> bool:
        return True


class NotingOrchestrator(BaseOrchestrator):
    def get_orchestrator_run_id(self) -> str:
        return "none"

    def submit_pipeline(self, snapshot: Any, *_: Any, placeholder_run: Any = None, **__: Any) -> None:
        noted = {
            "cron": snapshot.schedule.cron_expression,
            "schedule": snapshot.schedule.name,
            "steps": sorted(snapshot.step_configurations),
            "run": placeholder_run,
            "when a step fails": snapshot.pipeline_configuration.execution_mode.value,
        }
        Path(os.environ[NOTES]).write_text(json.dumps(noted))


class NotingFlavor(BaseOrchestratorFlavor):
    @property
    def name(self) -> str:
        return "noting"

    @property
    def config_class(self) -> type[NotingConfig]:
        return NotingConfig

    @property
    def implementation_class(self) -> type[NotingOrchestrator]:
        return NotingOrchestrator
