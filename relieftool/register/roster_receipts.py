"""Reads receipts from rosters: the member that each row means.

An ID number beside the right name, or a decision, makes a receipt certain. By name alone it is a
"maybe", which does not count as paid or denied.
"""

import json
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from sqlite_utils import Database

from relieftool.messages import Message
from relieftool.pack.models import Pack
from relieftool.register.lines import (
    MERGED_AMOUNT,
    Line,
    ProblemLog,
    SheetTable,
    find_line_community,
    list_merged_amounts,
    read_row_community,
)
from relieftool.register.people import (
    HouseholdMember,
    RegisterHousehold,
    RegisterPerson,
    list_person_keys,
)
from relieftool.register.person_mentions import (
    NOT_IN_REGISTER,
    ask_once_of_homes,
    find_unlisted_head,
    list_mentions,
    read_household_no,
)
from relieftool.register.roster_payments import PaymentReader, RowPayment
from relieftool.register.rosters import (
    ListState,
    RosterBenefits,
    RowState,
    find_covered_months,
    find_list_state,
    find_roster_period,
    find_row_period,
    read_row_state,
)
from relieftool.register.row_groups import read_some_rows
from relieftool.register.sheet_communities import may_be_one_community
from relieftool.register.sheet_receipts import (
    Receipt,
    explain_unclear,
    has_no_amount,
    is_zero,
    list_cell_parts,
)
from relieftool.store.problem_decisions import (
    BELONGS,
    HIDDEN,
    IS_MEMBER,
    LEAVE,
    NOBODY,
    RECLAIM,
    ProblemDecisions,
)
from relieftool.values.id_numbers import IdNumber
from relieftool.values.payments import find_word_of_leaving, names_grace
from relieftool.values.similarity import (
    SimilarPeople,
    WrittenNumber,
    is_same_name,
    read_written_number,
)
from relieftool.values.text import is_blank, plain_text

DOUBTFUL = "doubtful"  # the loose key of a row that does not surely mean one person
_MOST_PLACES = 3
_NO_ID = IdNumber()


@dataclass(frozen=True)
class RosterReader:
    """Matches roster rows to members by ID number, by decision, or only perhaps by name.

    The ids of rows that do not surely mean one person, or pay nothing, are added to `doubtful`.
    `left` are people who have left their household, by their numbers and names.
    """

    pack: Pack
    problems: ProblemLog
    benefits: RosterBenefits
    by_number: Mapping[str, list[HouseholdMember]]
    by_name: Mapping[str, list[HouseholdMember]]
    by_member: Mapping[str, HouseholdMember]
    decisions: ProblemDecisions
    doubtful: set[int]
    left: Mapping[str, HouseholdMember]

    @cached_property
    def _payments(self) -> PaymentReader:
        """The reader of what the rows pay."""
        return PaymentReader(self.pack, self.problems, self.benefits, self.decisions)

    def read(self, table: SheetTable, lines: Iterable[Line]) -> Iterator[Receipt]:
        """Yield the receipts of one roster, and report rows that are unclear."""
        rows = [line for line in lines if line.role != "total"]
        begun, list_state = len(self.problems.found), find_list_state(table)
        self._payments.begin(table, rows)
        receipts = self._drop_merged(list(self._read_rows(table, rows, list_state)), rows)
        paid = {receipt.row_id for receipt in receipts}
        ask_once_of_homes(rows, paid, self.problems, self.decisions, begun)
        yield from self._fill_households(receipts, rows)

    def _read_rows(
        self, table: SheetTable, rows: Iterable[Line], list_state: ListState | None
    ) -> Iterator[Receipt]:
        """Yield the receipts of a roster's rows, each by itself."""
        for line in rows:
            stated = line.shared_cell("covers")
            if not is_blank(stated) and find_covered_months(table, stated) is None:
                self.problems.add(line, "value-unreadable", _NO_MONTH, "covers")
            area = read_row_community(line) or table.area
            state = self._read_state(line)
            paid = list(self._payments.list_paid(table, line, state, list_state))
            if paid and (owner := self._find_left(line, area)) is not None:
                yield from self._list_household_receipts(line, paid, owner, area)
            elif paid:
                yield from self._match_row(line, paid, state, area)
            elif self.benefits.list_columns(table):
                # nothing is paid, but a person who is on no household list must still be reported
                self.doubtful.add(line.row_id)
                self._find_meant(line, area)
                if any(not is_zero(part.cell) for part in list_cell_parts(line, ("amount", None))):
                    self.problems.add(line, "benefit-unknown", _FOR_NOTHING, "amount")

    def _read_state(self, line: Line) -> RowState:
        """Return what a row says of its payment; a hidden or struck row may not count."""
        state = read_row_state(line)
        if state.says != "no" and line.number in line.table.hidden_rows:
            return RowState("maybe")
        if state.says == "no" or not line.is_struck:
            return state
        table = line.table
        names = (table.file_name, table.sheet, table.covers)
        subject = self.decisions.subjects.name(HIDDEN, "struck", *names)
        decided = self.decisions.of(subject)
        if decided is not None and decided.choice == BELONGS:
            return state
        self.problems.add(line, "row-struck", _STRUCK, subject=subject)
        return RowState("maybe")

    def _drop_merged(self, receipts: list[Receipt], rows: Sequence[Line]) -> list[Receipt]:
        """Return the receipts; the amount in a cell merged over several who are paid is nobody's.

        Members of one household may share its amount in one cell.
        """
        merged = list(list_merged_amounts(rows))
        by_row: dict[int, list[Receipt]] = defaultdict(list)
        for receipt in receipts if merged else ():
            by_row[receipt.row_id].append(receipt)
        dropped: set[tuple[int, str]] = set()
        for target, lines in merged:
            paid = {
                (receipt.programme, *self._find_owner(receipt))
                for line in lines
                for receipt in by_row[line.row_id]
            }
            programmes = {programme for programme, *_owner in paid}
            if len(paid) > len(programmes) or not all(by_row[line.row_id] for line in lines):
                dropped |= {(line.row_id, name) for line in lines for name in programmes}
                for line in lines:
                    self.problems.add(line, "amount-merged", MERGED_AMOUNT, target)
        return [
            receipt._replace(amount_fen=None)
            if (receipt.row_id, receipt.programme) in dropped
            else receipt
            for receipt in receipts
        ]

    def _find_owner(self, receipt: Receipt) -> tuple[str, str | None]:
        """Return the household, or the household and member, whose benefit a receipt is."""
        is_of_home = self.pack.programmes[receipt.programme].unit == "household"
        return receipt.household_no, None if is_of_home else receipt.member_no

    def _fill_households(self, receipts: list[Receipt], rows: Iterable[Line]) -> Iterator[Receipt]:
        """Yield the receipts; beside the one row with a household's amount, blank rows add 0."""
        unknown = {
            receipt.row_id
            for receipt in receipts
            if receipt.says == "yes"
            and receipt.amount_fen is None
            and self.pack.programmes[receipt.programme].unit == "household"
        }
        blank = {line.row_id for line in rows if line.row_id in unknown and has_no_amount(line)}
        paid: dict[tuple[object, ...], list[str | None]] = defaultdict(list)
        for receipt in receipts if blank else ():
            if receipt.amount_fen:
                paid[_about_household(receipt)].append(receipt.member_no)
        for receipt in receipts:
            others = paid[_about_household(receipt)] if receipt.row_id in blank else []
            is_beside = len(others) == 1 and receipt.member_no not in others
            yield receipt._replace(amount_fen=0) if is_beside else receipt

    def _match_row(
        self, line: Line, paid: list[RowPayment], state: RowState, area: str | None
    ) -> Iterator[Receipt]:
        """Yield receipts for the person a row means, or a "maybe" for each it may mean.

        A row that states the end of a benefit is a "no" for the person it means; if that is in
        doubt, it yields nothing. A row that takes money back is a "maybe": it may correct an
        earlier month.
        """
        people, perhaps = self._find_meant(line, area)
        if state.says == "maybe" and state.header:
            why = explain_unclear(state.header, state.cell, find_row_period(line))
            self._payments.report(line, "receipt-state-unclear", why, state.header)
        for payment in paid:
            if len(people) == 1:
                yield self._make_receipt(line, payment, people[0])
            elif payment.says != "no":
                unsure = payment._replace(says="maybe", fen=None, is_open=False)
                yield from (self._make_receipt(line, unsure, each) for each in perhaps)
        if any(payment.says != "yes" for payment in paid):
            self._report_gone(line, state, people, perhaps)
        for key in (("paid_state", None), ("remark", None)) if line.table.states_payments else ():
            for part in list_cell_parts(line, key):
                if names_grace(part.cell):
                    header = part.column.header
                    self.problems.add(line, "roster-says-grace", _SAYS_GRACE, header=header)

    def _find_left(self, line: Line, area: str | None) -> HouseholdMember | None:
        """Return a row's person who has left a household, and that, if they live in no other."""
        if not self.left:
            return None
        written = plain_text(line.cell(line.id_target))
        decided = self.decisions.of(self._name_subject(line, written, area))
        meant = decided.written if decided and decided.choice == IS_MEMBER else None
        called = meant or line.id_number(line.id_target).number or ""
        is_here = called in self.by_number or called in self.by_member
        return None if is_here else self.left.get(called)

    def _list_household_receipts(
        self, line: Line, paid: Sequence[RowPayment], owner: HouseholdMember, area: str | None
    ) -> Iterator[Receipt]:
        """Yield what a row pays for a household in the name of somebody who has left it.

        If it is paid for a time after they left, somebody must look whether it is reclaimed.
        """
        household, person = owner
        self.doubtful.add(line.row_id)
        named = {line.id_number(line.id_target).number, _read_name(line)} - {None}
        gone = (each for each in household.left if named & {each.id.number, each.name})
        who = next((each.member_no for each in gone), household.household_no)
        yes = (payment.programme.id for payment in paid if payment.says == "yes")
        programmes = ",".join(dict.fromkeys(yes))
        params: dict[str, str | int] = {"who": who, "programmes": programmes}
        about = plain_text(line.cell(line.id_target)), _read_name(line), area
        subject = self.decisions.subjects.name(RECLAIM, *about, find_row_period(line), programmes)
        is_since = (line.table.dated_on or "9999") > person.left_on
        is_open = is_since and bool(programmes) and self.decisions.of(subject) is None
        message = _HAS_LEFT if household.people else _HAS_ENDED
        self.problems.add(
            line,
            "roster-person-left",
            _PAID_SINCE if is_open else message,
            line.id_target,
            params=params,
            subject=subject if is_open else None,
        )
        for payment in paid if household.people else ():
            if payment.programme.unit == "household":
                receipt = self._make_receipt(line, payment, (household, None))
                yield receipt._replace(payee_is_gone=is_open)

    def _find_meant(
        self, line: Line, area: str | None
    ) -> tuple[list[HouseholdMember], list[HouseholdMember]]:
        """Return whom a row surely means (at most one person), and whom it may mean otherwise.

        A row with nothing but the name of somebody who has left may mean those who remain. A doubt
        is reported, and a decision settles it. An ID number is not enough if its owner has
        another name on the lists: by one wrong digit somebody else would count as receiving.
        """
        read = line.id_number(line.id_target)
        people = self.by_number.get(read.number, []) if read.number else []
        name = _read_name(line)
        has_other_name = len(people) == 1 and not _may_be_called(people[0], name)
        if len(people) == 1 and not has_other_name:
            return people, []
        self.doubtful.add(line.row_id)
        subject = self._name_subject(line, plain_text(line.cell(line.id_target)), area)
        decided = self.decisions.of(subject)
        if decided and decided.choice == IS_MEMBER:
            owner = self.by_member.get(decided.written or "")
            if owner is not None:
                return [owner], []
        if decided and decided.choice == NOBODY:
            return [], []
        perhaps = people or self._find_by_name(name, area, read)
        if has_other_name:  # the number may be wrong as well as the name
            perhaps = [*people, *self._find_by_name(name, area, _NO_ID)]
        similar = [] if people else self._find_similar(line, read, area, perhaps)
        if decided is None or decided.choice != LEAVE:
            code, message = self._describe_doubt(read.problem, people, perhaps, similar)
            is_unused = code == NOT_IN_REGISTER
            self.problems.add(
                line, code, message, line.id_target, is_unused=is_unused, subject=subject
            )
        left = None if read.number or name is None else self.left.get(name)
        remaining = [] if left is None else [(left[0], person) for person in left[0].people[:1]]
        return [], [*perhaps, *similar, *remaining]

    def _find_similar(
        self, line: Line, read: IdNumber, area: str | None, named: list[HouseholdMember]
    ) -> list[HouseholdMember]:
        """Return the members in the area with nearly the row's ID number; if none, nearly its name.

        Similar names are compared only if the row has no valid number and nobody is in `named`.
        Nobody is returned if somebody with a similar number is in `named` already.
        """
        written = read_written_number(line.cell(line.id_target), read)
        found = self._filter_by_area(self._similar_people.find_by_number(written), area)
        known = {person.member_no for _household, person in named}
        if any(person.member_no in known for _household, person in found):
            return []
        if found or named or read.number:
            return found
        return self._filter_by_area(self._similar_people.find_by_name(_read_name(line)), area)

    @cached_property
    def _similar_people(self) -> SimilarPeople[HouseholdMember]:
        """Return an index of all members by their numbers and names on the lists."""
        index: SimilarPeople[HouseholdMember] = SimilarPeople()
        for owner in {id(owner[1]): owner for owner in self.by_member.values()}.values():
            for mention in owner[1].mentions:
                cell = mention.line.cell(mention.id_target, mention.place or None)
                index.add(owner, mention.name, read_written_number(cell, mention.id))
        return index

    def _name_subject(self, line: Line, number: str, area: str | None) -> str:
        """Return the key of a decision about a row, made of number, name and area.

        Without a number it is made of the row's position and name.
        """
        name = _read_name(line) or ""
        if number:
            return self.decisions.subjects.name("roster", number, name, area)
        table = line.table
        row = (table.file_name, table.sheet, table.covers, line.number)
        return self.decisions.subjects.name("roster", *row, name)

    def _find_by_name(
        self, name: str | None, area: str | None, read: IdNumber
    ) -> list[HouseholdMember]:
        """Return the members in the area with this name whose ID number may be the row's."""
        named = self._filter_by_area(self.by_name.get(name or "", []), area)
        return [owner for owner in named if read.may_be(owner[1].id.number)]

    def _filter_by_area(self, of: list[HouseholdMember], area: str | None) -> list[HouseholdMember]:
        """Return the members who may live in an area (None: anywhere), each once.

        Until it is decided, a community of nearly the area's name may be the area.
        """
        return list(
            {
                owner[1].member_no: owner
                for owner in of
                if area in (None, owner[0].community)
                or may_be_one_community(area, owner[0].community, self.decisions)
            }.values()
        )

    def _describe_doubt(
        self,
        problem: Message | None,
        same: list[HouseholdMember],
        perhaps: list[HouseholdMember],
        similar: list[HouseholdMember],
    ) -> tuple[str, Message]:
        """Return the problem code and message for a row that does not surely mean one person.

        `same` have its ID number, `perhaps` may be meant, `similar` have nearly its number or name.
        """
        if len(same) == 1:
            return "roster-name-differs", Message(_OTHER_NAME.template, _list_places(perhaps))
        if same:
            return "roster-person-twice", Message(_TWICE.template, _list_places(same))
        if perhaps:
            unsure = Message(_UNSURE.template, _list_places(perhaps))
            return "roster-person-unsure", problem or unsure
        if similar:
            return "roster-person-unsure", Message(_SIMILAR.template, _list_places(similar))
        return NOT_IN_REGISTER, problem or _IN_NO_LIST

    def _report_gone(
        self,
        line: Line,
        state: RowState,
        people: Sequence[HouseholdMember],
        perhaps: Sequence[HouseholdMember],
    ) -> None:
        """Report a row that states a death or a move, which the household lists should show too.

        Unless a newer list has them, it is unknown whether they still live there; so it is of all
        whom the row may mean, until somebody says whom.
        """
        cells = [part.cell for part in list_cell_parts(line, ("amount", None))]
        for _days, column in line.table.month_columns:
            cells += line.cells[column.position : column.position + 1]
        if not (state.left or any(map(find_word_of_leaving, cells))):
            return
        for _household, person in () if len(people) == 1 else perhaps:
            if person.last_day <= (line.table.dated_on or "9999"):
                person.mark_gone(line, line.table.begins_on or "")
        if len(people) != 1:
            return
        header, (household, person) = state.header or line.header("amount"), people[0]
        if person.last_day > (line.table.dated_on or "9999"):
            self.problems.add(line, "roster-says-gone", _SAYS_GONE, header=header)
            return
        keys = list_person_keys(person, household)
        subjects = [self.decisions.subjects.name("said", key) for key in keys]
        if self.decisions.of(*subjects) is None:
            person.mark_gone(line, line.table.begins_on or "")
            params: dict[str, str | int] = {"who": person.member_no}
            self.problems.add(
                *(line, "roster-says-gone", _MAY_BE_GONE),
                header=header,
                params=params,
                subject=subjects[0],
            )

    def _make_receipt(
        self,
        line: Line,
        payment: RowPayment,
        owner: tuple[RegisterHousehold, RegisterPerson | None],
    ) -> Receipt:
        (household, person), programme = owner, payment.programme
        of_row = find_roster_period(line.table, programme, line.shared_cell("covers"))
        return Receipt(
            household.household_no,
            None if person is None else person.member_no,
            programme.id,
            payment.says,
            "roster",
            payment.fen,
            programme.period,
            *(payment.days or of_row),
            payee_is_gone=False,  # known only when all rosters are read
            row_id=line.row_id,
            is_open=payment.is_open,
        )


_IN_NO_LIST = Message("this person is in no household list; check whether a list is missing")
_HAS_LEFT = Message(
    "this person has left the household; what is paid for the household counts as received by those"
    " who remain"
)
_PAID_SINCE = Message(
    "this person died or moved away and is still paid; ask the department to stop it, and whether"
    " it is reclaimed"
)
_HAS_ENDED = Message(
    "this person has died or left, and nobody of the household remains; what is still paid is to be"
    " stopped and reclaimed"
)
_SAYS_GONE = Message(
    "the roster says this person died or moved, so the benefit ended; the household list still has"
    " them"
)
_MAY_BE_GONE = Message(
    "the roster says that {who} died or moved, and the household list still has them; whether they"
    " still live in this household is unknown until it is decided"
)
_SAYS_GRACE = Message(
    "the roster says that this benefit is in its grace period (渐退期), which counts only if the"
    " household list says so; write 是 in a column 渐退期 of that list"
)
_TWICE = Message("this ID number stands in more than one household ({places}); decide which")
_OTHER_NAME = Message(
    "this ID number is that of somebody with another name; it may mean {places}. Correct the name"
    " or the number, or decide whom it means"
)
_UNSURE = Message(
    "nobody has this ID number, but somebody of this name has none or another ({places}); compare"
    " them"
)
_SIMILAR = Message(
    "nobody has this ID number and name, but somebody has nearly the same ({places}) and may"
    " receive this benefit; correct whichever is miswritten, or decide"
)


def _about_household(receipt: Receipt) -> tuple[object, ...]:
    """Return the household, benefit and days that a receipt is about."""
    return receipt.household_no, receipt.programme, receipt.covers_from, receipt.covers_until


def _list_places(owners: list[HouseholdMember]) -> dict[str, str | int]:
    """Return the message parameter `places`: where the first few of these members are listed."""
    lines = [(person, person.mentions[0].line) for _household, person in owners[:_MOST_PLACES]]
    words = (
        f"{person.member_no}: {line.table.file_name} / {line.table.sheet} / {line.number}"
        for person, line in lines
    )
    return {"places": "; ".join(words)}


def _may_be_called(owner: HouseholdMember, name: str | None) -> bool:
    """Whether a person may have a name: a line of theirs has it, or no name is known to compare."""
    names = [mention.name for mention in owner[1].mentions if mention.name]
    return not name or not names or any(is_same_name(name, known) for known in names)


def _read_name(line: Line) -> str | None:
    """Return the name on a roster row; None if there is none."""
    return line.name("name" if line.has("name") else "head_name")


_STRUCK = Message(
    "this row is struck through, so it is unknown whether the benefit is still received. Decide"
    " whether the struck rows of this list count, or write 停发 under 备注 and import it again"
)
_FOR_NOTHING = Message("this row states an amount and no benefit that it is for; tick one")
_NO_MONTH = Message("this is not a month like 2024-11; write year and month as text")
_AMONG = "IN (SELECT value FROM json_each(?))"
# Row, household, member (None: nobody), ID number of the member, and community.
PersonRow = tuple[int, str, str | None, str | None, str]
# A name and a number that a member is written with; or the row itself, if it names several people.
_Written = tuple[str | None, WrittenNumber | None] | int


class _Known(NamedTuple):
    """What the rows of rosters are compared with of a member, and what problems say of them.

    `written` is how they are written on all rows; `first_row` is that of their first mention, and
    `household_row` the row that puts their household in order among others.
    """

    household_no: str
    community: str
    id_number: str | None
    written: frozenset[_Written]
    first_row: int
    household_row: int

    @property
    def person(self) -> tuple[object, ...]:
        """Return what a row is compared with; the rest is only said of them in problems."""
        return self.household_no, self.community, self.id_number, self.written


@dataclass(frozen=True)
class RosterReach:
    """Finds whether a change may touch what the rows of rosters were found to mean.

    They mean members by ID number and name. So they are not touched as long as no row means a
    member who changed, and no row in doubt may mean the member as they were or as they are now.

    `rosters` are the live rosters by the id of the table that has their rows; `lines` are the rows
    of the households, before and after, by id.
    """

    db: Database
    rosters: Mapping[int, SheetTable]
    lines: Mapping[int, Line]
    decisions: ProblemDecisions

    def is_touched(self, households: Iterable[str], now: Iterable[PersonRow]) -> bool:
        """Whether the rosters may be touched by a change of households.

        `now` are the rows of their members as they are now.
        """
        numbers = json.dumps(list(households))
        before = self._describe(self.db.execute(_PEOPLE_BEFORE, [numbers]).fetchall())
        after = self._describe(list(now))
        moved = [
            number
            for number in before.keys() | after.keys()
            if before.get(number) != after.get(number)
        ]
        known = [some[number] for some in (before, after) for number in moved if number in some]
        ids = {person.id_number for person in known if person.id_number}
        chosen = {
            number
            for kept in self.decisions.counting.values()
            if kept.choice == IS_MEMBER
            for number in (kept.target, kept.written)
        }
        others = [
            number
            for number in moved
            if number not in before
            or number not in after
            or before[number].person != after[number].person
        ]
        if not chosen.isdisjoint(moved) or self._are_meant(others, before, after):
            return True
        return bool(moved) and self._is_in_doubt(known, ids)

    def _are_meant(self, numbers: list[str], *known: Mapping[str, _Known]) -> bool:
        """Whether a roster's row means any of these members, or somebody with their ID number."""
        people = (some[number] for some in known for number in numbers if number in some)
        ids = {person.id_number for person in people if person.id_number}
        found = self.db.execute(_MEANT, [json.dumps(numbers), json.dumps(list(ids))])
        return found.fetchone() is not None

    def _describe(self, rows: list[PersonRow]) -> dict[str, _Known]:
        """Return what is known of each member, by their number."""
        households: dict[str, list[int]] = defaultdict(list)
        members: dict[str, list[PersonRow]] = defaultdict(list)
        for row in rows:
            households[row[1]].append(row[0])
            if row[2] is not None:
                members[row[2]].append(row)
        first = {number: min(some, key=self._order) for number, some in households.items()}
        return {
            member: _Known(
                own[0][1],
                own[0][4],
                own[0][3],
                frozenset(written for row in own for written in self._list_written(row[0])),
                own[0][0],
                first[own[0][1]],
            )
            for member, own in members.items()
        }

    def _order(self, row_id: int) -> tuple[bool, bool, bool, tuple[str, str, int]]:
        """Return the key by which the first of a household's rows puts it in order."""
        line = self.lines[row_id]
        has_no_number = read_household_no(line, None) is None
        is_form = line.table.kind == "form"
        return is_form, has_no_number, find_line_community(line) is None, line.sort_key

    def _list_written(self, row_id: int) -> Iterator[_Written]:
        """Yield the names and numbers on a row of a list, and the row if it has several or none."""
        line, log = self.lines[row_id], ProblemLog()
        if line.table.kind == "form":
            return
        mentions = [*list_mentions(line, log), *find_unlisted_head([line], [], log)]
        if len(mentions) != 1:
            yield row_id
        for mention in mentions:
            cell = line.cell(mention.id_target, mention.place or None)
            yield mention.name, read_written_number(cell, mention.id)

    def _is_in_doubt(self, known: Iterable[_Known], ids: set[str]) -> bool:
        """Whether a roster's row in doubt may mean any of these people, who have these numbers."""
        people: SimilarPeople[None] = SimilarPeople()
        written = {some for person in known for some in person.written if isinstance(some, tuple)}
        for name, number in written:
            people.add(None, name, number)
        names = {name for name, _number in written if name}
        for line in self._read_doubtful():
            name = _read_name(line)
            read = line.id_number(line.id_target)
            number = read_written_number(line.cell(line.id_target), read)
            if name in names or read.number in ids:
                return True
            # similar names are compared only where a row has no valid number
            if people.find_by_number(number) or (not read.number and people.find_by_name(name)):
                return True
        return False

    def _read_doubtful(self) -> Iterator[Line]:
        """Yield the rows of rosters that do not surely mean one person."""
        by_table: dict[int, list[int]] = defaultdict(list)
        for row_id, stored in self.db.execute(_DOUBTFUL, [DOUBTFUL]):
            by_table[stored].append(row_id)
        for stored, row_ids in by_table.items():
            table = self.rosters[stored]
            yield from read_some_rows(self.db, stored, table, array("q", row_ids))


_PEOPLE_BEFORE = f"""
    SELECT became.row_id, became.household_no, became.member_no, members.id_number, communities.name
    FROM main.became AS became
    LEFT JOIN main.members AS members ON members.member_no = became.member_no
    JOIN main.households AS households ON households.household_no = became.household_no
    JOIN main.communities AS communities ON communities.community_id = households.community_id
    WHERE became.household_no {_AMONG} ORDER BY became.rowid
"""
_MEANT = f"""
    SELECT 1 FROM main.members AS members
    JOIN main.receipts AS receipts ON receipts.member_no = members.member_no
    WHERE (members.member_no {_AMONG} OR members.id_number {_AMONG})
    AND receipts.origin = 'roster' LIMIT 1
"""
_DOUBTFUL = """
    SELECT source_rows.row_id, source_rows.table_id FROM main.loose_keys AS loose_keys
    JOIN source_rows ON source_rows.row_id = loose_keys.row_id
    WHERE loose_keys.key = ? ORDER BY source_rows.row_id
"""
