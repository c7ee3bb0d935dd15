"""Finds which rows of a list are one household, where no column numbers the households.

Tried in turn: the head's name in each row; a column whose values repeat so that each group has one
head; the relation to the head above (户主, then 妻子, 儿子 and so on); cells merged over several
rows; a serial number or the number of a flat that repeats. What was decided is a problem of the
table, unless each row names its head.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple

from relieftool.errors import Problem
from relieftool.messages import Message
from relieftool.pack.models import Pack
from relieftool.spreadsheets.column_names import build_identity_catalogue
from relieftool.spreadsheets.columns import ColumnMeaning
from relieftool.spreadsheets.rows import CUT, TableRows
from relieftool.spreadsheets.source_tables import SourceTable
from relieftool.spreadsheets.tables import Table
from relieftool.values.communities import normalise_community
from relieftool.values.headings import read_heading
from relieftool.values.id_numbers import read_id_number
from relieftool.values.names import clean_name, read_name, split_cell, split_people
from relieftool.values.text import (
    Cell,
    drop_spaces,
    format_column_letter,
    is_blank,
    match_any,
    simplified_text,
)
from relieftool.values.vocabulary import is_ditto, is_head_mark, is_head_word, list_words

# Columns that are about one person, about money, or about many households.
_NO_KEYS = frozenset(
    {
        *("name", "id_number", "relation", "is_head", "head_name", "head_id_number", "community"),
        *("receives", "remark", "amount", "programme", "paid_state", "covers"),
    }
)
_DWELLINGS = {part: re.compile(match_any(words)) for part, words in list_words("dwellings").items()}
_NUMBER_WORDS = list_words("household_numbers")
_NUMBERS = re.compile(f"(?:{match_any(_NUMBER_WORDS['nouns'])}|档案)$")
_NUMBERS_OF_OTHERS = re.compile(match_any(_NUMBER_WORDS["of_others"]))
_CODE = re.compile(r"[0-9A-Za-z]")
# 7 and A-2 may count something; O and AB, 汉 and 农业银行 are kinds. 1970 is a year.
_COUNTED, _LONG_NUMBER = re.compile(r"\d"), re.compile(r"\d{3}|[A-Za-z]\d|\d-\d")
_SERIAL = re.compile(r"^(?!(?:19|20)\d\d$)(?P<office>.*?)(?P<number>\d{2,9})$")
_WIDEST_STEP = 3  # the numbers of the households of a list are no further apart on average
_FLAT = re.compile(r"\d(?:室|房|户)$|\d-\d+$|(?:栋|幢|单元|楼)\d+$")
_LARGEST = 12  # people of a household whom merged cells or the number of a flat alone may join
_MANY_GROUPS = 10  # so many groups with one head each are no accident
_LONGEST_PLAIN = 3
_REMEMBERED = 1 << 12
_FEW = 20  # one of so many groups may have two heads, whose numbers were mixed up
_Value = int | tuple[str, ...]
Groups = list[int]  # for each person the position of the first person of the same household


class _PersonRow(NamedTuple):
    """A row of a person.

    `first` is the position of the first row of its household by blank cells and merged keys; the
    row itself may be it. `area` is what no household crosses: the section and the community.
    `is_member`: the row says that it is about a member and not about the head.
    """

    number: int
    first: int
    cells: Sequence[Cell]
    area: tuple[int, str]
    is_head: bool
    is_member: bool


def divide_households(
    table: Table, columns: tuple[ColumnMeaning, ...], pack: Pack
) -> tuple[Table, tuple[ColumnMeaning, ...], list[Problem]]:
    """Return a table whose rows are joined to households, its columns, and the problems.

    Rows are never joined across a change of community or dwelling. A table whose columns number
    the households or their members stays as it is.
    """
    if not isinstance(table.rows, TableRows) or any(column.place for column in columns):
        return table, columns, []
    divider = _Divider(table, columns, pack)
    if "household_no" in divider.places:
        return divider.join_unnumbered(), columns, []
    division = divider.divide()
    if division is None:
        return table, columns, []
    described = list(columns)
    if division.column is not None:
        place = division.column.position
        described[place] = replace(described[place], near=())
    steps = enumerate(pairwise(division.groups), start=1)
    if any(group not in {place, before} for place, (before, group) in steps):
        described[0] = replace(described[0], is_scattered=True)
    return divider.join(division.groups), tuple(described), list(division.problems)


@dataclass(frozen=True)
class _Division:
    """The groups of a table's rows, what is to be told of them, and the column that shows them."""

    groups: Groups
    problems: Sequence[Problem] = ()
    column: ColumnMeaning | None = None


class _Divider:
    """Divides the rows of one table into households."""

    def __init__(self, table: Table, columns: Sequence[ColumnMeaning], pack: Pack) -> None:
        self._table, self._columns, self._pack = table, columns, pack
        self.places: dict[str, int] = {}
        for column in columns:
            if column.target is not None:
                self.places.setdefault(column.target, column.position)
        self._dwellings = [
            column.position
            for column in columns
            if column.target == "address" or (not column.target and is_dwelling(column.header))
        ]
        names = [self.places[name] for name in ("name", "id_number") if name in self.places]
        self._names_from = min(names, default=0)

    @cached_property
    def _people(self) -> list[_PersonRow]:
        return list(self._list_people())

    @cached_property
    def _was_joined(self) -> int:
        return _count_joined([person.first for person in self._people])

    def _list_people(self) -> Iterator[_PersonRow]:
        starts = {section.row for section in self._table.sections}
        positions: dict[int, int] = {}
        section, community = 0, ""
        for row in self._table.rows:
            if row.role == "total" or row.number in starts:
                section, community = section + 1, ""
            elif row.role != "note":
                own = self._cell(row.cells, "community")
                if not (is_blank(own) or is_ditto(own)):
                    community = _read_community(own)
                place = positions.setdefault(row.number, len(positions))
                first = positions.get(row.continues or 0, place)
                is_head = self._is_head(row.cells)
                is_member = not is_head and self._is_related(row.cells)
                area = section, community
                yield _PersonRow(row.number, first, row.cells, area, is_head, is_member)

    def _cell(self, cells: Sequence[Cell], target: str) -> Cell:
        place = self.places.get(target)
        return None if place is None else cells[place]

    def _is_head(self, cells: Sequence[Cell]) -> bool:
        relation = self._cell(cells, "relation")
        own = self._cell(cells, "name")
        if is_head_word(relation) or is_head_mark(self._cell(cells, "is_head")):
            return True
        if len(names := split_people(own, self._cell(cells, "id_number"))) > 1:
            # a row of several people begins a household if one of them is the head
            relations = split_cell(relation, len(names)) or []
            return any(map(is_head_word, relations)) or any(
                read_name(name).is_head for name in names
            )
        if "head_name" in self.places and (name := clean_name(own)) is not None:
            return name == clean_name(self._cell(cells, "head_name"))
        return is_blank(relation) and _has_mark(own) and read_name(own).is_head

    def _is_related(self, cells: Sequence[Cell]) -> bool:
        if "relation" in self.places:
            return not is_blank(self._cell(cells, "relation"))
        own = self._cell(cells, "name")
        return "is_head" in self.places or (_has_mark(own) and bool(read_name(own).relation))

    def join_unnumbered(self) -> Table:
        """Return the table; rows without household number below one with it continue that row.

        Where the heading shows that a column numbers the households, the rows were read so.
        """
        column = self._columns[self.places["household_no"]]
        known = build_identity_catalogue().match(column.header)
        if known and known.target == "household_no":
            return self._table
        values = self._list_values([column.position], is_head_below=False)
        return self.join(_group_runs(values))

    def join(self, groups: Groups) -> Table:
        """Return the table with its rows in these groups."""
        people = self._people
        joined = {
            person.number: CUT if group == place else people[group].number
            for place, (person, group) in enumerate(zip(people, groups, strict=True))
            if group != person.first
        }
        assert isinstance(self._table.rows, TableRows)  # noqa: S101 checked by the caller
        return replace(self._table, rows=self._table.rows.joined(joined)) if joined else self._table

    def divide(self) -> _Division | None:
        """Return how the rows are divided; None if they are grouped already."""
        if "head_name" in self.places:
            is_apart = "name" in self.places and self._names_heads_again()
            return _Division(self._group_by_head_name()) if is_apart else None
        if any(person.is_head for person in self._people):
            return self._divide_by_heads()
        if self._was_joined:
            return None
        for groups, column in self._list_shared():
            return self._divide_by_column(groups, column)
        return _Division([person.first for person in self._people], self._report_singles())

    def _divide_by_column(self, groups: Groups, column: ColumnMeaning) -> _Division:
        return _Division(groups, [self._report_column(groups, column)], column)

    def _names_heads_again(self) -> bool:
        """Whether a row that continues no other names the head of an earlier one."""
        place = self.places["head_name"]
        named = (row.cells[place] for row in self._table.rows if row.role == "first")
        filled = [cell for cell in named if cell is not None]
        return len(set(filled)) < len(filled)

    def _group_by_head_name(self) -> Groups:
        """Join rows apart from each other that name the same head, who has one row of them."""
        groups = [person.first for person in self._people]
        places: dict[Hashable, list[int]] = defaultdict(list)
        for place, person in enumerate(self._people):
            if name := _read_key(self._cell(person.cells, "head_name")):
                number = _read_key(self._cell(person.cells, "head_id_number"))
                places[person.area, name, number].append(place)
        for same in places.values():
            heads = [place for place in same if self._people[place].is_head]
            if len(heads) == 1 and all(self._is_same_home(place, heads[0]) for place in same):
                for place in same:
                    groups[groups[place]] = groups[same[0]]
        return [groups[group] for group in groups]

    def _divide_by_heads(self) -> _Division | None:
        if self._was_joined and self._have_one_head_each([person.first for person in self._people]):
            return None
        by_relation = self._group_by_relation()
        sure, unknown = list(self._list_sure_keys()), list(self._list_unknown_keys(by_relation))
        fewest = min(
            (self._count_headless(groups) for groups, _column in sure + unknown), default=0
        )
        for found in (sure, unknown):
            best = [pair for pair in found if self._count_headless(pair[0]) == fewest]
            if any(groups == by_relation for groups, _column in best):
                break
            if best:
                return self._divide_by_column(*best[0])
        joined = _count_joined(by_relation)
        if joined <= 2 * self._was_joined:  # blank or merged cells joined at least as many
            return None
        return _Division(by_relation, self._report_relation(joined - self._was_joined))

    def _count_headless(self, groups: Groups) -> int:
        headed = {
            group for group, person in zip(groups, self._people, strict=True) if person.is_head
        }
        return len(set(groups) - headed)

    def _group_by_relation(self) -> Groups:
        """Join members to the head above them, as far as community and dwelling stay the same.

        The rows below a row that is not joined, down to the next head, are not joined either: they
        may belong to that person.
        """
        groups: Groups = []
        head: int | None = None
        for place, person in enumerate(self._people):
            if person.first != place:
                groups.append(groups[person.first])
                continue
            is_joined = person.is_member and head is not None and self._is_same_home(place, head)
            head = place if person.is_head else head if is_joined else None
            groups.append(place if head is None else head)
        return groups

    def _is_same_home(self, place: int, other: int) -> bool:
        """Whether two people have the same community and dwelling; a blank is not compared."""
        one, two = self._people[place], self._people[other]
        homes = [(_read_key(one.cells[at]), _read_key(two.cells[at])) for at in self._dwellings]
        homes.append((one.area[1], two.area[1]))
        return one.area[0] == two.area[0] and all(
            not first or not second or first == second for first, second in homes
        )

    def _list_sure_keys(self) -> Iterator[tuple[Groups, ColumnMeaning]]:
        """Yield groups of one head each by columns about households; the surest first."""
        homes = ((groups, column) for groups, column in self._list_homes() if self._repeats(column))
        for groups, column in (*self._list_merged(), *self._list_numbers(), *homes):
            if self._have_one_head_each(groups, is_sure=True):
                yield groups, column

    def _repeats(self, column: ColumnMeaning) -> bool:
        """Whether a column has a cell twice; an address beside each head alone shows no more."""
        keys = [_read_key(person.cells[column.position]) for person in self._people]
        is_merged = any(place == column.position for _row, place in self._table.covered)
        filled = list(filter(None, keys))
        return is_merged or len(set(filled)) < len(filled)

    def _list_unknown_keys(self, by_relation: Groups) -> Iterator[tuple[Groups, ColumnMeaning]]:
        """Yield groups of one head each by columns that nobody knows.

        A column of kinds, such as 血型, may by accident divide a short list in this way.
        """
        missed = any(
            person.is_member and by_relation[place] == place
            for place, person in enumerate(self._people)
        )
        for column in self._columns:
            is_known = column.target is not None or column.position in self._dwellings
            if not is_known:
                values = self._list_values([column.position])
                is_needed = missed or column.position < self._names_from
                is_needed |= is_numbering(column.header)
                is_expected = _have_all(values, _COUNTED) if is_needed else _are_numbered(values)
                for groups in self._group_by([column.position]):
                    if self._are_keys(groups, is_expected=is_expected):
                        yield groups, column

    def _are_keys(self, groups: Groups, *, is_expected: bool) -> bool:
        """Whether a column nobody knows divides households so well that it is no accident.

        Each group has one head and one home. There are many groups, or a key is expected: numbers
        stand before the names or follow each other, or the relation to the head above leaves people
        over.
        """
        if not self._have_one_head_each(groups):
            return False
        several = [places for places in _list_members(groups) if len(places) > 1]
        has_one_home = all(
            self._is_same_home(places[0], place) for places in several for place in places
        )
        return has_one_home and (is_expected or len(several) >= _MANY_GROUPS)

    def _have_one_head_each(self, groups: Groups, *, is_sure: bool = False) -> bool:
        """Whether groups of several people have one head each; of many groups a few may not.

        `is_sure`: the column is known to be about households, so that heads may be missing.
        """
        listed = _list_members(groups)
        heads = [sum(self._people[place].is_head for place in places) for places in listed]
        several = [count for count, places in zip(heads, listed, strict=True) if len(places) > 1]
        few = len(listed) // _FEW
        if not several or sum(count > 1 for count in heads) > few:
            return False
        return is_sure or (several.count(0) <= few and heads.count(0) * 3 <= len(heads))

    def _list_shared(self) -> Iterator[tuple[Groups, ColumnMeaning]]:
        """Yield groups that even without any head are households, with their column."""
        for groups, column in self._list_merged():
            if not is_of_many_homes(column.header) and self._are_homes(groups):
                yield groups, column
        for groups, column in self._list_numbers():
            if _counts_groups(self._list_values([column.position]), groups):
                yield groups, column
        for groups, column in self._list_homes():
            values = self._list_values([column.position])
            has_flats = _have_all(values, _FLAT if column.target else _CODE)
            if has_flats and not is_of_many_homes(column.header) and self._are_homes(groups):
                yield groups, column
        for groups, column in self._list_repeated():
            if is_numbering(column.header):
                yield groups, column

    def _list_repeated(self) -> Iterator[tuple[Groups, ColumnMeaning]]:
        """Yield groups by columns nobody knows that have a number on each row, often the same."""
        for column in self._columns:
            place = column.position
            is_known = column.target is not None or place in self._dwellings
            if is_known or is_of_many_homes(column.header):
                continue
            values = self._list_values([place])
            is_filled = all(
                _read_key(person.cells[place]) or (person.number, place) in self._table.covered
                for person in self._people
            )
            groups = _group(values)
            is_filled = is_filled and not any(
                read_id_number(person.cells[place]).number for person in self._people
            )
            if is_filled and _have_all(values, _COUNTED) and self._are_homes(groups):
                yield groups, column

    def _are_homes(self, groups: Groups) -> bool:
        """Whether groups may be households: none is large, and each has one home."""
        listed = [places for places in _list_members(groups) if len(places) > 1]
        return bool(listed) and all(
            len(places) <= _LARGEST
            and all(self._is_same_home(places[0], place) for place in places)
            for places in listed
        )

    def _list_merged(self) -> Iterator[tuple[Groups, ColumnMeaning]]:
        """Yield groups by cells merged before the names, or about the household; small ones first.

        The cells of one person, or of a whole community, join nobody.
        """
        of_homes = {fact.id for fact in self._pack.facts.values() if fact.owner == "household"}
        others = {*_NO_KEYS, *(self._pack.facts.keys() - of_homes)}
        found = [
            (self._group_merged(position), column)
            for position in sorted({position for _row, position in self._table.covered})
            if (column := self._columns[position]).target not in others
            and (position < self._names_from or column.target or position in self._dwellings)
        ]
        yield from sorted(found, key=lambda pair: -len(set(pair[0])))

    def _group_merged(self, position: int) -> Groups:
        places = {person.number: place for place, person in enumerate(self._people)}
        covered = self._table.covered
        tops = (places.get(covered.get((person.number, position), 0)) for person in self._people)
        return [place if top is None else top for place, top in enumerate(tops)]

    def _list_numbers(self) -> Iterator[tuple[Groups, ColumnMeaning]]:
        """Yield groups by a serial number, which may count households instead of rows."""
        if "serial" in self.places:
            column = self._columns[self.places["serial"]]
            yield from ((groups, column) for groups in self._group_by([column.position]))

    def _list_homes(self) -> Iterator[tuple[Groups, ColumnMeaning]]:
        """Yield groups of one dwelling: below each other or, by the number of a flat, apart.

        An address in words may be that of a whole house.
        """
        flats = [at for at in self._dwellings if self._columns[at].target is None]
        for positions in (flats, self._dwellings if flats != self._dwellings else []):
            if positions:
                column = self._columns[positions[-1]]
                for groups in self._group_by(positions, is_apart=positions == flats):
                    yield groups, column

    def _group_by(self, positions: Sequence[int], *, is_apart: bool = True) -> Iterator[Groups]:
        """Yield groups of equal cells, wherever they are (`is_apart`) and below each other.

        A blank cell repeats the cell above; that of a head may, or may be of another household.
        """
        for is_head_below in (False, True):
            values = self._list_values(positions, is_head_below=is_head_below)
            if is_apart:
                yield _group(values)
            yield _group_runs(values)
            if not any(isinstance(value, int) for value in values):
                return

    def _list_values(self, positions: Sequence[int], *, is_head_below: bool = True) -> list[_Value]:
        """Return what the cells of each person say; a blank cell repeats the cell above.

        A cell below those of another community does not, nor does a head's unless `is_head_below`:
        the position of the person stands for it.
        """
        values: list[_Value] = []
        places = {person.number: place for place, person in enumerate(self._people)}
        blank = [""] * len(positions)
        texts, area = blank, (0, "")
        for place, person in enumerate(self._people):
            is_first = person.area != area or (person.is_head and not is_head_below)
            above, area, texts = blank if is_first else texts, person.area, []
            for at, before in zip(positions, above, strict=True):
                top = places.get(self._table.covered.get((person.number, at), 0), place)
                texts.append(_read_key(self._people[top].cells[at]) or before)
            values.append((*map(str, area), *texts) if any(texts) else place)
        return values

    def _report_column(self, groups: Groups, column: ColumnMeaning) -> Problem:
        message = Message(
            "only the column '{header}' shows here who lives together: {count} people are in"
            " {households} households. If that is wrong, add a column 户编号",
            {
                "header": column.header
                or format_column_letter(self._table.sheet_columns[column.position]),
                "count": len(groups),
                "households": len(set(groups)),
            },
        )
        return self._report("households-by-column", message, column.header)

    def _report_relation(self, joined: int) -> list[Problem]:
        """Return the problem that only relations show the households, and the rows without any."""
        place = self.places.get("relation", self.places.get("is_head", 0))
        header = self._table.headers[place]
        message = Message(
            "only '{header}' separates the households here: {count} rows were assigned to the head"
            " (户主) above them. If that is wrong, add a column 户编号",
            {"header": header, "count": joined},
        )
        unrelated = [
            person
            for position, person in enumerate(self._people)
            if person.first == position and not person.is_member and not person.is_head
        ]
        return [
            self._report("households-by-relation", message, header),
            *(
                Problem("relation-missing", _NO_RELATION, self._table.sheet, person.number, header)
                for person in unrelated
            ),
        ]

    def _has_long_numbers(self, column: ColumnMeaning) -> bool:
        """Whether a column has longer numbers than those that count years or points."""
        return _have_all(self._list_values([column.position]), _LONG_NUMBER)

    def _report_singles(self) -> list[Problem]:
        """Return the problem that nothing shows who lives together, unless each row is a household.

        It is where the number of its people is stated.
        """
        targets = self.places.keys()
        if len(self._people) < 2 or targets & {"relation", "stated_size"}:  # noqa: PLR2004
            return []
        repeated = (column for _groups, column in self._list_repeated() if column.header)
        column = next(filter(self._has_long_numbers, repeated), None)
        params: dict[str, str | int] = {"count": len(self._people)}
        if column is None:
            return [self._report("households-of-one", Message(_OF_ONE.template, params), "")]
        message = Message(_MAY_NUMBER.template, {**params, "header": column.header})
        return [self._report("households-of-one", message, column.header)]

    def _report(self, code: str, message: Message, header: str) -> Problem:
        return Problem(code, message, self._table.sheet, self._table.last_header_row, header)


def is_dwelling(header: str) -> bool:
    """Whether a heading is that of a dwelling or of a part of its address.

    >>> is_dwelling("门牌号"), is_dwelling("楼栋"), is_dwelling("户籍地址")
    (True, True, False)
    """
    name = read_heading(header.rpartition("/")[2]).name
    is_elsewhere = _DWELLINGS["elsewhere"].search(name)
    return not is_elsewhere and bool(
        _DWELLINGS["homes"].search(name) or _DWELLINGS["buildings"].fullmatch(name)
    )


def is_numbering(header: str) -> bool:
    """Whether a heading is that of a number which a household may share, and no telephone or card.

    >>> is_numbering("档案号"), is_numbering("救助台账编码"), is_numbering("联系电话号码")
    (True, True, False)
    """
    name = read_heading(header.rpartition("/")[2]).name
    return bool(_NUMBERS.search(name)) and not _NUMBERS_OF_OTHERS.search(name)


def is_of_many_homes(header: str) -> bool:
    """Whether a heading is that of an area or a building, where many households live.

    >>> is_of_many_homes("网格"), is_of_many_homes("楼栋"), is_of_many_homes("房号")
    (True, True, False)
    """
    name = read_heading(header.rpartition("/")[2]).name
    return bool(_DWELLINGS["buildings"].fullmatch(name) or _DWELLINGS["areas"].search(name))


def tell_divisions_once(tables: Sequence[SourceTable]) -> Sequence[SourceTable]:
    """Return a file's tables, reporting once how households were found, with all their counts."""
    told: dict[tuple[str, str], tuple[SourceTable, Problem]] = {}
    for table in tables:
        for problem in [found for found in table.problems if found.code in _TOLD_ONCE]:
            key = problem.code, problem.column
            if key in told:
                table.problems.remove(problem)
                first, before = told[key]
                told[key] = first, _add_counts(before, problem)
                first.problems[first.problems.index(before)] = told[key][1]
            else:
                told[key] = table, problem
    return tables


def _add_counts(problem: Problem, other: Problem) -> Problem:
    """Return a problem whose counts include those of another of its kind."""
    counts = other.message.params
    params = {
        name: value + int(counts[name]) if isinstance(value, int) else value
        for name, value in problem.message.params.items()
    }
    return replace(problem, message=replace(problem.message, params=params))


_OF_ONE = Message(
    "nothing in this list shows who lives together, so each of its {count} people counts as a"
    " household, unless other lists show with whom they live; if some are one, add a column 户编号"
    " or 与户主关系"
)
_MAY_NUMBER = Message(
    "it is not clear who lives together in this list, so each of its {count} people counts as a"
    " household; if '{header}' numbers the households, import it again with --map {header}=户编号"
)
_TOLD_ONCE = ("households-by-column", "households-by-relation", "households-of-one")
_NO_RELATION = Message(
    "this row does not say how the person is related to a head (户主), so it was kept as a separate"
    " household. Write 户主, or the relation to the head above"
)


def _list_members(groups: Groups) -> list[list[int]]:
    """Return the positions of the people of each group."""
    members: dict[int, list[int]] = defaultdict(list)
    for place, group in enumerate(groups):
        members[group].append(place)
    return list(members.values())


def _count_joined(groups: Groups) -> int:
    return sum(group != place for place, group in enumerate(groups))


def _group(values: Sequence[_Value]) -> Groups:
    """Return the groups of people with equal values, wherever they are."""
    firsts: dict[_Value, int] = {}
    return [firsts.setdefault(value, place) for place, value in enumerate(values)]


def _group_runs(values: Sequence[_Value]) -> Groups:
    """Return the groups of people with equal values on rows below each other."""
    groups: Groups = []
    for place, value in enumerate(values):
        groups.append(groups[-1] if place and values[place - 1] == value else place)
    return groups


def _have_all(values: Sequence[_Value], pattern: re.Pattern[str]) -> bool:
    """Whether the last text of each value that is not blank has this pattern."""
    return all(isinstance(value, int) or pattern.search(value[-1]) for value in values)


def _are_numbered(values: Sequence[_Value]) -> bool:
    """Whether numbers are those of a register, such as H039 and H040; bank accounts lie apart."""
    texts = {value[-1] for value in values if not isinstance(value, int)}
    serials = list(filter(None, map(_SERIAL.search, texts)))
    offices = {serial["office"] for serial in serials}
    numbers = [int(serial["number"]) for serial in serials]
    if len(numbers) < len(texts) or len(offices) != 1:
        return False
    return max(numbers) - min(numbers) < _WIDEST_STEP * len(numbers)


def _counts_groups(values: Sequence[_Value], groups: Groups) -> bool:
    """Whether numbers count groups, 1 1 2 3 3, and not people; they may begin again with 1."""
    sizes = Counter(groups)
    texts = [value[-1] for value in map(values.__getitem__, sizes) if not isinstance(value, int)]
    if len(texts) < len(sizes) or not all(map(str.isdecimal, texts)):
        return False
    steps = pairwise(map(int, texts))
    is_counted = all(after in {before + 1, 1} for before, after in steps)
    return is_counted and 1 < max(sizes.values(), default=0) <= _LARGEST


def _has_mark(name: Cell) -> bool:
    """Whether a name is long enough for a mark beside it, such as 李四（户主）."""
    return isinstance(name, str) and len(name) > _LONGEST_PLAIN


@lru_cache(_REMEMBERED, typed=True)
def _read_key(cell: Cell) -> str:
    """Return a cell for comparison, a number without leading zeros; "" if it is blank."""
    text = (
        "" if is_blank(cell) or is_ditto(cell) else drop_spaces(simplified_text(cell)).lstrip("'")
    )
    return text.lstrip("0") or text[:1] if text.isdecimal() else text


@lru_cache(_REMEMBERED, typed=True)
def _read_community(cell: Cell) -> str:
    return normalise_community(str(cell))
