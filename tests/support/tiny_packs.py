"""Packs and registers of a few lines, made in the test that needs them.

Values are given as stored: fen, 1 and 0, ISO dates. A fact that is left out is unknown.
"""

import datetime as dt
from contextlib import contextmanager
from typing import NamedTuple

from relieftool.eligibility.evaluation import evaluate_register
from relieftool.pack.facts import Fact
from relieftool.pack.models import Definition, Pack, Parameter, Programme
from relieftool.register.register_tables import open_throwaway_register
from relieftool.rules.sql import ColumnKind, format_column_name
from relieftool.rules.statement import check_pack

DAY = dt.date(2024, 12, 10)
LABELS = {"zh": "无", "en": "none"}
# Holds whoever lives in the household.
ALWAYS = {
    "household": "size >= 0 or size is null",
    "member": "household.size >= 0 or household.size is null",
}
GRADES = ("none", "one", "two")


def fact(name, owner, sort, period=None, presume=None):
    """Return a fact; a choice has the grades none, one and two."""
    return Fact.model_validate(
        {
            "id": name,
            "owner": owner,
            "type": sort,
            "period": period,
            "labels": LABELS,
            "choices": [{"id": grade, "labels": LABELS} for grade in GRADES]
            if sort == "choice"
            else [],
            "presume": None if presume is None else {"value": presume, "reason": LABELS},
        }
    )


FACTS = (
    fact("stated_size", "household", "integer"),
    fact("wages", "household", "money", "month"),
    fact("rent", "household", "money", "month"),
    fact("harvest", "household", "money", "year"),
    fact("cars", "household", "integer"),
    fact("is_urban", "household", "yes_no"),
    fact("is_safe", "household", "yes_no"),
    fact("standing", "household", "choice"),
    fact("rank", "household", "choice"),
    fact("visited_on", "household", "date"),
    fact("remark", "household", "text"),
    fact("lives_together", "member", "yes_no"),
    fact("income", "member", "money", "month"),
    fact("cost", "member", "money", "year"),
    fact("points", "member", "integer"),
    fact("stated_age", "member", "integer"),
    fact("born_on", "member", "date"),
    fact("is_ill", "member", "yes_no"),
    fact("is_pupil", "member", "yes_no"),
    fact("grade", "member", "choice"),
)


def programme(name, unit="household", criteria=None, **keys):
    """Return a programme; `criteria` is one expression or several by their ids."""
    if not isinstance(criteria, dict):
        criteria = {"it": criteria or ALWAYS[unit]}
    amounts = keys.pop("amounts", [])
    excludes = keys.pop("excludes", [])
    return Programme.model_validate(
        {
            "id": name,
            "names": LABELS,
            "unit": unit,
            "department": LABELS,
            "in_force_from": dt.date(2020, 1, 1),
            "sources": [{"title": "a rule", "confidence": "verified"}],
            "roster_valid_days": 60,
            "period": "month",
            "criteria": [
                {"id": key, "says": LABELS, "when": when, "article": "1"}
                for key, when in criteria.items()
            ],
            "amounts": [{"value": one} if isinstance(one, str) else one for one in amounts],
            "excludes": [
                {"programme": other, "source": "a rule", "confidence": "verified"}
                for other in excludes
            ],
            **keys,
        }
    )


def parameter(name, unit, value, period=None, **keys):
    """Return a parameter with one value, in force in 2024 only."""
    dated = {
        "from": dt.date(2024, 1, 1),
        "until": dt.date(2025, 1, 1),
        "value": value,
        "source": "a rule",
        "confidence": "verified",
    }
    return Parameter.model_validate(
        {
            "id": name,
            "labels": LABELS,
            "unit": unit,
            "period": period,
            "values": [{**dated, **keys}],
        }
    )


def setting(name, chosen, choices=("exact", "grades"), **keys):
    """Return a setting of the pack, in force in 2024 only."""
    whole = parameter(name, "count", 1, **keys).model_dump(by_alias=True)
    dated = [{**one, "value": chosen} for one in whole["values"]]
    listed = [{"id": one, "labels": LABELS} for one in choices]
    return Parameter.model_validate({**whole, "unit": "choice", "choices": listed, "values": dated})


PARAMETERS = (
    parameter("line", "yuan", 10, "month"),
    parameter("multiple", "ratio", "1.5"),
    parameter("allowed", "count", 2),
)


def definition(name, owner, value):
    """Return a definition."""
    return Definition.model_validate(
        {"id": name, "owner": owner, "labels": LABELS, "value": value, "source": "a rule"}
    )


def pack_of(programmes=(), definitions=(), facts=FACTS, parameters=PARAMETERS):
    """Return a checked pack."""
    priority = {
        "resources": "wages",
        "spending": "rent",
        "line": "line",
        "cutoff": "1/2",
        "indicators": [{"id": "unsafe", "says": LABELS, "when": "not is_safe", "weight": "1"}],
    }
    return check_pack(
        Pack.model_validate(
            {
                "id": "tiny",
                "version": "1",
                "title": LABELS,
                "area": LABELS,
                "sha256": "",
                "facts": {one.id: one for one in facts},
                "definitions": {one.id: one for one in definitions},
                "parameters": {one.id: one for one in parameters},
                "programmes": {one.id: one for one in programmes},
                "priority": priority,
            }
        )
    )


def receipt(name, says="yes", origin="roster", **keys):
    """Return what a roster or sheet says of a programme; undated unless dates are given."""
    return {"programme": name, "says": says, "origin": origin, "is_open": 0, **keys}


class InDoubt(NamedTuple):
    """A fact that is unknown although a cell states it; a range has ends (None: no end)."""

    state: str
    low: int | None = None
    high: int | None = None


def home(members=(), receipts=(), **facts):
    """Return a household: its members, what is said of its receipts, its facts."""
    return {"members": list(members), "receipts": list(receipts), **facts}


def person(receipts=(), **facts):
    """Return a member: what is said of receipts, facts."""
    return {"receipts": list(receipts), "lives_together": 1, **facts}


@contextmanager
def register_of(pack, *homes, rosters=()):
    """Return a register of households H1, H2 … with members H1-1, H1-2 …, all in community 1."""
    with open_throwaway_register(pack) as register:
        register.table("communities").insert({"community_id": 1, "name": "花园"})
        register.table("rosters").insert_all({"is_complete": 1, **one} for one in rosters)
        for number, one in enumerate(homes, start=1):
            _add(register, f"H{number}", dict(one))
        yield register


def _add(register, number, facts):
    """Put one household into a register."""
    facts = _put_doubts(register, facts, household_no=number)
    members, receipts = facts.pop("members"), facts.pop("receipts")
    of_household = {"household_no": number, "community_id": 1, "listed_members": len(members)}
    of_household["is_provisional"] = 0
    register.table("households").insert({**of_household, "head_member_no": f"{number}-1", **facts})
    rows = [{"household_no": number, "member_no": None, "row_id": 0, **one} for one in receipts]
    for place, stated in enumerate(members, start=1):
        of_member = dict(stated)
        member_no = f"{number}-{place}"
        of_member = _put_doubts(register, of_member, household_no=number, member_no=member_no)
        rows += [
            {"household_no": number, "member_no": member_no, "row_id": 0, **one}
            for one in of_member.pop("receipts")
        ]
        of_member |= {"household_no": number, "place": place, "is_provisional": 0}
        register.table("members").insert({"member_no": member_no, **of_member})
    register.table("receipts").insert_all(rows)


def _put_doubts(register, facts, **of):
    """Put the facts in doubt into a register, and return all facts; those in doubt are unknown."""
    doubts = {name: value for name, value in facts.items() if isinstance(value, InDoubt)}
    register.table("fact_states").insert_all(
        {"member_no": None, "fact": name, "row_ids": "[]", **of, **doubt._asdict()}
        for name, doubt in doubts.items()
    )
    return facts | dict.fromkeys(doubts)


def evaluated(pack, *homes, as_of=DAY, rosters=()):
    """Return the outcome of the rules over a register of some households."""
    with register_of(pack, *homes, rosters=rosters) as register:
        return evaluate_register(register, pack, as_of)


def rows_of(pack, one, as_of=DAY, rosters=()):
    """Return the row of one household, and those of its members."""
    (household,) = evaluated(pack, one, as_of=as_of, rosters=rosters).households
    return household.row, [member.row for member in household.members]


def truth_of(condition, one=None, as_of=DAY, **keys):
    """Return the truth of a condition for a household; True, False or None."""
    pack = pack_of([programme("asked", criteria=condition)], **keys)
    row, _members = rows_of(pack, one or home(), as_of)
    return as_truth(row[format_column_name(ColumnKind.CRITERION, "asked", "it")])


def truth_for_member(condition, member, one=None, as_of=DAY, **keys):
    """Return the truth of a condition for the only member of a household."""
    pack = pack_of([programme("asked", "member", criteria=condition)], **keys)
    _row, members = rows_of(pack, {**(one or home()), "members": [member]}, as_of)
    return as_truth(members[0][format_column_name(ColumnKind.CRITERION, "asked", "it")])


def amount_of(value, one=None, as_of=DAY, period="month", **keys):
    """Return an amount for a household, in fen."""
    asked = programme("asked", amounts=[value], period=period)
    row, _members = rows_of(pack_of([asked], **keys), one or home(), as_of)
    return row[format_column_name(ColumnKind.AMOUNT, "asked", 1)]


def as_truth(value):
    """Turn 1, 0 and NULL into True, False and None."""
    return {1: True, 0: False, None: None}[value]
