"""What every process of this project sets, wherever it runs, before it imports the libraries below."""

from __future__ import annotations

ALWAYS = {
    "ZENML_ANALYTICS_OPT_IN": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "TF_ENABLE_ONEDNN_OPTS": "0",  # its results depend on the machine's instruction set
    "CUDA_VISIBLE_DEVICES": "-1",
}
