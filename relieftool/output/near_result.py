"""The lines households stand near, as a table and as JSON."""

from collections.abc import Callable
from fractions import Fraction

from relieftool.eligibility.findings import Finding
from relieftool.eligibility.gaps import Gaps
from relieftool.eligibility.near_lines import NearLine
from relieftool.eligibility.statuses import format_status
from relieftool.messages import _
from relieftool.output.masking import HiddenValue, MaskedName
from relieftool.output.result import RecordTable, ResultColumn, ShownCell, list_json_columns
from relieftool.output.result_cells import ResultCell, convert_to_yuan
from relieftool.output.wording import format_programme
from relieftool.pack.models import Pack

_NearLine = tuple[Finding, NearLine]


def list_subject_columns() -> tuple[ResultColumn[Finding], ...]:
    """Return the columns that say whom a finding is about."""
    return (
        ResultColumn("household_no", _("Household"), is_whole=True),
        ResultColumn("community", _("Community"), is_minor=True),
        ResultColumn("head", _("Head"), unit="name"),
        ResultColumn("member_no", _("Member number"), is_for_files=True, is_optional=True),
        ResultColumn("member", _("Member"), unit="name", words=build_member_cell),
    )


def build_member_cell(finding: Finding) -> ShownCell:
    """Return the member's name; nothing where a finding is about the whole household."""
    return "" if finding.member_no is None else MaskedName(finding.member)


def list_kind_columns(pack: Pack) -> tuple[ResultColumn[Finding], ...]:
    """Return the columns that say which programme a finding is about, and its status."""
    return (
        ResultColumn(
            "programme", _("Programme"), words=lambda found: format_programme(pack, found.programme)
        ),
        ResultColumn(
            "status", _("Status"), is_whole=True, words=lambda found: format_status(found.status)
        ),
    )


def build_near_table(gaps: Gaps) -> RecordTable[_NearLine]:
    """Return the findings whose household stands near a line, one row for each line."""
    whose = [column for column in list_subject_columns() if not column.is_for_files]
    columns = (
        *(column.of(_finding) for column in (*whose, *list_kind_columns(gaps.pack))),
        ResultColumn(
            "criterion",
            _("Condition"),
            is_wide=True,
            words=lambda line: _criterion_says(gaps.pack, *line),
        ),
        *(column.of(_near) for column in list_near_columns()),
    )
    lines = [(finding, near) for finding in gaps.findings for near in finding.near]
    title = _("Near a line as of {day}").format(day=gaps.as_of.isoformat())
    return RecordTable(title, columns, lines)


def _finding(line: _NearLine) -> Finding:
    return line[0]


def _near(line: _NearLine) -> NearLine:
    return line[1]


def _criterion_says(pack: Pack, finding: Finding, near: NearLine) -> str:
    criteria = pack.programmes[finding.programme].criteria
    return next(str(one.says) for one in criteria if one.id == near.criterion)


def list_near_columns() -> tuple[ResultColumn[NearLine], ...]:
    """Return which side of a line a household is on, both sides, and how far away the line is.

    JSON has plain numbers, fen or a count, and null for what would tell a private fact.
    """

    def is_away_private(near: NearLine) -> bool:
        return near.is_private or near.is_line_private

    return (
        *list_json_columns("criterion"),
        ResultColumn("side", _("Side"), words=_side_words, json_key="holds"),
        *list_json_columns("unit"),
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
    key: str,
    label: str,
    number: Callable[[NearLine], Fraction],
    is_private: Callable[[NearLine], bool],
) -> ResultColumn[NearLine]:
    """Return a column of fen or of a count."""

    def words(near: NearLine) -> ResultCell:
        return convert_to_yuan(round(number(near))) if near.unit == "fen" else str(number(near))

    return _private_column(key, label, is_private, lambda near: round(number(near)), words)


def _private_column(
    key: str,
    label: str,
    is_private: Callable[[NearLine], bool],
    value: Callable[[NearLine], float],
    words: Callable[[NearLine], ResultCell],
) -> ResultColumn[NearLine]:
    """Return a column whose cells are private on some rows: hidden from people, null in JSON."""

    def hidden_value(near: NearLine) -> object:
        return HiddenValue(value(near), instead=None) if is_private(near) else value(near)

    def hidden_words(near: NearLine) -> ShownCell:
        return HiddenValue(words(near)) if is_private(near) else words(near)

    return ResultColumn(key, label, "right", value=hidden_value, words=hidden_words)


def _side_words(near: NearLine) -> str:
    return _("met, just") if near.holds else _("not met, just")


def _percent(near: NearLine) -> float:
    return float(near.share * 100)
