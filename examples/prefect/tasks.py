"""The tasks of the flow: each calls functions of `sentiment`, and says in a line what came of it."""

from __future__ import annotations

import errno
import json
import shutil
from pathlib import Path
from time import perf_counter
from typing import Any

from surroundings import ROOT

# isort: split
import pandas as pd
from prefect import get_run_logger, task
from prefect.runtime import flow_run, task_run
from prefect.tasks import exponential_backoff

from sentiment.atomic import write_atomically
from sentiment.errors import InputError
from sentiment.evaluation.comparison import Evaluation
from sentiment.evaluation.evaluate import evaluate_model
from sentiment.models.digests import digests, sha256_of
from sentiment.models.files import save_model, size_in_bytes
from sentiment.models.known_answers import known_answers
from sentiment.models.text_model import TextModel
from sentiment.reviews.reading import documents, examples, read_reviews, with_text
from sentiment.reviews.sources import resolve
from sentiment.reviews.splits import Split, split_reviews
from sentiment.reviews.unpacking import require_regular
from sentiment.training.candidates import Candidate, TrainingConfig, finds_words
from sentiment.training.lineage import CandidateRun, LoggedFiles, TrainingData

REPORT = "report.json"
OF_WRONG_PATHS = (
    errno.EACCES,
    errno.EEXIST,
    errno.EISDIR,
    errno.ELOOP,
    errno.ENAMETOOLONG,
    errno.ENOENT,
    errno.ENOTDIR,
    errno.ENOTEMPTY,
    errno.EPERM,
    errno.EROFS,
    None,  # of what libraries raise about the content of a file, such as `gzip.BadGzipFile`
)
"""What an operating system says of a path that is no use: the same again gives the same again."""


def _is_io_failure(_task: Any, _run: Any, state: Any) -> bool:
    """Tell whether a task met a disk or a network that failed; `sentiment` names such a failure as an error's cause."""
    error = state.result(raise_on_failure=False)
    return any(isinstance(one, OSError) and one.errno not in OF_WRONG_PATHS for one in (error, error.__cause__))


UNPICKLED: dict[str, Any] = {"persist_result": False, "result_serializer": "json"}
"""Prefect would keep results with cloudpickle, and make cache keys with it. Here nothing is ever pickled: results are
handed on in memory, `save_model` keeps the models, and persistence is off whatever the user's default. The error of a
flow that failed is kept even so; as JSON, which has its type and its message."""
RETRIED: dict[str, Any] = {
    **UNPICKLED,
    "retries": 3,
    "retry_delay_seconds": exponential_backoff(backoff_factor=1),
    "retry_condition_fn": _is_io_failure,
}
"""Of the tasks that read or write files; for the others the same again gives the same again."""


@task(**RETRIED)
def read(data: str) -> tuple[pd.DataFrame, TrainingData]:
    """Read and check the reviews; gives those that have text, and what the file is."""
    source = resolve(data, ROOT)
    require_regular(source.path)
    reviews = with_text(read_reviews(source.path))
    facts = TrainingData(
        name=source.name,
        sha256=sha256_of(source.path),
        source=str(source.path.resolve()),
        is_sample=source.is_sample,
    )
    get_run_logger().info("Read %d reviews with text from %s.", len(reviews), facts.source)
    return reviews, facts


@task(**UNPICKLED)
def split(reviews: pd.DataFrame, config: TrainingConfig) -> Split:
    """Decide which rows train, which choose, and which are scored once."""
    rows = split_reviews(reviews, validation_share=config.validation_share, seed=config.seed)
    get_run_logger().info("%d rows train, %d choose, %d are scored once.", *map(len, rows))
    return rows


@task(**UNPICKLED)
def choose(config: TrainingConfig, rows: Split) -> tuple[Candidate, ...]:
    """Leave out, and name, the candidates that cannot be trained here.

    Raises:
        InputError: No other is left.
    """
    reasons = {candidate.name: _why_not(candidate, rows) for candidate in config.candidates}
    for name, reason in reasons.items():
        if reason:
            get_run_logger().warning("Not trained: %s, because %s.", name, reason)
    if all(reasons.values()):
        listed = "\n".join(f"  - {name}: {reason}" for name, reason in reasons.items())
        raise InputError(f"no candidate of the configuration can be trained here:\n{listed}")
    return tuple(candidate for candidate in config.candidates if not reasons[candidate.name])


def _why_not(candidate: Candidate, rows: Split) -> str:
    """Say why a candidate cannot be trained; empty where it can."""
    try:
        candidate.prepare()
    except ImportError as error:
        return f"its family {candidate.family} needs {error.name}, which this environment leaves out"
    if not finds_words(candidate, documents(rows.train)):
        return f"its recipe {candidate.recipe} leaves no words of these reviews: it knows Latin letters only"
    return ""


@task(task_run_name="fit {candidate.name}", **UNPICKLED)
def fit(candidate: Candidate, rows: Split, seed: int) -> tuple[TextModel, float]:
    """Fit a candidate on the training rows; gives the model, and how many seconds it took."""
    train, validation = examples(rows.train), examples(rows.validation)
    started = perf_counter()
    model = candidate.fit(train, validation, seed).model
    seconds = perf_counter() - started
    get_run_logger().info("Trained %s in %.1f s.", candidate.name, seconds)
    return model, seconds


@task(task_run_name="save {folder.name}", **RETRIED)
def save(model: TextModel, folder: Path) -> LoggedFiles:
    """Write the files of a model into a folder of their own; what an attempt before left of it is replaced."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    save_model(model, folder)
    return LoggedFiles(model_uri=folder.name, size=size_in_bytes(folder), digests=digests(folder))


@task(task_run_name="evaluate {candidate.name}", **UNPICKLED)
def evaluate(
    candidate: Candidate,
    model: TextModel,
    rows: Split,
    data: TrainingData,
    files: LoggedFiles,
    fit_seconds: float,
    seed: int,
) -> Evaluation:
    """Score a model on the validation rows, and once on the test rows."""
    test = examples(rows.test)
    started = perf_counter()
    probabilities = model.predict_proba(test.documents)
    microseconds = (perf_counter() - started) / len(test.documents) * 1e6
    run = CandidateRun(
        run_id=str(task_run.get_id()),
        parent_run_id=str(flow_run.get_id()),
        data=data,
        files=files,
        fit_seconds=fit_seconds,
        known_answers=known_answers(model),
        zenml_run="",
    )
    evaluation = evaluate_model(
        candidate,
        run,
        model,
        examples(rows.validation),
        test,
        probabilities,
        test_row_numbers=rows.test["row"].tolist(),
        microseconds_per_review=microseconds,
        seed=seed,
    )
    get_run_logger().info("%s has an MCC of %.4f on the validation rows.", candidate.name, evaluation.validation.mcc)
    return evaluation


@task(**RETRIED)
def publish(staged: Path, out: Path, report: dict[str, Any]) -> None:
    """Write the report beside the models, and give the folder its name: all of it is there, or nothing.

    Raises:
        InputError: The name is taken.
    """
    write_atomically(staged / REPORT, json.dumps(report, indent=2) + "\n")
    require_free(out)
    staged.rename(out)
    get_run_logger().info("The models and %s are in %s.", REPORT, out)


def require_free(out: Path) -> None:
    """Refuse to overwrite anything.

    Raises:
        InputError: There is something of this name, or no folder in which it could be made.
    """
    if out.exists() or out.is_symlink():
        raise InputError(f"{out} is there already, and nothing is overwritten; the path of a new folder expected")
    above = next(folder for folder in out.parents if folder.exists())
    if not above.is_dir():
        raise InputError(f"{above} is a file, so that {out} cannot be made; the path of a new folder expected")
