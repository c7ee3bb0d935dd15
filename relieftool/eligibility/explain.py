"""Why a household has, or has not, a claim: each condition with its numbers and their origin."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction

from sqlite_utils import Database

from relieftool.eligibility.evaluation import Evaluation, Household, Member, evaluate_register
from relieftool.eligibility.findings import Finding
from relieftool.eligibility.gaps import find_household_findings
from relieftool.eligibility.household import build_unknown_household_error, list_receipts
from relieftool.eligibility.rule_warnings import list_missing_parameters
from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.pack.facts import BilingualText
from relieftool.pack.models import Criterion, DatedValue, Pack, Programme, UnencodedProgramme
from relieftool.register.origins import CellPlace, HouseholdOrigins, find_origins
from relieftool.rules import syntax
from relieftool.rules.bounds import Bounds, UnitRow, is_based_on_private, list_used_parts
from relieftool.rules.minimal_questions import RECEIPT
from relieftool.rules.parser import parse_definition
from relieftool.rules.programme_rules import ProgrammeRules
from relieftool.rules.sql import ColumnKind, format_column_name
from relieftool.rules.syntax import Node, ValueSort

TermValue = Fraction | str | bool | None


@dataclass(frozen=True)
class Term:
    """One side of a comparison: a value with what it is called, or several joined.

    `is_private`: it rests on a fact that only a reveal may show.
    """

    value: TermValue
    sort: ValueSort
    is_private: bool
    label: BilingualText | None = None
    operator: str = ""
    parts: tuple["Term", ...] = ()


@dataclass(frozen=True)
class Comparison:
    """Two sides compared, whether it holds, and for which member it was made."""

    operator: str
    left: Term
    right: Term
    truth: bool | None
    member: str | None


@dataclass(frozen=True)
class UsedFact:
    """A fact, or a receipt as "receipt:programme", as a rule sees it, and the cells it stands in.

    `stored` is the value of the register, None where unknown.
    """

    name: str
    member_no: str | None
    member: str | None
    stored: int | str | None
    is_presumed: bool
    places: tuple[CellPlace, ...]


@dataclass(frozen=True)
class UsedParameter:
    """A value of the law that a condition uses; None where none is in force."""

    id: str
    dated: DatedValue | None


@dataclass(frozen=True)
class Condition:
    """One criterion for this household or member, down to its facts."""

    criterion: Criterion
    truth: bool | None
    comparisons: tuple[Comparison, ...]
    parameters: tuple[UsedParameter, ...]
    facts: tuple[UsedFact, ...]
    programmes: tuple[tuple[str, bool | None], ...]


@dataclass(frozen=True)
class Explanation:
    """One programme for one household or member."""

    finding: Finding
    programme: Programme
    conditions: tuple[Condition, ...]
    amount_parameters: tuple[UsedParameter, ...]
    receipts: tuple[UnitRow, ...]
    received: bool | None
    opens: tuple[str, ...]


@dataclass(frozen=True)
class HouseholdExplanation:
    """All that was asked about a household; `not_encoded` is a programme without rules here."""

    household_no: str
    community: str
    head: str | None
    as_of: dt.date
    pack: Pack
    explanations: tuple[Explanation, ...]
    not_encoded: UnencodedProgramme | None = None
    unvalued: tuple[str, ...] = ()


def explain_findings(  # noqa: PLR0913 what is asked, of whom, on which day
    db: Database,
    pack: Pack,
    as_of: dt.date,
    household_no: str,
    *,
    programme: str | None = None,
    place: int | None = None,
) -> HouseholdExplanation:  # fmt: skip
    """Explain one programme, or all that are not plainly ineligible; for one member by his place.

    Raises:
        ReliefError: There is no such household, member or programme.
    """
    evaluation = evaluate_register(db, pack, as_of)
    left_out = next((one for one in pack.not_encoded if _is_called(one, programme)), None)
    wanted = None if programme is None or left_out else _in_force(evaluation, programme)
    household = next((o for o in evaluation.households if o.household_no == household_no), None)
    if household is None:
        raise build_unknown_household_error(db, household_no)
    member_no = None if place is None else find_member(household, place).member_no
    maker = _Explainer(
        evaluation, household, find_origins(db, pack, household_no, as_of.isoformat())
    )
    findings = find_household_findings(evaluation, household)
    receipts = list_receipts(db, household_no)
    chosen = [
        maker.explanation(finding, findings, receipts)
        for finding in findings
        if (finding.status != "ineligible" if wanted is None else finding.programme == wanted)
        and member_no in (None, finding.member_no)
        and left_out is None
    ]
    community, head = household.community, household.head
    named = dict.fromkeys(one.programme.id for one in chosen)
    missing = list_missing_parameters(evaluation.statement, named) if named else ()
    return HouseholdExplanation(
        household_no, community, head, as_of, pack, tuple(chosen), left_out, missing
    )


def _in_force(evaluation: Evaluation, name: str) -> str:
    """Return the id of a programme that is named, if there is one on the day asked about."""
    statement = evaluation.statement
    programme = find_programme_id(statement.pack, name)
    if programme not in statement.in_force:
        raise ReliefError(
            programme,
            _("this programme is not in force on {day}").format(day=statement.as_of.isoformat()),
            _("Ask for another day with --as-of."),
        )
    return programme


def _is_called(one: UnencodedProgramme | Programme, name: str | None) -> bool:
    return name in (one.id, one.names.zh, one.names.en)


def find_programme_id(pack: Pack, name: str) -> str:
    """Return the id of a programme called by its id or its name.

    Raises:
        ReliefError: Nobody knows it; the nearest is named.
    """
    for programme in pack.programmes.values():
        if _is_called(programme, name) or name in programme.roster_names:
            return programme.id
    known = [
        word for one in pack.programmes.values() for word in (one.id, one.names.zh, one.names.en)
    ]
    near = get_close_matches(name, known, 1)
    remedy = (
        _("Did you mean '{near}'?").format(near=near[0])
        if near
        else _("The programmes are: {names}").format(names=", ".join(pack.programmes))
    )
    raise ReliefError(name, _("'{name}' is not a programme").format(name=name), remedy)


def find_member(household: Household, place: int) -> Member:
    """Return the member at a place; where somebody left, places are missing between others.

    Raises:
        ReliefError: The household has no such member.
    """
    number = f"{household.household_no}-{place:02}"
    found = next((member for member in household.members if member.member_no == number), None)
    if found is None:
        raise ReliefError(
            household.household_no,
            _("there is no member number {number}").format(number=place),
            _("`relief show {household}` lists the members in order.").format(
                household=household.household_no
            ),
        )
    return found


class _Explainer:
    """Explains findings of one household."""

    def __init__(
        self, evaluation: Evaluation, household: Household, origins: HouseholdOrigins
    ) -> None:
        self._statement = evaluation.statement
        self._household = household
        self._bounds: Bounds = household.bounds(evaluation.statement)
        self._origins = origins
        pack = evaluation.statement.pack
        self._labels = {
            parse_definition(pack, definition): definition.labels
            for definition in pack.definitions.values()
        }

    def explanation(
        self, finding: Finding, findings: Iterable[Finding], receipts: Iterable[UnitRow]
    ) -> Explanation:
        """Explain one finding."""
        rules = self._statement.rules[finding.programme]
        members = self._household.members
        asked = [member for member in members if member.member_no == finding.member_no]
        truths = dict(finding.criteria)
        nodes = [part for tree in rules.criteria.values() for part, _a in self._below(tree, asked)]
        named = {parameter.id for parameter in self._parameters(nodes)}
        row = asked[0].row if asked else self._household.row
        received = row[format_column_name(ColumnKind.RECEIVES, finding.programme)]
        return Explanation(
            finding,
            rules.programme,
            tuple(
                self._condition(
                    criterion, rules.criteria[criterion.id], truths[criterion.id], asked
                )
                for criterion in rules.programme.criteria
            ),
            tuple(one for one in self._of_amount(rules, finding, asked) if one.id not in named),
            tuple(
                receipt
                for receipt in receipts
                if receipt["programme"] == finding.programme
                and receipt["member_no"] in (None, finding.member_no)
            ),
            None if received is None else received == 1,
            tuple(
                dict.fromkeys(
                    one.programme for one in findings if finding.programme in one.unlocked_by
                )
            ),
        )

    def _of_amount(
        self, rules: ProgrammeRules, finding: Finding, asked: Sequence[Member]
    ) -> Iterator[UsedParameter]:
        """Return the values of the law that the amount due is made of; none where none is due."""
        if finding.amount_period is None or finding.status == "ineligible":
            return
        nodes: list[Node] = []
        for when, value in rules.amounts:
            truth = True if when is None else self._bounds.truth(when, _first(asked))
            if truth is not False:
                nodes += [part for part, _about in self._below(value, asked)]
            if truth:
                break
        yield from self._parameters(nodes)

    def _condition(
        self,
        criterion: Criterion,
        node: Node,
        truth: bool | None,  # noqa: FBT001 a truth, no switch
        asked: Sequence[Member],
    ) -> Condition:
        below = list(self._below(node, asked))
        return Condition(
            criterion,
            truth,
            tuple(self._comparisons(node, asked)),
            tuple(self._parameters(part for part, _asked in below)),
            tuple(
                dict.fromkeys(fact for part, about in below for fact in self._facts(part, about))
            ),
            tuple(
                (part.programme, self._bounds.eligible(part.programme, _first(about)))
                for part, about in below
                if isinstance(part, syntax.Eligible)
            ),
        )

    def _below(
        self, node: Node, asked: Sequence[Member]
    ) -> Iterator[tuple[Node, Sequence[Member]]]:
        """Return a node and what it rests on; of several that may do, the one known or asked for."""
        yield node, asked
        about = asked
        if isinstance(node, syntax.OverMembers):
            about = [member for member in self._household.members if member.row["lives"] != 0]
        parts = list_used_parts(self._bounds, node, _first(about))
        for part in parts[:1] if isinstance(node, syntax.FirstKnown) else parts:
            yield from self._below(part, about)

    def _comparisons(self, node: Node, asked: Sequence[Member]) -> Iterator[Comparison]:
        """Return the comparisons of numbers a condition makes, those over members once for each."""
        match node:
            case syntax.OverMembers(question="any" | "all", of=of):
                for one in self._household.members:
                    if one.row["lives"] != 0:
                        yield from self._comparisons(of, [one])
            case syntax.Compare(operator=operator, left=left, right=right) if left.type.sort in (
                "money",
                "count",
            ):
                member = _first(asked)
                about = asked[0].name if asked and node.owner == "member" else None
                truth = self._bounds.truth(node, member)
                sides = (self._term(left, member), self._term(right, member))
                yield Comparison(operator, *sides, truth, about)
            case syntax.And() | syntax.Or() | syntax.Not():
                for part in syntax.children(node):
                    yield from self._comparisons(part, asked)

    def _term(self, node: Node, member: UnitRow | None) -> Term:
        """Take a side of a comparison apart, down to what has a name of its own."""
        pack, value = self._statement.pack, self._bounds.value(node, member)
        label = self._labels.get(node)
        parts: tuple[Term, ...] = ()
        operator = ""
        match node:
            case syntax.FactRef(fact=name):
                label = pack.facts[name].labels
            case syntax.Arithmetic(left=left, right=right) if label is None:
                operator = node.operator
                parts = (self._term(left, member), self._term(right, member))
        is_private = is_based_on_private(self._bounds, node, member)
        return Term(value, node.type.sort, is_private, label, operator, parts)

    def _parameters(self, nodes: Iterable[Node]) -> Iterator[UsedParameter]:
        names = {node.parameter for node in nodes if isinstance(node, syntax.ParameterRef)}
        for name in sorted(names):
            parameter = self._statement.pack.parameters[name]
            yield UsedParameter(name, parameter.in_force(self._statement.as_of))

    def _facts(self, node: Node, asked: Sequence[Member]) -> Iterator[UsedFact]:
        """Return what a node itself reads, of the household or of each member it is about."""
        match node:
            case syntax.FactRef(fact=name, presumed=presumed):
                column, is_presumed = name, presumed is not None
            case syntax.Receives(programme=programme):
                name, column, is_presumed = (
                    f"{RECEIPT}{programme}",
                    format_column_name(ColumnKind.RECEIVES, programme),
                    False,
                )
            case syntax.HouseholdSize() if self._bounds.is_size_disputed:
                stated = self._household.row["stated_size"]
                places = self._origins.household.get("stated_size", ())
                yield UsedFact("stated_size", None, None, stated, is_presumed=False, places=places)
                return
            case _:
                return
        if node.owner == "household":
            row = self._household.row
            places = self._origins.household.get(name, ())
            presumes = is_presumed and row[column] is None
            yield UsedFact(name, None, None, row[column], presumes, places)
            return
        for one in asked:
            stored = one.row[column]
            places = self._origins.members.get(one.member_no, {}).get(name, ())
            presumes = is_presumed and stored is None
            yield UsedFact(name, one.member_no, one.name, stored, presumes, places)


def _first(asked: Sequence[Member]) -> UnitRow | None:
    return asked[0].row if asked else None
