"""The parts of README that are made from the program, so that they cannot fall behind it."""

import os

from typer.main import get_command
from typer.testing import CliRunner

from relieftool.cli import app
from relieftool.messages import use_language
from relieftool.pack.loading import load_pack, shipped_pack_folder

_PERIODS = {"month": " / month", "year": " / year", "once": "", None: ""}


def command_pages():
    """Give every command's help page in English, as the terminal shows it."""
    os.environ["COLUMNS"] = "100"
    use_language("en")
    pages = []
    for name in get_command(app).list_commands(None):
        page = CliRunner().invoke(app, [name, "--help", "--lang", "en"]).stdout.strip()
        pages.append(f"### relief {name}\n\n```text\n{page}\n```\n")
    return "\n".join(pages).strip()


def heading_table():
    """Give the facts with the headings they are known by."""
    use_language("en")
    pack = load_pack(shipped_pack_folder())
    lines = ["| fact | of | type | headings | blank cell |", "|---|---|---|---|---|"]
    for fact in pack.facts.values():
        kind = fact.type.replace("_", "/") + _PERIODS[fact.period]
        headings = "、".join(fact.headers)
        blank = "none" if fact.blank == "none" else "unknown"
        lines.append(f"| `{fact.id}` | {fact.owner} | {kind} | {headings} | {blank} |")
    return "\n".join(lines)
