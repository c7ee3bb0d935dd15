"""A year of the sample street, lived through the real commands; what they said is kept.

Nothing is counted here: the tests count, from truth.csv and from what this module did.
"""

import json
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

from typer.testing import CliRunner

from relieftool.cli import app
from tests.support import story_files as files
from tests.support.own_files import id_number

BY = ("--by", "王五")
VISIT = {
    "visit:on": "2024-12-17",
    "visit:level": "社区",
    "visit:method": "上门",
    "visit:by-1": "张三",
    "visit:by-2": "李四",
    "visit:found": "情况属实",
}
INCOME, DEPOSITS = "fact:household::household_income", "fact:household::deposits"
# What families said at the door; the last form was taken along and brought back blank.
ANSWERS = {
    "HK20240007": {INCOME: 300},
    "HK20240054": {INCOME: 9000, "visit:knows-policy": "否"},
    "SC20240048": {DEPOSITS: 500000},
    "DY20240009": {DEPOSITS: 1000},
    "YT20240057": {"receipt:household::dibao": "不清楚"},
    "HK20240002": {"receipt:01:tekun": "是"},
    "QS20240033": {"receipt:02:student-aid": "是"},
    "HK20240082": {"fact:01:has_able_supporter": "否"},
    "HK20240027": {"receipt:household::temporary-aid": "否", "visit:knows-policy": "是"},
}
BLANK = "QB20240032"
BETTER = "HK20240076"  # comes first in December; then its income is found to be another
REFUSED = "HK20240004"
UNPAID_DIBAO = ("YT20240035", "SC20240083")  # granted, but not on December's list
LITTLE_DIBAO = "YT20240049"
UNPAID_AGE, LITTLE_AGE = "WJ20240062", "SC20240006"
STOPPED = ("DY20240012", "SC20240059")  # paid in December, gone from January's list
RAISED_AGE = "SC20240076"  # was paid too little, from December on in full
# Household, programme, outcome, who checked, reason; evidence of the first is a file.
CLOSINGS = (
    ("DY20240012", "elderly-80", "receiving", "赵六", None),
    ("HK20240029", "elderly-80", "receiving", None, None),
    ("YT20240035", "dibao", "receiving", None, None),
    ("SC20240006", "elderly-80", "receiving", "赵六", None),
    (REFUSED, "dibao", "refused", "赵六", None),
    ("HK20240009", "edge", "declined", None, None),
    ("LD20240029", "student-aid", "moved", "孙七", None),
    (BETTER, "priority", "improved", None, None),
    ("HK20240026", "priority", "improved", "孙七", "子女接回同住"),
    ("HK20240060", "priority", "deceased", None, None),
)
CHANGED_MIND = "HK20240009"
ERRORS = ("河口下", "东园")  # the first household drawn in each was written down wrongly


@dataclass
class Street:
    """A register in a folder of its own, and all that was said of it, by step."""

    folder: Path
    told: dict = field(default_factory=dict)

    def run(self, *line):
        said = [*line, "--db", self.folder / "relief.db"]
        said += [] if "--lang" in line else ["--lang", "en"]
        return CliRunner().invoke(app, [str(part) for part in said])

    def answer(self, *line):
        result = self.run(*line, "--format", "json")
        assert result.exit_code in (0, 3), result.stderr
        return json.loads(result.stdout) | {"words": result.stderr}

    def cases(self, day):
        return self.answer("cases", "--as-of", day)["cases"]

    def case(self, household, programme):
        found = self.query("SELECT household_no, programme, case_no FROM cases")
        (number,) = (one[2] for one in found if one[:2] == (household, programme))
        return number

    def query(self, statement):
        with sqlite3.connect(self.folder / "relief.db") as register:
            return register.execute(statement).fetchall()

    def heads(self):
        """Return each household's community, and its head's name and ID number, before `happen`."""
        if happen.__name__ in self.told:
            return self.told[happen.__name__]["heads"]
        rows = self.query(
            "SELECT households.household_no, communities.name, members.name, members.id_number"
            " FROM households JOIN communities USING (community_id)"
            " JOIN members ON member_no = head_member_no"
        )
        return {number: tuple(rest) for number, *rest in rows}


def live_a_year(folder):
    street = Street(folder)
    chapters = (screen, refer, survey, decide, pay_december, close, pay_january, work, end, happen)
    for chapter in chapters:
        street.told[chapter.__name__] = chapter(street)
    return street


def screen(street):
    street.run("import", files.SAMPLE)
    gaps = street.answer("gaps", "--open-cases", "--as-of", "2024-12-10")
    priority = street.answer("priority", "--open-cases", "--as-of", "2024-12-10")
    return {"gaps": gaps, "priority": priority, "cases": street.cases("2024-12-10")}


def refer(street):
    line = ("refer", *BY, "--lang", "zh", "--out", street.folder / "转办.xlsx")
    street.run(*line, "--on", "2024-12-11")
    again = street.run("refer", *BY, "--on", "2024-12-11")
    sent = {
        path.stem.removeprefix("转办-"): files.rows_of(path)
        for path in street.folder.glob("转办-*.xlsx")
    }
    return {"sent": sent, "again": again, "cases": street.cases("2025-01-27")}


def survey(street):
    forms, other = street.folder / "forms.xlsx", street.folder / "better.xlsx"
    street.run("form", "--undetermined", "--as-of", "2024-12-10", "--out", forms)
    street.run("form", BETTER, "--as-of", "2024-12-10", "--out", other)
    answers = {number: VISIT | answer for number, answer in ANSWERS.items()} | {BLANK: {}}
    sheets = files.fill_forms(forms, street.folder / "filled.xlsx", answers)
    better = VISIT | {INCOME: 3000, "need:schooling": "√", "visit:knows-policy": "是"}
    files.fill_forms(other, street.folder / "filled2.xlsx", {BETTER: better})
    read = street.run("import", street.folder / "filled.xlsx", street.folder / "filled2.xlsx")
    gaps = street.answer("gaps", "--open-cases", "--as-of", "2024-12-18")
    priority = street.answer("priority", "--open-cases", "--as-of", "2024-12-18")
    line = ("refer", *BY, "--lang", "zh", "--out", street.folder / "再转.xlsx")
    street.run(*line, "--on", "2024-12-19")
    said = {"sheets": sheets, "read": read, "gaps": gaps, "priority": priority}
    return said | {"cases": street.cases("2024-12-18")}


def decide(street):
    """Let each department but the schools answer; every list has a row that fits no case."""
    counts = {}
    for path in sorted(street.folder.glob("[再转]*-*.xlsx")):
        if "学校" not in path.name:
            back = path.with_name(f"回-{path.name}")
            files.fill_decisions(path, back, _decision, [files.ASTRAY])
            said = street.answer("decide", "--file", back, *BY, "--on", "2024-12-28")
            problems = [one["code"] for one in said["problems"]]
            counts[path.stem] = (len(files.rows_of(path)), len(said["cases"]), problems)
    return {"counts": counts, "cases": street.cases("2024-12-28")}


def _decision(row):
    if (row["户编号"], row["救助项目"]) == (REFUSED, files.DIBAO):
        return {"结果": "不予批准", "理由": "存款超过标准", "日期": "2024-12-27"}
    return {"结果": "批准", "金额": row["应享金额（元）"], "日期": "2024-12-27"}


def granted_dibao(street):
    """Return what the first referral says is due of dibao, by household, without the refused."""
    (sent,) = (rows for name, rows in street.told["refer"]["sent"].items() if name == "区民政局")
    due = {one["户编号"]: one["应享金额（元）"] for one in sent if one["救助项目"] == files.DIBAO}
    return {number: yuan for number, yuan in due.items() if number != REFUSED}


def pay_december(street):
    heads, folder = street.heads(), street.folder / "12"
    folder.mkdir()
    due = granted_dibao(street) | {LITTLE_DIBAO: 100}
    paid = {number: yuan for number, yuan in due.items() if number not in UNPAID_DIBAO}
    rows = [(*heads[number], yuan) for number, yuan in paid.items()]
    files.new_dibao_list(folder / "低保12.xlsx", "2024年12月", rows)
    amounts = {
        head: (community, name, 30 if number == LITTLE_AGE else 50)
        for number, (community, name, head) in heads.items()
        if head in files.planted("elderly-80") and number != UNPAID_AGE
    }
    files.old_age_list(folder / "高龄12.xlsx", "2024年12月", amounts)
    files.declare(folder, "12", "2024-12")
    street.run("import", folder)
    gaps = street.answer("gaps", "--open-cases", "--as-of", "2024-12-31")
    return {"paid": paid, "gaps": gaps, "cases": street.cases("2024-12-31")}


def close(street):
    letter = street.folder / "到账回执.txt"
    letter.write_text("已到账", "utf-8")
    street.told["refused"] = [
        street.run(*_closing(street, BETTER, "priority", "improved"), "--checked-by", "王五"),
        street.run(*_closing(street, "HK20240026", "priority", "improved")),
        street.run(*_closing(street, REFUSED, "dibao", "refused", evidence=" — ")),
    ]
    said = []
    for household, programme, outcome, checked_by, reason in CLOSINGS:
        proof = letter if household == CLOSINGS[0][0] else "街道办公会议纪要"
        line = _closing(street, household, programme, outcome, evidence=proof)
        line += ["--checked-by", checked_by] if checked_by else []
        line += ["--reason", reason] if reason else []
        said.append(street.run(*line))
    number = street.case("HK20240029", "elderly-80")
    own = street.run("check-case", number, *BY, "--on", "2025-01-08")
    before = street.cases("2025-01-07")
    street.run("check-case", number, "--by", "孙七", "--on", "2025-01-08")
    shown = street.run("cases", "--state", "closed", "--as-of", "2025-01-07")
    return {"said": said, "own": own, "before": before, "shown": shown.stdout, "letter": letter}


def _closing(street, household, programme, outcome, evidence="街道办公会议纪要"):
    number = street.case(household, programme)
    stated = ["--outcome", outcome, "--evidence", evidence, *BY, "--on", "2025-01-06"]
    return ["close-case", number, *stated]


def pay_january(street):
    heads, folder = street.heads(), street.folder / "01"
    folder.mkdir()
    due = granted_dibao(street)
    rows = [(*heads[one], due[one]) for one in (UNPAID_DIBAO[0], LITTLE_DIBAO)]
    files.new_dibao_list(folder / "低保01.xlsx", "2025年1月", rows)
    amounts = {heads[one][2]: (*heads[one][:2], 50) for one in (UNPAID_AGE, LITTLE_AGE)}
    amounts |= {heads[one][2]: None for one in STOPPED}
    before = street.folder / "12" / "高龄12.xlsx"
    files.old_age_list(folder / "高龄01.xlsx", "2025年1月", amounts, before)
    files.declare(folder, "01", "2025-01")
    line = ("pack", "set", "dibao_line", "935", "--from", "2025-01-01", "--source", "区民政局通知")
    street.run(*line, *BY)
    read = street.run("import", folder)
    gaps = street.answer("gaps", "--open-cases", "--as-of", "2025-01-31")
    cases = street.cases("2025-01-31")
    reopening = ("reopen-case", street.case(CHANGED_MIND, "edge"), *BY, "--on", "2025-02-05")
    silent = street.run(*reopening, "--reason", " ")
    street.run(*reopening, "--reason", "家庭改变主意")
    return {"read": read, "gaps": gaps, "cases": cases, "silent": silent}


def work(street):
    """Draw a sample and go there again, pair helpers, plan and carry out measures, visit."""
    line = ("sample", "--rate", "2%", "--seed", "2025", "--on", "2025-03-03")
    drawn = street.answer(*line)
    again = street.answer(*line, "--dry-run")
    places = {one["household_no"]: one["stratum"] for one in drawn["households"]}
    wrong = [min(one for one in places if places[one] == name) for name in ERRORS]
    for one in places:
        word = "no" if one in wrong else "yes"
        found = ("--agrees", word, "--note", "人数不符", "--visitor", "孙七")
        street.run("sample", "--record", one, *found, "--on", "2025-03-10")
    for name, *more in (
        ("周华", "--unit", "区税务局", "--community", "河口下"),
        ("吴敏", "--community", "河口下"),
        ("区税务局", "--is-unit"),
    ):
        street.run("helpers", "add", name, *more, "--on", "2025-03-11")
    street.run("assign", "HK20240026", "吴敏", *BY, "--on", "2025-03-12")
    street.run("assign", "--suggest", "--apply", *BY, "--on", "2025-03-12")
    for number, kind, *more in (
        ("HK20240026", "公益性岗位", "--planned-on", "2025-03-15"),
        ("HK20240026", "公益性岗位", "--done-on", "2025-04-10", "--amount", "1500"),
        ("HK20240075", "慰问", "--done-on", "2025-04-11", "--amount", "500"),
        (BETTER, "助学", "--planned-on", "2025-09-01"),
    ):
        street.run("measure", number, "--kind", kind, *more, *BY)
    return {
        "drawn": drawn,
        "again": again,
        "wrong": wrong,
        "rates": street.answer("sample")["rates"],
        "helpers": street.answer("helpers", "list")["helpers"],
        "left": street.answer("assign", "--suggest")["assignments"],
        "needs": street.answer("needs")["needs"],
        "visits": visit(street),
    }


def visit(street):
    """Survey two homes a year on, check one of them, and count a year after the first survey."""
    survey = ("--by", "张三", "--by", "李四", "--level", "社区", "--method", "上门")
    found = ("--found", "属实", "--on", "2025-12-01", "--knows-policy", "yes")
    check = ("--step", "check", "--method", "上门", "--found", "属实", "--on", "2025-12-08")
    alone = street.run("visit", "HK20240026", *survey[2:], *found)
    own = [street.run("visit", "HK20240026", *check, "--by", "赵六", "--level", "街道")]
    for number in ("HK20240026", "HK20240007"):
        street.run("visit", number, *survey, *found)
    own.append(street.run("visit", "HK20240026", *check, "--by", "赵六", "--level", "社区"))
    street.run("visit", "HK20240026", *check, "--by", "赵六", "--level", "街道")
    counted = [street.answer("visits", "--as-of", f"2025-12-{day}") for day in (17, 18)]
    return {"alone": alone, "own": own, "counted": counted}


def end(street):
    out = street.folder / "台账.xlsx"
    line = ("cases", "--as-of", "2025-12-18", "--lang", "zh", "--out", out)
    street.run(*line, "--reveal", "--reason", "年终归档")
    return {
        "ledger": files.rows_of(out),
        "verify": street.answer("verify"),
        "cases": street.cases("2025-12-18"),
    }


CHILD, CHILD_ID = "新生儿", id_number("36030220251130003")


def happen(street):
    """Let somebody die, be born, divorce, marry elsewhere, head the family, and come back.

    Each in another household of 河口下 with three members or more, in the order of their numbers.
    """
    homes = [number for (number,) in street.query(_LARGE_HOMES)]
    dead, born, parted, married, headed, returned = homes[:6]
    ((spouse_home,),) = street.query(_HOME_ELSEWHERE)
    heads, before = street.heads(), (_count_people(street), street.cases("2025-12-18"))
    ((name, number),) = street.query(_MEMBER.format(f"{returned}-02"))
    ((bride,),) = street.query(f"SELECT name FROM members WHERE member_no = '{married}-02'")
    steps = (
        (dead, "--died", "02"),
        (born, "--moved-in", CHILD, "--id-number", CHILD_ID),
        (parted, "--split", "02,03"),
        (spouse_home, "--moved-in", bride, "--from-household", married),
        (headed, "--head", "02"),
        (returned, "--moved-out", "02"),
    )
    said = [street.run("event", *step, "--on", "2025-12-20", *BY) for step in steps]
    away = _count_people(street)
    line = (returned, "--moved-in", name, "--id-number", number, "--on", "2026-01-05", *BY)
    said.append(street.run("event", *line))
    return {
        "heads": heads,
        "codes": [each.exit_code for each in said],
        "words": [each.stderr for each in said],
        "homes": [*homes[:6], spouse_home],
        "before": before,
        "away": away,
        "after": (_count_people(street), street.cases("2026-01-31")),
        "head": street.query(
            f"SELECT head_member_no FROM households WHERE household_no='{headed}'"
        ),
        "back": street.query(_MEMBER.format(f"{returned}-02")),
        "december": street.answer("changes", "--since", "2025-11", "--as-of", "2025-12-31"),
        "january": street.answer("changes", "--since", "2025-12", "--as-of", "2026-01-31"),
        "verify": street.answer("verify"),
    }


def _count_people(street):
    """Return how many households and people each community has, counted without the program."""
    return {place: (homes, people) for place, homes, people in street.query(_BY_COMMUNITY)}


_LARGE_HOMES = """
    SELECT household_no FROM members WHERE household_no LIKE 'HK%'
    GROUP BY 1 HAVING count(*) > 2 AND max(place) = count(*) ORDER BY 1
"""
_HOME_ELSEWHERE = "SELECT min(household_no) FROM households WHERE household_no LIKE 'QB%'"
_MEMBER = "SELECT name, id_number FROM members WHERE member_no = '{}'"
_BY_COMMUNITY = """
    SELECT communities.name, count(DISTINCT members.household_no), count(*)
    FROM members JOIN households USING (household_no) JOIN communities USING (community_id)
    GROUP BY 1
"""


CALLING = ("unclaimed", "underpaid")


TRUTH = files.read_truth()


FOUND = [row for row in TRUTH if row["status"] in CALLING]


# What the answers at the door decide: dibao for who has hardly anything, tekun without a
# supporter, temporary aid that was not given. Too much income or savings, and what is received,
# decide against.
NEW_BY_FORMS = {
    ("HK20240007", "dibao"),
    ("DY20240009", "dibao"),
    ("HK20240082", "tekun"),
    ("HK20240027", "temporary-aid"),
}
