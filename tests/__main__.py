"""Run every check there is, one after the other; stops at the first that fails.

Example: python -m tests
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGES = ("README.md", *(f"docs/{path.name}" for path in sorted(ROOT.glob("docs/*.md"))))
CHECKS = (
    ("ruff", "format", "--check", "."),
    ("ruff", "check", "."),
    ("mypy",),
    ("cogapp", "--check", *PAGES),
    ("pytest", "-q", "-n", "2", "--dist", "loadgroup"),
)
LEFT_OUT = "LibreOffice is not installed: its tests in tests/test_libreoffice.py were left out"


def main() -> int:
    """Give the exit code of the first check that fails, or 0."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for module, *arguments in CHECKS:
        sys.stderr.write(f"== {module} {' '.join(arguments)}\n")
        command = [sys.executable, "-m", module, *arguments]
        code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode  # noqa: S603
        if code:
            return code
    if shutil.which("soffice") is None:
        sys.stderr.write(f"{LEFT_OUT}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
