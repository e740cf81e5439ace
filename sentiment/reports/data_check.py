"""Which data?"""

from __future__ import annotations

from sentiment.reports import pictures
from sentiment.reports.numbers import count, share
from sentiment.reports.section import Section, section
from sentiment.reviews.reading import LABEL_NAMES, DataCheck


@section.register
def _(check: DataCheck) -> Section:
    return Section(
        question="Which data?",
        answer=f"{count(check.rows_with_text)} reviews with text, {share(check.recommended_share)} recommend",
        template="data_check.html",
        values={
            "check": check,
            "labels": [(name, check.labels[name]) for name in reversed(LABEL_NAMES)],
            "lengths": pictures.lengths(check.lengths),
            "departments": sorted(check.departments.items(), key=lambda item: -item[1].rows),
        },
        facts={
            "file": check.name,
            "rows": check.rows,
            "rows_with_text": check.rows_with_text,
            "recommended_share": round(check.recommended_share, 4),
            "repeated_texts": check.repeated_texts,
            "median_words": check.words[2],
        },
    )
