"""The recipe `negation`, with the last words of a review told apart: that is where customers come to a verdict.

Chosen by cross-validation on training rows, as were the ten words. Source of the idea, that where a word stands in a
review matters: Pang, Lee and Vaithyanathan, "Thumbs up?" (2002).
"""

from __future__ import annotations

from sentiment.text.memo import Memo
from sentiment.text.negation import NEW, NegationRecipe

MARK = "end_"


class EndingRecipe(NegationRecipe):
    """What `NegationRecipe` gives, and after it the review's last words again, marked with ``end_``.

    Args:
        use_title: Put the title's words in front of the review's.
        title_weight: Times the title is repeated; it says more in fewer words.
        scope: Words that a negation reaches, unless punctuation or another negation comes first.
        ending: Words that are repeated.
        markup: As in `NegationRecipe`.
        folding: As in `NegationRecipe`.

    Attributes:
        repeats: What words begin with that stand in the list a second time.
    """

    repeats = MARK

    def __init__(
        self,
        use_title: bool = True,
        title_weight: int = 3,
        scope: int = 5,
        ending: int = 10,
        markup: bool = False,
        folding: bool = False,
    ) -> None:
        super().__init__(use_title, title_weight, scope, markup, folding)
        self.ending = ending

    def __call__(self, document: str) -> list[str]:
        """Clean one document into words: the title's, the review's, and the last of the review's again."""
        title, review = self._parts(document)
        marked = self._ending
        return title + review + [marked[word] for word in review[max(0, len(review) - self.ending) :]]

    def _start(self) -> None:
        super()._start()
        self._ending: Memo[str] = Memo(lambda word: MARK + word)


__all__ = ["NEW", "RECIPE", "EndingRecipe"]
RECIPE = EndingRecipe
