"""Every figure that the office's trust rests on, with its control: writes docs/trust.md.

    python -m tests.trust [FIGURE …] [--full]

Runs these figures (all, if none is named) and writes their lines, each as soon as it is known; the
others stay as they were. So a run may be in parts, or stopped and gone on with. With --full, as
much is tried as the aim says; without, as much as in the test command. A control is a test of what
happens without the guard, or the same tests with a function taken away, which must fail.
"""

import datetime as dt
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "trust.md"
PYTEST = f"{sys.executable} -m pytest -q -p no:cacheprovider"


class Figure(NamedTuple):
    """A figure: its aim, the tests that hold it, its control, and how it is run in full.

    `without` is what is taken away for the control; where it is empty, `control` are tests of it.
    `full` is a command of its own, or settings (NAME=VALUE) under which the tests try as much as
    the aim says; where there is neither, the tests always do.
    """

    aim: str
    tests: str
    control: str = ""
    without: str = ""
    full: str = ""
    is_small: bool = False


CLERKS, KILLS, BITS = (
    f"tests/store/test_{name}.py::test_" for name in ("clerks_at_once", "kills", "bit_rot")
)
DOORS, FRAME = "tests/commands/test_doors.py", "tests/commands/test_cli_frame.py"
FORGETTING = "tests/intake/test_forgetting_people.py"
CELLS = "relieftool.output.result_cells"
FIGURES = {
    "F1": Figure(
        "1,000 kills: nothing lost, nothing half done, 80 % inside the transaction",
        f"{KILLS}a_killed_process_loses_nothing_it_acknowledged_and_leaves_nothing_half_done",
        f"{KILLS}what_is_acknowledged_before_it_is_written_is_found_lost",
        full="RELIEF_KILLS=1000",
    ),
    "F2": Figure(
        "5,000 power cuts over every command that writes: the old state or the new one",
        "tests/store/test_power_cuts.py -k old_state",
        "tests/store/test_power_cuts.py -k waits_for_the_disk",
        full="-m tests.trust.power_cuts",
    ),
    "F3": Figure(
        "8 processes, 200 writes each, with readers: no error, longest wait under 5 s",
        f"{CLERKS}eight_clerks_write_at_once_and_every_write_counts",
        f"{CLERKS}without_the_lock_from_the_start_writes_are_refused",
        full="RELIEF_WRITES=200",
    ),
    "F4": Figure(
        "full disk, file that may only be read: old state whole, a sentence",
        f"{DOORS} -k 'disk and import'",
        without="relieftool.store.database:_explain_failure=nothing",
    ),
    "F5": Figure(
        "1,000 flipped bits, a day and a minute after the last check: no answer silently wrong",
        f"{BITS}no_flipped_bit_makes_an_answer_silently_wrong",
        f"{BITS}without_the_check_flipped_bits_make_answers_wrong",
        full="RELIEF_FLIPS=1000",
    ),
    "F6": Figure(
        "200 backups under write load, restored and equal",
        "tests/store/test_backups.py",
        "tests/store/test_backups.py::test_a_copy_that_lacks_a_row_is_refused_and_leaves_no_file",
        is_small=True,
    ),
    "F7": Figure(
        "every released schema goes forward; a newer one is refused with its bytes unchanged",
        "tests/store/test_migrations.py",
        without="relieftool.store.database:_check_origin=nothing",
    ),
    "F8": Figure(
        "500 runs of 50 steps against a model",
        "tests/cases/test_case_machine.py",
        without="relieftool.cases.steps:_check_may_follow=nothing",
        is_small=True,
    ),
    "F9": Figure(
        "every change of every table and column by another program is found",
        "tests/store/test_tampering.py",
        "tests/store/test_tampering.py::test_without_seals_and_chains_no_change_of_a_row_is_found",
    ),
    "F10": Figure(
        "a process killed with the lock holds nobody up for 10 s",
        f"{CLERKS}a_lock_of_a_process_that_was_killed_holds_nobody_up",
        without=(
            "multiprocessing.process:BaseProcess.kill=nothing,"
            "multiprocessing.process:BaseProcess.join=nothing"
        ),
    ),
    "B1": Figure(
        "120 hostile files: refused or imported right, in a sentence",
        f"{DOORS} -k 'hostile or toml or path'",
        without="relieftool.values.screen_text:escape_invisible=first",
    ),
    "B2": Figure(
        "50,000 mutated files: no fault, no hang, nothing written",
        "tests/test_fuzz.py",
        without="relieftool.spreadsheets.reader:_build_refusal=nothing",
        full="-m tests.fuzz --count 50000 --seed 11",
    ),
    "B3": Figure(
        "a stray cell in the last column: imported in 5 s",
        "tests/layouts/test_layouts.py -k strays",
        without="relieftool.spreadsheets.workbook_reader:_read_sparse=empty",
    ),
    "B4": Figure(
        "10,000 texts of any characters come back as they were",
        "tests/output/test_output.py",
        without="relieftool.values.screen_text:escape_invisible=first",
        is_small=True,
    ),
    "B5": Figure(
        "no text becomes a formula; negative numbers stay numbers",
        "tests/output/test_output.py -k formula",
        without=f"{CELLS}:format_unarmed=first",
    ),
    "B6": Figure(
        "every damaged ID number told, none repaired",
        "tests/values/test_idnumbers.py",
        without="relieftool.values.id_numbers:compute_check_digit=first",
    ),
    "B7": Figure(
        "every encoding right or refused",
        "tests/layouts/test_formats.py::test_text_is_read_in_every_encoding_and_separator",
        without="relieftool.spreadsheets.text_files:_list_likely_encodings=empty",
    ),
    "B8": Figure(
        "the same file again changes nothing",
        "tests/intake/test_intake.py::test_importing_again_changes_nothing",
        without="relieftool.store.imports:find_import=nothing",
    ),
    "P1": Figure(
        "no whole name, number, phone or address without --reveal",
        "tests/intake/test_own_files.py::test_no_name_number_phone_or_address_leaves_unmasked"
        " tests/commands/test_reveals.py tests/output/test_json_contract.py",
        f"{FORGETTING}::test_before_it_is_forgotten_a_household_is_named",
    ),
    "P2": Figure(
        "a public notice: no private column, 1,000 candidates a person",
        "tests/documents/test_letters.py -k notice",
        without=f"{CELLS}:mask_name=first",
        is_small=True,
    ),
    "P3": Figure(
        "every reveal and every file handed over is in the log, in one transaction",
        "tests/commands/test_access_log.py",
        "tests/commands/test_access_log.py::test_what_cannot_be_logged_is_not_shown",
    ),
    "P4": Figure(
        "files of the owner alone; who was forgotten is in no byte of the register",
        f"{FORGETTING} {FRAME} -k 'forg or private or restored'",
        f"{FORGETTING}::test_before_it_is_forgotten_a_household_is_named",
    ),
    "U1": Figure(
        "every help page and error in Chinese",
        f"{FRAME} -k translated",
        without="relieftool.messages:translate=first",
    ),
    "U2": Figure(
        "every JSON answer keeps its keys",
        "tests/output/test_json_contract.py",
        without="relieftool.output.files:stream_json=empty",
    ),
    "U3": Figure(
        "a reader that goes away, a full or closed output, a poor console: no traceback",
        f"{FRAME} {DOORS} -k 'reader or console or output'",
        without="relieftool.cli:_escape_unencodable=nothing,relieftool.cli:_leave_output=first",
    ),
    "U4": Figure(
        "tables align by screen columns",
        "tests/output/test_screens.py",
        without="relieftool.values.screen_text:_character_width=one",
    ),
}
HEAD = """# What trust rests on

Written by `python -m tests.trust`. A figure *holds* where all its tests do, *in small* where less
was tried than the aim says. Its control shows the same check failing: a test of what happens
without the guard, or the same tests after a function was taken away, some of which must then fail.
Speed and memory have their own page, [performance.md](performance.md). Nothing here was tried on
Windows. The file is not encrypted by relief: that is left to the disk.

| figure | aim | reached | on | control |
|---|---|---|---|---|
"""


def run(command, **settings):
    """Run a command; return what it said last, what it noted, and whether all held."""
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "figures"
        done = subprocess.run(  # noqa: S602 the table above is the only input
            command,
            shell=True,
            cwd=ROOT,
            env=os.environ | {"RELIEF_FIGURES": str(kept)} | settings,
            capture_output=True,
            text=True,
            check=False,
        )
        noted = kept.read_text("utf-8").splitlines() if kept.exists() else []
    last = (done.stdout.splitlines() or [done.stderr[-200:]])[-1].split(" in ")[0]
    return "; ".join(noted) or last, last, done.returncode


def describe(figure, *, is_full):
    """Return what was reached of a figure."""
    if is_full and figure.full.startswith("-m"):
        said, _last, code = run(f"{sys.executable} {figure.full}")
    else:
        settings = dict([figure.full.split("=")]) if is_full and "=" in figure.full else {}
        said, _last, code = run(f"{PYTEST} {figure.tests}", **settings)
    is_small = figure.is_small or (figure.full and not is_full)
    word = "**does not hold**" if code else "holds in small" if is_small else "holds"
    return f"{word} ({said})"


def describe_control(figure):
    """Return what the control of a figure showed."""
    if not figure.without:
        _said, last, code = run(f"{PYTEST} {figure.control}")
        return f"**shows nothing** ({last})" if code else f"shows it ({last})"
    paths = os.pathsep.join([str(ROOT / "tests" / "trust" / "taken_away"), str(ROOT)])
    _said, last, code = run(
        f"{PYTEST} {figure.tests}", RELIEF_TAKEN_AWAY=figure.without, PYTHONPATH=paths
    )
    names = " and ".join(part.split(":")[1].split("=")[0] for part in figure.without.split(","))
    return f"{'fails' if code == 1 else '**shows nothing**'} without `{names}` ({last})"


def read_rows():
    """Return the lines of the page that stand, by figure."""
    found = re.findall(r"^\| ([A-Z]\d+) \|.*\|$", PAGE.read_text("utf-8"), re.MULTILINE)
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    kept = {line.split(" | ")[0].strip("| "): line for line in lines if line.count(" | ") == 4}
    return {name: kept[name] for name in found if name in kept and name in FIGURES}


def write_page(rows):
    """Write the page with these lines, in the order of the figures."""
    lines = [rows[name] for name in FIGURES if name in rows]
    PAGE.write_text(HEAD + "\n".join(lines) + "\n" + list_licences(), "utf-8")


def list_licences():
    """Return the libraries that relief needs, each with the licence that it states."""
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = ["", "## Libraries", "", "| library | licence |", "|---|---|"]
    for needed in sorted(stated["dependencies"], key=str.casefold):
        about = metadata.metadata(re.split(r"[<>=!~;\[ ]", needed)[0])
        classes = [text for text in about.get_all("Classifier", []) if text.startswith("License")]
        licence = about["License-Expression"] or " / ".join(
            text.split(" :: ")[-1] for text in classes
        )
        lines.append(f"| {about['Name']} | {licence or (about['License'] or '').splitlines()[0]} |")
    return "\n".join(lines) + "\n"


def main(arguments):
    """Run the figures named and write their lines; 1 if one does not hold."""
    named = [name for name in arguments if name in FIGURES] or list(FIGURES)
    is_bad = False
    for name in named:
        figure, today = FIGURES[name], dt.datetime.now().astimezone().date()
        reached = describe(figure, is_full="--full" in arguments)
        row = f"| {name} | {figure.aim} | {reached} | {today} | {describe_control(figure)} |"
        sys.stdout.write(row + "\n")
        sys.stdout.flush()
        is_bad = is_bad or "**" in row
        write_page(read_rows() | {name: row})
    return int(is_bad)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
