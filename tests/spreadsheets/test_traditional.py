"""Lists in traditional characters: words of meaning are understood, names stay as written."""

import pytest

from tests.layouts.files import save_csv
from tests.layouts.outcome import A, B, imported

HEAD = [
    "戶編號",
    "姓名",
    "身份證號",
    "與戶主關係",
    "是否重病",
    "殘疾等級",
    "家庭月收入",
    "是否享受低保",
]


def test_a_list_in_big5_with_title_total_and_footer(tmp_path):
    rows = [
        ["河口下社區困難家庭臺賬（2024年11月）"],
        HEAD,
        ["H1", "王昇", A, "戶主", "無", "二級", "0.08萬元", "沒有"],
        ["H1", "李乾", B, "妻", "有", "無", "", ""],
        ["合計", "", "", "", "", "", "800", ""],
        ["製表人：周"],
    ]

    got = imported(tmp_path, save_csv(tmp_path / "a.csv", {"x": rows}, encoding="big5"))

    assert (got.households, got.problems) == ([("河口下", "王昇", "李乾")], [])
    assert got.fact("serious_illness") == [0, 1]
    assert got.fact("disability_grade") == ["grade2", "none"]
    assert got.fact("household_income") == [80000]
    assert got.roles == [("first", 2), ("note", 2), ("total", 1)]


@pytest.mark.parametrize("title", ["河口下社區低保金發放表", "河口下社区低保金发放表"])
def test_a_roster_is_known_by_its_title_in_either_writing(tmp_path, title):
    homes = [["户编号", "姓名", "身份证号", "社区"], ["H1", "王昇", A, "河口下"]]
    paid = [[f"{title}（2024年3月）"], ["姓名", "身份證號", "發放金額"], ["王昇", A, "300"]]

    got = imported(
        tmp_path,
        save_csv(tmp_path / "户.csv", {"x": homes}),
        save_csv(tmp_path / "a.csv", {"x": paid}, encoding="utf-8"),
    )

    assert got.receipts == [("王昇", "dibao", 30000, "2024-03-31")]
