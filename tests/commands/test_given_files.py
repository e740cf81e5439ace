"""Paths as people give them: one that is empty is no folder, and an address is no path."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

from commands.root import root
from tests.trained import ROOT, SAMPLE


@pytest.mark.parametrize(
    "given",
    [
        ["data", "check", ""],
        ["data", "fetch", "--from", ""],
        ["score", "", "out.csv"],
        ["score", "in.csv", ""],
        ["score", "", "out.csv", "--engine", "spark"],
        ["train", "--data", ""],
        ["train", "--data", "", "--engine", "spark", "--only", "bag_of_words"],
        ["train", "--schema", ""],
        ["download", "champion", ""],
        ["serve", "--model", ""],
        ["report", "--out", ""],
        ["search", "--data", ""],
    ],
)
def test_an_empty_path_is_called_empty_and_is_not_the_folder_one_is_in(given):
    answer = CliRunner().invoke(root, given)
    assert answer.exit_code == 2
    assert "an empty path found" in answer.output


@pytest.mark.parametrize(
    "given",
    [
        ["data", "check", "s3a://shop/in.csv"],
        ["download", "champion", "s3://shop/model"],
        ["report", "--out", "s3://shop/report.html"],
    ],
)
def test_an_address_is_no_path(given):
    answer = CliRunner().invoke(root, given)
    assert answer.exit_code == 2
    assert "is an address; the name of a file or folder expected" in " ".join(answer.output.split())


@pytest.mark.parametrize(
    "given",
    [
        ["score", "s3a://shop/x.csv", "out.csv"],
        ["score", str(SAMPLE), "s3a://shop/x.csv"],
        ["train", "--data", "s3a://shop/x.csv"],
    ],
)
def test_an_address_is_for_spark(given):
    answer = CliRunner().invoke(root, given)
    assert answer.exit_code == 2
    assert "s3a://shop/x.csv is an address of an object store, which only --engine spark takes" in answer.output


def test_standard_input_that_is_closed_is_said():
    closed = f"exec {sys.executable} run.py data check - <&-"
    done = subprocess.run(["sh", "-c", closed], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "standard input is closed" in done.stderr


def test_evidentlys_report_does_not_replace_the_file_that_is_judged(tmp_path):
    scored = tmp_path / "scored.csv"
    scored.write_text("precious")
    (tmp_path / "report.html").symlink_to(scored)
    given = ["monitor", "--predictions", str(scored), "--evidently", str(tmp_path / "report.html"), "--overwrite"]
    answer = CliRunner().invoke(root, given)
    assert answer.exit_code == 2
    assert "is the same file as" in " ".join(answer.output.split())
    assert scored.read_text() == "precious"
