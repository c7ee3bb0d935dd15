"""Runs the worked examples of a pack through the same statement as a register.

Each example becomes a household of a throw-away register in memory; nothing is written to disk.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby

from sqlite_utils import Database

from relieftool.eligibility.evaluation import find_amount_due
from relieftool.eligibility.findings import EligibilityOutcome, find_outcome
from relieftool.errors import ReliefError, suggest_name
from relieftool.messages import _
from relieftool.pack.facts import FEN_PER_YUAN, Fact, Owner
from relieftool.pack.models import DatedValue, Example, Pack, Programme
from relieftool.pack.value_overrides import override_values
from relieftool.register.register_tables import open_throwaway_register
from relieftool.rules.lower_bounds import list_least_known
from relieftool.rules.programme_rules import list_programmes_in_force
from relieftool.rules.sql import ColumnKind, format_column_name
from relieftool.rules.statement import Statement, compile_statement, list_bound_values
from relieftool.values.stored_values import UnitRow

WrittenValue = bool | int | str | dt.date | list[str]
UNKNOWN_VALUE = "unknown"  # of a parameter in an example, or of an amount
_RECEIPTS = {"receives": "yes", "receives_not": "no"}


@dataclass(frozen=True)
class ExampleResult:
    """The outcome and amount that an example expects, and those that the rules give, in fen.

    `expected_fen` is None if the example states no amount; `got_fen` is None if the amount is
    unknown or nothing is due. `is_amount_unknown`: the example expects that the amount is unknown.
    """

    programme: str
    example: str
    expected: EligibilityOutcome
    got: EligibilityOutcome
    expected_fen: int | None
    got_fen: int | None
    is_amount_unknown: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the outcome is as expected, and the amount too if the example states one."""
        is_amount_stated = self.is_amount_unknown or self.expected_fen is not None
        is_amount_met = not is_amount_stated or self.expected_fen == self.got_fen
        return self.expected == self.got and is_amount_met


@dataclass(frozen=True)
class ExampleCase:
    """An example of a programme, as a household of the throw-away register.

    `place` is its file and key.
    """

    number: int
    programme: Programme
    example: Example
    place: str

    @property
    def household_no(self) -> str:
        """The household's number."""
        return f"E{self.number}"

    @property
    def asked_number(self) -> str:
        """The number of the household or member whose outcome the example states."""
        if self.programme.unit == "household":
            return self.household_no
        return f"{self.household_no}-{self.example.expect_for}"


def run_examples(pack: Pack) -> list[ExampleResult]:
    """Run all examples of a pack, in the order of its programmes.

    Raises:
        ReliefError: An example uses a fact, parameter, choice or programme that does not exist,
            gives a value of the wrong type, or expects something of a member it does not have.
    """
    cases = list_example_cases(pack)
    results: dict[int, ExampleResult] = {}
    statements: dict[object, Statement] = {}
    with open_throwaway_register(pack) as register:
        ordered = sorted(cases, key=_get_setting)
        for (as_of, values), group in groupby(ordered, key=_get_setting):
            own = apply_example_values(pack, values)
            statement = _prepare_statement(statements, own, as_of)
            for case, result in _run_cases(register, own, statement, list(group)):
                results[case.number] = result
    return [results[case.number] for case in cases]


def list_example_cases(pack: Pack) -> list[ExampleCase]:
    """Return all examples of a pack in the order of its programmes.

    Raises:
        ReliefError: An example sets a parameter that does not exist or cannot have the value.
    """
    cases = [
        ExampleCase(number, programme, example, f"{place}: examples.{example.name}")
        for number, (programme, place, example) in enumerate(_list_examples(pack), start=1)
    ]
    for case in cases:
        _check_parameters(pack, case)
    return cases


_ASKED = (ColumnKind.ELIGIBLE, ColumnKind.AMOUNT, ColumnKind.AMOUNT_APPLIES)


def _prepare_statement(statements: dict[object, Statement], pack: Pack, day: dt.date) -> Statement:
    """Return the statement for a day and a pack with an example's own values.

    Compiling takes most of the time of a run and depends only on which programmes are in force, and
    which values are only the least, so a statement in `statements` is used again with other values
    bound.
    """
    key = list_programmes_in_force(pack, day), list_least_known(pack, day)
    if key not in statements:
        statements[key] = compile_statement(pack, day, {}, kinds=_ASKED)
    return replace(statements[key], bound=list_bound_values(pack, day), as_of=day, pack=pack)


def _list_examples(pack: Pack) -> Iterator[tuple[Programme, str, Example]]:
    """Yield the programme, the file and the example, for every example of a pack."""
    for programme in pack.programmes.values():
        for example in programme.examples:
            yield programme, pack.files.get(programme.id, programme.id), example


def _get_setting(case: ExampleCase) -> tuple[dt.date, tuple[tuple[str, str], ...]]:
    """Return the as-of date of an example and its own parameter values."""
    own = ((name, str(value)) for name, value in case.example.parameters.items())
    return case.example.as_of, tuple(sorted(own))


def apply_example_values(pack: Pack, values: Iterable[tuple[str, str]]) -> Pack:
    """Return the pack with an example's own parameter values; some may be stated as unknown."""
    stated = dict(values)
    unknown = {name for name, value in stated.items() if value == UNKNOWN_VALUE}
    parameters = {
        name: parameter.model_copy(update={"values": []}) if name in unknown else parameter
        for name, parameter in pack.parameters.items()
    }
    known = [(name, value) for name, value in stated.items() if name not in unknown]
    return override_values(
        pack.model_copy(update={"parameters": parameters}),
        ((name, _build_own_value(value)) for name, value in known),
    )


def _build_own_value(value: str) -> DatedValue:
    """Return a parameter value that is in force on every day."""
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
    """Raise ReliefError if an example sets an unknown parameter, or a value it cannot have."""
    for name, value in case.example.parameters.items():
        place = f"{case.place}.parameters.{name}"
        if name not in pack.parameters:
            raise _explain_unknown(place, _("'{name}' is no parameter"), name, pack.parameters)
        try:
            if value != UNKNOWN_VALUE:
                pack.parameters[name].check_value(str(value))
        except ValueError as error:
            raise ReliefError(
                place,
                _("this value cannot be used ({reason})").format(reason=error),
                _("Compare it with the same key in the shipped pack."),
            ) from error


def _run_cases(
    register: Database, pack: Pack, statement: Statement, cases: list[ExampleCase]
) -> Iterator[tuple[ExampleCase, ExampleResult]]:
    """Run examples with the same day and parameter values in the register, which is emptied."""
    for table in ("receipts", "members", "households"):
        register.execute(f"DELETE FROM {table}")
    for case in cases:
        _add_case(register, pack, case)
    rows = _select_rows(register, statement)
    for case in cases:
        row = rows.get(case.asked_number)
        if row is None:
            raise ReliefError(
                case.place,
                _("there is no member number {number}").format(number=case.example.expect_for),
                _("Add the member, or correct expect_for."),
            )
        yield case, _compare_result(statement, case, row)


def _select_rows(register: Database, statement: Statement) -> dict[str, UnitRow]:
    """Run the statement and return the rows of households and members by their numbers."""
    rows: dict[str, UnitRow] = {}
    selected = register.execute(statement.sql, statement.bound)
    for household, members in statement.group_rows(selected):
        rows[str(household["household_no"])] = household
        rows |= {str(member["member_no"]): member for member in members}
    return rows


def _compare_result(statement: Statement, case: ExampleCase, row: UnitRow) -> ExampleResult:
    """Return the result of an example, read from its row of the statement."""
    name, amount = case.programme.id, case.example.amount
    got: EligibilityOutcome = "not_in_force"
    got_fen = None
    if name in statement.in_force:
        got = find_outcome(row[format_column_name(ColumnKind.ELIGIBLE, name)])
        got_fen = find_amount_due(statement.rules[name], row)
    is_unknown, expected_fen = amount == UNKNOWN_VALUE, read_expected_amount(case)
    return ExampleResult(
        name, case.example.name, case.example.expect, got, expected_fen, got_fen, is_unknown
    )


def read_expected_amount(case: ExampleCase) -> int | None:
    """Return the amount that an example expects, in fen; None if it states none, or "unknown"."""
    amount = case.example.amount
    if amount is None or amount == UNKNOWN_VALUE:
        return None
    return _parse_yuan(amount, f"{case.place}.amount")


def _add_case(register: Database, pack: Pack, case: ExampleCase) -> None:
    """Insert an example into the register as one household."""
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
    """Return the facts that an example states about a household or member, in stored form.

    Receipts are left out.
    """
    facts = {fact.id: fact for fact in pack.facts.values() if fact.owner == owner}
    stored = {}
    for name, value in written.items():
        if name in _RECEIPTS:
            continue
        if name not in facts:
            raise _explain_unknown(
                f"{place}.{name}", _("'{name}' is no fact of this unit"), name, facts
            )
        stored[name] = _convert_value(facts[name], value, f"{place}.{name}")
    return stored


def _convert_value(fact: Fact, value: WrittenValue, place: str) -> int | str:
    """Return a value in stored form: fen for yuan, 1 or 0 for true or false, an ISO date."""
    if fact.type == "money" and type(value) in (int, str):
        return _parse_yuan(str(value), place)
    choices = [choice.id for choice in fact.choices]
    if fact.type == "choice" and isinstance(value, str):
        if value not in choices:
            problem = _("'{name}' is none of the choices of this fact")
            raise _explain_unknown(place, problem, value, choices)
        return value
    if type(value) is not fact.kind.written:
        raise ReliefError(
            place,
            _("this is no value of type {type}").format(type=fact.type),
            _("Write yuan, a whole number, true or false, a date, or the id of a choice."),
        )
    if isinstance(value, dt.date):
        return value.isoformat()
    return int(value) if isinstance(value, int) else str(value)  # a bool is an int too


def _parse_yuan(yuan: int | str, place: str) -> int:
    """Return an amount in yuan as fen, exactly."""
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
    """Yield the receipts of an example: a roster row for each yes, a sheet row for each no.

    The roster rows cover the as-of date. An example has no complete rosters, which would be a no
    for everybody they do not list.
    """
    day = case.example.as_of.isoformat()
    known = [programme.id for programme in pack.programmes.values() if programme.unit == owner]
    for key, says in _RECEIPTS.items():
        listed = written.get(key, [])
        for name in listed if isinstance(listed, list) else [str(listed)]:
            if name not in known:
                problem = _("'{name}' is no programme of this unit")
                raise _explain_unknown(f"{case.place}.{key}", problem, name, known)
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


def _explain_unknown(place: str, problem: str, name: str, known: Iterable[str]) -> ReliefError:
    """Return the error for a name that does not exist; the remedy suggests the nearest name."""
    names = list(known)
    remedy = suggest_name(name, names) or _("There are: {names}").format(names=", ".join(names))
    return ReliefError(place, problem.format(name=name), remedy)
