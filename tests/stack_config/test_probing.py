"""What a stack's object store is asked with, whatever account other jobs left in the environment."""

from __future__ import annotations

import os

import pytest

from stack_config.probing import ask_object_store
from tests.stores.servers import ACCOUNT, s3_server


@pytest.mark.parametrize("variable", ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN"])
def test_the_account_of_another_job_is_ignored_and_named_where_the_stack_has_a_key(variable, monkeypatch, capsys):
    key, secret = ACCOUNT["AWS_ACCESS_KEY_ID"], ACCOUNT["AWS_SECRET_ACCESS_KEY"]
    with s3_server("reviews") as port:
        monkeypatch.setenv(variable, "of-another-job")
        answer = ask_object_store(f"http://127.0.0.1:{port}", "reviews", key, secret)
    assert answer.answers, answer.detail
    assert variable not in os.environ
    assert f"a key of its own for its store: {variable}." in capsys.readouterr().err


def test_a_profile_is_used_where_the_stack_has_no_key(monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "of-another-job")
    answer = ask_object_store("http://127.0.0.1:9", "reviews", None, None)
    assert (answer.answers, answer.detail) == (False, "does not answer (ProfileNotFound)")
    assert os.environ["AWS_PROFILE"] == "of-another-job"
