"""Helpers, who answers for whom, and measures, for people and programs."""

from collections.abc import Sequence

from relieftool.fieldwork import Helper, Measure, Pairing
from relieftool.fieldwork.measures import format_measure_kind
from relieftool.messages import _
from relieftool.output.result import Columns, RecordTable, Result, ResultColumn, list_json_columns


def build_helpers_result(command: str, helpers: Sequence[Helper]) -> Result:
    """Return helpers with the number of households each answers for."""
    table = helpers_table(helpers)
    answer = {"relief_result": 1, "command": command, "helpers": table.documents()}
    return Result(answer, (table,))


def helpers_table(helpers: Sequence[Helper]) -> RecordTable[Helper]:
    """Return the table of helpers."""
    columns: tuple[ResultColumn[Helper], ...] = (
        ResultColumn("name", _("Name")),
        ResultColumn("helper_type", _("Unit or person"), words=_type_word),
        ResultColumn("unit", _("Unit"), is_optional=True),
        ResultColumn(
            "communities",
            _("Communities"),
            words=lambda helper: _(", ").join(helper.communities) or _("all communities"),
        ),
        *list_json_columns("is_active"),
        ResultColumn("households", _("Households"), "right"),
    )
    return RecordTable(_("Helpers"), columns, helpers)


def _type_word(helper: Helper) -> str:
    return _("unit") if helper.helper_type == "unit" else _("person")


def build_pairings_result(pairings: Sequence[Pairing]) -> Result:
    """Return households with the helpers suggested or given."""
    columns: Columns = (
        ResultColumn("household_no", _("Household"), is_whole=True),
        ResultColumn("community", _("Community")),
        ResultColumn("helper", _("Helper")),
    )
    table = RecordTable(_("Helpers of households"), columns, pairings)
    answer = {
        "relief_result": 1,
        "command": "assign",
        "assignments": table.documents(),
        "without": sum(pairing.helper is None for pairing in pairings),
    }
    return Result(answer, (table,))


def measures_table(measures: Sequence[Measure]) -> RecordTable[Measure]:
    """Return the table of measures."""
    return RecordTable(
        _("Measures"),
        (
            ResultColumn("household_no", _("Household"), is_whole=True),
            ResultColumn(
                "kind", _("Measure"), words=lambda measure: format_measure_kind(measure.kind)
            ),
            ResultColumn("planned_on", _("Planned for"), is_optional=True),
            ResultColumn("done_on", _("Done"), is_optional=True),
            ResultColumn(
                "amount", _("Yuan"), "right", unit="fen", is_optional=True, json_key="amount_fen"
            ),
            ResultColumn("result", _("Result"), is_optional=True),
            ResultColumn("by", _("By")),
            *list_json_columns("measure_id"),
        ),
        measures,
    )


def build_measures_result(measures: Sequence[Measure]) -> Result:
    """Return measures for people and programs."""
    table = measures_table(measures)
    answer = {"relief_result": 1, "command": "measure", "measures": table.documents()}
    return Result(answer, (table,))
