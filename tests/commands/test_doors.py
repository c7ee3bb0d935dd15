"""Hostile files come in, and a full disk is in the way out: a sentence, never a traceback."""

import os
import resource
import signal
import subprocess
import sys
import time
import zipfile

import pytest

from relieftool.store.database import open_register
from tests.support.small_street import import_small_street

RELIEF = [sys.executable, "-c", "from relieftool.start import start; start()"]
ROW = "{0},河口下,甲一,360302197003051237,户主\n"
LISTED = "户编号,社区,姓名,身份证号,与户主关系\n"
ID_NUMBER = "360302198811230017"
NESTED = "[" * 100_000


def run(*line, **settings):
    return subprocess.run(  # noqa: S603 our own program
        [*RELIEF, *line], check=False, capture_output="stdout" not in settings, **settings
    )


@pytest.fixture
def street(relief, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    import_small_street(relief)
    return tmp_path


def is_told(error):
    return error.startswith("Error: ") and "a fault of the program itself" not in error


@pytest.mark.parametrize("line", [("gaps",), ("gaps", "--format", "json"), ("--help",)])
@pytest.mark.usefixtures("street")
def test_a_full_disk_under_the_output_is_told_and_ends_with_1(line):
    with open("/dev/full", "w") as full:  # noqa: PTH123 no file to be made
        done = run(*line, stdout=full, stderr=subprocess.PIPE, text=True)

    last = done.stderr.splitlines()[-2:]
    assert (done.returncode, is_told(last[0])) == (1, True), done.stderr


@pytest.mark.usefixtures("street")
def test_a_closed_output_is_told_and_ends_with_1():
    done = run("show", "X-1", preexec_fn=lambda: os.close(1), stdout=None, stderr=subprocess.PIPE)

    assert (done.returncode, is_told(done.stderr.decode().splitlines()[-2])) == (1, True)


def allow_little():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))


@pytest.mark.parametrize("name", ["gaps.xlsx", "gaps.csv", "gaps.html"])
def test_a_disk_that_is_full_while_a_result_is_written_leaves_no_half_of_it(street, name):
    done = run("gaps", "--out", name, preexec_fn=allow_little, text=True)

    assert (done.returncode, is_told(done.stderr.splitlines()[-2])) == (1, True), done.stderr
    assert not (street / name).exists()


def test_a_disk_that_is_full_while_an_import_is_written_changes_nothing(street):
    (street / "more.csv").write_text(LISTED + ROW.format(77), "utf-8")
    before = (street / "relief.db").read_bytes()

    done = run("import", "more.csv", preexec_fn=allow_little, text=True)

    assert (done.returncode, is_told(done.stderr.splitlines()[-2])) == (1, True), done.stderr
    assert (street / "relief.db").read_bytes() == before


@pytest.mark.parametrize("number, code", [(signal.SIGHUP, 129), (signal.SIGTERM, 143)])
def test_a_rehearsal_that_is_ended_from_outside_leaves_no_copy_of_the_register(
    street, monkeypatch, number, code
):
    scratch = street / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    started = subprocess.Popen(  # noqa: S603 our own program
        [sys.executable, "-c", _SLOW_REHEARSAL], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    started.stdout.readline()
    copies = list(scratch.rglob("rehearsal.db"))

    started.send_signal(number)

    said = started.communicate(timeout=20)
    assert (started.returncode, len(copies), list(scratch.iterdir())) == (code, 1, []), said


_SLOW_REHEARSAL = """
import sys, time
from relieftool import cli
from relieftool.commands import import_
def wait(*_ignored, **_more):
    print("there", flush=True)
    time.sleep(30)
import_.copy_register = wait
sys.argv = ["relief", "import", "a.csv", "--dry-run"]
open("a.csv", "w", encoding="utf-8").write("户编号,社区,姓名\\n7,河口下,甲一\\n")
cli.main()
"""


def test_ctrl_c_while_relief_starts_is_said_to_have_stopped_it():
    for delay in (0.05, 0.1, 0.2):
        started = subprocess.Popen(  # noqa: S603 our own program
            [sys.executable, "-c", _SLOW_START.format(delay=delay)], stderr=subprocess.PIPE
        )
        started.stderr.readline()
        time.sleep(delay / 2)
        started.send_signal(signal.SIGINT)
        said = started.communicate()[1].decode()
        assert (started.returncode, said.strip() in {"Stopped.", "已停止。"}) == (130, True), said


_SLOW_START = """
import builtins, sys, time
from relieftool.start import start
known = builtins.__import__
def slow(name, *rest):
    if name == "relieftool.cli":
        print("begun", file=sys.stderr, flush=True)
        time.sleep({delay})
    return known(name, *rest)
builtins.__import__ = slow
start()
"""


@pytest.mark.parametrize(
    "line",
    [
        ("show", ID_NUMBER),
        ("explain", "X-1", ID_NUMBER),
        ("gaps", "--community", ID_NUMBER),
        ("undo", ID_NUMBER),
        ("gaps", f"--{ID_NUMBER}"),
        (ID_NUMBER,),
    ],
)
def test_an_id_number_typed_as_an_argument_never_comes_back_whole(relief, street, line):
    del street
    said = relief(*line)

    assert said.exit_code != 0
    assert ID_NUMBER not in said.stdout + said.stderr


def make_hostile(folder):
    """Fill a folder with files that mean no good, and return their names."""
    row = ROW.format
    files = {
        "control.csv": (LISTED + row("2\x07")).encode(),
        "escape.csv": (LISTED + row(3).replace("甲", "甲\x1b[2J")).encode(),
        "nul.csv": (LISTED + row(4).replace("甲", "甲\0")).encode(),
        "byte80.csv": (LISTED + row(5)).encode("gb18030") + b"\x80\n",
        "byteff.csv": (LISTED + row(6)).encode().replace("甲".encode(), b"\xff"),
        "quote.csv": (LISTED + row(7).replace("甲", '"甲')).encode(),
        "long.csv": (LISTED + row(8).replace("甲", "甲" * 200_000)).encode(),
        "empty.csv": b"",
        "empty.xlsx": b"",
        "noise.xlsx": b"PK\x03\x04" + bytes(range(256)) * 8,
        "noise.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 8,
        "page.xls": b"<html><table><tr><td>1</td></tr></table></html>",
        "headings.csv": LISTED.encode(),
        "dates.csv": (
            LISTED.replace("\n", ",出生日期\n") + row(9).replace("\n", ",9999-99-99\n")
        ).encode(),
        "damaged.csv": (LISTED + row(10).replace("360302197003051237", "3.60302E+17")).encode(),
        b"\xc4\xe3\xba\xc3.csv": (LISTED + row(11)).encode(),
    }
    for name, content in files.items():
        (folder / os.fsdecode(name)).write_bytes(content)
    with zipfile.ZipFile(folder / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"<row>" * 2_000_000)
    os.mkfifo(folder / "pipe.csv")
    (folder / "zero.csv").symlink_to("/dev/zero")
    (folder / "nowhere.csv").symlink_to("nowhere")
    (folder / "folder.csv").mkdir()
    return [os.fsdecode(name) for name in files]


def test_a_folder_of_hostile_files_is_imported_or_refused_one_by_one(relief, tmp_path):
    folder = tmp_path / "lists"
    folder.mkdir()
    make_hostile(folder)
    (folder / "good.csv").write_text(LISTED + ROW.format(1), "utf-8")

    done = relief("import", folder)

    with open_register(tmp_path / "relief.db") as db:
        kept = db.execute("SELECT count(*) FROM imports WHERE file_name LIKE '%good.csv'")
        assert (done.exit_code, kept.fetchone()[0]) == (3, 1), done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    assert "fault of the program" not in done.stderr


@pytest.mark.parametrize(
    "content", [f"a = {NESTED}".encode(), b"\xff\xfe", b"[[file]]\npath = 'a'\ndate = 9999-99-99"]
)
def test_an_import_toml_that_cannot_be_read_is_said_to_be_so(relief, tmp_path, content):
    (tmp_path / "a.csv").write_text(LISTED + ROW.format(1), "utf-8")
    (tmp_path / "import.toml").write_bytes(content)

    done = relief("import", tmp_path)

    assert "Error: import.toml: this is not TOML" in done.stderr
    assert done.exit_code == 1
    assert not (tmp_path / "relief.db").exists()


@pytest.mark.parametrize("path", ["y" * 303, "/proc/self/mem", "x" * 5000])
def test_a_path_that_cannot_be_a_list_is_said_to_be_so(relief, tmp_path, path):
    done = relief("import", path)

    error = done.stderr.partition("Error: ")
    assert (done.exit_code, is_told("".join(error[1:]))) == (1, True), done.stderr
    assert not (tmp_path / "relief.db").exists()
