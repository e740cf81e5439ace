"""What people read in the terminal."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

from rich.table import Table

from commands.terminal.columns import Column, plain_table, table_of
from sentiment.phrases import amount
from sentiment.tracking.registry.history import DECISION_TAG

if TYPE_CHECKING:
    from sentiment.evaluation.report import CandidateEntry, TrainingReport
    from sentiment.release.promotion import Decision
    from sentiment.release.registration import Registered
    from sentiment.reviews.reading import DataCheck
    from sentiment.service.client import Prediction
    from sentiment.tracking.registry.history import Event
    from sentiment.tracking.registry.version import Version
    from sentiment.tracking.registry.versus import VersionComparison
    from sentiment.tracking.runs.tracked import TrackedCandidate
    from stack_config.status import ActiveStack

_SPARE = {"accuracy": 6, "roc_auc": 5, "mcc": 0}
_TEST_ROWS = "Metrics are those of the test rows"
COMPARED = ("accuracy", "roc_auc", "mcc")


def candidates_table(report: TrainingReport, registered: Registered, width: int) -> Table:
    """One row a candidate, best first and marked."""
    from sentiment.training.lineage import display_name

    metric = report.ranking.metric

    def is_best(entry: CandidateEntry) -> bool:
        return entry.evaluation.name == report.ranking.best

    def name(entry: CandidateEntry) -> str:
        shown = display_name(entry.evaluation.name, is_sample=report.data.is_sample)
        return f"{'★' if is_best(entry) else ' '} {shown}"

    def score(rows: str, of: str, spare: int = 0) -> Column[CandidateEntry]:
        scored = {"val": "validation", "test": "test"}[rows]
        return Column(f"{rows} {of}", lambda entry: f"{getattr(entry.evaluation, scored).value(of):.4f}", True, spare)

    columns: list[Column[CandidateEntry]] = [
        Column("candidate", name),
        *(score("val", of, 0 if of == metric else 4) for of in COMPARED),
        *(score("test", of, 0 if of == metric else 2) for of in COMPARED),
        Column("fit", lambda e: f"{e.evaluation.fit_seconds:.1f} s{' (cached)' if e.cached else ''}", True, 1),
        Column("µs/review", lambda e: f"{e.evaluation.microseconds_per_review:.0f}", True, 3),
        Column("size", lambda e: _size(e.evaluation.model_bytes), True, 2),
        Column("version", lambda e: registered.versions.get(e.evaluation.name, "below the floor"), True),
    ]
    title = f"Trained on {report.data.name}; best by {metric} on the validation rows"
    return table_of(columns, report.entries, width=width, title=title, marked=is_best)


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


def runs_table(tracked: list[TrackedCandidate], width: int) -> Table:
    """One row a tracked candidate."""

    def score(metric: str) -> Column[TrackedCandidate]:
        return Column(metric, lambda run: _number(run.metrics.get(f"test_{metric}"), 4), True, _SPARE[metric])

    columns: list[Column[TrackedCandidate]] = [
        Column("started", lambda run: _when(run.started)),
        Column("candidate", lambda run: run.name),
        Column("family", lambda run: run.family or "", spare=4),
        Column("data", lambda run: run.data or "", spare=2),
        Column("status", lambda run: run.status),
        *map(score, COMPARED),
        Column("seconds", lambda run: _number(run.seconds, 1), True, 1),
        Column("run id", lambda run: run.run_id, spare=3),
    ]
    return table_of(columns, tracked, width=width, title=_TEST_ROWS)


def versions_table(versions: list[Version], width: int) -> Table:
    """One row a registered version."""
    from sentiment.training.lineage import display_name

    def name(version: Version) -> str:
        return display_name(version.tags.get("candidate", "?"), is_sample=version.tags.get("is_sample") == "true")

    def score(metric: str) -> Column[Version]:
        return Column(metric, lambda version: _number(version.metrics.get(metric), 4), True, _SPARE[metric])

    def size(version: Version) -> str:
        return _size(int(version.tags["model_bytes"])) if "model_bytes" in version.tags else ""

    columns: list[Column[Version]] = [
        Column("version", lambda version: version.version, True),
        Column("candidate", name),
        Column("stage", lambda version: version.stage),
        Column("alias", lambda version: version.alias or ""),
        *map(score, COMPARED),
        Column("size", size, True, 3),
        Column("registered", lambda version: _when(version.created), spare=2),
        Column("who", lambda version: version.tags.get("developer", ""), spare=4),
        Column("why", _why, spare=1),
    ]
    return table_of(columns, versions, width=width, title=_TEST_ROWS, marked=lambda version: version.alias is not None)


def version_table(version: Version) -> Table:
    """Everything about one version."""
    table = plain_table("what", "value", title=f"Version {version.version}")
    for name in ("stage", "alias", "created", "model_uri", "run_id", "description"):
        table.add_row(name, str(getattr(version, name) or ""))
    for name, value in sorted(version.tags.items()):
        table.add_row(name, value)
    return table


def comparison_tables(comparison: VersionComparison) -> list[Table]:
    """Metrics side by side with the rows that they are of, then those where the two disagree."""
    from sentiment.metrics.summary import METRICS

    first, second = comparison.first, comparison.second
    scored = f"{comparison.rows:,} test rows that neither version was trained on"
    if comparison.left_out:
        scored += f"; {amount(comparison.left_out, 'other was', 'others were')} left out"
    side_by_side = plain_table(
        *("metric", f"version {first}", f"version {second}", "difference (95%)", f"{first} is better"),
        title=comparison.told or scored,
    )
    for metric in METRICS:
        row = [metric, *(f"{comparison.metrics[number].value(metric):.4f}" for number in (first, second))]
        if (gain := comparison.differences.get(metric)) is not None:
            row.append(f"{gain.difference:+.3f} ({gain.low:+.3f}, {gain.high:+.3f})")
            row.append(f"{gain.probability_better:.1%}")
        side_by_side.add_row(*row)
    title = f"{amount(comparison.rows_that_differ, 'row')} where the verdicts differ; the widest apart"
    rows = plain_table("row", "customer", f"version {first}", f"version {second}", "review", title=title)
    for found in comparison.disagreements:
        said = "recommends" if found.recommended else "does not"
        rows.add_row(str(found.row), said, f"{found.first:.3f}", f"{found.second:.3f}", found.text[:160])
    return [side_by_side, rows]


def predictions_table(reviews: list[str], predictions: list[Prediction], version: str) -> Table:
    """One row a review; words are marked with the verdict they speak for."""
    table = plain_table("review", "recommends", "probability", "words that moved it most", title=f"Version {version}")
    for review, prediction in zip(reviews, predictions, strict=True):
        words = [f"{'+' if weight > 0 else '−'}{word}" for word, weight in prediction.words or ()]
        if prediction.known_words == 0:
            words = ["(the model knows no word of it: this is its answer to an empty review)"]
        table.add_row(
            review[:200],
            "yes" if prediction.recommended else "no",
            f"{prediction.probability:.3f}",
            "  ".join(words),
        )
    return table


def history_table(events: list[Event]) -> Table:
    """One row an event, oldest first."""
    table = plain_table("when", "what", "version", "before", "who", "why")
    for event in events:
        why = "; ".join(part for part in (event.why, *event.reasons) if part)
        unsettled = "" if event.confirmed else " (interrupted)"
        table.add_row(
            _when(event.at),
            event.action + unsettled,
            event.version,
            event.previous or "",
            event.who,
            why,
        )
    return table


def stack_table(stack: ActiveStack) -> Table:
    """One row a component."""
    table = plain_table("component", "name", "flavor", "address", "state", title=f"Stack {stack.name}")
    for component in stack.components:
        mark = {True: "✓ ", False: "✗ ", None: ""}[component.answers]
        table.add_row(
            component.kind.replace("_", " "),
            component.name,
            component.flavor,
            component.address or "",
            mark + component.detail,
        )
    return table


def data_tables(facts: DataCheck) -> list[Table]:
    """The facts about a file, and one row a department."""
    table = plain_table("what", "found", title=f"{facts.name} is in order")
    lengths = "fewest {}, a quarter below {}, half below {}, three quarters below {}, most {}".format(*facts.words)
    for label, value in (
        *([("read as", facts.read_as)] if facts.read_as else []),
        ("rows", f"{facts.rows:,}"),
        *([("left out, neither yes nor no", f"{facts.left_out:,}")] if facts.left_out else []),
        ("with text", f"{facts.rows_with_text:,}"),
        ("with text and title", f"{facts.rows_with_title:,}"),
        *((label, f"{count:,}") for label, count in facts.labels.items()),
        ("share that recommends", f"{facts.recommended_share:.1%}"),
        ("texts that stand there before", f"{facts.repeated_texts:,}"),
        *_oddities(facts),
        ("words a review", lengths),
    ):
        table.add_row(label, value)
    if not facts.departments:
        return [table]
    departments = plain_table("department", "reviews", "recommend")
    for department, counts in sorted(facts.departments.items(), key=lambda item: -item[1].rows):
        departments.add_row(department, f"{counts.rows:,}", f"{counts.recommended_share:.1%}")
    return [table, departments]


def _oddities(facts: DataCheck) -> list[tuple[str, str]]:
    """What is in order and yet worth a look."""
    found = []
    if facts.contradicted_texts:
        examples = "; ".join(repr(text) for text in facts.contradictions)
        found.append(("texts with unequal labels", f"{facts.contradicted_texts:,}, such as {examples}"))
    if facts.rows_with_markup:
        found.append(("with markup or addresses", f"{facts.rows_with_markup:,}; our own recipes read past it"))
    if not facts.rows_with_title:
        found.append(("titles", "none; a candidate that reads titles learns from the reviews alone"))
    return found


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


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 100_000 else f"{count / 1e3:.0f} kB"
