"""Spark as a user has it: trained on a folder, put to the gate, and used to score; on two cores of this machine."""

from __future__ import annotations

import csv
import shutil

import pytest

from sentiment.errors import InputError
from sentiment.spark.session import Cluster, require_spark
from tests.trained import SAMPLE

TWO_CORES = ("--engine", "spark", "--master", "local[2]")


@pytest.fixture(scope="module", autouse=True)
def spark():
    try:
        require_spark(Cluster())
    except InputError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def trained(project):
    folder = project.root / "in [1] #2"
    folder.mkdir()
    shutil.copy(SAMPLE, folder / "a b.csv")
    return project.json("train", *TWO_CORES, "--data", str(folder), "--only", "bag_of_words")


def test_a_model_that_spark_trained_is_registered_and_judged_as_any_other(project, trained):
    assert trained["registered"]["versions"] == {"bag_of_words": "1"}
    assert trained["decision"]["promoted"]
    champion = next(version for version in project.json("registry") if version["alias"] == "champion")
    assert champion["version"] == "1"


@pytest.mark.slow
def test_the_same_again_comes_from_the_cache(project, trained):
    again = project.run("train", *TWO_CORES, "--data", "in [1] #2", "--only", "bag_of_words").stderr
    assert "from the cache" in again


@pytest.mark.slow
def test_scored_files_have_the_answers_of_one_machine(project, trained):
    project.run("score", "in [1] #2/a b.csv", "here.csv")
    report = project.json("score", "in [1] #2/a b.csv", "spark.csv", *TWO_CORES)
    with (project.root / "here.csv").open(newline="") as file:
        expected = list(csv.reader(file))
    with (project.root / "spark.csv" / "part-00000.csv").open(newline="") as file:
        assert list(csv.reader(file)) == expected
    assert report["scored"] == len(expected) - 1
    assert report["rejected"] > 0


def test_a_stack_says_which_spark_it_works_with(project, trained):
    label = ["orchestrator", "update", "sentiment-local", "-l", "spark_master=spark://127.0.0.1:1"]
    done = project.python("-c", f"import sys; from zenml_cli import cli; sys.argv[1:] = {label}; cli()")
    assert done.returncode == 0, done.stderr
    refused = project.run("score", "data/sample_reviews.csv", "other.csv", "--engine", "spark", exits=1)
    assert "no Spark master answers at spark://127.0.0.1:1" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("score", "-", "x.csv", "--engine", "spark"), "cannot read standard input"),
        (("score", "data", "x.csv", "--engine", "spark", "--workers", "2"), "--workers 2"),
        (("score", "data", "x.csv", "--master", "local[2]"), "are for --engine spark"),
        (("score", "nothing-*.csv", "x.csv", "--engine", "spark"), "matches no file"),
        (("train", "--engine", "spark", "--only", "embedding_average"), "is not trained by Spark"),
        (("train", "--engine", "spark", "--only", "bag_of_words", "--master", "here"), "is no Spark master"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_begins(project, trained, arguments, told):
    refused = project.run(*arguments, exits=2)
    assert told in " ".join(refused.stderr.split())
