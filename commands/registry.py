"""`python run.py registry`, `promote`, `rollback`, `archive`, `download`: the life of the registered model."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.given_files import GivenPath
from commands.project import ROOT, developer, load_policy
from commands.service import tell_if_another_is_champion
from commands.stores import registry_to_look_at
from commands.terminal.output import console, json_option, print_json
from commands.without_zenml import GroupWithoutZenML, WithoutZenML

if TYPE_CHECKING:
    from sentiment.tracking.registry.held_out import HeldOutRows
    from sentiment.tracking.registry.store import Registry
    from sentiment.tracking.registry.version import Version

why_option = click.option("--why", default="", help="The reason, which the audit trail keeps.")
data_option = click.option("--data", "data_source", metavar="PATH|sample", help="Score on the test rows of this file.")


@click.group(cls=GroupWithoutZenML, invoke_without_command=True)
@json_option
@click.pass_context
def registry(ctx: click.Context, as_json: bool) -> None:
    """List the versions of the registered model; or one of the commands below.

    Example: python run.py registry --json
    """
    if ctx.invoked_subcommand is not None:
        return
    versions = registry_to_look_at().versions()
    if as_json:
        print_json([_as_json(version) for version in versions])
        return

    from commands.terminal.tables import versions_table

    if versions:
        terminal = console()
        terminal.print(versions_table(versions, terminal.width))
    else:
        click.echo("Nothing is registered yet: `python run.py` does.")


@registry.command(cls=WithoutZenML)
@click.argument("version")
@json_option
def show(version: str, as_json: bool) -> None:
    """Show everything about VERSION (a number, or champion).

    Example: python run.py registry show champion
    """
    found = registry_to_look_at().version(version)
    if as_json:
        print_json(_as_json(found))
        return

    from commands.terminal.tables import version_table

    console().print(version_table(found))


@registry.command()
@click.argument("first")
@click.argument("second")
@data_option
@json_option
def compare(first: str, second: str, data_source: str | None, as_json: bool) -> None:
    """Score two versions on the same rows now: metrics, their difference, and where they disagree.

    Example: python run.py registry compare 4 3
    """
    from sentiment.tracking.registry.versus import compare_versions

    opened = _open()
    one, other = opened.version(first), opened.version(second)
    if one.version == other.version:
        raise click.UsageError(f"{first} and {second} are the same version; two different ones expected")
    comparison = compare_versions(opened, one, other, _held_out(one, data_source))
    if as_json:
        print_json(comparison.model_dump(mode="json"))
        return

    from commands.terminal.tables import comparison_tables

    for table in comparison_tables(comparison):
        console().print(table)


@registry.command(cls=WithoutZenML)
@json_option
def history(as_json: bool) -> None:
    """Show who put what into production when, and why.

    Example: python run.py registry history --json
    """
    events = registry_to_look_at().history()
    if as_json:
        print_json([event.model_dump(mode="json") for event in events])
        return

    from commands.terminal.tables import history_table

    if events:
        console().print(history_table(events))
    else:
        click.echo("Nothing was promoted yet.")


@registry.command()
def repair() -> None:
    """Make the stages follow the alias, and settle what was interrupted.

    Example: python run.py registry repair
    """
    from steps.shared.model_control_plane import follow_champion

    opened = _open()
    with opened.changing() as mended:
        for sentence in mended or ["Nothing to mend: the stages follow the alias."]:
            click.echo(sentence)
    follow_champion(opened)


@click.command()
@click.argument("version", required=False)
@data_option
@click.option("--force", "force_reason", metavar="REASON", help="Promote whatever the gate says; recorded as such.")
@json_option
def promote(version: str | None, data_source: str | None, force_reason: str | None, as_json: bool) -> None:
    """Put VERSION to the gate, and make it the champion when it passes; exit code 3 when it does not.

    Without VERSION: the newest that ranked first among the candidates of its run.

    Example: python run.py promote 3
    """
    from commands.terminal.tables import decision_lines
    from sentiment.tracking.registry.release import newest_best
    from sentiment.tracking.registry.release import promote as put_to_the_gate
    from steps.shared.model_control_plane import follow_champion

    policy, opened = load_policy(), _open()
    challenger = opened.version(version) if version else newest_best(opened)
    held_out = _held_out(challenger, data_source)
    decision = put_to_the_gate(opened, challenger.version, held_out, policy, who=developer(), force_reason=force_reason)
    follow_champion(opened)
    if as_json:
        print_json({"version": challenger.version, **decision.model_dump(mode="json")})
    else:
        for line in decision_lines(decision, challenger.version):
            click.echo(line)
        tell_if_another_is_champion()
    if not decision.promoted:
        sys.exit(3)


@click.command()
@why_option
def rollback(why: str) -> None:
    """Make the champion before this one the champion again.

    Example: python run.py rollback --why "complaints"
    """
    from sentiment.tracking.registry.release import roll_back
    from steps.shared.model_control_plane import follow_champion

    opened = _open()
    done = roll_back(opened, who=developer(), why=why)
    follow_champion(opened)
    for reason in done.reasons:
        click.echo(reason)
    click.echo(f"Version {done.version} is the champion again.")
    tell_if_another_is_champion()


@click.command()
@click.argument("version")
@click.option("--undo", is_flag=True, help="Bring it back to Staging.")
@why_option
def archive(version: str, undo: bool, why: str) -> None:
    """Archive VERSION, which must not be the champion.

    Example: python run.py archive 3 --why "superseded"
    """
    _open().set_aside(version, archived=not undo, who=developer(), why=why)
    click.echo(f"Version {version} is {'in Staging again' if undo else 'archived'}.")
    tell_if_another_is_champion()


@click.command()
@click.argument("version")
@click.argument("folder", type=GivenPath())
def download(version: str, folder: Path) -> None:
    """Download VERSION (a number, or champion) and its parts into FOLDER, which must not exist yet.

    Example: python run.py download champion build/champion
    """
    from sentiment.tracking.registry.parts import download as download_version

    opened = registry_to_look_at()
    for path in download_version(opened, opened.version(version), folder):
        click.echo(path)


def _open() -> Registry:
    from steps.shared.registry import open_registry

    return open_registry()


def _held_out(version: Version, data_source: str | None) -> HeldOutRows:
    """The test rows of a file that is named, else those of the run that trained `version`."""
    from steps.shared.held_out import held_out_from_its_run

    if data_source is None:
        return held_out_from_its_run(version)

    from sentiment.models.digests import sha256_of
    from sentiment.reviews.reading import read_reviews, with_text
    from sentiment.reviews.schema import Schema
    from sentiment.reviews.sources import resolve
    from sentiment.reviews.splits import split_reviews
    from sentiment.tracking.registry.held_out import held_out_rows

    source = resolve(data_source, ROOT)
    # The test rows are the same whatever the share and the seed of the validation rows.
    reviews = with_text(read_reviews(source.path, schema=Schema.of_tags(version.tags)))
    rows = split_reviews(reviews, validation_share=0.1, seed=0).test
    return held_out_rows(rows, data_sha256=sha256_of(source.path))


def _as_json(version: Version) -> dict[str, object]:
    return {**version.model_dump(mode="json"), "metrics": version.metrics}
