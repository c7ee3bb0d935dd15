"""The answer of `relief pack diff`: rules that differ, totals per programme, and who is touched."""

import datetime as dt
from dataclasses import asdict

from relieftool.authoring.pack_comparison import (
    AffectedUnit,
    Effect,
    PackDiff,
    ProgrammeResult,
    RuleChange,
)
from relieftool.messages import _
from relieftool.output.masking import MaskedName
from relieftool.output.pack_head import build_pack_document
from relieftool.output.pack_tests import format_example_outcome
from relieftool.output.result import (
    Columns,
    PlainTable,
    RecordTable,
    Result,
    ResultColumn,
    ShownCell,
)
from relieftool.output.result_cells import ResultCell, convert_to_yuan
from relieftool.output.wording import format_programme
from relieftool.output.words_of_packs import format_parameter_value
from relieftool.pack.models import Pack

_COUNTED: tuple[Effect, ...] = ("gains", "loses", "becomes_undecided")


def build_pack_diff_result(diff: PackDiff, names: tuple[str, str]) -> Result:
    """Return what differs between two packs, for people and programs.

    `names` are what the command line calls the two.
    """
    programmes = list(dict.fromkeys(one.programme for one in diff.affected))
    totals = {programme: _totals(diff, programme) for programme in programmes}
    listing = _listing(diff)
    answer = {
        "relief_result": 1,
        "command": "pack diff",
        "as_of": diff.as_of.isoformat(),
        "old": build_pack_document(diff.old, diff.as_of),
        "new": build_pack_document(diff.new, diff.as_of),
        "rules": [{**asdict(one), **_values(diff, one)} for one in diff.rules],
        "programmes": [{"programme": key, **one} for key, one in totals.items()],
        "affected": listing.documents(),
    }
    summaries = [_summary(diff, totals)] if totals else []
    return Result(answer, [_rules(diff, names), *summaries, listing])


def _totals(diff: PackDiff, programme: str) -> dict[str, int]:
    """Count whom a programme touches, and the yuan a month known before and after."""
    touched = [one for one in diff.affected if one.programme == programme]
    counts: dict[str, int] = {
        effect: sum(one.effect == effect for one in touched) for effect in _COUNTED
    }
    return {
        **counts,
        "before_fen_per_month": sum(one.before.fen_per_month or 0 for one in touched),
        "after_fen_per_month": sum(one.after.fen_per_month or 0 for one in touched),
    }


def _values(diff: PackDiff, change: RuleChange) -> dict[str, str | None]:
    """Give a parameter's value on the day in either pack; None where it has none."""
    packs = {"before": diff.old, "after": diff.new}
    return {
        key: _value_on(pack, change.id, diff.as_of) if change.part == "parameter" else None
        for key, pack in packs.items()
    }


def _value_on(pack: Pack, name: str, as_of: dt.date) -> str | None:
    parameter = pack.parameters.get(name)
    value = parameter.in_force(as_of) if parameter else None
    return None if value is None else str(value.value)


def _value_cell(pack: Pack, change: RuleChange, as_of: dt.date) -> str:
    """Write a parameter's value on the day in words; nothing for what is no parameter."""
    parameter = pack.parameters.get(change.id) if change.part == "parameter" else None
    if parameter is None:
        return ""
    value = parameter.in_force(as_of)
    return _("none") if value is None else format_parameter_value(pack, change.id, value)


def _rules(diff: PackDiff, names: tuple[str, str]) -> PlainTable:
    """Give the rules that differ."""
    columns: Columns = (
        ResultColumn("part", _("Part")),
        ResultColumn("id", _("Id"), is_whole=True),
        ResultColumn("difference", _("Difference")),
        ResultColumn("before", _("Before, on {day}").format(day=diff.as_of.isoformat())),
        ResultColumn("after", _("After, on {day}").format(day=diff.as_of.isoformat())),
    )
    old, new = (
        _("{name} ({pack} {version})").format(name=name, pack=pack.id, version=pack.version)
        for name, pack in zip(names, (diff.old, diff.new), strict=True)
    )
    title = _("Rules that differ: {old} and {new}").format(old=old, new=new)
    nothing = _("No rule differs: {old} and {new}").format(old=old, new=new)
    return PlainTable(title, columns, [_rule_row(diff, one) for one in diff.rules], nothing=nothing)


def _rule_row(diff: PackDiff, change: RuleChange) -> list[ResultCell]:
    parts = {
        "programme": _("programme"),
        "parameter": _("parameter"),
        "definition": _("definition"),
        "fact": _("fact"),
        "priority": _("priority"),
        "not_encoded": _("left out of the rules"),
    }
    words = {"added": _("added"), "removed": _("removed"), "changed": _("changed")}
    before, after = (_value_cell(pack, change, diff.as_of) for pack in (diff.old, diff.new))
    return [parts[change.part], change.id, words[change.difference], before, after]


def _summary(diff: PackDiff, totals: dict[str, dict[str, int]]) -> PlainTable:
    """Give the totals per programme."""
    rows: list[list[ResultCell]] = [
        [
            _programme(diff, programme),
            *(one[effect] for effect in _COUNTED),
            convert_to_yuan(one["before_fen_per_month"]),
            convert_to_yuan(one["after_fen_per_month"]),
        ]
        for programme, one in totals.items()
    ]
    columns: Columns = (
        ResultColumn("programme", _("Programme")),
        ResultColumn("gains", _("Gain"), "right"),
        ResultColumn("loses", _("Lose"), "right"),
        ResultColumn("becomes_undecided", _("Become undecided"), "right"),
        ResultColumn("before", _("Yuan a month before"), "right"),
        ResultColumn("after", _("Yuan a month after"), "right"),
    )
    title = _("Changes per programme as of {day}").format(day=diff.as_of.isoformat())
    return PlainTable(title, columns, rows)


def _programme(diff: PackDiff, programme: str) -> str:
    """Name a programme, from whichever pack has it."""
    pack: Pack = diff.new if programme in diff.new.programmes else diff.old
    return format_programme(pack, programme)


def _listing(diff: PackDiff) -> RecordTable[AffectedUnit]:
    """Return the households and members that are touched."""
    columns: tuple[ResultColumn[AffectedUnit], ...] = (
        ResultColumn("household_no", _("Household"), is_whole=True),
        ResultColumn("community", _("Community"), is_minor=True),
        ResultColumn("head", _("Head"), unit="name"),
        ResultColumn("member_no", _("Member number"), is_for_files=True, is_optional=True),
        ResultColumn("member", _("Member"), unit="name", words=_member),
        ResultColumn(
            "programme", _("Programme"), words=lambda touched: _programme(diff, touched.programme)
        ),
        *_effect_columns(),
    )
    nothing = _("No household or member is touched as of {day}.").format(day=diff.as_of.isoformat())
    return RecordTable(_("Who is touched"), columns, diff.affected, nothing=nothing)


def _effect_columns() -> tuple[ResultColumn[AffectedUnit], ...]:
    """Return what changes for a household or member."""
    return (
        ResultColumn(
            "effect", _("Change"), is_whole=True, words=lambda touched: _effect_word(touched.effect)
        ),
        ResultColumn(
            "before",
            _("Before"),
            value=lambda touched: asdict(touched.before),
            words=lambda touched: format_example_outcome(touched.before.outcome),
        ),
        ResultColumn(
            "after",
            _("After"),
            value=lambda touched: asdict(touched.after),
            words=lambda touched: format_example_outcome(touched.after.outcome),
        ),
        ResultColumn(
            "before_yuan",
            _("Yuan a month before"),
            "right",
            words=lambda touched: _money(touched.before),
            only="table",
        ),
        ResultColumn(
            "after_yuan",
            _("Yuan a month after"),
            "right",
            words=lambda touched: _money(touched.after),
            only="table",
        ),
    )


def _member(touched: AffectedUnit) -> ShownCell:
    return "" if touched.member_no is None else MaskedName(touched.member)


def _money(standing: ProgrammeResult) -> ResultCell:
    """Write an amount; nothing where nobody qualifies."""
    return convert_to_yuan(standing.fen_per_month) if standing.outcome == "eligible" else ""


def _effect_word(effect: Effect) -> str:
    """Say what changes."""
    words = {
        "gains": _("gains"),
        "loses": _("loses"),
        "becomes_undecided": _("becomes undecided"),
        "becomes_decided": _("becomes decided"),
        "ends": _("no longer in force"),
        "more": _("gets more"),
        "less": _("gets less"),
    }
    return words[effect]
