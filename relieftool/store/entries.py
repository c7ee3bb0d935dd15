"""Every kind of entry in one table: what it says, what it must say, what of it is personal.

Recording, listing and checking are written once, for all of them. The tables and the types of their
columns are in schema.sql: a column added there is sealed and checked without a word here, unless it
holds what people are called or wrote.
"""

import datetime as dt
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from sqlite_utils import Database

from relieftool.errors import ReliefError
from relieftool.messages import Message, _, translate
from relieftool.store.chain import Chain, add_entry
from relieftool.store.former_numbers import compile_current_number, find_current_number
from relieftool.values.text import escape_surrogates, fold_name, has_letter_or_digit

Row = dict[str, Any]
_Record = TypeVar("_Record")


def _kept_name(name: str) -> str:
    return escape_surrogates(" ".join(name.split()))


def _kept_names(names: Iterable[str]) -> str:
    """Write several names as JSON, each person once, however the name is spaced."""
    people: dict[str, str] = {}
    for name in names:
        people.setdefault(fold_name(name), _kept_name(name))
    return json.dumps(list(people.values()), ensure_ascii=False)


def _kept(value: Any) -> Any:
    """Write any value as SQLite keeps it: a day as ISO text, truth as 1 or 0, several as JSON."""
    if isinstance(value, int | None):
        return None if value is None else int(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Iterable) and not isinstance(value, str):
        return json.dumps(list(value), ensure_ascii=False)
    return escape_surrogates(str(value))


@dataclass(frozen=True)
class PersonalText:
    """A column with names of people or free text: how it is kept, and whether it must be said.

    `option` is where it is stated, `remedy` what to do where it must be said and says nothing.
    """

    keep: Callable[[Any], str | None] = _kept
    says: Callable[[Any], bool] = has_letter_or_digit
    problem: Message = field(default=Message("says nothing"))
    remedy: Message = field(default=Message("Write the name after {option}."))
    option: str = ""
    is_needed: bool = False

    def kept(self, stated: Any, *, is_needed: bool) -> str | None:
        """Return a text as the table keeps it.

        Raises:
            ReliefError: It is needed and says nothing.
        """
        if is_needed and (stated is None or not self.says(stated)):
            remedy = translate(self.remedy.template).format(option=self.option)
            raise ReliefError(self.option, str(self.problem), remedy)
        return None if stated is None else self.keep(stated)


TEXT = PersonalText()
WORDS = PersonalText(lambda text: escape_surrogates(text.strip()) or None)
NAME = PersonalText(_kept_name, problem=Message("names nobody"))
NAMES = replace(
    NAME,
    keep=_kept_names,
    says=lambda names: bool(names) and all(map(has_letter_or_digit, names)),
)


def _asked(text: PersonalText, option: str, remedy: Message | None = None) -> PersonalText:
    """Declare where a text is stated."""
    return replace(text, option=option, remedy=remedy or text.remedy)


def _needed(text: PersonalText, option: str, remedy: Message | None = None) -> PersonalText:
    """Declare a text that no entry of its kind may leave out."""
    return replace(_asked(text, option, remedy), is_needed=True)


@dataclass(frozen=True)
class EntryKind(Chain):
    """A kind of entry: a chained table, its personal texts by column, and what it rests on.

    The other columns need no words here: schema.sql has their types. `has_household` says that
    `household_no` must be of a household in the register, `is_of_form` that an entry whose import
    was taken back no longer counts.
    """

    texts: Mapping[str, PersonalText] = field(default_factory=dict, hash=False)
    has_household: bool = False
    is_of_form: bool = False


def _kind(
    table: str,
    key: str,
    *,
    has_household: bool = False,
    is_of_form: bool = False,
    **texts: PersonalText,
) -> EntryKind:
    return EntryKind(table, key, tuple(texts), texts, has_household, is_of_form)


_BY = _needed(NAME, "--by")

# What of a case's entry must be said depends on its step: the ledger's table of steps says so.
CASE_ENTRIES = _kind(
    "case_entries",
    "entry_id",
    by=_asked(
        replace(WORDS, problem=NAME.problem),
        "--by",
        Message("Say who answers for this step: --by NAME."),
    ),
    checked_by=WORDS,
    note=_asked(WORDS, "--reason", Message("Say why in words; the reason stays with the case.")),
)
ACCESSES = _kind("access_log", "log_id", reason=TEXT, detail=TEXT)
VISITS = _kind(
    "visits",
    "visit_id",
    has_household=True,
    is_of_form=True,
    investigators=_needed(NAMES, "--by"),
    found=_needed(WORDS, "--found", Message("Say in a few words what was found.")),
)
NEEDS = _kind("needs", "need_id", is_of_form=True, words=TEXT)
WITHDRAWALS = _kind("withdrawals", "withdrawal_id")
HELPERS = _kind("helpers", "helper_id", name=_needed(NAME, "NAME"), unit=_asked(NAME, "--unit"))
ASSIGNMENTS = _kind(
    "assignments", "assignment_id", has_household=True, helper=_needed(NAME, "HELPER"), by=_BY
)
MEASURES = _kind("measures", "measure_id", has_household=True, result=WORDS, by=_BY)
SAMPLES = _kind("samples", "sample_id")
REVISITS = _kind(
    "revisits",
    "revisit_id",
    note=_asked(WORDS, "--note", Message("Say in words what was found to be otherwise.")),
    by=_BY,
)
DECISIONS = _kind("decisions", "decision_id", by=_BY)
PARAMETER_VALUES = _kind("parameter_values", "value_id", set_by=WORDS)
IMPORT_EVENTS = _kind("import_events", "event_id")
REGISTER_CHAINS = (DECISIONS, PARAMETER_VALUES, IMPORT_EVENTS)
CASE_CHAINS = (CASE_ENTRIES, ACCESSES)
FIELD_CHAINS = (VISITS, HELPERS, ASSIGNMENTS, MEASURES, SAMPLES, REVISITS, NEEDS, WITHDRAWALS)
ALL_KINDS = (*CASE_CHAINS, *FIELD_CHAINS, *REGISTER_CHAINS)

# Imports of forms that were taken back, and with them what they brought.
WITHDRAWN = """
    SELECT import_id FROM withdrawals WHERE is_withdrawn = 1 AND withdrawal_id IN
        (SELECT MAX(withdrawal_id) FROM withdrawals GROUP BY import_id)
"""


def record_entry(
    db: Database,
    kind: EntryKind,
    /,
    *,
    case: Mapping[str, Any] | None = None,
    needs: Collection[str] = (),
    **stated: Any,
) -> int:
    """Add an entry that says what is stated, and return its number.

    `case` is the row of the case that it opens. Only inside a transaction that writes.

    Raises:
        ReliefError: It does not say what it must, or there is no such household.
    """
    return add_entry(db, kind, build_entry(db, kind, needs, **stated), case).number


def build_entry(
    db: Database,
    kind: EntryKind,
    needs: Collection[str] = (),
    /,
    **stated: Any,
) -> Row:
    """Return an entry as its table will keep it, for rules that look at it before it is added.

    `needs` is what this entry must say beyond what all of its kind must.

    Raises:
        ReliefError: It does not say what it must, or there is no such household.
    """
    row: Row = {name: _kept(value) for name, value in stated.items() if name not in kind.texts}
    if kind.has_household:
        row["household_no"] = check_household(db, stated["household_no"])
    for name, text in kind.texts.items():
        is_needed = text.is_needed or name in needs
        row[name] = text.kept(stated.get(name), is_needed=is_needed)
    return row


def list_entries(
    db: Database, kind: EntryKind, household_no: str | None = None, /, **equal: str | int | None
) -> list[Row]:
    """List entries as they were written: all, one household's, those that say what is asked for.

    `household_no` is the number the household goes by now, `written_no` the one written down. Left
    out are entries of a form whose import was taken back, unless that import is asked for.
    """
    wanted = {name: value for name, value in equal.items() if value is not None}
    conditions = [f'entry."{name}" = :{name}' for name in wanted]
    has_household = "household_no" in db.table(kind.table).columns_dict
    now = compile_current_number("entry.household_no") if has_household else "NULL"
    if household_no is not None:
        conditions.append(f"{now} = :household_now")
    if kind.is_of_form and "import_id" not in wanted:
        conditions.append(f"(import_id IS NULL OR import_id NOT IN ({WITHDRAWN}))")
    statement = f"""
        SELECT entry.*, {now} AS household_now FROM {kind.table} AS entry
        WHERE {" AND ".join(conditions) or "TRUE"} ORDER BY {kind.key}
    """
    rows = db.query(statement, {**wanted, "household_now": household_no})
    return [
        {**row, "household_no": row["household_now"], "written_no": row.get("household_no")}
        for row in rows
    ]


def compile_never_said(column: str, entry: str = "entry") -> str:
    """Return SQL for whether an entry says nothing in a column; what was forgotten was said."""
    text = f'{entry}."{column}"'
    return f"(trim({text}) = '' OR {text} IS NULL AND {entry}.{column}_hash IS NULL)"


def check_entries(db: Database, kind: EntryKind) -> list[int]:
    """Return the numbers of the entries that do not say what all of their kind must."""
    needed = [compile_never_said(name) for name, text in kind.texts.items() if text.is_needed]
    statement = f"SELECT {kind.key} FROM {kind.table} AS entry WHERE {' OR '.join(needed)}"
    return [number for (number,) in db.execute(statement)] if needed else []


def build_record(record: type[_Record], entry: Mapping[str, Any]) -> _Record:
    """Return an entry as a record, whose fields are named and typed like what the entry says.

    A text that must be said and is not there was forgotten; it is empty.
    """
    types = get_type_hints(record)
    names = [part.name for part in fields(record) if part.name in entry]  # type: ignore[arg-type]
    return record(**{name: _typed(types[name], entry[name]) for name in names})


def _typed(wanted: Any, value: Any) -> Any:
    """Read a value as a field's type wants it, such as `bool`, `bool | None`, a list of words."""
    if get_origin(wanted) is tuple:
        return tuple(json.loads(value or "[]"))
    if isinstance(wanted, type) and issubclass(wanted, str):
        return wanted(value or "")
    is_truth = wanted is bool or bool in get_args(wanted)
    return bool(value) if is_truth and value is not None else value


def check_household(db: Database, household_no: str) -> str:
    """Return the number that a household of the register goes by now.

    Raises:
        ReliefError: There is none of this number; the nearest are named.
    """
    number = find_current_number(db, household_no.strip())
    if db.execute("SELECT 1 FROM households WHERE household_no = ?", [number]).fetchone():
        return number
    numbers = [row["household_no"] for row in db.query("SELECT household_no FROM households")]
    near = get_close_matches(number, numbers, 3)
    remedy = (
        _("The nearest are: {numbers}.").format(numbers=", ".join(near))
        if near
        else _("`relief gaps --format csv` lists household numbers.")
    )
    raise ReliefError(number, _("no household has this number"), remedy)
