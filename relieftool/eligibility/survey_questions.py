"""What a surveyor takes to a household: what is known, what to ask first, what it may claim."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlite_utils import Database

from relieftool.eligibility.evaluation import Evaluation, Household, evaluate_register
from relieftool.eligibility.findings import CLAIMABLE_STATUSES, Finding
from relieftool.eligibility.gaps import find_household_findings
from relieftool.eligibility.household import build_unknown_household_error
from relieftool.eligibility.visit_list import plan_visits
from relieftool.pack.facts import Fact, Owner
from relieftool.pack.models import Pack
from relieftool.register.form_answers import hash_member
from relieftool.rules.bounds import UnitRow
from relieftool.rules.minimal_questions import RECEIPT
from relieftool.store.settings import read_setting

KnownValue = int | str | None


@dataclass(frozen=True)
class FormPerson:
    """A member as the form names him: number, place in the household, name, and his mark."""

    member_no: str
    name: str | None
    mark: str

    @property
    def place(self) -> str:
        """Return the place as the member number writes it."""
        return self.member_no.rpartition("-")[2]


@dataclass(frozen=True)
class SurveyQuestion:
    """One thing to ask: a fact, or with `is_receipt` whether a programme is received.

    `person` is None for the household; `known` is what the register holds.
    """

    name: str
    person: FormPerson | None
    known: KnownValue = None
    is_receipt: bool = False


@dataclass(frozen=True)
class SurveyForm:
    """A household's form: `decisive` questions decide most, `further` still open findings.

    `others` are the facts known, to be put right; `claims` what may be had.
    """

    household_no: str
    community: str
    head: str | None
    people: tuple[FormPerson, ...]
    decisive: tuple[SurveyQuestion, ...]
    further: tuple[SurveyQuestion, ...]
    others: tuple[SurveyQuestion, ...]
    claims: tuple[Finding, ...]


def find_survey_forms(  # noqa: PLR0913 whom to visit
    db: Database,
    pack: Pack,
    as_of: dt.date,
    *,
    numbers: Iterable[str] = (),
    community: str | None = None,
    is_undetermined: bool = False,
) -> list[SurveyForm]:
    """Return the forms of the households named, of a community, or of those with open findings.

    They come by community and number.

    Raises:
        ReliefError: There is no household of a number; the nearest are named.
    """
    evaluation = evaluate_register(db, pack, as_of)
    wanted = set(numbers)
    for number in sorted(wanted - {one.household_no for one in evaluation.households}):
        raise build_unknown_household_error(db, number)
    forms = []
    for household in sorted(
        evaluation.households, key=lambda each: (each.community, each.household_no)
    ):
        if (wanted and household.household_no not in wanted) or community not in (
            None,
            household.community,
        ):
            continue
        if not is_undetermined or _is_open(evaluation, household):
            findings = find_household_findings(evaluation, household)
            forms.append(_form(db, pack, household.household_no, household.community, findings))
    return forms


def _is_open(evaluation: Evaluation, household: Household) -> bool:
    findings = find_household_findings(evaluation, household, with_grounds=False)
    return any(finding.status == "undetermined" for finding in findings)


def _form(
    db: Database, pack: Pack, number: str, community: str, findings: list[Finding]
) -> SurveyForm:
    """Gather one household's form."""
    (household,) = db.query("SELECT * FROM households WHERE household_no = ?", [number])
    rows = list(db.query("SELECT * FROM members WHERE household_no = ? ORDER BY place", [number]))
    secret = read_setting(db, "secret") or ""
    people = {row["member_no"]: _person(row, secret) for row in rows}
    asking = _QuestionBuilder(pack, household, {row["member_no"]: row for row in rows}, people)
    visits = plan_visits(findings)
    decisive = asking.decisive(visits[0].ask) if visits else []
    undetermined = [finding for finding in findings if finding.status == "undetermined"]
    further = [one for one in asking.open_still(undetermined) if one not in decisive]
    asked = {(one.name, one.person) for one in (*decisive, *further)}
    others = [one for one in asking.everything() if (one.name, one.person) not in asked]
    head = people.get(household["head_member_no"])
    return SurveyForm(
        number,
        community,
        head.name if head else None,
        tuple(people.values()),
        tuple(decisive),
        tuple(further),
        tuple(others),
        tuple(one for one in findings if one.status in CLAIMABLE_STATUSES),
    )


def _person(row: UnitRow, secret: str) -> FormPerson:
    name, number = row["name"], row["id_number"]
    known = None if name is None else str(name)
    mark = hash_member(secret, None if number is None else str(number), known)
    return FormPerson(str(row["member_no"]), known, mark)


class _QuestionBuilder:
    """Turns names of what is missing into questions."""

    def __init__(
        self,
        pack: Pack,
        household: UnitRow,
        members: dict[str, UnitRow],
        people: dict[str, FormPerson],
    ) -> None:
        self._pack = pack
        self._household = household
        self._members = members
        self._people = people

    def decisive(self, named: Iterable[str]) -> list[SurveyQuestion]:
        """Return the questions of a planned visit, which name their members."""
        found: list[SurveyQuestion] = []
        for one in named:
            member_no, _colon, rest = one.partition(":")
            person = self._people.get(member_no)
            found += self._about(rest if person else one, [person])
        return list(dict.fromkeys(found))

    def open_still(self, findings: Iterable[Finding]) -> list[SurveyQuestion]:
        """Return the questions for all that findings lack; of members nobody names, of each."""
        found: list[SurveyQuestion] = []
        for finding in findings:
            people = (
                [self._people[finding.member_no]]
                if finding.member_no
                else list(self._people.values())
            )
            for name in finding.missing:
                found += self._about(name, [None, *people])
        return list(dict.fromkeys(found))

    def _about(self, name: str, people: Iterable[FormPerson | None]) -> Iterator[SurveyQuestion]:
        """Return the questions for a fact or receipt about those of its unit; known ones left out."""
        is_receipt = name.startswith(RECEIPT)
        known = self._pack.programmes if is_receipt else self._pack.facts
        key = name.removeprefix(RECEIPT)
        if key not in known:
            return  # a value of the law, or who lives there: nobody at the door can say
        is_member = self._is_of_member(key, is_receipt=is_receipt)
        for person in people:
            question = SurveyQuestion(key, person, None, is_receipt=True)
            if not is_receipt:
                question = self._question(self._pack.facts[key], person)
            if is_member == (person is not None) and question.known is None:
                yield question

    def _is_of_member(self, key: str, *, is_receipt: bool) -> bool:
        programmes, facts = self._pack.programmes, self._pack.facts
        return (programmes[key].unit if is_receipt else facts[key].owner) == "member"

    def everything(self) -> Iterator[SurveyQuestion]:
        """Return every fact that is known, the household's before each member's."""
        yield from self._facts("household", None)
        for person in self._people.values():
            yield from self._facts("member", person)

    def _facts(self, owner: Owner, person: FormPerson | None) -> Iterator[SurveyQuestion]:
        for fact in self._pack.facts.values():
            if fact.owner != owner:
                continue
            question = self._question(fact, person)
            if question.known is not None:
                yield question

    def _question(self, fact: Fact, person: FormPerson | None) -> SurveyQuestion:
        row = self._members[person.member_no] if person else self._household
        return SurveyQuestion(fact.id, person, row.get(fact.id))
