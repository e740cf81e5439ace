"""Every metric of one model on some rows, with intervals.

Probabilities are of class 1, a recommendation; ``probability >= threshold`` counts as one. Precision, recall,
F1 and the area under the precision-recall curve are of the class that does not recommend (label 0): it is the
rare one, and the one the shop wants to hear of.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import ArrayLike
from pydantic import AfterValidator, BaseModel, ConfigDict

from sentiment.errors import ConfigError
from sentiment.metrics.bootstrap import Interval, interval, resampled
from sentiment.metrics.predictions import Predictions, check_predictions
from sentiment.metrics.weighted import measure

WITH_INTERVALS = ("accuracy", "mcc", "roc_auc")


class Metrics(BaseModel):
    """The metrics of a model on some rows of both classes.

    Attributes:
        rows: How many were scored.
        accuracy: Share of right verdicts, in [0, 1], as all below that do not say otherwise.
        balanced_accuracy: Mean of the two classes' recalls.
        precision_not_recommended: Of the verdicts "does not recommend", the right share; 0 without any.
        recall_not_recommended: Of the customers who do not recommend, the share that is found.
        f1_not_recommended: Harmonic mean of these two.
        macro_f1: Mean of the two classes' F1.
        mcc: Matthews' correlation coefficient, in [-1, 1]; 0 for a constant verdict.
        roc_auc: Chance that a recommending review ranks above another one; ties count half.
        pr_auc: Average precision of the class that does not recommend; a constant answer has its share.
        brier: Mean squared error of the probability; lower is better.
        log_loss: Mean negative natural logarithm of the probability of the truth, 0 or more; lower is better.
        ece: Expected calibration error of the probability of class 1 (Naeini, Cooper & Hauskrecht, "Obtaining
            well calibrated probabilities using Bayesian binning", AAAI 2015) over 15 equal-width bins (Guo et
            al., "On Calibration of Modern Neural Networks", ICML 2017); lower is better.
        accuracy_interval: 95% percentile bootstrap interval.
        mcc_interval: The same for MCC.
        roc_auc_interval: The same for ROC AUC.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    rows: int
    accuracy: float
    balanced_accuracy: float
    precision_not_recommended: float
    recall_not_recommended: float
    f1_not_recommended: float
    macro_f1: float
    mcc: float
    roc_auc: float
    pr_auc: float
    brier: float
    log_loss: float
    ece: float
    accuracy_interval: Interval
    mcc_interval: Interval
    roc_auc_interval: Interval

    @property
    def intervals(self) -> dict[str, Interval]:
        """The intervals by the name of their metric."""
        return {name: getattr(self, f"{name}_interval") for name in WITH_INTERVALS}

    def value(self, name: str) -> float:
        """Give one metric by its name in `METRICS`.

        Raises:
            ConfigError: `name` is not a metric's.
        """
        return float(getattr(self, require_metric(name)))

    def flat(self, prefix: str) -> dict[str, float]:
        """Name every number for a tracker: ``test_mcc``, ``test_mcc_low``, ``test_mcc_high`` and so on."""
        values = {f"{prefix}_rows": float(self.rows)}
        values |= {f"{prefix}_{name}": self.value(name) for name in METRICS}
        for name, (low, high) in self.intervals.items():
            values |= {f"{prefix}_{name}_low": low, f"{prefix}_{name}_high": high}
        return values


METRICS = tuple(name for name in Metrics.model_fields if name != "rows" and not name.endswith("_interval"))
"""Names of the metrics, in the order of a report."""


def require_metric(name: str) -> str:
    """Give the name back if it is a metric's.

    Raises:
        ConfigError: It is not; the message lists those that are.
    """
    if name not in METRICS:
        raise ConfigError(f"metric {name!r} is not known; there are: {', '.join(METRICS)}")
    return name


def known_metric(name: str) -> str:
    """Check a configuration's field that names a metric.

    Raises:
        ValueError: As `require_metric`, in the type that pydantic collects.
    """
    try:
        return require_metric(name)
    except ConfigError as error:
        raise ValueError(str(error)) from error


MetricName = Annotated[str, AfterValidator(known_metric)]
"""The type of such a field."""


def compute_metrics(
    labels: ArrayLike, probabilities: ArrayLike, threshold: float, *, seed: int = 0, resamples: int = 1000
) -> Metrics:
    """Compute every metric of probabilities against labels.

    Args:
        labels: Shape ``(n_rows,)``, 0 or 1, both occurring.
        probabilities: Shape ``(n_rows,)``, in [0, 1], of class 1, a recommendation.
        threshold: In [0, 1], the least probability that counts as a recommendation.
        seed: Of the bootstrap.
        resamples: Of the bootstrap, at least 1.

    Raises:
        InputError: There are no rows, or rows of one class only.
        ValueError: Shapes differ, or a label, a probability or the threshold is out of range.
    """
    from sklearn import metrics as sk  # most commands name metrics, and compute none

    rows = check_predictions(labels, probabilities, threshold)
    truth, given, verdicts = rows.labels, rows.probabilities, rows.verdicts
    precision, recall, f1, _ = sk.precision_recall_fscore_support(
        truth, verdicts, pos_label=0, average="binary", zero_division=0.0
    )
    return Metrics(
        rows=len(truth),
        accuracy=sk.accuracy_score(truth, verdicts),
        balanced_accuracy=sk.balanced_accuracy_score(truth, verdicts),
        precision_not_recommended=precision,
        recall_not_recommended=recall,
        f1_not_recommended=f1,
        macro_f1=sk.f1_score(truth, verdicts, average="macro", zero_division=0.0),
        mcc=sk.matthews_corrcoef(truth, verdicts),
        roc_auc=sk.roc_auc_score(truth, given),
        # The negative ranks as 1 - probability would, without making ties of what rounds to 1.
        pr_auc=sk.average_precision_score(truth, -given, pos_label=0),
        brier=sk.brier_score_loss(truth, given),
        log_loss=sk.log_loss(truth, given),
        ece=float(measure("ece", rows)(np.ones((1, len(truth))))[0]),
        **_intervals(rows, resamples, seed),
    )


def _intervals(rows: Predictions, resamples: int, seed: int) -> dict[str, Any]:
    measures = [measure(name, rows) for name in WITH_INTERVALS]
    values = resampled(measures, rows.labels, resamples=resamples, seed=seed)
    return {f"{name}_interval": interval(taken) for name, taken in zip(WITH_INTERVALS, values, strict=True)}
