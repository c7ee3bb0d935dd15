"""What verify says of fieldwork that some other program wrote into the file, sealed and all."""

import json
from datetime import date
from fractions import Fraction

import pytest

from relieftool.cases.verify import verify_ledger
from relieftool.fieldwork.checks import FIELD_CHECKS
from relieftool.fieldwork.samples import FramedHousehold, draw_sample
from relieftool.store.chain import add_entry
from relieftool.store.database import write
from relieftool.store.entries import FIELD_CHAINS, REVISITS, VISITS
from tests.support.ledger_register import new_register


@pytest.fixture
def db(tmp_path):
    register = new_register(tmp_path / "relief.db")
    yield register
    register.close()


def add(db, chain, **row):
    with write(db):
        add_entry(db, chain, row)


def visit(db, *names, step="survey", level="社区", on="2024-12-10"):
    said = {"household_no": "HK-1", "visited_on": on, "step": step, "level": level}
    said |= {"method": "上门", "found": "属实", "knows_policy": None}
    add(db, VISITS, investigators=json.dumps(names, ensure_ascii=False), **said)


def revisit(db, by, on="2024-12-12"):
    frame = [FramedHousehold("HK-1", "河口下")]
    draw_sample(db, frame, rate=Fraction(1), seed="7", on=date(2024, 12, 10))
    said = {"sample_id": 1, "household_no": "HK-1", "revisited_on": on, "agrees": 1}
    add(db, REVISITS, note=None, by=by, **said)


def found(db):
    broken = verify_ledger(db, chains=FIELD_CHAINS, checks=FIELD_CHECKS)
    return [(one.check, one.place, one.is_doubt) for one in broken]


@pytest.mark.parametrize(
    "names, expected",
    [
        (("张三", "李四"), []),
        (("张三",), [("survey-by-one", "visits 1", False)]),
        (("张三", "张 三"), [("survey-by-one", "visits 1", False)]),
        (("Li Bo", "libo"), [("survey-by-one", "visits 1", False)]),
    ],
)
def test_a_survey_by_one_person_is_found_however_the_name_is_spaced(db, names, expected):
    visit(db, *names)

    assert found(db) == expected


@pytest.mark.parametrize(
    "names, level, is_found",
    [
        (("王五",), "街道", False),
        (("王五",), "社区", True),
        (("王五", "张 三"), "街道", True),
        (("李四",), "帮扶单位", True),
    ],
)
def test_a_check_by_a_surveyor_or_the_surveyors_level_is_found(db, names, level, is_found):
    visit(db, "张三", "李四")
    visit(db, *names, step="check", level=level, on="2024-12-20")

    assert found(db) == [("check-by-surveyors", "visits 2", False)] * is_found


@pytest.mark.parametrize(
    "by, on, expected",
    [
        ("赵六", "2024-12-10", []),
        ("赵六", "2024-12-09", [("revisited-before-drawn", "revisits 1", False)]),
        ("李 四", "2024-12-12", [("revisited-by-surveyor", "revisits 1", True)]),
    ],
)
def test_a_re_visit_too_early_or_by_a_surveyor_is_found(db, by, on, expected):
    visit(db, "张三", "李四", on="2024-12-01")
    revisit(db, by, on)

    assert found(db) == expected
