"""TF-IDF of single words and pairs, and a calibrated logistic regression."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier

from sentiment.families.base import Examples, FamilyParams, Fitted, Recipe
from sentiment.metrics import best_threshold
from sentiment.model import TextModel

ALGORITHM = "Logistic regression on TF-IDF"


class Params(FamilyParams):
    """Hyperparameters; the defaults were chosen by cross-validation on training rows.

    Attributes:
        use_title: Let the recipe read the title in front of the review.
        ngrams: Longest run of words that counts as one feature.
        min_df: Training documents that must have a feature for it to be kept.
        c: Inverse strength of the L2 penalty.
        calibration: How scores become probabilities, on the validation rows.
    """

    use_title: bool = True
    ngrams: int = Field(default=2, ge=1, le=4)
    min_df: int = Field(default=2, ge=1)
    c: float = Field(default=8.0, gt=0)
    calibration: Literal["sigmoid", "isotonic"] = "sigmoid"


def fit(params: Params, recipe: Recipe, train: Examples, validation: Examples, seed: int) -> Fitted:
    """Fit on the training rows; calibrate and choose the threshold (best MCC) on the validation rows."""
    vectorizer = TfidfVectorizer(
        tokenizer=_reading_titles(recipe, params.use_title),
        token_pattern=None,
        lowercase=False,
        ngram_range=(1, params.ngrams),
        min_df=params.min_df,
        sublinear_tf=True,
    )
    features = vectorizer.fit_transform(train.documents)
    regression = LogisticRegression(C=params.c, max_iter=1000, random_state=seed).fit(features, train.labels)
    held_out = vectorizer.transform(validation.documents)
    calibrated = CalibratedClassifierCV(FrozenEstimator(regression), method=params.calibration)
    calibrated.fit(held_out, validation.labels)
    threshold = best_threshold(validation.labels, calibrated.predict_proba(held_out)[:, 1])
    classifier = FixedThresholdClassifier(
        FrozenEstimator(calibrated), threshold=threshold, response_method="predict_proba"
    )
    return Fitted(TextModel(vectorizer, classifier.fit(held_out, validation.labels)))


def _reading_titles(recipe: Recipe, use_title: bool) -> Recipe:
    """Tell a recipe that can read titles whether to; the others only ever read the review."""
    if "use_title" not in recipe.get_params():
        return recipe
    return clone(recipe).set_params(use_title=use_title)
