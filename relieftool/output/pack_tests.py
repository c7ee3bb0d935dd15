"""Results of a pack's tests; the differences between two packs, or of a pack and its base."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import asdict
from operator import itemgetter
from typing import Any

from relieftool.authoring.examples import ExampleResult
from relieftool.authoring.law_calendar import LocalValue
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
from relieftool.output.gaps import list_subject_columns
from relieftool.output.result import Column, Columns, RecordTable, Result, ShownCell
from relieftool.output.result_cells import convert_to_yuan
from relieftool.output.wording import (
    build_document_head,
    build_pack_document,
    format_parameter_value,
    format_programme,
    programme_column,
)
from relieftool.pack.models import DatedValue, Pack


def build_pack_test_result(
    pack: Pack, results: Sequence[ExampleResult], report: MutationReport
) -> Result:
    """Return the examples that are not met, and the changes of rules that no example notices."""
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
        "failed": [asdict(result) for result in failed],
        "survivors": [asdict(survivor) for survivor in report.survivors],
    }
    title = _("Examples that are not met: {failed} of {count}").format(
        failed=len(failed), count=len(results)
    )
    examples = RecordTable(title, _example_columns(pack), failed)
    survivors = _survivors_table(report, format_test_totals(len(results), len(failed), report))
    return Result(document, (examples, survivors) if failed else (survivors,))


def format_test_totals(count: int, failed: int, report: MutationReport) -> str:
    """Return the sentence on how many examples fail and how many changes go unnoticed."""
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


def _example_columns(pack: Pack) -> tuple[Column[ExampleResult], ...]:
    """Return the columns of an example; amounts are empty unless the example states one."""

    def amount_if_stated(key: str) -> Callable[[ExampleResult], ShownCell]:
        return lambda result: (
            "" if result.expected_fen is None else convert_to_yuan(getattr(result, key))
        )

    return (
        programme_column(pack),
        Column("example", _("Example"), is_wide=True),
        Column("expected", _("Expected"), format_example_outcome),
        Column("got", _("Came out"), format_example_outcome),
        Column.number("expected_yuan", _("Yuan expected"), words=amount_if_stated("expected_fen")),
        Column.number("got_yuan", _("Yuan that came out"), words=amount_if_stated("got_fen")),
    )


def _survivors_table(report: MutationReport, nothing: str) -> RecordTable[Survivor]:
    """Return the table of the changes of rules that make no example fail."""
    words = {
        "criterion": _("criterion taken out"),
        "trigger": _("trigger taken out"),
        "part": _("part taken out"),
        "comparison": _("comparison turned"),
    }
    columns: tuple[Column[Survivor], ...] = (
        Column("place", _("File and key"), is_whole=True),
        Column("change", _("Alteration"), words.get),
        Column("before", _("Rule"), is_wide=True),
        Column.optional("after", _("Turned into"), is_wide=True),
    )
    title = _("Changes of a rule that no example notices: {survived} of {count}").format(
        survived=len(report.survivors), count=report.tried
    )
    advice = _("Add an example on the other side of each line, or take the condition out.")
    footer = [advice] if report.survivors else []
    return RecordTable(title, columns, report.survivors, footer, nothing=nothing)


def format_example_outcome(outcome: EligibilityOutcome) -> str:
    """Return an outcome in words."""
    words = {
        "eligible": _("eligible"),
        "ineligible": _("not eligible"),
        "undetermined": _("undetermined"),
        "not_in_force": _("not in force"),
    }
    return words[outcome]


_COUNTED: tuple[Effect, ...] = ("gains", "loses", "becomes_undecided")
_Totals = tuple[str, dict[str, int]]  # a programme's id, its counts and sums


def build_pack_diff_result(diff: PackDiff, names: tuple[str, str]) -> Result:
    """Return the rules that differ between two packs, and the units affected by them.

    `names` are the names of the two packs on the command line.
    """
    programmes = list(dict.fromkeys(unit.programme for unit in diff.affected))
    totals = [(programme, _totals(diff, programme)) for programme in programmes]
    rules, listing = _rules_table(diff, names), _affected_table(diff)
    answer = {
        "relief_result": 1,
        "command": "pack diff",
        "as_of": diff.as_of.isoformat(),
        "old": build_pack_document(diff.old, diff.as_of),
        "new": build_pack_document(diff.new, diff.as_of),
        "rules": rules.documents(),
        "programmes": [{"programme": programme, **total} for programme, total in totals],
        "affected": listing.documents(),
    }
    return Result(answer, (rules, *([_totals_table(diff, totals)] if totals else []), listing))


def _totals(diff: PackDiff, programme: str) -> dict[str, int]:
    """Count a programme's affected units by effect, and sum their known amounts."""
    touched = [unit for unit in diff.affected if unit.programme == programme]
    return {
        **{effect: sum(unit.effect == effect for unit in touched) for effect in _COUNTED},
        "before_fen_per_month": sum(unit.before.fen_per_month or 0 for unit in touched),
        "after_fen_per_month": sum(unit.after.fen_per_month or 0 for unit in touched),
    }


def _value_on(pack: Pack, change: RuleChange, as_of: dt.date) -> DatedValue | None:
    """Return a changed parameter's value on the day; None if the pack has none."""
    parameter = pack.parameters.get(change.id) if change.part == "parameter" else None
    return parameter.in_force(as_of) if parameter else None


def _value_column(key: str, label: str, pack: Pack, as_of: dt.date) -> Column[RuleChange]:
    """Return the column of a parameter's value on the day; empty for other rules."""

    def value(change: RuleChange) -> str | None:
        dated = _value_on(pack, change, as_of)
        return None if dated is None else str(dated.value)

    def words(change: RuleChange) -> str:
        if change.part != "parameter" or change.id not in pack.parameters:
            return ""
        dated = _value_on(pack, change, as_of)
        return _("none") if dated is None else format_parameter_value(pack, change.id, dated)

    return Column(key, label.format(day=as_of), value=value, words=words)


def _rules_table(diff: PackDiff, names: tuple[str, str]) -> RecordTable[RuleChange]:
    """Return the table of the rules that differ."""
    parts = {
        "programme": _("programme"),
        "parameter": _("parameter"),
        "definition": _("definition"),
        "fact": _("fact"),
        "priority": _("priority"),
        "not_encoded": _("left out of the rules"),
    }
    words = {"added": _("added"), "removed": _("removed"), "changed": _("changed")}
    columns: tuple[Column[RuleChange], ...] = (
        Column("part", _("Part"), parts.get),
        Column("id", _("Id"), is_whole=True),
        Column("difference", _("Difference"), words.get),
        _value_column("before", _("Before, on {day}"), diff.old, diff.as_of),
        _value_column("after", _("After, on {day}"), diff.new, diff.as_of),
    )
    old, new = (
        _("{name} ({pack} {version})").format(name=name, pack=pack.called, version=pack.version)
        for name, pack in zip(names, (diff.old, diff.new), strict=True)
    )
    title = _("Rules that differ: {old} and {new}").format(old=old, new=new)
    nothing = _("No rule differs: {old} and {new}").format(old=old, new=new)
    return RecordTable(title, columns, diff.rules, nothing=nothing)


def _totals_table(diff: PackDiff, totals: list[_Totals]) -> RecordTable[_Totals]:
    """Return the table of the totals per programme."""
    columns = (
        _programme_column(diff, itemgetter(0)),
        *Column.of_part(
            itemgetter(1),
            Column.number("gains", _("Gain")),
            Column.number("loses", _("Lose")),
            Column.number("becomes_undecided", _("Become undecided")),
            Column.money("before", _("Yuan a month before"), "before_fen_per_month"),
            Column.money("after", _("Yuan a month after"), "after_fen_per_month"),
        ),
    )
    title = _("Changes per programme as of {day}").format(day=diff.as_of)
    return RecordTable(title, columns, totals)


def _programme_column(diff: PackDiff, programme: Callable[[Any], str]) -> Column[Any]:
    """Return the column of a programme's name: from the new pack or, failing that, the old one."""

    def words(name: str) -> str:
        return format_programme(diff.new if name in diff.new.programmes else diff.old, name)

    return Column("programme", _("Programme"), words, value=programme)


def _affected_table(diff: PackDiff) -> RecordTable[AffectedUnit]:
    """Return the table of the households and members affected."""
    effects = {
        "gains": _("gains"),
        "loses": _("loses"),
        "becomes_undecided": _("becomes undecided"),
        "becomes_decided": _("becomes decided"),
        "ends": _("no longer in force"),
        "more": _("gets more"),
        "less": _("gets less"),
    }
    columns: Columns = (
        *list_subject_columns(),
        _programme_column(diff, lambda unit: unit.programme),
        Column("effect", _("Change"), effects.get, is_whole=True),
        Column("before", _("Before"), _outcome_word, value=lambda unit: asdict(unit.before)),
        Column("after", _("After"), _outcome_word, value=lambda unit: asdict(unit.after)),
        Column.number(
            "before_yuan",
            _("Yuan a month before"),
            words=lambda unit: _money(unit.before),
            only="table",
        ),
        Column.number(
            "after_yuan",
            _("Yuan a month after"),
            words=lambda unit: _money(unit.after),
            only="table",
        ),
    )
    nothing = _("No household or member is touched as of {day}.").format(day=diff.as_of)
    return RecordTable(_("Who is touched"), columns, diff.affected, nothing=nothing)


def _money(result: ProgrammeResult) -> ShownCell:
    """Return the yuan per month (None: unknown); '' unless the outcome is "eligible"."""
    return convert_to_yuan(result.fen_per_month) if result.outcome == "eligible" else ""


def _outcome_word(result: dict[str, Any]) -> str:
    return format_example_outcome(result["outcome"])


def build_local_result(
    pack: Pack, as_of: dt.date, values: Sequence[LocalValue], changes: Sequence[RuleChange]
) -> Result:
    """Return what a pack changes of its base: values beside the base's, then rules."""
    change_columns: tuple[Column[RuleChange], ...] = (
        Column("part", _("Part")),
        Column("id", _("Id"), is_whole=True),
        Column("difference", _("Difference")),
    )
    nothing = _("{pack} sets no value of its own.").format(pack=pack.called)
    title = _("Values of {pack}").format(pack=pack.called)
    table = RecordTable(title, _local_columns(pack), values, nothing=nothing)
    rules = RecordTable(_("Rules that differ from the base"), change_columns, changes)
    head = build_document_head("pack show", as_of, pack)
    document = {**head, "values": table.documents(), "rules": rules.documents()}
    return Result(document, (table, rules) if changes else (table,))


def _local_columns(pack: Pack) -> tuple[Column[LocalValue], ...]:
    """Return the columns of a value that a pack sets, and of the base's beside it."""

    def words(name: str, value: DatedValue | None) -> str:
        return _("none") if value is None else format_parameter_value(pack, name, value)

    return (
        Column("parameter", _("Parameter"), is_whole=True),
        Column(
            "label",
            _("Meaning"),
            is_wide=True,
            value=lambda each: str(pack.parameters[each.parameter].labels),
        ),
        Column("from", _("From"), value=lambda each: each.value.from_.isoformat()),
        Column(
            "value",
            _("Value here"),
            value=lambda each: str(each.value.value),
            words=lambda each: words(each.parameter, each.value),
        ),
        Column(
            "base_value",
            _("Value of {base}").format(base=pack.extends or "-"),
            value=lambda each: None if each.base is None else str(each.base.value),
            words=lambda each: words(each.parameter, each.base),
        ),
        Column("source", _("Source"), is_wide=True, value="value.source"),
    )
