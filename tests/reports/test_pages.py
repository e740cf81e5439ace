"""Pages: they answer their question, need nothing from outside, and take no text for markup."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.release.promotion import Decision
from sentiment.reports import page, section
from sentiment.reports.charts import round_ticks
from sentiment.reports.pictures import model_pictures, picture_files
from sentiment.reports.production import Production
from tests import records

every_record = cache(records.every_record)  # nothing here changes one
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "</style><script>alert(1)</script>",
    "{{ 7 * 7 }}{% raw %}",
    "&lt;script&gt;",
    "\x00\x08\x1b]\ufffe\u202e",
]
ALLOWED = set(
    "html head meta title style body section p h1 h2 h3 div span strong b i bdi br code table tr th td figure "
    "figcaption ol li svg polyline circle rect line text".split()
)


class Tags(HTMLParser):
    """Notes every element and attribute of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}


def shown(record: object) -> str:
    made = section(record)
    assert made is not None
    return page(made)


def text_of(html: str) -> str:
    body = html[html.index("<body>") :]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


@pytest.mark.parametrize("kind", list(every_record()))
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_becomes_markup(kind: str, text: str) -> None:
    hostile, plain = (Tags(shown(every_record(said)[kind])) for said in (text, records.PLAIN))
    assert hostile.elements == plain.elements
    assert hostile.attributes == plain.attributes
    assert hostile.elements <= ALLOWED
    assert not {name for name in hostile.attributes if name.startswith("on")}


@pytest.mark.parametrize("kind", list(every_record()))
def test_a_page_needs_nothing_from_outside(kind: str) -> None:
    html = shown(every_record()[kind])
    assert "Content-Security-Policy\" content=\"default-src 'none'" in html
    addresses = set(re.findall(r"(?:https?:)?//[\w.]+\S*", html))
    assert {address.strip('"') for address in addresses} <= {"http://www.w3.org/2000/svg"}
    assert not Tags(html).attributes & {"src", "href", "srcset", "action", "data", "poster"}
    assert "url(" not in html
    assert "@import" not in html


def test_a_record_nobody_wrote_a_page_for_has_none() -> None:
    assert section(object()) is None


def test_the_data_page_tells_counts_balance_lengths_and_departments() -> None:
    text = text_of(shown(records.data_check()))
    for told in ("80 reviews with text, 75.0% recommend", "recommended 60 75.0%", "not recommended 20 25.0%", "2 to 2"):
        assert told in text
    assert "plain 80 75.0%" in text


def test_the_comparison_names_the_best_and_its_lead_on_the_rows_that_chose_it() -> None:
    compared = records.leaderboard(20, 4, 12)
    best, second = compared.places[0].evaluation, compared.places[1].evaluation
    gap = best.validation.mcc - second.validation.mcc
    html = shown(compared)
    assert f"wrong_4, by {gap:.3f} MCC over wrong_12" in text_of(html)
    assert re.findall(r'class="name">(?:★ )?(wrong_\d+)', html) == ["wrong_4", "wrong_12", "wrong_20"]


def test_a_tie_is_called_one() -> None:
    tied = records.build_leaderboard([records.evidence("first", 8), records.evidence("second", 8)], "mcc")
    assert "first, level with second" in text_of(shown(tied))
    assert "it may be chance" in text_of(shown(tied))


def test_a_best_that_does_worse_on_the_test_rows_is_said_to() -> None:
    lucky = records.evidence("lucky", 0, wrong_on_test=40)
    compared = records.build_leaderboard([lucky, records.evidence("steady", 8)], "mcc")
    assert "worse than that of steady" in text_of(shown(compared))
    assert "more than chance" in text_of(shown(compared))


def test_a_candidate_alone_is_compared_with_none() -> None:
    text = text_of(shown(records.leaderboard(4)))
    assert "wrong_4 is the only candidate" in text
    assert "than that of" not in text


@pytest.mark.parametrize("metric", ["brier", "accuracy", "f1_not_recommended"])
def test_any_metric_can_be_ranked_by(metric: str) -> None:
    compared = records.build_leaderboard([records.evidence("worse", 12), records.evidence("better", 4)], metric)
    assert re.search(r"better, by 0\.\d{3} [\w ]+ over worse", text_of(shown(compared)))


@pytest.mark.parametrize(
    ("decided", "answer", "tone"),
    [
        (records.decision(promoted=True), "Yes: version 7 is the champion now", "good"),
        (records.decision(), "No: version 7 was not promoted", "bad"),
        (records.decision(forced=True), "By force: version 7", "bad"),
        (Decision.not_asked("there is nothing to ask about"), "The gate was not asked", "plain"),
    ],
    ids=["promoted", "refused", "forced", "not asked"],
)
def test_the_verdict_of_the_gate_is_seen_at_once(decided: Decision, answer: str, tone: str) -> None:
    made = section(decided)
    assert made is not None
    assert answer in made.answer
    assert made.tone == tone
    assert all(check.detail in text_of(page(made)) for check in decided.checks)


def test_an_unknown_value_of_a_check_is_called_so() -> None:
    assert "✗ failed plain unknown 0" in text_of(shown(records.decision()))


def test_before_the_first_release_nothing_is_in_production() -> None:
    nothing = Production(model="m", asked=records.production().asked, champion=None)
    assert "Nothing: no version was promoted yet" in text_of(shown(nothing))


def test_what_is_in_production_is_dated() -> None:
    text = text_of(shown(records.production()))
    assert "Version 4: plain" in text
    assert "Champion since 2026-01-02 03:04 UTC, by plain" in text
    assert "said on 2026-01-02 at 03:04:05 UTC" in text


def test_the_model_page_has_every_picture_and_the_worst_rows() -> None:
    html = shown(records.evidence("wrong_4", 4))
    assert html.count("<figure>") == 5
    assert "wrong_4: MCC" in html
    assert html.count("the customer <b>") == 4


def test_a_model_that_cannot_tell_its_words_has_a_page_without() -> None:
    silent = records.evidence("wrong_4", 4).model_copy(update={"words": None})
    assert shown(silent).count("<figure>") == 4


def test_a_model_without_a_mistake_has_a_page() -> None:
    assert "It was right about every test row." in shown(records.evidence("perfect", 0))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_picture_alone_is_well_formed_and_says_every_word_as_it_is(text: str) -> None:
    for name, content in picture_files(records.evidence("wrong_4", 4, text=text)).items():
        assert name.endswith(".svg")
        root = ElementTree.fromstring(content)  # noqa: S314  (our own file)
        assert {element.tag.rpartition("}")[2] for element in root.iter()} <= {
            "svg", "style", "rect", "circle", "polyline", "text",
        }  # fmt: skip


def test_the_picture_of_verdicts_counts_them() -> None:
    drawn = model_pictures(records.evidence("wrong_4", 4))["confusion_matrix"].svg()
    assert re.findall(r'class="big"[^>]*>([\d,]+)<', drawn) == ["19", "1", "3", "57"]


def test_the_threshold_of_a_model_is_where_its_curve_says() -> None:
    # One of the 20 others is taken for recommending, 57 of the 60 recommending are found.
    drawn = model_pictures(records.evidence("wrong_4", 4))["roc"]
    (dot,) = (mark for mark in drawn.marks if mark.kind == "dot")
    curve = max((mark for mark in drawn.marks if mark.kind == "line"), key=lambda mark: mark.look == "recommends")
    assert (dot.x, dot.y) in curve.points


@given(st.integers(1, 10**9))
def test_ticks_are_few_and_within_the_largest(largest: int) -> None:
    values = [value for value, _ in round_ticks(largest)]
    assert values[0] == 0
    assert values[-1] <= largest
    assert 2 <= len(values) <= 5
