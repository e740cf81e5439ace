"""Whatever documents, `--help` and messages tell a reader to type is taken as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest

from commands.root import root
from tests.conftest import ROOT
from tests.documented.command_lines import WrongExampleError, arguments_of, check
from tests.documented.markdown import GUIDES, Document, Shown
from tests.documented.run_arguments import READERS_FILES
from tests.documented.sources import SOURCES, Source

EXAMPLE = re.compile(r"Example: (python .+?)(?:\n\s*\n|\Z)", re.DOTALL)


@pytest.fixture(autouse=True)
def readers_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in READERS_FILES:
        (tmp_path / name).touch()


def wrong(shown: Iterator[Shown], *, whole: bool) -> list[str]:
    problems = []
    for where, text in shown:
        try:
            check(text, whole=whole)
        except WrongExampleError as error:
            problems.append(f"{where}: {error}")
    return problems


def commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """All that do something: groups that only have commands below them are left out."""
    is_group = isinstance(command, click.Group)
    if path and (not is_group or command.invoke_without_command):
        yield path, command
    for name, below in sorted(command.commands.items()) if is_group else ():
        yield from commands(below, (*path, name))


COMMANDS = list(commands(root))


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_command_line_of_a_document_can_be_typed_as_it_stands(path):
    document = Document(path)
    assert wrong(document.code_lines(), whole=True) == []
    assert wrong(document.spans(), whole=False) == []


def test_the_lines_of_most_commands_are_found_in_the_documents():
    shown = {check(line.text) for path in GUIDES for line in Document(path).code_lines()}
    assert len(shown & {path for path, _ in COMMANDS}) > 0.8 * len(COMMANDS)


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=[" ".join(path) for path, _ in COMMANDS])
def test_each_command_has_an_example_that_means_it(path, command):
    found = EXAMPLE.search(command.help or "")
    assert found, f"{' '.join(path)} has no example"
    assert check(found[1]) == path


def test_what_messages_and_docstrings_advise_to_type_is_known():
    assert wrong((shown for path in SOURCES for shown in Source(path).messages()), whole=False) == []


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("python run.py tain", "no command 'tain'. Did you mean train"),
        ("python run.py registry shwo 3", "No such command 'shwo'"),
        ("python run.py stack", "Usage: "),
        ("python run.py promote 3 --forse why", "--forse"),
        ("python run.py registry compare 4", "Missing argument 'SECOND'"),
        ("python run.py registry compare 4 x", "'x' is no version"),
        ("python run.py serve --port http", "'http' is not a valid integer"),
        ("python run.py deploy --to cloud", "'cloud' is not one of"),
        ("python run.py search --trials 0", "0 is not in the range"),
        ("python run.py search --family tfidf_linear --trials 30", "the space has no family tfidf_linear"),
        ("python run.py search --engine grid --algorithm tpe", "engine 'grid' is not known"),
        ("python run.py search --algorithm atpe", "engine optuna has no algorithm 'atpe'"),
        ("python run.py --only tfidf", "no candidate is called 'tfidf'"),
        ("python run.py train --engine spark --only embedding_average", "not trained by Spark"),
        ("python run.py score a.csv b.csv --engine spark --spark-conf memory=4g", "no setting of Spark"),
        ("python run.py --data shop.csv --text-column body --label-column body", "named for two things"),
        ("python run.py train --schedule 'on Mondays'", "no cron expression"),
        ("python run.py monitor --window week", "week"),
        ("python run.py monitor labels nowhere.csv", "'nowhere.csv' does not exist"),
        ("python run.py predict --file nowhere.txt", "nowhere.txt"),
        ("python run.py serve --limit review=50", "review"),
        ("python run.py report training.html", "'training.html' is no name or id of a run"),
        ("python run.py download newest model/", "'newest' is no version"),
        ("python run.py image latest build/image", "'latest' is no version"),
        ("python run.py --stack azure runs", "there is no stack 'azure'"),
        ("python run.py runs --stack=azure", "there is no stack 'azure'"),
        ("python3.11 run.py predict 'not closed", "No closing quotation"),
        ("python run.py stack set-up azure", "there is no stack 'azure'"),
        ("python run.py stack set-up gcp --set AWS_REGION=x", "stack gcp has no value"),
        ("python run.py stack up gcp", "'gcp' is not one of"),
        ("python run.py monitor ack NUMBER --why x", "NUMBER has no value in the table of placeholders"),
        ("VARIABLE=1 .venv/bin/python run.py --sed 7  # a comment", "--sed"),
        ("cd build/image && sentiment runs --last 3", "--last"),
        ("0 3 * * 1 cd /home/me && /home/me/.venv/bin/python /home/me/run.py trian", "no command 'trian'"),
        ("make tests", "no target 'tests'"),
        ("make test-python PYTHONS=python3.12", "no variable PYTHONS"),
        ("python -m benchmarks speed", "'speed' is not one of"),
        ("python -m benchmarks.trafic", "no program benchmarks.trafic"),
        ("python -m benchmarks.traffic --change spanisch", "'spanisch' is not one of"),
        ("python -m pytest tests/texts", "there is no tests/texts"),
        ("python data/make_samples.py", "there is no data/make_samples.py"),
        ("python examples/prefect/flow.py --output trained", "has no option --output"),
        (".venv/bin/uv pip install '.[sparks]'", "no extra sparks"),
        ("mlflow run . -e trains --env-manager local", "no entry point 'trains'"),
        ("mlflow run . -e score -P in=reviews.csv", "has no parameter in"),
    ],
)
def test_an_example_that_could_not_be_run_is_found(line, problem):
    with pytest.raises(WrongExampleError, match=re.escape(problem)):
        check(line)


@pytest.mark.parametrize(
    "line", ["it's `half` a sentence", "git status", "zenml stack list", "python -c 'print(1)'", "registry: versions"]
)
def test_what_is_no_command_of_the_project_is_left_alone(line):
    assert check(line) is None


@pytest.mark.parametrize("span", ["score --workers 2", "monitor --schedule", "python run.py stack", "run.py"])
def test_a_part_of_a_command_line_may_stand_in_prose(span):
    check(span, whole=False)


@pytest.mark.parametrize("span", ["score --worker 2", "monitor --on-alarm ring", "python run.py stack upp"])
def test_a_part_that_is_wrong_is_found_in_prose(span):
    with pytest.raises(WrongExampleError):
        check(span, whole=False)


def test_arguments_are_given_of_a_line_that_only_runs_a_command():
    assert arguments_of("python run.py registry --json  # versions") == ["registry", "--json"]
    assert arguments_of("make test") is None
    assert arguments_of("cd build && python run.py runs") is None
