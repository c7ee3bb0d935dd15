"""A masked copy of the answers, as a folder that Datasette opens: it holds nothing else.

What a command would show masked is in a table called like a view of it, one row for each record;
keys are those of JSON.
"""

import datetime as dt
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from sqlite_utils import Database

from relieftool.api.gap_answers import CasedFinding, describe_gaps
from relieftool.api.question_answers import OpenQuestionAnswer, describe_questions
from relieftool.cases.case_list import list_cases
from relieftool.cases.deadlines import add_deadlines
from relieftool.eligibility.gaps import find_gaps
from relieftool.eligibility.questions import list_questions
from relieftool.errors import ReliefError
from relieftool.fieldwork.visits import list_visits
from relieftool.messages import _
from relieftool.output.cases import cases_table
from relieftool.output.fieldwork import visits_table
from relieftool.output.result import RecordTable
from relieftool.output.result_cells import reveal_or_mask
from relieftool.pack.models import Pack
from relieftool.values.screen_text import escape_invisible

_DATABASE = "relief"
_COMMUNITIES = "SELECT community, count(DISTINCT household_no) AS households"
# What each table is first looked at by, and the questions that are asked of them most.
_FACETS = {
    "v_findings": ("community", "status", "programme", "department"),
    "v_cases": ("community", "state", "programme", "outcome"),
    "v_visits": ("step", "level", "method"),
    "v_questions": ("kind", "file", "fact"),
}
_QUERIES = {
    "owed_by_community": f"{_COMMUNITIES}, sum(amount_fen) / 100.0 AS yuan_a_month FROM v_findings"
    " WHERE status = 'unclaimed' AND amount_period = 'month' GROUP BY 1 ORDER BY 2 DESC",
    "owed_by_programme": "SELECT programme, count(*) AS findings, department FROM v_findings"
    " WHERE status = 'unclaimed' GROUP BY 1 ORDER BY 2 DESC",
    "oldest_open_cases": 'SELECT "case", community, programme, state, days_open FROM v_cases'
    " WHERE closed_on IS NULL ORDER BY days_open DESC",
    "questions_by_stake": "SELECT question, text_zh, households, at_stake_fen_per_month / 100.0"
    " AS yuan_a_month FROM v_questions ORDER BY at_stake_fen_per_month DESC",
}


@dataclass(frozen=True)
class _View:
    """The rows of a table, what its columns are called, and what each is."""

    keys: Sequence[str]
    rows: Iterable[Mapping[str, object]]
    meanings: Mapping[str, str]


def write_masked_copy(
    folder: Path, db: Database, pack: Pack, as_of: dt.date, day: dt.date
) -> dict[str, int]:
    """Write the copy to a new folder, and return the number of rows of each table.

    Raises:
        ReliefError: The folder is not new or empty.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ReliefError(escape_invisible(str(folder)), _("is not empty"), _("Name a new folder."))
    folder.mkdir(parents=True, exist_ok=True)
    views = dict(_list_views(db, pack, as_of, day))
    with closing(sqlite3.connect(folder / f"{_DATABASE}.db")) as copy, copy:
        counts = {name: _write_view(copy, name, view) for name, view in views.items()}
    described = json.dumps(_describe_views(views, as_of), ensure_ascii=False, indent=2)
    (folder / "metadata.json").write_text(described + "\n", encoding="utf-8")
    return counts


def _list_views(
    db: Database, pack: Pack, as_of: dt.date, day: dt.date
) -> Iterator[tuple[str, _View]]:
    """Yield each table by its name."""
    records = add_deadlines(list_cases(db), pack, day)
    cases = {record.key: record for record in records}
    gaps = describe_gaps(find_gaps(db, pack, as_of), cases).document(is_revealed=False)
    asked = describe_questions(list_questions(db, pack, as_of), pack, as_of)
    questions = asked.document(is_revealed=False)
    yield "v_findings", _view_of(CasedFinding.model_fields, gaps["findings"])
    yield "v_cases", _view_table(cases_table(records, pack))
    yield "v_visits", _view_table(visits_table(list_visits(db)))
    yield "v_questions", _view_of(OpenQuestionAnswer.model_fields, questions["questions"])


def _view_of(fields: Mapping[str, FieldInfo], rows: object) -> _View:
    """Return records of an answer as a table."""
    meanings = {key: field.description or "" for key, field in fields.items()}
    return _View(tuple(fields), rows if isinstance(rows, Iterator) else (), meanings)


def _view_table(table: RecordTable[Any]) -> _View:
    """Return the masked JSON of a result as a table."""
    columns = [column for column in table.columns if column.only in (None, "json")]
    meanings = {column.json_key or column.key: column.label for column in columns}
    rows = (reveal_or_mask(row, is_revealed=False) for row in table.documents())
    return _View(tuple(meanings), rows, meanings)


def _write_view(copy: sqlite3.Connection, name: str, view: _View) -> int:
    """Write a table, lists as JSON, and return the number of its rows."""
    columns = ", ".join(f'"{key}"' for key in view.keys)
    copy.execute(f"CREATE TABLE {name} ({columns})")
    places = ", ".join("?" * len(view.keys))
    rows = ([_flatten(row[key]) for key in view.keys] for row in view.rows)
    copy.executemany(f"INSERT INTO {name} VALUES ({places})", rows)
    count: int = copy.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
    return count


def _flatten(value: object) -> object:
    is_part = isinstance(value, list | dict)
    return json.dumps(value, ensure_ascii=False) if is_part else value


def _describe_views(views: Mapping[str, _View], as_of: dt.date) -> dict[str, object]:
    """Return what Datasette shows of the copy: titles, meanings, facets and ready questions."""
    tables = {
        name: {
            "facets": list(_FACETS[name]),
            "columns": {key: words for key, words in view.meanings.items() if words},
        }
        for name, view in views.items()
    }
    queries = {name: {"sql": sql} for name, sql in _QUERIES.items()}
    title = _("As of {day}, masked").format(day=as_of)
    return {"title": title, "databases": {_DATABASE: {"tables": tables, "queries": queries}}}
