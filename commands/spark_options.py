"""The options that say where the work is done: the same for every command that Spark can do."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from commands.given_files import STANDARD_INPUT
from sentiment.addresses import is_address

if TYPE_CHECKING:
    from sentiment.spark.session import Cluster

Command = TypeVar("Command", bound=Callable[..., Any])
_ENGINES = ("here", "spark")


def spark_options(command: Command) -> Command:
    """Give a command the options of Spark; it gets `cluster`, a function, or None where Spark was not asked for.

    The function, called once the stack is open, gives the cluster: its master is that of the option, else the stack's,
    else all cores of this machine.
    """

    def checked(ctx: click.Context, param: click.Parameter, engine: str) -> str:  # noqa: ARG001
        if engine == "spark":
            from sentiment.spark.session import require_pyspark

            require_pyspark()
        return engine

    @wraps(command)
    def with_cluster(*args: Any, engine: str, master: str | None, spark_conf: tuple[str, ...], **options: Any) -> Any:
        if engine != "spark" and (master or spark_conf):
            raise click.UsageError("--master and --spark-conf are for --engine spark")
        conf = dict(map(_pair, spark_conf))
        return command(*args, cluster=(lambda: _cluster(master, conf)) if engine == "spark" else None, **options)

    wrapped: Any = click.option(
        "--spark-conf",
        multiple=True,
        metavar="NAME=VALUE",
        help="A setting of Spark, e.g. spark.executor.memory=4g; as often as you like.",
    )(with_cluster)
    wrapped = click.option(
        "--master",
        metavar="URL",
        help="Spark's master: local[2], spark://host:7077, k8s://… or yarn.  [default: the stack's, else local[*]]",
    )(wrapped)
    wrapped = click.option(
        "--engine",
        type=click.Choice(_ENGINES),
        default=_ENGINES[0],
        show_default=True,
        callback=checked,
        help="Do the work in this process, or on the machines of a Spark cluster.",
    )(wrapped)
    return cast(Command, wrapped)


def require_files(named: Path | str | None) -> None:
    """Refuse standard input, which this machine alone can read, and addresses of stores that cannot be reached.

    Raises:
        InputError: It is one of these.
    """
    if named is not None and is_address(named):
        from sentiment.spark.stores import require_client

        require_client(str(named))
    if str(named) == STANDARD_INPUT:
        from sentiment.errors import InputError

        raise InputError("Spark's workers cannot read standard input; give files that all of them can read")


def _pair(given: str) -> tuple[str, str]:
    name, sign, value = given.partition("=")
    if not sign or not name.startswith("spark."):
        raise click.BadParameter(f"{given!r} found; a setting such as spark.executor.memory=4g expected")
    return name, value


def _cluster(master: str | None, conf: dict[str, str]) -> Cluster:
    from sentiment.spark.session import Cluster, require_spark
    from stack_config.spark_master import spark_master

    master = master or spark_master()
    cluster = Cluster(conf=conf) if master is None else Cluster(master=master, conf=conf)
    require_spark(cluster)
    return cluster
