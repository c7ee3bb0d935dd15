"""Our side of the child process: start it when first needed, ask it, and outlive it.

The standard library's process pool was tried in its place, and gives less isolation: a worker that
is killed while it writes leaves the pool waiting for the rest, also when the program is to end; a
worker outlives a program that is killed; it imports modules that lie in the current folder, and
its own copy of the main program; only newer versions can kill a worker by a public method.
"""

import atexit
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import relieftool

SECONDS = 10
_SECONDS_PER_MEGABYTE = 5
_SECONDS_TO_START = 60


class ReaderRefusedError(Exception):  # noqa: N818 a refusal with its reason, told to the user by sheets.py
    """A file was not read; the first argument is the reason in one word."""


class _Child:
    """The one child process; started by the first question, started anew after it died."""

    process: subprocess.Popen[str] | None = None

    @classmethod
    def start(cls) -> subprocess.Popen[str]:
        """Give the running child."""
        if cls.process is None or cls.process.poll() is not None:
            cls.stop()
            cls.process = _start()
        return cls.process

    @classmethod
    def stop(cls) -> None:
        """End the child and release its pipes."""
        if cls.process is not None:
            cls.process.kill()
            cls.process.communicate()
            cls.process = None


def _start() -> subprocess.Popen[str]:
    """Start a child and wait until it is ready."""
    home = str(Path(relieftool.__file__).resolve().parent.parent)
    paths = [home, *filter(None, [os.environ.get("PYTHONPATH")])]
    process = subprocess.Popen(
        # -P: a csv.py lying among somebody's spreadsheets must not be imported.
        [sys.executable, "-P", "-X", "utf8", "-m", "relieftool.spreadsheets.reader_child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
    )
    with _time_limit(process, _SECONDS_TO_START):
        line = _next_line(process)
    if not line:
        process.kill()
        process.communicate()
        raise RuntimeError("the process that reads workbooks does not start")
    return process


@contextmanager
def _time_limit(process: subprocess.Popen[str], seconds: float) -> Iterator[threading.Event]:
    """End the process if this takes longer; the event tells that it did."""
    is_over = threading.Event()

    def end() -> None:
        is_over.set()
        process.kill()

    timer = threading.Timer(seconds, end)
    timer.start()
    try:
        yield is_over
    finally:
        timer.cancel()


def _next_line(process: subprocess.Popen[str]) -> Any:
    """Give the child's next answer; None when it has died."""
    line = process.stdout.readline() if process.stdout else ""
    return json.loads(line) if line.endswith("\n") else None


def ask_reader(path: Path, **asked: object) -> Iterator[Any]:
    """Have a file read: give each sheet's head and after it its rows, in lots.

    `asked` is what else a question of the child's says.

    Raises:
        Refused: with the child's reason, or crashed, or too-slow.
    """
    process = _Child.start()
    is_whole = False
    seconds = SECONDS + _SECONDS_PER_MEGABYTE * path.stat().st_size / 2**20
    try:
        with _time_limit(process, seconds) as is_over:
            _send(process, {"path": str(path.resolve()), **asked})
            while (line := _next_line(process)) is not None:
                if "done" in line or "refused" in line:
                    is_whole = True
                    break
                yield line
        if not is_whole:
            raise ReaderRefusedError("too-slow" if is_over.is_set() else "crashed")
        if "refused" in line:
            raise ReaderRefusedError(line["refused"])
    finally:
        if not is_whole:
            _Child.stop()


def _send(process: subprocess.Popen[str], question: dict[str, object]) -> None:
    """Ask; a child that has just died shows by its missing answer."""
    if process.stdin is not None:
        with suppress(BrokenPipeError):
            process.stdin.write(json.dumps(question) + "\n")
            process.stdin.flush()


def stop_reader() -> None:
    """End the child; the next question starts another."""
    _Child.stop()


atexit.register(stop_reader)
