"""Two registered versions side by side, scored on the same rows now."""

from __future__ import annotations

import numpy as np
from pydantic import BaseModel, field_serializer

from sentiment.errors import RegistryError
from sentiment.metrics.bootstrap import PairedDifference, paired_bootstrap
from sentiment.metrics.summary import METRICS, Metrics, compute_metrics
from sentiment.text import TITLE_END
from sentiment.tracking.registry.held_out import HeldOutRows, unseen_rows
from sentiment.tracking.registry.release import report_on
from sentiment.tracking.registry.store import Registry
from sentiment.tracking.registry.version import Version


class Disagreement(BaseModel):
    """A row on which two versions differ."""

    row: int
    recommended: bool
    first: float
    second: float
    text: str


class VersionComparison(BaseModel):
    """Two versions on the same rows, scored now.

    Attributes:
        differences: By metric, first less second, with a 95% paired bootstrap interval and the probability that the
            first is better.
        disagreements: The rows where the verdicts differ, the widest gap first.
        rows: That were scored: those that neither version was trained on.
        left_out: That one of the two was trained on.
        told: Versions that do not tell what they were trained on, and what that means; empty where both do.
    """

    first: str
    second: str
    metrics: dict[str, Metrics]
    differences: dict[str, PairedDifference]
    rows_that_differ: int
    disagreements: tuple[Disagreement, ...]
    rows: int
    left_out: int
    told: str

    @field_serializer("differences")
    def _with_names(self, differences: dict[str, PairedDifference]) -> dict[str, dict[str, float]]:
        return {metric: difference._asdict() for metric, difference in differences.items()}


def compare_versions(
    registry: Registry, first: Version, second: Version, held_out: HeldOutRows, *, shown: int = 10
) -> VersionComparison:
    """Score two versions on the rows that neither was trained on; raises as `load_version`.

    Raises:
        RegistryError: Too few such rows are left.
    """
    unseen = unseen_rows(registry, held_out, [first, second])
    if (left := unseen.check()) is not None and not left.passed:
        raise RegistryError(
            f"versions {first.version} and {second.version} cannot be compared: {left.detail}. "
            "`--data FILE` takes the test rows of another file"
        )
    held_out = unseen.left
    reports = [report_on(registry, version, held_out) for version in (first, second)]
    labels = held_out.examples.labels
    pairs = [(report.probabilities, report.threshold) for report in reports]
    verdicts = [probabilities >= threshold for probabilities, threshold in pairs]
    differ = np.flatnonzero(verdicts[0] != verdicts[1])
    widest = differ[np.argsort(-np.abs(pairs[0][0][differ] - pairs[1][0][differ]))][:shown]
    return VersionComparison(
        first=first.version,
        second=second.version,
        metrics={
            version.version: compute_metrics(labels, *pair)
            for version, pair in zip((first, second), pairs, strict=True)
        },
        differences={metric: paired_bootstrap(labels, *pairs[0], *pairs[1], metric) for metric in METRICS},
        rows_that_differ=len(differ),
        disagreements=tuple(
            Disagreement(
                row=held_out.rows[index],
                recommended=bool(labels[index]),
                first=float(pairs[0][0][index]),
                second=float(pairs[1][0][index]),
                text=held_out.examples.documents[index].replace(TITLE_END, ": "),
            )
            for index in widest
        ),
        rows=len(labels),
        left_out=unseen.left_out,
        told=left.detail if left is not None and unseen.unknown else "",
    )
