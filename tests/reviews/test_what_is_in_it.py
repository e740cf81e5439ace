"""Repeats, contradictions, markup and other scripts are said, and none of them spoils a split."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from commands.root import root
from commands.train import checked_input
from sentiment.errors import InputError
from sentiment.reviews.reading import check_data
from sentiment.reviews.splits import distinct, split_reviews


def frame(texts: list[str], labels: list[int]) -> pd.DataFrame:
    rows = range(1, len(texts) + 1)
    return pd.DataFrame({"row": rows, "title": "", "review": texts, "recommended": labels})


@pytest.mark.parametrize("times", [2, 3, 9])
def test_a_file_that_is_repeated_trains_on_as_many_texts_as_once(times: int) -> None:
    texts, labels = [f"text {n}" for n in range(500)], [int(n % 5 > 0) for n in range(500)]
    once = split_reviews(frame(texts, labels), validation_share=0.1, seed=0)
    often = split_reviews(frame(texts * times, labels * times), validation_share=0.1, seed=0)
    assert [part["review"].tolist() for part in often] == [part["review"].tolist() for part in once]
    assert not often.test["review"].duplicated().any()


def test_a_few_repeats_leave_the_rows_as_the_article_splits_them() -> None:
    rows = frame([f"text {n % 995}" for n in range(1000)], [n % 2 for n in range(1000)])
    assert distinct(rows) is rows


def test_a_text_with_unequal_labels_keeps_the_one_of_most_of_its_rows() -> None:
    rows = frame(["a", "b", "a", "b", "a", "c"], [0, 1, 1, 0, 1, 0])
    kept = distinct(rows)
    assert dict(zip(kept["review"], kept["recommended"], strict=True)) == {"a": 1, "b": 1, "c": 0}
    assert kept["row"].tolist() == [1, 2, 6]


def test_the_check_counts_contradictions_and_markup_and_gives_examples() -> None:
    facts = check_data(frame(["a" * 100, "b", "a" * 100, "b", "soft<br>c"], [0, 1, 1, 1, 0]), name="x.csv", sha256="0")
    assert facts.contradicted_texts == 1
    assert facts.contradictions == ("a" * 80,)
    assert facts.rows_with_markup == 1


def stored(folder: Path, texts: list[str]) -> Path:
    with (folder / "in.csv").open("w", encoding="utf-8", newline="") as file:
        rows = ([text, n % 2] for n, text in enumerate(texts))
        csv.writer(file).writerows([("Review Text", "Recommended IND"), *rows])
    return folder / "in.csv"


def configured(folder: Path, *recipes: str) -> Path:
    family = {"article": "bag_of_words", "negation": "tfidf_linear"}
    listed = "".join(f"  - {{name: by_{one}, family: {family[one]}, recipe: {one}}}\n" for one in recipes)
    path = folder / "training.yaml"
    path.write_text(f"seed: 0\nvalidation_share: 0.1\nselection_metric: mcc\ncandidates:\n{listed}")
    return path


def with_context(path: Path, config: Path):
    with root.make_context("run.py", ["--quiet", "status"]):
        return checked_input(str(path), "utf-8", config, (), None, None)


def test_a_candidate_whose_cleaning_leaves_no_word_is_named_and_the_others_go_on(tmp_path, capsys) -> None:
    path = stored(tmp_path, [f"यह पोशाक बहुत अच्छी है रंग सुंदर {n}" for n in range(120)])
    config, _ = with_context(path, configured(tmp_path, "article", "negation"))
    assert [one.name for one in config.candidates] == ["by_negation"]
    assert "by_article (recipe article) leaves no words" in capsys.readouterr().err


def test_with_no_candidate_left_nothing_is_trained(tmp_path) -> None:
    path = stored(tmp_path, [f"这件衣服很漂亮 {n}" for n in range(120)])
    with pytest.raises(InputError, match=r"by_article .*leaves no words") as refused:
        with_context(path, configured(tmp_path, "article"))
    assert refused.value.exit_code == 2


def test_the_check_shows_what_is_odd(tmp_path) -> None:
    path = stored(tmp_path, ["soft<br>nice", *map(str, range(99)), "0"])
    shown = CliRunner().invoke(root, ["data", "check", str(path)])
    assert "texts with unequal labels" in shown.output
    assert "with markup or addresses" in shown.output
    assert "titles" in shown.output


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["nice dress"], "200 rows have 1 distinct: every review has the label 0"),
        (["good", "bad", "fine", "poor"], "200 rows have 4 distinct: too few reviews to train and test on"),
    ],
)
def test_the_check_refuses_what_the_split_would(texts, said, tmp_path) -> None:
    path = tmp_path / "same.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = [(texts[n % len(texts)], n % 2) for n in range(200)]
        csv.writer(file).writerows([("Review Text", "Recommended IND"), *rows])
    for command in (["data", "check", str(path)], ["train", "--data", str(path)]):
        done = CliRunner().invoke(root, command)
        assert (done.exit_code, said in done.output) == (2, True), done.output
