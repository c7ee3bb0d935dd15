import gettext
import os
import re
import stat
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from typer.main import get_command

from relieftool import cli, messages
from relieftool.cli import app
from relieftool.commands.crash_log import record_crash
from relieftool.commands.help import LateCommands
from relieftool.commands.options import parse_day
from tests.catalogue import all_keys, compile_catalogue, help_keys

STUBS = ("look", "done", "refuse", "break-down", "interrupt", "prompt")
HEAVY = ("sqlglot", "openpyxl", "python_calamine", "opencc", "rapidfuzz", "sqlite_utils")


@pytest.fixture(autouse=True)
def stubs(monkeypatch):
    for name in STUBS:
        monkeypatch.setitem(cli.COMMANDS, name, f"tests.support.stubs:{name.replace('-', '_')}")


@pytest.fixture
def pseudo(tmp_path, monkeypatch):
    """Make Chinese a language that has every ASCII letter of every known key written wide."""
    compiled = tmp_path / "locale" / "zh" / "LC_MESSAGES" / "relief.mo"
    compiled.parent.mkdir(parents=True)
    compiled.write_bytes(wide_catalogue())
    monkeypatch.setattr(messages, "_CATALOGUES", tmp_path / "locale")


@cache
def wide_catalogue():
    return compile_catalogue({key: widened(key) for key in all_keys()})


def widened(sentence):
    """Widen letters outside of what is typed as it stands: placeholders, code, options."""
    kept = re.compile(r"(\{\w+\}|`[^`]*`|--?[a-z-]+|RELIEF_\w+|\.\w+\b|\brelief\b)")
    wide = str.maketrans(
        {chr(code): chr(code + 0xFEE0) for code in range(0x41, 0x7B) if chr(code).isalpha()}
    )
    return "".join(
        part if kept.fullmatch(part) else part.translate(wide) for part in kept.split(sentence)
    )


def english_words(text):
    """Find words of two letters or more that are not typed as they stand."""
    commands = r"relief( [a-z-]+)?|--?[a-z-]+|`[^`]*`"
    values = (
        r"RELIEF_\w+|relief\.db|\.\w+\b|zh\|en|table(\|json\|csv)?|duckdb\|spark|community\|file"
    )
    return re.findall(r"[A-Za-z]{2,}", re.sub(f"{commands}|{values}", "", text))


def running(script, **environment):
    """Start a Python of its own on a script that has `cli`; use it in a with statement."""
    paths = os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])
    settings = {"PYTHONPATH": paths, "RELIEF_LANG": "en", "PYTHONUNBUFFERED": ""}
    return subprocess.Popen(  # noqa: S603 our own Python on our own script
        [sys.executable, "-c", f"import atexit, sys\nfrom relieftool import cli\n{script}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | settings | environment,
    )


@pytest.mark.parametrize(
    "arguments, expected",
    [
        (("done",), 0),
        (("refuse",), 1),
        (("break-down",), 1),
        ((), 0),
        (("look",), 2),
        (("look", "HK-1"), 3),
        (("interrupt",), 130),
        (("prompt",), 130),
    ],
)
def test_the_exit_code_says_how_it_ended(relief, arguments, expected):
    result = relief(*arguments)

    assert result.exit_code == expected


def test_an_error_says_where_what_and_what_next_on_stderr_with_nothing_invisible(relief):
    result = relief("refuse")

    assert result.stdout == ""
    assert result.stderr == (
        "Error: 名册.xlsx\\u{1B}[2J: is not a spreadsheet\n"
        "Save it as .xlsx,\nthen import it again.\n"
    )


def test_an_error_is_headed_in_chinese_when_chinese_is_asked_for(relief):
    result = relief("--lang", "zh", "refuse")

    assert result.stderr.startswith("错误：名册.xlsx\\u{1B}[2J：")


USAGE = "Usage: relief look [OPTIONS] HOUSEHOLD\n`relief look --help` says more.\n"
ROOT_USAGE = "Usage: relief [OPTIONS] COMMAND [ARGS]...\n`relief --help` says more.\n"


@pytest.mark.parametrize(
    "arguments, expected",
    [
        (("lok",), "Error: relief: there is no command 'lok'; did you mean 'look'?\n" + ROOT_USAGE),
        (
            ("--lang", "fr", "done"),
            "Error: relief: --lang: 'fr' is not one of: zh, en\n" + ROOT_USAGE,
        ),
        (("look",), "Error: relief look: HOUSEHOLD is missing\n" + USAGE),
        (
            ("look", "1", "2", "3"),
            "Error: relief look: nothing more is expected here: 2 3\n" + USAGE,
        ),
        (
            ("look", "1", "--fromat", "csv"),
            "Error: relief look: there is no option --fromat; did you mean '--format'?\n" + USAGE,
        ),
        (("look", "1", "-z"), "Error: relief look: there is no option -z\n" + USAGE),
        (("look", "1", "--out"), "Error: relief look: --out needs a value after it\n" + USAGE),
        (("look", "1", "--reveal=1"), "Error: relief look: --reveal takes no value\n" + USAGE),
        (
            ("look", "1", "--format", "xml"),
            "Error: relief look: --format: 'xml' is not one of: table, json, csv\n" + USAGE,
        ),
        (
            ("look", "1", "--rate", "many"),
            "Error: relief look: --rate: 'many' is not a whole number that fits here\n" + USAGE,
        ),
        (
            ("look", "1", "--as-of", "2024-02-30"),
            "Error: relief look: --as-of: '2024-02-30' is not a day like 2024-12-10\n" + USAGE,
        ),
        (
            ("look", "1", "--as-of", "20241210"),
            "Error: relief look: --as-of: '20241210' is not a day like 2024-12-10\n" + USAGE,
        ),
        (
            ("look", "1", "--reveal", "--reason", " "),
            "Error: relief look: --reveal: say why with --reason TEXT, in words of at least four"
            " letters; it is kept in the access log\n" + USAGE,
        ),
    ],
)
def test_a_wrong_command_line_is_told_what_is_wrong_and_how_to_write_it(
    relief, arguments, expected
):
    result = relief(*arguments)

    assert (result.exit_code, result.stdout, result.stderr) == (2, "", expected)


@pytest.mark.parametrize(
    "arguments",
    [
        ("lok",),
        ("--lang", "fr", "done"),
        ("look",),
        ("look", "1", "2"),
        ("look", "1", "--fromat", "4"),
        ("look", "1", "--out"),
        ("look", "1", "--reveal=1"),
        ("look", "1", "--format", "4"),
        ("look", "1", "--rate", "4.5"),
        ("look", "1", "--as-of", "4"),
        ("look", "1", "--reveal"),
        ("break-down",),
        ("interrupt",),
    ],
)
@pytest.mark.usefixtures("pseudo")
def test_no_error_has_a_word_that_was_not_translated(relief, monkeypatch, arguments):
    monkeypatch.setenv("RELIEF_LANG", "zh")

    result = relief(*arguments)

    told = re.sub(
        r"'(lok|look|fr)'|zh, en|table, json, csv|[0-9a-f]{8}|\S*relief-errors.log",
        "",
        result.stderr,
    )
    assert (english_words(told), result.stderr == "") == ([], False)


@pytest.mark.parametrize("command", ["", *LateCommands(cli.COMMANDS), *STUBS])
@pytest.mark.usefixtures("pseudo")
def test_no_help_page_has_a_word_that_was_not_translated(relief, command):
    result = relief("--lang", "zh", *command.split(), "--help")

    told = re.sub(r"(?m)^  Ｅｘａｍｐｌｅ: .*|^  [a-z-]+  ", "", result.stdout)
    assert (result.exit_code, english_words(told)) == (0, [])


def test_help_is_written_in_chinese_and_aligned_by_screen_columns(relief):
    result = relief("look", "--lang", "zh", "--help")

    assert result.stdout.splitlines()[0] == "用法：relief look [选项] 户编号"
    assert "  例如：relief look HK-1 --as-of 2024-12-10" in result.stdout.splitlines()
    assert (
        "  --db 文件                登记库，就是一个文件。  [环境变量：RELIEF_DB；默认：relief.db]"
        in (result.stdout)
    )


@pytest.mark.parametrize(
    "environment, arguments, expected",
    [
        ({"RELIEF_LANG": "zh"}, (), "用法"),
        ({"RELIEF_LANG": "en", "LANG": "zh_CN.UTF-8"}, (), "Usage"),
        ({"RELIEF_LANG": None, "LC_ALL": "zh_CN.UTF-8"}, (), "用法"),
        ({"RELIEF_LANG": "zh"}, ("--lang", "en"), "Usage"),
        ({"RELIEF_LANG": "en"}, ("--lang=ZH",), "用法"),
    ],
)
def test_the_command_line_decides_the_language_then_the_environment(
    relief, environment, arguments, expected
):
    result = relief("look", *arguments, "--help", env=environment)

    assert result.stdout.startswith(expected)


def test_help_lists_commands_with_their_first_sentence(relief):
    result = relief("--help")

    assert re.search(r"(?m)^  look +List what there is to look at\.$", result.stdout)


def test_a_fault_of_our_own_is_kept_in_a_private_log_without_names_and_numbers(relief, tmp_path):
    result = relief("break-down")

    log = tmp_path / "relief-errors.log"
    number = re.search(r"number ([0-9a-f]{8})", result.stderr)[1]
    assert number in log.read_text("utf-8")
    assert "KeyError: '** ******************'" in log.read_text("utf-8")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert "Traceback" not in result.stderr + result.stdout


def test_the_log_of_faults_is_private_and_grows_and_follows_no_link(tmp_path):
    before = os.umask(0)
    number, log = record_crash(ValueError("x"), tmp_path)
    again, _log = record_crash(ValueError("y"), tmp_path)
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / log.name).symlink_to(tmp_path / "elsewhere")

    _number, linked_log = record_crash(ValueError("z"), tmp_path / "linked")

    os.umask(before)
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert re.findall(r"^== (\w+)", log.read_text("utf-8"), re.MULTILINE) == [number, again]
    assert (linked_log, (tmp_path / "elsewhere").exists()) == (None, False)


def test_a_fault_that_cannot_be_kept_is_still_told(relief, tmp_path):
    (tmp_path / "relief-errors.log").mkdir()

    result = relief("break-down")

    assert "No log file could be written" in result.stderr


def test_what_a_command_leaves_behind_is_private_whatever_the_system_says(relief, tmp_path):
    before = os.umask(0)

    relief("done")

    os.umask(before)
    assert stat.S_IMODE((tmp_path / "done.txt").stat().st_mode) == 0o600


def test_help_loads_no_heavy_library_and_not_even_the_commands_it_lists():
    script = (
        "cli.COMMANDS['look'] = 'tests.support.stubs:look'; sys.argv = ['relief', '--help']\n"
        f"watched = {{'tests.support.stubs', *{HEAVY!r}}}\n"
        "atexit.register(lambda: print(*watched & set(sys.modules), file=sys.stderr))\n"
        "cli.main()"
    )

    with running(script) as done:
        told, loaded = done.communicate()

    assert b"List what there is to look at." in told
    assert loaded.split() == []


@pytest.mark.parametrize("line_count", [1, 100_000])
def test_a_reader_that_goes_away_is_no_error(line_count):
    script = (
        "cli.COMMANDS['flood'] = 'tests.support.stubs:flood'\n"
        f"sys.argv = ['relief', 'flood', '{line_count}']; cli.main()"
    )

    with running(script) as done:
        done.stdout.close()
        told = done.stderr.read()

    assert (told, done.returncode) == (b"", 1)


def test_a_character_the_console_lacks_is_written_as_an_escape():
    script = "cli._prepare([]); print('䶮✓李')"

    with running(script, PYTHONIOENCODING="gbk") as done:
        told, _error = done.communicate()

    assert told.split() == ["\\u4dae\\u2713李".encode("gbk")]


def test_every_command_in_the_table_is_documented_with_an_example_that_calls_it():
    commands = get_command(app).commands

    lacking = [
        n for n in commands if n not in STUBS and f"Example: relief {n}" not in commands[n].help
    ]

    assert lacking == []


def test_the_keys_of_a_help_page_leave_the_example_out():
    keys = help_keys(get_command(app), "relief")

    assert "List what there is to look at." in keys
    assert "Nothing is changed by it." in keys
    assert [key for key in keys if key.startswith("Example")] == []
    assert gettext.gettext("") == ""


@pytest.mark.parametrize(
    "line",
    [
        ("changes", "--since", "0001-01"),
        ("changes", "--as-of", "1899-12-31"),
        ("changes", "--as-of", "9999-12-31"),
        ("report", "--month", "9999-12", "--out", "报告.html"),
        ("letter", "X-1", "--on", "2201-01-01", "--out", "信.docx"),
    ],
    ids=" ".join,
)
def test_a_year_whose_neighbours_cannot_be_counted_is_a_usage_error(relief, line):
    result = relief(*line)

    assert (result.exit_code, "1900 to 2200" in " ".join(result.stderr.split())) == (2, True)


def test_the_first_and_the_last_year_are_days_like_others():
    assert [parse_day(day).year for day in ("1900-01-01", "2200-12-31")] == [1900, 2200]
