"""`relief pack diff`: whom of a register a changed rule affects."""

import json
from pathlib import Path

import pytest

from relieftool.authoring.pack_comparison import compare_packs
from relieftool.pack.models import UnencodedProgramme
from tests.support.own_files import SUN, write_workbook
from tests.support.small_street import HEAD, MORE, import_small_street, shipped_but
from tests.support.tiny_packs import (
    DAY,
    LABELS,
    definition,
    home,
    pack_of,
    parameter,
    programme,
    register_of,
)

LOWER = ("value = 935", "value = 890")


def line(value):
    return (parameter("line", "yuan", value, "month"),)


def compared(old, new, *homes):
    """Return household, effect and outcomes before and after of everybody touched."""
    with register_of(old, *homes) as one, register_of(new, *homes) as other:
        found = compare_packs((one, old), (other, new), DAY)
    return [(o.household_no, o.effect, o.before.outcome, o.after.outcome) for o in found.affected]


def aid(value=10, condition="wages < line", **keys):
    asked = programme("aid", criteria=condition, **keys)
    return pack_of([asked], parameters=line(value))


@pytest.mark.parametrize(
    "old, new, expected",
    [
        (aid(10), aid(9), ("H1", "loses", "eligible", "ineligible")),
        (aid(9), aid(10), ("H1", "gains", "ineligible", "eligible")),
        (
            aid(10),
            aid(10, "wages < line and is_safe"),
            ("H1", "becomes_undecided", "eligible", "undetermined"),
        ),
        (
            aid(9),
            aid(10, "wages < line and is_safe"),
            ("H1", "becomes_undecided", "ineligible", "undetermined"),
        ),
        (
            aid(10, "wages < line and is_safe"),
            aid(9, "wages < line and is_safe"),
            ("H1", "becomes_decided", "undetermined", "ineligible"),
        ),
        (
            aid(10, "wages < line and is_safe"),
            aid(10),
            ("H1", "gains", "undetermined", "eligible"),
        ),
        (
            aid(10, "wages < line and is_safe"),
            aid(10, in_force_until=DAY),
            ("H1", "ends", "undetermined", "not_in_force"),
        ),
        (
            aid(10, in_force_until=DAY),
            aid(10, "wages < line and is_safe"),
            ("H1", "becomes_undecided", "not_in_force", "undetermined"),
        ),
    ],
)
def test_a_household_gains_loses_or_becomes_undecided(old, new, expected):
    # 9.50 yuan; whether the dwelling is safe is not known
    assert compared(old, new, home(wages=950)) == [expected]


def test_a_household_that_stays_as_it_is_is_not_touched():
    assert compared(aid(10), aid(9), home(wages=100), home(wages=2000), home()) == []


@pytest.mark.parametrize(
    "amounts, effect",
    [
        (["line - wages"], "less"),
        (["line + wages"], "more"),
        (["line + rent"], "becomes_undecided"),
    ],
)
def test_who_stays_eligible_may_get_more_or_less_or_an_unknown_amount(amounts, effect):
    found = compared(aid(amounts=["line"]), aid(amounts=amounts), home(wages=100))

    assert found == [("H1", effect, "eligible", "eligible")]


def test_a_programme_that_is_taken_out_is_lost_and_a_new_one_gained():
    with_aid, without = aid(), pack_of([programme("other")], parameters=line(10))

    lost = compared(with_aid, without, home(wages=100))

    assert ("H1", "loses", "eligible", "not_in_force") in lost
    assert ("H1", "gains", "not_in_force", "eligible") in lost


def test_what_one_pack_has_and_the_other_lacks_or_says_otherwise_is_named():
    old = pack_of([programme("aid")], [definition("a", "household", "wages")], parameters=line(10))
    new = pack_of([programme("aid")], [definition("b", "household", "wages")], parameters=line(9))
    with register_of(old) as one, register_of(new) as other:
        found = compare_packs((one, old), (other, new), DAY)

    assert [(o.part, o.id, o.difference) for o in found.rules] == [
        ("parameter", "line", "changed"),
        ("definition", "a", "removed"),
        ("definition", "b", "added"),
    ]


def test_changes_of_priority_and_of_what_is_left_out_are_named_too():
    old = pack_of([programme("aid")])
    (unsafe,) = old.priority.indicators
    cold = unsafe.model_copy(update={"id": "cold"})
    heavier = unsafe.model_copy(update={"weight": "2"})
    rule = {"cutoff": "1/3", "indicators": [heavier, cold]}
    priority = old.priority.model_copy(update=rule)
    left_out = UnencodedProgramme.model_validate({"id": "rural", "names": LABELS, "reason": LABELS})
    new = old.model_copy(update={"priority": priority, "not_encoded": [left_out]})
    with register_of(old) as one, register_of(new) as other:
        found = compare_packs((one, old), (other, new), DAY)

    assert [(o.part, o.id, o.difference) for o in found.rules] == [
        ("priority", "priority.toml", "changed"),
        ("priority", "unsafe", "changed"),
        ("priority", "cold", "added"),
        ("not_encoded", "rural", "added"),
    ]


@pytest.mark.parametrize("day, effects", [("2024-07-01", ["loses"]), ("2024-12-01", [])])
def test_on_a_day_packs_are_compared_by_what_was_known_that_day(relief, tmp_path, day, effects):
    for month, income in (("6", 800), ("11", 2000)):
        title = [f"西岭街道困难户摸排情况（2024年{month}月5日）"]
        person = ["X-2", "孙老太", SUN, "户主", "西岭", income, 0]
        rows = [title, [*HEAD, *MORE], [*person, 0, 1, "无", "无", "否", "", "无"]]
        relief("import", write_workbook(Path(f"{month}月.xlsx"), rows))
    folder = shipped_but(tmp_path, "value = 935", "value = 700")

    result = relief("pack", "diff", "shipped", folder, "--as-of", day, "--format", "json")

    touched = json.loads(result.stdout)["affected"]
    assert [unit["effect"] for unit in touched if unit["programme"] == "dibao"] == effects


@pytest.fixture
def street(relief):
    """Return relief with two households."""
    import_small_street(relief)
    return relief


def test_one_changed_value_of_a_copied_pack_shows_who_loses(street, tmp_path):
    folder = shipped_but(tmp_path, *LOWER)

    result = street(*("pack", "diff", "shipped", folder, "--as-of", "2024-12-10"))

    # X-1 has 1,800 yuan, below 935 x 2 and not below 890 x 2; X-2 has 500
    assert result.exit_code == 3
    rules, per_programme, touched = (part.splitlines() for part in result.stdout.split("\n\n"))
    assert rules[1].split("\t")[1:] == [
        *("dibao_line", "changed", "935.00 a month", "890.00 a month"),
    ]
    assert "minimum living guarantee (dibao)\t0\t1\t0\t505.00\t390.00" in per_programme
    assert [row.split("\t")[0] for row in touched if "\tloses\t" in row] == ["X-1"]
    assert [row.split("\t")[0] for row in touched if "\tgets less\t" in row] == ["X-2"]


def test_the_document_has_effect_and_standing_before_and_after(street, tmp_path):
    folder = shipped_but(tmp_path, *LOWER)

    result = street(*("pack", "diff", "shipped", folder, "--as-of", "2024-12-10"),
                    *("--format", "json"))  # fmt: skip
    document = json.loads(result.stdout)

    one = next(o for o in document["affected"] if o["effect"] == "loses")
    assert (one["household_no"], one["programme"], one["head"]) == ("X-1", "dibao", "赵*")
    assert one["before"] == {"outcome": "eligible", "fen_per_month": 7000}
    assert one["after"] == {"outcome": "ineligible", "fen_per_month": None}
    (rule,) = document["rules"]
    assert (rule["before"], rule["after"]) == ("935", "890")


def test_values_set_here_are_compared_with_the_shipped_pack(street):
    street("pack", "set", "dibao_line", "890", "--from", "2024-06-01", "--source", "x")

    result = street("pack", "diff", "shipped", "here", "--as-of", "2024-12-10")

    assert result.exit_code == 3
    assert "Rules that differ: shipped (pingxiang " in result.stderr
    assert "\tloses\t" in result.stdout


def test_two_packs_alike_are_said_to_be_alike(street):
    result = street("pack", "diff", "shipped", "here", "--as-of", "2024-12-10")

    assert (result.exit_code, result.stdout) == (0, "")
    assert "No rule differs: shipped (pingxiang " in result.stderr
    assert "No household or member is touched as of 2024-12-10." in result.stderr


def test_a_folder_that_is_no_pack_is_refused(street):
    result = street("pack", "diff", "shipped", "nirgends")

    assert result.exit_code == 1
    assert "nirgends: there is no pack of this name" in result.stderr


def test_names_in_full_need_a_reason(street):
    assert street("pack", "diff", "shipped", "here", "--reveal").exit_code == 2


@pytest.mark.parametrize("ending", [".xlsx", ".csv", ".json", ".html"])
def test_a_comparison_goes_into_a_file_with_names_masked(street, tmp_path, ending):
    folder, out = shipped_but(tmp_path, *LOWER), tmp_path / f"vergleich{ending}"

    street(*("pack", "diff", "shipped", folder, "--as-of", "2024-12-10", "--out", out))

    assert out.stat().st_size > 0
    assert "赵大山".encode() not in out.read_bytes()


@pytest.mark.parametrize(
    "old, new, effects",
    [
        # the line of 935 ends with June 2025, and 980 is 45 more for each of
        ("here@2025-06-30", "here@2025-07-01", {("X-1", "more"), ("X-2", "more")}),
        ("here@2025-06-29", "here@2025-06-30", set()),
        # what a household on dibao may have in the bank is not known in Shenzhen
        (
            *("pingxiang@2025-07-15", "shenzhen@2025-07-15"),
            {("X-1", "becomes_undecided"), ("X-2", "becomes_undecided")},
        ),
    ],
)
def test_two_days_and_two_packs_are_compared_on_the_register_at_hand(relief, old, new, effects):
    import_small_street(relief)

    answer = json.loads(relief("pack", "diff", old, new, "--format", "json").stdout)

    assert {
        (each["household_no"], each["effect"])
        for each in answer["affected"]
        if each["programme"] == "dibao"
    } == effects
