"""One record of each kind that has a page, for any text that a user's file or name may hold."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sentiment.evaluation.comparison import Evaluation
from sentiment.evaluation.evidence import Evidence, worst_rows
from sentiment.evaluation.leaderboard import Leaderboard, build_leaderboard
from sentiment.metrics.summary import compute_metrics
from sentiment.models.explain import TellingWords
from sentiment.models.scorer import Word
from sentiment.monitoring.tools import Drawn
from sentiment.release.promotion import Check, Decision
from sentiment.reports.production import Champion, Production
from sentiment.reviews.reading import DataCheck, check_data
from sentiment.search.trial import Gain, Search, Trial
from sentiment.training.candidates import Candidate

PLAIN = "plain"
ROWS = 80
LABELS = np.array([0, 1, 1, 1] * (ROWS // 4))


def reviews(text: str = PLAIN) -> pd.DataFrame:
    """Eighty rows in which everything that is text says `text`."""
    texts = {
        "title": [text] * ROWS,
        "review": [f"{text} {number}" for number in range(ROWS)],
        "department": [text] * ROWS,
    }
    return pd.DataFrame(texts, dtype=object).assign(row=range(1, ROWS + 1), recommended=LABELS)


def data_check(text: str = PLAIN) -> DataCheck:
    return check_data(reviews(text), name=text, sha256="0123456789abcdef" * 4)


def evidence(name: str, wrong: int, *, wrong_on_test: int | None = None, text: str = PLAIN) -> Evidence:
    """Of a model that is sure, and wrong about the first so many rows."""
    chosen, scored = _probabilities(wrong), _probabilities(wrong if wrong_on_test is None else wrong_on_test)
    return Evidence(
        evaluation=Evaluation(
            name=name,
            family="tfidf_linear",
            recipe="article",
            data_name=text,
            is_sample=False,
            threshold=0.5,
            validation=compute_metrics(LABELS, chosen, 0.5, resamples=50),
            test=compute_metrics(LABELS, scored, 0.5, resamples=50),
            test_fingerprint="f" * 64,
            fit_seconds=1.5,
            microseconds_per_review=80.0,
            model_bytes=1000,
        ),
        labels=tuple(LABELS.tolist()),
        probabilities=tuple(scored.tolist()),
        words=TellingWords(recommending=(Word(text, 2.0),), not_recommending=(Word(text, -1.0),)),
        worst=worst_rows(name, 0.5, reviews(text), scored),
    )


def leaderboard(*wrong: int, text: str = PLAIN) -> Leaderboard:
    """Of candidates that are wrong about so many rows each."""
    return build_leaderboard([evidence(f"wrong_{count}", count, text=text) for count in wrong or (4, 20)], "mcc")


def decision(text: str = PLAIN, *, promoted: bool = False, forced: bool = False) -> Decision:
    passed = Check(name="floor_mcc", value=0.7, limit=0.3, passed=True, detail="mcc is 0.7; at least 0.3 is needed")
    failed = Check(name="gain_mcc", value=None, limit=0.0, passed=False, detail=text)
    return Decision(
        promoted=promoted or forced,
        forced=text if forced else None,
        first_release=False,
        checks=(passed,) if promoted else (passed, failed),
        challenger="7",
        champion="4",
    )


def production(text: str = PLAIN) -> Production:
    asked = pd.Timestamp("2026-01-02T03:04:05Z").to_pydatetime()
    champion = Champion(
        version="4", candidate=text, is_sample=False, metrics={"mcc": 0.5}, since=asked, who=text, monitoring=text
    )
    return Production(model="customer-sentiment-analysis", asked=asked, champion=champion)


def search(text: str = PLAIN) -> Search:
    """Of five trials: the start, two that were finished, one that was ended early, one that failed and said `text`."""
    start = Candidate(name="linear_svm", family="linear_svm", recipe="negation")
    tried = [
        Trial(
            number=number,
            values={"linear_svm.c": float(number + 1), "linear_svm.recipe": "negation"},
            candidate=start.model_copy(update={"params": {**start.params, "c": float(number + 1)}}),
            state="done",
            folds=(0.9, 0.8 + number / 100),
            seconds=1.0,
        )
        for number in range(5)
    ]
    tried[3] = tried[3].model_copy(update={"state": "pruned", "folds": (0.7,)})
    tried[4] = tried[4].model_copy(update={"state": "failed", "folds": (), "error": text})
    return Search(
        name=text,
        engine="optuna",
        algorithm="tpe",
        seed=0,
        metric="roc_auc",
        trials=tuple(tried),
        best=2,
        gain=Gain(best=(0.9, 0.85), start=(0.89, 0.84), mean=0.01, low=0.005, high=0.015),
        importance={"linear_svm.c": 0.7, "linear_svm.recipe": 0.1},
        ended="trials",
    )


def every_record(text: str = PLAIN) -> dict[str, object]:
    one = evidence("wrong_4", 4, text=text)
    return {
        "data_check": data_check(text),
        "evaluation": one.evaluation,
        "evidence": one,
        "worst_rows": one.worst,
        "comparison": leaderboard(4, 20, text=text),
        "decision": decision(text),
        "forced": decision(text, forced=True),
        "not_asked": Decision.not_asked(text),
        "drawn": Drawn(failure=text),
        "production": production(text),
        "search": search(text),
    }


def _probabilities(wrong: int) -> np.ndarray:
    given = np.where(LABELS == 1, 0.99, 0.01)
    given[:wrong] = 1 - given[:wrong]
    return given
