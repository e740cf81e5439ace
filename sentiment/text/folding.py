"""One spelling for texts that differ in their typography alone: "don´t", "do n't" and "don't" are the same word.

Unicode's own folding (NFKC, Unicode Standard Annex #15) is used where it changes typography alone. It also makes "No"
of "№", "TM" of "™" and "102" of "10²", so symbols and numbers keep what they are.
"""

from __future__ import annotations

import re
import unicodedata

APOSTROPHES = (
    "'`\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb\u02f4\u0374\u0384\u055a\u05f3\u07f4\u07f5\u1fbd\u1fbf"
    "\u1fef\u1ffd\u1ffe\u2018\u2019\u201b\u2032\u2035\u275b\u275c\ua78b\ua78c\uff07\uff40"
)
"""The characters that are typed or printed for an apostrophe; most are Unicode's confusables of U+0027."""

_INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
"""What Unicode lets programs show as nothing (Default_Ignorable_Code_Point) although it is no format character."""

_KEPT = "\u00aa\u00ba\u2033\u2034\u2036\u2037\u2057"
"""ª and º, which would make "no" of "nº", and double primes, which stand for a quotation mark and not an apostrophe."""

_ONE_APOSTROPHE = dict.fromkeys(map(ord, APOSTROPHES), "'")
_GAP = re.compile(r"(?<=[^\W\d_]) (?=n't\b)", re.IGNORECASE)


def is_invisible(character: str) -> bool:
    """Tell whether a character shows nothing of its own: a format character or a variation selector."""
    return unicodedata.category(character) == "Cf" or _INVISIBLE.match(character) is not None


class _Folded(dict[int, str]):
    """What becomes of each character alone, worked out when it is first met; ``str.translate`` reads it."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        category = unicodedata.category(character)
        compatible = unicodedata.normalize("NFKC", character)
        if is_invisible(character):
            folded = ""
        elif character in APOSTROPHES:
            folded = "'"
        elif category in ("No", "So") or character in _KEPT or (compatible.startswith(" ") and category != "Zs"):
            folded = character
        else:
            folded = compatible.translate(_ONE_APOSTROPHE)
        self[code] = folded  # at most as many entries as there are characters
        return folded


_FOLDED = _Folded()


def fold(text: str) -> str:
    """Fold a text; what is folded once stays as it is.

    - Compatibility characters become the ordinary ones (NFKC), but for symbols and numbers: ligatures, full-width and
      mathematical letters, spaces of any width, ``…``.
    - Letters and the accents behind them become one character.
    - Invisible characters go: zero-width spaces and joiners, soft hyphens, byte-order marks, variation selectors.
    - All of `APOSTROPHES` become ``'``.
    - ``do n't``, as the Penn Treebank and many tokenizers write it, becomes ``don't``.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.translate(_FOLDED))
    elif "`" in text:
        text = text.replace("`", "'")
    if " n'" in text or " N'" in text:
        text = _GAP.sub("", text)
    return text


def gaps(text: str) -> list[int]:
    """Find the spaces that `fold` takes out of contractions, in a text as it was written."""
    return [gap.start() for gap in _GAP.finditer(text.translate(_ONE_APOSTROPHE))]
