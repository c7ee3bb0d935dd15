"""The worked examples of a pack, run through the register's statement as far as they go.

Each example becomes a household in a throw-away register in memory; nothing is written to disk.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fractions import Fraction
from itertools import groupby

from sqlite_utils import Database

from relieftool.eligibility.evaluation import find_amount_due
from relieftool.eligibility.findings import EligibilityOutcome, find_outcome
from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.pack.facts import FEN_PER_YUAN, Fact, Owner
from relieftool.pack.models import DatedValue, Example, Pack, Programme
from relieftool.pack.value_overrides import override_values
from relieftool.register.register_tables import open_throwaway_register
from relieftool.rules.bounds import UnitRow
from relieftool.rules.sql import ColumnKind, format_column_name
from relieftool.rules.statement import Statement, compile_statement, list_bound_values

WrittenValue = bool | int | str | dt.date | list[str]
_RECEIPTS = {"receives": "yes", "receives_not": "no"}


@dataclass(frozen=True)
class ExampleResult:
    """What an example says must come out, and what did; amounts in fen, None: not stated."""

    programme: str
    example: str
    expected: EligibilityOutcome
    got: EligibilityOutcome
    expected_fen: int | None
    got_fen: int | None
    is_amount_unknown: bool = False  # the example says that no amount can be told

    @property
    def is_met(self) -> bool:
        """Return whether the outcome, and the amount where one is stated, came out as expected."""
        is_amount_stated = self.is_amount_unknown or self.expected_fen is not None
        is_amount_met = not is_amount_stated or self.expected_fen == self.got_fen
        return self.expected == self.got and is_amount_met


@dataclass(frozen=True)
class ExampleCase:
    """One example of one programme, as a household of the throw-away register."""

    number: int
    programme: Programme
    example: Example
    place: str

    @property
    def household_no(self) -> str:
        """Return the household's number."""
        return f"E{self.number}"

    @property
    def asked_number(self) -> str:
        """Return the number of the household or member whose outcome is asked for."""
        if self.programme.unit == "household":
            return self.household_no
        return f"{self.household_no}-{self.example.expect_for}"


def run_examples(pack: Pack) -> list[ExampleResult]:
    """Run all examples of a pack, in the order of its programmes; met or not, each has a result.

    Raises:
        ReliefError: An example names a fact, choice or programme that does not exist, or asks for
            a member it does not have.
    """
    cases = list_example_cases(pack)
    results: dict[int, ExampleResult] = {}
    statements: dict[frozenset[str], Statement] = {}
    with open_throwaway_register(pack) as register:
        for (as_of, values), group in groupby(sorted(cases, key=_setting), key=_setting):
            own = apply_example_values(pack, values)
            statement = _statement(statements, own, as_of)
            for case, result in _run(register, own, statement, list(group)):
                results[case.number] = result
    return [results[case.number] for case in cases]


def list_example_cases(pack: Pack) -> list[ExampleCase]:
    """Return all examples of a pack in the order of its programmes.

    Raises:
        ReliefError: An example has a value for a parameter that does not exist or cannot have it.
    """
    cases = [
        ExampleCase(number, programme, example, f"{place}: examples.{example.name}")
        for number, (programme, place, example) in enumerate(_all_examples(pack), start=1)
    ]
    for case in cases:
        _check_parameters(pack, case)
    return cases


def _statement(statements: dict[frozenset[str], Statement], pack: Pack, day: dt.date) -> Statement:
    """Return the statement of a day: one is compiled per set of programmes in force."""
    in_force = frozenset(
        name for name, programme in pack.programmes.items() if programme.is_in_force(day)
    )
    if in_force not in statements:
        statements[in_force] = compile_statement(pack, day, {}, only_eligibility=True)
    return replace(statements[in_force], bound=list_bound_values(pack, day), as_of=day, pack=pack)


def _all_examples(pack: Pack) -> Iterator[tuple[Programme, str, Example]]:
    """Return every example with its programme and file."""
    for programme in pack.programmes.values():
        for example in programme.examples:
            yield programme, pack.files.get(programme.id, programme.id), example


def _setting(case: ExampleCase) -> tuple[dt.date, tuple[tuple[str, str], ...]]:
    """Return the day an example is about, and the values of the law that hold for it alone."""
    own = ((name, str(value)) for name, value in case.example.parameters.items())
    return case.example.as_of, tuple(sorted(own))


def apply_example_values(pack: Pack, values: Iterable[tuple[str, str]]) -> Pack:
    """Return the pack with an example's own values."""
    return override_values(pack, ((name, _own_value(value)) for name, value in values))


def _own_value(value: str) -> DatedValue:
    """Return a value that holds on every day."""
    return DatedValue.model_validate(
        {
            "value": value,
            "from": dt.date.min,
            "until": "open",
            "source": "example",
            "confidence": "verified",
        }
    )


def _check_parameters(pack: Pack, case: ExampleCase) -> None:
    """Refuse a value for a parameter nobody knows, or one it cannot have."""
    for name, value in case.example.parameters.items():
        place = f"{case.place}.parameters.{name}"
        if name not in pack.parameters:
            raise _unknown(place, _("'{name}' is no parameter"), name, pack.parameters)
        try:
            pack.parameters[name].check_value(str(value))
        except ValueError as error:
            raise ReliefError(
                place,
                _("this value cannot be used ({reason})").format(reason=error),
                _("Compare it with the same key in the shipped pack."),
            ) from error


def _run(
    register: Database, pack: Pack, statement: Statement, cases: list[ExampleCase]
) -> Iterator[tuple[ExampleCase, ExampleResult]]:
    """Run the examples of one day in the register, emptied first."""
    for table in ("receipts", "members", "households"):
        register.execute(f"DELETE FROM {table}")
    for case in cases:
        _add_case(register, pack, case)
    rows = {
        "household": _rows(register, statement.household_sql, statement, "household_no"),
        "member": _rows(register, statement.member_sql, statement, "member_no"),
    }
    for case in cases:
        row = rows[case.programme.unit].get(case.asked_number)
        if row is None:
            raise ReliefError(
                case.place,
                _("there is no member number {number}").format(number=case.example.expect_for),
                _("Add the member, or correct expect_for."),
            )
        yield case, _result(statement, case, row)


def _rows(register: Database, sql: str, statement: Statement, key: str) -> dict[str, UnitRow]:
    """Run one SELECT of the statement and index its rows."""
    return {row[key]: row for row in register.query(sql, statement.bound)}


def _result(statement: Statement, case: ExampleCase, row: UnitRow) -> ExampleResult:
    """Compare an example with the row that came out of it."""
    name, amount = case.programme.id, case.example.amount
    got: EligibilityOutcome = "not_in_force"
    got_fen = None
    if name in statement.in_force:
        got = find_outcome(row[format_column_name(ColumnKind.ELIGIBLE, name)])
        got_fen = find_amount_due(statement.rules[name], row)
    is_unknown = amount == "unknown"
    expected_fen = None if amount is None or is_unknown else _fen(amount, f"{case.place}.amount")
    return ExampleResult(
        name, case.example.name, case.example.expect, got, expected_fen, got_fen, is_unknown
    )


def _add_case(register: Database, pack: Pack, case: ExampleCase) -> None:
    """Put an example into the register as one household."""
    example, number = case.example, case.household_no
    register.table("households").insert(
        {
            "household_no": number,
            "community_id": 1,
            "is_provisional": 0,
            "listed_members": len(example.members),
            **convert_facts(pack, "household", example.household, case.place),
        }
    )
    receipts = list(build_example_receipts(pack, "household", case, example.household, None))
    for place, written in enumerate(example.members, start=1):
        member_no = f"{number}-{place}"
        register.table("members").insert(
            {
                "member_no": member_no,
                "household_no": number,
                "place": place,
                "is_provisional": 0,
                **convert_facts(pack, "member", written, f"{case.place}.members.{place}"),
            }
        )
        receipts += build_example_receipts(pack, "member", case, written, member_no)
    register.table("receipts").insert_all(receipts)


def convert_facts(
    pack: Pack, owner: Owner, written: Mapping[str, WrittenValue], place: str
) -> dict[str, int | str]:
    """Turn what an example says of one household or member into facts as stored."""
    facts = {fact.id: fact for fact in pack.facts.values() if fact.owner == owner}
    stored = {}
    for name, value in written.items():
        if name in _RECEIPTS:
            continue
        if name not in facts:
            raise _unknown(f"{place}.{name}", _("'{name}' is no fact of this unit"), name, facts)
        stored[name] = _stored(facts[name], value, f"{place}.{name}")
    return stored


def _stored(fact: Fact, value: WrittenValue, place: str) -> int | str:
    """Turn a value as the pack's author writes it into one as stored: fen, 1 or 0, ISO dates."""
    if fact.type == "money" and type(value) in (int, str):
        return _fen(str(value), place)
    choices = [choice.id for choice in fact.choices]
    if fact.type == "choice" and isinstance(value, str):
        if value not in choices:
            problem = _("'{name}' is none of the choices of this fact")
            raise _unknown(place, problem, value, choices)
        return value
    if type(value) is not fact.kind.written:
        raise ReliefError(
            place,
            _("this is no value of type {type}").format(type=fact.type),
            _("Write yuan, a whole number, true or false, a date, or the id of a choice."),
        )
    return value.isoformat() if isinstance(value, dt.date) else _plain(value)


def _plain(value: WrittenValue) -> int | str:
    """Return truths as 1 and 0, whole numbers and words as they are."""
    return int(value) if isinstance(value, int) else str(value)


def _fen(yuan: int | str, place: str) -> int:
    """Turn yuan into fen, exactly."""
    if not re.fullmatch(r"-?[0-9]+([.][0-9]{1,2})?", str(yuan)):
        raise ReliefError(
            place,
            _("'{value}' is no amount in yuan").format(value=yuan),
            _('Write it as 935 or "935.50".'),
        )
    return int(Fraction(yuan) * FEN_PER_YUAN)


def build_example_receipts(
    pack: Pack,
    owner: Owner,
    case: ExampleCase,
    written: Mapping[str, WrittenValue],
    member_no: str | None,
) -> Iterator[dict[str, str | int | None]]:
    """Turn the lists of programmes drawn and not drawn into receipts: a roster's, a sheet's."""
    day = case.example.as_of.isoformat()
    known = [programme.id for programme in pack.programmes.values() if programme.unit == owner]
    for key, says in _RECEIPTS.items():
        listed = written.get(key, [])
        for name in listed if isinstance(listed, list) else [str(listed)]:
            if name not in known:
                problem = _("'{name}' is no programme of this unit")
                raise _unknown(f"{case.place}.{key}", problem, name, known)
            yield {
                "household_no": case.household_no,
                "member_no": member_no,
                "programme": name,
                "says": says,
                "origin": "roster" if says == "yes" else "sheet",
                "covers_from": day if says == "yes" else None,
                "covers_until": day if says == "yes" else None,
                "row_id": 0,
            }


def _unknown(place: str, problem: str, name: str, known: Iterable[str]) -> ReliefError:
    """Say that an example uses a name nobody knows, and which may have been meant."""
    near = get_close_matches(name, list(known), 1)
    remedy = (
        _("Did you mean '{near}'?").format(near=near[0])
        if near
        else _("There are: {names}").format(names=", ".join(known))
    )
    return ReliefError(place, problem.format(name=name), remedy)
