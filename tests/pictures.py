"""Makes the pictures of README and docs, and all screens and papers to be looked at.

    python -m tests.pictures         those in docs/pictures
    python -m tests.pictures FOLDER  every screen, at 80 and 120 columns in both languages; papers

Needs LibreOffice, pdftoppm and, for the report's page, Chromium.
"""

import fcntl
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
from itertools import product
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
DAY = ("--as-of", "2024-12-10")
HEIGHT = 40
# What a picture shows; the registers are filled in this order.
SCREENS = {
    "import": ("import", str(ROOT / "sample_data")),
    "office": (),
    "gaps": ("gaps",),
    "questions": ("questions",),
    "explain": ("explain", "HK20240004", "dibao"),
    "priority": ("priority", "--community", "河口下"),
    "cases": ("cases", "--community", "河口下"),
    "visits": ("visits",),
    "problems": ("problems",),
    "show": ("show", "HK20240004"),
}
WHY = ("--reveal", "--reason", "交给本人")
PAPERS = {
    "report": ("report", *DAY, "--out", "report.docx"),
    "letter": ("letter", "HK20240004", *WHY, "--out", "letter.docx"),
    "application": (
        "letter",
        "HK20240004",
        "--programme",
        "低保",
        "--application",
        *WHY,
        "--out",
        "application.docx",
    ),
    "notice": ("notice", "--out", "notice.docx"),
    "ledger": ("cases", "--community", "河口下", "--out", "ledger.xlsx"),
    "form": ("form", "HK20240007", "--out", "form.xlsx"),
    "month": ("changes", "--out", "month.xlsx"),
}
KEPT = {"gaps": ("en", 80), "office": ("zh", 80)}  # of the screens; of the papers the last four
_RUN = "from relieftool.start import start; start()"


def run(folder, line, language, width):
    """Return what a terminal of a width shows of a command; Enter answers what it asks."""
    child, terminal = pty.fork()
    if child == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, width, 0, 0))
        os.chdir(folder)
        told = {"RELIEF_LANG": language, "PAGER": "cat", "TERM": "xterm-256color"}
        os.environ.update(told, PYTHONPATH=str(ROOT), COLUMNS=str(width), LINES=str(HEIGHT))
        os.execv(sys.executable, [sys.executable, "-X", "utf8", "-c", _RUN, *line])  # noqa: S606 ours
    shown = b""
    while True:
        ready, _write, _fault = select.select([terminal], [], [], 1)
        if not ready and not shown.endswith(b"\n"):  # it asks
            os.write(terminal, b"\n")
        try:
            shown += os.read(terminal, 65536) if ready else b""
        except OSError:  # the child has ended
            break
    os.waitpid(child, 0)
    return re.sub(r"\r|\x1b\[\?\d+[hl]|[^\n]*\x1b\[2K|\x1b\[1A", "", shown.decode())


def draw(shown, width, path, title):
    """Write what a terminal shows as an SVG."""
    console = Console(record=True, width=width, file=open(os.devnull, "w"))  # noqa: PTH123, SIM115
    console.print(Text.from_ansi(shown), soft_wrap=True)
    console.save_svg(str(path), title=title, theme=MONOKAI)


def print_paper(folder, name, out, *, dots=60):
    """Write the first page of a paper as a picture."""
    (paper,) = folder.glob(f"{name}.*")
    office = ("soffice", f"-env:UserInstallation=file://{folder}/office", "--headless")
    subprocess.run([*office, "--convert-to", "pdf", paper], cwd=folder, check=True, timeout=120)  # noqa: S603
    print_page = ("pdftoppm", "-png", "-gray", "-singlefile", "-r", str(dots))
    subprocess.run([*print_page, f"{name}.pdf", out / name], cwd=folder, check=True)  # noqa: S603
    (folder / f"{name}.pdf").unlink()


def photograph(folder, out):
    """Write the report's page as Chromium shows it on a desktop and on a phone, and prints it."""
    browser = ("chromium", "--headless", "--no-sandbox", "--hide-scrollbars")
    for name, size in (("report", "1100,760"), ("phone", "390,844")):
        line = [*browser, f"--window-size={size}", f"--screenshot={out / name}.png"]
        subprocess.run([*line, folder / "page.html"], check=True, timeout=120)  # noqa: S603
    line = [*browser, f"--print-to-pdf={folder / 'page.pdf'}", folder / "page.html"]
    subprocess.run(line, check=True, timeout=120)  # noqa: S603
    subprocess.run(["pdftoppm", "-png", "-r", "60", folder / "page.pdf", out / "page"], check=True)  # noqa: S603, S607


def main():
    """Make the pictures."""
    out = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else PICTURES
    out.mkdir(exist_ok=True)
    is_whole = out != PICTURES
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for language, width in product(("zh", "en"), (80, 120)):
            (folder / "relief.db").unlink(missing_ok=True)
            for name, line in SCREENS.items():
                shown = run(folder, line, language, width)
                if is_whole or KEPT.get(name) == (language, width):
                    mark = f"-{language}-{width}" if is_whole else ""
                    title = " ".join(("relief", *line)).replace(f"{ROOT}/", "")
                    draw(shown, width, out / f"{name}{mark}.svg", title)
                if name == "import":
                    run(folder, ("gaps", "--open-cases", *DAY), language, width)
            if not is_whole and language == "zh":
                write_papers(folder, out, ("letter", "ledger", "form"))
        if is_whole:
            write_papers(folder, out, PAPERS)


def write_papers(folder, out, names):
    """Write papers and the report's page as pictures."""
    shutil.rmtree(folder / "office", ignore_errors=True)
    for name in names:
        run(folder, PAPERS[name], "zh", 120)
        print_paper(folder, name, out)
    run(folder, ("report", *DAY, "--community", "河口下", "--out", "page.html"), "zh", 120)
    photograph(folder, out)


if __name__ == "__main__":
    main()
