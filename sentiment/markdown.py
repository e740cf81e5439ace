"""Names that other people chose, in texts that are shown as Markdown."""

from __future__ import annotations


def verbatim(name: str) -> str:
    """Write a name so that nothing in it is read as Markdown or HTML: as code, on one line."""
    return f"`{' '.join(name.replace('`', 'ˋ').split())}`"
