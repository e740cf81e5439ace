"""Anybody's columns and labels are read, by options, by a file, or by a guess that is only shown."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from commands.root import root
from sentiment.errors import ConfigError, InvalidReviewsError
from sentiment.reviews.proposal import propose
from sentiment.reviews.reading import read
from sentiment.reviews.schema import TAG, Schema

STARS = Schema(text="body", title=None, label="stars", department=None, recommended_from=4, not_recommended_to=2)


def shop(folder: Path, labels: list[str], header: tuple[str, str] = ("body", "stars")) -> Path:
    path = folder / "shop.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *([f"a text {n}", labels[n % len(labels)]] for n in range(120))])
    return path


def test_stars_become_labels_and_the_middle_is_left_out_and_counted(tmp_path: Path) -> None:
    found = read(shop(tmp_path, ["5", "1", "3", "4.0", " 2 "]), schema=STARS)
    assert found.left_out == 24
    assert found.reviews["recommended"].tolist() == [1, 0, 1, 0] * 24
    assert found.reviews["row"].tolist()[:5] == [1, 2, 4, 5, 6]
    assert found.reviews["review"].tolist()[2] == "a text 3"


@pytest.mark.parametrize(
    ("yes", "no"),
    [("1", "0"), ("1.0", "0.0"), ("true", "false"), ("TRUE", "False"), (" yes ", "No\t"), ("1.00", "-0.0")],
)
def test_the_usual_ways_to_say_yes_and_no_are_understood(tmp_path: Path, yes: str, no: str) -> None:
    found = read(shop(tmp_path, [yes, no], ("Review Text", "Recommended IND")))
    assert found.reviews["recommended"].tolist() == [1, 0] * 60


@pytest.mark.parametrize("cell", ["2", "0.5", "y", "", "nan", "1_", "yes!"])
def test_what_means_nothing_is_never_made_a_label(tmp_path: Path, cell: str) -> None:
    with pytest.raises(InvalidReviewsError, match="40 rows have unknown labels"):
        read(shop(tmp_path, ["1", "0", cell], ("Review Text", "Recommended IND")))


@pytest.mark.parametrize("cell", ["", "five", "nan", "inf", "5_0", "4,5"])
def test_stars_that_are_no_number_are_never_made_a_label(tmp_path: Path, cell: str) -> None:
    with pytest.raises(InvalidReviewsError, match=r"40 rows have unknown labels in 'stars'.*from 4 recommend"):
        read(shop(tmp_path, ["5", "1", cell]), schema=STARS)


@pytest.mark.parametrize("cell", ["", "4 stars", "4/5", "90%"])
def test_stars_with_something_beside_the_number_are_told_what_to_write(tmp_path: Path, cell: str) -> None:
    said = (
        "numbers alone expected ('4', not '4 stars'), of which those from 4 recommend and those up to 2 do not; cells "
    )
    said += "whose rows are to be left out are named by neither_values in a --schema"
    with pytest.raises(InvalidReviewsError, match=re.escape(said)):
        read(shop(tmp_path, ["5", "1", cell]), schema=STARS)


@pytest.mark.parametrize("cell", ["", "  ", "n/a", " N/A"])
@pytest.mark.parametrize("schema", [STARS, Schema(text="body", label="stars", yes_values=("5",), no_values=("1",))])
def test_rows_without_a_label_are_left_out_where_the_schema_says_so_and_counted(tmp_path, cell, schema) -> None:
    leaving_out = Schema.from_mapping({**schema.settings(), "neither_values": ["", "n/a"]}, source="shop.yaml")
    found = read(shop(tmp_path, ["5", "1", cell]), schema=leaving_out)
    assert found.left_out == 40
    assert found.reviews["recommended"].tolist() == [1, 0] * 40


def test_a_column_that_was_named_must_be_there_and_the_articles_own_need_not(tmp_path: Path) -> None:
    path = shop(tmp_path, ["1", "0"], ("Review Text", "Recommended IND"))
    assert set(read(path).reviews["title"]) == {""}
    with pytest.raises(InvalidReviewsError, match="no column 'headline' in the header"):
        read(path, schema=Schema(title="headline"))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"txt": "body"}, "unknown key 'txt' found; allowed: text, title"),
        ({"text": "a", "label": "a"}, "column 'a' is named for two things"),
        ({"recommended_from": 4}, "needed together"),
        ({"recommended_from": 2, "not_recommended_to": 4}, "not_recommended_to 4 must be less than recommended_from 2"),
        ({"recommended_from": float("nan"), "not_recommended_to": 1}, "finite"),
        ({"yes_values": ["1", "x"], "no_values": ["1.0"]}, "none in both"),
        ({"neither_values": ["", "YES"]}, "neither_values has 'yes', which says yes or no already"),
        ({"text": "t" * 4_000}, "characters; at most 4,000 are kept with a run"),
        ({"yes_values": [True]}, "write them in quotes"),
        ({"text": ""}, "at least 1 character"),
    ],
)
def test_a_schema_that_makes_no_sense_is_refused_with_the_reason(settings: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError, match="(?s)mine.yaml is no schema of reviews.*" + said):
        Schema.from_mapping(settings, source="mine.yaml")


def test_a_schema_comes_back_from_the_tags_of_a_version_and_an_old_version_has_the_articles() -> None:
    assert Schema.of_tags({TAG: STARS.model_dump_json()}) == STARS
    assert Schema.of_tags({}) == Schema()
    assert Schema.from_mapping(STARS.settings(), source="") == STARS


def test_data_check_reads_by_options_and_by_a_file_alike(tmp_path: Path) -> None:
    path = shop(tmp_path, ["5", "1", "3"])
    (tmp_path / "shop.yaml").write_text("text: body\nlabel: stars\nrecommended_from: 5\nnot_recommended_to: 2\n")
    options = ["--text-column", "body", "--label-column", "stars"]
    options += ["--recommended-from", "4", "--not-recommended-to", "2"]
    answers = [
        CliRunner().invoke(root, ["data", "check", str(path), "--json", *arguments])
        for arguments in (options, ["--schema", str(tmp_path / "shop.yaml"), "--recommended-from", "4"])
    ]
    assert [answer.exit_code for answer in answers] == [0, 0]
    assert answers[0].output == answers[1].output
    assert json.loads(answers[0].output)["labels"] == {"not recommended": 40, "recommended": 40}
    assert json.loads(answers[0].output)["left_out"] == 40


def test_a_proposal_is_a_schema_file_and_options_and_says_what_it_would_read(tmp_path: Path) -> None:
    path = shop(tmp_path, ["5", "1", "3"])
    shown = CliRunner().invoke(root, ["data", "check", str(path), "--propose-schema"])
    assert shown.exit_code == 0
    assert "40 would recommend and 40 would not; 40 say neither" in shown.output
    assert "--text-column body --label-column stars --recommended-from 4 --not-recommended-to 2" in shown.output
    (tmp_path / "proposed.yaml").write_text(shown.output)
    read_by_it = CliRunner().invoke(root, ["data", "check", str(path), "--schema", str(tmp_path / "proposed.yaml")])
    assert read_by_it.exit_code == 0


@pytest.mark.parametrize(
    ("header", "rows", "found"),
    [
        (["Review Text", "Recommended IND"], [["a b c", "1"], ["d e f", "0"]], {}),
        (["id", "summary", "comment", "liked"], [["1", "a", "b c d e", "yes"], ["2", "b", "c d e", "no"]],
         {"text": "comment", "label": "liked", "title": "summary", "id": "id"}),
        (["text", "score"], [[f"a b {n}", str(n)] for n in range(1, 11)],
         {"text": "text", "label": "score", "recommended_from": 7.75, "not_recommended_to": 3.25}),
    ],
)  # fmt: skip
def test_what_is_proposed_follows_from_names_and_cells(header, rows, found) -> None:
    proposal = propose(header, rows)
    assert proposal.found == found
    assert proposal.open_questions == ()


def test_what_cannot_be_guessed_is_asked() -> None:
    proposal = propose(["a", "b"], [["1", "2"], ["3", "4"]])
    assert len(proposal.open_questions) == 2


def tabs(folder: Path) -> Path:
    """A file whose cells never stand in quotes, in which quotes and commas are characters like any other."""
    words = ['"soft" is no word for it', '"  so soft', 'the 5" heel', '" and "', "plain"]
    lines = ["id\trating\tsaid", *(f"{n}\t{n % 40 / 10}\t{words[n % 5]} {n}" for n in range(200))]
    path = folder / "shop.tsv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_file_whose_quotes_are_characters_is_proposed_and_read_as_such(tmp_path: Path) -> None:
    path, proposed = tabs(tmp_path), tmp_path / "proposed.yaml"
    refused = CliRunner().invoke(root, ["data", "check", str(path), "--text-column", "said", "--label-column", "id"])
    assert refused.exit_code == 2
    assert "`quoted: false` in a --schema says so" in refused.output
    shown = CliRunner().invoke(root, ["data", "check", str(path), "--propose-schema"])
    proposed.write_text(shown.output)
    assert yaml.safe_load(shown.output) == {
        "quoted": False,
        "text": "said",
        "label": "rating",
        "id": "id",
        "recommended_from": 2.925,
        "not_recommended_to": 0.975,
    }
    checked = CliRunner().invoke(root, ["data", "check", str(path), "--schema", str(proposed), "--json"])
    assert json.loads(checked.output)["labels"] == {"not recommended": 50, "recommended": 50}
    schema = Schema.from_mapping(yaml.safe_load(shown.output), source="proposed.yaml")
    assert read(path, schema=schema).reviews["review"].tolist()[:3] == [
        '"soft" is no word for it 0',
        '"  so soft 1',
        'the 5" heel 2',
    ]


def test_quotes_around_most_cells_are_quotes_though_one_does_not_close(tmp_path: Path) -> None:
    path = tmp_path / "shop.csv"
    lines = ['"body","stars"', *(f'"a text {n}","{n % 5 + 1}"' for n in range(60)), '"one more,"3"']
    path.write_text("\n".join(lines) + "\n")
    shown = CliRunner().invoke(root, ["data", "check", str(path), "--propose-schema"])
    assert "# Not in order: line 62: " in shown.output
    assert "quoted" not in yaml.safe_load(shown.output)
