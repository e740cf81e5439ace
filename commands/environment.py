"""What the libraries below must be told before they are imported."""

from __future__ import annotations

import atexit
import gc
import io
import logging
import os
import sys
import warnings

import click

from commands.project import ROOT
from commands.terminal.readers import outlive_readers
from sentiment.environment import ALWAYS, leave_to_the_stack, require_usable, without_proxy
from sentiment.errors import OtherLibraryVersionWarning
from stack_config.active import REPOSITORY, SOURCES, project_folder

QUIET = {
    "ZENML_LOGGING_VERBOSITY": "CRITICAL",  # what fails is raised to us, and told once
    "ZENML_ENABLE_RICH_TRACEBACK": "false",
    "MLFLOW_LOGGING_LEVEL": "CRITICAL",  # the same
    "TF_CPP_MIN_LOG_LEVEL": "3",
}


_OBJECTS_BEFORE_A_COLLECTION = (50_000, 20, 20)
"""Python's 700 would go through the millions of objects of an import again and again: a tenth of a training run."""


def prepare(*, verbose: bool, quiet: bool = False) -> None:
    """Set what is not set: no telemetry, quiet libraries unless `verbose`, and fewer garbage collections.

    Servers of this machine are never asked through a proxy, by this process or by one that it starts. The project is
    the one in whose folder ``run.py`` lies, and its stack says where things are kept, wherever the command was given
    and whatever was set there for other jobs; with `quiet` nothing is said of that.

    Raises:
        InputError: A variable has a value with which a library would fail later.
    """
    require_usable(os.environ)
    gc.set_threshold(*_OBJECTS_BEFORE_A_COLLECTION)
    # At its end Python looks through all that was imported, for two seconds. Registered first, this is called last.
    atexit.register(gc.freeze)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without a µ shows another sign, and nothing ends for it
    outlive_readers()
    os.environ.update({REPOSITORY: str(project_folder(ROOT)), SOURCES: str(ROOT)})
    if (left := leave_to_the_stack(os.environ)) and not quiet:
        click.echo(f"Left aside, because the active stack says where things are: {', '.join(left)}.", err=True)
    direct = without_proxy(os.environ)
    os.environ.update(no_proxy=direct, NO_PROXY=direct)
    for name, value in (ALWAYS if verbose else ALWAYS | QUIET).items():
        os.environ.setdefault(name, value)
    if os.environ.get("NO_COLOR") or not sys.stderr.isatty():
        os.environ.setdefault("ZENML_LOGGING_COLORS_DISABLED", "true")
    if verbose:
        _log_to_standard_error()
    else:
        logging.getLogger("urllib3.connectionpool").setLevel(logging.CRITICAL)  # ZenML makes it tell every retry
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", OtherLibraryVersionWarning)


def _log_to_standard_error() -> None:
    """Keep standard output for results: ZenML would print what it logs there, into our JSON."""
    from zenml.logger import ZenMLConsoleHandler

    for handler in logging.getLogger().handlers:
        if isinstance(handler, ZenMLConsoleHandler):
            # A file of its own, because ZenML stores all that is written to `sys.stderr` once more.
            handler.setStream(os.fdopen(os.dup(2), "w", buffering=1))
