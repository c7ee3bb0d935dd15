"""Who receives what by rosters: matched by ID number, or a maybe by name."""

import pytest

from relieftool.register.build import refresh_register
from relieftool.store.database import write
from relieftool.store.imports import list_problems
from relieftool.store.problem_decisions import number_problems, record_decision
from relieftool.values.id_numbers import compute_check_digit
from tests.support.registers import (
    DAMAGED,
    GRAN,
    LI,
    NOBODY,
    PUPIL,
    QIAN,
    ZHAO,
    codes,
    keep,
    more,
    places_of,
    register,
    roster,
    rows,
    said,
    shipped_pack,
    table,
    total,
)

HOME = table(
    "household_no name id_number relation",
    ["H1", "赵大山", ZHAO, "户主"],
    more("", "钱小花", QIAN, "妻"),
    ["H2", "孙老太", GRAN, "户主"],
)
PAY = "name id_number amount"


def test_a_roster_row_says_yes_for_the_person_of_its_number(tmp_path):
    listed = roster("dibao", PAY, ["钱小花", QIAN, "1,200.50"], covers="2024-11")

    db = register(tmp_path, HOME, listed)

    assert said(db, "dibao") == [("H1-02", "yes", "roster", 120050)]
    assert rows(
        db, "SELECT household_no, amount_period, covers_from, covers_until FROM receipts"
    ) == [("H1", "month", "2024-11-01", "2024-11-30")]
    assert codes(db) == []


@pytest.mark.parametrize(
    "title, amount, says, reported",
    [
        ("高龄补贴发放表", 50, "yes", []),
        ("高龄补贴发放表", 80, "maybe", ["benefit-of-two-names"]),
        ("高龄补贴发放表", "", "yes", []),
        ("养老服务补贴发放表", 80, "yes", []),
    ],
)
def test_an_amount_of_another_benefit_of_the_same_name_is_in_doubt(
    tmp_path, title, amount, says, reported
):
    row = ["孙老太", GRAN, amount]
    listed = roster("elderly-80", PAY, row, title=title, covers="2024-11")

    db = register(tmp_path, HOME, listed)

    assert [receipt[1] for receipt in said(db, "elderly-80")] == [says]
    assert codes(db) == reported


@pytest.mark.parametrize("place", ["file", "sheet"])
def test_the_name_that_two_benefits_share_may_be_that_of_the_file_or_sheet(tmp_path, place):
    named = {place: "高龄补贴发放表.csv" if place == "file" else "高龄补贴"}
    listed = roster("elderly-80", PAY, ["孙老太", GRAN, 80], title="", covers="2024-11", **named)

    db = register(tmp_path, HOME, listed)

    assert [receipt[1] for receipt in said(db, "elderly-80")] == ["maybe"]


@pytest.mark.parametrize(
    "cell, says, is_gone",
    [
        ("2024年10月停发：查出有儿子", "maybe", 0),
        ("11月已去世？待核", "maybe", 1),
        ("侄子 13707990001", "yes", 0),
        ("父亲去世", "yes", 0),
    ],
)
def test_an_end_or_a_death_in_any_column_of_a_roster_is_told(tmp_path, cell, says, is_gone):
    row = ["孙老太", GRAN, 500, cell]
    listed = roster("dibao", f"{PAY} ?照料人及电话", row, covers="2024-11")

    db = register(tmp_path, HOME, listed)

    assert [receipt[1] for receipt in said(db, "dibao")] == [says]
    assert rows(db, "SELECT belongs IS NULL FROM members WHERE name = '孙老太'") == [(is_gone,)]


def test_who_is_stopped_because_of_a_death_that_the_remark_tells_may_be_gone(tmp_path):
    row = ["孙老太", GRAN, "", "停发", "10月死亡"]
    listed = roster("dibao", f"{PAY} paid_state remark", row, covers="2024-11")

    db = register(tmp_path, HOME, listed)

    assert said(db, "dibao") == [("H2-01", "no", "roster", None)]
    assert codes(db) == ["roster-says-gone"]


MONTHS = "name id_number ?7月 ?8月 ?9月 ?物价补贴 amount remark"
SUMMER = {
    "a raise": ((700, 700, 750, "", 2150, "9月提标"), [("yes", 70000, 8), ("yes", 75000, 9)], []),
    "a supplement in the sum": ((700, 700, 700, 60, 2160, ""), [("yes", 70000, 9)], []),
    "the amount of a month beside": ((700, 700, 700, "", 700, ""), [("yes", 70000, 9)], []),
    "begun in August": (("", 700, 700, "", 1400, ""), [("yes", 70000, 9)], []),
    "stopped": ((700, 700, "停发", "", 1400, ""), [("yes", 70000, 8), ("no", None, 9)], []),
    "ended by a remark": (
        (700, "-", "-", "", 700, "退出"),
        [("yes", 70000, 7), ("no", None, 9)],
        [],
    ),
    "held back": (
        (700, 700, "缓发", "", 1400, ""),
        [("yes", 70000, 8), ("maybe", None, 9)],
        ["receipt-state-unclear"],
    ),
    "held back throughout": (
        ("缓发", "暂缓发放", "待发", "", 0, ""),
        [("maybe", None, 9)],
        ["receipt-state-unclear"],
    ),
    "not paid at last": (
        (700, 700, 0, "", 1400, ""),
        [("yes", 70000, 8), ("maybe", None, 9)],
        ["receipt-state-unclear"],
    ),
    "another sum": ((700, 700, 700, "", 2000, ""), [("yes", None, 9)], ["amount-not-of-month"]),
    "arrears": (
        ("", 700, 1400, "", 2100, "补发7月"),
        [("yes", None, 9)],
        ["amount-not-of-month"],
    ),
}


@pytest.mark.parametrize("cells, said_of_months, reported", SUMMER.values(), ids=SUMMER)
def test_a_row_says_of_each_month_what_its_column_says(tmp_path, cells, said_of_months, reported):
    others = ["孙老太", GRAN, 700, 700, 700, "", 2100, ""]
    listed = roster("dibao", MONTHS, ["赵大山", ZHAO, *cells], others, covers="2024-07/2024-09")

    db = register(tmp_path, HOME, listed)

    found = rows(
        db,
        "SELECT says, amount_fen, CAST(substr(covers_until, 6, 2) AS INTEGER) FROM receipts"
        " WHERE household_no = 'H1' ORDER BY covers_until",
    )
    assert (found, codes(db)) == (said_of_months, reported)


@pytest.mark.parametrize(
    "headings, months",
    [("?1 ?2 ?3", 3), ("?发放月份/1 ?发放月份/2 ?发放月份/3", 3), ("?1 ?2", 0), ("?1 ?3 ?5", 0)],
)
def test_bare_figures_head_months_only_if_several_follow_each_other(tmp_path, headings, months):
    cells = [500 + place for place, _heading in enumerate(headings.split())]
    listed = roster("dibao", f"name id_number {headings}", ["孙老太", GRAN, *cells], covers="2024")

    db = register(tmp_path, HOME, listed)

    assert len(rows(db, "SELECT 1 FROM receipts WHERE covers_until < '2024-06'")) == months


def test_a_complete_list_of_a_year_denies_no_month_that_it_has_not_come_to(tmp_path):
    listed = roster(
        "dibao",
        "name id_number ?10月 ?11月 ?12月",
        ["孙老太", GRAN, 500, 500, ""],
        covers="2024",
        is_complete=True,
    )

    db = register(tmp_path, HOME, listed)

    assert rows(db, "SELECT covers_from, covers_until, is_complete FROM rosters") == [
        ("2024-10-01", "2024-11-30", 1)
    ]
    assert said(db, "dibao") == [("H2-01", "yes", "roster", 50000)]


@pytest.mark.parametrize("remark, is_arrears", [("9月提标", False), ("9月提标补发", True)])
def test_a_raise_is_not_called_arrears(tmp_path, remark, is_arrears):
    row = ["孙老太", GRAN, 2150, remark]
    listed = roster("dibao", f"{PAY} remark", row, covers="2024-07/2024-09")

    db = register(tmp_path, HOME, listed)

    (problem,) = [kept.problem for kept in list_problems(db)]
    assert problem.code == "amount-not-of-month"
    assert ("arrears" in problem.message.template) is is_arrears


@pytest.mark.parametrize(
    "body, says",
    [
        ("36030219751111457", ["maybe"]),  # one digit
        ("36030219750101456", ["maybe"]),  # the day of birth, two digits
        ("36030219750102456", []),  # three digits
    ],
)
def test_a_corrected_number_of_somebody_of_that_name_is_a_perhaps(tmp_path, body, says):
    paid = roster("dibao", PAY, ["钱小花", body + compute_check_digit(body), 300])

    db = register(tmp_path, HOME, paid)

    assert [receipt[1] for receipt in said(db, "dibao")] == says


def test_a_number_under_another_name_is_a_perhaps_that_a_person_decides(tmp_path):
    paid = roster("dibao", PAY, ["钱小华", QIAN, 300], community=None)

    db = register(tmp_path, HOME, paid)

    (kept,) = list_problems(db)
    assert said(db, "dibao") == [("H1-02", "maybe", "roster", None)]
    assert (kept.file_name, kept.problem.code, kept.problem.row) == (
        "发放表.csv", "roster-name-differs", 2
    )  # fmt: skip
    assert "may mean H1-02: 名单.csv / Sheet1 / 3." in str(kept.problem.message)
    with write(db):
        record_decision(db, kept.number, "is:H1-02", "王五")
        refresh_register(db, shipped_pack())
    assert (said(db, "dibao"), codes(db)) == ([("H1-02", "yes", "roster", 30000)], [])


def test_a_number_under_anothers_name_may_mean_either(tmp_path):
    db = register(tmp_path, HOME, roster("dibao", PAY, ["孙老太", QIAN, 300]))

    assert said(db, "dibao") == [
        ("H1-02", "maybe", "roster", None), ("H2-01", "maybe", "roster", None)
    ]  # fmt: skip
    assert codes(db) == ["roster-name-differs"]


@pytest.mark.parametrize(
    "listed, paid",
    [
        ("钱小花", " 钱　小 花"),
        ("阿依古丽·买买提", "阿依古丽・买买提"),
        ("阿依古丽·买买提", "阿依古丽买买提"),
        ("阿依古丽·买买提", "阿依古丽.买买提"),
        ("O'Brien Li", "Ｏ’ｂｒｉｅｎ　ＬＩ"),
        ("钱小花", "錢小花"),
        ("钱小花", "钱*花"),
        ("钱小花", ""),
        ("", "钱小花"),
    ],
)
def test_a_name_written_in_another_way_is_no_other_name(tmp_path, listed, paid):
    home = table("household_no name id_number", ["H1", listed, QIAN])

    db = register(tmp_path, home, roster("dibao", PAY, [paid, QIAN, 300]))

    assert (said(db, "dibao"), codes(db)) == ([("H1-01", "yes", "roster", 30000)], [])


@pytest.mark.parametrize("other", ["钱小", "钱小花花", "钱*草", "小花"])
def test_a_name_of_other_letters_is_another_name(tmp_path, other):
    db = register(tmp_path, HOME, roster("dibao", PAY, [other, QIAN, 300]))

    assert codes(db) == ["roster-name-differs"]


@pytest.mark.parametrize(
    "programme, covers, begins, ends",
    [
        ("dibao", "2024-11-05", "2024-11-01", "2024-11-30"),
        ("student-aid", "2024-11-05", "2024-11-05", "2024-11-05"),
        ("student-aid", "2024", "2024-01-01", "2024-12-31"),
        ("edge", "2024-11", "2024-11-01", "2024-11-30"),
        ("dibao", None, None, None),
    ],
)
def test_a_monthly_roster_covers_its_month_another_what_it_says(
    tmp_path, programme, covers, begins, ends
):
    db = register(tmp_path, HOME, roster(programme, "id_number", [ZHAO], covers=covers))

    assert rows(db, "SELECT covers_from, covers_until FROM receipts") == [(begins, ends)]
    assert rows(db, "SELECT covers_from, covers_until FROM rosters") == [(begins, ends)]


@pytest.mark.parametrize(
    "cell",
    [3.60302198003051e17, "", "360302197511114565", NOBODY[:10]],
    ids=["damaged", "blank", "wrong", "cut"],
)
def test_a_row_known_by_name_alone_is_a_perhaps_for_all_of_that_name(tmp_path, cell):
    twin = table("household_no name id_number", ["H3", "钱小花", LI], file="b")

    db = register(tmp_path, HOME, twin, roster("dibao", PAY, ["钱 小花", cell, 300]))

    assert said(db, "dibao") == [
        ("H1-02", "maybe", "roster", None), ("H3-01", "maybe", "roster", None)
    ]  # fmt: skip
    assert places_of(db, "roster-person-unsure") == [("发放表.csv", 2, "id_number")]


@pytest.mark.parametrize(
    "cell, receipts",
    [
        (QIAN[:-1] + "*", [("H1-02", "maybe", "roster", None)]),
        (QIAN[:6] + "********" + QIAN[14:], [("H1-02", "maybe", "roster", None)]),
        (GRAN[:-1] + "*", [("H2-01", "maybe", "roster", None)]),
    ],
)
def test_the_digits_left_of_a_hidden_number_can_only_rule_somebody_out(tmp_path, cell, receipts):
    db = register(tmp_path, HOME, roster("dibao", PAY, ["钱小花", cell, 300]))

    assert (said(db, "dibao"), len(codes(db))) == (receipts, 1)


def test_a_perhaps_stays_within_the_rosters_area(tmp_path):
    twin = table("household_no name id_number", ["H3", "钱小花", LI], file="b", community="花园")
    here = roster("dibao", PAY, ["钱小花", "", 300], community="河口下社区")
    by_row = roster(
        "tekun", PAY + " community", ["钱小花", "", 300, "花园"], file="d", community=None
    )

    db = register(tmp_path, HOME, twin, here, by_row)

    assert said(db, "dibao") == [("H1-02", "maybe", "roster", None)]
    assert said(db, "tekun") == [("H3-01", "maybe", "roster", None)]


@pytest.mark.parametrize(
    "area, says", [("河囗下", ["maybe"]), ("河口夏", ["maybe"]), ("河口上", [])]
)
def test_a_nearly_equal_area_may_be_the_area_until_somebody_says_so(tmp_path, area, says):
    near = roster("dibao", PAY + " community", ["钱小花", "", 300, area], community=None)

    db = register(tmp_path, HOME, near)

    assert [said_so for _member, said_so, *_rest in said(db, "dibao")] == says


HOME_PAY = "household_no head_name name id_number amount"
STRANGERS = [["X7", "孙八", "孙八", LI, 300], ["X7", "孙八", "孙九", NOBODY, 200]]


@pytest.mark.parametrize(
    "rows_of_home",
    [
        STRANGERS,
        [["", *cells] for _number, *cells in STRANGERS],
        [["", "", "孙八", LI, 300], more("", "", "孙九", NOBODY, 200)],
    ],
)
def test_a_household_that_only_a_roster_has_is_asked_about_once(tmp_path, rows_of_home):
    one_more = ["X8", "周十", "周十", PUPIL, 100]
    listed = roster("dibao", HOME_PAY, *rows_of_home, one_more)

    db = register(tmp_path, HOME, listed)
    number_problems(db)

    asked = [each.problem.subject.partition(":")[0] for each in list_problems(db)]
    assert asked == ["unlisted", "unlisted", "roster"]
    assert len({each.number for each in list_problems(db)}) == 2
    assert all(each.problem.is_unused for each in list_problems(db))


def test_the_answer_about_a_household_that_only_a_roster_has_holds_next_month(tmp_path):
    first = roster("dibao", HOME_PAY, *STRANGERS, covers="2024-10")
    db = register(tmp_path, HOME, first)
    number_problems(db)

    with write(db):
        record_decision(db, list_problems(db)[0].number, "nobody", "王五")
    keep(db, roster("dibao", HOME_PAY, *STRANGERS, covers="2024-11", file="下月.csv"))
    refresh_register(db, shipped_pack())

    assert list_problems(db) == []


def test_whoever_stands_beside_a_known_member_on_a_roster_is_asked_about_alone(tmp_path):
    known = ["X7", "赵大山", "赵大山", ZHAO, 300]

    db = register(tmp_path, HOME, roster("dibao", HOME_PAY, known, *STRANGERS))

    asked = {each.problem.subject for each in list_problems(db)}
    assert {subject.partition(":")[0] for subject in asked} == {"roster"}
    assert len(asked) == 2


def test_a_number_nobody_has_is_perhaps_somebody_of_that_name_whose_own_is_unknown(tmp_path):
    unsure = table("household_no name id_number", ["H3", "钱小花", DAMAGED], file="b")

    db = register(tmp_path, HOME, unsure, roster("dibao", PAY, ["钱小花", NOBODY, 300]))

    assert said(db, "dibao") == [("H3-01", "maybe", "roster", None)]


@pytest.mark.parametrize(
    "cells", [["李四", NOBODY, 1], ["李四", "", 1], ["", 3.60302198003051e17, 1], ["#N/A", "", 1]]
)
def test_a_row_about_nobody_in_the_register_is_reported_as_unused(tmp_path, cells):
    db = register(tmp_path, HOME, roster("dibao", PAY, cells))

    (kept,) = list_problems(db)
    assert said(db, "dibao") == []
    assert (kept.problem.code, kept.problem.row, kept.problem.is_unused) == (
        "roster-person-not-in-register", 2, True
    )  # fmt: skip


@pytest.mark.parametrize(
    "name, number, meant",
    [
        ("李尔", "360302197511114565", ["H1-02"]),
        ("李尔", "360302197511114545", ["H1-02"]),
        ("李尔", "360302197511114456", []),
        ("李尔", "360302197511411564", ["H1-02"]),
        ("李尔", "36030219751111456", ["H1-02"]),
        ("李尔", "3603021975111145644", ["H1-02"]),
        ("李尔", "3603021975111156", []),
        ("李尔", 3.60302197511114e17, ["H1-02"]),
        ("李尔", "3.60302197511114E+17", ["H1-02"]),
        ("李尔", "3.60302E+17", []),
        ("孙老大", "", ["H2-01"]),
        ("孙老", "无", ["H2-01"]),
        ("孙老老太", NOBODY[:10], ["H2-01"]),
        ("孙老大", "360302197511114565", ["H1-02"]),
        ("老孙太", "", []),
        ("大山", "", ["H1-01"]),
        ("赵", "", []),
        ("赵大水", LI, []),
    ],
)
def test_a_miswritten_row_may_mean_whoever_is_written_nearly_so(tmp_path, name, number, meant):
    listed = roster("dibao", PAY, [name, number, 300], is_complete=True)

    db = register(tmp_path, HOME, listed)

    assert said(db, "dibao") == [(member, "maybe", "roster", None) for member in meant]
    assert codes(db) == ["roster-person-unsure" if meant else "roster-person-not-in-register"]
    assert rows(db, "SELECT is_complete FROM rosters") == [(1,)]


def test_a_row_with_ones_name_and_anothers_miswritten_number_may_mean_both(tmp_path):
    db = register(tmp_path, HOME, roster("dibao", PAY, ["钱小花", DAMAGED, 300]))

    assert [number for number, *_rest in said(db, "dibao")] == ["H1-01", "H1-02"]


def test_a_miswritten_number_beside_the_right_name_means_nobody_else(tmp_path):
    other = table("household_no name id_number", ["H3", "周八", QIAN[:15] + "580"], file="b")

    db = register(tmp_path, HOME, other, roster("dibao", PAY, ["钱小花", QIAN[:15] + "565", 300]))

    assert [number for number, *_rest in said(db, "dibao")] == ["H1-02"]


def test_a_right_number_may_mean_somebody_whose_own_is_wrong(tmp_path):
    home = table("household_no name id_number", ["H1", "钱花", "360302197511114574"])

    db = register(tmp_path, home, roster("dibao", PAY, ["钱小花", QIAN, 300]))

    assert said(db, "dibao") == [("H1-01", "maybe", "roster", None)]


def test_a_row_that_may_mean_somebody_names_where_he_stands_and_no_number(tmp_path):
    db = register(tmp_path, HOME, roster("dibao", PAY, ["李尔", "360302197511114565", 300]))

    (kept,) = list_problems(db)
    assert "H1-02: 名单.csv / Sheet1 / 3" in str(kept.problem.message)
    assert "360302" not in str(kept.problem.message)


def test_likeness_stays_within_the_rosters_area(tmp_path):
    listed = roster("dibao", PAY, ["李尔", "360302197511114565", 300], community="花园")

    assert said(register(tmp_path, HOME, listed), "dibao") == []


def test_a_person_in_two_households_is_a_perhaps_in_both(tmp_path):
    again = table("household_no name id_number", ["H3", "赵大山", ZHAO], file="b")

    db = register(tmp_path, HOME, again, roster("dibao", PAY, ["赵大山", ZHAO, 300]))

    assert said(db, "dibao") == [
        ("H1-01", "maybe", "roster", None), ("H3-01", "maybe", "roster", None)
    ]  # fmt: skip
    assert places_of(db, "roster-person-twice") == [("发放表.csv", 2, "id_number")]


def test_a_card_number_on_a_roster_is_the_person(tmp_path):
    db = register(tmp_path, HOME, roster("disability-care", PAY, ["钱小花", QIAN + "42", 80]))

    assert said(db, "disability-care") == [("H1-02", "yes", "roster", 8000)]


def test_a_roster_may_name_people_in_the_heads_columns(tmp_path):
    listed = roster("dibao", "head_name head_id_number amount", ["孙老太", GRAN, 500])

    assert said(register(tmp_path, HOME, listed), "dibao") == [("H2-01", "yes", "roster", 50000)]


def test_a_households_amount_on_its_first_row_is_not_unknown_on_the_others(tmp_path):
    listed = roster("dibao", PAY, ["赵大山", ZHAO, 700], more("钱小花", QIAN, ""))

    db = register(tmp_path, HOME, listed)

    assert said(db, "dibao") == [("H1-01", "yes", "roster", 70000), ("H1-02", "yes", "roster", 0)]


@pytest.mark.parametrize(
    "programme, column, cell, expected",
    [
        ("dibao", "amount", "", (None, [])),
        ("dibao", "amount", "√", (None, [])),
        ("dibao", "amount", "三百", (30000, [])),
        ("dibao", "amount", "约三百", (None, ["value-unreadable"])),
        ("dibao", "amount", "300元/月", (30000, [])),
        ("dibao", "amount", "300元/年", (None, ["value-unreadable"])),
        ("dibao", "amount", float("nan"), (None, ["value-unreadable"])),
        ("dibao", "amount:wan", 0.05, (50000, [])),
        ("dibao", "amount:yuan/year", 6000, (None, ["unit-unknown"])),
        ("student-aid", "amount:yuan/year", 500, (50000, [])),
        ("dibao", "receipt.dibao", 420, (42000, [])),
        ("dibao", "receipt.dibao:wan", "0.042", (42000, [])),
        ("dibao", "receipt.dibao", "是", (None, [])),
        ("dibao", "receipt.dibao", 1, (None, [])),
    ],
)
def test_an_amount_is_read_or_unknown_and_never_guessed(
    tmp_path, programme, column, cell, expected
):
    amount, reported = expected
    listed = roster(programme, f"name id_number {column}", ["赵大山", ZHAO, cell])

    db = register(tmp_path, HOME, listed)

    assert said(db, programme) == [("H1-01", "yes", "roster", amount)]
    assert codes(db) == reported


@pytest.mark.parametrize(
    "columns, cells, says, amount, reported",
    [
        ("amount amount", [500, 600], "yes", None, 1),
        ("amount amount", [500, 500.0], "yes", 50000, 0),
        ("amount amount", ["", 500], "yes", 50000, 0),
        ("amount amount:wan", [500, 0.05], "yes", 50000, 0),
        ("amount amount", [500, 0], "maybe", None, 1),
        ("amount amount", [0, ""], None, None, 0),
        ("receipt.dibao receipt.dibao", ["是", 500], "yes", 50000, 0),
        ("receipt.dibao receipt.dibao", ["是", "√"], "yes", None, 0),
        ("receipt.dibao receipt.dibao", ["是", "否"], "maybe", None, 1),
        ("receipt.dibao receipt.dibao", ["否", 0], None, None, 0),
    ],
)
def test_two_amounts_on_a_row_must_agree(tmp_path, columns, cells, says, amount, reported):  # noqa: PLR0913, PLR0917 a table
    listed = roster("dibao", f"id_number {columns}", [ZHAO, *cells])

    db = register(tmp_path, HOME, listed)

    assert said(db, "dibao") == ([("H1-01", says, "roster", amount)] if says else [])
    assert codes(db) == ["columns-disagree"] * reported


@pytest.mark.parametrize("second, is_complete", [(300, 1), ("", 1), (301, 0)])
def test_a_roster_of_two_amount_columns_adds_up_where_they_agree(tmp_path, second, is_complete):
    paid = [[ZHAO, 300, second], total("合计", 300, second)]

    db = register(tmp_path, HOME, roster("dibao", "id_number amount amount", *paid, covers="2024"))

    assert rows(db, "SELECT is_complete FROM rosters") == [(is_complete,)]


@pytest.mark.parametrize(
    "cells, says, reported",
    [
        (["是", "√"], "yes", 0),
        (["是", ""], "yes", 0),
        (["", "否"], "no", 0),
        (["是", "否"], "maybe", 1),
    ],
)
def test_two_columns_of_one_benefit_in_a_household_list_must_agree(tmp_path, cells, says, reported):
    listed = table("household_no receipt.dibao receipt.dibao", ["H1", *cells])

    db = register(tmp_path, listed)

    assert said(db, "dibao") == ([(None, says, "sheet", None)] if says else [])
    assert codes(db) == ["columns-disagree"] * reported


@pytest.mark.parametrize("cell", ["否", 0, "无"])
def test_a_row_that_denies_its_own_rosters_benefit_says_nothing(tmp_path, cell):
    db = register(tmp_path, HOME, roster("dibao", "id_number receipt.dibao", [ZHAO, cell]))

    assert said(db, "dibao") == []


def test_a_roster_of_several_benefits_is_read_by_its_columns(tmp_path):
    listed = roster(
        None,
        "id_number receipt.disability-living receipt.disability-care",
        [ZHAO, 100, ""],
        [QIAN, "√", "80"],
        [GRAN, 0, "否"],
        is_complete=True,
    )

    db = register(tmp_path, HOME, listed)

    assert said(db, "disability-living") == [
        ("H1-01", "yes", "roster", 10000), ("H1-02", "yes", "roster", None)
    ]  # fmt: skip
    assert said(db, "disability-care") == [("H1-02", "yes", "roster", 8000)]
    assert rows(db, "SELECT programme, is_complete FROM rosters") == [
        ("disability-care", 1), ("disability-living", 1)
    ]  # fmt: skip
    assert codes(db) == []


def test_a_roster_of_several_benefits_is_read_by_its_rows(tmp_path):
    listed = roster(
        None,
        "id_number programme amount",
        [ZHAO, "困难残疾人生活补贴", 100],
        more(GRAN, "", 20),
        [QIAN, "特困供养", 1220],
        [GRAN, "一次性慰问", 500],
    )

    db = register(tmp_path, HOME, listed)

    assert said(db, "disability-living") == [
        ("H1-01", "yes", "roster", 10000), ("H2-01", "yes", "roster", 2000)
    ]  # fmt: skip
    assert said(db, "tekun") == [("H1-02", "yes", "roster", 122000)]
    assert places_of(db, "benefit-unknown") == [("发放表.csv", 5, "programme")]
    assert rows(db, "SELECT programme FROM rosters") == [("disability-living",), ("tekun",)]


@pytest.mark.parametrize(
    "cell, begins, reported",
    [
        ("2024年10月", "2024-10-01", []),
        ("202410", "2024-10-01", []),
        (202410.0, "2024-10-01", []),
        ("2024-10-15", "2024-10-01", []),
        ("2024-10-15 00:00:00", "2024-10-01", []),
        ("2024.9", "2024-09-01", []),
        (2024.9, "2024-09-01", []),
        ("", "2024-11-01", []),
        (2024.1, "2024-11-01", ["value-unreadable"]),
        ("2024", "2024-11-01", ["value-unreadable"]),
        ("2024年13月", "2024-11-01", ["value-unreadable"]),
        ("十月", "2024-10-01", []),
        ("10-11月", "2024-10-01", []),
        ("十月左右", "2024-11-01", ["value-unreadable"]),
    ],
)
def test_a_rows_own_month_goes_before_the_tables(tmp_path, cell, begins, reported):
    listed = roster("dibao", "id_number covers", [ZHAO, cell], covers="2024-11")

    db = register(tmp_path, HOME, listed)

    assert rows(db, "SELECT covers_from FROM receipts") == [(begins,)]
    assert rows(db, "SELECT covers_from FROM rosters") == [(begins,)]
    assert codes(db) == reported


def test_a_roster_of_two_months_declares_both(tmp_path):
    listed = roster(
        "dibao", "id_number covers", [ZHAO, "2024-10"], [ZHAO, "2024-11"], is_complete=True
    )

    db = register(tmp_path, HOME, listed)

    assert rows(db, "SELECT covers_from, covers_until, is_complete FROM rosters") == [
        ("2024-10-01", "2024-10-31", 1), ("2024-11-01", "2024-11-30", 1)
    ]  # fmt: skip


@pytest.mark.parametrize("programme", ["dibao", "disability-care"])
@pytest.mark.parametrize(
    "columns, cells, expected",
    [
        ("amount", [(300,), (300,)], ([None, None], 1)),
        ("amount", [(300,), (400,)], ([None, None], 1)),
        ("amount", [(300,), ("",)], ([None, None], 1)),
        ("amount", [(300,), (0,)], ([30000], 0)),
        ("amount remark", [(300, "11月"), (300, "补10月")], ([30000], 0)),
        ("amount remark", [(300, ""), (300, "补10月")], ([30000], 0)),
        ("amount remark", [(300, "补发"), (300, "补发")], ([None, None], 1)),
        ("amount remark", [(300, "城市"), (60, "残疾")], ([6000, 30000], 1)),
        ("amount paid_state", [(300, "正常"), (60, "补发")], ([30000], 0)),
        ("amount covers", [(300, "2024-10"), (300, "2024-11")], ([30000, 30000], 0)),
        ("amount covers", [(300, "2024-11"), (300, "2024-11")], ([None, None], 1)),
        ("amount serial", [(300, 1), (300, 2)], ([None, None], 1)),
        ("amount ?补助类别", [(300, "A"), (60, "B")], ([6000, 30000], 1)),
        ("amount ?银行卡号", [(300, "11"), (60, "12")], ([None, None], 1)),
    ],
)
def test_a_person_twice_on_one_roster_is_reported_and_added_up_only_if_it_says_what_for(
    tmp_path, programme, columns, cells, expected
):
    amounts, reported = expected
    listed = roster(
        programme, f"id_number {columns}", *([ZHAO, *row] for row in cells), covers="2024-11"
    )

    db = register(tmp_path, HOME, listed)

    receipts = said(db, programme)
    assert receipts == [("H1-01", "yes", "roster", amount) for amount in amounts]
    assert places_of(db, "roster-person-repeated") == [("发放表.csv", 3, "amount")] * reported
    words = [
        kept.problem.message.template
        for kept in list_problems(db)
        if kept.problem.code == "roster-person-repeated"
    ]
    assert ["added up" in text for text in words] == [None not in amounts] * reported


@pytest.mark.parametrize(
    "days, amounts, reported", [("AB", [100, 200], 0), ("AA", [None, None], 1)]
)
def test_aid_for_an_event_is_added_up_without_a_word_where_the_events_differ(
    tmp_path, days, amounts, reported
):
    paid = [[ZHAO, 1, days[0]], [ZHAO, 2, days[1]]]
    listed = roster("medical-aid", "id_number amount ?住院日期", *paid, covers="2024-11")

    db = register(tmp_path, HOME, listed)

    assert [amount for _no, _says, _origin, amount in said(db, "medical-aid")] == amounts
    assert codes(db) == ["roster-person-repeated"] * reported


def test_two_people_of_a_household_on_one_roster_are_nobody_twice(tmp_path):
    paid = [["赵大山", ZHAO, 300], ["钱小花", QIAN, 300]]

    db = register(tmp_path, HOME, roster("dibao", PAY, *paid))

    assert [amount for _no, _says, _origin, amount in said(db, "dibao")] == [30000, 30000]
    assert codes(db) == []


PAID = [["赵大山", ZHAO, 300], ["孙老太", GRAN, "1,200.5"]]


@pytest.mark.parametrize(
    "totals, stated, is_complete, reported",
    [
        ([total("合计", "", 1500.5)], {}, 1, []),
        ([total("本页合计", "", 300), total("合计", "", "1,500.50")], {}, 1, []),
        ([total("本页合计", "", 300), total("本页合计", "", 1200.5)], {}, 0, ["roster-is-part"]),
        ([total("小计", "", 1500.5)], {}, 0, ["roster-is-part"]),
        ([total("", "第1页 小计", 1500.5)], {}, 0, ["roster-is-part"]),
        ([total("本页合计", "", 1200.5), total("累计", "", 1500.5)], {}, 0, ["roster-is-part"]),
        ([total("累计", "", 1500.5)], {}, 0, ["roster-is-part"]),
        ([total("合计", "", 300), total("合计", "", 1200.5)], {}, 0, ["roster-is-part"]),
        ([total("小计", "", 1500.5)], {"is_complete": True}, 1, []),
        ([total("小计", "", 1500.5)], {"covers": None}, 0, []),
        ([total("本页合计", "", 300), total("总计", "", 1200.5)], {}, 0, ["roster-is-part"]),
        ([total("合计", "", 1500.5), total("总计", "", 300)], {}, 0, ["total-differs"]),
        ([total("合计", "", 1500)], {}, 0, ["total-differs"]),
        ([total("合计", "", 1500)], {"is_complete": True}, 1, ["total-differs"]),
        ([total("合计", "", 1500.5)], {"is_complete": False}, 0, []),
        ([total("合计", "", "")], {}, 0, []),
        ([], {}, 0, []),
        ([total("合计", "", 1500.5)], {"community": None}, 0, []),
        ([total("合计", "", 1500.5)], {"covers": None}, 0, []),
    ],
)
def test_a_roster_is_complete_if_declared_or_if_its_total_agrees(
    tmp_path, totals, stated, is_complete, reported
):
    listed = roster("dibao", PAY, *PAID, *totals, **{"covers": "2024-11"} | stated)

    db = register(tmp_path, HOME, listed)

    assert rows(db, "SELECT is_complete FROM rosters") == [(is_complete,)]
    assert codes(db) == reported


def test_pages_that_follow_each_other_are_complete_with_a_total_of_all(tmp_path):
    pages = [PAID[0], total("本页合计", "", 300), PAID[1], total("本页合计", "", 1200.5)]
    listed = roster("dibao", PAY, *pages, total("合计", "", 1500.5), covers="2024-11")

    db = register(tmp_path, HOME, listed)

    assert rows(db, "SELECT is_complete FROM rosters") == [(1,)]
    assert codes(db) == []


@pytest.mark.parametrize("all_of_it", [300, 1500.5])
def test_an_amount_that_cannot_be_read_leaves_a_roster_incomplete(tmp_path, all_of_it):
    paid = [PAID[0], ["孙老太", GRAN, "约一千二百"], total("合计", "", all_of_it)]

    db = register(tmp_path, HOME, roster("dibao", PAY, *paid, covers="2024-11"))

    assert rows(db, "SELECT is_complete FROM rosters") == [(0,)]
    assert codes(db) == ["value-unreadable"]


@pytest.mark.parametrize(
    "title, file, is_complete",
    [
        ("河口下社区城市低保金发放表（第一批）", "发放表.csv", 0),
        ("低保金发放表 第 2 页", "发放表.csv", 0),
        ("低保金发放表 第1页/共3页", "发放表.csv", 0),
        ("低保金发放表 第1页，共1页", "发放表.csv", 1),
        ("低保金发放表（部分）", "发放表.csv", 0),
        ("低保金发放表补录", "发放表.csv", 0),
        ("低保金發放表（第三頁）", "发放表.csv", 0),
        ("低保金发放表（续表）", "发放表.csv", 0),
        ("低保金发放手续表", "发放表.csv", 1),
        ("2024年第11期低保金发放表", "发放表.csv", 1),
        ("", "低保金发放表第2批.xlsx", 0),
        ("", "低保金发放表.xlsx", 1),
    ],
)
def test_a_roster_that_calls_itself_a_part_says_nothing_of_others(
    tmp_path, title, file, is_complete
):
    listed = roster(
        "dibao",
        PAY,
        *PAID,
        total("合计", "", 1500.5),
        file=file,
        title=title,
        covers="2024-11",
    )

    db = register(tmp_path, HOME, listed)

    assert rows(db, "SELECT is_complete FROM rosters") == [(is_complete,)]
    assert codes(db) == ([] if is_complete else ["roster-is-part"])


def test_a_part_that_is_declared_complete_is_complete(tmp_path):
    listed = roster("dibao", PAY, *PAID, file="发放表第2批.csv", is_complete=True)

    db = register(tmp_path, HOME, listed)

    assert rows(db, "SELECT is_complete FROM rosters") == [(1,)]
    assert codes(db) == []


def test_an_empty_form_with_a_total_of_nothing_is_not_complete(tmp_path):
    form = roster("dibao", PAY, total("合计", "", 0), covers="2024-11")

    assert rows(register(tmp_path, HOME, form), "SELECT is_complete FROM rosters") == [(0,)]


def test_a_total_in_the_programmes_own_column_counts_too(tmp_path):
    listed = roster(
        "dibao", "id_number receipt.dibao", [ZHAO, 300], total("合计", 300), covers="2024-11"
    )

    assert rows(register(tmp_path, HOME, listed), "SELECT is_complete FROM rosters") == [(1,)]


def test_a_roster_of_an_area_nobody_lives_in_covers_nobody(tmp_path):
    listed = roster("dibao", PAY, ["赵大山", ZHAO, 1], community="河口夏", is_complete=True)

    db = register(tmp_path, HOME, listed)

    assert rows(db, "SELECT * FROM rosters") == []
    assert rows(db, "SELECT name FROM communities") == [("河口下",)]
    assert said(db, "dibao") == [("H1-01", "yes", "roster", 100)]
    assert codes(db) == ["community-similar", "roster-area-unknown"]


def test_a_roster_of_no_stated_area_is_one_of_the_whole_register(tmp_path):
    db = register(tmp_path, HOME, roster("dibao", PAY, *PAID, community=None, is_complete=True))

    assert rows(db, "SELECT community_id, is_complete FROM rosters") == [(None, 1)]


@pytest.mark.parametrize("cell", ["停发", "停保", "2024年10月起退保", "已停止发放", "注销"])
@pytest.mark.parametrize("columns", [PAY, "name id_number receipt.dibao"])
def test_words_in_the_place_of_the_amount_end_the_receipt(tmp_path, cell, columns):
    db = register(tmp_path, HOME, roster("dibao", columns, ["赵大山", ZHAO, cell]))

    assert said(db, "dibao") == [("H1-01", "no", "roster", None)]
    assert codes(db) == []


def test_a_death_in_the_place_of_the_amount_ends_the_receipt_and_is_reported(tmp_path):
    db = register(tmp_path, HOME, roster("dibao", PAY, ["赵大山", ZHAO, "死亡停发"]))

    assert said(db, "dibao") == [("H1-01", "no", "roster", None)]
    assert codes(db) == ["roster-says-gone"]


def test_words_in_one_column_end_that_benefit_alone(tmp_path):
    columns = "id_number receipt.disability-living receipt.disability-care"

    db = register(tmp_path, HOME, roster(None, columns, [ZHAO, "停发", 100]))

    assert said(db, "disability-living") == [("H1-01", "no", "roster", None)]
    assert said(db, "disability-care") == [("H1-01", "yes", "roster", 10000)]


@pytest.mark.parametrize(
    "cell, says, reported",
    [
        ("未停发", "yes", []),
        ("停发一个月后恢复", "yes", ["value-unreadable"]),
        ("待定", "maybe", ["receipt-state-unclear"]),
        ("暂停", "maybe", ["receipt-state-unclear"]),
    ],
)
def test_other_words_in_the_place_of_the_amount_end_nothing(tmp_path, cell, says, reported):
    db = register(tmp_path, HOME, roster("dibao", PAY, ["赵大山", ZHAO, cell]))

    assert said(db, "dibao") == [("H1-01", says, "roster", None)]
    assert codes(db) == reported


@pytest.mark.parametrize("cell", [-300, -300.5, "-300", "－１，２００．５０", "￥-300"])
@pytest.mark.parametrize("columns", [PAY, "name id_number receipt.dibao"])
def test_an_amount_below_nothing_says_neither_yes_nor_no(tmp_path, cell, columns):
    db = register(tmp_path, HOME, roster("dibao", columns, ["赵大山", ZHAO, cell]))

    assert said(db, "dibao") == [("H1-01", "maybe", "roster", None)]
    assert codes(db) == ["roster-takes-back"]


def test_a_payment_beside_what_is_taken_back_is_a_receipt(tmp_path):
    lines = [["赵大山", ZHAO, 300], ["赵大山", ZHAO, -100]]

    db = register(tmp_path, HOME, roster("dibao", PAY, *lines))

    assert ("H1-01", "yes", "roster", 30000) in said(db, "dibao")


def test_who_stays_by_decision_is_in_the_register_at_once_though_the_row_has_no_number(tmp_path):
    gone = roster("dibao", "name amount paid_state", ["钱小花", 300, "迁出"], covers="2024-11")
    db = register(tmp_path, HOME, gone)

    for sort, choice in (("roster", "is:H1-02"), ("said", "leave")):
        (number,) = {
            told.number
            for told in list_problems(db)
            if (told.problem.subject or "").startswith(f"{sort}:")
        }
        with write(db):
            record_decision(db, number, choice, "王五")
        refresh_register(db, shipped_pack())

    assert rows(db, "SELECT belongs FROM members WHERE member_no = 'H1-02'") == [(1,)]
