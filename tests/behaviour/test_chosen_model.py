"""What anybody would expect of a model that reads reviews, whatever its metrics say.

Source of the method: Ribeiro et al., "Beyond accuracy: behavioral testing of NLP models with CheckList" (2020).
"""

from __future__ import annotations

import numpy as np
import pytest

from sentiment.metrics.summary import compute_metrics
from sentiment.reviews.reading import examples, read_reviews, with_text
from sentiment.reviews.splits import split_reviews
from sentiment.text.folding import APOSTROPHES
from sentiment.training.candidates import load_training_config
from tests.conftest import ROOT

CONFIG = load_training_config(ROOT / "pipelines" / "configs" / "training.yaml")
CHOSEN = "linear_blend"


def trained_on(path, **params):
    candidate = CONFIG.only([CHOSEN]).candidates[0]
    candidate = candidate.model_copy(update={"params": {**candidate.params, **params}})
    split = split_reviews(with_text(read_reviews(path)), validation_share=CONFIG.validation_share, seed=CONFIG.seed)
    return candidate.fit(examples(split.train), examples(split.validation), CONFIG.seed).model, examples(split.test)


@pytest.fixture(scope="module")
def sample_model():
    return trained_on(ROOT / "data" / "sample_reviews.csv")[0]


@pytest.fixture(scope="module")
def real_model(real_csv):
    return trained_on(real_csv)[0]


@pytest.fixture(params=["sample_model", pytest.param("real_model", marks=pytest.mark.real_data)])
def model(request):
    return request.getfixturevalue(request.param)


def log_odds(model, *documents):
    probability = model.predict_proba(list(documents))
    return np.log(probability / (1 - probability))


def negation_is_worse(model, compliment, negated):
    kind, unkind = log_odds(model, compliment, negated)
    return unkind < kind


@pytest.mark.parametrize(
    ("compliment", "negated"),
    [
        ("The fabric is soft.", "The fabric is not soft."),
        ("The fit is flattering.", "The fit isn't flattering."),
        ("The color is gorgeous.", "The color is not at all gorgeous."),
    ],
)
def test_a_negated_compliment_is_worse_than_the_compliment(model, compliment, negated):
    assert negation_is_worse(model, compliment, negated)


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("compliment", "negated"),
    [
        ("I love this dress.", "I don't love this dress."),
        ("It is flattering and comfortable.", "It is not flattering and not comfortable."),
        ("I would recommend this sweater.", "I would not recommend this sweater."),
        ("It fits perfectly.", "It never fits perfectly."),
    ],
)
def test_a_negated_compliment_in_the_words_of_real_customers_is_worse_too(real_model, compliment, negated):
    assert negation_is_worse(real_model, compliment, negated)


@pytest.mark.parametrize(
    "review", ["I love this {}, it is soft and it fits.", "The {} is cheap and itchy, I returned it."]
)
def test_another_product_noun_changes_little(model, review):
    praise, complaint = log_odds(model, "It is soft and flattering.", "It is itchy and unflattering.")
    odds = log_odds(model, *(review.format(noun) for noun in ("sweater", "skirt", "blouse", "top")))
    assert np.ptp(odds) < (praise - complaint) / 3


def test_shouting_changes_nothing(model):
    said, shouted = log_odds(model, "I love this dress, it isn't tight!", "I LOVE THIS DRESS, IT ISN'T TIGHT!")
    assert said == shouted


SENTENCES = [
    "I don't love this and it isn't flattering or soft.",
    "It doesn't fit and I won't keep it, it's itchy!",
    "I'm in love, it's soft and they're flattering... Comfortable too!",
    "Why would I return it? I wouldn't, it fits.",
]
FORMS = {
    **{f"apostrophe U+{ord(sign):04X}": ("'", sign) for sign in APOSTROPHES},
    "a contraction taken apart": ("n't", " n't"),
    "a printed contraction taken apart": ("n't", " n\u2019t"),
    "a zero-width space in words": ("t", "\u200bt"),
    "a soft hyphen in words": ("o", "\u00ado"),
    "a byte-order mark before words": (" ", " \ufeff"),
    "spaces that do not break": (" ", "\u00a0"),
    "a ligature": ("fl", "\ufb02"),
    "an ellipsis": ("...", "\u2026"),
    "full-width signs": ("!", "\uff01"),
    **{f"full-width {letter}": (letter, chr(ord(letter) + 0xFEE0)) for letter in "aeionst"},
}


@pytest.mark.parametrize("form", FORMS)
def test_typography_changes_nothing(model, form):
    typed, printed = FORMS[form]
    changed = [sentence for sentence in SENTENCES if typed in sentence]
    assert changed
    for sentence in changed:
        said, written = log_odds(model, sentence, sentence.replace(typed, printed))
        assert said == written


def test_a_word_behind_an_emoji_is_read(model):
    said, written = log_odds(model, "So soft \u2764 flattering", "So soft \u2764\ufe0fflattering")
    assert said == written


def test_praise_is_recommended_and_complaint_is_not(model):
    praise, complaint = model.predict_proba(
        [
            "So soft, comfortable and flattering. Worth every penny!",
            "Poor quality, itchy. It fell apart after one wash.",
        ]
    )
    assert praise > model.threshold > complaint


@pytest.mark.real_data
def test_on_the_text_alone_the_linear_model_keeps_its_bounds(real_csv):
    model, test = trained_on(real_csv, use_title=False)
    worth = compute_metrics(test.labels, model.predict_proba(test.documents), model.threshold, seed=0)
    assert worth.accuracy >= 0.903
    assert worth.roc_auc >= 0.951
    assert worth.mcc >= 0.70


@pytest.mark.real_data
def test_the_linear_models_probabilities_are_calibrated(real_csv):
    model, test = trained_on(real_csv)
    probabilities = model.predict_proba(test.documents)
    bins = np.minimum((probabilities * 15).astype(int), 14)
    gaps = [
        (bins == b).mean() * abs(probabilities[bins == b].mean() - test.labels[bins == b].mean())
        for b in np.unique(bins)
    ]
    assert sum(gaps) <= 0.02
