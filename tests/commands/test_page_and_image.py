"""What `page` and `image` say of arguments that cannot be meant, before anything is started or written."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from commands.image import image
from commands.page import page
from sentiment.errors import ConfigError, InputError


def test_a_folder_alone_is_enough_for_an_image(tmp_path):
    error = CliRunner().invoke(image, [str(tmp_path)]).exception
    assert isinstance(error, InputError)
    assert f"{tmp_path} exists already" in str(error)


@pytest.mark.parametrize("given", [[], ["3"], ["champion"], ["3", "one", "two"], ["3", ""]])
def test_what_is_no_version_and_folder_is_refused(given):
    answer = CliRunner().invoke(image, given)
    assert answer.exit_code == 2
    assert "a version and a new folder, or a folder alone expected" in answer.output


@pytest.mark.parametrize("given", ["localhost:8000", "8000", "http://", "ftp://x", "http://x:99999", "http://[::1"])
def test_what_is_no_address_of_a_service_is_refused(given):
    error = CliRunner().invoke(page, ["--service", given]).exception
    assert isinstance(error, InputError)
    assert "one such as http://127.0.0.1:8000 expected" in str(error)


def test_a_token_that_cannot_be_is_said_before_the_page_opens(tmp_path):
    file = tmp_path / "token"
    file.write_text("short")
    error = CliRunner().invoke(page, ["--token-file", str(file)]).exception
    assert isinstance(error, ConfigError)
    assert "short" not in str(error)
