"""A trained model: the pair (vectorizer, classifier), from raw documents to probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

DEFAULT_THRESHOLD = 0.5


class TextModel(NamedTuple):
    """The pair that is trained, stored and served as one thing.

    Attributes:
        vectorizer: Fitted; ``transform(documents)`` gives ``(n_documents, n_features)``. Cleaning is its first part,
            so that what serves is what was trained.
        classifier: Fitted; ``predict_proba(features)`` gives ``(n_documents, 2)``, columns in the order of
            `reviews.parsing.LABELS`. Its ``threshold``, where it has one, is the least probability that counts as a
            recommendation.
    """

    vectorizer: Any
    classifier: Any

    @property
    def threshold(self) -> float:
        """The least probability that counts as a recommendation, in [0, 1]."""
        return float(getattr(self.classifier, "threshold", DEFAULT_THRESHOLD))

    def predict_proba(self, documents: Sequence[str]) -> NDArray[np.float64]:
        """Give the probability that each customer recommends the product.

        Args:
            documents: As `text.join_title` makes them; a bare review is one too.

        Returns:
            Shape ``(n_documents,)``, in [0, 1].
        """
        from sentiment.models import ngrams  # and with it scikit-learn, which a service may do without

        if not len(documents):
            return np.empty(0)
        features = (
            ngrams.transform(self.vectorizer, documents)
            if ngrams.reads(self.vectorizer)
            else self.vectorizer.transform(documents)
        )
        return np.asarray(self.classifier.predict_proba(features)[:, 1], dtype=np.float64)
