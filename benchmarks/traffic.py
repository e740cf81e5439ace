"""`python -m benchmarks.traffic`: a week of customers for a service that runs, with a change in the middle."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import numpy as np
import pandas as pd
import requests

from benchmarks import changes
from benchmarks.data import CONFIG, ROOT
from sentiment.reviews.reading import read_reviews, with_text
from sentiment.reviews.sources import resolve
from sentiment.reviews.splits import split_reviews
from sentiment.service.current import read_current
from stack_config.active import active_stack_id, service_file

CHANGES: dict[str, Callable[[pd.DataFrame, np.random.Generator], pd.DataFrame]] = {
    "new-word": changes.new_word,
    "no-titles": changes.untitled,
    "spanish": changes.half_spanish,
    "misspelt": changes.misspelt,
}
_A_REQUEST = 50
_SECONDS = 60


@click.command()
@click.option("--service", "address", help="Its address.  [default: the one that is in service on the active stack]")
@click.option(
    "--data",
    "data_source",
    metavar="PATH|sample",
    help="What the model was trained on, whose rows that were left out are sent; any other file looks like a change.  "
    "[default: as `train`]",
)
@click.option("--days", type=click.IntRange(1, 60), default=7, show_default=True, help="Sent one behind the other.")
@click.option("--a-day", type=click.IntRange(1, 5_000), default=150, show_default=True, help="Reviews at most.")
@click.option(
    "--change", type=click.Choice(sorted(CHANGES)), default="new-word", show_default=True, help="What changes."
)
@click.option("--on", "first", type=click.IntRange(1), default=4, show_default=True, help="From this day on.")
@click.option("--labels", type=click.FloatRange(0, 1), default=0.5, show_default=True, help="Share with feedback.")
@click.option("--pause", type=click.FloatRange(0, 3_600), default=0.0, show_default=True, help="Seconds between days.")
@click.option("--monitor", is_flag=True, help="Let `python run.py monitor` judge each day.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of all that is drawn.")
def traffic(
    address: str | None,
    data_source: str | None,
    days: int,
    a_day: int,
    change: str,
    first: int,
    labels: float,
    pause: float,
    monitor: bool,
    seed: int,
) -> None:
    """Send reviews that the model was not trained on, day by day, and feedback about some of them.

    Each review is sent once; with fewer of them than the days need, the days are shorter.

    Example: python -m benchmarks.traffic --change no-titles --monitor
    """
    address = address or _in_service()
    chance = np.random.default_rng(seed)
    reviews = _unseen(data_source)
    a_day = min(a_day, len(reviews) // days)
    order = chance.permutation(len(reviews))
    for day in range(1, days + 1):
        frame = reviews.iloc[order[(day - 1) * a_day : day * a_day]].reset_index(drop=True)
        if day >= first:
            frame = CHANGES[change](frame, chance)
        said = _send(address, frame, chance.random(len(frame)) < labels)
        click.echo(f"day {day}: {len(frame):,} reviews, {said:,} with feedback{f', {change}' if day >= first else ''}")
        if monitor:
            order_of = [sys.executable, str(ROOT / "run.py"), "-q", "monitor", "--window", f"last:{a_day}"]
            subprocess.run(order_of, check=False)
        if day < days:
            time.sleep(pause)


def _in_service() -> str:
    stack = active_stack_id(ROOT)
    current = read_current(service_file(stack)) if stack else None
    if current is None or current.target != "service":
        raise click.UsageError("nothing is in service: `python run.py deploy --to service` first, or name --service")
    return current.address


def _unseen(data_source: str | None) -> pd.DataFrame:
    """Give the rows that training leaves out, of the file that it takes when none is named."""
    path: Path = resolve(data_source, ROOT).path
    split = split_reviews(with_text(read_reviews(path)), validation_share=CONFIG.validation_share, seed=CONFIG.seed)
    return pd.concat([split.test, split.validation], ignore_index=True)


def _send(address: str, frame: pd.DataFrame, labelled: np.ndarray) -> int:
    """Ask about reviews, and post feedback about those of `labelled`; gives how many these are."""
    session = requests.Session()
    session.trust_env = False  # loopback is never proxied
    for start in range(0, len(frame), _A_REQUEST):
        part = frame.iloc[start : start + _A_REQUEST]
        body = {"reviews": part[["review", "title"]].to_dict("records")}
        answered = session.post(f"{address}/predict", json=body, timeout=_SECONDS)
        answered.raise_for_status()
        rows = zip(
            answered.json()["predictions"], part["recommended"], labelled[start : start + _A_REQUEST], strict=True
        )
        for one, recommended, says in rows:
            if says:
                told = {"id": one["id"], "recommended": bool(recommended)}
                session.post(f"{address}/feedback", json=told, timeout=_SECONDS).raise_for_status()
    return int(labelled.sum())


if __name__ == "__main__":
    traffic()
