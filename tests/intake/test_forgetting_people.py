"""Who is forgotten is named nowhere in the register, and everything else stands as it did."""

import datetime as dt
import json

import pytest

from relieftool.cases.verify import verify_ledger
from relieftool.commands import file
from relieftool.fieldwork.checks import FIELD_CHECKS
from relieftool.store.database import open_register
from relieftool.store.entries import FIELD_CHAINS
from tests.support.ready_folders import fill_folder
from tests.support.small_street import import_small_street

LISTED = "户编号,社区,姓名,身份证号,与户主关系,家庭住址,联系电话,家庭月收入,备注\n"
ROSTER = "姓名,身份证号,金额\n"
ZHAO, QIAN, SUN = "360302197003051237", "360302197511114564", "360302194412037897"
FORGET = ("--reason", "保存期限已满")
OF_ZHAO = ("赵大山", ZHAO, "安源路12号", "13800001111", "赵大山腿脚不便")


@pytest.fixture
def office(relief, tmp_path):
    def fill(run):
        (tmp_path / "名单.csv").write_text(
            f"{LISTED}1,河口下,赵大山,{ZHAO},户主,安源路12号,13800001111,300,赵大山腿脚不便\n"
            f"1,河口下,钱小梅,{QIAN},配偶,安源路12号,13800002222,,\n"
            f"2,河口下,孙老太,{SUN},户主,安源路13号,13800003333,200,\n",
            "utf-8",
        )
        (tmp_path / "发放表.csv").write_text(
            f"{ROSTER}赵大山,{ZHAO},500\n孙老太,{SUN},400\n", "utf-8"
        )
        run("import", "名单.csv", "--month", "2024-11")
        run("import", "发放表.csv", "--roster", "dibao", "--area", "河口下", "--month", "2024-11")
        run("gaps", "--open-cases", "--as-of", "2024-12-10")
        run(
            "visit",
            "1",
            "--by",
            "王五",
            "--by",
            "赵六",
            "--found",
            "赵大山在家",
            "--on",
            "2024-12-11",
        )

    return fill_folder(fill, relief)


def faults(tmp_path):
    with open_register(tmp_path / "relief.db") as db:
        found = verify_ledger(db, chains=FIELD_CHAINS, checks=FIELD_CHECKS)
        return [(fault.check, fault.place) for fault in found]


def left(tmp_path, words=OF_ZHAO):
    content = (tmp_path / "relief.db").read_bytes()
    return [word for word in words if word.encode() in content]


def totals(relief):
    document = json.loads(relief("gaps", "--format", "json").stdout)
    return document["totals"]["households"], document["totals"]["members"]


def test_before_it_is_forgotten_a_household_is_named(office, tmp_path):
    assert left(tmp_path) == list(OF_ZHAO)
    assert faults(tmp_path) == []
    assert totals(office) == (2, 3)


def test_a_forgotten_household_is_named_nowhere_and_all_else_stands(office, tmp_path):
    cases = office("cases", "--format", "json").stdout

    done = office("file", "forget", "1", *FORGET)

    assert done.exit_code == 0, done.stderr
    assert left(tmp_path, (*OF_ZHAO, "钱小梅", QIAN, "13800002222")) == []
    assert left(tmp_path, ("孙老太", SUN, "安源路13号")) == ["孙老太", SUN, "安源路13号"]
    assert faults(tmp_path) == []
    assert totals(office) == (2, 3)
    before, after = json.loads(cases)["cases"], office("cases", "--format", "json").stdout
    kept = ("case", "household_no", "programme", "state")
    assert [[case[key] for key in kept] for case in before] == [
        [case[key] for key in kept] for case in json.loads(after)["cases"]
    ]


def test_a_forgotten_member_leaves_the_others_as_they_are(office, tmp_path):
    done = office("file", "forget", "1-02", *FORGET)

    assert done.exit_code == 0, done.stderr
    assert left(tmp_path, ("钱小梅", QIAN, "13800002222")) == []
    assert left(tmp_path, ("赵大山", ZHAO, "13800001111")) == ["赵大山", ZHAO, "13800001111"]
    assert (faults(tmp_path), totals(office)) == ([], (2, 3))


def test_a_restored_backup_forgets_again(office, tmp_path):
    office("file", "backup")
    made, *_older = json.loads(office("file", "backups", "--format", "json").stdout)["backups"]
    office("file", "forget", "1", *FORGET)

    restored = office("file", "restore", made["name"])

    assert "Forgotten again, as before: 1." in restored.stderr
    assert (restored.exit_code, left(tmp_path), faults(tmp_path)) == (0, [], [])


def test_who_was_forgotten_is_forgotten_again_without_the_list_of_them(office, tmp_path):
    office("file", "backup", "--to", "stick.db")
    office("file", "forget", "1", *FORGET)
    (tmp_path / "relief.db.forgotten").unlink()

    office("file", "restore", "stick.db")

    assert (left(tmp_path), faults(tmp_path)) == ([], [])


def test_where_the_list_of_the_forgotten_is_torn_nothing_is_done(office, tmp_path):
    (tmp_path / "relief.db.forgotten").write_text('[["1", "1-0', "utf-8")

    done = office("file", "forget", "1-02", *FORGET)

    assert (done.exit_code, "cannot be read" in done.stderr) == (1, True)
    assert left(tmp_path, ("钱小梅", QIAN)) == ["钱小梅", QIAN]


def test_without_a_reason_nobody_is_forgotten(office, tmp_path):
    assert office("file", "forget", "1", "--reason", "1234").exit_code == 2
    assert left(tmp_path) == list(OF_ZHAO)


def test_who_is_not_there_cannot_be_forgotten(office):
    assert office("file", "forget", "99", *FORGET).exit_code == 1


WIDE = (
    "社区,户编号,户主姓名,户主身份证号,成员1姓名,成员1身份证号,成员1联系电话,成员2姓名,成员2身份证号,"
    "备注\n"
)
WANG, SON = "36030219720101009X", "360302199501010015"


def test_in_a_row_of_several_people_only_their_own_cells_go(relief, tmp_path):
    (tmp_path / "一户一行.csv").write_text(
        f"{WIDE}东街,1,李明,{ZHAO},王 芳,{WANG.lower()},13911112222,李明华,{SON},\n"
        f"东街,2,孙老太,{SUN},,,,,,表妹王芳 360302 19720101 009x 来访\n",
        "utf-8",
    )
    relief("import", "一户一行.csv", "--month", "2024-11")
    shown = relief("show", "1", "--reveal", "--reason", "核对保存期限", "--format", "json").stdout
    members = {each["name"]: each["member_no"] for each in json.loads(shown)["members"]}

    relief("file", "forget", members["王芳"], *FORGET)
    relief("file", "forget", members["李明"], *FORGET)

    gone = ("王芳", "王 芳", WANG, WANG.lower(), "19720101", "13911112222", ZHAO)
    assert left(tmp_path, gone) == []
    assert left(tmp_path, ("李明华", SON, SUN)) == ["李明华", SON, SUN]
    assert faults(tmp_path) == []


def list_due(relief, *more):
    done = relief("file", "forget", "--due", *more, "--format", "json")
    return json.loads(done.stdout)["due"]


def due(relief, *more):
    return [row["household_no"] for row in list_due(relief, *more)]


def test_a_household_with_an_open_case_is_not_due_but_can_be_forgotten(
    relief, tmp_path, monkeypatch
):
    import_small_street(relief)
    relief("gaps", "--open-cases", "--as-of", "2024-12-10")
    relief("refer", "--by", "王五", "--on", "2024-12-11")
    monkeypatch.setattr(file, "today", lambda: dt.date(2090, 1, 1))

    assert due(relief, "--years", "3", *FORGET) == []
    assert relief("file", "forget", "X-1", *FORGET).exit_code == 0
    assert (left(tmp_path, ("赵大山", "钱小花")), faults(tmp_path)) == ([], [])


def test_who_is_due_is_listed_and_forgotten_only_with_a_reason(office, tmp_path, monkeypatch):
    monkeypatch.setattr(file, "today", lambda: dt.date(2025, 1, 1))
    assert office("file", "forget", "--due").exit_code == 2  # nobody said for how long
    assert due(office, "--years", "3") == []
    monkeypatch.setattr(file, "today", lambda: dt.date(2090, 1, 1))

    assert due(office) == ["1", "2"]
    assert left(tmp_path) == list(OF_ZHAO)
    assert due(office, *FORGET) == ["1", "2"]
    assert (due(office), left(tmp_path), faults(tmp_path)) == ([], [], [])


def test_nobody_is_due_before_the_last_day_of_the_whole_years(office, monkeypatch):
    monkeypatch.setattr(file, "today", lambda: dt.date(2090, 1, 1))
    (last,) = {row["last"] for row in list_due(office, "--years", "3")}
    year, rest = int(last[:4]), last[4:]

    monkeypatch.setattr(file, "today", lambda: dt.date.fromisoformat(f"{year + 3}{rest}"))
    assert due(office, "--years", "3") == []
    day_after = dt.date.fromisoformat(f"{year + 3}{rest}") + dt.timedelta(days=1)
    monkeypatch.setattr(file, "today", lambda: day_after)
    assert due(office, "--years", "3") == ["1", "2"]
