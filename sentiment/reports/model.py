"""How good is a model, by which words does it go, and where is it wrong?"""

from __future__ import annotations

from sentiment.evaluation.comparison import Evaluation
from sentiment.evaluation.evidence import Evidence, WorstRows
from sentiment.metrics.summary import METRICS
from sentiment.models import families
from sentiment.models.explain import telling_words
from sentiment.models.text_model import TextModel
from sentiment.reports import pictures
from sentiment.reports.numbers import count, metric, share
from sentiment.reports.section import Fact, Section, section
from sentiment.training.lineage import display_name


@section.register
def _(evaluation: Evaluation) -> Section:
    return Section(
        question="How good is this model?",
        answer=_worth(evaluation),
        template="evaluation.html",
        values=_numbers(evaluation),
        facts=_facts(evaluation),
    )


@section.register
def _(evidence: Evidence) -> Section:
    evaluation = evidence.evaluation
    drawn = pictures.model_pictures(evidence)
    return Section(
        question="How good is this model?",
        answer=_worth(evaluation),
        template="evidence.html",
        values={
            **_numbers(evaluation),
            "pictures": [drawn[name] for name in ("confusion_matrix", "roc", "precision_recall", "calibration")],
            "words": drawn.get("telling_words"),
            "worst": evidence.worst,
        },
        facts=_facts(evaluation),
    )


@section.register
def _(worst: WorstRows) -> Section:
    return Section(
        question="Where is it wrong?",
        answer=f"{worst.candidate} is wrong on {count(worst.wrong)} of {count(worst.scored)} test rows "
        f"({share(worst.wrong / worst.scored)})",
        template="worst_rows.html",
        values={"worst": worst},
        facts={"candidate": worst.candidate, "wrong": worst.wrong, "scored": worst.scored},
    )


@section.register
def _(model: TextModel) -> Section | None:
    telling = telling_words(model)
    if telling is None:
        return None
    best = [words[0].word for words in (telling.recommending, telling.not_recommending) if words]
    return Section(
        question="By which words does this model go?",
        answer="Most telling: " + " and ".join(f"“{word}”" for word in best),
        template="words.html",
        values={"words": pictures.words(telling)},
    )


def _worth(evaluation: Evaluation) -> str:
    name = display_name(evaluation.name, is_sample=evaluation.is_sample)
    test = evaluation.test
    return f"{name}: MCC {metric(test.mcc)}, accuracy {metric(test.accuracy)} on {count(test.rows)} test rows"


def _numbers(evaluation: Evaluation) -> dict[str, object]:
    return {
        "evaluation": evaluation,
        "algorithm": families.get(evaluation.family).ALGORITHM,
        "metrics": METRICS,
        "sides": [("validation", evaluation.validation), ("test", evaluation.test)],
    }


def _facts(evaluation: Evaluation) -> dict[str, Fact]:
    test = evaluation.test
    return {
        "candidate": evaluation.name,
        "test_mcc": round(test.mcc, 4),
        "test_roc_auc": round(test.roc_auc, 4),
        "test_accuracy": round(test.accuracy, 4),
        "validation_mcc": round(evaluation.validation.mcc, 4),
        "threshold": round(evaluation.threshold, 4),
        "fit_seconds": round(evaluation.fit_seconds, 3),
        "model_bytes": evaluation.model_bytes,
    }
