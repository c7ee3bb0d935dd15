"""Run every check there is: those of the text at once, then the tests if all of these pass.

Example: python -m tests

While working, `pytest -m "not slow"` leaves out what takes long.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PAGES = (
    "README.md",
    *(path.relative_to(ROOT).as_posix() for path in sorted(ROOT.glob("docs/**/*.md"))),
)
CHECKS = (
    ("ruff", "format", "--check", "."),
    ("ruff", "check", "."),
    ("mypy",),
    ("cogapp", "--check", *PAGES),
)
TESTS = ("pytest", "-q", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
MEMORY = Path("/dev/shm")  # noqa: S108 Linux's file system in memory; others have none there
ROOM_NEEDED = 2_000_000_000
LEFT_OUT = "LibreOffice is missing: its tests in tests/output/test_libreoffice.py were left out"


def main() -> int:
    """Return the exit code of the first check that fails, or 0."""
    with ThreadPoolExecutor(max_workers=2) as at_once:
        for code in at_once.map(check_text, CHECKS):
            if code:
                at_once.shutdown(cancel_futures=True)
                return code
    with scratch_options() as options:
        sys.stderr.write(f"== {' '.join(TESTS)}\n")
        code = run([*TESTS, *options]).returncode
    if not code and shutil.which("soffice") is None:
        sys.stderr.write(f"{LEFT_OUT}\n")
    return code


def check_text(check: Sequence[str]) -> int:
    """Run a check, print what it says once it has ended, and return its exit code."""
    done = run(check, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    sys.stderr.write(f"== {' '.join(check)}\n{done.stdout}")
    return done.returncode


def run(check: Sequence[str], **settings: Any) -> subprocess.CompletedProcess[Any]:
    """Run a module with its arguments in the project's folder."""
    command = [sys.executable, "-m", *check]
    return subprocess.run(command, cwd=ROOT, env=environment(), check=False, **settings)  # noqa: S603


def environment() -> dict[str, str]:
    """Return the environment of a check: it imports the package from this folder."""
    return {**os.environ, "PYTHONPATH": str(ROOT)}


@contextmanager
def scratch_options() -> Iterator[list[str]]:
    """Have pytest keep its files in memory where there is room: a register waits for the disk."""
    if not has_room(MEMORY):
        yield []
        return
    with tempfile.TemporaryDirectory(dir=MEMORY, prefix="relief-tests-") as folder:
        yield [f"--basetemp={folder}/files", "-o", "tmp_path_retention_policy=failed"]


def has_room(folder: Path) -> bool:
    """Whether a folder can be written and has room for the files of all tests."""
    return os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > ROOM_NEEDED


if __name__ == "__main__":
    sys.exit(main())
