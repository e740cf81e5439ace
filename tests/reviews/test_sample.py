"""The bundled sample: invented, reproducible, and shaped like the article's file."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from sentiment.reviews.reading import check_data, read_reviews, with_text
from sentiment.reviews.schema import ARTICLE
from sentiment.reviews.sources import SAMPLE_FILE
from sentiment.reviews.splits import shared_texts, split_reviews
from tests.conftest import ROOT

SAMPLE = ROOT / "data" / SAMPLE_FILE
SCRIPT = ROOT / "data" / "make_sample.py"
HEADER = [
    "",
    "Clothing ID",
    "Age",
    "Title",
    "Review Text",
    "Rating",
    "Recommended IND",
    "Positive Feedback Count",
    "Division Name",
    "Department Name",
    "Class Name",
]


@pytest.fixture(scope="module")
def sample() -> pd.DataFrame:
    return read_reviews(SAMPLE)


def header_of(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


def run(script: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(script), *options], capture_output=True, text=True, check=False)


def normal(texts: pd.Series) -> set[str]:
    """Texts without regard to case, punctuation and spacing."""
    return set(texts.str.lower().str.replace(r"[^a-z0-9]+", " ", regex=True).str.strip()) - {""}


def test_the_sample_is_what_the_script_writes() -> None:
    done = run(SCRIPT, "--check")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_script_writes_the_sample_byte_for_byte(tmp_path: Path) -> None:
    script = shutil.copy(SCRIPT, tmp_path)
    assert run(script).returncode == 0
    assert (tmp_path / SAMPLE_FILE).read_bytes() == SAMPLE.read_bytes()


def test_a_sample_that_was_changed_is_found_and_left_alone(tmp_path: Path) -> None:
    script = shutil.copy(SCRIPT, tmp_path)
    changed = SAMPLE.read_bytes().replace(b"dress", b"skirt", 1)
    (tmp_path / SAMPLE_FILE).write_bytes(changed)
    done = run(script, "--check")
    assert done.returncode == 1
    assert f"{tmp_path / SAMPLE_FILE} is not what this script writes" in done.stderr
    assert (tmp_path / SAMPLE_FILE).read_bytes() == changed


def test_it_has_the_columns_of_the_articles_file() -> None:
    assert header_of(SAMPLE) == HEADER
    assert set(ARTICLE.required()) <= set(HEADER)


def test_it_is_large_enough_to_train_on_and_small_enough_to_bundle(sample: pd.DataFrame) -> None:
    assert 2000 <= len(sample) <= 4000
    assert SAMPLE.stat().st_size < 1_500_000


def test_its_labels_and_its_gaps_are_about_those_of_the_article(sample: pd.DataFrame) -> None:
    facts = check_data(sample, name="sample", sha256="")
    assert facts.recommended_share == pytest.approx(0.82, abs=0.05)
    assert facts.rows_with_text / facts.rows == pytest.approx(0.96, abs=0.02)
    assert 0 < facts.repeated_texts < 50
    assert set(facts.departments) == {"Tops", "Dresses", "Bottoms", "Intimate", "Jackets", "Trend"}


@pytest.mark.parametrize("negation", [r"\bnot\b", r"n't\b", r"\bnever\b"])
@pytest.mark.parametrize("label", [0, 1])
def test_it_has_negations_in_reviews_of_both_labels(sample: pd.DataFrame, negation: str, label: int) -> None:
    texts = sample.loc[sample["recommended"] == label, "review"]
    assert texts.str.contains(negation, case=False, regex=True).sum() > 20


def test_it_can_be_split(sample: pd.DataFrame) -> None:
    train, validation, test = split_reviews(with_text(sample), validation_share=0.1, seed=0)
    assert len(train) > 1500 and len(validation) > 150 and len(test) > 400
    assert shared_texts(train, test) == 0


@pytest.mark.real_data
def test_no_text_of_the_real_file_is_in_it(sample: pd.DataFrame, real_csv: Path) -> None:
    texts = normal(read_reviews(real_csv)["review"])
    assert len(texts) > 20_000
    assert not normal(sample["review"]) & texts


@pytest.mark.real_data
def test_its_columns_stand_as_in_the_real_file(real_csv: Path) -> None:
    assert header_of(SAMPLE) == header_of(real_csv)
