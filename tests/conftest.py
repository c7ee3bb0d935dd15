"""The one way tests run relief: the real program, in a folder of its own, in English."""

import gc
import os
import sys
import tempfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from relieftool.cli import app
from relieftool.commands.crash_log import LOG_NAME
from relieftool.messages import use_language
from relieftool.pack.pack_files import find_shipped_pack
from relieftool.rules import statement
from relieftool.store import chosen_pack
from tests.support import story

# Looking for cycles as often as Python does takes a tenth of the time: there are few.
gc.set_threshold(50_000, 20, 20)
collect_ignore = ["benchmarks/openfisca_rules.py"]  # run with a Python that has OpenFisca


class _FailuresAtOnce:
    """Names each failing test as it fails; the whole report only comes at the end."""

    def __init__(self, terminal):
        self._terminal = terminal

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report):
        if report.failed:
            word = "FAILED" if report.when == "call" else "ERROR"
            self._terminal.write_line(f"\n{word} {report.nodeid}")


@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    """Name failing tests at once, where there is a terminal: a worker of several has none."""
    if terminal := config.pluginmanager.get_plugin("terminalreporter"):
        config.pluginmanager.register(_FailuresAtOnce(terminal))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Begin with the slow tests where workers share them, so that none is left with one alone."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture
def tmp_path(request, tmp_path):
    """Return a test of durability a folder on a disk: the others may have theirs in memory."""
    if not request.node.get_closest_marker("durability"):
        yield tmp_path
        return
    disk = "/var/tmp"  # noqa: S108 the system's own folder that outlives a restart
    with tempfile.TemporaryDirectory(dir=disk if os.access(disk, os.W_OK) else None) as folder:
        yield Path(folder)


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory):
    """Give the tests, and what they start, a cache folder of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(autouse=True, scope="session")
def _shipped_pack_once():
    """Load and check the shipped pack once: nearly every command does, and no test changes it."""
    shipped, load = find_shipped_pack(), statement.load_pack
    pack = statement.load_checked_pack(shipped)
    load_kept = chosen_pack.load_kept_pack
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            chosen_pack,
            "load_kept_pack",
            lambda folder, check: pack if folder == shipped else load_kept(folder, check),
        )
        patch.setattr(
            statement, "load_pack", lambda folder: pack if folder == shipped else load(folder)
        )
        check = statement.check_pack
        patch.setattr(statement, "check_pack", lambda of: of if of is pack else check(of))
        yield


@pytest.fixture(autouse=True)
def english():
    """Speak English before and after every test, whatever the system and the test before did."""
    use_language("en")
    yield
    use_language("en")


@pytest.fixture
def relief(tmp_path, monkeypatch):
    """Return a function that runs a command line; its result has exit_code, stdout and stderr."""
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
