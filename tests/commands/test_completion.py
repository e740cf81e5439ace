"""The shell completes commands and options, and nothing is begun by that."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SENTIMENT = Path(sys.executable).with_name("sentiment")


def told(folder: Path, **variables: str) -> str:
    home = {"HOME": str(folder), "ZENML_CONFIG_PATH": str(folder / "zenml"), "PATH": os.environ["PATH"]}
    done = subprocess.run([SENTIMENT], cwd=folder, env=home | variables, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize(
    ("typed", "word", "completed"),
    [
        ("sentiment reg", 1, {"registry"}),
        ("sentiment registry ", 2, {"compare", "history", "repair", "show"}),
        ("sentiment train --on", 2, {"--only"}),
        ("sentiment score --eng", 2, {"--engine"}),
        ("sentiment ", 1, {"train", "score", "deploy", "monitor"}),
    ],
)
def test_what_was_begun_is_completed_and_nothing_is_run(typed, word, completed, tmp_path):
    answer = told(tmp_path, _SENTIMENT_COMPLETE="bash_complete", COMP_WORDS=typed, COMP_CWORD=str(word))
    assert completed <= {line.partition(",")[2] for line in answer.splitlines()}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_is_told_how(shell, tmp_path):
    assert "_SENTIMENT_COMPLETE" in told(tmp_path, _SENTIMENT_COMPLETE=f"{shell}_source")
