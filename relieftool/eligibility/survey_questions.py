"""Builds the survey form of a household: what is known, what to ask first, what it can claim.

Only facts and receipts are asked for: a family cannot answer questions about the law.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlite_utils import Database

from relieftool.eligibility.findings import CLAIMABLE_STATUSES, Finding, Status
from relieftool.eligibility.gaps import plan_visits
from relieftool.eligibility.household import build_absent_household_error
from relieftool.eligibility.kept_findings import open_findings
from relieftool.pack.facts import RECEIPT, Fact
from relieftool.pack.models import Pack
from relieftool.register.form_answers import hash_member
from relieftool.store.communities import list_household_numbers
from relieftool.store.settings import read_setting
from relieftool.values.stored_values import StoredValue, UnitRow


@dataclass(frozen=True)
class FormPerson:
    """A member as the form names them; `mark` is a keyed hash that identifies the member later."""

    member_no: str
    name: str | None
    mark: str

    @property
    def place(self) -> str:
        """The place in the household, which is the last part of the member number."""
        return self.member_no.rpartition("-")[2]


@dataclass(frozen=True)
class SurveyQuestion:
    """A question about a fact, or with `is_receipt` about whether a programme is received.

    `person` is None if it is about the household; `known` is the value in the register (None:
    unknown).
    """

    name: str
    person: FormPerson | None
    known: StoredValue = None
    is_receipt: bool = False


@dataclass(frozen=True)
class SurveyForm:
    """The survey form of a household.

    `decisive` are, for each undetermined finding, the fewest questions that could decide it;
    `further` are the other questions that these findings leave open, as far as the family is asked;
    `looked_up` are those that an authority can answer. `others` are known facts, to be corrected if
    wrong; `claims` are the findings that can be claimed.
    """

    household_no: str
    community: str
    head: str | None
    people: tuple[FormPerson, ...]
    decisive: tuple[SurveyQuestion, ...]
    further: tuple[SurveyQuestion, ...]
    others: tuple[SurveyQuestion, ...]
    claims: tuple[Finding, ...]
    looked_up: tuple[SurveyQuestion, ...] = ()


def find_survey_forms(  # noqa: PLR0913 whom to visit
    db: Database,
    pack: Pack,
    as_of: dt.date,
    *,
    numbers: Iterable[str] = (),
    community: str | None = None,
    is_undetermined: bool = False,
) -> list[SurveyForm]:
    """Return the forms of households, ordered by community and number.

    All three filters apply: `numbers` (if empty, all), `community`, and with `is_undetermined` only
    households with an undetermined finding.

    Raises:
        ReliefError: A household number does not exist; the message names the nearest numbers.
    """
    asked_numbers = set(numbers)
    for number in sorted(asked_numbers.difference(list_household_numbers(db, None))):
        raise build_absent_household_error(db, number)
    chosen = [
        number
        for number in list_household_numbers(db, community)
        if not asked_numbers or number in asked_numbers
    ]
    with open_findings(db, pack, as_of, chosen, with_questions=True) as kept:
        findings = kept.list_by_household()
        forms = [
            _build_form(db, pack, number, findings.get(number, []))
            for number in chosen
            if not is_undetermined or _is_undetermined(findings.get(number, []))
        ]
    return sorted(forms, key=lambda form: (form.community, form.household_no))


def _is_undetermined(findings: Iterable[Finding]) -> bool:
    """Whether a household has an undetermined finding."""
    return any(finding.status == Status.UNDETERMINED for finding in findings)


_HOUSEHOLD = """
    SELECT households.*, communities.name AS community FROM households
    JOIN communities ON communities.community_id = households.community_id
    WHERE households.household_no = ?
"""


def _build_form(db: Database, pack: Pack, number: str, findings: list[Finding]) -> SurveyForm:
    """Return the form of one household."""
    (household,) = db.query(_HOUSEHOLD, [number])
    rows = list(db.query("SELECT * FROM members WHERE household_no = ? ORDER BY place", [number]))
    secret = read_setting(db, "secret") or ""
    people = {row["member_no"]: _build_person(row, secret) for row in rows}
    builder = _QuestionBuilder(pack, household, {row["member_no"]: row for row in rows}, people)
    visits = plan_visits(findings)
    decisive = builder.build_decisive(visits[0].ask) if visits else []
    further = [question for question in builder.build_missing(findings) if question not in decisive]
    asked = {(question.name, question.person) for question in (*decisive, *further)}
    others = [
        question
        for question in builder.build_known()
        if (question.name, question.person) not in asked
    ]
    head = people.get(household["head_member_no"])
    looked_up = [each for each in (*decisive, *further) if builder.is_looked_up(each)]
    return SurveyForm(
        number,
        household["community"],
        head.name if head else None,
        tuple(people.values()),
        tuple(each for each in decisive if each not in looked_up),
        tuple(each for each in further if each not in looked_up),
        tuple(others),
        tuple(finding for finding in findings if finding.status in CLAIMABLE_STATUSES),
        tuple(looked_up),
    )


def _build_person(row: UnitRow, secret: str) -> FormPerson:
    """Return a member of the register as the form names them."""
    name, number = row["name"], row["id_number"]
    known = None if name is None else str(name)
    mark = hash_member(secret, None if number is None else str(number), known)
    return FormPerson(str(row["member_no"]), known, mark)


class _QuestionBuilder:
    """Builds the questions of one household's form, without repeating a question."""

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

    def build_decisive(self, names: Iterable[str]) -> list[SurveyQuestion]:
        """Return the questions of a planned visit.

        In `names`, a question about a member begins with the member number.
        """
        found: list[SurveyQuestion] = []
        for name in names:
            member_no, _colon, rest = name.partition(":")
            person = self._people.get(member_no)
            found += self._build_questions(rest if person else name, [person])
        return list(dict.fromkeys(found))

    def is_looked_up(self, question: SurveyQuestion) -> bool:
        """Whether an authority can answer a question, so that the family is not asked."""
        fact = self._pack.facts.get(question.name)
        return not question.is_receipt and fact is not None and fact.looked_up is not None

    def build_missing(self, findings: Iterable[Finding]) -> list[SurveyQuestion]:
        """Return the questions for everything that undetermined findings lack.

        A fact of members is asked of those on whom something depends.
        """
        found: list[SurveyQuestion] = []
        for finding in findings:
            if finding.status == Status.UNDETERMINED:
                number = finding.member_no
                people = [self._people[number]] if number else list(self._people.values())
                for asked in finding.asks:
                    member, _bar, name = asked.rpartition("|")
                    whom = [self._people[member]] if member in self._people else [None, *people]
                    found += self._build_questions(name, whom)
        return list(dict.fromkeys(found))

    def _build_questions(
        self, name: str, people: Iterable[FormPerson | None]
    ) -> Iterator[SurveyQuestion]:
        """Yield the questions about a fact or receipt, for the people it can be asked about.

        None among the people is the household. Facts that are known already are left out.
        """
        is_receipt = name.startswith(RECEIPT)
        known = self._pack.programmes if is_receipt else self._pack.facts
        key = name.removeprefix(RECEIPT)
        if key not in known:
            return  # a value of the law, or who lives there: not a question for this form
        is_member = self._is_of_member(key, is_receipt=is_receipt)
        for person in people:
            question = SurveyQuestion(key, person, None, is_receipt=True)
            if not is_receipt:
                question = self._build_question(self._pack.facts[key], person)
            if is_member == (person is not None) and question.known is None:
                yield question

    def _is_of_member(self, key: str, *, is_receipt: bool) -> bool:
        """Whether a programme or fact is for members, not for the household."""
        programmes, facts = self._pack.programmes, self._pack.facts
        return (programmes[key].unit if is_receipt else facts[key].owner) == "member"

    def build_known(self) -> Iterator[SurveyQuestion]:
        """Yield a question for every known fact, the household's before each member's."""
        for person in (None, *self._people.values()):
            owner = "member" if person else "household"
            for fact in self._pack.facts.values():
                question = self._build_question(fact, person)
                if fact.owner == owner and question.known is not None:
                    yield question

    def _build_question(self, fact: Fact, person: FormPerson | None) -> SurveyQuestion:
        """Return the question about a fact, with its value in the register."""
        row = self._members[person.member_no] if person else self._household
        return SurveyQuestion(fact.id, person, row.get(fact.id))
