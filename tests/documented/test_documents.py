"""Links, tables, configurations and names in the documents, and names in docstrings, lead somewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
import yaml

from commands.project import TRAINING_CONFIG
from sentiment import text
from sentiment.configuration import read_mapping
from sentiment.models import families
from sentiment.reviews.schema import Schema
from sentiment.search.space import parse_space
from sentiment.service.settings import Limits
from sentiment.training.candidates import load_training_config
from tests.conftest import ROOT
from tests.documented.markdown import DOCUMENTS, GUIDES, Document, broken_link
from tests.documented.sources import SOURCES, Source, missing_file, unknown_name

KNOWN: dict[str, Callable[[], Iterable[str]]] = {
    "candidate": lambda: [candidate.name for candidate in load_training_config(TRAINING_CONFIG).candidates],
    "detector": lambda: read_mapping(ROOT / "pipelines" / "configs" / "monitoring.yaml")["detectors"],
    "family": families.names,
    "limit": lambda: Limits.__annotations__,
    "recipe": text.recipe_names,
}
"""What a table lists whole, by the name of its first column."""

CONFIGURATIONS: dict[str, Callable[..., object]] = {"docs/data.md": Schema.from_mapping, "docs/search.md": parse_space}
"""What reads the YAML that a document shows."""

each_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
each_guide = pytest.mark.parametrize("path", GUIDES, ids=lambda path: str(path.relative_to(ROOT)))


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Write a document that stands beside nothing else."""
    monkeypatch.setattr("tests.documented.markdown.ROOT", tmp_path)

    def write(content: str) -> Document:
        path = tmp_path / "page.md"
        path.write_text(content, encoding="utf-8")
        return Document(path)

    return write


@each_document
def test_each_link_leads_somewhere(path):
    document = Document(path)
    problems = [(where, broken_link(document, target)) for where, target in document.links()]
    assert [problem for problem in problems if problem[1]] == []


@each_guide
def test_each_file_and_name_of_the_project_that_a_document_mentions_is_there(path):
    spans = list(Document(path).spans())
    assert [(where, missing) for where, text in spans if (missing := missing_file(text, beside=path.parent))] == []
    assert [where for where, text in spans if unknown_name(text)] == []


def test_a_table_names_everything_that_there_is_once():
    tables = [(name, table) for path in GUIDES for name in KNOWN for table in Document(path).first_column(name)]
    assert {name for name, _ in tables} == KNOWN.keys()
    for name, (shown, named) in tables:
        assert sorted(named) == sorted(KNOWN[name]()), shown.where


def test_each_configuration_that_a_document_shows_is_accepted():
    shown = [(str(path.relative_to(ROOT)), block) for path in GUIDES for block in Document(path).fenced("yaml")]
    assert {name for name, _ in shown} == CONFIGURATIONS.keys()
    for name, block in shown:
        CONFIGURATIONS[name](yaml.safe_load(block.text), source=block.where)


def test_each_file_and_name_that_a_docstring_mentions_is_there():
    problems = []
    for path in SOURCES:
        source = Source(path)
        for where, mentioned in source.spans():
            if missing_file(mentioned, beside=path.parent) or unknown_name(mentioned, source):
                problems.append(f"{where}: {mentioned}")
    assert problems == []


def test_no_docstring_stands_behind_another_one():
    assert [shown for path in SOURCES for shown in Source(path).docstrings_in_a_row()] == []


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("nowhere.md", "there is no nowhere.md"),
        ("pictures/none.png", "there is no pictures/none.png"),
        ("#the-seccond-part", "page.md has no heading #the-seccond-part"),
        ("page.md#3", "page.md has no heading #3"),
        ("#the-second-part-its-code", None),
        ("page.md", None),
        ("https://example.org/#anything", None),
    ],
)
def test_a_broken_link_is_found(written, target, problem):
    document = written(f"# A page\n\nSee [`this`]({target}), or\n\n## The second part: its `code`\n")
    assert [shown.text for shown in document.links()] == [target]
    assert broken_link(document, target) == problem


def test_code_links_and_tables_are_found_where_they_stand_and_nowhere_else(written):
    document = written(
        "# A page\n\nRun `make\ntest` or ![a picture](a.png):\n\n    make train   # or `make bench`\n\n"
        "- a point\n    that goes on with `make lint`\n\n```\n$ make clean\nmake nothing: `output`, [no](link)\n```\n\n"
        "| family | what |\n|---|---|\n| `one`, `two` | `three` |\n| `two` | |\n"
    )
    assert [text for _, text in document.code_lines()] == ["make train   # or `make bench`", "make clean"]
    spans = [(where.partition(":")[2], text) for where, text in document.spans()]
    assert spans[:2] == [("3", "make test"), ("9", "make lint")]
    assert spans[-1] == ("6", "make bench")
    assert [text for _, text in document.links()] == ["a.png"]
    assert [named for _, named in document.first_column("family")] == [["one", "two", "two"]]


@pytest.mark.parametrize(
    ("mentioned", "missing"),
    [
        ("sentiment/models/famillies/", "sentiment/models/famillies"),
        ("stack_config/azure.yaml", "stack_config/azure.yaml"),
        ("stack_config/NAME.yml", "stack_config/NAME.yml"),
        ("models/word_number.py", "models/word_number.py"),
        ("run_it.py", "run_it.py"),
        ("stack_config/NAME.yaml", None),
        ("sentiment/models/families/", None),
        ("models/word_numbers.py", None),
        ("run.py", None),
        ("train / test", None),
        ("mine.yaml", None),
    ],
)
def test_a_file_that_is_not_there_is_found(mentioned, missing):
    assert missing_file(mentioned) == missing


@pytest.mark.parametrize(
    ("mentioned", "is_known"),
    [
        ("window.parse_window", False),
        ("window.choose", True),
        ("MonitoringConfig.seeds", False),
        ("MonitoringConfig.seed", True),
        ("sentiment.monitoring.windows", False),
        ("sentiment.monitoring.window.Window.identity", True),
        ("sentiment.models.files.load_model", True),
        ("sentiment.models.files.load_models()", False),
        ("numpy.nothing", True),
    ],
)
def test_a_name_that_leads_to_nothing_is_found(mentioned, is_known):
    source = Source(ROOT / "sentiment" / "monitoring" / "config.py")
    assert (unknown_name(mentioned, source) is None) == is_known


def test_a_docstring_behind_another_one_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.documented.sources.ROOT", tmp_path)
    (tmp_path / "module.py").write_text('"""A module."""\nONE = 1\n"""One."""\n"""Of another."""\n')
    assert [text for _, text in Source(tmp_path / "module.py").docstrings_in_a_row()] == ["Of another."]
