"""A window is judged against what its version answered about rows that it was never fitted on."""

from __future__ import annotations

import codecs
import threading
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from sentiment.configuration import read_mapping
from sentiment.errors import ConfigError, InputError
from sentiment.metrics.summary import compute_metrics
from sentiment.monitoring.config import MonitoringConfig
from sentiment.monitoring.detectors import names, words
from sentiment.monitoring.estimate import estimate
from sentiment.monitoring.finding import Finding, judged_together
from sentiment.monitoring.history import Acknowledgement, History, Watched
from sentiment.monitoring.judge import judge, unknown
from sentiment.monitoring.labels import add_labels
from sentiment.monitoring.limits import Reading, Requests
from sentiment.monitoring.rows import is_english, rows_of
from sentiment.monitoring.window import choose, in_utc
from sentiment.reports import page, section
from sentiment.reports.windows import SHOWN, windows_page
from sentiment.service.predictions import Feedback, Log, encode, read_log
from sentiment.service.predictions.folder import Segments
from sentiment.service.standing import Standing, read_standing, standing_beside
from tests.conftest import ROOT
from tests.service.test_prediction_log import NOON, prediction

SHIPPED = ROOT / "pipelines" / "configs" / "monitoring.yaml"
COMMON = "the dress is soft and it fits well but i do not like the colour of this fabric at all".split()


def config(**changed) -> MonitoringConfig:
    return MonitoringConfig.from_mapping(read_mapping(SHIPPED) | changed, source="test")


def predictions(count, *, seed=0, recommends=0.8, **changed):
    """Invented answers: calibrated, of English words."""
    chance = np.random.default_rng(seed)
    made = []
    for number in range(count):
        probability = float(np.clip(chance.beta(6, 1.5 if chance.random() < recommends else 12), 0.01, 0.99))
        text = " ".join(chance.choice(COMMON, 20))
        fields = {
            "probability": probability,
            "recommended": probability >= 0.5,
            "characters": len(text),
            "words": 20,
            "known_words": int(20 - chance.integers(3)),
            "has_title": bool(chance.random() < 0.8),
            "review": text,
        }
        made.append(prediction(number, **fields | changed))
    return made


def labels_of(made, seed=1):
    chance = np.random.default_rng(seed)
    return {one.id: bool(chance.random() < one.probability) for one in made}


@pytest.fixture(scope="module")
def reference():
    made = predictions(2000, seed=9)
    return rows_of(made, labels_of(made))


def judged(made, reference, labels=None, **changed):
    registered = {"accuracy": 0.9, "mcc": 0.6, "roc_auc": 0.9}
    rows = rows_of(made, labels or {})
    return judge(rows, reference, config(**changed), threshold=0.5, at_registration=registered)


def test_a_window_like_the_reference_is_ok(reference):
    judgement = judged(predictions(500), reference)
    assert (judgement.state, judgement.raised) == ("ok", [])
    assert len(judgement.findings) == len(names()) - 1  # no labels


@pytest.mark.parametrize(
    ("changed", "raised"),
    [
        ({"recommends": 0.5}, "share of recommendations"),
        ({"has_title": False}, "share with a title"),
        ({"known_words": 10}, "share of unknown words"),
        ({"known_words": 0}, "share without a known word"),
        ({"characters": 400}, "characters a review"),
        ({"review": "la tela es muy suave y me queda perfecta"}, "share that is not English"),
        ({"review": "one and the same text of the same words"}, "share of repeated texts"),
    ],
)
def test_each_change_is_told_by_its_own_name(reference, changed, raised):
    judgement = judged(predictions(500, **changed), reference)
    assert judgement.state == "alarm"
    assert raised in {finding.name for finding in judgement.raised}
    assert any(raised in reason for reason in judgement.reasons)


def test_other_words_are_told_as_text_with_the_words_that_give_it_away(reference):
    made = predictions(500)
    swapped = [replace_review(one, one.review.replace("dress", "bikini")) for one in made]
    judgement = judged(swapped, reference, detectors=["verdicts", "words"])
    (finding,) = judgement.raised
    assert finding.kind == "text"
    assert "more often: bikini" in finding.detail
    assert "less often: dress" in finding.detail


def replace_review(one, text):
    import msgspec

    return msgspec.structs.replace(one, review=text)


def test_too_few_rows_are_unknown_and_never_ok(reference):
    judgement = judged(predictions(99), reference)
    assert judgement.state == "unknown"
    assert judgement.reasons == ("99 predictions found; at least 100 expected",)
    assert judged(predictions(100), reference).state != "unknown"


def test_a_service_that_fails_is_an_alarm_although_it_answered_too_few_to_compare(reference):
    counted = Requests(number=500, errors=400, refused=0, reasons={})
    failing = judge(rows_of([], {}), reference, config(), threshold=0.5, at_registration={"mcc": 0.6}, requests=counted)
    assert failing.state == "alarm"
    assert failing.what == {"server errors"}
    assert failing.reasons[0] == "0 predictions found; at least 100 expected"
    assert "400 of 500" in failing.reasons[1]
    fine = counted.model_copy(update={"errors": 0})
    few = judge(rows_of([], {}), reference, config(), threshold=0.5, at_registration={"mcc": 0.6}, requests=fine)
    assert (few.state, few.requests) == ("unknown", fine)


def test_without_texts_the_other_tests_still_decide(reference):
    judgement = judged(predictions(500, review=None, recommends=0.4), reference)
    assert judgement.state == "alarm"
    assert "words" not in {finding.name for finding in judgement.findings}


def test_labels_that_say_the_model_got_worse_are_an_alarm(reference):
    made = predictions(500)
    wrong = {one.id: not one.recommended for one in made[:200]}
    judgement = judged(made, reference, wrong)
    assert "accuracy by labels" in {finding.name for finding in judgement.raised}
    assert judgement.labelled == 200


def test_an_estimate_below_its_floor_is_an_alarm(reference):
    judgement = judged(predictions(500), reference, floors={"accuracy": 0.999})
    assert judgement.state == "alarm"
    assert "accuracy is estimated at" in judgement.reasons[0]


def test_what_labels_show_is_measured_and_an_interval_below_the_floor_is_an_alarm(reference):
    made = predictions(300, seed=5)
    honest = labels_of(made)
    right = judged(made, reference, honest)
    shown = right.measured["mcc"]
    expected = compute_metrics(
        [int(honest[one.id]) for one in made], [one.probability for one in made], 0.5, resamples=10
    )
    assert shown.value == pytest.approx(expected.mcc)
    assert shown.low < shown.value < shown.high
    assert shown.at_registration == 0.6
    assert not any("by labels is" in reason for reason in right.reasons)

    contrary = {name: not said for name, said in honest.items()}
    wrong = judged(made, reference, contrary)
    assert wrong.state == "alarm"
    assert any(reason.startswith("mcc by labels is -") and "floor of 0.3" in reason for reason in wrong.reasons)
    assert judged(made, reference, dict(list(honest.items())[:12])).measured == {}


def test_holm_raises_more_than_bonferroni_and_stops_at_the_first_that_is_not_small_enough():
    def finding(p):
        return Finding(name=str(p), kind="data", window=0, reference=0, p_value=p)

    judged_so = judged_together([finding(p) for p in (0.006, 0.5, 0.001, 0.2)], 0.02)
    assert [one.name for one in judged_so if one.raised] == ["0.006", "0.001"]
    assert not any(one.raised for one in judged_together([finding(0.011), finding(0.02)], 0.02))


def test_tests_of_predictions_have_the_greater_share_of_the_rate_and_all_together_no_more_than_it():
    def finding(kind, p):
        return Finding(name=kind, kind=kind, window=0, reference=0, p_value=p)

    def raised(**p_values):
        found = judged_together([finding(kind, p) for kind, p in p_values.items()], 0.06)
        return [one.name for one in found if one.raised]

    assert raised(predictions=0.04, text=1.0, data=1.0) == ["predictions"]  # four sixths of 0.06
    assert raised(predictions=0.041, text=1.0, data=1.0) == []
    assert raised(predictions=1.0, text=0.01, data=1.0) == ["text"]
    assert raised(predictions=1.0, text=0.011, data=1.0) == []
    assert raised(predictions=0.04, text=0.03, data=1.0) == ["predictions", "text"]  # a half of 0.06 is left to each
    chance = np.random.default_rng(0)
    quiet = [raised(predictions=a, text=b, data=c) for a, b, c in chance.random((4000, 3))]
    assert np.mean([bool(one) for one in quiet]) == pytest.approx(0.06, abs=0.012)


def test_the_estimate_of_calibrated_probabilities_is_what_labels_show():
    chance = np.random.default_rng(3)
    probabilities = chance.beta(4, 1, 20_000)
    labels = (chance.random(20_000) < probabilities).astype(int)
    true = compute_metrics(labels, probabilities, 0.5, resamples=1)
    registered = {"accuracy": 0.0, "mcc": 0.0, "roc_auc": 0.0}
    for name, found in estimate(probabilities, 0.5, registered, seed=0).items():
        assert found.value == pytest.approx(true.value(name), abs=0.02)
        assert found.low <= found.value <= found.high


def test_the_words_test_is_the_same_for_the_same_seed(reference):
    rows = rows_of(predictions(200), {})
    assert words.test(rows, reference, 1) == words.test(rows, reference, 1)


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("I love this dress and it fits like a dream", True),
        ("la tela es muy suave y me queda perfecta", False),
        ("sehr schöner Stoff aber leider viel zu klein", False),
        ("soft", None),
        ("très très bien", None),
    ],
)
def test_a_language_is_told_by_its_function_words(text, english):
    assert is_english(text) is english


def test_only_reviews_that_are_long_enough_to_tell_count_for_their_language(reference):
    spanish, short = "la tela es muy suave y me queda perfecta", "soft and warm"
    many_short = predictions(400, review=short) + [
        replace_review(one, spanish) for one in predictions(60, seed=2, review=short)[-10:]
    ]
    (found,) = judged(many_short, reference, detectors=["language"]).findings
    assert (found.window, found.raised) == (1.0, True)
    assert judged(predictions(200, review=short), reference, detectors=["language"]).findings == ()


def test_a_review_without_words_has_no_share_of_unknown_words(reference):
    empty = predictions(250, words=0, known_words=0) + predictions(250, seed=3)
    told, nothing = judged(empty, reference, detectors=["unknown_words", "nothing_known"]).findings
    assert told.window == pytest.approx(told.reference, abs=0.01)
    assert (told.raised, nothing.window, nothing.raised) == (False, 0.5, True)
    assert judged(predictions(200, words=0, known_words=0), reference, detectors=["unknown_words"]).findings == ()


def log_of(*versions, feedback=()):
    made = [prediction(number, version=version) for number, version in enumerate(versions)]
    return Log(made, list(feedback), ())


def test_a_window_holds_one_version_and_says_what_it_left_out():
    window = choose(log_of("3", "3", "4", "3"), "last:2", "3", now=NOON + timedelta(hours=1))
    assert [one.id for one in window.predictions] == ["p1", "p3"]
    assert window.notes(["a.jsonl:7"]) == (
        "1 prediction of another version in the same time left out",
        "1 line of the log that cannot be read: a.jsonl:7",
    )


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("last:1", ["p3"]),
        ("day", ["p0", "p1", "p2", "p3"]),
        ("since:2026-01-02T12:02", ["p2", "p3"]),
        ("since:2026-01-02T12:02Z", ["p2", "p3"]),
        ("since:2026-01-02T13:03+01:00", ["p3"]),
        ("since:2026-01-02T13:03 Europe/Berlin", ["p3"]),
        ("since:2026-01-02T12:50", []),
    ],
)
def test_windows_are_chosen_by_number_or_time(asked, expected):
    window = choose(log_of(*"3333"), asked, "3", now=NOON + timedelta(hours=1))
    assert [one.id for one in window.predictions] == expected


@pytest.mark.parametrize("asked", ["last:0", "last:-3", "last:x", "week", "since", "day:2", ""])
def test_what_is_no_window_is_said(asked):
    with pytest.raises(InputError, match="is no window; last:N"):
        choose(log_of("3"), asked, "3", now=NOON)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("since:tomorrow", "'tomorrow' is no time; a time such as .* without an offset or a zone it is UTC"),
        ("since:2026-01-02T12:01", "is in the future: 2026-01-02 12:01:00 UTC given, and now it is 2026-01-02 12:00"),
    ],
)
def test_a_window_that_begins_at_no_time_or_in_the_future_is_refused(asked, said):
    with pytest.raises(InputError, match=said):
        choose(log_of("3"), asked, "3", now=NOON)


def test_the_window_is_named_by_its_time_in_utc():
    assert in_utc("since:2026-01-02T12:00 Asia/Tokyo", now=NOON) == "since:2026-01-02T03:00:00+00:00"
    assert in_utc("last:5", now=NOON) == "last:5"


def test_of_labels_that_change_the_newest_counts_in_whatever_order_they_are_recorded():
    minute = timedelta(minutes=1)
    changed = [Feedback("p0", NOON, True), Feedback("p0", NOON + minute, False), Feedback("p1", NOON + minute, True)]
    for said in permutations([*changed, Feedback("p1", NOON, False)]):
        window = choose(log_of("3", "3", feedback=said), "last:5", "3", now=NOON)
        assert (window.labels, window.contradicted) == ({"p0": False, "p1": True}, [])


def test_labels_that_contradict_each_other_are_left_out_and_unknown_ones_counted():
    said = [
        Feedback("p0", NOON, True),
        Feedback("p0", NOON, False),
        Feedback("p1", NOON, True),
        Feedback("x", NOON, True),
        Feedback("y", NOON, True),
        Feedback("y", NOON, False),
    ]
    window = choose(log_of("3", "3", feedback=said), "last:5", "3", now=NOON)
    assert window.labels == {"p1": True}
    assert window.notes(["a.jsonl:3", "a.jsonl:9"]) == (
        "1 prediction with contradicting labels of the same time; these were left out",
        "2 labels about predictions that nobody knows",
        "2 lines of the log that cannot be read: a.jsonl:3, a.jsonl:9",
    )


def test_lines_that_are_no_records_are_named_and_the_others_are_judged(tmp_path):
    lines = [encode(prediction(1, version="3")), b'{"kind": "predi', b"\xff\xfe", encode(Feedback("p1", NOON, True))]
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(lines))
    log = read_log(tmp_path)
    window = choose(log, "all", "3", now=NOON)
    assert ([one.id for one in window.predictions], window.labels) == (["p1"], {"p1": True})
    assert window.notes(log.broken)[-1] == "2 lines of the log that cannot be read: a.jsonl:2, a.jsonl:3"


def test_a_clock_that_was_ahead_is_said_and_silences_no_alarm(tmp_path):
    made = [prediction(number, version="3", time=NOON + timedelta(hours=number)) for number in range(3)]
    window = choose(Log(made, (), ()), "last:3", "3", now=NOON + timedelta(minutes=30))
    assert window.notes(()) == ("2 predictions dated later than now: the clock was ahead, and windows go by time",)
    assert choose(Log(made, (), ()), "last:3", "3", now=NOON + timedelta(hours=2)).notes(()) == ()

    history, day = History(tmp_path / "history.jsonl"), timedelta(hours=24)
    history.keep(watched("a", at=NOON + timedelta(days=300)), cool_down=day)
    assert history.keep(watched("b"), cool_down=day).told


def watched(window="w", *, state="alarm", at=NOON, **changed):
    made = unknown("nothing").model_copy(update={"state": state})
    finding = Finding(name="words", kind="text", window=0.9, reference=0.5, p_value=0.0005, raised=state == "alarm")
    judgement = made.model_copy(update={"findings": (finding,)})
    fields = {"version": "3", "name": "linear", "asked": "last:5", "first": at, "last": at, "judgement": judgement}
    return Watched(window=window, judged=at, **fields | changed)


def test_a_window_is_kept_once_and_an_alarm_rings_once_in_its_cool_down(tmp_path):
    history = History(tmp_path / "deep" / "history.jsonl")
    day = timedelta(hours=24)
    assert history.keep(watched("a"), cool_down=day).told
    assert history.keep(watched("a", at=NOON + day), cool_down=day).judged == NOON
    assert not history.keep(watched("b", at=NOON + timedelta(hours=3)), cool_down=day).told
    assert history.keep(watched("c", at=NOON + timedelta(hours=25)), cool_down=day).told
    assert not history.keep(watched("d", state="ok"), cool_down=day).told
    assert [one.window for one in history.windows()] == ["a", "b", "c", "d"]


def test_a_window_that_was_told_is_not_told_again_when_it_is_judged_again(tmp_path):
    history = History(tmp_path / "made" / "history.jsonl")
    kept = history.keep(watched("w"), cool_down=timedelta(hours=24))
    assert (kept.told, kept.rung) == (True, False)
    # Killed before it was told: it is told the next time.
    assert not history.keep(watched("w"), cool_down=timedelta(hours=24)).rung
    history.rang("w")
    assert history.keep(watched("w"), cool_down=timedelta(hours=24)).rung


def test_an_alarm_before_whose_telling_somebody_was_killed_stays_untold(tmp_path):
    history = History(tmp_path / "history.jsonl")
    history.keep(watched("a"), cool_down=timedelta(hours=24))
    history.keep(watched("b", at=NOON + timedelta(hours=1)), cool_down=timedelta(hours=24))  # within the cool-down
    assert [one.window for one in history.untold()] == ["a"]
    history.rang("a")
    assert history.untold() == []


def test_what_the_alerter_did_not_post_is_posted_later_while_the_cool_down_lasts(tmp_path):
    history, day = History(tmp_path / "history.jsonl"), timedelta(hours=24)
    first = history.keep(watched("a"), cool_down=day)
    assert history.unposted(first, within=timedelta(0)) == [first]
    later = history.keep(watched("b", state="ok", at=NOON + timedelta(hours=23)), cool_down=day)
    assert [one.window for one in history.unposted(later, within=day)] == ["a"]
    assert history.unposted(history.keep(watched("c", state="ok", at=NOON + day), cool_down=day), within=day) == []
    history.posted("a")
    assert history.unposted(later, within=day) == []
    assert history.find("a") == first.model_copy(update={"posted": True})


@pytest.mark.parametrize(
    ("does", "said"),
    [
        (lambda: True, ""),
        (lambda: False, "alerter 'chat' says that it was not sent"),
        (lambda: 1 / 0, "alerter 'chat' failed with ZeroDivisionError"),
        (lambda: threading.Event().wait(), "alerter 'chat' did not answer within 0.5 seconds"),
    ],
)
def test_whatever_an_alerter_does_is_said(does, said):
    from steps.monitoring.alert import post

    class Alerter:
        name = "chat"

        def post(self, _message):
            return does()

    assert post(Alerter(), "text", seconds=0.5) == said


def test_the_counters_that_were_read_last_are_kept_with_their_window(tmp_path):
    history = History(tmp_path / "history.jsonl")
    assert history.last_reading() is None
    reading = Reading(counted=Requests(number=9, errors=1, refused=2, reasons={"busy": 2}, began=1.5))
    history.keep(watched("a", reading=reading), cool_down=timedelta(0))
    history.keep(watched("b"), cool_down=timedelta(0))  # of a file that was scored
    assert history.last_reading() == reading


def test_the_newest_window_stands_beside_the_history_for_the_service_to_show(tmp_path):
    history = History(tmp_path / "history.jsonl")
    standing = standing_beside(tmp_path / "history.jsonl")
    assert read_standing(standing) is None
    history.keep(watched("a"), cool_down=timedelta(0))
    history.keep(watched("b", state="ok", at=NOON + timedelta(hours=1)), cool_down=timedelta(0))
    assert read_standing(standing) == Standing("ok", "3", NOON + timedelta(hours=1))
    standing.write_text("{")
    assert read_standing(standing) is None


def test_a_line_that_was_cut_off_loses_no_other(tmp_path):
    path = tmp_path / "history.jsonl"
    history = History(path)
    history.keep(watched("a"), cool_down=timedelta(0))
    path.write_bytes(path.read_bytes() + b'{"watched": {"wind')
    history.keep(watched("b"), cool_down=timedelta(0))
    assert [one.window for one in history.windows()] == ["a", "b"]


def test_somebody_takes_note(tmp_path):
    history = History(tmp_path / "history.jsonl")
    history.keep(watched("a"), cool_down=timedelta(0))
    note = Acknowledgement(who="[red]me[/red]", why="autumn", at=NOON)
    assert history.acknowledge("a", note).acknowledged == note
    with pytest.raises(InputError, match="no window is called 'b'; the newest are: a"):
        history.acknowledge("b", note)


@pytest.fixture
def labelled_log(tmp_path):
    log = tmp_path / "log"
    log.mkdir()
    (log / "a.jsonl").write_bytes(encode(prediction(1)) + b"\n")
    return log


@pytest.mark.parametrize(
    "content",
    [
        b"id,recommended\np1,yes\np9,0\n",
        b"\xef\xbb\xbfrecommended;id;why\r\n1.0; p1;\r\nFalse ;p9;x\r\n",
        "id\trecommended\np1\tTRUE\np9\tno\n".encode("utf-16"),
        b'{"id": "p1", "recommended": true}\n{"id": "p9", "recommended": 0}\n',
    ],
)
def test_labels_from_a_file_are_added_to_the_log(tmp_path, labelled_log, content):
    file = tmp_path / ("labels.jsonl" if content.startswith(b"{") else "labels.csv")
    file.write_bytes(content)
    encoding = "utf-16" if content.startswith(codecs.BOM_UTF16) else "utf-8"
    assert add_labels(file, Segments(labelled_log), now=NOON, encoding=encoding) == (2, 1)
    assert [(one.id, one.recommended) for one in read_log(labelled_log).feedback] == [("p1", True), ("p9", False)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("id,recommended\np2,1\np1,perhaps\n,1\n", "rows 2, 3 have no id, or no 0 or 1 in 'recommended'"),
        ("id,recommended\np1,1,\n", "row 1 has 3; 2 expected"),
        ("id,recommended\n", "there are no rows; an id and 0 or 1 expected in each"),
        ("", "labels.csv"),
        ("key,recommended\np1,1\n", "no column 'id' in the header; found: 'key', 'recommended'"),
    ],
)
def test_of_a_file_of_labels_all_are_added_or_none(tmp_path, labelled_log, content, said):
    file = tmp_path / "labels.csv"
    file.write_text(content)
    with pytest.raises(InputError, match=said):
        add_labels(file, Segments(labelled_log), now=NOON)
    assert read_log(labelled_log).feedback == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"detectors": ["wordz"]}, "unknown: wordz; there are: correct"),
        ({"false_alarm_rate": 0}, "false_alarm_rate"),
        ({"floors": {"f1": 0.5}}, "f1 cannot be estimated"),
        ({"surplus": 1}, "unknown key 'surplus'"),
        ({"fewest_rows": "100"}, "fewest_rows"),
    ],
)
def test_a_configuration_is_checked_strictly(changed, said):
    with pytest.raises(ConfigError, match=said):
        config(**changed)


def test_the_page_of_a_window_says_its_verdict_first_and_takes_no_text_for_markup(reference):
    hostile = "<script>alert(1)</script>"
    judgement = judged(predictions(500, recommends=0.4), reference)
    marked = judgement.findings[0].model_copy(update={"detail": hostile})
    record = watched(name=hostile).model_copy(
        update={"judgement": judgement.model_copy(update={"findings": (marked, *judgement.findings[1:])})}
    )
    made = section(record)
    assert made.answer.startswith("Something has changed: share of recommendations")
    html = page(made)
    assert hostile not in html
    assert len(html) < 100_000


def test_the_page_of_all_windows_counts_them_shows_the_newest_and_takes_no_text_for_markup():
    note = Acknowledgement(who="<b>Ada</b>", why="<script>alert(1)</script>", at=NOON)
    quiet = watched("a", state="ok")
    shown = windows_page([quiet, watched("b", acknowledged=note), watched("<i>c</i>", at=NOON + timedelta(days=1))])
    assert "3 windows: 1 ok, 2 alarm; the newest is alarm" in shown
    assert "<script" not in shown
    assert "<b>Ada</b>" not in shown
    assert "&lt;i&gt;c&lt;/i&gt;" in shown
    assert shown.index("&lt;i&gt;c") < shown.index("<code>b</code>") < shown.index("<code>a</code>")
    many = [watched(f"w{number}", state="ok") for number in range(SHOWN + 5)]
    assert f"{SHOWN} windows: {SHOWN} ok" in windows_page(many)


def test_no_clock_is_read_but_the_one_that_is_given():
    sources = (ROOT / "sentiment" / "monitoring").rglob("*.py")
    assert not [path for path in sources if "now(" in Path(path).read_text(encoding="utf-8")]
    assert datetime.now(UTC) > NOON
