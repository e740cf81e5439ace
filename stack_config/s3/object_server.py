"""moto, a server that speaks S3: it keeps objects in memory, and takes signed requests of one account only."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stack_config.s3 import moto_server
from stack_config.servers.processes import Started, stop

ROOT = Path(__file__).parents[2]
FIRST_PORT = 5060
_NAME = "sentiment"
_REGION = "us-east-1"  # where buckets of S3 lie that nobody chose a region for
_NOT_INHERITED = ("AWS_", "MOTO_")
_SETTING_UP = 4
"""So many requests are taken from anybody: those of `make_account_and_bucket`, exactly."""


@dataclass(frozen=True)
class Key:
    """What requests are signed with; the server makes it up."""

    id: str
    secret: str


def start_object_server(port: int, log: Path) -> Started:
    """Start the server, empty; wait for `health` before anything is asked of it.

    Args:
        port: To listen on, at 127.0.0.1 only.
        log: Gets a line a request, without signatures.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_INHERITED)}
    with log.open("wb") as written:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", moto_server.__name__, str(port)],
            cwd=ROOT,
            env=kept | {"INITIAL_NO_AUTH_ACTION_COUNT": str(_SETTING_UP)},
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Started.of(process.pid)


def stop_object_server(started: Started) -> bool:
    """Stop the server; all that it kept is gone. Gives whether it ran."""
    return stop(started, with_signal=signal.SIGTERM)


def health(address: str) -> str:
    """Give the address that the server answers without an account."""
    return f"{address}{moto_server.HEALTH}"


def make_account_and_bucket(address: str, bucket: str) -> Key:
    """Make an account that may use one new bucket and nothing else; from then on the server asks for signatures."""
    iam, s3 = (_client(service, address) for service in ("iam", "s3"))
    iam.create_user(UserName=_NAME)
    key = iam.create_access_key(UserName=_NAME)["AccessKey"]
    of_bucket = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": of_bucket}]}
    iam.put_user_policy(UserName=_NAME, PolicyName=_NAME, PolicyDocument=json.dumps(policy))
    s3.create_bucket(Bucket=bucket)
    return Key(key["AccessKeyId"], key["SecretAccessKey"])


def _client(service: str, address: str) -> Any:
    import boto3
    from botocore.config import Config

    return boto3.client(
        service,
        endpoint_url=address,
        region_name=_REGION,
        aws_access_key_id="anybody",
        aws_secret_access_key="anybody",  # noqa: S106  (nobody's: the server does not look yet)
        config=Config(retries={"total_max_attempts": 1}),  # each request that is taken unsigned is counted
    )
