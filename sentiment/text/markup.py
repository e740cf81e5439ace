"""What a web page leaves in a text and no customer wrote: tags, character references, addresses."""

from __future__ import annotations

import html
import re

_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_TAG = re.compile(r"<(?:!--|/?[a-zA-Z])[^<>]{0,500}>")
_ADDRESS = re.compile(r"\b(?:https?://|www\.)[^\s<>\"]+|\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}\b")


def has_markup(text: str) -> bool:
    """Tell whether there is anything for `without_markup` to do."""
    return any(pattern.search(text) for pattern in _likely(text))


def without_markup(text: str) -> str:
    """Give the text as it was meant: references as their characters, a space for every tag and address.

    A reference may stand for a part of another (``&amp;#39;``), as pages have it that were escaped twice. What only
    looks like markup (``<3``, ``size < 5``, ``H&M``) stays.
    """
    if "&" in text:
        for _ in range(2):
            text = _REFERENCE.sub(lambda found: html.unescape(found.group()), text)
    for pattern in _likely(text):
        if pattern is not _REFERENCE:
            text = pattern.sub(" ", text)
    return text


def _likely(text: str) -> list[re.Pattern[str]]:
    """The patterns whose first sign is there: most texts have none, and this is on the way of every review."""
    found = []
    if "&" in text:
        found.append(_REFERENCE)
    if "<" in text:
        found.append(_TAG)
    if "://" in text or "www." in text or "@" in text:
        found.append(_ADDRESS)
    return found
