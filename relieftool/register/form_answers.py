"""Attaches answers on relief's own forms to the households and people they were printed for.

A form never adds a household, and only the event that somebody moved in adds a person: an answer is
reported and not used if its household or person is not found.
"""

from collections.abc import Iterable, Mapping

from relieftool.messages import Message
from relieftool.register.lines import Line, ProblemLog, SheetTable
from relieftool.register.people import RegisterHousehold, RegisterPerson
from relieftool.register.person_mentions import Mention, is_same_person, list_mentions
from relieftool.spreadsheets.form_row_keys import FORM_KEY
from relieftool.store.settings import keyed_hash
from relieftool.values.id_numbers import IdNumber
from relieftool.values.text import plain_text

NEW_MEMBER = "new"  # in the place of a member: the row is about somebody who moved in
_HOUSEHOLD = "household"
_MARK_LENGTH = 8


def hash_member(secret: str, id_number: str | None, name: str | None) -> str:
    """Return a short keyed hash of a member's ID number, or of the name if there is no ID number.

    It shows whether the member of a printed form is still the same person. Forms already printed
    have this length; it need only differ within a household.
    """
    return keyed_hash(secret, id_number or name or "", _MARK_LENGTH)


def attach_form_answers(
    households: Mapping[str, RegisterHousehold],
    read: Iterable[tuple[SheetTable, list[Line]]],
    secret: str,
    problems: ProblemLog,
) -> None:
    """Add answers to the lines of their household; if about a member, also to their mentions."""
    lines = [line for table, lines in read if table.kind == "form" for line in lines]
    if not lines:
        return
    called = {name: home for home in households.values() for name in home.former} | dict(households)
    for line in lines:
        _attach_answer(called, line, secret, problems)


def _attach_answer(
    households: Mapping[str, RegisterHousehold],
    line: Line,
    secret: str,
    problems: ProblemLog,
) -> None:
    """Attach one answer, or report why it cannot be used."""
    number = line.header(FORM_KEY).partition(":")[2]
    household = households.get(number)
    if household is None:
        problems.add(line, "form-household-unknown", _NO_HOUSEHOLD, is_unused=True)
        return
    _asked, unit, mark, _name = plain_text(line.cell(FORM_KEY)).split(":")
    if unit == NEW_MEMBER:
        add_member(household, RegisterPerson(list(list_mentions(line, problems))))
        return
    if unit != _HOUSEHOLD:
        person = household.find_member(f"{number}-{unit}")
        # the number is not enough: since the form was printed it may have become somebody else's
        if person is None or hash_member(secret, person.id.number, person.name) != mark:
            problems.add(line, "form-member-changed", _NO_MEMBER, is_unused=True)
            return
        person.mentions.append(Mention(line, None, None, IdNumber(), None, is_head=False))
    household.lines.append(line)


def add_member(household: RegisterHousehold, person: RegisterPerson) -> RegisterPerson:
    """Add somebody to a household, as one with the member who is the same person, if any is.

    Returns who is the member now.
    """
    for member in household.people:
        if all(is_same_person(member.mentions, mention) for mention in person.mentions):
            member.mentions += person.mentions
            member.former += person.former
            return member
    household.people.append(person)
    return person


_NO_HOUSEHOLD = Message(
    "no household list names the household of this form; import its list, or check the number"
)
_NO_MEMBER = Message(
    "this member of the household is not the one the form was printed for; print the form again"
    " with `relief form` and copy the answer over"
)
