"""What a person looks at: records in, self-contained HTML out.

Each module answers one question, and registers its answer for the type of record that holds it.
"""

from sentiment.reports import comparison, data_check, decision, drawn, model, production, search, watched, windows
from sentiment.reports.section import Fact, Section, page, section

__all__ = [
    "Fact",
    "Section",
    "comparison",
    "data_check",
    "decision",
    "drawn",
    "model",
    "page",
    "production",
    "search",
    "section",
    "watched",
    "windows",
]
