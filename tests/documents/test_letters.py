"""Letters and notices: what they say, of whom, and what a template may hold."""

import datetime as dt
import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from docx import Document

from relieftool.cases.case_list import open_cases
from relieftool.cases.department_decisions import record_referral
from relieftool.cases.records import CaseFinding
from relieftool.documents.letters import KINDS, LETTER, NOTICE
from relieftool.documents.templates import Template, find_template
from relieftool.errors import ReliefError
from relieftool.pack.pack_files import find_shipped_pack
from relieftool.store.access_log import list_accesses
from relieftool.store.database import open_register
from relieftool.store.database import write as write_in
from tests.support.own_files import QIAN, ZHAO
from tests.support.ready_folders import fill_folder
from tests.support.small_street import import_small_street

DAY = ("--as-of", "2024-12-10")
WHOLE = ("--reveal", "--reason", "当面送达")
NATIONAL = find_shipped_pack("national")


@pytest.fixture
def street(relief):
    return fill_folder(_refer, relief)


def _refer(relief):
    import_small_street(relief)
    relief("gaps", "--open-cases", *DAY)
    relief("refer", "--by", "王五", "--on", "2024-12-10", "--out", "转.xlsx")


def text_of(path):
    document = Document(path)
    cells = [cell.text for each in document.tables for row in each.rows for cell in row.cells]
    footers = [each.text for each in document.sections[0].footer.paragraphs]
    return "\n".join([*(each.text for each in document.paragraphs), *cells, *footers])


def write(relief, *line):
    result = relief(*line, "--out", "信.docx", *DAY)
    assert result.exit_code == 0, result.stderr
    return text_of("信.docx")


def reveals(folder):
    with open_register(folder / "relief.db") as db:
        return [access.reason for access in list_accesses(db) if access.reason]


def test_a_letter_says_what_where_with_what_and_whom_to_call(street, tmp_path):
    line = ("letter", "X-2", "--contact", "王五 0799-0000000", "--office", "街道办", *WHOLE)

    said = write(street, *line, "--on", "2024-12-10", "--destroy-by", "2025-01-31")

    wanted = (
        *("孙老太", "最低生活保障", "每月", "区民政局", "家庭经济状况核对授权书", "30个工作日"),
        *("王五 0799-0000000", "街道办", "2024年12月10日"),
    )
    assert [
        word
        for word in (*wanted, "王五 0799-0000000", "街道办", "2024年12月10日")
        if word not in said
    ] == []
    assert "本件含完整姓名，请于2025年1月31日前销毁。" in said
    assert reveals(tmp_path) == ["当面送达"]


def test_the_time_promised_is_that_of_what_the_office_set(street):
    since = ("--from", "2024-06-01", "--source", "街道授权文件")
    assert street("pack", "set", "dibao_confirmed_by", "street", *since).exit_code == 0

    said = write(street, "letter", "X-2", "--programme", "dibao")
    explained = street("explain", "X-2", "dibao", "--format", "json", *DAY)

    assert ("受理后20个工作日内" in said, "30个工作日" in said) == (True, False)
    (about,) = json.loads(explained.stdout)["explanations"]
    assert about["time_limit_working_days"] == 20


def test_a_priority_case_has_no_decision_to_tell(street):
    with open_register(Path("relief.db")) as db, write_in(db):
        subject = CaseFinding("X-1", None, "priority", "priority")
        (number,) = open_cases(db, [subject], dt.date(2024, 12, 10)).opened
    decide = ("decide", number, "--refused", "--reason", "无", "--by", "王五")
    assert street(*decide, "--on", "2024-12-20").exit_code == 0

    result = street("letter", number, "--decision", "--out", "信.docx", *DAY)

    assert (result.exit_code, number in result.stderr) == (1, True)


def test_without_a_reveal_nobody_is_named_and_it_says_how_to(street, tmp_path):
    result = street(
        "letter", "X-1", "--application", "--programme", "dibao", *DAY, "--out", "表.docx"
    )

    said = text_of("表.docx")
    assert [
        word for word in ("赵大山", "钱小花", ZHAO, QIAN, "12,345", "销毁") if word in said
    ] == []
    assert ("赵*" in said, "--reveal --reason" in result.stderr) == (True, True)
    assert reveals(tmp_path) == []


def test_an_application_has_what_is_known_and_blanks_for_the_rest(street):
    said = write(street, "letter", "X-1", "--application", "--programme", "dibao", *WHOLE)

    wanted = (
        "最低生活保障（低保）申请表",
        "赵大山",
        ZHAO,
        "钱小花",
        QIAN,
        "1,800.00",
        "12,345.00",
        "二级",
    )
    assert [word for word in wanted if word not in said] == []
    assert "?" not in said


def test_an_application_for_one_of_several_must_say_which(street):
    result = street("letter", "X-2", "--application", "--out", "表.docx", *DAY)

    assert (result.exit_code, "--programme" in result.stderr) == (1, True)


def test_a_decision_is_told_with_its_reason_once_it_is_recorded(street):
    early = street("letter", "C2024-0001", "--decision", "--out", "信.docx")
    decide = ("decide", "C2024-0001", "--refused", "--reason", "存款超过标准", "--by", "王五")
    street(*decide, "--on", "2024-12-20")

    said = write(street, "letter", "C2024-0001", "--decision", *WHOLE)

    assert (early.exit_code, "no decision is recorded" in early.stderr) == (1, True)
    wanted = ("存款超过标准", "2024年12月20日", "未获批准", "行政复议")
    assert [word for word in wanted if word not in said] == []


def test_a_letter_leaves_out_what_was_decided_and_says_what_is_in_work(street):
    with open_register(Path("relief.db")) as db:
        ((number,),) = db.execute(
            "SELECT case_no FROM cases WHERE (household_no, programme) = ('X-2', 'dibao')"
        )
    before = write(street, "letter", number)
    decide = ("decide", number, "--refused", "--reason", "存款超过标准", "--by", "王五")
    assert street(*decide, "--on", "2024-12-20").exit_code == 0

    after = street("letter", number, "--out", "信.docx", *DAY)

    assert "已于2024年12月10日转" in before
    assert (after.exit_code, "is decided already" in after.stderr) == (1, True)


@pytest.mark.parametrize("times, code, told", [(2, 0, False), (3, 3, True)])
def test_an_amount_of_more_than_twice_what_is_due_is_told(street, times, code, told):
    found = json.loads(street("gaps", *DAY, "--format", "json").stdout)["findings"]
    claim = next(
        each for each in found if (each["household_no"], each["programme"]) == ("X-2", "dibao")
    )
    amount = str(claim["amount_fen"] * times / 100)
    decide = ("decide", claim["case"], "--granted", "--amount", amount, "--by", "王五")

    result = street(*decide, "--on", "2024-12-20")

    assert (result.exit_code, "more than twice" in result.stderr) == (code, told)


def test_gaps_say_how_many_claims_are_in_work_or_were_refused(street):
    decide = ("decide", "C2024-0001", "--refused", "--reason", "存款超过标准", "--by", "王五")
    before = street("gaps", *DAY)
    street(*decide, "--on", "2024-12-20")

    after = street("gaps", *DAY)

    assert "claims are with departments, 0 were refused" in before.stdout + before.stderr
    assert "claims are with departments, 1 were refused" in after.stdout + after.stderr


def test_nobody_is_heard_about_what_the_rules_do_not_doubt(street):
    result = street("letter", "X-1", "--hearing", "2024-12-30", "--out", "信.docx", *DAY)

    assert (result.exit_code, "nothing that this letter" in result.stderr) == (1, True)


def test_a_notice_has_seven_days_and_nothing_but_name_people_and_amount(street):
    said = write(street, "notice", "dibao", *WHOLE, "--on", "2024-12-12")

    wanted = ("孙老太", "每月", "2024年12月12日至2024年12月18日，共7天", "初审意见")
    assert [word for word in wanted if word not in said] == []
    assert [word for word in (ZHAO, "钱小花", "肢体", "收入", "X-1", "条件") if word in said] == []
    assert "请于2024年12月18日前销毁" in said


def test_a_notice_of_what_was_granted_has_the_amount_granted(street):
    decide = ("decide", "C2024-0001", "--granted", "--amount", "70", "--by", "王五")
    street(*decide, "--on", "2024-12-20")
    with open_register(Path("relief.db")) as db:
        ((programme,),) = db.execute("SELECT programme FROM cases WHERE case_no = 'C2024-0001'")

    said = write(street, "notice", programme, "--granted")

    assert ("70.00" in said, "审核确认结果" in said) == (True, True)


def test_a_refused_family_is_never_named_even_if_its_case_is(street):
    with open_register(Path("relief.db")) as db:
        ((number,),) = db.execute(
            "SELECT case_no FROM cases WHERE (household_no, programme) = ('X-2', 'dibao')"
        )
    decide = ("decide", number, "--refused", "--reason", "存款超过标准", "--by", "王五")
    street(*decide, "--on", "2024-12-20")

    result = street("notice", "dibao", number, "--granted", "--out", "公示.docx", *DAY)

    assert (result.exit_code, f"{number}: a notice must not name" in result.stderr) == (1, True)
    assert not Path("公示.docx").exists()


@pytest.mark.parametrize("found, code", [("unclaimed", 0), ("review", 1), ("conflict", 1)])
def test_who_is_under_review_is_not_named_as_proposed(street, found, code):
    with open_register(Path("relief.db")) as db, write_in(db):
        subject = CaseFinding("X-2", None, "edge", found)
        (number,) = open_cases(db, [subject], dt.date(2024, 12, 10)).opened
        record_referral(db, number, "区民政局", by="王五", on=dt.date(2024, 12, 10))

    result = street("notice", "edge", "--out", "公示.docx", *DAY)

    assert result.exit_code == code, result.stderr


@pytest.mark.parametrize(
    "programme", ["orphan", "unsupported-child", "student-aid", "disability-care"]
)
def test_there_is_no_notice_where_the_rules_want_none(street, programme):
    result = street("notice", programme, "--out", "公示.docx", *WHOLE)

    assert (result.exit_code, "no public notice" in result.stderr) == (1, True)
    assert not Path("公示.docx").exists()


@pytest.mark.parametrize(
    "born, is_named",
    [("2006-12-12", True), ("2006-12-13", False), (None, False)],
    ids=["18 on the day", "a day younger", "unknown"],
)
def test_a_notice_names_no_child(street, born, is_named):
    with open_register(Path("relief.db")) as db, write_in(db):
        db.execute("UPDATE members SET birth_date = ? WHERE household_no = 'X-2'", [born])

    result = street("notice", "dibao", "--out", "公示.docx", "--on", "2024-12-12", *DAY, *WHOLE)

    assert result.exit_code == 0, result.stderr
    assert ("孙老太" in text_of("公示.docx")) == is_named


def changed(tmp_path, text, name="告知书"):
    document = Document(NATIONAL / "templates" / f"{name}.docx")
    document.add_paragraph(text)
    path = tmp_path / f"{name}.docx"
    document.save(path)
    return path


@pytest.mark.parametrize(
    "text, words",
    [
        ("{{ 户王 }}", "户王"),
        ("{{ 户主.__class__ }}", "__class__"),
        ("{% for 项 in 项目 %}{{ 项.金客 }}{% endfor %}", "金客"),
        ("{{ 户主 }", "not written as it must be"),
        ("{% for 项 in 待核实 %}{{ 项.材料 }}{% endfor %}", "材料"),
        ("{{ 项目.名称 }}", "名称"),
        ("{{ 户主|nofilter }}", "nofilter"),
        ("{{ 户主() }}", "not written as it must be"),
        ("{{ 户主 + 1 }}", "not written as it must be"),
        ("{{ 1/0 }}", "not written as it must be"),
        ('{% include "x" %}', "not written as it must be"),
    ],
)
def test_a_misspelt_field_is_told_by_its_name(tmp_path, text, words):
    template = Template(LETTER, changed(tmp_path, text))

    with pytest.raises(ReliefError, match=words):
        template.check()


def test_a_field_that_must_be_there_is_told_by_its_name(tmp_path):
    document = Document()
    document.add_paragraph("{{ 户主 }}{{ 联系方式 }}{{ 日期 }}{{ 销毁提示 }}")
    document.save(tmp_path / "告知书.docx")

    with pytest.raises(ReliefError, match="lacks a field that must be there: 项目"):
        Template(LETTER, tmp_path / "告知书.docx").check()


def test_what_is_no_word_file_is_refused(tmp_path):
    (tmp_path / "公示.docx").write_text("公示", "utf-8")

    with pytest.raises(ReliefError, match="this is no Word file"):
        Template(NOTICE, tmp_path / "公示.docx").check()


def test_a_word_file_that_is_cut_off_inside_is_refused(tmp_path):
    whole = NATIONAL / "templates" / "告知书.docx"
    with ZipFile(whole) as read, ZipFile(tmp_path / "告知书.docx", "w") as written:
        for name in read.namelist():
            end = 900 if name == "word/document.xml" else None
            written.writestr(name, read.read(name)[:end])

    with pytest.raises(ReliefError, match="this is no Word file"):
        Template(LETTER, tmp_path / "告知书.docx").check()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_shipped_template_is_in_order(tmp_path, kind):
    template = find_template(kind, find_shipped_pack(), tmp_path / "relief.db")

    template.check()

    assert template.path == NATIONAL / "templates" / f"{kind.name}.docx"


def test_an_office_s_own_template_is_used_and_one_for_a_programme_before_all(street):
    street("pack", "templates", "--out", "模板")
    Path("模板/公示.docx").rename("模板/公示-dibao.docx")
    document = Document("模板/公示-dibao.docx")
    document.add_paragraph("本街道自己的公示")
    document.save("模板/公示-dibao.docx")

    said = write(street, "notice", "dibao")
    again = street("pack", "templates", "--out", "模板")

    assert "本街道自己的公示" in said
    assert "written: 1; there already, and in order: 5" in again.stderr
    assert "本街道自己的公示" in text_of("模板/公示-dibao.docx")


def test_a_pack_s_template_stands_before_that_of_its_base(tmp_path):
    own = tmp_path / "city"
    (own / "templates").mkdir(parents=True)
    (own / "pack.toml").write_text('id = "city"\nextends = "national"\n', "utf-8")
    changed(own / "templates", "本市")

    found = [find_template(kind, own, tmp_path / "relief.db").path for kind in (LETTER, NOTICE)]

    assert found == [own / "templates" / "告知书.docx", NATIONAL / "templates" / "公示.docx"]


def test_a_letter_is_a_word_file(street):
    result = street("letter", "X-1", "--out", "信.pdf")

    assert (result.exit_code, "End the file name in .docx." in result.stderr) == (1, True)
