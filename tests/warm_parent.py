"""The program of a warm parent: it imports third-party libraries once, then forks for each command that it is sent.

`tests.warm_commands` starts it and speaks to it. A child differs from a new Python only in what is imported already: it
gets its own folder, environment, arguments, streams and signal handlers, and imports the project's modules itself. The
parent never imports the project, because each command runs its own copy of it.
"""

from __future__ import annotations

import gc
import importlib
import io
import json
import os
import selectors
import signal
import socket
import sys
import time
import types
from contextlib import suppress
from typing import NamedTuple

LIBRARIES = """
scipy.special scipy.stats scipy.optimize scipy.sparse
zenml.client zenml.pipelines zenml.integrations.mlflow.experiment_trackers zenml.integrations.mlflow.model_deployers
zenml.integrations.mlflow.model_registries zenml.orchestrators.local.local_orchestrator
zenml.artifact_stores.local_artifact_store zenml.deployers.local.local_deployer zenml.zen_stores.sql_zen_store
mlflow mlflow.artifacts mlflow.models mlflow.pyfunc mlflow.tracking
mlflow.store.tracking.sqlalchemy_store mlflow.store.model_registry.sqlalchemy_store
sklearn.calibration sklearn.feature_extraction.text sklearn.frozen sklearn.linear_model sklearn.metrics
sklearn.model_selection sklearn.naive_bayes sklearn.svm
pandas pyarrow.parquet skops.io nltk.stem tensorflow keras
click click_default_group filelock grimp jinja2 msgspec psutil requests rich.console rich.progress rich.table yaml
""".split()
"""What commands spend most of their time on importing. SciPy comes before ZenML, see `materializers`."""
LARGEST_ORDER = 2**17
"""Bytes of an order: more than any command line of a test, less than what a socket takes in one piece."""


class Order(NamedTuple):
    """A command, as `tests.warm_commands` writes it.

    Attributes:
        arguments: What stands behind ``python``: a script or ``-c`` with code, then its arguments.
        folder: The working folder of the command.
        environment: The whole environment of the command.
    """

    arguments: list[str]
    folder: str
    environment: dict[str, str]


def serve(orders: socket.socket) -> Order | None:
    """Fork for each order, until nobody can send any more.

    Args:
        orders: A socket that keeps messages apart. A message is an order as JSON, with three descriptors: standard
            output, standard error, and a socket that receives the child's process id and then its wait status, a line
            each.

    Returns:
        In a child, the order that it must carry out; in the parent None, at the end.
    """
    children: dict[int, tuple[int, socket.socket]] = {}
    with selectors.DefaultSelector() as events:
        events.register(orders, selectors.EVENT_READ)
        while True:
            for key, _ in events.select():
                if key.fileobj is not orders:  # a child has ended
                    events.unregister(key.fileobj)
                    os.close(key.fd)
                    child, answers = children.pop(key.fd)
                    _answer(answers, os.waitpid(child, 0)[1])
                    answers.close()
                    continue
                message, descriptors, _, _ = socket.recv_fds(orders, LARGEST_ORDER, 3)
                if not message:
                    return None
                output, errors, answer_to = descriptors
                if (child := os.fork()) == 0:
                    for ended, (_, other) in children.items():
                        os.close(ended)
                        other.close()
                    orders.close()
                    os.close(answer_to)
                    _take_streams(output, errors)
                    return Order(**json.loads(message))
                os.close(output)
                os.close(errors)
                answers = socket.socket(fileno=answer_to)
                _answer(answers, child)
                ended = os.pidfd_open(child)
                children[ended] = (child, answers)
                events.register(ended, selectors.EVENT_READ)


def _answer(answers: socket.socket, number: int) -> None:
    with suppress(OSError):  # whoever sent the order is gone
        answers.sendall(f"{number}\n".encode())


def _take_streams(output: int, errors: int) -> None:
    """Open the standard streams of a command as Python opens those that are no terminal."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    for taken, number in ((nothing, 0), (output, 1), (errors, 2)):
        os.dup2(taken, number)
        os.close(taken)
    sys.stdin = sys.__stdin__ = _text_stream(0, "rb", "strict")
    sys.stdout = sys.__stdout__ = _text_stream(1, "wb", "strict")
    sys.stderr = sys.__stderr__ = _text_stream(2, "wb", "backslashreplace")


def _text_stream(number: int, mode: str, errors: str) -> io.TextIOWrapper:
    binary = open(number, mode, closefd=False)  # noqa: SIM115 (a descriptor, open until the end)
    return io.TextIOWrapper(binary, encoding="utf-8", errors=errors, line_buffering=number == 2)


def become(order: Order) -> types.CodeType:
    """Make this process one that was started for an order.

    Returns:
        The code to run as ``__main__``.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(order.environment)
    os.chdir(order.folder)
    time.tzset()
    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main
    first, *rest = order.arguments
    if first == "-c":
        source, name = rest.pop(0), "<string>"
        sys.path.insert(0, "")
    else:
        name = os.path.join(order.folder, first)  # noqa: PTH118 (no link is resolved)
        with open(name, encoding="utf-8") as script:  # noqa: PTH123
            source = script.read()
        main.__file__ = name
        sys.path.insert(0, os.path.dirname(name))  # noqa: PTH120
    sys.argv = [first, *rest]
    importlib.invalidate_caches()
    return compile(source, name, "exec", dont_inherit=True)


if __name__ == "__main__":
    sys.path.pop(0)  # where this file lies
    for library in LIBRARIES:
        importlib.import_module(library)
    gc.collect()
    gc.freeze()  # no child's collector writes to what all of them share, which would copy it
    if (received := serve(socket.socket(fileno=int(sys.argv[1])))) is not None:
        code = become(received)
        exec(code, vars(sys.modules["__main__"]))  # noqa: S102 (what the tests would give to a new Python)
