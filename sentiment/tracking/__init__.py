"""The only place that imports mlflow: runs, registry, model files, server.

Every call goes through a client with an explicit address. ZenML blanks the process-wide tracking address after each
tracked step, so nothing here relies on it.
"""

from __future__ import annotations

import os

EXPERIMENT = "customer-sentiment-analysis"
MODEL_NAME = "customer-sentiment-analysis"

# MLflow's own defaults retry a dead server for four minutes.
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "10")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR", "1")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
