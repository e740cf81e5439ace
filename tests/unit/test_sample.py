"""The bundled sample is what its script writes, and nobody's review."""

from __future__ import annotations

import csv
import subprocess
import sys

import pytest

from sentiment.reviews import NUMBER_COLUMNS, TEXT_COLUMNS, check_data, read_reviews, with_text
from tests.conftest import ROOT

SAMPLE = ROOT / "data" / "sample_reviews.csv"


@pytest.fixture(scope="module")
def sample():
    return with_text(read_reviews(SAMPLE))


def test_the_script_writes_the_file_that_is_committed():
    done = subprocess.run([sys.executable, "data/make_sample.py", "--check"], cwd=ROOT, check=False)
    assert done.returncode == 0


def test_it_has_every_column_of_the_articles_file():
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    assert header[0] == ""
    assert set(header[1:]) == {*TEXT_COLUMNS, *NUMBER_COLUMNS, "Recommended IND"}


def test_it_looks_like_real_reviews():
    facts = check_data(read_reviews(SAMPLE))
    assert 2_000 <= facts.rows <= 4_000
    assert facts.rows_with_text < facts.rows
    assert facts.recommended_share == pytest.approx(0.82, abs=0.03)
    assert len(facts.departments) == 6


def test_it_has_negations_in_both_classes(sample):
    negated = sample[sample["review"].str.contains(r"\bnot\b|n't\b")]
    assert negated["recommended"].value_counts().min() > 50


@pytest.mark.real_data
def test_no_text_of_the_real_file_is_in_it(sample, real_csv):
    real = with_text(read_reviews(real_csv))
    assert not set(sample["review"].str.lower()) & set(real["review"].str.lower())
