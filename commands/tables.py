"""What people read in the terminal."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from sentiment.lineage import display_name
from sentiment.metrics import METRICS
from sentiment.tracking.registry import DECISION_TAG

if TYPE_CHECKING:
    from sentiment.promotion import Decision
    from sentiment.registration import Registered
    from sentiment.reviews import DataCheck
    from sentiment.serving.client import Prediction
    from sentiment.tracking.history import Event
    from sentiment.tracking.registry import Version
    from sentiment.tracking.runs import TrackedCandidate
    from sentiment.tracking.versus import VersionComparison
    from sentiment.training_report import TrainingReport
    from stack_config.registration import ActiveStack

COMPARED = ("accuracy", "roc_auc", "mcc")


def candidates_table(report: TrainingReport, registered: Registered) -> Table:
    """One row a candidate, best first and marked."""
    metric = report.ranking.metric
    table = Table(title=f"Trained on {report.data.name}; best by {metric} on the validation rows", title_justify="left")
    table.add_column("candidate")
    for rows in ("val", "test"):
        for name in COMPARED:
            table.add_column(f"{rows} {name}", justify="right")
    for heading in ("fit", "µs/review", "size", "version"):
        table.add_column(heading, justify="right")
    for entry in report.entries:
        evaluation = entry.evaluation
        best = evaluation.name == report.ranking.best
        numbers = [f"{rows.value(name):.4f}" for rows in (evaluation.validation, evaluation.test) for name in COMPARED]
        table.add_row(
            f"{'★' if best else ' '} {display_name(evaluation.name, is_sample=report.data.is_sample)}",
            *numbers,
            f"{evaluation.fit_seconds:.1f} s{' (cached)' if entry.cached else ''}",
            f"{evaluation.microseconds_per_review:.0f}",
            _size(evaluation.model_bytes),
            registered.versions.get(evaluation.name, "below the floor"),
            style="bold" if best else None,
        )
    return table


def decision_lines(decision: Decision, version: str | None) -> list[str]:
    """Say what the gate decided, a line a check."""
    if decision.note:
        return [f"The gate was not asked: {decision.note}."]
    if decision.forced:
        verdict = f"Version {version} is the champion now, by force: {decision.forced}"
    elif decision.promoted:
        first = " (first release: the floor alone decides)" if decision.first_release else ""
        verdict = f"Version {version} is the champion now{first}."
    else:
        verdict = f"Version {version} was not promoted; the champion stays."
    return [
        verdict,
        *(f"  {'✓' if check.passed else '✗'} {check.detail}" for check in decision.checks),
    ]


def runs_table(tracked: list[TrackedCandidate]) -> Table:
    """One row a tracked candidate."""
    table = Table()
    for heading in ("started", "candidate", "family", "data", "status"):
        table.add_column(heading)
    for name in (*(f"test {metric}" for metric in COMPARED), "seconds"):
        table.add_column(name, justify="right")
    table.add_column("run id")
    for run in tracked:
        values = [run.metrics.get(f"test_{metric}") for metric in COMPARED]
        table.add_row(
            _when(run.started),
            run.name,
            run.family or "",
            run.data or "",
            run.status,
            *("" if value is None else f"{value:.4f}" for value in values),
            "" if run.seconds is None else f"{run.seconds:.1f}",
            run.run_id,
        )
    return table


def versions_table(versions: list[Version]) -> Table:
    """One row a registered version."""
    table = Table()
    for heading in ("version", "candidate", "stage", "alias"):
        table.add_column(heading)
    for heading in (*(f"test {metric}" for metric in COMPARED), "size"):
        table.add_column(heading, justify="right")
    for heading in ("registered", "who", "why"):
        table.add_column(heading)
    for version in versions:
        tags = version.tags
        table.add_row(
            version.version,
            display_name(tags.get("candidate", "?"), is_sample=tags.get("is_sample") == "true"),
            version.stage,
            version.alias or "",
            *(f"{version.metrics[metric]:.4f}" if metric in version.metrics else "" for metric in COMPARED),
            _size(int(tags["model_bytes"])) if "model_bytes" in tags else "",
            _when(version.created),
            tags.get("developer", ""),
            _why(version),
        )
    return table


def version_table(version: Version) -> Table:
    """Everything about one version."""
    table = Table("what", "value", title=f"Version {version.version}", title_justify="left")
    for name in ("stage", "alias", "created", "model_uri", "run_id", "description"):
        table.add_row(name, escape(str(getattr(version, name) or "")))
    for name, value in sorted(version.tags.items()):
        table.add_row(name, escape(value))
    return table


def comparison_tables(comparison: VersionComparison) -> list[Table]:
    """Metrics side by side, then the rows where the two disagree."""
    first, second = comparison.first, comparison.second
    side_by_side = Table("metric", f"version {first}", f"version {second}", "difference", "95%", f"{first} is better")
    for metric in METRICS:
        row = [metric, *(f"{comparison.metrics[number].value(metric):.4f}" for number in (first, second))]
        if (gain := comparison.differences.get(metric)) is not None:
            row += [f"{gain.difference:+.4f}", f"[{gain.low:+.4f}, {gain.high:+.4f}]", f"{gain.probability_better:.1%}"]
        side_by_side.add_row(*row)
    title = f"{comparison.rows_that_differ} rows where the verdicts differ; the widest apart"
    rows = Table(
        "row", "customer", f"version {first}", f"version {second}", "review", title=title, title_justify="left"
    )
    for found in comparison.disagreements:
        said = "recommends" if found.recommended else "does not"
        rows.add_row(str(found.row), said, f"{found.first:.3f}", f"{found.second:.3f}", escape(found.text[:160]))
    return [side_by_side, rows]


def predictions_table(reviews: list[str], predictions: list[Prediction], version: str) -> Table:
    """One row a review; words are marked with the verdict they speak for."""
    table = Table("review", "recommends", "probability", "words that moved it most", title=f"Version {version}")
    for review, prediction in zip(reviews, predictions, strict=True):
        words = [f"{'+' if weight > 0 else '−'}{word}" for word, weight in prediction.words or ()]
        table.add_row(
            escape(review[:200]),
            "yes" if prediction.recommended else "no",
            f"{prediction.probability:.3f}",
            escape("  ".join(words)),
        )
    return table


def history_table(events: list[Event]) -> Table:
    """One row an event, oldest first."""
    table = Table("when", "what", "version", "before", "who", "why")
    for event in events:
        why = "; ".join(part for part in (event.why, *event.reasons) if part)
        unsettled = "" if event.confirmed else " (interrupted)"
        table.add_row(
            _when(event.at),
            event.action + unsettled,
            event.version,
            event.previous or "",
            escape(event.who),
            escape(why),
        )
    return table


def stack_table(stack: ActiveStack) -> Table:
    """One row a component."""
    table = Table("component", "name", "flavor", "address", title=f"Stack {stack.name}", title_justify="left")
    for component in stack.components:
        table.add_row(component.kind.replace("_", " "), component.name, component.flavor, component.address or "")
    return table


def data_tables(name: str, facts: DataCheck) -> list[Table]:
    """The facts about a file, and one row a department."""
    table = Table("what", "found", title=f"{name} is in order", title_justify="left")
    lengths = "fewest {}, a quarter below {}, half below {}, three quarters below {}, most {}".format(*facts.words)
    for label, value in (
        ("rows", f"{facts.rows:,}"),
        ("with text", f"{facts.rows_with_text:,}"),
        ("with text and title", f"{facts.rows_with_title:,}"),
        *((label, f"{count:,}") for label, count in facts.labels.items()),
        ("share that recommends", f"{facts.recommended_share:.1%}"),
        ("texts that stand there before", f"{facts.repeated_texts:,}"),
        ("words a review", lengths),
    ):
        table.add_row(label, value)
    if not facts.departments:
        return [table]
    departments = Table("department", "reviews", "recommend")
    for department, counts in sorted(facts.departments.items(), key=lambda item: -item[1].rows):
        departments.add_row(department, f"{counts.rows:,}", f"{counts.recommended_share:.1%}")
    return [table, departments]


def _why(version: Version) -> str:
    """Why a version is where it is: the gate's last word on it."""
    if not version.complete:
        return "left half made"
    if DECISION_TAG not in version.tags:
        return "never put to the gate"
    decision = json.loads(version.tags[DECISION_TAG])
    failed = [check["name"] for check in decision["checks"] if not check["passed"]]
    if decision["forced"]:
        return f"forced: {decision['forced']}"
    return f"failed {', '.join(failed)}" if failed else "passed the gate"


def _when(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 100_000 else f"{count / 1e3:.0f} kB"
