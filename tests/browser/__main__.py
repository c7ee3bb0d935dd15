"""Looks at the report of the sample street in headless Chromium, and has axe-core judge it.

    python -m tests.browser [FOLDER]

Needs chromium, node and npm, which fetches what package.json names into FOLDER, by default a
temporary one. It takes about two minutes; its figures are in docs/hand-over.md.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from typer.testing import CliRunner

from relieftool.cli import app

HERE = Path(__file__).parent
SERIOUS = ("serious", "critical")
_BLINK = 1000  # milliseconds for a click, on a loaded machine


def look(folder):
    """Return what Chromium found of the report of one community."""
    for name in ("package.json", "check.mjs"):
        shutil.copy(HERE / name, folder)
    subprocess.run(["npm", "install", "--no-audit", "--no-fund"], cwd=folder, check=True)  # noqa: S607 the clerk's own npm
    page = make_report(folder)
    line = ["node", "check.mjs", str(page), shutil.which("chromium") or "chromium"]
    done = subprocess.run(line, cwd=folder, check=True, capture_output=True, text=True)  # noqa: S603 our own script
    return json.loads(done.stdout.splitlines()[-1])


def make_report(folder):
    """Write the report of one community of the sample street, with cases."""
    page, register = folder / "report.html", folder / "relief.db"
    register.unlink(missing_ok=True)
    day = ("--as-of", "2024-12-10", "--db", str(register))
    for line in (
        ("import", str(HERE.parents[1] / "sample_data"), "--db", str(register)),
        ("gaps", "--open-cases", *day),
        ("report", "--community", "河口下", "--out", str(page), *day),
    ):
        result = CliRunner().invoke(app, [*line, "--lang", "zh"])
        assert result.exit_code in (0, 3), result.stderr
    return page


def judge(found):
    """Yield what is wrong."""
    yield from (f"asks for {url}" for url in found["requests"])
    yield from (f"says {line}" for line in found["told"])
    if found["reached"] < found["wanted"]:
        yield f"Tab reaches {found['reached']} of {found['wanted']}"
    if found["overflow"] > 0:
        yield f"is {found['overflow']} px too wide for a phone"
    yield from (f"a click takes {c}" for c in found["clicks"] if c["milliseconds"] > _BLINK)
    yield from (
        f"{each['impact']}: {each['id']}, {each['count']} times"
        for each in found["violations"]
        if each["impact"] in SERIOUS
    )


def main():
    """Look at the report, print what was found, and return the exit code."""
    with tempfile.TemporaryDirectory() as temporary:
        found = look(Path(sys.argv[1] if len(sys.argv) > 1 else temporary))
    slowest = max(click["milliseconds"] for click in found["clicks"])
    print(f"{found['wanted']} places to reach by Tab, {found['reached']} reached")  # noqa: T201
    print(f"slowest click {slowest:.0f} ms; axe: {found['violations']}")  # noqa: T201
    wrong = list(judge(found))
    print("\n".join(wrong) or "nothing serious")  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
