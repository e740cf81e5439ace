"""`python run.py status`."""

from __future__ import annotations

import click

from commands.service import tell_if_another_is_champion
from commands.stores import run_store_to_look_at
from commands.terminal.output import json_option, print_json
from commands.without_zenml import WithoutZenML


@click.command(cls=WithoutZenML)
@json_option
def status(as_json: bool) -> None:
    """Show where runs are tracked, on which stack, and which model is the champion.

    Example: python run.py status --json
    """
    from sentiment.tracking import MODEL_NAME
    from sentiment.tracking.registry.store import Registry

    stack, store = run_store_to_look_at()
    champion = Registry(store.tracking_uri).champion_number()
    facts = {
        "tracking_uri": store.tracking_uri,
        "experiment": store.experiment,
        "stack": stack,
        "model": MODEL_NAME,
        "champion": champion,
    }
    if as_json:
        print_json(facts)
        return
    for name, value in facts.items():
        click.echo(f"{name.replace('_', ' ')}: {value if value is not None else 'none yet'}")
    tell_if_another_is_champion()
