"""The reviews that are measured with."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sentiment.models.families.base import Examples
from sentiment.reviews.reading import examples, read_reviews, with_text
from sentiment.reviews.splits import split_reviews
from sentiment.training.candidates import Candidate, load_training_config

ROOT = Path(__file__).parent.parent
CONFIG = load_training_config(ROOT / "pipelines" / "configs" / "training.yaml")


def candidate(name: str) -> Candidate:
    """Give a candidate of the shipped configuration."""
    return CONFIG.only([name]).candidates[0]


def texts(path: Path) -> list[str]:
    """Give the reviews of a file that have text."""
    found: list[str] = with_text(read_reviews(path))["review"].tolist()
    return found


def parts(path: Path) -> tuple[Examples, Examples, Examples]:
    """Give training, validation and test rows as the pipeline makes them."""
    split = split_reviews(with_text(read_reviews(path)), validation_share=CONFIG.validation_share, seed=CONFIG.seed)
    return examples(split.train), examples(split.validation), examples(split.test)


def noisy(rows: Examples, times: int, *, share: float = 0.02, seed: int = 0) -> Examples:
    """Replicate rows, with some words misspelt in every copy, so that the vocabulary grows as it does in life.

    Args:
        rows: What is replicated.
        times: Copies.
        share: Of the words that are changed in each copy.
        seed: Of the choice.
    """
    chance = np.random.default_rng(seed)
    documents: list[str] = []
    for _ in range(times):
        for document in rows.documents:
            words = document.split(" ")
            for position in chance.integers(len(words), size=chance.binomial(len(words), share)):
                words[position] += chr(97 + chance.integers(26))
            documents.append(" ".join(words))
    return Examples(documents, np.tile(rows.labels, times))
