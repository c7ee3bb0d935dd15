"""The answer of `relief pack test`: examples that are not met, changes nobody would notice."""

from collections.abc import Sequence
from dataclasses import asdict

from relieftool.authoring.examples import ExampleResult
from relieftool.authoring.mutation_testing import MutationReport, Survivor
from relieftool.eligibility.statuses import EligibilityOutcome
from relieftool.messages import _
from relieftool.output.pack_head import build_pack_document
from relieftool.output.result import PlainTable, Result, ResultColumn
from relieftool.output.result_cells import ResultCell, convert_to_yuan
from relieftool.output.wording import format_programme
from relieftool.pack.models import Pack


def build_pack_test_result(
    pack: Pack, results: Sequence[ExampleResult], report: MutationReport
) -> Result:
    """Give the outcome of a pack's examples, and of its mutants, for people and programs."""
    failed = [one for one in results if not one.is_met]
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
        "survivors": [asdict(one) for one in report.survivors],
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
    """Give the examples that did not come out as their author wrote."""
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
    """Give the changes of a rule that fail no example."""
    rows: list[list[ResultCell]] = [
        [one.place, _change_word(one), one.before, one.after or ""] for one in report.survivors
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
