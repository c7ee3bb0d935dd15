"""The lines households stand near, as a table and as JSON."""

from collections.abc import Callable
from fractions import Fraction

from relieftool.findings import Finding
from relieftool.gaps import Gaps
from relieftool.messages import _
from relieftool.near import Near
from relieftool.output.cells import Cell, yuan
from relieftool.output.masking import PersonName, Private
from relieftool.output.result import Column, Shown, Table, in_json
from relieftool.output.words_of_findings import programme_word
from relieftool.pack.models import Pack
from relieftool.statuses import status_word

_NearLine = tuple[Finding, Near]


def whose_columns() -> tuple[Column[Finding], ...]:
    """Return the columns that say whom a finding is about."""
    return (
        Column("household_no", _("Household"), is_whole=True),
        Column("community", _("Community"), is_minor=True),
        Column("head", _("Head"), unit="name"),
        Column("member_no", _("Member number"), is_for_files=True, is_optional=True),
        Column("member", _("Member"), unit="name", words=member_cell),
    )


def member_cell(finding: Finding) -> Shown:
    """Return the member's name; nothing where a finding is about the whole household."""
    return "" if finding.member_no is None else PersonName(finding.member)


def kind_columns(pack: Pack) -> tuple[Column[Finding], ...]:
    """Return the columns that say which programme a finding is about, and its status."""
    return (
        Column(
            "programme", _("Programme"), words=lambda found: programme_word(pack, found.programme)
        ),
        Column("status", _("Status"), is_whole=True, words=lambda found: status_word(found.status)),
    )


def near_table(gaps: Gaps) -> Table[_NearLine]:
    """Return the findings whose household stands near a line, one row for each line."""
    whose = [column for column in whose_columns() if not column.is_for_files]
    columns = (
        *(column.of(_finding) for column in (*whose, *kind_columns(gaps.pack))),
        Column(
            "criterion",
            _("Condition"),
            is_wide=True,
            words=lambda line: _criterion_says(gaps.pack, *line),
        ),
        *(column.of(_near) for column in near_columns()),
    )
    lines = [(finding, near) for finding in gaps.findings for near in finding.near]
    title = _("Near a line as of {day}").format(day=gaps.as_of.isoformat())
    return Table(title, columns, lines)


def _finding(line: _NearLine) -> Finding:
    return line[0]


def _near(line: _NearLine) -> Near:
    return line[1]


def _criterion_says(pack: Pack, finding: Finding, near: Near) -> str:
    criteria = pack.programmes[finding.programme].criteria
    return next(str(one.says) for one in criteria if one.id == near.criterion)


def near_columns() -> tuple[Column[Near], ...]:
    """Return which side of a line a household is on, both sides, and how far away the line is.

    JSON has plain numbers, fen or a count, and null for what would tell a private fact.
    """

    def is_away_private(near: Near) -> bool:
        return near.is_private or near.is_line_private

    return (
        *in_json("criterion"),
        Column("side", _("Side"), words=_side_words, json_key="holds"),
        *in_json("unit"),
        _number("value", _("Value"), lambda near: near.value, lambda near: near.is_private),
        _number("line", _("Line"), lambda near: near.line, lambda near: near.is_line_private),
        _number("distance", _("Away"), lambda near: near.distance, is_away_private),
        _private_column(
            "percent",
            _("Percent"),
            is_away_private,
            lambda near: round(_percent(near), 2),
            lambda near: f"{_percent(near):.1f}%",
        ),
    )


def _number(
    key: str, label: str, number: Callable[[Near], Fraction], is_private: Callable[[Near], bool]
) -> Column[Near]:
    """Return a column of fen or of a count."""

    def words(near: Near) -> Cell:
        return yuan(round(number(near))) if near.unit == "fen" else str(number(near))

    return _private_column(key, label, is_private, lambda near: round(number(near)), words)


def _private_column(
    key: str,
    label: str,
    is_private: Callable[[Near], bool],
    value: Callable[[Near], float],
    words: Callable[[Near], Cell],
) -> Column[Near]:
    """Return a column whose cells are private on some rows: hidden from people, null in JSON."""

    def hidden_value(near: Near) -> object:
        return Private(value(near), instead=None) if is_private(near) else value(near)

    def hidden_words(near: Near) -> Shown:
        return Private(words(near)) if is_private(near) else words(near)

    return Column(key, label, "right", value=hidden_value, words=hidden_words)


def _side_words(near: Near) -> str:
    return _("met, just") if near.holds else _("not met, just")


def _percent(near: Near) -> float:
    return float(near.share * 100)
