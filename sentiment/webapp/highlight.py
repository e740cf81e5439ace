"""The words that moved a verdict, marked in the text where they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

from sentiment.text.negation import MARK as NEGATED
from sentiment.webapp.spots import REVIEW, TITLE, Spot, find

_LEAST = 0.005
"""Log-odds that are shown as 0.00 say nothing, and are not marked."""


class Weight(NamedTuple):
    """What a word of a text says.

    Attributes:
        log_odds: Positive speaks for a recommendation.
        is_negated: It was read as one that a negation reaches: "soft" in "not soft".
    """

    log_odds: float
    is_negated: bool


def weights_of(title: str, review: str, words: Sequence[tuple[str, float]]) -> dict[Spot, Weight]:
    """Find where the words of an explanation stand.

    Args:
        title: Empty where there is none.
        review: As the customer wrote it.
        words: Pairs of a word, or of a run of words, and its log-odds, as the service names them.

    Returns:
        Each word of the two texts that moved the verdict. What a run says is shared by its words, and added up where
        several speak through one word; a word that stands in several places says the same in each. A negated word and
        the same without a negation are two.
    """
    weights = dict(words)
    found: dict[Spot, Weight] = {}
    for name, spots in find(title, review, list(weights)):
        is_negated = any(word.startswith(NEGATED) or f"_{NEGATED}" in word for word in name.split(" "))
        for spot in spots:
            before = found.get(spot, Weight(0.0, False))
            found[spot] = Weight(before.log_odds + weights[name] / len(spots), before.is_negated or is_negated)
    return {spot: weight for spot, weight in found.items() if abs(weight.log_odds) >= _LEAST}


def marked(title: str, review: str, words: Sequence[tuple[str, float]]) -> tuple[Markup, Markup]:
    """Write a title and a review as HTML with the telling words marked, readable without colour.

    ▲ speaks for a recommendation, ▼ against one, ¬ in front of it says that the word was read as negated. Everything of
    the texts and of the words is escaped.
    """
    weights = weights_of(title, review, words)
    return _written(title, TITLE, weights), _written(review, REVIEW, weights)


def _written(text: str, part: int, weights: Mapping[Spot, Weight]) -> Markup:
    pieces, at = [], 0
    for spot in sorted(spot for spot in weights if spot.part == part):
        log_odds, is_negated = weights[spot]
        pieces.append(escape(text[at : spot.start]))
        kind, sign = ("for", "▲") if log_odds > 0 else ("against", "▼")
        pieces.append(
            Markup('<mark class="{}" title="{}">{}<small>{}</small></mark>').format(
                kind,
                f"{log_odds:+.2f} log-odds{', read as negated' if is_negated else ''}",
                text[spot.start : spot.end],
                f"¬{sign}" if is_negated else sign,
            )
        )
        at = spot.end
    pieces.append(escape(text[at:]))
    return Markup("").join(pieces).replace("\n", Markup("<br>"))
