"""What a cell under 已享受政策 states, word by word: received, denied, or unclear."""

import re

import pytest

from relieftool.pack.programme_names import ProgrammeNames, read_benefits
from tests.support.registers import ZHAO, codes, register, rows, shipped_pack, table


def read(text):
    return read_benefits(text, ProgrammeNames(shipped_pack().programmes.values()))


@pytest.mark.parametrize(
    "text, received",
    [
        ("低保", {"dibao"}),
        ("农村低保", {"dibao"}),
        ("城市低保A类", {"dibao"}),
        ("低保(B档)", {"dibao"}),
        ("医疗救助2000元", {"medical-aid"}),
        ("低保1,200元/月、高龄补贴", {"dibao", "elderly-80"}),
        ("低保每月300元", {"dibao"}),
        ("已享受低保", {"dibao"}),
        ("高龄补贴、未享受低保", {"elderly-80"}),
        ("未享受低保，高龄补贴", {"elderly-80"}),
        ("未享受低保、享受高龄补贴", {"elderly-80"}),
    ],
)
def test_a_name_with_a_grade_or_an_amount_is_received(text, received):
    got = read(text)

    assert (got.received, got.unclear, got.is_list) == (received, [], True)


@pytest.mark.parametrize(
    "text, denied",
    [
        ("无低保", {"dibao"}),
        ("没有低保", {"dibao"}),
        ("未享受低保", {"dibao"}),
        ("不享受低保", {"dibao"}),
        ("未领取城市低保", {"dibao"}),
        ("非低保户", {"dibao"}),
        ("未享受低保、未享受高龄补贴", {"dibao", "elderly-80"}),
    ],
)
def test_a_denial_denies_just_what_it_names(text, denied):
    got = read(text)

    assert (got.received, got.denied, got.unclear, got.is_list) == (set(), denied, [], False)


@pytest.mark.parametrize("text", ["无", "没有", "未享受", "否"])
def test_none_denies_all(text):
    got = read(text)

    assert (got.received, got.denied, got.unclear, got.is_list) == (set(), set(), [], True)


@pytest.mark.parametrize(
    "text, words",
    [
        ("正在申请低保", "applied for"),
        ("低保申请中", "applied for"),
        ("低保（已停）", "applied for"),
        ("低保2023年停发", "applied for"),
        ("拟纳入低保", "applied for"),
        ("原低保户", "applied for"),
        ("残疾人两项补贴", "two benefits .生活补贴, 护理补贴."),
        ("享受两项补贴", "two benefits"),
        ("未享受低保、高龄补贴", "unclear whether"),
        ("低保、未享受低保", "unclear whether"),
        ("兜底保障", "is not known"),
        ("低保0元", "is not known"),
        ("2000元", "is not known"),
        ("无劳动能力", "is not known"),
    ],
)
def test_what_is_unclear_is_reported_and_says_nothing_is_received(text, words):
    got = read(text)

    assert got.received == set()
    (reported,) = [message.template.format(**message.params) for message in got.unclear]
    assert re.search(words, reported)


HOUSEHOLD = "household_no name id_number relation receives"


@pytest.mark.parametrize(
    "cell, said, reported",
    [
        ("低保A类", ("yes", "no"), []),
        ("未享受低保", ("no", None), []),
        ("无", ("no", "no"), []),
        ("正在申请低保", (None, None), ["benefit-unknown"]),
        ("低保、残疾人两项补贴", ("yes", None), ["benefit-unknown"]),
        ("未享受低保、高龄补贴", ("no", None), ["benefit-unknown"]),
    ],
)
def test_a_household_is_said_to_receive_just_what_its_cell_says(tmp_path, cell, said, reported):
    db = register(tmp_path, table(HOUSEHOLD, ["H1", "赵大山", ZHAO, "户主", cell]))

    found = dict(rows(db, "SELECT programme, says FROM receipts"))
    assert (found.get("dibao"), found.get("elderly-80")) == said
    assert codes(db) == reported
