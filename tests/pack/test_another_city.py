"""A pack of another city, made of TOML alone, and a new fact in it, with no line of Python."""

import csv
import json
import shutil
from pathlib import Path

import pytest

from relieftool.authoring.examples import run_examples
from relieftool.rules.statement import load_checked_pack
from relieftool.store.database import open_register
from tests.support.own_files import id_number
from tests.support.registers import rows

CITY = Path(__file__).parent.parent / "packs" / "baita-bay"
OLD, CHILD, HEAD = map(id_number, ("36030219400305123", "36030220150607021", "36030219751111456"))
NEW_FACT = """
[[facts]]
id = "damp_walls"
owner = "household"
type = "yes_no"
labels = { zh = "墙体返潮", en = "the walls are damp" }
headers = ["墙体返潮", "墙面潮湿"]
question = { zh = "墙面返潮吗？", en = "Are the walls damp?" }
"""
NEW_PROGRAMME = """
id = "damp-repair"
names = { zh = "防潮修缮补助", en = "repair of damp walls" }
unit = "household"
department = { zh = "市住建局", en = "Housing Bureau" }
in_force_from = 2025-01-01
roster_names = ["防潮修缮补助"]
receipt_headers = ["防潮修缮补助"]
roster_valid_days = 365
sources = [{ title = "白塔湾市（虚构）2025 年第 4 号", confidence = "verified" }]

[[criteria]]
id = "damp"
says = { zh = "墙体返潮", en = "the walls are damp" }
when = "damp_walls"
article = "第一条"
"""
HEADINGS = ["户编号", "姓名", "身份证号", "与户主关系", "社区", "家庭月收入", "冬季取暖", "在校"]


@pytest.fixture
def city(relief):
    """Return a function that imports a list of three households with a pack and asks a command."""

    def ask(*command, pack=CITY, more=(), said=("", "", "")):
        lists = [
            ["B-1", "钱大山", HEAD, "户主", "北湾", 300, "炉子", "否", said[0], "低保"],
            ["B-1", "钱小花", CHILD, "女儿", "北湾", "", "", "是", "", "低保"],
            ["B-2", "孙老太", OLD, "户主", "北湾", 700, "没有", "否", said[1], "无"],
        ]
        heads = [*HEADINGS, *(more or ["备注"]), "已享受政策"]
        with Path("名单.csv").open("w", encoding="utf-8-sig", newline="") as written:
            csv.writer(written).writerows([["北湾困难户（2025年3月1日）"], heads, *lists])
        assert relief("import", "名单.csv", "--pack", pack).exit_code in (0, 3)
        result = relief(*command, "--pack", pack, "--format", "json")
        assert result.exit_code in (0, 3), result.stderr
        return json.loads(result.stdout)

    return ask


@pytest.fixture
def with_new_fact(tmp_path):
    """Return a copy of the city's pack with one more fact and a programme that asks about it."""
    folder = Path(shutil.copytree(CITY, tmp_path / "pack"))
    with (folder / "facts.toml").open("a", encoding="utf-8") as facts:
        facts.write(NEW_FACT)
    (folder / "programmes" / "damp-repair.toml").write_text(NEW_PROGRAMME, "utf-8")
    return folder


def test_all_examples_of_the_city_come_out():
    results = run_examples(load_checked_pack(CITY))

    assert [result.example for result in results if not result.is_met] == []
    assert len(results) == 9


def test_the_gaps_of_the_city_are_those_of_its_own_programmes(city):
    answer = city("gaps", "--as-of", "2025-03-01")

    assert answer["pack"]["id"] == "baita-bay"
    assert {
        (finding["household_no"], finding["programme"], finding["status"])
        for finding in answer["findings"]
    } == {
        ("B-1", "heating-aid", "unclaimed"),
        ("B-1", "school-meals", "unclaimed"),
        ("B-2", "dibao", "unclaimed"),
        ("B-2", "heating-aid", "unlocked"),
    }


def test_the_priority_of_the_city_is_by_its_own_indicators(city):
    answer = city("priority", "--as-of", "2025-03-01")

    # 孙老太 has 700 and could claim 100 of dibao and 50 a month of heating aid: 850 of 800
    # 钱大山 and his daughter have 300 and the unknown dibao they receive
    assert answer["findings"] == []
    assert [household["household_no"] for household in answer["undecided"]] == []
    # of 3 people 1 is poor, in both indicators
    assert (answer["totals"]["h_exact"], answer["totals"]["a_exact"]) == ("1/3", "1")


def test_show_tells_the_facts_of_the_city(city):
    form = city("show", "B-2", "--as-of", "2025-03-01")

    assert form["household"] == {
        "stated_size": None,
        "household_income": 70000,
        "heating": "none",
    }


def test_a_new_fact_is_a_column_of_the_register_and_a_heading_of_the_import(
    city, with_new_fact, tmp_path
):
    city("gaps", pack=with_new_fact, more=["墙面潮湿"], said=("是", "否", ""))

    with open_register(tmp_path / "relief.db") as db:
        stored = rows(db, "SELECT household_no, damp_walls FROM households ORDER BY household_no")
    assert stored == [("B-1", 1), ("B-2", 0)]


def test_a_new_fact_is_shown_by_its_name(city, with_new_fact):
    form = city("show", "B-1", pack=with_new_fact, more=["墙体返潮"], said=("是", "", ""))

    assert form["household"]["damp_walls"] == 1


def test_a_rule_may_ask_about_a_new_fact_and_an_unknown_one_is_asked_for(city, with_new_fact):
    answer = city(
        *("gaps", "--as-of", "2025-03-01"),
        pack=with_new_fact,
        more=["墙面潮湿"],
        said=("是", "", ""),
    )

    found = [finding for finding in answer["findings"] if finding["programme"] == "damp-repair"]
    assert [(seen["household_no"], seen["status"], seen["missing"]) for seen in found] == [
        ("B-1", "unclaimed", []),
        ("B-2", "undetermined", ["damp_walls"]),
    ]
    fact = load_checked_pack(with_new_fact).facts["damp_walls"]
    assert str(fact.question) == "Are the walls damp?"


def test_without_the_fact_in_the_pack_the_register_has_no_such_column(city):
    form = city("show", "B-1", more=["墙面潮湿"], said=("是", "", ""))

    assert "damp_walls" not in form["household"]
