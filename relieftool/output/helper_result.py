"""Helpers, who answers for whom, and measures, for people and programs."""

from collections.abc import Sequence
from dataclasses import asdict

from relieftool.fieldwork import Helper, Measure, Pairing
from relieftool.fieldwork.measures import kind_word
from relieftool.messages import _
from relieftool.output.cells import Cell, yuan
from relieftool.output.result import Column, Columns, Grid, Result


def helpers_result(command: str, helpers: Sequence[Helper]) -> Result:
    """Give helpers with the number of households each answers for."""
    document = {
        "relief_result": 1,
        "command": command,
        "helpers": [asdict(one) for one in helpers],
    }
    return Result(document, (helpers_grid(helpers, _("Helpers")),))


def helpers_grid(helpers: Sequence[Helper], title: str) -> Grid:
    """Give the table of helpers."""
    columns: Columns = (
        Column("name", _("Name")),
        Column("helper_type", _("Unit or person")),
        Column("unit", _("Unit")),
        Column("communities", _("Communities")),
        Column("households", _("Households"), "right"),
    )
    rows: list[list[Cell]] = [
        [
            one.name,
            _("unit") if one.helper_type == "unit" else _("person"),
            one.unit or "",
            _(", ").join(one.communities) or _("all communities"),
            one.households,
        ]
        for one in helpers
    ]
    return Grid(title, columns, rows)


def pairings_result(pairings: Sequence[Pairing]) -> Result:
    """Give households with the helpers suggested or given."""
    document = {
        "relief_result": 1,
        "command": "assign",
        "assignments": [asdict(one) for one in pairings],
        "without": sum(one.helper is None for one in pairings),
    }
    columns: Columns = (
        Column("household_no", _("Household"), is_whole=True),
        Column("community", _("Community")),
        Column("helper", _("Helper")),
    )
    rows: list[list[Cell]] = [[one.household_no, one.community, one.helper] for one in pairings]
    return Result(document, (Grid(_("Helpers of households"), columns, rows),))


def measures_grid(measures: Sequence[Measure]) -> Grid:
    """Give the table of measures."""
    columns: Columns = (
        Column("household_no", _("Household"), is_whole=True),
        Column("kind", _("Measure")),
        Column("planned_on", _("Planned for")),
        Column("done_on", _("Done")),
        Column("amount", _("Yuan"), "right"),
        Column("result", _("Result")),
        Column("by", _("By")),
    )
    rows: list[list[Cell]] = [
        [
            one.household_no,
            kind_word(one.kind),
            one.planned_on or "",
            one.done_on or "",
            "" if one.amount_fen is None else yuan(one.amount_fen),
            one.result or "",
            one.by,
        ]
        for one in measures
    ]
    return Grid(_("Measures"), columns, rows)


def measures_result(measures: Sequence[Measure]) -> Result:
    """Give measures for people and programs."""
    document = {
        "relief_result": 1,
        "command": "measure",
        "measures": [asdict(one) for one in measures],
    }
    return Result(document, (measures_grid(measures),))
