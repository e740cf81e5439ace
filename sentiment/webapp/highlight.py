"""The words that moved a verdict, marked in the text where they stand."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markupsafe import Markup, escape

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_MARKS = re.compile(r"^(?:end_|not_)+")
"""What recipes put in front of a word: that it ends a review, that a negation reaches it."""


def weights_of(text: str, words: Sequence[tuple[str, float]]) -> dict[tuple[int, int], float]:
    """Find where the words of an explanation stand.

    Args:
        text: A review, or a title.
        words: Pairs of a word, or of a run of words, and its log-odds, as the service names them.

    Returns:
        Beginning and end of each word of the text that moved the verdict, with its log-odds; those of a run are shared
        by its words, and added up where several speak through one word.
    """
    spans = [(match.start(), match.end()) for match in _WORD.finditer(text)]
    spelt = [text[start:end].lower().replace("’", "'") for start, end in spans]
    found: dict[tuple[int, int], float] = {}
    for named, weight in words:
        run = [_MARKS.sub("", word) for word in named.split(" ")]
        for first in range(len(spelt) - len(run) + 1):
            if spelt[first : first + len(run)] == run:
                for span in spans[first : first + len(run)]:
                    found[span] = found.get(span, 0.0) + weight / len(run)
    return found


def marked(text: str, words: Sequence[tuple[str, float]]) -> Markup:
    """Write a text as HTML with its telling words marked: ▲ for a recommendation, ▼ against, readable without colour.

    Everything of the text and of the words is escaped.
    """
    weights = weights_of(text, words)
    pieces, at = [], 0
    for (start, end), weight in sorted(weights.items()):
        pieces.append(escape(text[at:start]))
        kind, sign = ("for", "▲") if weight > 0 else ("against", "▼")
        pieces.append(
            Markup('<mark class="{}" title="{}">{}<small>{}</small></mark>').format(
                kind, f"{weight:+.2f} log-odds", text[start:end], sign
            )
        )
        at = end
    pieces.append(escape(text[at:]))
    return Markup("").join(pieces).replace("\n", Markup("<br>"))
