"""Totals of the street and its communities, the order of findings, and rosters of two months."""

import csv
import json
from pathlib import Path

import pytest

from relieftool.eligibility.findings import Status
from relieftool.eligibility.gaps import find_gaps
from relieftool.pack.loading import load_pack
from relieftool.pack.pack_files import find_shipped_pack
from relieftool.store.database import open_register
from tests.support.own_files import ZHAO, id_number
from tests.support.tiny_gaps import ALL, MONEY, no
from tests.support.tiny_packs import (
    DAY,
    InDoubt,
    home,
    pack_of,
    person,
    programme,
    receipt,
    register_of,
)

STREET = pack_of(
    [
        programme("monthly", criteria="is_urban", amounts=["large"]),
        programme("yearly-aid", "member", "is_pupil", amounts=["yearly"], period="year"),
        programme("once", "member", "is_ill", amounts=["large"], period="once"),
        programme("unsure", criteria="is_safe", amounts=["wages"]),
    ],
    parameters=MONEY,
)
NAMES = ("monthly", "unsure")
NOBODY = {"is_urban": 0, "is_safe": 0}


def street_pupil(**facts):
    return person([no("yearly-aid"), no("once")], **{"is_pupil": 0, "is_ill": 0, **facts})


def street_home(*members, **facts):
    return home(members, [no(name) for name in NAMES], **{**NOBODY, **facts})


STREET_HOMES = (
    street_home(street_pupil(is_pupil=1), street_pupil(is_pupil=1, is_ill=1), is_urban=1),
    street_home(street_pupil(), is_safe=1),
    street_home(street_pupil(), is_urban=None),
    street_home(street_pupil(is_ill=1), is_urban=1),
    {**street_home(street_pupil()), "receipts": [receipt("monthly"), no("unsure")]},
)


def street_gaps(community=None):
    """Check five households, the last two of them in another community."""
    with register_of(STREET, *STREET_HOMES) as db:
        db.table("communities").insert({"community_id": 2, "name": "东门"})
        db.execute("UPDATE households SET community_id = 2 WHERE household_no IN ('H4', 'H5')")
        return find_gaps(db, STREET, DAY, community=community)


def figures(totals):
    return tuple(vars(totals).values())


def test_totals_count_households_once_and_money_per_month():
    totals = street_gaps().totals

    # 500 + 2 x 1200 / 12 in H1, nothing known in H2, 500 in H4
    assert vars(totals) == {
        "households": 5,
        "members": 6,
        "unclaimed_households": 3,
        "undetermined_households": 1,
        "review_households": 1,
        "unclaimed_fen_per_month": 1200,
        "unclaimed_amount_unknown": 1,
        "unclaimed_households_at_most": 4,  # and H3, of which it is unknown whether it is urban
        "unclaimed_fen_per_month_at_most": None,  # nobody knows the amount of H2
        "unclaimed_fen_per_month_as_known": 1700,
        "households_without_limit": 1,
        "members_at_most": 6,
    }


def test_the_communities_figures_are_their_own_and_add_up():
    found = street_gaps()

    own = {name: figures(totals) for name, totals in found.communities.items()}
    assert own == {
        "东门": (2, 2, 1, 0, 1, 500, 0, 1, 500, 500, 0, 2),
        "花园": (3, 4, 2, 1, 0, 700, 1, 3, None, 1200, 1, 4),
    }
    sums = [None if None in column else sum(column) for column in zip(*own.values(), strict=True)]
    assert tuple(sums) == figures(found.totals)


@pytest.mark.parametrize(
    "wages, figures_of_aid",
    [
        (499, ("unclaimed", 1501, 0, 1501)),
        (InDoubt("range", 0, 499), ("unclaimed", 1501, 1, 2000)),
        (InDoubt("range", None, 1999), ("unclaimed", 1, 1, 2000)),
        (InDoubt("range", 500, 2000), ("undetermined", 0, 0, 1500)),
        (InDoubt("unusable"), ("undetermined", 0, 0, 2000)),
        (InDoubt("range", 2000, None), (None, 0, 0, 0)),
    ],
)
def test_a_claim_within_a_range_counts_its_least_below_and_its_most_above(wages, figures_of_aid):
    aid = programme("aid", criteria="wages < line * 2", amounts=["line * 2 - wages"])
    pack = pack_of([aid])

    with register_of(pack, home([person()], [no("aid")], wages=wages)) as db:
        found = find_gaps(db, pack, DAY)

    totals = found.totals
    assert (
        found.findings[0].status if found.findings else None,
        totals.unclaimed_fen_per_month,
        totals.unclaimed_amount_unknown,
        totals.unclaimed_fen_per_month_at_most,
    ) == figures_of_aid


BOTH = "360302197003051237"
GONE = "belongs = NULL, may_be_gone = 1"


@pytest.mark.parametrize(
    "doubts, least, most",
    [
        ([], (4, 2, 6), (4, 2, 6)),
        ([("H1-1", GONE)], (3, 2, 5), (4, 2, 6)),
        ([("H1-1", "may_be_gone = 1")], (3, 2, 5), (4, 2, 6)),
        # on two lists of one community, they live in one of the two
        (
            [(no, f"belongs = NULL, id_number = {BOTH}") for no in ("H1-1", "H2-1")],
            (3, 2, 5),
            (3, 2, 5),
        ),
        # of two communities, in one of them, whichever it is
        (
            [(no, f"belongs = NULL, id_number = {BOTH}") for no in ("H1-1", "H4-1")],
            (3, 1, 5),
            (4, 2, 5),
        ),
        ([(no, f"{GONE}, id_number = {BOTH}") for no in ("H1-1", "H4-1")], (3, 1, 4), (4, 2, 5)),
        ([(no, f"id_number = {BOTH}") for no in ("H1-1", "H2-1")], (3, 2, 5), (3, 2, 5)),
    ],
)
def test_people_count_once_and_at_least_only_where_they_are_sure_to_be(doubts, least, most):
    with register_of(STREET, *STREET_HOMES) as db:
        db.table("communities").insert({"community_id": 2, "name": "东门"})
        db.execute("UPDATE households SET community_id = 2 WHERE household_no IN ('H4', 'H5')")
        for member_no, doubt in doubts:
            db.execute(f"UPDATE members SET {doubt} WHERE member_no = ?", [member_no])
        found = find_gaps(db, STREET, DAY)

    totals = [found.communities["花园"], found.communities["东门"], found.totals]
    assert tuple(each.members for each in totals) == least
    assert tuple(each.members_at_most for each in totals) == most


def test_findings_are_ordered_by_community_household_member_and_programme():
    found = street_gaps().findings

    assert [
        (finding.member_no or finding.household_no, finding.programme) for finding in found
    ] == [
        ("H4", "monthly"),
        ("H4-1", "once"),
        ("H5", "monthly"),
        ("H1", "monthly"),
        ("H1-1", "yearly-aid"),
        ("H1-2", "yearly-aid"),
        ("H1-2", "once"),
        ("H2", "unsure"),
        ("H3", "monthly"),
    ]


def test_one_community_gives_only_its_own():
    found = street_gaps("东门")

    assert figures(found.totals) == (2, 2, 1, 0, 1, 500, 0, 1, 500, 500, 0, 2)
    assert list(found.communities) == ["东门"]
    assert {finding.household_no for finding in found.findings} == {"H4", "H5"}


OTHER = id_number("36030219800101222")
NOV, DEC = "低保金发放表11月.csv", "低保金发放表12月.csv"


def write_lines(name, lines):
    with Path(name).open("w", encoding="gb18030", newline="") as written:
        csv.writer(written).writerows(lines)


@pytest.fixture
def dibao_files(relief):
    """Return one poor household, on November's complete roster and not on December's."""
    head = ["户编号", "姓名", "身份证号", "与户主关系", "社区", "车辆（辆）", "银行存款（元）"]
    supporter = "有无赡养人"
    row = ["X-1", "赵大山", ZHAO, "户主", "西岭", "0", "100"]
    write_lines(
        "困难户.csv",
        [
            ["西岭街道困难户摸排情况（2024年12月5日）"],
            [*head, supporter, "月收入合计", "住房（套）", "户内人口"],
            [*row, "有", "800", "1", "1"],
        ],
    )
    columns = ["序号", "户主姓名", "身份证号", "发放金额"]
    write_lines(
        NOV, [["西岭街道城市低保金发放表（2024年11月）"], columns, ["1", "赵大山", ZHAO, "135"]]
    )
    write_lines(
        DEC, [["西岭街道城市低保金发放表（2024年12月）"], columns, ["1", "李不在", OTHER, "500"]]
    )
    declared = [f'[[file]]\npath = "{name}"\ncomplete = true\n' for name in (NOV, DEC)]
    Path("import.toml").write_text("".join(declared), "utf-8")
    return relief


@pytest.mark.parametrize(
    "rosters, status, told",
    [
        ([NOV], "receiving", []),
        ([DEC], "unclaimed", ["unclaimed"]),
        ([NOV, DEC], "unclaimed", ["unclaimed"]),
        ([DEC, NOV], "unclaimed", ["unclaimed"]),
    ],
    ids=["november", "december", "both", "both, the later first"],
)
def test_a_later_complete_roster_takes_back_what_an_earlier_said(
    dibao_files, rosters, status, told
):
    codes = [dibao_files("import", name).exit_code for name in ("困难户.csv", *rosters)]
    listed = json.loads(dibao_files("gaps", "--format", "json").stdout)["findings"]
    with open_register(Path("relief.db")) as db:
        found = find_gaps(db, load_pack(find_shipped_pack()), DAY, statuses=ALL).findings

    assert set(codes) <= {0, 3}
    assert [finding.status for finding in found if finding.programme == "dibao"] == [status]
    assert [finding["status"] for finding in listed if finding["programme"] == "dibao"] == told


@pytest.mark.parametrize("is_gone, status", [(1, "review"), (0, "receiving")])
@pytest.mark.parametrize("is_urban", [1, None])
def test_what_is_paid_in_the_name_of_somebody_gone_is_to_be_reviewed(is_gone, status, is_urban):
    pack = pack_of([programme("aid", criteria="is_urban")])
    paid = {**receipt("aid"), "payee_is_gone": is_gone}

    with register_of(pack, {**home([person()], is_urban=is_urban), "receipts": [paid]}) as db:
        found = find_gaps(db, pack, DAY, statuses=Status)

    assert [(finding.status, finding.is_paid_to_gone) for finding in found.findings] == [
        (status, bool(is_gone))
    ]
