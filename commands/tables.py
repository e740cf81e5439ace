"""What people read in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from sentiment.lineage import display_name

if TYPE_CHECKING:
    from sentiment.reviews import DataCheck
    from sentiment.tracking.runs import TrackedCandidate
    from sentiment.training_report import TrainingReport
    from stack_config.registration import ActiveStack

COMPARED = ("accuracy", "roc_auc", "mcc")


def candidates_table(report: TrainingReport) -> Table:
    """One row a candidate, best first and marked."""
    metric = report.ranking.metric
    table = Table(title=f"Trained on {report.data.name}; best by {metric} on the validation rows", title_justify="left")
    table.add_column("candidate")
    for rows in ("val", "test"):
        for name in COMPARED:
            table.add_column(f"{rows} {name}", justify="right")
    for heading in ("fit", "µs/review", "size"):
        table.add_column(heading, justify="right")
    for entry in report.entries:
        evaluation = entry.evaluation
        best = evaluation.name == report.ranking.best
        numbers = [f"{rows.value(name):.4f}" for rows in (evaluation.validation, evaluation.test) for name in COMPARED]
        table.add_row(
            f"{'★' if best else ' '} {display_name(evaluation.name, is_sample=report.data.is_sample)}",
            *numbers,
            f"{entry.fit_seconds:.1f} s{' (cached)' if entry.cached else ''}",
            f"{evaluation.microseconds_per_review:.0f}",
            _size(entry.model_bytes),
            style="bold" if best else None,
        )
    return table


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
            run.started.astimezone().strftime("%Y-%m-%d %H:%M:%S"),
            run.name,
            run.family or "",
            run.data or "",
            run.status,
            *("" if value is None else f"{value:.4f}" for value in values),
            "" if run.seconds is None else f"{run.seconds:.1f}",
            run.run_id,
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


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 100_000 else f"{count / 1e3:.0f} kB"
