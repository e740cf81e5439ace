"""The page against a real service: what a person asks, and what it says when things go wrong."""

from __future__ import annotations

import gzip
import json
import shutil

import pytest
from streamlit.testing.v1 import AppTest

from sentiment.errors import InputError
from sentiment.reviews.schema import ARTICLE, TAG, Schema
from sentiment.service.predictions import read_log
from sentiment.service.predictions.postgresql import PostgreSQL
from sentiment.webapp.client import Service
from sentiment.webapp.settings import VARIABLE, PageSettings
from sentiment.webapp.upload import as_csv, read_upload, score_upload
from tests.conftest import ROOT
from tests.service.conftest import complaint, downloaded, model, start, wait_until

__all__ = ["complaint", "downloaded", "model", "start"]
PAGE = ROOT / "sentiment" / "webapp" / "page.py"
TOKEN = "a-token-that-nobody-guesses"
HOSTILE = "<img src=x onerror=alert(1)> **soft** [a](b) $x$"


@pytest.fixture
def service(start):
    return start()


@pytest.fixture
def open_page(monkeypatch, tmp_path):
    def open_one(address, log=None, token_file=None):
        settings = PageSettings(
            address=address,
            current=tmp_path / "none.json",
            predictions=str(log or tmp_path),
            history=tmp_path / "none.jsonl",
            token_file=token_file,
        )
        monkeypatch.setenv(VARIABLE, settings.model_dump_json())
        return AppTest.from_file(str(PAGE), default_timeout=60).run()

    return open_one


@pytest.fixture
def shop(start, downloaded, tmp_path):
    """A service of a version that another shop's file trained."""
    folder = shutil.copytree(downloaded, tmp_path / "shop")
    described = json.loads((folder / "version.json").read_text())
    described["tags"][TAG] = Schema(text="body", title="headline", label="stars").model_dump_json()
    (folder / "version.json").write_text(json.dumps(described))
    return start(model=folder)


def ask_about(service, review, title=""):
    return service.get("/predict", review=review, title=title).json()["probability"]


def read(content, schema=ARTICLE):
    return read_upload(content, name="shop.csv", encoding="utf-8", schema=schema)


def html_of(page):
    return "\n".join(element.proto.body for element in page.get("html"))


def ask(page, review, title=""):
    page.text_input[0].set_value(title)
    page.text_area[0].set_value(review)
    return page.button[0].click().run()


def test_a_review_is_answered_with_its_words_marked_and_feedback_is_kept(service, open_page, complaint):
    page = ask(open_page(service.address), complaint, "Hm")
    assert not page.exception
    shown = html_of(page)
    assert "does not recommend the product" in shown
    assert '<mark class="against"' in shown
    page.button(key="said-Yes").click().run()
    wait_until(lambda: len(read_log(service.log).feedback) == 1)
    log = read_log(service.log)
    assert (log.feedback[0].id, log.feedback[0].recommended) == (log.predictions[-1].id, False)


def test_what_a_customer_wrote_is_text(service, open_page):
    page = ask(open_page(service.address), HOSTILE, HOSTILE)
    assert not page.exception
    assert "<img" not in html_of(page)
    assert "&lt;" in html_of(page)
    assert not any("onerror" in element.value for element in page.markdown)


def test_a_review_without_a_known_word_and_an_empty_one_are_said(service, open_page):
    page = ask(open_page(service.address), "zxqv qwop")
    assert "knows no word of this" in html_of(page)
    assert "Write a review first" in html_of(ask(page, " "))


def test_a_service_that_is_away_is_said_with_the_command_that_helps(open_page):
    assert "`python run.py deploy --to service` starts the champion" in html_of(open_page(None))
    page = open_page("http://127.0.0.1:9")
    assert not page.exception
    assert "does not answer" in html_of(page)


def test_what_is_in_production_is_shown(service, open_page):
    ask(open_page(service.address), "soft and flattering")
    wait_until(lambda: len(read_log(service.log).predictions) == 1)
    page = open_page(service.address, service.log)
    facts, latest = (element.value for element in page.dataframe)
    assert dict(facts.itertuples(index=False))["version"] == "3"
    assert latest["review"].tolist() == ["soft and flattering"]


def test_the_latest_predictions_come_from_a_database_too(start, open_page, database, monkeypatch):
    service = start("--predictions", "postgresql", SENTIMENT_DATABASE=database)
    service.get("/predict", review="soft and flattering")
    wait_until(lambda: PostgreSQL(database).latest(1))
    monkeypatch.setenv("SENTIMENT_DATABASE", database)
    _, latest = (element.value for element in open_page(service.address, "postgresql").dataframe)
    assert latest["review"].tolist() == ["soft and flattering"]


def test_a_service_that_asks_for_a_token_gets_that_of_a_file_and_without_one_it_is_said(start, open_page, tmp_path):
    service = start(SENTIMENT_TOKEN=TOKEN)
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    page = ask(open_page(service.address, token_file=file), "soft and flattering")
    assert "recommends the product" in html_of(page)
    page = ask(open_page(service.address), "soft and flattering")
    assert not page.exception
    assert "asks for a token; `python run.py page --token-file FILE` brings it" in html_of(page)
    file.write_text("short")
    page = open_page(service.address, token_file=file)
    assert "at least 16 without spaces expected" in html_of(page)
    assert TOKEN not in html_of(page)


def test_predictions_of_this_machine_are_not_shown_beside_a_service_elsewhere():
    here = ["http://127.0.0.1:8000", "http://localhost:1", "http://[::1]:1"]
    away = ["https://service.example", "http://10.0.0.1:8000", "http://127.0.0.1.example"]
    assert [Service(address).is_here for address in here + away] == [True] * 3 + [False] * 3


def test_a_file_of_which_nothing_can_be_scored_is_said_with_its_reasons(service, open_page):
    page = open_page(service.address)
    page.file_uploader[0].upload("reviews.csv", b"id,Review Text\n1,\n2, \n", "text/csv").run()
    assert not page.exception
    assert "2 could not be scored" in html_of(page)
    assert "nan" not in html_of(page)


def test_a_file_is_scored_in_parts_and_rows_that_cannot_be_are_kept(service):
    rows = "".join(f"{number},review number {number}\n" for number in range(700))
    upload = read(f"id,Review Text\n{rows}700,\n".encode())
    done = []
    scored = score_upload(upload.table, upload.columns, Service(service.address), done.append)
    assert done == [pytest.approx(500 / 700), 1.0]
    assert scored["id"].tolist() == [str(number) for number in range(701)]
    assert scored["reason"].tolist() == [None] * 700 + ["the review has no text"]
    assert scored["probability"][:700].between(0, 1).all()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"Review Text\n", "no rows below the header"),
        (b"Review Text\n\xff\xfe\n", "not valid utf-8"),
        ("Review Text\nsoft\n".encode("utf-16"), "byte-order mark of UTF-16"),
        (b"%PDF-1.7 \n", "a PDF document"),
        (b"id,Review Text\n1\n2,a,b\n", "2 rows have a wrong number of fields: row 1 has 1, row 2 has 3; 2 expected"),
        (b"row,Review Text,reason\n1,soft,\n", "columns row, reason, which scoring adds"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_as_the_projects_reader_says_it(content, said):
    with pytest.raises(InputError, match=said) as refused:
        read(content)
    assert str(refused.value).startswith("shop.csv")


def test_the_columns_are_those_of_the_served_version_whatever_the_format(shop, open_page):
    page = open_page(shop.address)
    assert "trained on the column &#39;body&#39;, with &#39;headline&#39; where there are titles" in html_of(page)
    for content in (b"headline;body\nGreat;so soft\n", gzip.compress(b'{"headline": "Great", "body": "so soft"}\n')):
        page.file_uploader[0].upload("reviews", content, "application/octet-stream").run()
        assert not page.exception
        assert "1 review was scored" in html_of(page)
        assert not page.selectbox
        assert page.dataframe[0].value["probability"].tolist() == [ask_about(shop, "so soft", "Great")]


def test_of_a_file_with_other_columns_the_ones_to_read_are_guessed_and_a_person_agrees(shop, open_page):
    page = open_page(shop.address)
    content = b"id,subject,<b>text</b>\n1,Great,so soft and flattering\n2,Hm,it ripped and I sent it back\n"
    page.file_uploader[0].upload("reviews.csv", content, "text/csv").run()
    assert not page.exception
    assert "no column &#39;body&#39; or &#39;headline&#39; in the header" in html_of(page)
    assert [one.value for one in page.selectbox] == ["<b>text</b>", "subject"]
    assert "were scored" not in html_of(page)
    page.selectbox[1].select_index(0)
    page.button(key="FormSubmitter:columns-Score").click().run()
    assert "2 reviews were scored" in html_of(page)
    assert "The model reads titles as well, and was given none." in html_of(page)
    assert page.dataframe[0].value["probability"][0] == ask_about(shop, "so soft and flattering")


def test_quotes_are_read_as_the_version_reads_them_whatever_the_columns_are_called():
    schema = ARTICLE.model_copy(update={"quoted": False})
    for text in ("Review Text", "text"):
        upload = read(f'id\t{text}\n1\t"soft but it ripped\n2\tsoft" and flattering\n'.encode(), schema)
        assert [row[1] for row in upload.table.rows] == ['"soft but it ripped', 'soft" and flattering']


def test_rows_that_are_not_in_order_are_named_and_the_others_scored(service, open_page):
    page = open_page(service.address)
    page.file_uploader[0].upload("reviews.csv", b"id,Review Text\n1,soft\n2\n3,so soft\n", "text/csv").run()
    assert not page.exception
    assert "2 reviews were scored" in html_of(page)
    assert "1 row has a wrong number of fields: row 2 has 1; 2 expected" in page.code[0].value
    assert page.dataframe[0].value["row"].tolist() == [1, 3]


def test_another_encoding_can_be_named(service, open_page):
    page = open_page(service.address)
    page.file_uploader[0].upload("reviews.csv", "Review Text\nsoft\n".encode("utf-16"), "text/csv").run()
    assert "byte-order mark of UTF-16" in html_of(page)
    page.text_input[1].set_value("utf-16").run()
    assert "1 review was scored" in html_of(page)


def test_a_model_that_reads_titles_and_is_given_none_says_so(service, open_page):
    said = "reads titles as well, and was given none"
    assert said in html_of(ask(open_page(service.address), "soft and flattering"))
    assert said not in html_of(ask(open_page(service.address), "soft and flattering", "Great"))


def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(service):
    upload = read(b"=note,Review Text\n=1+1,so soft\n-5,good\n")
    written = as_csv(score_upload(upload.table, upload.columns, Service(service.address), [].append))
    assert written.startswith("row,'=note,Review Text")
    assert "\n1,'=1+1,so soft" in written
    assert "\n2,-5,good" in written


def test_two_columns_without_a_name_are_both_kept(service):
    upload = read(b",Review Text,\n1,so soft,x\n")
    scored = score_upload(upload.table, upload.columns, Service(service.address), [].append)
    assert [*scored.columns][1:4] == ["unnamed_0", "Review Text", "unnamed_2"]
