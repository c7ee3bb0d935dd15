"""The one way tests run relief: the real program, in a folder of its own, in English."""

import sys

import pytest
import story
from typer.testing import CliRunner

from relieftool.cli import app
from relieftool.errorlog import LOG_NAME
from relieftool.messages import use_language


@pytest.fixture(autouse=True)
def english():
    """Speak English before and after every test, whatever the system and the test before did."""
    use_language("en")
    yield
    use_language("en")


@pytest.fixture
def relief(tmp_path, monkeypatch):
    """Give a function that runs a command line; its result has exit_code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RELIEF_DB", str(tmp_path / "relief.db"))
    monkeypatch.setenv("RELIEF_LANG", "en")
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments, **settings):
        result = CliRunner().invoke(app, [str(argument) for argument in arguments], **settings)
        fault_log = tmp_path / LOG_NAME
        sys.stdout.write(fault_log.read_text("utf-8") if fault_log.is_file() else "")
        return result

    return run


@pytest.fixture(scope="session")
def year(tmp_path_factory):
    """Live a year of the sample street once; tests only look at it."""
    return story.live_a_year(tmp_path_factory.mktemp("year"))
