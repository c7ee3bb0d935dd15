"""Finds a table's community, period and programme in its title, and rows that begin a section.

A title is in the lines above a table or in its sheet's name; a section begins with a row such as
二、花园社区（12户）. A text counts as a community's name only if it has an ending such as 社区, 村
or 居委会, follows a label such as 所在社区, or is named elsewhere in the file.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from relieftool.pack.models import Pack
from relieftool.pack.programme_names import ProgrammeNames
from relieftool.values.communities import normalise_community, strip_areas
from relieftool.values.payments import read_paid_months
from relieftool.values.periods import (
    drop_dates,
    find_date,
    find_months,
    find_year,
    has_several_months,
    write_dates_in_figures,
)
from relieftool.values.text import (
    Cell,
    drop_spaces,
    match_any,
    narrow_characters,
    simplify_characters,
)
from relieftool.values.vocabulary import list_words, match_words

_WORDS = match_words("around_tables")
_LABEL = re.compile(
    rf"(?:^|[\s,;]){_WORDS['before_labels']}?(?:社区|社區|村居|村\(居\)|居委会)(?:名称)?:\s*(?P<value>[^\s:]+)"
)
_BEFORE_COMMITTEE = re.compile(r"(?P<name>[^\s:]+?)\s*村?\(居\)\s*(?:民\s*)?委\s*(?:员\s*)?会")
_NAMED = re.compile(rf"(?P<name>[一-鿿]{{1,20}}?{_WORDS['communities']})")
_WHOLE_VILLAGE = re.compile(r"[一-鿿]{2,7}村")
_TITLED_VILLAGE = re.compile(r"(?P<name>[一-鿿]{1,4}?村)(?=[\s\d一-鿿(])")
_NO_VILLAGE = re.compile(f"(?:{_WORDS['no_villages']})$")
_TABLE_WORDS = re.compile(r"^.*(?:关于|(?:表|册|名单|台账)由?)(?=..)")
_NO_OWN_NAME = re.compile(
    rf"^(?:{_WORDS['no_names']}|[一二三四五六七八九十两几\d]+个)*{_WORDS['communities']}$"
)

_COUNT = r"(?:共|计|合计)?(?:\d+[户人][、,;]?)+"
_SECTION = re.compile(
    r"(?P<lead>\(?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[、.)]|第[一二三四五六七八九十]{1,3}部分[、:]?)?"
    r"(?P<label>(?:所在|所属)?(?:社区|村居|村\(居\)|居委会)(?:名称)?:)?"
    r"(?P<name>[一-鿿]{2,20}?)"
    rf"(?P<count>:?\({_COUNT}\)|:?{_COUNT})?[:。]?"
)
_COMMUNITY_ENDING = re.compile(f"{_WORDS['communities']}$")
_VILLAGE = "村"
_OTHER_WORDS = re.compile(_WORDS["no_sections"])
_ROWS_OF_TITLES = 10

_ASIDE, _LISTED = re.compile(r"\([^()]*\)"), re.compile("[、,;/&+和与及]")
_MONEY = re.compile(match_any([*list_words("payments")["money"], "救助", "资助"]))
_AS_OF = re.compile(r"截至|截止|数据(?:日期|时间)")
_WRITTEN_ON = re.compile(f"{_WORDS['written']}?(?:日期|时间)")
_REMARKS = re.compile(f"^{_WORDS['remarks']}")
_LONGEST_LINE = 80
_WITH_DAY = re.compile(r"20\d\d[年./-]\d{1,2}[月./-]\d{1,2}日?")


@dataclass(frozen=True)
class Section:
    """A row that names the community of the rows below it.

    `row` counts from 1; `community` is the name as it is written.
    """

    row: int
    community: str


def find_titled_community(lines: Iterable[str], sheet_name: str = "") -> str | None:
    """Return the community named in the lines above a table or, failing that, in the sheet's name.

    The name is as written, without the sub-district before it. None if no community is named.

    >>> find_titled_community(["所属地区：某某街道　乡镇（街道）　河口下　村（居）委会"])
    '河口下'
    >>> find_titled_community(["安源区后埠街河口下社区2024年11月低保金发放表"])
    '河口下社区'
    >>> [find_titled_community([text]) for text in ("某某镇石塘村高龄老人花名册", "农村低保名单")]
    ['石塘村', None]
    """
    for line in [*lines, sheet_name]:
        if len(line) <= _LONGEST_LINE and (found := _find_community(narrow_characters(line))):
            return found
    return sheet_name.strip() if _WHOLE_VILLAGE.fullmatch(sheet_name.strip()) else None


def _find_community(line: str) -> str | None:
    if found := _BEFORE_COMMITTEE.search(line):
        return _strip_area(found["name"])
    undated = drop_dates(line)
    named = _NAMED.search(undated)
    if named and (name := _strip_area(named["name"])):
        return name
    if label := _LABEL.search(line):
        return _strip_area(label["value"])
    village = _TITLED_VILLAGE.match(strip_areas(undated.strip()))
    return village["name"] if village and not _NO_VILLAGE.search(village["name"]) else None


def _strip_area(name: str) -> str | None:
    """Return a community's name without the name of a table or of a larger area before it.

    None if what is left names no particular community.
    """
    name = strip_areas(_TABLE_WORDS.sub("", name))
    return None if _has_no_own_name(name) else name


def _has_no_own_name(name: str) -> bool:
    """Whether a name is only a word such as 各社区, which names no particular community."""
    return bool(_NO_OWN_NAME.match(name))


def list_named_communities(
    names: Iterable[str], sheets: Iterable[Sequence[Sequence[Cell]]]
) -> set[str]:
    """Return the communities in the names and the first rows of a file's sheets, normalised."""
    texts = [
        cell
        for rows in sheets
        for row in rows[:_ROWS_OF_TITLES]
        for cell in row
        if isinstance(cell, str)
    ]
    found = [find_titled_community((), name) for name in names]
    found += [find_titled_community([text]) for text in texts]
    return {normalise_community(name) for name in found if name}


def find_section_community(
    text: str, known: Collection[str] = (), *, is_apart: bool = False
) -> str | None:
    """Return the community named by a text that is alone in its row; None if it is not clear.

    `known` are normalised names of communities. `is_apart`: the text is in a cell that cannot have
    a person's name, so that 陈新村 is a village there and not a person.

    >>> find_section_community("二、花园社区（12户）"), find_section_community("社区：河口下")
    ('花园社区', '河口下')
    >>> find_section_community("一、低保户"), find_section_community("陈新村")
    (None, None)
    """
    found = _SECTION.fullmatch(narrow_characters(simplify_characters(drop_spaces(text))))
    if found is None:
        return None
    name = _strip_area(found["name"])
    if name is None or _has_no_own_name(name) or _OTHER_WORDS.search(name):
        return None
    is_marked = bool(found["lead"] or found["count"] or is_apart)
    is_known = is_marked and normalise_community(name) in known
    is_village = is_marked and name.endswith(_VILLAGE) and len(name) > len("新村")
    is_named = _COMMUNITY_ENDING.search(name) or found["label"]
    return name if is_named or is_known or is_village else None


def find_only_text(cells: Sequence[Cell], filled: Sequence[int]) -> str | None:
    """Return the only text of a row; None if it has other filled cells or no text.

    `filled` are the positions of the filled cells. Some files repeat the text of a merged cell in
    all cells of the row; this counts as a single text.
    """
    text = cells[filled[0]]
    is_alone = len(filled) == 1 or (
        len(filled) == len(cells) and all(cell == text for cell in cells)
    )
    return text if is_alone and isinstance(text, str) else None


def find_covered_period(
    lines: Iterable[str], sheet_name: str, footers: Iterable[str]
) -> str | None:
    """Return the period that a table is about; None if it is not stated, or not clear.

    These are tried in turn: an as-of day (截至), a date in the title, the day on which the table
    was filled in, a date in the sheet's name, a date in the footer. If several are in the same
    place, the newest counts, but several months count before a single day, which may be that of
    payment. A month whose year is in another line comes next, and a year alone (年度) comes last.
    """
    groups = _list_dating_lines(lines, sheet_name, footers)
    for group in groups:
        if any(map(has_several_months, group)):
            months = {find_months(line) for line in group if has_several_months(line)}
            return months.pop() if len(months) == 1 else None
        if dates := [date for line in group if (date := find_date(line))]:
            return max(dates)
    _as_of, titles, _written, sheets, _below = groups
    together = " ".join([*titles, *sheets])
    return find_months(together) or find_date(together) or find_year(together)


def find_year_of_months(
    names: Iterable[str], headers: Iterable[str], covers: str | None
) -> str | None:
    """Return the year that a table's names give the columns of its months; None if they need none.

    A day in the names may be that on which the table was made, in January of the next year.

    >>> find_year_of_months(["2024年低保发放表 2025年1月5日"], ["11月", "12月"], "2025-01-05")
    '2024'
    """
    if sum(read_paid_months(header, "2000") is not None for header in headers) <= 1:
        return None
    lines = [_WITH_DAY.sub(" ", write_dates_in_figures(name)) for name in names]
    years = {year for line in lines for year in re.findall(r"(?<!\d)20\d\d(?=年)", line)}
    year = years.pop() if len(years) == 1 else None
    return None if year is None or (covers and covers[:4] == year) else year


class _NamedBenefit(NamedTuple):
    """Where a text names a programme: the name begins at `start` and ends before `end`."""

    start: int
    end: int
    programme: str
    is_money: bool


def find_titled_programme(
    texts: Iterable[str], pack: Pack, *, is_payment: bool = False
) -> str | None:
    """Return the programme named in the first of these texts that names a programme.

    None if that text lists several, as 低保、孤儿基本生活费, and no other text says which it is.
    `is_payment`: the texts are of a list with amounts, so that a short name such as 护理补贴 is
    enough where nothing else is named.
    """
    programmes = pack.programmes.values()
    known = ProgrammeNames(programmes) if is_payment else None
    words = {word: programme.id for programme in programmes for word in programme.receipt_words}
    names = [(name, p.id) for p in programmes for name in p.roster_names]
    short = [(name, p.id) for p in programmes for name in p.receipt_headers]
    listed: set[str] = set()
    for text in texts:
        folded = narrow_characters(simplify_characters(drop_spaces(text)))
        has_name = any(name in folded for name, _programme in names)
        found: set[str] = set()
        if has_name or (known and not known.names_other_payment([text])):
            found = _choose_benefits(folded, [*(names if has_name else short), *words.items()])
        found = found & listed or found
        if len(found) == 1:
            return found.pop() if not listed or found <= listed else None
        listed = listed or found
    return None


def _choose_benefits(text: str, names: Iterable[tuple[str, str]]) -> set[str]:
    """Return the programmes that a text may be about.

    The last one counts, as in 低保家庭医疗救助, unless it is listed with the one before it, or is
    no money and that is: 生活补贴（低保户）. Words in brackets count only if no others do.
    """
    listed = [(name, programme) for name, programme in names if name in text]
    found = [hit for pair in listed for hit in _find_benefits(text, *pair)]
    whole = [
        hit
        for hit in found
        if not any(
            other.start <= hit.start and hit.end <= other.end and other[:2] != hit[:2]
            for other in found
        )
    ]
    aside = {place for part in _ASIDE.finditer(text) for place in range(*part.span())}
    whole = [hit for hit in whole if hit.start not in aside] or whole
    if not whole:
        return set()
    last = max(hit.end for hit in whole)
    own = [hit for hit in whole if hit.end == last]
    before = max((hit for hit in whole if hit.end < last), default=None)
    chosen = {hit.programme for hit in own}
    if before is None or before.programme in chosen:
        return chosen
    between = text[before.end : own[0].start]
    is_money = own[0].is_money
    if _LISTED.search(between) or not (between or before.is_money or is_money):
        return {*chosen, before.programme}
    return {before.programme} if before.is_money and not is_money else chosen


def _find_benefits(text: str, name: str, programme: str) -> Iterator[_NamedBenefit]:
    """Yield each place where a text has the name of a programme."""
    for found in re.finditer(re.escape(name), text):
        yield _NamedBenefit(*found.span(), programme, _MONEY.search(name) is not None)


def names_unclear_months(lines: Iterable[str], sheet_name: str) -> bool:
    """Whether lines above a table name months that make no period for `find_covered_period`."""
    for group in _list_dating_lines(lines, sheet_name, ()):
        if any(map(has_several_months, group)):
            return find_covered_period(group, "", ()) is None
        if any(map(find_date, group)):
            return False
    return False


def _list_dating_lines(
    lines: Iterable[str], sheet_name: str, footers: Iterable[str]
) -> tuple[list[str], ...]:
    """Return the groups of lines that may have the date of a table, the surest group first."""
    above = [
        line
        for line in lines
        if len(line) <= _LONGEST_LINE and not _REMARKS.match(simplify_characters(line))
    ]
    as_of = [line for line in above if _AS_OF.search(line)]
    written = [line for line in above if _WRITTEN_ON.search(line) and line not in as_of]
    titles = [line for line in above if line not in as_of and line not in written]
    below = [line for line in footers if _WRITTEN_ON.search(line) and len(line) <= _LONGEST_LINE]
    return as_of, titles, written, [sheet_name], below
