"""Object stores on loopback, in memory: one that speaks S3, and Google's emulated."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import pytest
from gcp_storage_emulator.server import create_server
from moto.server import ThreadedMotoServer

ACCOUNT = {"AWS_ACCESS_KEY_ID": "somebody", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": "us-east-1"}


@contextmanager
def s3_server(bucket: str) -> Iterator[int]:
    """Run one with an empty bucket; gives its port."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    try:
        _, port = server.get_host_and_port()
        boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{port}",
            aws_access_key_id=ACCOUNT["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=ACCOUNT["AWS_SECRET_ACCESS_KEY"],
            region_name=ACCOUNT["AWS_DEFAULT_REGION"],
        ).create_bucket(Bucket=bucket)
        yield port
    finally:
        server.stop()


@contextmanager
def gcs_server(bucket: str) -> Iterator[int]:
    """Run one with an empty bucket; gives its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = create_server("127.0.0.1", port, in_memory=True, default_bucket=bucket)
    server.start()
    try:
        yield port
    finally:
        server.stop()


def use_s3(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process and those that it starts use one."""
    for name, value in {**ACCOUNT, "AWS_ENDPOINT_URL": address}.items():
        monkeypatch.setenv(name, value)


def use_gcs(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process and those that it starts use one."""
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", address)
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "test")
    monkeypatch.setenv("NO_GCE_CHECK", "true")  # whether this machine is Google's is asked of the network
