"""Plots: what they show, and that untrusted words and other settings cannot spoil them."""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sentiment.errors import InputError
from sentiment.explain import TellingWords, Word
from sentiment.plots import (
    NOT_RECOMMENDED,
    RECOMMENDS,
    figure_png,
    plot_calibration,
    plot_confusion,
    plot_intervals,
    plot_precision_recall,
    plot_roc,
    plot_words,
)

GENERATOR = np.random.default_rng(0)
LABELS = (GENERATOR.random(4529) < 0.81).astype(int)
PROBABILITIES = 1 / (1 + np.exp(-(2 * (2 * LABELS - 1) + GENERATOR.normal(size=4529))))
WORDS = TellingWords(
    recommending=tuple(Word(f"good {number}", 3.0 - number / 10) for number in range(15)),
    not_recommending=tuple(Word(f"bad {number}", -3.0 + number / 10) for number in range(15)),
)
INTERVALS = {"tfidf-linear": (0.76, 0.74, 0.78), "bag of words": (0.58, 0.55, 0.61)}
PLOTS: dict[str, Callable[[], Any]] = {
    "confusion": lambda: plot_confusion(LABELS, PROBABILITIES, 0.4),
    "roc": lambda: plot_roc(LABELS, PROBABILITIES, 0.4),
    "precision-recall": lambda: plot_precision_recall(LABELS, PROBABILITIES, 0.4),
    "calibration": lambda: plot_calibration(LABELS, PROBABILITIES),
    "words": lambda: plot_words(WORDS),
    "intervals": lambda: plot_intervals(INTERVALS, "MCC on the validation rows", chosen="tfidf-linear"),
}
AWKWARD = [
    "$x^2$",
    "$\\frac{",
    "$50",
    "a_b^c",
    "完璧",
    "عالي",
    "🙂",
    "a\nb",
    "a\tb",
    "\x00",
    "\ud83d",
    "e\u0301",
    "<b>&",
    "",
]


def shown_words(words: list[str]) -> list[str]:
    figure = plot_words(TellingWords(recommending=tuple(Word(word, 1.0) for word in words), not_recommending=()))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert figure_png(figure)
    return [label.get_text() for label in figure.axes[0].get_yticklabels()]


@pytest.mark.parametrize("kind", PLOTS)
def test_a_plot_is_a_small_png_on_its_own_white_background(kind: str) -> None:
    figure = PLOTS[kind]()
    png = figure_png(figure)
    assert png.startswith(b"\x89PNG")
    assert len(png) <= 100_000
    assert figure.get_facecolor() == (1, 1, 1, 1)
    assert figure_png(PLOTS[kind]()) == png


def test_the_confusion_plot_says_the_four_counts_and_the_shares_of_their_rows() -> None:
    figure = plot_confusion([0, 0, 0, 1, 1], [0.1, 0.2, 0.9, 0.8, 0.5], 0.5)
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert texts[::2] == ["2", "1", "0", "2"]
    assert texts[1] == "66.7% of the row"


def test_the_dot_on_the_curves_is_the_verdicts_of_the_threshold() -> None:
    labels, probabilities = [0, 0, 0, 0, 1, 1], [0.1, 0.2, 0.3, 0.9, 0.4, 0.8]
    (x,), (y,) = plot_roc(labels, probabilities, 0.5).axes[0].lines[-1].get_data()
    assert (x, y) == (0.25, 0.5)
    (x,), (y,) = plot_precision_recall(labels, probabilities, 0.5).axes[0].lines[-1].get_data()
    assert (x, y) == (0.75, 0.75)
    assert len(plot_roc(labels, probabilities).axes[0].lines) == 2


def test_no_dot_stands_where_nobody_is_named() -> None:
    assert len(plot_precision_recall([0, 1], [0.8, 0.9], 0.0).axes[0].lines) == 2


def test_the_calibration_plot_counts_every_review_once() -> None:
    curve, bars = plot_calibration(LABELS, PROBABILITIES).axes
    assert sum(bar.get_height() for bar in bars.patches) == len(LABELS)
    certain = plot_calibration([0, 1, 1, 1], [0.0, 1.0, 0.5, 0.5]).axes[0].lines[1].get_data()
    assert [list(values) for values in certain] == [[0.0, 0.5, 1.0], [0.0, 1.0, 1.0]]
    assert len(curve.lines) == 2


def test_words_of_both_verdicts_are_told_apart_by_side_and_colour() -> None:
    from matplotlib.colors import to_rgba

    axes = plot_words(WORDS).axes[0]
    bars = [(bar.get_width() > 0, bar.get_facecolor()) for bar in axes.patches]
    assert bars == [(True, to_rgba(RECOMMENDS))] * 15 + [(False, to_rgba(NOT_RECOMMENDED))] * 15
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert (labels[0], labels[-1]) == ("good 0", "bad 0")


def test_awkward_words_are_drawn_without_a_warning() -> None:
    shown = dict(zip(AWKWARD, shown_words(AWKWARD), strict=True))
    assert shown["$x^2$"] == "$x^2$"
    assert shown["完璧"] == "□□"
    assert shown["a\nb"] == "a□b"
    assert shown["a_b^c"] == "a_b^c"


def test_awkward_names_and_labels_of_candidates_are_drawn_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for text in AWKWARD:
            assert figure_png(plot_intervals({text: (0.5, 0.4, 0.6)}, text))


def test_a_dollar_sign_is_drawn_as_one() -> None:
    def png(word: str) -> bytes:
        return figure_png(plot_words(TellingWords(recommending=(Word(word, 1.0),), not_recommending=())))

    assert png("$a$") != png("a")


def test_a_long_word_is_shortened() -> None:
    assert shown_words(["x" * 24, "x" * 25, "y" * 5000]) == ["x" * 24, "x" * 23 + "…", "y" * 23 + "…"]


def test_no_words_and_no_candidates_are_drawn_too() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert figure_png(plot_words(TellingWords(recommending=(), not_recommending=())))
        assert figure_png(plot_intervals({}, "MCC"))


def test_the_intervals_are_drawn_in_the_order_given_and_the_chosen_one_is_marked() -> None:
    axes = plot_intervals(INTERVALS, "MCC", chosen="bag of words").axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == list(INTERVALS)
    top, bottom = axes.get_ylim()
    assert top > bottom  # the first candidate, at 0, is on top
    whiskers, dots = axes.lines[::2], axes.lines[1::2]
    assert [list(line.get_xdata()) for line in whiskers] == [[0.74, 0.78], [0.55, 0.61]]
    assert [list(line.get_xdata()) for line in dots] == [[0.76], [0.58]]
    assert [line.get_color() == RECOMMENDS for line in dots] == [False, True]


@pytest.mark.parametrize("kind", ["confusion", "roc", "precision-recall", "calibration"])
def test_rows_of_one_class_are_refused(kind: str) -> None:
    draw = {
        "confusion": lambda: plot_confusion([1, 1], [0.1, 0.2], 0.5),
        "roc": lambda: plot_roc([1, 1], [0.1, 0.2]),
        "precision-recall": lambda: plot_precision_recall([1, 1], [0.1, 0.2]),
        "calibration": lambda: plot_calibration([1, 1], [0.1, 0.2]),
    }[kind]
    with pytest.raises(InputError, match="all labelled 1"):
        draw()


def test_importing_loads_no_matplotlib_and_drawing_no_pyplot() -> None:
    program = (
        "import sys; from sentiment.plots import plot_intervals, figure_png;"
        "assert 'matplotlib' not in sys.modules;"
        "figure_png(plot_intervals({'a': (.5, .4, .6)}, 'MCC'));"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
