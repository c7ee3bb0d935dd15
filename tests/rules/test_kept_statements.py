"""A compiled statement is kept in the cache folder, and is the same when it is read again."""

import datetime as dt
from dataclasses import fields

import pytest

from relieftool.pack.pack_cache import find_cache_folder, format_pack
from relieftool.pack.pack_files import find_shipped_pack
from relieftool.pack.value_overrides import override_values
from relieftool.rules import kept_statements
from relieftool.rules.compiled_rules import compile_rules
from relieftool.rules.doubts import Doubts
from relieftool.rules.kept_statements import load_kept_statement
from relieftool.rules.statement import Statement, compile_statement, load_checked_pack
from tests.support.tiny_packs import DAY

ROSTERS = {"dibao": {None: "2024-11-30", 3: None}}


@pytest.fixture(autouse=True)
def compiled(monkeypatch, tmp_path):
    """Return the days that statements were compiled for, with a cache folder that is empty."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    days = []

    def compile_and_note(pack, day, *given, **more):
        days.append(day)
        return compile_statement(pack, day, *given, **more)

    monkeypatch.setattr(kept_statements, "compile_statement", compile_and_note)
    return days


def load_anew(*given):
    """Load a statement as another process would, which keeps nothing in memory yet."""
    kept_statements.share_statement.cache_clear()
    return load_kept_statement(*given)


def parts_of(statement):
    """Return all that a statement consists of; dictionaries as lists, because order counts."""
    values = {field.name: getattr(statement, field.name) for field in fields(Statement)}
    plan = values.pop("plan")
    listed = {
        name: list(value.items()) for name, value in values.items() if hasattr(value, "items")
    }
    return values | listed, list(plan.columns.items()), list(plan.questions.items())


@pytest.mark.parametrize("coverage", [{}, ROSTERS])
def test_a_kept_statement_is_the_one_compiled(compiled, coverage):
    pack = load_checked_pack(find_shipped_pack())
    fresh = compile_statement(pack, DAY, coverage, is_restricted=True)

    kept = [load_anew(pack, DAY, coverage) for _time in range(2)]

    assert [parts_of(statement) for statement in kept] == [parts_of(fresh)] * 2
    assert len(compiled) == 1


def test_other_rosters_are_another_statement(compiled):
    pack = load_checked_pack(find_shipped_pack())

    without, with_rosters = (load_anew(pack, DAY, each) for each in ({}, ROSTERS))

    assert without.sql != with_rosters.sql
    assert len(compiled) == 2


def test_other_facts_in_doubt_are_another_statement(compiled):
    pack = load_checked_pack(find_shipped_pack())
    doubts = Doubts(frozenset({"household_income", "deposits"}), frozenset({"deposits"}))
    fresh = compile_statement(pack, DAY, {}, doubts, is_restricted=True)

    without = load_anew(pack, DAY, {})
    kept = [load_anew(pack, DAY, {}, doubts) for _time in range(2)]

    assert [parts_of(statement) for statement in kept] == [parts_of(fresh)] * 2
    assert without.sql != fresh.sql
    assert len(compiled) == 2


def test_another_day_with_the_same_programmes_has_its_own_values(compiled):
    pack = load_checked_pack(find_shipped_pack())
    day = DAY + dt.timedelta(days=1)
    load_anew(pack, DAY, {})

    kept = load_anew(pack, day, {})

    assert (kept.as_of, kept.bound) == (day, compile_statement(pack, day, {}).bound)
    assert compiled == [DAY]


def test_a_value_set_by_the_office_counts_in_a_kept_statement(compiled):
    pack = load_checked_pack(find_shipped_pack())
    name, parameter = next(
        (name, each)
        for name, each in pack.parameters.items()
        if each.unit == "yuan" and each.in_force(DAY)
    )
    value = parameter.in_force(DAY).model_copy(update={"value": 1, "until": "open"})
    load_anew(pack, DAY, {})

    kept = load_anew(override_values(pack, [(name, value)]), DAY, {})

    assert kept.bound[f"p_{name}_num"] == 100
    assert kept.pack.parameters[name].in_force(DAY).value == 1
    assert compiled == [DAY]


def test_another_rule_is_another_statement(compiled):
    pack = load_checked_pack(find_shipped_pack())
    programme = next(each for each in pack.programmes.values() if each.unit == "household")
    changed = programme.criteria[0].model_copy(update={"when": "size = 1"})
    other = programme.model_copy(update={"criteria": [changed, *programme.criteria[1:]]})
    load_anew(pack, DAY, {})

    load_anew(
        pack.model_copy(update={"programmes": {**pack.programmes, programme.id: other}}), DAY, {}
    )

    assert len(compiled) == 2


def test_a_damaged_file_is_made_anew(compiled):
    pack = load_checked_pack(find_shipped_pack())
    load_anew(pack, DAY, {})
    (file,) = find_cache_folder().glob("statement-*")
    file.write_text(file.read_text("utf-8").replace("household", "housecold"), "utf-8")

    kept = load_anew(pack, DAY, {})

    assert "housecold" not in kept.sql
    assert len(compiled) == 2


def test_the_rules_of_a_statement_stay_the_same_however_many_others_are_compiled():
    # given what households keep of a statement, by the numbers that its rules have
    pack = load_checked_pack(find_shipped_pack())
    statement = compile_statement(pack, DAY, {})
    rules = compile_rules(statement)

    others = [compile_statement(pack, DAY + dt.timedelta(days), {}) for days in range(1, 12)]
    compiled = {id(compile_rules(other)) for other in others}

    assert len(compiled) == len(others)
    assert compile_rules(statement) is rules


def test_a_pack_in_another_order_is_formatted_alike_and_has_a_statement_of_its_own(compiled):
    pack = load_checked_pack(find_shipped_pack())
    turned = pack.model_copy(update={"programmes": dict(reversed(pack.programmes.items()))})
    fresh = [compile_statement(each, DAY, {}, is_restricted=True) for each in (pack, turned)]

    kept = [load_anew(each, DAY, {}) for each in (pack, turned, pack, turned)]

    assert [parts_of(statement) for statement in kept] == [
        parts_of(statement) for statement in fresh
    ] * 2
    assert len(compiled) == 2
    texts = set()
    for each in (pack, turned):
        format_pack.cache_clear()
        texts.add(format_pack(each))
    assert len(texts) == 1
