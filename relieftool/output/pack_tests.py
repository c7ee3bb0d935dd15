"""The answer of `relief pack test`: examples that are not met, changes nobody would notice.

The answer of `relief pack diff`: rules that differ, totals per programme, and who is touched.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict

from relieftool.authoring.examples import ExampleResult
from relieftool.authoring.mutation_testing import MutationReport, Survivor
from relieftool.authoring.pack_comparison import (
    AffectedUnit,
    Effect,
    PackDiff,
    ProgrammeResult,
    RuleChange,
)
from relieftool.eligibility.findings import EligibilityOutcome
from relieftool.messages import _
from relieftool.output.result import (
    Columns,
    PlainTable,
    RecordTable,
    Result,
    ResultColumn,
    ShownCell,
)
from relieftool.output.result_cells import MaskedName, ResultCell, convert_to_yuan
from relieftool.output.wording import build_pack_document, format_parameter_value, format_programme
from relieftool.pack.models import Pack


def build_pack_test_result(
    pack: Pack, results: Sequence[ExampleResult], report: MutationReport
) -> Result:
    """Return the outcome of a pack's examples, and of its mutants, for people and programs."""
    failed = [result for result in results if not result.is_met]
    document = {
        "relief_result": 1,
        "command": "pack test",
        "pack": build_pack_document(pack),
        "totals": {
            "examples": len(results),
            "examples_failed": len(failed),
            "mutants": report.tried,
            "mutants_survived": len(report.survivors),
        },
        "failed": [asdict(one) for one in failed],
        "survivors": [asdict(survivor) for survivor in report.survivors],
    }
    said = format_test_totals(len(results), len(failed), report)
    grids = [_failed(pack, failed, len(results)), _survivors(report, said)]
    return Result(document, grids if failed else grids[1:])


def format_test_totals(count: int, failed: int, report: MutationReport) -> str:
    """Say in one sentence how the examples came out and what they notice."""
    examples = (
        _("{count} examples, {failed} not met").format(count=count, failed=failed)
        if failed
        else _("{count} examples, all met").format(count=count)
    )
    survived = len(report.survivors)
    changes = (
        _("{count} changes of a rule tried, {survived} unnoticed").format(
            count=report.tried, survived=survived
        )
        if survived
        else _("{count} changes of a rule tried, each noticed").format(count=report.tried)
    )
    return _("{examples}; {changes}.").format(examples=examples, changes=changes)


def _failed(pack: Pack, failed: Sequence[ExampleResult], count: int) -> PlainTable:
    """Return the examples that did not come out as their author wrote."""
    rows = [
        [
            format_programme(pack, one.programme),
            one.example,
            format_example_outcome(one.expected),
            format_example_outcome(one.got),
            "" if one.expected_fen is None else convert_to_yuan(one.expected_fen),
            "" if one.expected_fen is None else convert_to_yuan(one.got_fen),
        ]
        for one in failed
    ]
    title = _("Examples that are not met: {failed} of {count}")
    return PlainTable(
        title.format(failed=len(failed), count=count),
        (
            ResultColumn("programme", _("Programme")),
            ResultColumn("example", _("Example"), is_wide=True),
            ResultColumn("expected", _("Expected")),
            ResultColumn("got", _("Came out")),
            ResultColumn("expected_yuan", _("Yuan expected"), "right"),
            ResultColumn("got_yuan", _("Yuan that came out"), "right"),
        ),
        rows,
    )


def _survivors(report: MutationReport, said: str) -> PlainTable:
    """Return the changes of a rule that fail no example."""
    rows: list[list[ResultCell]] = [
        [survivor.place, _change_word(survivor), survivor.before, survivor.after or ""]
        for survivor in report.survivors
    ]
    title = _("Changes of a rule that no example notices: {survived} of {count}")
    return PlainTable(
        title.format(survived=len(rows), count=report.tried),
        (
            ResultColumn("place", _("File and key"), is_whole=True),
            ResultColumn("change", _("Alteration")),
            ResultColumn("before", _("Rule"), is_wide=True),
            ResultColumn("after", _("Turned into"), is_wide=True),
        ),
        rows,
        [_("Add an example on the other side of each line, or take the condition out.")]
        if rows
        else [],
        nothing=said,
    )


def _change_word(survivor: Survivor) -> str:
    """Say what was done to the rule."""
    words = {
        "criterion": _("criterion taken out"),
        "trigger": _("trigger taken out"),
        "part": _("part taken out"),
        "comparison": _("comparison turned"),
    }
    return words[survivor.change]


def format_example_outcome(outcome: EligibilityOutcome) -> str:
    """Name an outcome."""
    words = {
        "eligible": _("eligible"),
        "ineligible": _("not eligible"),
        "undetermined": _("undetermined"),
        "not_in_force": _("not in force"),
    }
    return words[outcome]


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
        "rules": [{**asdict(rule), **_values(diff, rule)} for rule in diff.rules],
        "programmes": [{"programme": key, **total} for key, total in totals.items()],
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
    """Return a parameter's value on the day in either pack; None where it has none."""
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
    """Return the rules that differ."""
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
    return PlainTable(
        title, columns, [_rule_row(diff, rule) for rule in diff.rules], nothing=nothing
    )


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
    """Return the totals per programme."""
    rows: list[list[ResultCell]] = [
        [
            _programme(diff, programme),
            *(total[effect] for effect in _COUNTED),
            convert_to_yuan(total["before_fen_per_month"]),
            convert_to_yuan(total["after_fen_per_month"]),
        ]
        for programme, total in totals.items()
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
