"""The parts of README that are made from the program, so that they cannot fall behind it."""

import datetime as dt
import io
import os
import tempfile
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from typer.main import get_command
from typer.testing import CliRunner

from relieftool.cases.case_list import open_cases
from relieftool.cases.records import CaseFinding
from relieftool.cli import app
from relieftool.eligibility.gaps import find_gaps
from relieftool.eligibility.priority import find_priority
from relieftool.eligibility.scenario import SupposedFact, Suppositions
from relieftool.eligibility.what_if import compare_household, sweep_household
from relieftool.intake.imports import record_files
from relieftool.intake.source_files import read_paths
from relieftool.messages import use_language
from relieftool.output.gaps import build_gaps_result, build_visit_list_result
from relieftool.output.imports import build_import_result
from relieftool.output.priority import build_priority_result
from relieftool.output.show import page_lines
from relieftool.output.terminal import show_table
from relieftool.output.what_if import build_sweep_result, build_what_if_result
from relieftool.pack.loading import find_shipped_pack, load_pack
from relieftool.store.database import open_register
from relieftool.values.words import list_cell_words, list_words

ROOT = Path(__file__).parent.parent
_DAY = dt.date(2024, 12, 10)
_ROWS = 10
_FOOT = 3
_CLOSE = (
    *("close-case", "C2024-0001", "--outcome", "receiving"),
    *("--evidence", "December roster shown by the bureau", "--by", "Zhou", "--on", "2024-12-20"),
)

_PERIODS = {"month": " / month", "year": " / year", "once": "", None: ""}


def command_pages():
    """Return every command's help page in English, as the terminal shows it."""
    os.environ["COLUMNS"] = "100"
    use_language("en")
    pages = []
    for names in command_names(get_command(app)):
        page = CliRunner().invoke(app, [*names, "--help", "--lang", "en"]).stdout.strip()
        pages.append(f"### relief {' '.join(names)}\n\n```text\n{page}\n```\n")
    return "\n".join(pages).strip()


def command_names(group, above=()):
    """Return the words of every command, those of a group after it."""
    for name in group.list_commands(None):
        yield (*above, name)
        command = group.get_command(None, name)
        if hasattr(command, "list_commands"):
            yield from command_names(command, (*above, name))


def heading_table():
    """Return the facts with the headings they are known by."""
    use_language("en")
    pack = load_pack(find_shipped_pack())
    lines = ["| name | of | type | headings | blank cell |", "|---|---|---|---|---|"]
    for name, headings in list_words("headings").items():
        lines.append(f"| `{name}` | row | text | {'、'.join(headings[:12])} | unknown |")
    for fact in pack.facts.values():
        kind = fact.type.replace("_", "/") + _PERIODS[fact.period]
        headings = "、".join(fact.headers)
        blank = "none" if fact.blank == "none" else "unknown"
        lines.append(f"| `{fact.id}` | {fact.owner} | {kind} | {headings} | {blank} |")
    return "\n".join(lines)


def word_table():
    """Return for each fact with choices the words a cell may say, choice by choice."""
    use_language("en")
    facts = load_pack(find_shipped_pack()).facts.values()
    lines = ["| name | words in a cell, with what is kept |", "|---|---|"]
    lines += [f"| `{one.id}` | {_words_of(one)} |" for one in facts if one.type == "choice"]
    yes, no = ("、".join(sorted(words)) for words in map(list_cell_words, ("yes", "no")))
    lines.append(f"| every yes/no | {yes} → yes; {no} → no |")
    return "\n".join(lines)


def _words_of(fact):
    return "; ".join(f"{'、'.join(one.written)} → `{one.id}`" for one in fact.choices)


def on_the_sample():
    """Return what import, gaps, priority and close-case say on the sample street, by name."""
    os.environ["COLUMNS"] = "110"
    use_language("en")
    pack = load_pack(find_shipped_pack())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "relief.db"
        reports = keep_all(path, pack)
        with open_register(path) as db:
            gaps = find_gaps(db, pack, _DAY, community="河口下")
            priority = find_priority(db, pack, _DAY, community="河口下")
            visits = find_gaps(db, pack, _DAY, community="河口下", statuses=("undetermined",))
            work = Suppositions((SupposedFact("household_income", 1000_00, is_added=True),))
            supposed = compare_household(db, pack, _DAY, "WJ20240007", work)
            sweep = sweep_of(db, pack, "WJ20240007")
            found = find_gaps(db, pack, _DAY).findings
            wanted = [_as_case(one) for one in found if one.status in ("unclaimed", "underpaid")]
            open_cases(db, wanted, opened_on=_DAY)
        return {
            "import": drawn(build_import_result(reports).tables),
            "gaps": drawn(build_gaps_result(gaps).shown().tables),
            "visits": drawn(build_visit_list_result(visits).shown().tables[1:]),
            "what-if": drawn(build_what_if_result(supposed).shown().tables, is_headed=False),
            "sweep": page(build_sweep_result(sweep).shown()),
            "priority": drawn(build_priority_result(priority).shown().tables, is_headed=False),
            "close": said(path, *_CLOSE),
        }


def keep_all(path, pack):
    """Import the sample into a new register."""
    with open_register(path, create=True) as db:
        return record_files(db, pack, read_paths(pack, [ROOT / "sample_data"]))


def drawn(tables, *, is_headed=True):
    """Draw tables as a terminal of 120 columns does; long ones only in part, heads as asked."""
    text = io.StringIO()
    console = Console(file=text, width=120, color_system=None, markup=False, highlight=False)
    for grid in tables:
        more = [f"… {len(grid.rows) - _ROWS} more rows"] if len(grid.rows) > _ROWS else []
        footer = [*more, *grid.footer[:_FOOT]]
        warnings = grid.warnings if is_headed else ()
        shown = replace(grid, rows=grid.rows[:_ROWS], footer=footer, warnings=warnings)
        show_table(shown, console)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()).strip()


def sweep_of(db, pack, household):
    """Try the income of a household from nothing to 3,000 yuan."""
    setting = SupposedFact("household_income", 0)
    return sweep_household(
        db, pack, _DAY, household, Suppositions(), setting, range(0, 3000_00 + 1, 50_00)
    )


def page(result):
    """Return a page of text as a pipe would get it."""
    lines = page_lines(result)
    return "\n".join(line for line in lines if not line.startswith("No value")).rstrip()


def said(path, *arguments):
    """Return everything a command says."""
    line = [*arguments, "--db", str(path), "--lang", "en"]
    result = CliRunner().invoke(app, line)
    return (result.stdout + result.stderr).strip()


def block(command, text):
    """Return a README block of a command line and what it prints."""
    return f"```console\n$ {command}\n{text}\n```"


def _as_case(finding):
    return CaseFinding(finding.household_no, finding.member_no, finding.programme, finding.status)
