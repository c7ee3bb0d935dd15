"""Run every check there is, one after the other; stops at the first that fails.

Example: python -m tests

While working, `pytest -m "not slow"` leaves out what takes long.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
    ("pytest", "-q", "-n", "2", "--dist", "loadgroup"),
)
MEMORY = Path("/dev/shm")  # noqa: S108 Linux's file system in memory; others have none there
ROOM_NEEDED = 2_000_000_000
LEFT_OUT = "LibreOffice is missing: its tests in tests/output/test_libreoffice.py were left out"


def main() -> int:
    """Return the exit code of the first check that fails, or 0."""
    for module, *arguments in CHECKS:
        sys.stderr.write(f"== {module} {' '.join(arguments)}\n")
        with scratch_options(module) as options:
            command = [sys.executable, "-m", module, *arguments, *options]
            code = subprocess.run(command, cwd=ROOT, env=environment(), check=False).returncode  # noqa: S603
        if code:
            return code
    if shutil.which("soffice") is None:
        sys.stderr.write(f"{LEFT_OUT}\n")
    return 0


def environment() -> dict[str, str]:
    """Return the environment of a check: it imports the package from this folder."""
    return {**os.environ, "PYTHONPATH": str(ROOT)}


@contextmanager
def scratch_options(module: str) -> Iterator[list[str]]:
    """Have pytest keep its files in memory where there is room: a register waits for the disk."""
    if module != "pytest" or not has_room(MEMORY):
        yield []
        return
    with tempfile.TemporaryDirectory(dir=MEMORY, prefix="relief-tests-") as folder:
        yield [f"--basetemp={folder}/files", "-o", "tmp_path_retention_policy=failed"]


def has_room(folder: Path) -> bool:
    """Whether a folder can be written and has room for the files of all tests."""
    return os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > ROOM_NEEDED


if __name__ == "__main__":
    sys.exit(main())
