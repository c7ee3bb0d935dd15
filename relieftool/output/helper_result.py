"""Helpers, who answers for whom, and measures, for people and programs."""

from collections.abc import Sequence

from relieftool.fieldwork import Helper, Measure, Pairing
from relieftool.fieldwork.measures import kind_word
from relieftool.messages import _
from relieftool.output.result import Column, Columns, Result, Table, in_json


def helpers_result(command: str, helpers: Sequence[Helper]) -> Result:
    """Return helpers with the number of households each answers for."""
    table = helpers_table(helpers)
    answer = {"relief_result": 1, "command": command, "helpers": table.documents()}
    return Result(answer, (table,))


def helpers_table(helpers: Sequence[Helper]) -> Table[Helper]:
    """Return the table of helpers."""
    columns: tuple[Column[Helper], ...] = (
        Column("name", _("Name")),
        Column("helper_type", _("Unit or person"), words=_type_word),
        Column("unit", _("Unit"), is_optional=True),
        Column(
            "communities",
            _("Communities"),
            words=lambda helper: _(", ").join(helper.communities) or _("all communities"),
        ),
        *in_json("is_active"),
        Column("households", _("Households"), "right"),
    )
    return Table(_("Helpers"), columns, helpers)


def _type_word(helper: Helper) -> str:
    return _("unit") if helper.helper_type == "unit" else _("person")


def pairings_result(pairings: Sequence[Pairing]) -> Result:
    """Return households with the helpers suggested or given."""
    columns: Columns = (
        Column("household_no", _("Household"), is_whole=True),
        Column("community", _("Community")),
        Column("helper", _("Helper")),
    )
    table = Table(_("Helpers of households"), columns, pairings)
    answer = {
        "relief_result": 1,
        "command": "assign",
        "assignments": table.documents(),
        "without": sum(pairing.helper is None for pairing in pairings),
    }
    return Result(answer, (table,))


def measures_table(measures: Sequence[Measure]) -> Table[Measure]:
    """Return the table of measures."""
    return Table(
        _("Measures"),
        (
            Column("household_no", _("Household"), is_whole=True),
            Column("kind", _("Measure"), words=lambda measure: kind_word(measure.kind)),
            Column("planned_on", _("Planned for"), is_optional=True),
            Column("done_on", _("Done"), is_optional=True),
            Column(
                "amount", _("Yuan"), "right", unit="fen", is_optional=True, json_key="amount_fen"
            ),
            Column("result", _("Result"), is_optional=True),
            Column("by", _("By")),
            *in_json("measure_id"),
        ),
        measures,
    )


def measures_result(measures: Sequence[Measure]) -> Result:
    """Return measures for people and programs."""
    table = measures_table(measures)
    answer = {"relief_result": 1, "command": "measure", "measures": table.documents()}
    return Result(answer, (table,))
