"""The article's cleaning, token for token."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from sentiment.text import TITLE_END
from sentiment.text.memo import Memo
from sentiment.text.settings import Settings

STOP_WORDS_FILE = files("sentiment.text") / "stop_words_english.txt"
"""A resource and not a path: other machines are sent this package as one archive."""

# What `re.sub('[^a-zA-z]', ' ', text).lower()` does to each byte of ASCII text: "A" to "z" stays, in lower case
# (so `[ \ ] ^ _` and the backtick stay too), all else becomes a space.
_KEPT = range(ord("A"), ord("z") + 1)
_TABLE = bytes(ord(chr(byte).lower()) if byte in _KEPT else ord(" ") for byte in range(256))


@cache
def stop_words() -> frozenset[str]:
    """Read the 179 English stop words of NLTK's list, one a line, from the project's own file."""
    return frozenset(STOP_WORDS_FILE.read_text(encoding="utf-8").split())


@cache
def memory() -> Memo[str]:
    """Give the stems worked out so far in this process, empty for a stop word; candidates of one run share them."""
    from nltk.stem.porter import PorterStemmer  # monitoring reads this file for its stop words alone

    stem, stopped = PorterStemmer().stem, stop_words()
    return Memo(lambda word: "" if word in stopped else stem(word))


class ArticleRecipe(Settings):
    """Letters only, lower case, without stop words, stemmed with NLTK's Porter stemmer.

    Gives what the article's own loop gives, in one pass over the text and with each stem worked out once. Reads the
    review only, not the title.
    """

    def __call__(self, document: str) -> list[str]:
        """Clean one document into stems, in order."""
        review = document[document.rfind(TITLE_END) + 1 :]
        # Characters outside ASCII are no letters to the article, so each may become any byte that becomes a space.
        letters = review.encode("ascii", "replace").translate(_TABLE).decode("ascii")
        stems = memory()
        return [stem for word in letters.split() if (stem := stems[word])]


RECIPE = ArticleRecipe
