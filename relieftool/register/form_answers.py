"""Answers on relief's own forms, joined to the households and people they were printed for.

A form never makes a household or a person: what fits nobody is told and not used.
"""

from collections.abc import Iterable, Mapping

from relieftool.messages import Message
from relieftool.register.lines import Line, ProblemLog, SheetTable
from relieftool.register.people import RegisterHousehold, RegisterPerson
from relieftool.register.person_mentions import Mention
from relieftool.store.problem_decisions import ProblemDecisions
from relieftool.store.settings import keyed_hash
from relieftool.values.id_numbers import IdNumber
from relieftool.values.text import plain_text

FORM_KEY = "form_key"
_HOUSEHOLD = "household"
_MARK_LENGTH = 8


def hash_member(secret: str, id_number: str | None, name: str | None) -> str:
    """Return a short keyed hash that says whether a member is still the same person.

    It stays as short as on the forms that are printed already: it tells only those of a household.
    """
    return keyed_hash(secret, id_number or name or "", _MARK_LENGTH)


def attach_form_answers(
    households: Mapping[str, RegisterHousehold],
    read: Iterable[tuple[SheetTable, list[Line]]],
    decisions: ProblemDecisions,
    findings: ProblemLog,
) -> None:
    """Add the answers to the lines of their households and members."""
    for table, lines in read:
        if table.kind == "form":
            for line in lines:
                _attach(households, line, decisions, findings)


def _attach(
    households: Mapping[str, RegisterHousehold],
    line: Line,
    decisions: ProblemDecisions,
    findings: ProblemLog,
) -> None:
    number = line.header(FORM_KEY).partition(":")[2]
    household = households.get(number) or households.get(decisions.former.get(number, ""))
    if household is None:
        findings.add(line, "form-household-unknown", _NO_HOUSEHOLD, is_unused=True)
        return
    _asked, unit, mark, _name = plain_text(line.cell(FORM_KEY)).split(":")
    if unit != _HOUSEHOLD:
        person = _person(household, unit)
        secret = decisions.subjects.secret
        if person is None or hash_member(secret, person.id.number, person.name) != mark:
            findings.add(line, "form-member-changed", _NO_MEMBER, is_unused=True)
            return
        person.sightings.append(Mention(line, None, None, IdNumber(), None, is_head=False))
    household.lines.append(line)


def _person(household: RegisterHousehold, place: str) -> RegisterPerson | None:
    number = f"{household.household_no}-{place}"
    return next((person for person in household.people if person.member_no == number), None)


_NO_HOUSEHOLD = Message(
    "no household list names the household of this form; import its list, or check the number"
)
_NO_MEMBER = Message(
    "the household's people are not those this form was printed for; print the form anew with"
    " `relief form` and copy the answer over"
)
