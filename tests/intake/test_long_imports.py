import csv
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from relieftool.messages import no_progress
from relieftool.output.terminal import show_progress
from tests.support.screens import Screen

HEADINGS = ("社区", "户编号", "姓名", "与户主关系", "家庭月收入")
RELIEF = "from relieftool.cli import main; main()"
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals and terminals of POSIX")


def a_list(path, count, first=0):
    """Write a list of invented households of one person each."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(HEADINGS)
        writer.writerows(
            ("花园", f"H{number}", f"王{chr(0x4E00 + number % 5000)}", "户主", "300")
            for number in range(first, first + count)
        )
    return path


def importing(folder, name, stderr=subprocess.DEVNULL):
    """Start an import in a process of its own."""
    here = Path(__file__).parent.parent.parent
    return subprocess.Popen(  # noqa: S603 our own program
        [sys.executable, "-c", RELIEF, "import", name],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(here), "RELIEF_LANG": "en", "TERM": "xterm"},
        stdout=subprocess.DEVNULL,
        stderr=stderr,
    )


def stopped_while_writing(folder, name):
    """Send Ctrl-C to an import as soon as it has begun to write; return its exit code."""
    journal = folder / "relief.db-journal"
    with importing(folder, name) as process:
        while process.poll() is None and not (journal.exists() and journal.stat().st_size):
            time.sleep(0.005)
        process.send_signal(signal.SIGINT)
        return process.wait()


@pytest.mark.slow
@POSIX
def test_ctrl_c_in_the_middle_of_an_import_leaves_the_register_as_it_was(tmp_path):
    a_list(tmp_path / "first.csv", 10)
    a_list(tmp_path / "long.csv", 20_000, 10)
    with importing(tmp_path, "first.csv") as process:
        process.wait()
    before = (tmp_path / "relief.db").read_bytes()

    code = stopped_while_writing(tmp_path, "long.csv")

    assert code == 130
    assert (tmp_path / "relief.db").read_bytes() == before


@pytest.mark.slow
@POSIX
def test_ctrl_c_in_a_first_import_leaves_no_register(tmp_path):
    a_list(tmp_path / "long.csv", 20_000)

    code = stopped_while_writing(tmp_path, "long.csv")

    assert (code, sorted(path.name for path in tmp_path.iterdir())) == (130, ["long.csv"])


@pytest.mark.slow
@POSIX
def test_progress_on_a_terminal_names_file_rate_and_remaining_time(tmp_path):
    a_list(tmp_path / "list.csv", 400)
    ours, theirs = os.openpty()

    with importing(tmp_path, "list.csv", stderr=theirs) as process:
        os.close(theirs)
        shown = "".join(iter(lambda: read_terminal(ours), ""))
        process.wait()
    os.close(ours)

    assert "Reading list.csv (1/1)" in shown
    assert re.search(r"\d/s .*0:00:\d\d", shown)


def read_terminal(descriptor):
    """Return what a terminal shows next, '' at the end."""
    try:
        return os.read(descriptor, 65536).decode("utf-8", "replace")
    except OSError:
        return ""


def test_progress_off_a_terminal_is_nothing(relief, tmp_path):
    a_list(tmp_path / "list.csv", 400)

    result = relief("import", "list.csv")

    assert (result.exit_code, "Reading" in result.stderr, "/s" in result.stderr) == (
        0,
        False,
        False,
    )


def test_progress_is_told_to_nobody_off_a_terminal(capsys):
    with show_progress(sys.stderr, "Reading") as tell:
        assert tell is no_progress

    assert capsys.readouterr().err == ""


def test_each_step_shows_how_many_are_done_and_how_fast():
    screen = Screen()

    with show_progress(screen, "Reading") as tell:
        tell("Keeping rows", 0, 40)
        time.sleep(0.01)
        tell("Keeping rows", 20, 40)
        time.sleep(0.01)
        tell("Keeping rows", 30, 40)

    assert "Keeping rows" in screen.getvalue()
    assert "30/40" in screen.getvalue()
    assert re.search(r"\d/s", screen.getvalue())
