"""The list of who goes from door to door: in the order of the addresses, and only on a reveal."""

import csv
import io
from pathlib import Path

import pytest

from tests.support.ready_folders import fill_folder

LINE = ("gaps", "--status", "undetermined", "--format", "csv")


@pytest.fixture
def street(relief):
    return fill_folder(_import_households, relief)


def _import_households(relief):
    rows = [
        "户编号,姓名,与户主关系,社区,家庭住址,联系电话",
        "X-1,赵大山,户主,西岭,,13900001111",
        "X-2,孙老太,户主,西岭,长宁路9号,",
        "X-3,李小四,户主,西岭,安平巷2号,13900003333",
    ]
    Path("西岭困难户.csv").write_text("\n".join(rows), "utf-8")
    assert relief("import", "西岭困难户.csv").exit_code in (0, 3)


def test_a_reveal_gives_address_and_telephone_in_the_order_of_the_addresses(street):
    answer = street(*LINE, "--reveal", "--reason", "入户调查").stdout

    found = [(row["household_no"], row["address"], row["phone"]) for row in rows_of(answer)]
    assert found == [
        ("X-3", "安平巷2号", "13900003333"),
        ("X-2", "长宁路9号", ""),
        ("X-1", "", "13900001111"),
    ]


def test_without_a_reveal_neither_stands_in_the_list(street):
    answer = street(*LINE).stdout

    assert {row["household_no"] for row in rows_of(answer)} == {"X-1", "X-2", "X-3"}
    assert [word for word in ("安平巷", "13900003333", "address") if word in answer] == []


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))
