"""Declares the kinds of entries, and records, lists and checks entries of any kind.

The tables and the types of their columns are in schema.sql. A column that is added there is
declared here only if it is for names of people or free text.
"""

import datetime as dt
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from sqlite_utils import Database

from relieftool.errors import ReliefError
from relieftool.messages import Message, _, translate
from relieftool.store.chain import Chain, add_entry
from relieftool.store.former_numbers import compile_current_number, find_current_number
from relieftool.store.settings import hash_person, read_setting
from relieftool.values.names import clean_name
from relieftool.values.text import (
    escape_surrogates,
    fold_name,
    has_letter_or_digit,
    plain_text,
)

Row = dict[str, Any]
_Record = TypeVar("_Record")


def _store_name(name: str) -> str:
    return escape_surrogates(" ".join(name.split()))


def _store_names(names: Iterable[str]) -> str:
    """Return names as JSON, without repetitions that differ only in blanks, width or case."""
    people: dict[str, str] = {}
    for name in names:
        people.setdefault(fold_name(name), _store_name(name))
    return json.dumps(list(people.values()), ensure_ascii=False)


def _store_value(value: Any) -> Any:
    """Return a value as it is stored: days as ISO text, bools as 1 or 0, lists as JSON."""
    if isinstance(value, int | None):
        return None if value is None else int(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Iterable) and not isinstance(value, str):
        return json.dumps(list(value), ensure_ascii=False)
    return escape_surrogates(str(value))


@dataclass(frozen=True)
class PersonalText:
    """How a column with names of people or free text is checked and stored.

    `store` returns the text to store; `says` returns whether a text has content. The error for a
    required text that is missing or has no content has the command's `option` for the text,
    `problem` and `remedy`. Only the template of `remedy` is used, which may contain `{option}`.
    """

    store: Callable[[Any], str | None] = _store_value
    says: Callable[[Any], bool] = has_letter_or_digit
    problem: Message = field(default=Message("says nothing"))
    remedy: Message = field(default=Message("Write the name after {option}."))
    option: str = ""
    is_required: bool = False

    def check_and_store(self, stated: Any, *, is_required: bool) -> str | None:
        """Return a text as the table stores it; None for None.

        Raises:
            ReliefError: The text is required, and is missing or has no content.
        """
        if is_required and (stated is None or not self.says(stated)):
            remedy = translate(self.remedy.template).format(option=self.option)
            raise ReliefError(self.option, str(self.problem), remedy)
        return None if stated is None else self.store(stated)


TEXT = PersonalText()
WORDS = PersonalText(lambda text: escape_surrogates(text.strip()) or None)
NAME = PersonalText(_store_name, problem=Message("names nobody"))
NAMES = replace(
    NAME,
    store=_store_names,
    says=lambda names: bool(names) and all(map(has_letter_or_digit, names)),
)


def _optional(text: PersonalText, option: str, remedy: Message | None = None) -> PersonalText:
    """Return the text with this option and remedy; if `remedy` is None, the text keeps its own."""
    return replace(text, option=option, remedy=remedy or text.remedy)


def _required(text: PersonalText, option: str, remedy: Message | None = None) -> PersonalText:
    """Return the text with this option and remedy, required in every entry of its kind."""
    return replace(_optional(text, option, remedy), is_required=True)


@dataclass(frozen=True)
class EntryKind(Chain):
    """A kind of entry: a chained table and its personal texts by column.

    `has_household`: `household_no` must be that of a household in the register. `is_of_form`:
    entries may come from an imported form, and do not count while that import is withdrawn.
    """

    texts: Mapping[str, PersonalText] = field(default_factory=dict, hash=False)
    has_household: bool = False
    is_of_form: bool = False


def _declare_kind(
    table: str,
    key: str,
    *,
    has_household: bool = False,
    is_of_form: bool = False,
    **texts: PersonalText,
) -> EntryKind:
    return EntryKind(table, key, tuple(texts), texts, has_household, is_of_form)


_BY = _required(NAME, "--by")

# Which texts an entry of a case requires depends on its step: see CASE_STEPS in cases/steps.py.
CASE_ENTRIES = _declare_kind(
    "case_entries",
    "entry_id",
    by=_optional(
        replace(WORDS, problem=NAME.problem),
        "--by",
        Message("Say who answers for this step: --by NAME."),
    ),
    checked_by=WORDS,
    proxy=_optional(replace(WORDS, problem=NAME.problem), "--proxy"),
    note=_optional(WORDS, "--reason", Message("Say why in words; the reason stays with the case.")),
)
ACCESSES = _declare_kind("access_log", "log_id", user=TEXT, reason=TEXT, detail=TEXT)
VISITS = _declare_kind(
    "visits",
    "visit_id",
    has_household=True,
    is_of_form=True,
    investigators=_required(NAMES, "--by"),
    found=_required(WORDS, "--found", Message("Say in a few words what was found.")),
)
NEEDS = _declare_kind("needs", "need_id", is_of_form=True, words=WORDS)
WITHDRAWALS = _declare_kind("withdrawals", "withdrawal_id")
HELPERS = _declare_kind(
    "helpers", "helper_id", name=_required(NAME, "NAME"), unit=_optional(NAME, "--unit")
)
ASSIGNMENTS = _declare_kind(
    "assignments", "assignment_id", has_household=True, helper=_required(NAME, "HELPER"), by=_BY
)
MEASURES = _declare_kind("measures", "measure_id", has_household=True, result=WORDS, by=_BY)
SAMPLES = _declare_kind("samples", "sample_id")
REVISITS = _declare_kind(
    "revisits",
    "revisit_id",
    note=_optional(WORDS, "--note", Message("Say in words what was found to be otherwise.")),
    by=_BY,
)
LIFE_EVENTS = _declare_kind("life_events", "event_id", note=WORDS, by=_BY)
DECISIONS = _declare_kind("decisions", "decision_id", by=_BY)
PARAMETER_VALUES = _declare_kind("parameter_values", "value_id", set_by=WORDS)
IMPORT_EVENTS = _declare_kind("import_events", "event_id")
FORGETTINGS = _declare_kind("forgettings", "forgetting_id", reason=_required(WORDS, "--reason"))
MONTH_TABLES = _declare_kind("month_tables", "table_id")
REGISTER_CHAINS = (
    *(DECISIONS, PARAMETER_VALUES, IMPORT_EVENTS, LIFE_EVENTS, FORGETTINGS),
    MONTH_TABLES,
)
CASE_CHAINS = (CASE_ENTRIES, ACCESSES)
FIELD_CHAINS = (VISITS, HELPERS, ASSIGNMENTS, MEASURES, SAMPLES, REVISITS, NEEDS, WITHDRAWALS)
ALL_KINDS = (*CASE_CHAINS, *FIELD_CHAINS, *REGISTER_CHAINS)

# The imports of forms that are withdrawn now: the newest entry about each import counts.
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
    """Add an entry with the stated columns and return its number; only inside `write`.

    `case` is the row of the case that the entry opens, if any. See `build_entry` for `needs`.

    Raises:
        ReliefError: A required text is missing, or no household has the stated number.
    """
    return add_entry(db, kind, build_entry(db, kind, needs, **stated), case).number


def build_entry(
    db: Database,
    kind: EntryKind,
    needs: Collection[str] = (),
    /,
    **stated: Any,
) -> Row:
    """Return an entry with the stated columns as its table stores it, without adding it.

    `needs` are the columns of texts that this entry must have, besides the required texts of its
    kind.

    Raises:
        ReliefError: A required text is missing, or no household has the stated number.
    """
    row: Row = {
        name: _store_value(value) for name, value in stated.items() if name not in kind.texts
    }
    if kind.has_household:
        row["household_no"] = check_household(db, stated["household_no"])
    for name, text in kind.texts.items():
        is_required = text.is_required or name in needs
        row[name] = text.check_and_store(stated.get(name), is_required=is_required)
    return row


def list_entries(
    db: Database, kind: EntryKind, household_no: str | None = None, /, **equal: str | int | None
) -> list[Row]:
    """Return the entries of a kind in the order they were written.

    `household_no` limits them to a household, and `equal` to entries with these values in these
    columns; None does not limit them. In the rows, `household_no` is the household's current number
    and `written_no` the number in the table. Entries from a form whose import is withdrawn are left
    out, unless `equal` has an `import_id`.
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


def list_forgettable(kind: EntryKind) -> list[str]:
    """Return the columns of a kind that are emptied when the household of an entry is forgotten.

    Who did something stays, and so does the log of who saw what.
    """
    if kind in (FORGETTINGS, ACCESSES):
        return []
    return [
        name
        for name, text in kind.texts.items()
        if text.store is WORDS.store and name not in _DOERS
    ]


_DOERS = {"by", "checked_by", "set_by"}


def list_taken_texts(db: Database, kind: EntryKind) -> list[int]:
    """Return the numbers of entries that lack a text, though nobody it is about was forgotten."""
    has_household = "household_no" in db.table(kind.table).columns_dict
    if kind is CASE_ENTRIES:
        owner = "(SELECT household_no FROM cases WHERE cases.case_no = entry.case_no)"
    else:
        owner = "entry.household_no" if has_household else "NULL"
    current = compile_current_number(owner)
    is_gone = f"ifnull({owner} IN ({_FORGOTTEN}) OR {current} IN ({_FORGOTTEN}), 0)"
    forgettable = list_forgettable(kind)
    missing = [
        f'entry."{name}" IS NULL AND entry.{name}_hash IS NOT NULL'
        + (f" AND NOT {is_gone}" if name in forgettable else "")
        for name in kind.personal
    ]
    condition = " OR ".join(f"({each})" for each in missing) or "0"
    found = db.execute(f"SELECT {kind.key} FROM {kind.table} AS entry WHERE {condition}").fetchall()
    return [number for (number,) in found]


_FORGOTTEN = "SELECT household_no FROM forgettings"


def compile_never_said(column: str, entry: str = "entry") -> str:
    """Return SQL for whether an entry never had a text in a column, not even a forgotten one."""
    text = f'{entry}."{column}"'
    return f"(trim({text}) = '' OR {text} IS NULL AND {entry}.{column}_hash IS NULL)"


def check_entries(db: Database, kind: EntryKind) -> list[int]:
    """Return the numbers of the entries that never had a text required of their kind."""
    missing = [compile_never_said(name) for name, text in kind.texts.items() if text.is_required]
    statement = f"SELECT {kind.key} FROM {kind.table} AS entry WHERE {' OR '.join(missing)}"
    return [number for (number,) in db.execute(statement)] if missing else []


def build_record(record: type[_Record], entry: Mapping[str, Any]) -> _Record:
    """Return an entry as a `record`, a dataclass whose fields are named like the entry's columns.

    A field of type `str` is "" if the column is NULL, as after a text was forgotten.
    """
    types = get_type_hints(record)
    return record(
        **{name: _load_value(types[name], entry[name]) for name in types if name in entry}
    )


def _load_value(field_type: Any, value: Any) -> Any:
    """Return a stored value converted to a field's type, such as a tuple, string enum or bool."""
    if get_origin(field_type) is tuple:
        return tuple(json.loads(value or "[]"))
    if isinstance(field_type, type) and issubclass(field_type, str):
        return field_type(value or "")
    is_bool = field_type is bool or bool in get_args(field_type)
    return bool(value) if is_bool and value is not None else value


def find_household(db: Database, named: str) -> str | None:
    """Return the current number of the household that is meant; None if there is none.

    `named` is its number, one that it had before, the name or ID number of a member, or the start
    of its address.

    Raises:
        ReliefError: Several households have a member of this name or ID number, or such an address.
    """
    number = find_current_number(db, named.strip())
    if db.execute("SELECT 1 FROM households WHERE household_no = ?", [number]).fetchone():
        return number
    from relieftool.values.id_numbers import read_id_number  # noqa: PLC0415 start-up time

    found = db.execute(_BY_MEMBER, [clean_name(named), read_id_number(named).number]).fetchall()
    if not found and "address" in db.table("households").columns_dict:
        start = plain_text(named)
        found = db.execute(_BY_ADDRESS, [len(start), start]).fetchall() if start else []
    if len(found) > 1:
        listed = [f"{number} ({community})" for number, community in found[:_MOST_LISTED]]
        listed += ["…"] if len(found) > _MOST_LISTED else []
        fitting = {"count": len(found), "numbers": _(", ").join(listed)}
        problem = _("{count} households fit: {numbers}").format(**fitting)
        raise ReliefError(_("HOUSEHOLD"), problem, _("Name one of them by its number."))
    return found[0][0] if found else None


_MOST_LISTED = 10
_BY_MEMBER = """
    SELECT DISTINCT household_no, communities.name FROM members
    JOIN households USING (household_no) JOIN communities USING (community_id)
    WHERE members.name = ? OR members.id_number = ? ORDER BY household_no
"""
_BY_ADDRESS = """
    SELECT household_no, communities.name FROM households JOIN communities USING (community_id)
    WHERE substr(address, 1, ?) = ? ORDER BY household_no
"""


def check_household(db: Database, household_no: str) -> str:
    """Return the number of the household that is meant, as `find_household` does.

    Raises:
        ReliefError: No household in the register is meant, and the remedy suggests the nearest
            numbers; or several are.
    """
    number = find_household(db, household_no)
    if number is not None:
        return number
    raise build_unknown_household_error(db, household_no)


def build_unknown_household_error(db: Database, named: str) -> ReliefError:
    """Return the error that no household is meant: who is named has left, or what is near."""
    text, name = named.strip(), clean_name(named)
    numbers = [row["household_no"] for row in db.query("SELECT household_no FROM households")]
    problem = _("no household has this number")
    near, remedy = get_close_matches(text, numbers, 3), _("The nearest are: {numbers}.")
    if left := _list_left(db, text):
        problem = _("is of no household now: {left}").format(left=_(", ").join(left.values()))
        near, remedy = list(left), _("Name the household by its number: {numbers}.")
    elif not near and name and not any(sign.isdigit() for sign in name):
        problem = _("no household has this number, and nobody in one has this name")
        names = dict(db.execute("SELECT name, household_no FROM members WHERE name IS NOT NULL"))
        near = [names[each] for each in get_close_matches(name, names, 3)]
        remedy = _("A name nearly like it is in: {numbers}.")
    if not near:
        remedy = _("`relief gaps --format csv` lists household numbers.")
    listed = _(", ").join(dict.fromkeys(near))
    return ReliefError(hide_id_number(text), problem, remedy.format(numbers=listed))


def _list_left(db: Database, named: str) -> dict[str, str]:
    """Return the households that a person of a name or ID number has left, with when and why."""
    from relieftool.values.id_numbers import read_id_number  # noqa: PLC0415 start-up time

    marks = hash_person(
        read_setting(db, "secret") or "", read_id_number(named).number, clean_name(named)
    )
    left = {}
    for number, event_type, day in db.execute(_LEFT, marks).fetchall():
        household = find_current_number(db, number)
        left[household] = f"{household} ({_LEFT_BY[event_type]}, {day})"
    return left


_LEFT_BY = {
    "died": Message("died"),
    "moved_out": Message("moved out"),
    "dissolved": Message("household dissolved"),
}
_LEFT = """
    SELECT event.household_no, event.event_type, event.happened_on
    FROM person_identities AS person JOIN household_labels USING (household_id)
    JOIN life_events AS event JOIN json_each(event.members) AS member
        ON member.value = printf('%s-%02d', label, place)
    WHERE (person.id_mark = ? OR person.name_mark = ?)
    AND event.event_type IN ('died', 'moved_out', 'dissolved')
    AND event.event_id NOT IN (SELECT undoes FROM life_events WHERE undoes IS NOT NULL)
    ORDER BY event.event_id
"""


def hide_id_number(number: str) -> str:
    """Return a number that was asked for as an error may show it: an ID number is not repeated."""
    from relieftool.values.id_numbers import read_id_number  # noqa: PLC0415 start-up time

    return _("an ID number") if read_id_number(number).number else number
