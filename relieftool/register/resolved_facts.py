"""Resolves each fact of a household or member to one value, from all cells that state it.

The newest day counts. If filled cells of that day disagree, the fact is unknown and reported; blank
cells count only if no filled cell of that day does. Birth date and sex come from the ID number of a
person who has a valid one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice
from typing import NamedTuple

from relieftool.messages import Message
from relieftool.pack.facts import FACT_PAIRS, FEN_PER_YUAN, GRADE, KIND, Fact, Owner
from relieftool.pack.models import Pack
from relieftool.register.fact_cells import (
    DISPUTED,
    Doubt,
    FactColumn,
    Reading,
    find_dispute,
    find_doubt,
    parse_fact,
    read_partner,
    split_fact_pair,
)
from relieftool.register.lines import (
    Line,
    MappedColumn,
    ProblemLog,
    SheetTable,
)
from relieftool.register.people import RegisterHousehold, RegisterPerson, list_person_keys
from relieftool.register.person_mentions import Mention
from relieftool.register.status_lists import StatusList
from relieftool.store.problem_decisions import HOLDS, ProblemDecisions
from relieftool.values.cells import ValueProblem
from relieftool.values.id_numbers import IdNumber
from relieftool.values.remarks import Claim
from relieftool.values.stored_values import StoredValue
from relieftool.values.text import Cell, is_blank

_LIVES = "lives_together"


def _read_claimed(fact: Fact, cell: str) -> StoredValue:
    """Return the value of a fact that a remark states; None if it states none that can be read."""
    try:
        return parse_fact(fact, cell) if cell else None
    except ValueProblem:
        return None


_OF_SEVERAL = frozenset({"phone", "hardship_cause"})  # a household has what each of its rows says
_REMARKED = Message(
    "this text says something of {name} that no column of its own says, and a text is never taken"
    " for a fact: {name} is unknown until it is decided"
)
_DISAGREE = Message(
    "lists or rows of the same day disagree on this; it counts as unknown until one of them is"
    " corrected"
)
_BIRTH = Message("the date of birth is not the one in the ID number; the ID number's was used")
_SEX = Message("the sex is not the one in the ID number; the ID number's was used")
_TOTAL = Message(
    "the members' amounts are together more than this ({file}, {sheet}, row {row}); it counts as"
    " unknown until one of them is corrected"
)
_SIZE = Message("the stated number of people is not the number of rows; ask who lives together")


class FactOrigin(NamedTuple):
    """A cell that a fact's value came from: its line, and the meaning and member of its column."""

    line: Line
    target: str
    place: int | None = None

    @property
    def cell(self) -> Cell:
        """Return the content of the cell."""
        return self.line.cell(self.target, self.place)

    @property
    def rank(self) -> tuple[tuple[str, str, bool], bool]:
        """Return the days and whether the cell is filled; the cells with the highest rank count.

        The days are that of the column, if its heading names a year, and that of the list: of two
        lists of incomes in the same year, the newer counts. On one day, an answer to a question
        goes before any list.
        """
        table = self.line.table
        day = table.dated_on or ""
        named = table.columns[self.target, self.place].dated_on or day
        return (named, day, table.is_answer), not is_blank(self.cell)


_Days = tuple[str, str, bool]
_Ranked = tuple[tuple[_Days, bool], Reading, FactOrigin]  # a cell's rank, and what it is read as
_Unread = tuple[_Days, ValueProblem, FactOrigin]


class ResolvedFact(NamedTuple):
    """The value of a fact (None: unknown), and the columns and lines of the cells it is from.

    If it is not from columns of the fact, `other_origins` are the cells, or `numbered` is the
    mention whose ID number it is from. `doubt` is why the fact is unknown; None if it is known, or
    if no cell states it.
    """

    value: StoredValue
    columns: Sequence[FactColumn] = ()
    lines: Sequence[Line] = ()
    other_origins: tuple[FactOrigin, ...] = ()
    numbered: Mention | None = None
    doubt: Doubt | None = None

    @property
    def is_absent(self) -> bool:
        """Whether no cell states it."""
        return self.value is None and self.doubt is None

    @property
    def origins(self) -> tuple[FactOrigin, ...]:
        """Return the cells that count: the newest, and of these the filled cells if there are any.

        Few callers need them, so they are collected only when asked for.
        """
        if self.numbered is not None:
            return (_find_id_cell(self.numbered),)
        cells = _list_cells(self.columns, self.lines)
        best = max((cell.rank for cell in cells), default=None)
        return self.other_origins or tuple(cell for cell in cells if cell.rank == best)


def _list_cells(columns: Sequence[FactColumn], lines: Sequence[Line]) -> list[FactOrigin]:
    """Return the cells of some columns, each on its line."""
    pairs = zip(columns, lines, strict=True)
    return [FactOrigin(line, column.fact.id, column.place) for column, line in pairs]


_UNKNOWN = ResolvedFact(None)
_KINSHIP = "kinship"  # a fact without a column of its own: read off the relation to the head


class FactResolver:
    """Resolves the facts of households and people, and reports cells that disagree."""

    def __init__(
        self,
        pack: Pack,
        problems: ProblemLog,
        decisions: ProblemDecisions,
        lists: Sequence[StatusList] = (),
    ) -> None:
        self._pack, self._problems, self._decisions = pack, problems, decisions
        self._lists = lists
        self._doubtable = {fact.id: fact for fact in pack.facts.values() if fact.unknown_beside}
        self._of_members = {fact.id for fact in pack.facts.values() if fact.owner == "member"}
        money = {fact.id: fact for fact in pack.facts.values()}
        self._other_periods = {name: fact.same_as for name, fact in money.items() if fact.same_as}
        self._other_periods_of = {other: name for name, other in self._other_periods.items()}
        self._totals = {name: fact.total_of for name, fact in money.items() if fact.total_of}
        self._totals |= {
            name: self._totals[other]
            for name, other in self._other_periods.items()
            if other in self._totals
        }
        self._texts = {fact.id for fact in pack.facts.values() if fact.type == "text"}
        kinship = pack.facts.get(_KINSHIP)
        self._kin_words = kinship.written_words if kinship else {}
        self._columns: dict[tuple[int, str, int | None], FactColumn] = {}
        self._plans: dict[tuple[object, ...], list[tuple[Fact, list[int], list[FactColumn]]]] = {}

    def list_ranged(self) -> set[tuple[int, str, int | None]]:
        """Return the columns with classes of amounts: their table's id, meaning and member."""
        return {
            (column.table.table_id, column.fact.id, column.place)
            for column in self._columns.values()
            if column.has_ranges
        }

    def resolve_household(self, household: RegisterHousehold) -> dict[str, ResolvedFact]:
        """Return the facts, by id, that a household's lines have columns for."""
        lines = household.lines
        facts = self._resolve_all("household", lines, [None] * len(lines))
        if household.divided_on is not None:
            lines = [line for line in lines if (line.table.dated_on or "") > household.divided_on]
            texts = {name: fact for name, fact in facts.items() if name in self._texts}
            facts = texts | self._resolve_all("household", lines, [None] * len(lines))
        listed = len(household.people) + household.left_count
        if household.left_count and _value_of(facts, "stated_size") == listed:
            del facts["stated_size"]  # it counts those who have left since
        return self._apply_remarks(
            "household",
            lines,
            self._drop_doubtful_blanks(facts),
            lambda: [household.household_no, *household.former],
        )

    def resolve_person(
        self, person: RegisterPerson, household: RegisterHousehold
    ) -> dict[str, ResolvedFact]:
        """Return the facts, by id, that a member's lines or ID and card numbers state."""
        lines = [mention.line for mention in person.mentions]
        facts = self._resolve_all("member", lines, [mention.place for mention in person.mentions])
        self._add_from_number(person, facts)
        self._add_kinship(person, facts)
        said = person.gone_line
        if said is not None and _LIVES in self._of_members and _value_of(facts, _LIVES) != 0:
            origin = FactOrigin(said, _LIVES)
            facts[_LIVES] = ResolvedFact(None, other_origins=(origin,), doubt=DISPUTED)
        own = [mention.line for mention in person.mentions if mention.place is None]
        facts = self._drop_doubtful_blanks(facts)
        for each in self._lists:
            for fact in each.facts if each.leaves_out(person, household) else ():
                if facts.get(fact.id, _UNKNOWN).is_absent:
                    facts[fact.id] = ResolvedFact(fact.none_value)
        return self._apply_remarks(
            "member",
            own,
            facts,
            lambda: list_person_keys(person, household),
        )

    def _apply_remarks(
        self,
        owner: Owner,
        lines: Sequence[Line],
        facts: dict[str, ResolvedFact],
        list_keys: Callable[[], Sequence[str]],
    ) -> dict[str, ResolvedFact]:
        """Make facts unknown that remarks contradict, and report them, until that is decided.

        A remark is never a source of its own. The keys identify the household or person.
        """
        for line in (each for each in lines if each.table.free_columns):
            for column, claim in line.list_claims():
                for fact, value in self._read_claim(owner, claim):
                    known = facts.get(fact.id, _UNKNOWN)
                    is_near = claim.is_about and known.value not in (None, fact.none_value)
                    if not (is_near or self._agrees(known, fact, value, line)):
                        kept = self._decide_remark(fact, value, line, column, list_keys())
                        facts[fact.id] = kept or known
        return facts

    def _read_claim(self, owner: Owner, claim: Claim) -> Iterator[tuple[Fact, StoredValue]]:
        """Yield the facts that a claim is about, with their values; None if it states none."""
        fact = self._pack.facts.get(claim.fact)
        if fact is None or fact.owner != owner:
            return
        partner = self._pack.facts.get(FACT_PAIRS.get(fact.id, ""))
        if partner is None:
            yield fact, _read_claimed(fact, claim.exact_cell)
            return
        both = split_fact_pair(self._pack, fact.id, claim.cell)
        values = both or [_read_claimed(each, claim.cell) for each in (fact, partner)]
        known = zip((fact, partner), values, strict=True)
        # 肢体 alone says nothing of the grade; 残疾 alone says that there is some kind
        yield from ((each, value) for each, value in known if value is not None)
        if not claim.cell:
            yield fact, None

    @staticmethod
    def _agrees(known: ResolvedFact, fact: Fact, value: StoredValue, line: Line) -> bool:
        """Whether a fact is as a remark says, or newer than it; so is one with nothing to add."""
        if value is None:  # the remark says only that there is some
            return known.value is None or known.value != fact.none_value
        day = line.table.dated_on
        days = [origin.line.table.dated_on for origin in known.origins] if day else []
        is_newer = known.value is not None and any(other and other > (day or "") for other in days)
        return known.value == value or is_newer

    def _decide_remark(
        self,
        fact: Fact,
        value: StoredValue,
        line: Line,
        column: MappedColumn,
        keys: Sequence[str],
    ) -> ResolvedFact | None:
        """Return a fact as a remark leaves it: unknown and reported, or as it was decided.

        None if it was decided that the remark does not count.
        """
        subjects = [self._decisions.subjects.name("remark", key, fact.id, value) for key in keys]
        if (decided := self._decisions.of(*subjects)) is not None:
            return ResolvedFact(value) if decided.choice == HOLDS else None
        origin = FactOrigin(line, fact.id)
        called = fact.headers[0] if fact.headers else fact.id
        params: dict[str, str | int] = {"name": called, "position": column.position}
        self._problems.add(
            line,
            "remark-differs",
            _REMARKED,
            params=params,
            subject=subjects[0],
            header=column.header,
        )
        return ResolvedFact(None, other_origins=(origin,), doubt=DISPUTED)

    def _resolve_all(
        self, owner: Owner, lines: Sequence[Line], places: Sequence[int | None]
    ) -> dict[str, ResolvedFact]:
        """Return the facts that the columns of some lines state; `places` has the member of each.

        Which columns these are depends only on the tables, so that it is found once for all
        households with lines of the same tables.
        """
        key = owner, *[id(line.table) for line in lines], *places
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = self._plan(owner, lines, places)
        facts: dict[str, ResolvedFact] = {}
        for fact, positions, columns in plan:
            stated = lines
            if len(positions) < len(lines):
                stated = [lines[position] for position in positions]
            facts[fact.id] = self._resolve(fact, columns, stated)
        return facts

    def _plan(
        self, owner: Owner, lines: Sequence[Line], places: Sequence[int | None]
    ) -> list[tuple[Fact, list[int], list[FactColumn]]]:
        """Return the facts that lines have columns for, with these columns and lines' positions."""
        plan = []
        for fact in self._pack.facts.values():
            cells = [
                (position, self._find_column(fact, line.table, place))
                for position, (line, place) in enumerate(zip(lines, places, strict=True))
                if fact.owner == owner and line.has(fact.id, place)
            ]
            if cells:
                plan.append((fact, [cell[0] for cell in cells], [cell[1] for cell in cells]))
        return plan

    def _find_column(self, fact: Fact, table: SheetTable, place: int | None) -> FactColumn:
        key = id(table), fact.id, place
        if key not in self._columns:
            self._columns[key] = FactColumn(self._pack, self._problems, fact, table, place)
        return self._columns[key]

    def _drop_doubtful_blanks(self, facts: dict[str, ResolvedFact]) -> dict[str, ResolvedFact]:
        """Make facts with only blank cells unknown if other facts show that they may not be 0."""
        if self._doubtable.keys().isdisjoint(facts):
            return facts
        doubtful = [
            name
            for name in self._doubtable.keys() & facts.keys()
            if facts[name].value in (0, "none")
            and self._is_doubted(self._doubtable[name], facts)
            and all(is_blank(origin.cell) for origin in facts[name].origins)
        ]
        facts.update(dict.fromkeys(doubtful, _UNKNOWN))
        return facts

    @staticmethod
    def _is_doubted(fact: Fact, facts: Mapping[str, ResolvedFact]) -> bool:
        """Whether others, known or not to be read, show that a fact may not be none."""
        beside = {name: facts[name] for name in fact.unknown_beside if name in facts}
        values = {name: other.value for name, other in beside.items()}
        is_unread = any(other.doubt is not None for other in beside.values())
        return is_unread or fact.is_doubted_by(values)

    def report_size_difference(
        self, household: RegisterHousehold, facts: dict[str, StoredValue], living: int
    ) -> None:
        """Report a stated size that differs from the number of members and from `living`.

        `living` is the number of members who are not known to live elsewhere.
        """
        stated = facts.get("stated_size")
        if stated is None or stated in (living, len(household.people)):
            return
        line = next((line for line in household.lines if line.has("stated_size")), None)
        if line is not None:
            self._problems.add(line, "size-differs", _SIZE, "stated_size")

    def _resolve(
        self, fact: Fact, columns: Sequence[FactColumn], lines: Sequence[Line]
    ) -> ResolvedFact:
        """Return a fact resolved from the cells of some columns, each on its line."""
        values = [column.read(line) for column, line in zip(columns, lines, strict=True)]
        first = values[0]
        if len(values) > 1 and values.count(first) < len(values):
            return self._choose(fact, columns, lines, values)
        if isinstance(first, ValueProblem):
            return ResolvedFact(None, columns, lines, doubt=find_doubt([first]))
        return _UNKNOWN if first is None else ResolvedFact(first, columns, lines)

    def _choose(
        self,
        fact: Fact,
        columns: Sequence[FactColumn],
        lines: Sequence[Line],
        values: Sequence[Reading],
    ) -> ResolvedFact:
        """Return the newest value; on the same day, a filled cell goes before a blank cell.

        If such values differ, they are reported and the fact is unknown: no list is better. So it
        is if a newer list differs from what somebody answered.
        """
        cells = _list_cells(columns, lines)
        ranked = [(cell.rank, value, cell) for cell, value in zip(cells, values, strict=True)]
        unread = _list_unread(ranked)
        since = max([days for days, _value, _cell in unread], default=None)
        known = [
            (rank, value, cell)
            for rank, value, cell in ranked
            if not (value is None or isinstance(value, ValueProblem))
            and (since is None or rank[0] > since)
        ]
        if unread and not known:
            return self._doubt_unread(
                fact, [cell for rank, _value, cell in ranked if rank == (since, True)], unread
            )
        best = max([rank for rank, _value, _cell in known], default=None)
        stated = {value for rank, value, _cell in known if rank == best}
        origins = tuple(cell for rank, _value, cell in known if rank == best)
        answered = [each for each in known if each[2].line.table.is_answer and each[0] != best]
        if answered and not any(cell.line.table.is_answer for cell in origins):
            _rank, value, cell = max(answered, key=lambda each: each[0])
            if value not in stated:  # a newer list says again what an answer has corrected
                return self._dispute(fact, (*origins, cell), {*stated, value})
        if len(stated) > 1 and fact.id in _OF_SEVERAL:
            told = dict.fromkeys(str(value) for rank, value, _cell in known if rank == best)
            stated = {"、".join(told)}
        if len(stated) > 1:
            return self._dispute(fact, origins, stated)
        return ResolvedFact(stated.pop(), other_origins=origins) if stated else _UNKNOWN

    def _doubt_unread(
        self, fact: Fact, newest: Sequence[FactOrigin], unread: Sequence[_Unread]
    ) -> ResolvedFact:
        """Return a fact of whose newest filled cells some cannot be used, or have a class only."""
        problems = {id(cell): value for _days, value, cell in unread}
        found = [problems[id(cell)] for cell in newest if id(cell) in problems]
        is_class = all(problem.state == "range" for problem in found)
        if is_class and len(found) < len(newest):  # another cell has an amount outside the class
            return self._dispute(fact, newest)
        cells = tuple(cell for cell in newest if id(cell) in problems)
        return ResolvedFact(None, other_origins=cells, doubt=find_doubt(found))

    def _dispute(
        self, fact: Fact, origins: Sequence[FactOrigin], values: Iterable[StoredValue] = ()
    ) -> ResolvedFact:
        """Report cells of the same day that disagree, and return the fact as unknown.

        `values` are all that they state; none if something else may be true.
        """
        for cell in origins:
            self._problems.add(cell.line, "facts-disagree", _DISAGREE, fact.id, cell.place)
        return ResolvedFact(None, other_origins=tuple(origins), doubt=find_dispute(fact, values))

    def resolve(
        self, household: RegisterHousehold
    ) -> tuple[dict[str, ResolvedFact], list[dict[str, ResolvedFact]]]:
        """Return the facts of a household, and of each of its people, by id."""
        own = self.resolve_household(household)
        of_people = [self.resolve_person(person, household) for person in household.people]
        for facts in (own, *of_people):
            self._dispute_other_periods(facts)
        living = [
            facts
            for person, facts in zip(household.people, of_people, strict=True)
            if person.gone_line is None and _value_of(facts, _LIVES) != 0
        ]
        for name, part in self._totals.items():
            if name in own and (stated := self._find_monthly(own, name, end="high")) is not None:
                self._dispute_total(own, name, stated, part, living)
        return own, of_people

    def _find_monthly(
        self, facts: Mapping[str, ResolvedFact], name: str, *, end: str = ""
    ) -> Fraction | None:
        """Return an amount in fen per month; None if it is unknown or from no cell.

        With `end`, that end of a class of amounts.
        """
        fact = facts.get(name, _UNKNOWN)
        value = fact.value
        if value is None and end and fact.doubt is not None:
            value = fact.doubt.high if end == "high" else fact.doubt.low
        if not isinstance(value, int) or not fact.origins:
            return None
        return Fraction(value, 12 if self._pack.facts[name].period == "year" else 1)

    def _dispute_other_periods(self, facts: dict[str, ResolvedFact]) -> None:
        """Keep the newer of an amount per month and the same amount per year.

        Of one day they are disputed if they differ by a yuan a month. A newer one that cannot be
        used leaves the older out too.
        """
        for name, other in self._other_periods.items():
            stated = [facts.get(each, _UNKNOWN) for each in (name, other)]
            if any(each.value is None and each.doubt is None for each in stated):
                continue
            day, other_day = (
                max((cell.rank[0] for cell in each.origins), default=None) for each in stated
            )
            first, second = (self._find_monthly(facts, each) for each in (name, other))
            is_same = (
                first is not None and second is not None and abs(first - second) < FEN_PER_YUAN
            )
            if is_same or day is None or other_day is None:
                continue
            if day != other_day:
                facts[name if day < other_day else other] = _UNKNOWN
            elif first is not None and second is not None:
                both = (*stated[0].origins, *stated[1].origins)
                for each in (name, other):
                    fact = self._pack.facts[each]
                    times = 12 if fact.period == "year" else 1
                    doubt = find_dispute(fact, (int(first * times), int(second * times)))
                    self._dispute(fact, facts[each].origins)
                    facts[each] = ResolvedFact(None, other_origins=both, doubt=doubt)

    def _dispute_total(
        self,
        own: dict[str, ResolvedFact],
        name: str,
        stated: Fraction,
        part: str,
        living: Sequence[dict[str, ResolvedFact]],
    ) -> None:
        """Make a household's amount unknown, and report it, if those of its people are more."""
        amounts = [self._find_earned(facts, part, "low") for facts in living]
        cell = own[name].origins[0]
        counted = [
            (fen, fact.origins[0])
            for fen, fact in filter(None, amounts)
            if fen and fact.origins[0].rank >= cell.rank
        ]
        if sum(fen for fen, _origin in counted) < stated + FEN_PER_YUAN:
            return
        params = counted[0][1].line.location_params
        self._problems.add(
            cell.line, "total-too-small", _TOTAL, cell.target, cell.place, params=params
        )
        origins = (*own[name].origins, *(origin for _fen, origin in counted))
        doubt = DISPUTED
        most = [self._find_earned(facts, part, "high") for facts in living]
        if None not in most:  # what each earns is known: it is that, or what is stated
            times = 12 if self._pack.facts[name].period == "year" else 1
            least = self._find_monthly(own, name, end="low") or Fraction(0)
            together = sum(fen for fen, _fact in filter(None, most))
            ends = (int(fen * times) for fen in (least, together))
            doubt = find_dispute(self._pack.facts[name], ends)
        own[name] = ResolvedFact(None, other_origins=origins, doubt=doubt)

    def _find_earned(
        self, facts: Mapping[str, ResolvedFact], part: str, end: str
    ) -> tuple[Fraction, ResolvedFact] | None:
        """Return what somebody earns in fen a month, of a class that end of it, and the fact."""
        for each in (part, self._other_periods_of.get(part, "")):
            if (fen := self._find_monthly(facts, each, end=end)) is not None:
                return fen, facts[each]
        return None

    def _add_from_number(self, person: RegisterPerson, facts: dict[str, ResolvedFact]) -> None:
        """Add birth date and sex from the ID number, and the disability from cells about it.

        An ID number goes before other cells, because it has a check digit.
        """
        for mention in person.mentions:
            if mention.id.number:
                for fact, value, code, message in (
                    ("birth_date", mention.id.birth_date, "birth-date-differs", _BIRTH),
                    ("sex", mention.id.sex, "sex-differs", _SEX),
                ):
                    if fact in self._of_members:
                        if fact in facts:
                            self._report_difference(facts[fact], value, code, message)
                        facts[fact] = ResolvedFact(value, (), (), (), mention)
                break
        for mention in person.mentions:
            if mention.id.card_kind or mention.line.table.has_disability_columns:
                self._add_disability(person, facts)
                break

    def _add_kinship(self, person: RegisterPerson, facts: dict[str, ResolvedFact]) -> None:
        """Add the kinship with the head; a word that the pack does not list leaves it unknown.

        So does a relation to a head who is missing, in the row of somebody taken for the head.
        """
        if _value_of(facts, _KINSHIP) is not None:  # a survey form states it
            return
        for mention in person.mentions:
            is_missed = mention.is_head and mention.is_chosen and mention.relation
            kin = self._kin_words.get("head" if mention.is_head else mention.relation or "")
            if kin is not None and not is_missed:
                cell = FactOrigin(mention.line, "relation", mention.place)
                is_stated = mention.line.has("relation", mention.place)
                facts[_KINSHIP] = ResolvedFact(kin, (), (), (cell,) if is_stated else ())
                break

    def _add_disability(self, person: RegisterPerson, facts: dict[str, ResolvedFact]) -> None:
        """Take kind and grade of a disability from other cells if their own are blank or unknown.

        A blank cell may mean "no disability" for the pack, but a card number beside it is surer.
        """
        for fact in filter(self._of_members.__contains__, FACT_PAIRS):
            if _value_of(facts, fact) is None or self._is_blank_everywhere(person, fact):
                hints = (hint for hint in self._list_hints(person, fact) if hint.value)
                facts.update((fact, hint) for hint in islice(hints, 1))
            else:
                self._compare_pair(person, fact, facts)
        if _value_of(facts, KIND) == "none" and self._is_blank_everywhere(person, GRADE):
            facts.setdefault(GRADE, facts[KIND])

    def _compare_pair(self, who: RegisterPerson, fact: str, facts: dict[str, ResolvedFact]) -> None:
        """Dispute a kind or grade if a cell of the other, as new, states one that differs."""
        newest = max((cell.rank for cell in facts[fact].origins), default=None)
        for hint in self._list_partner_hints(who, fact):
            is_older = newest is not None and hint.other_origins[0].rank < newest
            if not is_older and hint.value != facts[fact].value:
                cells = (*facts[fact].origins, *hint.other_origins)
                facts[fact] = self._dispute(self._pack.facts[fact], cells)

    def _report_difference(
        self, stated: ResolvedFact, value: StoredValue, code: str, message: Message
    ) -> None:
        """Report a fact's first cell if its value differs from `value`, that of the ID number."""
        if stated.value not in (None, value):
            for cell in stated.origins[:1]:
                self._problems.add(cell.line, code, message, cell.target, cell.place)

    def _list_hints(self, person: RegisterPerson, fact: str) -> Iterator[ResolvedFact]:
        """Yield kinds or grades of a disability that other cells state, the surest first."""
        yield from self._list_partner_hints(person, fact)
        for card, origin in _list_cards(person):
            stated = card.card_kind if fact == "disability_kind" else card.card_grade
            yield ResolvedFact(stated, other_origins=(origin,))

    def _list_partner_hints(self, person: RegisterPerson, fact: str) -> Iterator[ResolvedFact]:
        """Yield kinds that cells of grades state, or grades that cells of kinds state."""
        partner = FACT_PAIRS[fact]  # 肢体二级 under 残疾类别 states the grade too
        for mention in person.mentions:
            cell = mention.line.cell(partner, mention.place)
            if cell is not None and (stated := read_partner(self._pack, partner, cell)):
                origin = FactOrigin(mention.line, partner, mention.place)
                yield ResolvedFact(stated, other_origins=(origin,))

    def _is_blank_everywhere(self, person: RegisterPerson, fact: str) -> bool:
        """Whether a fact has no filled cell in any mention of a person."""
        return all(is_blank(mention.line.cell(fact, mention.place)) for mention in person.mentions)


def list_known(facts: Mapping[str, ResolvedFact]) -> dict[str, StoredValue]:
    """Return the values of the facts that are known, by id."""
    return {name: fact.value for name, fact in facts.items() if fact.value is not None}


def _list_unread(ranked: Iterable[_Ranked]) -> list[_Unread]:
    """Return the filled cells that cannot be used; a class counts unless an amount is inside it.

    Such a cell may state a change: nothing of its day or older counts.
    """
    listed = list(ranked)
    exact = [(rank, value) for rank, value, _cell in listed if isinstance(value, int)]

    def agrees(rank: object, problem: ValueProblem) -> bool:
        low, high = problem.low or 0, problem.high
        return problem.state == "range" and any(
            other == rank and low <= amount and (high is None or amount <= high)
            for other, amount in exact
        )

    return [
        (rank[0], value, cell)
        for rank, value, cell in listed
        if rank[1] and isinstance(value, ValueProblem) and not agrees(rank, value)
    ]


def _value_of(facts: Mapping[str, ResolvedFact], name: str) -> StoredValue:
    """Return the value of a fact; None if it is unknown or not among `facts`."""
    return facts[name].value if name in facts else None


def _find_id_cell(mention: Mention) -> FactOrigin:
    """Return the cell that a mention's ID number is in, which may be the head's column."""
    line, place = mention.line, mention.place
    if mention.id_target == "id_number" and mention.id.number:
        return FactOrigin(line, "id_number", place)
    is_own = line.has("id_number", place) and line.id_number("id_number", place) == mention.id
    return FactOrigin(line, "id_number", place) if is_own else FactOrigin(line, "head_id_number")


def _list_cards(person: RegisterPerson) -> Iterator[tuple[IdNumber, FactOrigin]]:
    """Yield numbers of disability cards with their cells: in ID columns, then in card columns."""
    for mention in person.mentions:
        if mention.id.card_kind:
            yield mention.id, _find_id_cell(mention)
    for mention in person.mentions:
        line, place = mention.line, mention.place
        if line.cell("disability_card", place) is not None:
            card = line.id_number("disability_card", place)
            yield card, FactOrigin(line, "disability_card", place)
