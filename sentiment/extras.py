"""The optional packages: which `make` target installs each set, and whether it is installed."""

from __future__ import annotations

from importlib.util import find_spec

from sentiment.errors import InputError

MODULES = {
    "fetch": ("kagglehub",),
    "gcs": ("gcsfs",),
    "page": ("streamlit",),
    "postgresql": ("psycopg2",),
    "s3": ("boto3", "moto", "s3fs"),
    "search": ("hyperopt", "lightgbm"),
    "spark": ("pyspark",),
    "team": ("flask_wtf", "psycopg2"),
}
"""What the commands import of each set. A PostgreSQL of the system does as well as the one that `team` installs."""


def require(extra: str, user: str, *modules: str) -> None:
    """Check that a set is installed.

    Args:
        extra: Its name, a key of `MODULES`.
        user: What needs it, as the subject of the message, such as ``the page``.
        modules: The modules that are needed; without any, all of the set.

    Raises:
        InputError: A module is not installed; the message has the command that installs the set.
    """
    if missing := _missing(extra, modules):
        verb = "is" if len(missing) == 1 else "are"
        raise InputError(f"{user} needs {', '.join(missing)}, which {verb} not installed: `{command(extra)}`")


def is_installed(extra: str, *modules: str) -> bool:
    """Tell whether a set, or some modules of it, can be imported."""
    return not _missing(extra, modules)


def command(extra: str) -> str:
    """Give the command that installs a set."""
    return f"make install-{extra}"


def extra_of(module: str) -> str | None:
    """Name the set that has a module or the package that it is in; None if none has it."""
    package = module.partition(".")[0]
    return next((extra for extra, modules in MODULES.items() if package in modules), None)


def _missing(extra: str, modules: tuple[str, ...]) -> list[str]:
    return [module for module in modules or MODULES[extra] if find_spec(module) is None]
