"""The sets of optional packages: one table, compared with what is declared, installed and imported."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from sentiment import extras
from sentiment.errors import InputError
from sentiment.failures import unexpected
from sentiment.spark.stores import require_client
from tests.conftest import ROOT
from tests.lean import PROJECT, base_distributions

DECLARED = PROJECT["project"]["optional-dependencies"]
SHIPPED = ("commands", "materializers", "pipelines", "sentiment", "stack_config", "steps")
OF_A_CLIENT = {"botocore", "fsspec"}
"""Modules that come with those of the table, and are imported beside them."""


def distribution_of(module: str) -> str:
    return canonicalize_name(packages_distributions()[module][0])


@pytest.mark.parametrize("extra", sorted(DECLARED.keys() - {"dev"}))
def test_a_set_imports_what_it_declares(extra):
    declared = {canonicalize_name(Requirement(one).name) for one in DECLARED[extra]}
    imported = {distribution_of(module) for module in extras.MODULES[extra]} - {
        "lightgbm"
    }  # which hyperopt[atpe] brings
    assert imported == declared - {"pgserver"}  # a PostgreSQL of the system does as well


def test_each_set_is_an_extra_with_a_target_and_the_tests_have_all_of_them():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (sets,) = re.findall(r"^SETS := (.*)$", makefile, re.MULTILINE)
    assert set(sets.split()) == DECLARED.keys() == extras.MODULES.keys() | {"dev"}
    assert re.findall(r"^install-(\w+):.*##", makefile, re.MULTILINE) == sets.split()
    (all_others,) = (Requirement(one) for one in DECLARED["dev"] if one.startswith(PROJECT["project"]["name"]))
    assert all_others.extras == extras.MODULES.keys()


def test_whatever_is_imported_of_a_package_that_make_install_does_not_install_is_in_the_table():
    base, packages = base_distributions(), packages_distributions()
    known = {module for modules in extras.MODULES.values() for module in modules} | OF_A_CLIENT
    for path in (path for package in SHIPPED for path in (ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for module in {name.partition(".")[0] for name in names}:
                owners = {canonicalize_name(owner) for owner in packages.get(module, ())}
                assert not owners or owners & base.keys() or module in known | set(SHIPPED), f"{path}: {module}"


def test_a_set_that_is_missing_is_named_with_what_needs_it_and_its_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "moto", None)  # what Python does with a package that is not installed
    assert not extras.is_installed("s3")
    assert extras.is_installed("s3", "boto3", "s3fs")
    with pytest.raises(InputError, match=r"^the server needs moto, which is not installed: `make install-s3`$"):
        extras.require("s3", "the server")
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(InputError, match=r"^the server needs boto3, moto, which are not installed: `make install-s3`$"):
        extras.require("s3", "the server")


@pytest.mark.parametrize(("address", "client", "extra"), [("s3a://b/x", "s3fs", "s3"), ("gs://b/x", "gcsfs", "gcs")])
def test_an_address_whose_client_is_missing_is_refused(monkeypatch, address, client, extra):
    require_client(address)
    monkeypatch.setitem(sys.modules, client, None)
    with pytest.raises(InputError, match=f"{address} needs {client}, which is not installed: `make install-{extra}`"):
        require_client(address)


def test_a_package_that_a_library_misses_in_the_middle_of_its_work_is_named_with_its_command():
    missing = ModuleNotFoundError("No module named 's3fs'", name="s3fs.core")
    error = ImportError("Couldn't import flavor s3")
    error.__context__ = missing
    assert unexpected(error) == ("s3fs.core is not installed: `make install-s3`", 2)
    assert unexpected(ModuleNotFoundError("No module named 'nobody'", name="nobody"))[1] == 1
