"""The words a model goes by."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.naive_bayes import BernoulliNB, ComplementNB, MultinomialNB
from sklearn.svm import LinearSVC

from sentiment.models.explain import TellingWords, explainer, telling_words
from sentiment.models.scorer import Word
from sentiment.models.text_model import TextModel

DOCUMENTS = [
    "love this dress perfect fit",
    "love love love the colour",
    "perfect length and soft",
    "soft fabric love it",
    "perfect dress soft colour",
    "love the perfect fit",
    "returned it cheap fabric",
    "cheap and scratchy dress",
    "scratchy returned the dress",
    "returned cheap itchy",
    "cheap fit returned it",
    "scratchy fabric and cheap colour",
] * 3
LABELS = np.array(([1] * 6 + [0] * 6) * 3)
GOOD, BAD = {"love", "perfect", "soft"}, {"cheap", "returned", "scratchy"}


def fit(classifier: Any, vectorizer: Any = None) -> TextModel:
    words = vectorizer or TfidfVectorizer()
    features = words.fit_transform(DOCUMENTS)
    return TextModel(words, classifier.fit(features, LABELS))


def frozen_and_calibrated(method: str) -> TextModel:
    words = TfidfVectorizer()
    features = words.fit_transform(DOCUMENTS)
    inner = FrozenEstimator(LogisticRegression(C=8).fit(features, LABELS))
    calibrated = CalibratedClassifierCV(inner, method=method).fit(features, LABELS)
    outer = FixedThresholdClassifier(FrozenEstimator(calibrated), threshold=0.6, response_method="predict_proba")
    return TextModel(words, outer.fit(features, LABELS))


EXPLAINABLE = {
    "logistic regression": lambda: fit(LogisticRegression()),
    "Bernoulli": lambda: fit(BernoulliNB(), CountVectorizer()),
    "multinomial": lambda: fit(MultinomialNB()),
    "complement": lambda: fit(ComplementNB()),
    "complement, normed": lambda: fit(ComplementNB(norm=True)),
    "calibrated SVM": lambda: fit(CalibratedClassifierCV(LinearSVC(), cv=3)),
    "calibrated SVM, one member": lambda: fit(CalibratedClassifierCV(LinearSVC(), cv=3, ensemble=False)),
    "fixed threshold": lambda: fit(FixedThresholdClassifier(LogisticRegression(), threshold=0.4)),
    "frozen, sigmoid": lambda: frozen_and_calibrated("sigmoid"),
    "frozen, isotonic": lambda: frozen_and_calibrated("isotonic"),
    "calibrated Bernoulli": lambda: fit(CalibratedClassifierCV(BernoulliNB(), cv=3), CountVectorizer()),
}
ADDITIVE = [
    "logistic regression",
    "Bernoulli",
    "multinomial",
    "complement",
    "complement, normed",
    "calibrated SVM, one member",
    "fixed threshold",
    "frozen, sigmoid",
]


def contributions(model: TextModel, document: str, top: int = 10) -> tuple[Word, ...]:
    return explainer(model)([document], top)[0]


def log_odds(model: TextModel, document: str) -> float:
    probability = model.predict_proba([document])[0]
    return float(np.log(probability / (1 - probability)))


@pytest.mark.parametrize("kind", EXPLAINABLE)
def test_good_words_speak_for_a_recommendation_and_bad_ones_against(kind: str) -> None:
    words = telling_words(EXPLAINABLE[kind](), top=3)
    assert {word for word, _ in words.recommending} == GOOD
    assert {word for word, _ in words.not_recommending} == BAD


@pytest.mark.parametrize("kind", EXPLAINABLE)
def test_words_are_ordered_by_strength_and_signed(kind: str) -> None:
    words = telling_words(EXPLAINABLE[kind](), top=100)
    good, bad = [weight for _, weight in words.recommending], [weight for _, weight in words.not_recommending]
    assert good == sorted(good, reverse=True) and min(good) > 0
    assert bad == sorted(bad) and max(bad) < 0


@pytest.mark.parametrize("kind", ADDITIVE)
@pytest.mark.parametrize("document", ["love it", "love cheap cheap fabric, returned", "perfect and the dress"])
def test_contributions_add_up_to_the_log_odds_less_those_of_an_empty_document(kind: str, document: str) -> None:
    model = EXPLAINABLE[kind]()
    added = sum(weight for _, weight in contributions(model, document, top=100))
    assert added == pytest.approx(log_odds(model, document) - log_odds(model, ""), abs=1e-6)


@pytest.mark.parametrize("kind", EXPLAINABLE)
def test_contributions_name_the_words_that_moved_the_verdict(kind: str) -> None:
    moved = contributions(EXPLAINABLE[kind](), "I love the dress but it is cheap, unheard-of", top=2)
    assert {word for word, _ in moved} == {"love", "cheap"}
    assert all((weight > 0) == (word == "love") for word, weight in moved)


def test_a_word_counted_twice_by_bernoulli_counts_once() -> None:
    model = EXPLAINABLE["Bernoulli"]()
    assert contributions(model, "love love love") == contributions(model, "love")
    calibrated = EXPLAINABLE["calibrated Bernoulli"]()
    assert contributions(calibrated, "love love love") == contributions(calibrated, "love")


def test_contributions_are_ordered_by_strength_whatever_their_sign() -> None:
    moved = contributions(EXPLAINABLE["logistic regression"](), "love cheap cheap dress", top=4)
    strengths = [abs(weight) for _, weight in moved]
    assert strengths == sorted(strengths, reverse=True)
    assert moved[0].word == "cheap"


@pytest.mark.parametrize("document", ["", "nothing familiar here", "🙂"])
def test_a_document_without_known_words_has_no_contributions(document: str) -> None:
    assert contributions(EXPLAINABLE["multinomial"](), document) == ()


def test_words_of_equal_weight_come_in_alphabetical_order() -> None:
    words = CountVectorizer(analyzer=str.split)
    features = words.fit_transform(["b a c", ""])
    classifier = LogisticRegression().fit(features, [1, 0])
    assert [word for word, _ in telling_words(TextModel(words, classifier)).recommending] == ["a", "b", "c"]


def test_the_top_is_as_many_as_asked_for() -> None:
    words = telling_words(EXPLAINABLE["multinomial"](), top=2)
    assert (len(words.recommending), len(words.not_recommending)) == (2, 2)


def test_a_model_that_is_no_sum_over_words_cannot_tell() -> None:
    model = fit(RandomForestClassifier(n_estimators=2, random_state=0))
    assert telling_words(model) is None
    assert explainer(model) is None


class OwnClassifier:
    """Like a family's own: its module says what its words weigh."""

    def predict_proba(self, features: Any) -> np.ndarray:
        return np.full((features.shape[0], 2), 0.5)


def word_scores(model: TextModel) -> dict[str, float] | None:
    return model.vectorizer


def test_a_family_with_classifiers_of_its_own_says_itself_what_their_words_weigh() -> None:
    model = TextModel({"awful": -2.0, "fine": 0.5, "the": 0.0, "great": 1.5}, OwnClassifier())
    words = telling_words(model)
    assert words.recommending == (("great", 1.5), ("fine", 0.5))
    assert words.not_recommending == (("awful", -2.0),)
    assert explainer(model) is None
    assert telling_words(TextModel(None, OwnClassifier())) is None
    assert telling_words(TextModel({}, OwnClassifier())) == TellingWords(recommending=(), not_recommending=())


def test_telling_words_survive_json() -> None:
    words = telling_words(EXPLAINABLE["complement"]())
    assert TellingWords.model_validate_json(words.model_dump_json()) == words
