"""Whoever runs it, and on whatever machine: a user without a name, a name in old bytes, a proxy."""

from __future__ import annotations

import os
import pwd
import subprocess

import pytest

from commands import project
from sentiment.environment import LOOPBACK, without_proxy


@pytest.fixture
def unnamed_in_git(monkeypatch, tmp_path):
    monkeypatch.setattr(project, "ROOT", tmp_path)
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, os.devnull)


def test_a_user_who_has_a_number_only_is_named_by_it(unnamed_in_git, monkeypatch):
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", lambda number: (_ for _ in ()).throw(KeyError(number)))
    assert project.developer() == f"user {os.getuid()}"


def test_a_git_name_that_is_not_utf_8_is_kept_as_far_as_it_can_be_read(tmp_path, monkeypatch):
    settings = tmp_path / "gitconfig"
    settings.write_bytes(b"[user]\n\tname = Jos\xe9 M\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setattr(project, "ROOT", tmp_path)
    assert subprocess.run(["git", "config", "user.name"], capture_output=True, cwd=tmp_path, check=True).stdout
    assert project.developer() == "Jos\N{REPLACEMENT CHARACTER} M"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, ",".join(LOOPBACK)),
        ({"no_proxy": "shop.example, localhost"}, "shop.example,localhost,127.0.0.1,::1"),
        ({"NO_PROXY": "a.example", "no_proxy": "b.example"}, "b.example,a.example,127.0.0.1,localhost,::1"),
        ({"NO_PROXY": "*"}, "*"),
    ],
)
def test_hosts_that_need_no_proxy_are_kept_and_this_machine_is_one(environment, expected):
    assert without_proxy(environment) == expected
