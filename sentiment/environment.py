"""What every process of this project sets, wherever it runs, before it imports the libraries below."""

from __future__ import annotations

from collections.abc import Mapping

ALWAYS = {
    "ZENML_ANALYTICS_OPT_IN": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "TF_ENABLE_ONEDNN_OPTS": "0",  # its results depend on the machine's instruction set
    "CUDA_VISIBLE_DEVICES": "-1",
}

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def without_proxy(environment: Mapping[str, str]) -> str:
    """Give the value of ``NO_PROXY``: the hosts that it names, in either case of its name, and this machine's own."""
    named = ",".join(environment.get(name, "") for name in ("no_proxy", "NO_PROXY"))
    hosts = [host.strip() for host in named.split(",") if host.strip()]
    return "*" if "*" in hosts else ",".join(dict.fromkeys([*hosts, *LOOPBACK]))
