"""Finds the role of each row below a header: first of a household, continuation, total or note.

Every row that is not blank gets a role. If it is not clear whether a row is about a person, it
counts as a person's row.
"""

import re
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache
from itertools import islice
from typing import Literal, overload

from relieftool.spreadsheets.column_names import build_identity_catalogue
from relieftool.spreadsheets.grid import (
    Grid,
    are_column_signs,
    is_empty_row,
    is_figure,
    list_filled_places,
)
from relieftool.spreadsheets.source_tables import Role, SourceRow
from relieftool.spreadsheets.titles import find_only_text, find_section_community
from relieftool.values.id_numbers import is_plain_number, read_id_number
from relieftool.values.text import Cell, drop_spaces, is_empty_cell, simplify_characters
from relieftool.values.vocabulary import (
    are_head_marks,
    is_ditto,
    is_head_word,
    list_cell_words,
    match_words,
)

_ROLES: tuple[Role, ...] = ("first", "continuation", "total", "note")
_ROLE_NUMBERS = {role: number for number, role in enumerate(_ROLES)}

_TOTAL = re.compile(r"^(?:[总合小共累]计|(?:本[页户村居]|本社区|全[村街]|.{1,6}社区)[合小总]计)")
_TOTAL_ALONE = re.compile(r"^(?:[总合小共累]计|.{1,8}(?:合计|总计|小计))(?:数|金额|[:：])?$")
_WORDS = match_words("around_tables")
_FOOTER = re.compile(
    f"^{_WORDS['places']}?{_WORDS['signed']}{_WORDS['signers']}*{_WORDS['signatures']}*(?:[:：（(].*)?$"
    r"|^(?:[附备]?注|说明|填[表写]说明|公示.{0,6}"
    rf"|.{{0,2}}{_WORDS['telephones']}电话|.{{0,4}}{_WORDS['dated']})\d?[:：]"
    r"|^※"
)
_SIGNED = re.compile("[一-鿿]{2,8}[:：]")
_HINT = re.compile(_WORDS["hints"])
_EXAMPLE = re.compile(f"^[（(]?(?:{_WORDS['examples']}|例$)")
_OF_HOUSEHOLD = re.compile(f".{{0,4}}(?:{_WORDS['own_money']}|{_WORDS['of_home']})")
_CAPTION = re.compile(r"^[（(]?[一二三四五六七八九十]{1,3}[、)）.]")
CUT = 0  # in place of the row that a row continues: it continues none
_OF_PEOPLE = frozenset({"name", "head_name", "id_number", "head_id_number", "relation", "phone"})
_SHORTEST_NOTE = 15
_FEWEST_COLUMNS = 3
_ROWS_LOOKED_AT = 1000


@dataclass(frozen=True)
class KeyColumns:
    """The positions of the columns that separate one household from the next.

    `head` are the columns of the head's name and ID number. `ids` and `names` include those of the
    head. `has_name`: there is a column of members' names. `has_places`: there are numbered columns
    such as 成员一姓名, so that a row has several members. `is_bare_head`: the heading of the head's
    name does not speak of a name.
    """

    serial: int | None = None
    household_no: int | None = None
    head: tuple[int, ...] = ()
    relation: int | None = None
    ids: tuple[int, ...] = ()
    names: tuple[int, ...] = ()
    has_name: bool = False
    has_places: bool = False
    is_bare_head: bool = False

    @property
    def marked(self) -> int | None:
        """The column of heads that may only mark them: 户主 beside the names of all people."""
        return self.head[0] if self.head and self.is_bare_head else None

    @property
    def merged(self) -> set[int]:
        """The columns in which a cell merged downward joins the rows of one household."""
        return {i for i in (self.serial, self.household_no, *self.head) if i is not None}

    @cached_property
    def blank_in_members(self) -> tuple[int, ...]:
        """The columns that are filled only in the first row of a household."""
        first = self.household_no if self.has_name else self.serial
        rest = self.head if self.has_name else (self.household_no,)
        return tuple(i for i in (first, *rest) if i is not None)


def find_keys(headers: Sequence[str]) -> KeyColumns:
    """Return the columns among these headers that identify households."""
    catalogue = build_identity_catalogue()
    places: dict[str, list[int]] = {}
    assumed: list[tuple[str, int]] = []
    has_places = False
    for position, match in enumerate(catalogue.match_all(headers)):
        if match and match.is_assumed:
            assumed.append((match.target, position))
        elif match and match.place is not None and not match.is_numbered:
            has_places = True
        elif match and not match.is_numbered:
            places.setdefault(match.target, []).append(position)
    for target, position in assumed:
        # only the cells tell whose names these are; beside heads they are most likely an official's
        if target != "name" or "head_name" not in places:
            places.setdefault(target, [position])
    names, heads = places.get("name", []), places.get("head_name", [])
    if not heads and len(names) > 1 and "成员" in headers[names[1]]:
        heads, names = names[:1], names[1:]
    return KeyColumns(
        serial=_first_or_none(places.get("serial")),
        household_no=_first_or_none(places.get("household_no")),
        head=tuple(heads[:1] + places.get("head_id_number", [])[:1]),
        relation=_first_or_none(places.get("relation")),
        ids=(*places.get("id_number", ()), *places.get("head_id_number", ())),
        names=(*names, *heads),
        has_name=bool(names),
        has_places=has_places,
        is_bare_head=bool(heads) and "名" not in headers[heads[0]],
    )


def _first_or_none(positions: list[int] | None) -> int | None:
    return positions[0] if positions else None


@dataclass(slots=True)
class _OpenHousehold:
    """The household of the last row that was read.

    `number` and `cells` are those of its first row; `has_head`: one of its rows is the head's.
    """

    number: int
    cells: tuple[Cell, ...]
    has_head: bool


@dataclass
class _RowReader:
    """Reads the rows of one table from top to bottom.

    `headed` are the positions of the columns with a heading; `titles` are rows that repeat the
    title; `communities` are normalised names used in the file. `sections` is filled with the rows,
    from 1, that name a community. `merged_tops` maps a row under a merged key cell to the top row
    of that cell.
    """

    grid: Grid
    columns: Sequence[int]
    header_rows: range
    keys: KeyColumns
    headed: frozenset[int]
    titles: Collection[int] = ()
    communities: Collection[str] = ()
    sections: dict[int, str] = field(default_factory=dict)
    household: _OpenHousehold | None = None
    merged_tops: dict[int, int] = field(default_factory=dict)
    header_texts: list[set[str]] = field(default_factory=list)
    has_data: bool = False

    def __post_init__(self) -> None:
        for position in self.keys.merged:
            self._note_merged(self.columns[position])
        for row in self.header_rows:
            self.header_texts.append({drop_spaces(cell) for cell in self.grid.rows[row]} - {""})

    def _note_merged(self, column: int) -> None:
        """Record for each row the top row of the merged cell that covers it in this column."""
        end = self.header_rows[-1]
        for top, _left, bottom, _right in sorted(m for m in self.grid.merged if m[1] == column):
            if top > end:
                end = min(bottom, len(self.grid.rows) - 1)
                for row in range(top + 1, end + 1):
                    self.merged_tops[row] = min(top, self.merged_tops.get(row, top))

    def read(self, row: int, cells: tuple[Cell, ...]) -> tuple[Role, int | None]:
        """Return the role of the row with this number, from 0, and the row it continues, from 1."""
        if role := self._find_role_without_people(row, cells):
            if role == "total" or self._is_section(row, cells, list_filled_places(cells)):
                self.household = None
            return role, None
        self.has_data = True
        if self.household and self._continues(row, cells, self.household):
            self.household.has_head |= self._is_head(cells)
            return "continuation", self.household.number
        self.household = _OpenHousehold(row + 1, cells, self._is_head(cells))
        return "first", None

    def _find_role_without_people(
        self, row: int, cells: tuple[Cell, ...]
    ) -> Literal["total", "note"] | None:
        """Return the role of a row that is about no person; None for a person's row.

        A row with a valid ID number is a person's row, unless it is a sample row (示例).
        """
        if row in self.titles:
            return "note"
        for first in cells:
            if not is_empty_cell(first):
                break
        is_example = is_sample(first)
        if not is_example:
            for place in self.keys.ids:
                if is_plain_number(cells[place]) or read_id_number(cells[place]).number:
                    return None  # the common case, so the many patterns below need not be tried
        filled = list_filled_places(cells)
        if filled and filled[0] in self.keys.names and are_answers([cells[i] for i in filled]):
            return "note"
        role: Literal["total", "note"] | None = None
        if _is_total([simplify_characters(drop_spaces(cells[i])) for i in filled[:3]]):
            role = "total"
        elif self._is_note(row, cells, filled):
            role = "note"
        return None if role and not is_example and has_person(cells) else role

    def _is_note(self, row: int, cells: tuple[Cell, ...], filled: list[int]) -> bool:
        first = drop_spaces(cells[filled[0]])
        line = simplify_characters(first)
        texts = [drop_spaces(cells[place]) for place in filled]
        is_signed = filled[0] not in self.keys.names and all(map(_SIGNED.match, texts))
        is_footer = _FOOTER.match(line) or _EXAMPLE.match(line)
        if is_signed or is_footer or filled == [self.keys.serial]:
            return True
        if self.headed.isdisjoint(filled):
            return True  # stray cells beside the table, such as lists to choose from
        if self._is_section(row, cells, filled):
            return True
        if len(filled) == 1:
            return len(cells) >= _FEWEST_COLUMNS and self._is_caption(row, line, cells[filled[0]])
        if self.has_data and not any(first in header for header in self.header_texts):
            return False
        is_hint = not self.has_data and (
            _are_hints(texts) or are_column_signs(texts) or self._are_counted(texts, filled)
        )
        return is_hint or any(header.issuperset(texts) for header in self.header_texts)

    def _are_counted(self, texts: Sequence[str], filled: Sequence[int]) -> bool:
        """Whether cells count the columns from 1 on, also that of names, where no number can be."""
        counted = [text.removesuffix(".0") for text in texts]
        is_counted = counted == [str(number + 1) for number in range(len(texts))]
        return is_counted and not set(self.keys.names).isdisjoint(filled)

    def _is_section(self, row: int, cells: tuple[Cell, ...], filled: list[int]) -> bool:
        """Whether a row names the community of the rows below; if so, add it to `sections`."""
        text = find_only_text(cells, filled)
        if text is None or filled[0] > 1:
            return False
        is_apart = filled[0] not in self.keys.names or self._is_wide(row)
        community = find_section_community(text, self.communities, is_apart=is_apart)
        if community is not None:
            self.sections[row + 1] = community
        return community is not None

    def _is_wide(self, row: int) -> bool:
        """Whether a row has a cell that is merged across half of the table or more."""
        return any(
            top == row and right - left + 1 >= len(self.columns) / 2
            for top, left, _bottom, right in self.grid.merged
        )

    def _is_caption(self, row: int, text: str, cell: Cell) -> bool:
        """Whether the only filled cell of a row is a caption or a remark, and no data."""
        if is_figure(cell):
            return False
        is_words = len(text) >= _SHORTEST_NOTE or _CAPTION.match(text) or _HINT.search(text)
        return self._is_wide(row) or bool(is_words)

    def _continues(self, row: int, cells: tuple[Cell, ...], household: _OpenHousehold) -> bool:
        """Whether a row belongs to the household of the rows above it."""
        if row in self.merged_tops:
            return True
        if self.keys.has_places:
            return False
        return self._leaves_keys_blank(cells, household) or self._repeats_head(cells, household)

    def _leaves_keys_blank(self, cells: tuple[Cell, ...], household: _OpenHousehold) -> bool:
        """Whether the key columns filled in the household's first row are blank in this row."""
        has_keys = False
        for place in self.keys.blank_in_members:
            if not is_empty_cell(household.cells[place]):
                has_keys = True
                if not is_empty_cell(cells[place]):
                    return False
        serial = self.keys.serial
        if not has_keys and serial is not None:
            return not is_empty_cell(household.cells[serial]) and is_empty_cell(cells[serial])
        return has_keys

    def _repeats_head(self, cells: tuple[Cell, ...], household: _OpenHousehold) -> bool:
        """Whether a row repeats the name of the household's head beside that of a member.

        If the head has a row already, a row of another 户主 with that name is another household.
        """
        keys = self.keys
        if not keys.has_name or not keys.head:
            return False
        if keys.household_no is not None and not is_empty_cell(cells[keys.household_no]):
            return False
        is_same = all(cells[i] == household.cells[i] or is_ditto(cells[i]) for i in keys.head)
        is_named = not is_empty_cell(cells[keys.head[0]])
        return is_same and is_named and not (household.has_head and self._is_head(cells))

    def _is_head(self, cells: tuple[Cell, ...]) -> bool:
        relation = self.keys.relation
        return relation is not None and is_head_word(cells[relation])


@lru_cache
def is_sample(cell: Cell) -> bool:
    """Whether the first cell of a row says that the row is an example of how to fill it in."""
    text = drop_spaces(cell)
    return not text.isascii() and bool(_EXAMPLE.match(simplify_characters(text)))


def are_answers(cells: Sequence[Cell]) -> bool:
    """Whether the filled cells of a row are headings, each with its answer behind it, as in a form.

    >>> are_answers(["户主", "万里", "身份证号", "36"]), are_answers(["月收入", 900])
    (True, True)
    >>> are_answers(["万里", "户主"]), are_answers(["户主", "身份证号"])
    (False, False)
    """
    labels, answers = cells[::2], cells[1::2]
    is_paired = len(labels) == len(answers) > 0
    return is_paired and all(map(_is_label, labels)) and not any(map(_is_label, answers))


def _is_label(cell: Cell) -> bool:
    """Whether a cell is a heading of people or of a household, and nobody's name."""
    text = drop_spaces(cell)
    is_of_people = build_identity_catalogue().target(text) in _OF_PEOPLE
    return is_of_people or _OF_HOUSEHOLD.fullmatch(text) is not None


def has_person(cells: Iterable[Cell]) -> bool:
    """Whether any cell of a row is a valid ID number."""
    return any(read_id_number(cell).number is not None for cell in cells if not is_empty_cell(cell))


def _is_total(texts: list[str]) -> bool:
    """Whether one of the first few texts of a row marks a total, such as 合   计 or 合计880户."""
    return bool(
        _TOTAL.match(texts[0])
        or _TOTAL.fullmatch("".join(texts[:2]))
        or any(_TOTAL_ALONE.match(text) for text in texts)
    )


def _are_hints(texts: list[str]) -> bool:
    return sum(1 for text in texts if _HINT.search(simplify_characters(text))) > 1


class TableRows(Sequence[SourceRow]):
    """The rows of a table with their roles.

    Only row numbers and roles are stored. The cells are taken from the sheet whenever a row is
    used, so that a long table takes little memory. `may_have_dittos`: a cell may be a 〃.
    `plain_names` are positions of columns of names where each cell is one name, without a mark.
    Both spare going through a long table once more.
    """

    def __init__(self, grid: Grid, columns: Sequence[int], *, may_have_dittos: bool = True) -> None:
        self._grid = grid
        self._columns = columns
        self.may_have_dittos = may_have_dittos
        self.plain_names: set[int] = set()
        self._numbers = array("Q")
        self._roles = bytearray()
        self._continues = array("Q")

    def add(self, number: int, role: Role, continues: int | None) -> None:
        """Add a row at the end."""
        self._numbers.append(number)
        self._roles.append(_ROLE_NUMBERS[role])
        self._continues.append(continues or 0)

    def note_names(self, cells: Sequence[Cell]) -> None:
        """Drop from `plain_names` the columns where a cell may be more than one name."""
        for place in tuple(self.plain_names):
            cell = cells[place]
            if cell is not None and not (isinstance(cell, str) and cell.isalpha()):
                self.plain_names.discard(place)

    def joined(self, continues: Mapping[int, int]) -> "TableRows":
        """Return the rows, with some of them in other households.

        `continues` maps the number of each such row to that of its household's first row, or to CUT
        if it is the first itself.
        """
        rows = TableRows(self._grid, self._columns, may_have_dittos=self.may_have_dittos)
        rows.plain_names = self.plain_names
        for number, role, own in zip(self._numbers, self._roles, self._continues, strict=True):
            first = continues.get(number)
            if first is None:
                rows.add(number, _ROLES[role], own)
            else:
                rows.add(number, "first" if first == CUT else "continuation", first)
        return rows

    def list_role(self, role: Role) -> Iterator[SourceRow]:
        """Return the rows with this role."""
        position = self._roles.find(_ROLE_NUMBERS[role])
        while position >= 0:
            yield self[position]
            position = self._roles.find(_ROLE_NUMBERS[role], position + 1)

    def __len__(self) -> int:
        return len(self._roles)

    def __iter__(self) -> Iterator[SourceRow]:
        cells, columns = self._grid.rows, self._columns
        for number, role, continues in zip(
            self._numbers, self._roles, self._continues, strict=True
        ):
            own = _pick_cells(cells[number - 1], columns)
            yield SourceRow(number, _ROLES[role], continues or None, own)

    @overload
    def __getitem__(self, place: int) -> SourceRow: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[SourceRow]: ...
    def __getitem__(self, place: int | slice) -> SourceRow | Sequence[SourceRow]:
        if isinstance(place, slice):
            return [self[index] for index in range(*place.indices(len(self)))]
        number = self._numbers[place]
        cells = _pick_cells(self._grid.rows[number - 1], self._columns)
        return SourceRow(number, _ROLES[self._roles[place]], self._continues[place] or None, cells)


def list_notes(rows: Sequence[SourceRow]) -> Iterable[SourceRow]:
    """Return the rows of a table that are notes."""
    if isinstance(rows, TableRows):
        return rows.list_role("note")
    return (row for row in rows if row.role == "note")


def _pick_cells(cells: list[Cell], columns: Sequence[int]) -> tuple[Cell, ...]:
    """Return the cells of a table's columns from a row of its sheet."""
    count = len(cells)
    if count == len(columns) == columns[-1] + 1:
        return tuple(cells)
    return tuple([cells[column] if column < count else None for column in columns])


def read_rows(  # noqa: PLR0913 a table, and what is known of the sheet
    grid: Grid,
    columns: Sequence[int],
    header_rows: range,
    last_row: int,
    headers: Sequence[str],
    *,
    communities: Collection[str] = (),
    titles: Collection[int] = (),
    sections: dict[int, str] | None = None,
) -> TableRows:
    """Return the rows below a header, down to `last_row` (inclusive), that are not blank.

    `headers` are the headings of the columns, '' for a column without one. `titles` are rows,
    counted from 0, that repeat the title. `sections` is filled with the rows, counted from 1, that
    name the community of the rows below. `communities` are normalised names used in the file.
    """
    headed = frozenset(place for place, text in enumerate(headers) if text)
    found = {} if sections is None else sections
    keys = find_keys(headers)
    body = range(header_rows[-1] + 1, last_row + 1)
    marked = keys.marked
    if marked is not None and are_head_marks(
        grid.cell(row, columns[marked])
        for row in body[:_ROWS_LOOKED_AT]
        if not _counts_columns_or_rows(grid, row)
    ):
        keys = replace(keys, head=())
    reader = _RowReader(grid, columns, header_rows, keys, headed, titles, communities, found)
    rows = TableRows(grid, columns, may_have_dittos=False)
    rows.plain_names = set(keys.names)
    dittos = _list_dittos()
    for row, cells in zip(body, islice(grid.rows, body.start, body.stop), strict=True):
        if not is_empty_row(cells):
            own = _pick_cells(cells, columns)
            # comparing whole rows with all ways to write one is much faster than cell by cell
            rows.may_have_dittos |= not dittos.isdisjoint(own)
            rows.add(row + 1, *reader.read(row, own))
            rows.note_names(own)
    return rows


def has_plain_names(rows: Sequence[SourceRow], position: int) -> bool:
    """Whether each cell of a column is known to be blank or one name, without a mark."""
    return isinstance(rows, TableRows) and position in rows.plain_names


def _counts_columns_or_rows(grid: Grid, row: int) -> bool:
    """Whether a row has the signs of the columns, or a total."""
    texts = [simplify_characters(drop_spaces(grid.cell(row, place))) for place in grid.filled(row)]
    return bool(texts) and (are_column_signs(texts) or _is_total(texts[:3]))


def find_dittos(rows: Sequence[SourceRow]) -> dict[tuple[int, int], int]:
    """Return the cells that mean the cell above, such as 〃, each with the row of that cell.

    It is the nearest filled cell above that is no 〃 itself. Rows count from 1; columns are
    positions in the table. A cell without another above it is left out.
    """
    # few tables have any, so the rows are only gone through if one does
    if isinstance(rows, TableRows) and not rows.may_have_dittos:
        return {}
    found: dict[tuple[int, int], int] = {}
    last: dict[int, int] = {}
    for row in rows:
        if row.role in ("first", "continuation"):
            for position, cell in enumerate(row.cells):
                if is_ditto(cell):
                    if position in last:
                        found[row.number, position] = last[position]
                elif not is_empty_cell(cell):
                    last[position] = row.number
    return found


@cache
def _list_dittos() -> frozenset[str]:
    """Return what `is_ditto` takes for a ditto: its words with dashes or blanks in and around."""
    dashes = [dash * count for dash in "-—–－" for count in (1, 2, 3)]
    starts = ("", " ", "　", *(f"{dash}{blank}" for dash in dashes for blank in ("", " ")))
    words = [
        blank.join(word) for word in list_cell_words("ditto") for blank in ("", " ", "　", "  ")
    ]
    return frozenset(
        f"{start}{word}{end}"
        for word in set(words)
        for start in starts
        for end in {"", " ", start[::-1]}
    )
