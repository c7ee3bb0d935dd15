"""The `relief` command: runs one of its subcommands.

Errors become messages and exit codes here.
"""

import contextlib
import errno
import gc
import io
import os
import re
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

from relieftool import __version__
from relieftool.commands.help import (
    LateCommands,
    NoArgsIsHelpError,
    ReliefGroup,
    UsageError,
    describe_usage_error,
)
from relieftool.errors import EXIT_DONE, EXIT_FAILED, EXIT_STOPPED, EXIT_USAGE, ReliefError
from relieftool.messages import LANGUAGES, Message, _, find_system_language, use_language
from relieftool.output.streams import print_data, print_message
from relieftool.values.screen_text import escape_invisible

_OBJECTS_BETWEEN_COLLECTIONS = 50_000
# Where each command is defined, in the order of the help page. A command is imported when it is
# used: importing all of them makes every start slow.
COMMANDS = {
    "import": "relieftool.commands.import_:import_files",
    "imports": "relieftool.commands.imports:imports",
    "undo": "relieftool.commands.imports:undo",
    "problems": "relieftool.commands.problems:problems",
    "questions": "relieftool.commands.questions:questions",
    "answer": "relieftool.commands.questions:answer_question",
    "event": "relieftool.commands.event:event",
    "changes": "relieftool.commands.event:changes",
    "gaps": "relieftool.commands.gaps:gaps",
    "priority": "relieftool.commands.gaps:priority",
    "show": "relieftool.commands.household:show_household",
    "explain": "relieftool.commands.household:explain_household",
    "what-if": "relieftool.commands.what_if:what_if",
    "match": "relieftool.commands.household:match",
    "form": "relieftool.commands.form:form",
    "visit": "relieftool.commands.visits:visit",
    "visits": "relieftool.commands.visits:visits",
    "sample": "relieftool.commands.sample:sample",
    "helpers": "relieftool.commands.helpers:HELPERS_COMMANDS",
    "assign": "relieftool.commands.helpers:assign",
    "measure": "relieftool.commands.measures:measure",
    "needs": "relieftool.commands.measures:needs",
    "cases": "relieftool.commands.cases:cases",
    "case": "relieftool.commands.cases:case",
    "refer": "relieftool.commands.refer:refer",
    "decide": "relieftool.commands.decide:decide",
    "close-case": "relieftool.commands.close_case:close_case",
    "check-case": "relieftool.commands.close_case:check_case",
    "reopen-case": "relieftool.commands.close_case:reopen_case",
    "report": "relieftool.commands.report:report",
    "letter": "relieftool.commands.letter:letter",
    "notice": "relieftool.commands.letter:notice",
    "pack": "relieftool.commands.pack:PACK_COMMANDS",
    "verify": "relieftool.commands.verify:verify",
    "file": "relieftool.commands.file:FILE_COMMANDS",
    "export": "relieftool.commands.gaps:export",
    "demo": "relieftool.commands.demo:demo",
}
# The groups of the help page, in the order of the work, each by the command it begins with.
PANELS = {
    "import": Message("Bringing in"),
    "gaps": Message("Screening"),
    "form": Message("Home visits"),
    "cases": Message("Ledger"),
    "report": Message("Handing over"),
    "pack": Message("Rules"),
    "verify": Message("Upkeep"),
}


_COMPLETING = "_RELIEF_COMPLETE"  # set by a shell that completes a line


class _Relief(ReliefGroup):
    """The group of all commands, which also handles their errors.

    Errors are handled here and not in `main`, so that a test runner sees the same texts and exit
    codes.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = LateCommands(COMMANDS)
        self.panels = PANELS

    def main(self, args: Sequence[str] | None = None, *rest: Any, **settings: Any) -> Any:
        """Run one command line and exit with its exit code."""
        arguments = list(sys.argv[1:] if args is None else args)
        _prepare(arguments)
        settings["standalone_mode"] = False
        if _COMPLETING in os.environ:
            with contextlib.suppress(Exception):  # whoever presses Tab is told of no fault
                super().main(args, *rest, **settings)
            sys.exit(EXIT_DONE)
        try:
            sys.exit(self._run(args, *rest, **settings))
        except Exception as fault:  # noqa: BLE001 our own bug, whatever it is, becomes a message
            sys.exit(_report_fault(fault, arguments))

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
        """Return the command that the line names; a --db before its name is read as one after."""
        name, command, rest = super().resolve_command(ctx, args)
        place = 1 if isinstance(command, ReliefGroup) else 0
        is_named = len(rest) >= place and not "".join(rest[:place]).startswith("-")
        if (db := ctx.params.get("db")) is not None and is_named:
            rest = [*rest[:place], f"--db={db}", *rest[place:]]
        return name, command, rest

    def _run(self, *rest: Any, **settings: Any) -> int:
        """Run the command, print its error if it has one, and return the exit code."""
        try:
            code = super().main(*rest, **settings) or EXIT_DONE
            sys.stdout.flush()
        except ReliefError as error:
            return _print_error(EXIT_FAILED, error.place, error.problem, error.remedy)
        except NoArgsIsHelpError as error:
            print_message(error.format_message())
            return EXIT_USAGE
        except UsageError as error:
            return _print_error(EXIT_USAGE, *describe_usage_error(error))
        except BrokenPipeError:
            return _leave_output()
        except OSError as error:
            if error.errno not in _OUTSIDE_FAULTS:
                raise
            _leave_output()
            return _print_error(EXIT_FAILED, *_describe_outside_fault(error))
        except (typer.Abort, KeyboardInterrupt):
            code = EXIT_STOPPED
        if code == EXIT_STOPPED:
            print_message(_("Stopped."))
        return int(code)


def _prepare(arguments: Sequence[str]) -> None:
    """Choose the language, make new files private, and prepare the output for any character."""
    stated = (find_stated_option(arguments, "--lang") or "").lower()
    use_language(stated if stated in LANGUAGES else find_system_language())
    os.umask(0o077)
    sys.stdout = sys.stdout or _ClosedOutput()
    sys.stderr = sys.stderr or _ClosedOutput()
    for stream in (sys.stdout, sys.stderr):
        _escape_unencodable(stream)


class _ClosedOutput(io.StringIO):
    """A stream that was closed before relief began: whatever is written to it fails."""

    def write(self, _text: str) -> int:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))


def find_stated_option(arguments: Sequence[str], option: str) -> str | None:
    """Return the last value of an option on a raw command line; None if it has none.

    For an option that is needed before the line is parsed, or after parsing failed.

    >>> find_stated_option(["gaps", "--lang", "en", "--lang=zh"], "--lang")
    'zh'
    """
    stated = None
    for place, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument == option:
            stated = next(iter(arguments[place + 1 :]), None)
        elif argument.startswith(option + "="):
            stated = argument.partition("=")[2]
    return stated


def _escape_unencodable(stream: TextIO) -> None:
    """Make a stream write characters that its encoding lacks as escapes.

    Otherwise one name with a rare character would end the command with an error.
    """
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")


def _print_error(code: int, place: str, problem: str, remedy: str) -> int:
    """Print an error on stderr and return the exit code."""
    sentence = _("Error: {place}: {problem}").format(
        place=escape_invisible(place), problem=escape_invisible(problem)
    )
    with contextlib.suppress(OSError):  # then there is nobody to be told
        for line in (sentence, remedy):
            print_message(_ID_NUMBER.sub(r"\1************\2", line))
    return code


def _report_fault(fault: Exception, arguments: Sequence[str]) -> int:
    """Log a bug of relief, print an error, and return the exit code.

    The log is in the database's folder; if that does not exist, in the current folder.
    """
    from relieftool.commands.crash_log import record_crash  # noqa: PLC0415 start-up time

    stated = Path(find_stated_option(arguments, "--db") or find_chosen_register())
    number, log = record_crash(fault, stated.parent if stated.parent.is_dir() else Path())
    problem = _("a fault of the program itself, number {number}; it is not your mistake")
    kept = _(
        "{log} has the details, without names and ID numbers: send it to whoever maintains relief."
    )
    lost = _("No log file could be written: send what you typed to whoever maintains relief.")
    remedy = kept.format(log=log) if log else lost
    return _print_error(EXIT_FAILED, "relief", problem.format(number=number), remedy)


# What is no fault of the program: the disk, the output, a folder.
_OUTSIDE_FAULTS = {
    *(errno.ENOSPC, errno.EFBIG, errno.EIO, errno.EROFS, errno.EBADF, errno.EDQUOT),
    *(errno.EACCES, errno.EPERM, errno.ENAMETOOLONG, errno.EMFILE, errno.ENFILE),
}
_ID_NUMBER = re.compile(r"(?<!\d)(\d{4})\d{9,12}(\d[\dXx])(?!\d)")


def _describe_outside_fault(error: OSError) -> tuple[str, str, str]:
    """Return place, problem and remedy of what the system would not do."""
    place = Path(str(error.filename)).name if error.filename else _("the output")
    problem = _("the system refused it ({reason})").format(reason=error.strerror)
    return place, problem, _("See that the disk has room and that you may write there.")


def _leave_output() -> int:
    """Return the exit code for output that cannot be written, as after `| head`.

    Stdout is replaced; otherwise Python would print an error when it flushes stdout at exit.
    """
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return EXIT_FAILED


def _show_version(*, is_asked: bool) -> None:
    """Print the version and exit, if --version is given."""
    if is_asked:
        print_data(f"relief {__version__}")
        raise typer.Exit


app = typer.Typer(
    name="relief",
    cls=_Relief,
    rich_markup_mode=None,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
)


@app.callback()
def relief(
    ctx: typer.Context,
    *,
    db: Annotated[
        Path | None, typer.Option("--db", metavar="FILE", help="The register: one file.")
    ] = None,
    version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_show_version, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Find every poor household owed a benefit it does not get, and prove what was done about it.

    Without a command: where the office stands today, what is due, and what to do next.

    Example: relief demo
    """
    del version
    if ctx.invoked_subcommand is None:
        from relieftool.commands.office import show_office  # noqa: PLC0415 start-up time

        show_office(db or find_chosen_register())


def find_chosen_register() -> Path:
    """Return the register of a command line without --db: that of RELIEF_DB, or the usual one."""
    from relieftool.commands.options import DEFAULT_DB  # noqa: PLC0415 start-up time

    return Path(os.environ.get("RELIEF_DB") or DEFAULT_DB)


def main() -> None:
    """Run the command line of this process."""
    # What a command imports and reads stays to its end: to look through all of it for garbage after
    # every 700 new objects takes a tenth of its time.
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    sys.unraisablehook = _report_nothing
    for name in ("SIGHUP", "SIGTERM"):  # as at Ctrl-C, temporary copies are removed
        if number := getattr(signal, name, None):
            signal.signal(number, _stop)
    app(prog_name="relief")


def _report_nothing(_fault: object) -> None:
    """Report nothing of an object that cannot be tidied up, as on a full disk."""


def _stop(number: int, _frame: object) -> None:
    """End the process as a signal asks, with its usual exit code, after tidying up."""
    raise SystemExit(128 + number)
