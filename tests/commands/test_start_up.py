"""What a command imports: only what it uses, because importing the rules takes longer than most."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from relieftool.cli import COMMANDS
from relieftool.commands.pack import PACK_COMMANDS
from relieftool.store.database import open_register
from tests.support.registers import ZHAO, register, table

RULES = {"relieftool.rules", "sqlglot"}
WRITERS = {"docx", "docxtpl", "icalendar", "jinja2", "lxml", "openpyxl", "pygal"}
HELP_PAGES = [[name] for name in COMMANDS] + [["pack", name] for name in PACK_COMMANDS]


def loaded(command_lines, folder):
    """Run command lines in one process of its own; return the names of the modules imported."""
    script = (
        "import atexit, sys\n"
        "from relieftool.cli import app\n"
        f"for line in {command_lines!r}:\n"
        "    try: app(line, prog_name='relief')\n"
        "    except SystemExit as stopped: assert stopped.code in (0, 3), line\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    paths = os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])
    done = subprocess.run(  # noqa: S603 our own Python on our own script
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": paths, "RELIEF_LANG": "en"},
        cwd=folder,
        capture_output=True,
        check=True,
    )
    return set(done.stderr.decode().splitlines()[-1].split())


def test_no_help_page_needs_the_rules(tmp_path):
    assert len(HELP_PAGES) > len(COMMANDS)

    pages = [["--help"], *([*page, "--help"] for page in HELP_PAGES)]

    assert not (RULES | WRITERS) & loaded(pages, tmp_path)


@pytest.mark.parametrize("command", ["cases", "imports", "verify"])
def test_what_asks_for_no_benefit_needs_no_rules(tmp_path, monkeypatch, command):
    monkeypatch.setenv("RELIEF_DB", str(tmp_path / "relief.db"))
    with open_register(tmp_path / "relief.db", create=True):
        pass
    loaded([["cases"]], tmp_path)  # checks the pack, and keeps it in the cache folder

    assert not RULES & loaded([[command]], tmp_path)


@pytest.mark.parametrize("command", ["show", "explain"])
def test_what_is_kept_of_the_rules_needs_no_parser(tmp_path, monkeypatch, command):
    monkeypatch.setenv("RELIEF_DB", str(tmp_path / "relief.db"))
    columns = "household_no name id_number"
    register(tmp_path, table(columns, ["H-1", "赵大山", ZHAO], covers="2024-11")).close()
    loaded([["explain", "H-1"]], tmp_path)  # keeps the compiled statement

    assert "sqlglot" not in loaded([[command, "H-1"]], tmp_path)
