"""The parts of README and docs/ made from the program, so that they cannot fall behind it."""

import datetime as dt
import io
import json
import os
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from rich.console import Console
from typer.main import get_command
from typer.testing import CliRunner

from relieftool.api.schemas import ANSWERS, build_schema
from relieftool.authoring.law_calendar import LawCalendar
from relieftool.cases.case_list import open_cases
from relieftool.cases.records import CaseFinding
from relieftool.cli import app
from relieftool.eligibility.explain import explain_findings
from relieftool.eligibility.gaps import find_gaps
from relieftool.eligibility.priority import find_priority
from relieftool.eligibility.questions import list_questions
from relieftool.eligibility.scenario import SupposedFact, Suppositions
from relieftool.eligibility.what_if import compare_household, sweep_household
from relieftool.intake.imports import record_files
from relieftool.intake.source_files import read_paths
from relieftool.messages import current_language, use_language
from relieftool.output.explain import build_explain_result
from relieftool.output.gaps import build_gaps_result, build_visit_list_result
from relieftool.output.imports import build_import_result
from relieftool.output.priority import build_priority_result
from relieftool.output.show import page_lines
from relieftool.output.terminal import show_table
from relieftool.output.what_if import build_sweep_result, build_what_if_result
from relieftool.output.wording import format_parameter_value
from relieftool.pack.loading import load_pack
from relieftool.pack.models import LeastValue
from relieftool.pack.pack_files import find_shipped_pack, find_shipped_packs, list_packs
from relieftool.store.database import open_register
from relieftool.values.vocabulary import list_cell_words, list_words

ROOT = Path(__file__).parent.parent
_DAY = dt.date(2024, 12, 10)
_ROWS = 10
_FOOT = 3
_CLOSE = (
    *("close-case", "C2024-0001", "--outcome", "receiving"),
    *("--evidence", "December roster shown by the bureau", "--by", "Zhou", "--on", "2024-12-20"),
)

_NO_VALUE = ("No value", f"{_DAY} 没有标准值")
_PERIODS = {"month": " / month", "year": " / year", "once": "", None: ""}


def command_pages(language="en"):
    """Return every command's help page, as the terminal shows it."""
    os.environ["COLUMNS"] = "100"
    use_language(language)
    pages = []
    for names in command_names(get_command(app)):
        page = CliRunner().invoke(app, [*names, "--help", "--lang", language]).stdout.strip()
        pages.append(f"## relief {' '.join(names)}\n\n```text\n{page}\n```\n")
    return "\n".join(pages).strip()


def command_list(language="en"):
    """Return a list of links to every command's page, with what the command does."""
    use_language(language)
    lines = []
    for names in command_names(get_command(app)):
        page = CliRunner().invoke(app, [*names, "--help", "--lang", language]).stdout
        does = page.strip().split("\n\n")[1]
        name = " ".join(("relief", *names))
        between = "" if language == "zh" else " "
        lines.append(f"- [{name}](#{name.replace(' ', '-')}): {between.join(does.split())}")
    return "\n".join(lines)


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


def law_page():
    """Return what the shipped packs encode, assume and leave out, as tables."""
    use_language("en")
    packs = [load_pack(find_shipped_pack(name)) for name in list_packs(find_shipped_packs())]
    shipped = load_pack(find_shipped_pack())
    return "\n".join([*_pack_rows(packs), "", *_law_rows(shipped), "", *_calendar_rows(shipped)])


def _pack_rows(packs):
    yield "## Packs"
    yield ""
    yield "| pack | builds on | where | programmes | values verified | reported | assumed |"
    yield "|---|---|---|---|---|---|---|"
    for pack in packs:
        own = [value for value in pack.layer_values if value.pack == pack.id]
        sure = Counter(value.confidence for value in own)
        counts = [str(sure[word]) for word in ("verified", "reported", "assumed")]
        names = pack.id, pack.extends or "", pack.area.en, str(len(pack.programmes))
        yield f"| {' | '.join([*names, *counts])} |"


def _law_rows(pack):
    yield f"## Programmes of {pack.id}"
    yield ""
    yield "| programme | who decides | from | examined again | sources | coarser than the law |"
    yield "|---|---|---|---|---|---|"
    for programme in pack.programmes.values():
        sources = "; ".join(f"{each.title} ({each.confidence})" for each in programme.sources)
        rough = " ".join(each.why.en for each in programme.approximations)
        names = f"{programme.names.zh}, {programme.names.en}", programme.department.en
        again = "; ".join(map(_format_interval, programme.reexaminations))
        yield f"| {' | '.join([*names, str(programme.in_force_from), again, sources, rough])} |"
    yield ""
    yield "## Left out"
    yield ""
    yield "| what | why | question to the office |"
    yield "|---|---|---|"
    for left in pack.not_encoded:
        asked = left.question.en if left.question else ""
        yield f"| {left.names.zh}, {left.names.en} | {left.reason.en} | {asked} |"


def _format_interval(each):
    whom = f" {each.of.en}" if each.of else f" after somebody {each.after}" if each.after else ""
    return f"within {each.months} months{whom}, {each.source} ({each.confidence})"


def _calendar_rows(pack):
    yield f"## Values of {pack.id} by their days"
    yield ""
    yield "| value | from | until | | how sure | set by |"
    yield "|---|---|---|---|---|---|"
    for span in LawCalendar(pack, dt.date(2021, 7, 1), dt.date(2027, 1, 1)).list_spans():
        label = pack.parameters[span.parameter].labels.en
        shown = ["not known: a question", ""]
        if span.value:
            words = format_parameter_value(pack, span.parameter, span.value)
            least = "at least " if isinstance(span.value, LeastValue) else ""
            shown = [least + words, span.value.confidence]
        yield f"| {' | '.join([label, str(span.from_), str(span.until), *shown, span.pack])} |"


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


def on_the_sample(language="en"):
    """Return what the commands answer on the sample street, by the name of the command.

    What is drawn afterwards is in that language, too.
    """
    use_language(language)
    return _answers_on_the_sample(language)


@cache  # one run of cog makes all pages, and several of them show the sample
def _answers_on_the_sample(_language):
    os.environ["COLUMNS"] = "110"
    pack = load_pack(find_shipped_pack())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "relief.db"
        reports = keep_all(path, pack)
        with open_register(path) as db:
            gaps = find_gaps(db, pack, _DAY, community="河口下")
            priority = find_priority(db, pack, _DAY, community="河口下")
            asked = list_questions(db, pack, _DAY, "河口下")
            visits = find_gaps(db, pack, _DAY, community="河口下", statuses=("undetermined",))
            explained = explain_findings(db, pack, _DAY, "HK20240004", programme="dibao")
            work = Suppositions((SupposedFact("household_income", 1000_00, is_added=True),))
            supposed = compare_household(db, pack, _DAY, "WJ20240007", work)
            sweep = sweep_of(db, pack, "WJ20240007")
            found = find_gaps(db, pack, _DAY).findings
            wanted = [_as_case(one) for one in found if one.status in ("unclaimed", "underpaid")]
            open_cases(db, wanted, opened_on=_DAY)
        return {
            "import": build_import_result(reports).shown(),
            "gaps": build_gaps_result(gaps, None, asked).shown(),
            "visits": build_visit_list_result(visits, asked).shown(),
            "explain": build_explain_result(explained).shown(),
            "what-if": build_what_if_result(supposed).shown(),
            "sweep": build_sweep_result(sweep).shown(),
            "priority": build_priority_result(priority, asked).shown(),
            "close": said(path, *_CLOSE),
        }


def keep_all(path, pack):
    """Import the sample into a new register."""
    with open_register(path, create=True) as db:
        return record_files(db, pack, read_paths(pack, [ROOT / "sample_data"]))


def shortened(*names, language="en"):
    """Return the beginning of some answers on the sample street, as README shows them."""
    street = on_the_sample(language)
    gaps = drawn(street["gaps"].on_screen[:1], is_headed=False)
    answers = {
        "import": drawn(street["import"].tables, rows=2, foot=1),
        "gaps": f"{gaps}\n\n{_cut(len(street['gaps'].tables[1].rows), 'findings')}\n",
        "explain": page(street["explain"]),
        "visits": drawn(street["visits"].on_screen[1:], rows=2, foot=0),
        "priority": drawn(street["priority"].on_screen[1:2], rows=2, foot=0),
    }
    lines = [f"$ {_TYPED[name]}\n{answers[name]}" for name in names]
    return "\n".join(["```console", *lines, "```"])


_TYPED = {
    "import": "relief import sample_data",
    "gaps": "relief gaps --community 河口下",
    "explain": "relief explain HK20240004 dibao",
    "visits": "relief gaps --community 河口下 --status undetermined",
    "priority": "relief priority --community 河口下",
}


def drawn(tables, *, rows=_ROWS, foot=_FOOT, is_headed=True):
    """Draw tables as a terminal of 120 columns does; long ones only in part, heads as asked."""
    text = io.StringIO()
    console = Console(file=text, width=120, color_system=None, markup=False, highlight=False)
    for table in tables:
        more = [_cut(len(table.rows) - rows, "more rows")] if len(table.rows) > rows else []
        footer = [*more, *table.footer[:foot]]
        warnings = table.warnings if is_headed else ()
        shown = replace(table, rows=table.rows[:rows], footer=footer, warnings=warnings)
        show_table(shown, console)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()).strip()


def _cut(count, what):
    """Return the line that stands for what an answer was cut short by."""
    if current_language() == "en":
        return f"… {count} {what}"
    return {"findings": f"……共 {count} 条发现"}.get(what, f"……还有 {count} 行")


def sweep_of(db, pack, household):
    """Try the income of a household from nothing to 3,000 yuan."""
    setting = SupposedFact("household_income", 0)
    return sweep_household(
        db, pack, _DAY, household, Suppositions(), setting, range(0, 3000_00 + 1, 50_00)
    )


def page(result):
    """Return a page of text as a pipe would get it."""
    kept = [line for line in page_lines(result) if not line.startswith(_NO_VALUE)]
    return "\n".join(kept).rstrip()


def answer_keys():
    """Return a table of the keys of each answer in JSON, and after them of each of its parts."""
    parts = build_schema()["$defs"]
    answers = [model.__name__ for model in ANSWERS.values()]
    ordered = [*answers, *(name for name in parts if name not in answers)]
    return "\n\n".join(
        "\n".join(
            [f"### {name}", "", parts[name]["description"], ""]
            + ["| key | value | meaning |", "|---|---|---|"]
            + [_key_row(key, value) for key, value in parts[name]["properties"].items()]
        )
        for name in ordered
        if "properties" in parts[name]
    )


def _key_row(key, value):
    meaning = value.get("description", "").replace("|", "\\|")
    return f"| `{key}` | {_kind_of(value)} | {meaning} |"


def _kind_of(value):
    """Return what a value of a schema is, in words."""
    if "anyOf" in value:
        return " or ".join(_kind_of(each) for each in value["anyOf"])
    if "$ref" in value:
        name = value["$ref"].rpartition("/")[2]
        return name if name == "Status" else f"[{name}](#{name.lower()})"
    if value.get("type") == "array":
        return f"{_kind_of(value['items'])} []"
    if "enum" in value or "const" in value:
        return ", ".join(
            f"`{json.dumps(each)}`" for each in value.get("enum", [value.get("const")])
        )
    return value.get("type", "")


def json_keys(document):
    """Return the keys of a JSON answer as one line of text each, those below it in brackets."""
    return "\n".join(f"{key}{_keys_below(value)}" for key, value in document.items())


def _keys_below(value):
    if isinstance(value, Mapping):
        return f" {{ {', '.join(value)} }}"
    if isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
        return f" [{_keys_below(value[0])} ]"
    return ""


def said(path, *arguments):
    """Return everything a command says."""
    line = [*arguments, "--db", str(path), "--lang", current_language()]
    result = CliRunner().invoke(app, line)
    return (result.stdout + result.stderr).strip()


def block(command, text):
    """Return the block of a page that shows a command line and what it prints."""
    return f"```console\n$ {command}\n{text}\n```"


def _as_case(finding):
    return CaseFinding(finding.household_no, finding.member_no, finding.programme, finding.status)
