"""Asking what a stack needs whether it is there, in bounded time."""

from __future__ import annotations

import os
from dataclasses import dataclass

import click
import requests

from sentiment.environment import leave_to_the_key

SECONDS = 5.0
"""At most so long for one answer."""
_PATIENCE, _TRIES = 2.0, {"mode": "standard", "total_max_attempts": 3}
"""Seconds for one answer of an object store, which may say now and then that it is busy: nine seconds for all three."""


@dataclass(frozen=True)
class Answer:
    """What a server said.

    Attributes:
        answers: Whether it is there and takes the account.
        detail: For people.
        version: Of the server; None where it does not say.
    """

    answers: bool
    detail: str
    version: str | None = None


def ask_tracking_server(address: str, username: str | None, password: str | None) -> Answer:
    """Ask an MLflow server for its version and for something that needs the account."""
    account = (username, password) if username and password else None
    try:
        about = requests.get(f"{address}/version", timeout=SECONDS, auth=account)
        asked = requests.get(
            f"{address}/api/2.0/mlflow/experiments/get-by-name",
            params={"experiment_name": "Default"},
            timeout=SECONDS,
            auth=account,
        )
    except requests.RequestException as error:
        return Answer(False, f"does not answer ({type(error).__name__})")
    version = about.text.strip() if about.ok else None
    if asked.status_code in (401, 403):
        return Answer(False, f"does not take the account {username!r} ({asked.status_code})", version)
    if asked.status_code >= 500:
        return Answer(False, f"answers {asked.status_code}; is its database there?", version)
    return Answer(True, "answers", version)


def ask_object_store(endpoint: str, bucket: str, key: str | None, secret: str | None) -> Answer:
    """Ask a store that speaks S3 for a bucket, with the account.

    Args:
        endpoint: Where it answers.
        bucket: Its name.
        key: Of the account; None for what the environment has. With a key, variables of other accounts are taken out of
            the environment, for whatever asks the store after this.
        secret: Of the account.
    """
    if key and secret:
        _leave_to_the_key()
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    limits = Config(connect_timeout=_PATIENCE, read_timeout=_PATIENCE, retries=_TRIES)
    try:
        client = boto3.client(
            "s3", endpoint_url=endpoint, aws_access_key_id=key, aws_secret_access_key=secret, config=limits
        )
        client.list_objects_v2(Bucket=bucket, MaxKeys=1)  # unlike asking for its head, this gives reasons
    except ClientError as error:
        code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
        if status in (401, 403):
            return Answer(False, f"does not take the key ({code})")
        return Answer(False, f"has no bucket {bucket!r}" if status == 404 else f"answers {status} ({code})")
    except BotoCoreError as error:
        return Answer(False, f"does not answer ({type(error).__name__})")
    return Answer(True, "answers")


def _leave_to_the_key() -> None:
    left, ctx = leave_to_the_key(os.environ), click.get_current_context(silent=True)
    if left and not (ctx and ctx.find_root().params.get("quiet")):
        click.echo(f"Left aside, because the stack has a key of its own for its store: {', '.join(left)}.", err=True)
