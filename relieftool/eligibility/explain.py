"""Explains why a household has a claim or not: each condition with its numbers and their cells.

Statuses and the results of criteria are those of the findings.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlite_utils import Database

from relieftool.eligibility.evaluation import (
    Evaluation,
    Household,
    Member,
    evaluate_register,
    read_truth,
)
from relieftool.eligibility.findings import Finding, Status
from relieftool.eligibility.household import (
    build_absent_household_error,
    build_absent_member_error,
    list_receipts,
)
from relieftool.eligibility.household_findings import find_household_findings
from relieftool.eligibility.rule_warnings import list_missing_parameters
from relieftool.errors import ReliefError, suggest_name
from relieftool.messages import _
from relieftool.pack.facts import RECEIPT, BilingualText
from relieftool.pack.models import Criterion, DatedValue, Pack, Programme, UnencodedProgramme
from relieftool.pack.programme_names import list_programme_names
from relieftool.register.fact_cells import Doubt
from relieftool.register.origins import CellPlace, HouseholdOrigins, find_origins
from relieftool.rules import syntax
from relieftool.rules.evaluator import Evaluator
from relieftool.rules.programme_rules import ProgrammeRules
from relieftool.rules.sql import ColumnKind, format_column_name
from relieftool.rules.syntax import Node, ValueSort
from relieftool.values.stored_values import UnitRow

TermValue = Fraction | str | bool | None


@dataclass(frozen=True)
class Term:
    """A side of a comparison: a value, its name if it has one, and its parts if it is calculated.

    `is_private`: the value rests on a fact that only a reveal may show.
    """

    value: TermValue
    sort: ValueSort
    is_private: bool
    label: BilingualText | None = None
    operator: str = ""
    parts: tuple["Term", ...] = ()


@dataclass(frozen=True)
class Comparison:
    """A comparison of two sides, and whether it holds (None: unknown).

    `member` is the name of the member it is about; None for the household.
    """

    operator: str
    left: Term
    right: Term
    truth: bool | None
    member: str | None


@dataclass(frozen=True)
class UsedFact:
    """A fact that a rule reads, or a receipt as "receipt:programme", and the cells it comes from.

    `stored` is the value in the register, None if unknown. `is_presumed`: the value is unknown, and
    the rule uses what the pack presumes. `doubt` is why it is unknown although the cells state it.
    """

    name: str
    member_no: str | None
    member: str | None
    stored: int | str | None
    is_presumed: bool
    places: tuple[CellPlace, ...]
    doubt: Doubt | None = None


@dataclass(frozen=True)
class UsedParameter:
    """A parameter that a condition uses, and its value in force; None if none is in force."""

    id: str
    dated: DatedValue | None


@dataclass(frozen=True)
class Condition:
    """A criterion for this household or member: whether it holds (None: unknown), and why.

    `programmes` are those whose eligibility the criterion reads, each with whether the household or
    member is eligible (None: unknown).
    """

    criterion: Criterion
    truth: bool | None
    comparisons: tuple[Comparison, ...]
    parameters: tuple[UsedParameter, ...]
    facts: tuple[UsedFact, ...]
    programmes: tuple[tuple[str, bool | None], ...]


@dataclass(frozen=True)
class Explanation:
    """A finding with its conditions.

    `received` is whether the programme is received (None: unknown); `opens` are the programmes that
    claiming it unlocks.
    """

    finding: Finding
    programme: Programme
    conditions: tuple[Condition, ...]
    amount_parameters: tuple[UsedParameter, ...]
    receipts: tuple[UnitRow, ...]
    received: bool | None
    opens: tuple[str, ...]


@dataclass(frozen=True)
class HouseholdExplanation:
    """The explanations of a household's findings.

    `not_encoded` is the programme asked about if the pack has no rules for it; `unvalued` are the
    parameters without a value on the day that the explained programmes use.
    """

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
) -> HouseholdExplanation:
    """Explain a household's findings: those of one programme, or all that are not ineligible.

    `programme` is an id or a name. With `place`, the number of a member, only that member's
    findings are explained.

    Raises:
        ReliefError: There is no such household, member or programme, or the programme is not in
            force.
    """
    evaluation = evaluate_register(db, pack, as_of, [household_no])
    not_encoded = next((each for each in pack.not_encoded if _is_called(each, programme)), None)
    programme_id = (
        None if programme is None or not_encoded else _find_in_force(evaluation, programme)
    )
    if not evaluation.households:
        raise build_absent_household_error(db, household_no)
    (household,) = evaluation.households
    member_no = None if place is None else _find_member(household, place).member_no
    findings = find_household_findings(evaluation, household)
    chosen = [] if not_encoded else _choose_findings(findings, programme_id, member_no)
    explanations: tuple[Explanation, ...] = ()
    if chosen:
        receipts = list_receipts(db, household_no)
        origins = find_origins(db, pack, household_no, as_of.isoformat())
        explainer = _Explainer(evaluation, household, origins)
        explanations = tuple(explainer.explain(finding, findings, receipts) for finding in chosen)
    programmes = {explanation.programme.id for explanation in explanations}
    missing = list_missing_parameters(evaluation.statement, programmes) if programmes else ()
    identity = (household_no, household.community, household.head)
    return HouseholdExplanation(*identity, as_of, pack, explanations, not_encoded, missing)


def _choose_findings(
    findings: Sequence[Finding], programme: str | None, member_no: str | None
) -> list[Finding]:
    """Return one programme's findings, or all that are not ineligible; of one member if stated."""
    return [
        finding
        for finding in findings
        if member_no in (None, finding.member_no)
        and (
            finding.status != Status.INELIGIBLE
            if programme is None
            else finding.programme == programme
        )
    ]


def _find_in_force(evaluation: Evaluation, name: str) -> str:
    """Return the id of a programme, given its id or name.

    Raises:
        ReliefError: There is no such programme, or it is not in force.
    """
    statement = evaluation.statement
    programme = find_programme_id(statement.pack, name)
    if programme not in statement.in_force:
        raise ReliefError(
            programme,
            _("this programme is not in force on {day}").format(day=statement.as_of.isoformat()),
            _("Ask for another day with --as-of."),
        )
    return programme


def _is_called(programme: UnencodedProgramme | Programme, name: str | None) -> bool:
    """Whether `name` is the id of a programme or its name in either language."""
    return name in (programme.id, programme.names.zh, programme.names.en)


def find_programme_id(pack: Pack, name: str) -> str:
    """Return the id of a programme, given its id, its name or a name that rosters use.

    Raises:
        ReliefError: There is no such programme; the message names the nearest, or all.
    """
    for programme in pack.programmes.values():
        if _is_called(programme, name) or name in programme.roster_names:
            return programme.id
    known = [
        word
        for programme in pack.programmes.values()
        for word in (programme.id, programme.names.zh, programme.names.en)
    ]
    all_programmes = _("The programmes are: {names}").format(
        names=list_programme_names(pack.programmes)
    )
    remedy = suggest_name(name, known) or all_programmes
    raise ReliefError(name, _("'{name}' is not a programme").format(name=name), remedy)


def _find_member(household: Household, place: int) -> Member:
    """Return the member at a place.

    It is found by the member number, not by counting: a place stays empty when somebody leaves.

    Raises:
        ReliefError: The household has no such member.
    """
    number = f"{household.household_no}-{place:02}"
    found = next((member for member in household.members if member.member_no == number), None)
    if found is None:
        raise build_absent_member_error(household.household_no, place)
    return found


class _Explainer:
    """Explains the findings of one household.

    In the methods, `asked` are the members that a finding or a part of a condition is about: nobody
    for the household, a single member, or everybody for a question over members.
    """

    def __init__(
        self, evaluation: Evaluation, household: Household, origins: HouseholdOrigins
    ) -> None:
        self._statement = evaluation.statement
        self._household = household
        self._evaluator: Evaluator = household.evaluator(evaluation.statement)
        self._origins = origins
        definitions = evaluation.statement.pack.definitions
        self._labels = {
            node: definitions[name].labels
            for name, node in evaluation.statement.definitions.items()
        }

    def explain(
        self, finding: Finding, findings: Iterable[Finding], receipts: Iterable[UnitRow]
    ) -> Explanation:
        """Return the explanation of a finding, given all findings and receipts of the household."""
        rules = self._statement.rules[finding.programme]
        members = self._household.members
        asked = [member for member in members if member.member_no == finding.member_no]
        truths = dict(finding.criteria)
        conditions = tuple(
            self._explain_criterion(
                criterion, rules.criteria[criterion.id], truths[criterion.id], asked
            )
            for criterion in rules.programme.criteria
        )
        shown = {parameter.id for condition in conditions for parameter in condition.parameters}
        row = asked[0].row if asked else self._household.row
        return Explanation(
            finding,
            rules.programme,
            conditions,
            tuple(
                parameter
                for parameter in self._list_amount_parameters(rules, finding, asked)
                if parameter.id not in shown
            ),
            tuple(
                receipt
                for receipt in receipts
                if receipt["programme"] == finding.programme
                and receipt["member_no"] in (None, finding.member_no)
            ),
            read_truth(row, ColumnKind.RECEIVES, finding.programme),
            tuple(
                dict.fromkeys(
                    other.programme for other in findings if finding.programme in other.unlocked_by
                )
            ),
        )

    def _list_amount_parameters(
        self, rules: ProgrammeRules, finding: Finding, asked: Sequence[Member]
    ) -> Iterator[UsedParameter]:
        """Yield the parameters that the amount rests on; none for an ineligible finding."""
        if finding.amount_period is None or finding.status == Status.INELIGIBLE:
            return
        nodes: list[Node] = []
        for when, value in rules.amounts:
            truth = True if when is None else self._evaluator.truth(when, _find_row(asked))
            if truth is not False:
                nodes += [part for part, _asked in self._walk_used(value, asked)]
            if truth:
                break
        yield from self._list_parameters(nodes)

    def _explain_criterion(
        self,
        criterion: Criterion,
        node: Node,
        truth: bool | None,  # noqa: FBT001 a truth, no switch
        asked: Sequence[Member],
    ) -> Condition:
        """Return a criterion with the comparisons, parameters, facts and programmes it uses."""
        used = list(self._walk_used(node, asked))
        return Condition(
            criterion,
            truth,
            tuple(self._list_comparisons(node, asked)),
            tuple(self._list_parameters(part for part, _about in used)),
            tuple(
                dict.fromkeys(
                    fact for part, about in used for fact in self._list_facts(part, about)
                )
            ),
            tuple(
                (part.programme, self._evaluator.eligible(part.programme, _find_row(about)))
                for part, about in used
                if isinstance(part, syntax.Eligible)
            ),
        )

    def _list_residents(self) -> list[Member]:
        """Return the members who live here or may live here."""
        return [member for member in self._household.members if member.row["lives"] != 0]

    def _walk_used(
        self, node: Node, asked: Sequence[Member]
    ) -> Iterator[tuple[Node, Sequence[Member]]]:
        """Yield a node and all parts that it rests on, each with the members it is about.

        Of first_known, only the part that is used, or would be asked for, is followed.
        """
        yield node, asked
        about = self._list_residents() if isinstance(node, syntax.OverMembers) else asked
        parts = self._evaluator.list_used_parts(node, _find_row(about))
        for part in parts[:1] if isinstance(node, syntax.FirstKnown) else parts:
            yield from self._walk_used(part, about)

    def _list_comparisons(self, node: Node, asked: Sequence[Member]) -> Iterator[Comparison]:
        """Yield the comparisons of money or counts in a condition.

        In an any_member or all_members, a comparison comes once for each member who may live here.
        """
        match node:
            case syntax.OverMembers(question="any" | "all", of=of):
                for resident in self._list_residents():
                    yield from self._list_comparisons(of, [resident])
            case syntax.Compare(operator=operator, left=left, right=right) if left.type.sort in (
                "money",
                "count",
            ):
                row = _find_row(asked)
                name = asked[0].name if asked and node.owner == "member" else None
                truth = self._evaluator.truth(node, row)
                sides = (self._build_term(left, row), self._build_term(right, row))
                yield Comparison(operator, *sides, truth, name)
            case syntax.And() | syntax.Or() | syntax.Not():
                for part in syntax.children(node):
                    yield from self._list_comparisons(part, asked)

    def _build_term(self, node: Node, member: UnitRow | None) -> Term:
        """Return a side of a comparison; a calculation without a name is split into its parts."""
        pack, value = self._statement.pack, self._evaluator.value(node, member)
        label = self._labels.get(node)
        parts: tuple[Term, ...] = ()
        operator = ""
        match node:
            case syntax.FactRef(fact=name):
                label = pack.facts[name].labels
            case syntax.Arithmetic(left=left, right=right) if label is None:
                operator = node.operator
                parts = (self._build_term(left, member), self._build_term(right, member))
        is_private = self._evaluator.is_based_on_private(node, member)
        return Term(value, node.type.sort, is_private, label, operator, parts)

    def _list_parameters(self, nodes: Iterable[Node]) -> Iterator[UsedParameter]:
        """Yield the parameters among some nodes, sorted by id."""
        names = {node.parameter for node in nodes if isinstance(node, syntax.ParameterRef)}
        for name in sorted(names):
            parameter = self._statement.pack.parameters[name]
            yield UsedParameter(name, parameter.in_force(self._statement.as_of))

    def _list_facts(self, node: Node, asked: Sequence[Member]) -> Iterator[UsedFact]:
        """Yield the facts and receipts that a node itself reads, apart from the nodes below it."""
        match node:
            case syntax.FactRef(fact=name, presumed=presumed):
                column, can_be_presumed = name, presumed is not None
            case syntax.Receives(programme=programme):
                name = f"{RECEIPT}{programme}"
                column = format_column_name(ColumnKind.RECEIVES, programme)
                can_be_presumed = False
            case syntax.HouseholdSize() if self._evaluator.is_size_disputed:
                # the size is counted; only the stated number that contradicts it comes from a cell
                stated = self._household.row["stated_size"]
                places = self._origins.household.get("stated_size", ())
                yield UsedFact("stated_size", None, None, stated, is_presumed=False, places=places)
                return
            case _:
                return
        doubts = self._origins.doubts
        if node.owner == "household":
            stored, doubt = self._household.row[column], doubts.get((None, name))
            places = self._origins.household.get(name, ())
            is_presumed = can_be_presumed and stored is None and doubt is None
            yield UsedFact(name, None, None, stored, is_presumed, places, doubt)
            return
        for member in asked:
            stored, doubt = member.row[column], doubts.get((member.member_no, name))
            places = self._origins.members.get(member.member_no, {}).get(name, ())
            is_presumed = can_be_presumed and stored is None and doubt is None
            about = (name, member.member_no, member.name)
            yield UsedFact(*about, stored, is_presumed, places, doubt)


def _find_row(asked: Sequence[Member]) -> UnitRow | None:
    """Return the row of the first member in `asked`; None for the household."""
    return asked[0].row if asked else None
