"""`python run.py status`."""

from __future__ import annotations

import click

from commands.service import tell_if_another_is_champion
from commands.terminal.output import json_option, print_json


@click.command()
@json_option
def status(as_json: bool) -> None:
    """Show where runs are tracked, on which stack, and which model is the champion.

    Example: python run.py status --json
    """
    from zenml.client import Client

    from sentiment.tracking import MODEL_NAME
    from sentiment.tracking.registry.store import Registry
    from steps.shared.tracking import run_store

    store = run_store()
    champion = Registry(store.tracking_uri).champion_number()
    facts = {
        "tracking_uri": store.tracking_uri,
        "experiment": store.experiment,
        "stack": Client().active_stack_model.name,
        "model": MODEL_NAME,
        "champion": champion,
    }
    if as_json:
        print_json(facts)
        return
    for name, value in facts.items():
        click.echo(f"{name.replace('_', ' ')}: {value if value is not None else 'none yet'}")
    tell_if_another_is_champion()
