"""Poor consoles: whatever one can show, a command says what it has to say and ends as it should."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.ready_folders import fill_folder

LINES = [[], ["gaps"], ["questions"], ["explain", "X-1"], ["priority"], ["gaps", "--help"]]
SCRIPT = (
    "import sys\n"
    "from relieftool.cli import app\n"
    "for line in {lines!r}:\n"
    "    try: app([*line, *(['--no-pager'] if line[1:] != ['--help'] and line else [])])\n"
    "    except SystemExit as stopped: print('EXIT', stopped.code)\n"
)


@pytest.fixture
def street(relief):
    """Return relief with one household that is owed something, and questions."""
    return fill_folder(_import_household, relief)


def _import_household(relief):
    rows = ["户编号,姓名,与户主关系,社区,家庭月收入,住房是否安全", "X-1,赵大山,户主,西岭,300,是"]
    Path("西岭困难户.csv").write_text("\n".join(rows), "utf-8")
    assert relief("import", "西岭困难户.csv").exit_code in (0, 3)


def on_a_terminal(lines, **environment):
    """Return all that command lines write to a terminal of 24 rows, as bytes."""
    ours, theirs = pty.openpty()
    paths = os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])
    process = subprocess.Popen(  # noqa: S603 our own Python on our own script
        [sys.executable, "-c", SCRIPT.format(lines=lines)],
        env={**os.environ, "PYTHONPATH": paths, "RELIEF_LANG": "zh", "PAGER": "cat", **environment},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    written = b""
    while part := _read(ours):
        written += part
    os.close(ours)
    process.wait()
    return written


def _read(terminal):
    try:
        return os.read(terminal, 65536)
    except OSError:  # the other end is closed
        return b""


@pytest.mark.usefixtures("street")
@pytest.mark.parametrize(
    "environment, encoding",
    [({"PYTHONIOENCODING": "gbk", "TERM": "dumb"}, "gbk"), ({"COLUMNS": "20"}, "utf-8")],
)
def test_every_console_gets_the_answers_in_its_own_letters(environment, encoding):
    written = on_a_terminal(LINES, **environment).decode(encoding)

    assert re.findall(r"EXIT (\d+)", written) == ["0", "3", "0", "0", "3", "0"]
    assert "X-1" in written
    assert "Traceback" not in written


@pytest.mark.usefixtures("street")
def test_a_console_without_colours_gets_no_escape_sequence():
    assert b"\x1b" in on_a_terminal([["gaps"]], TERM="xterm-256color")
    assert b"\x1b" not in on_a_terminal([["gaps"]], TERM="xterm-256color", NO_COLOR="1")
