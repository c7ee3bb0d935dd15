"""A cell read as a fact: none stated in words, blanks within a word, an estimate that is none."""

import pytest

from relieftool.register.fact_cells import parse_fact
from relieftool.values.cells import ValueProblem
from tests.support.registers import shipped_pack


def parsed(name, cell):
    return parse_fact(shipped_pack().facts[name], cell)


@pytest.mark.parametrize(
    "fact, cell, value",
    [
        ("income", "无收入", 0),
        ("income", "没有收入", 0),
        ("household_income", "无收入", 0),
        ("income", "無收入", 0),
        ("deposits", "无存款", 0),
        ("vehicles", "无机动车", 0),
        ("vehicles", "无", 0),
        ("schooling_cost", "没有", 0),
        ("income", 0, 0),
        ("disability_grade", "四 级", "grade4"),
        ("disability_grade", "四　级", "grade4"),
        ("pension_scheme", "城乡 居民", "resident"),
        ("housing_is_safe", "C级危房", 0),
        ("housing_is_safe", "Ｄ级危房", 0),
        ("income", "一千二百元", 120_000),
        ("income", "1200元每月", 120_000),
        ("medical_own_cost", "3000元/年", 300_000),
    ],
)
def test_what_states_a_value_is_read(fact, cell, value):
    assert parsed(fact, cell) == value


@pytest.mark.parametrize(
    "fact, cell, words",
    [
        ("income", "无", "'无' may mean none, or that nothing is known"),
        ("household_income", "没有", "'无' may mean none"),
        ("deposits", "无", "'无' may mean none"),
        ("stated_size", "无", "'无' may mean none"),
        ("income", "无固定收入", "not an amount"),
        ("income", "无存款", "not an amount"),
        ("deposits", "无收入", "not an amount"),
        ("vehicles", "无住房", "not a whole number"),
        ("income", "约800", "not an amount"),
        ("income", "800元/年", "another period"),
        ("medical_own_cost", "300元/月", "another period"),
        ("housing_is_safe", "B级危房", "neither yes nor no"),
        ("disability_grade", "四 五 级", "not known here"),
    ],
)
def test_what_may_mean_something_else_is_reported(fact, cell, words):
    with pytest.raises(ValueProblem, match=words):
        parsed(fact, cell)
