"""What cities' packs say: values by their days, a city in one file, the calendar, the choice."""

import datetime as dt
import json
from pathlib import Path

import pytest

from relieftool.authoring.law_calendar import LawCalendar, list_below_base, list_local_values
from relieftool.authoring.pack_review import list_law_questions, review_pack
from relieftool.pack.loading import load_pack
from relieftool.pack.pack_files import find_shipped_pack
from relieftool.rules.statement import load_checked_pack

CHONGQING = Path(__file__).parent.parent / "packs" / "chongqing"
FIRST, LAST = dt.date(2021, 7, 1), dt.date(2027, 1, 1)

# What the notices state, on the day before and the day of each change.
STATED = [
    ("pingxiang", "dibao_line", "2022-12-31", 825),
    ("pingxiang", "dibao_line", "2023-01-01", 885),
    ("pingxiang", "dibao_line", "2024-01-01", 935),
    ("pingxiang", "dibao_line", "2025-06-30", 935),
    ("pingxiang", "dibao_line", "2025-07-01", 980),
    ("pingxiang", "tekun_amount", "2022-12-31", 1080),
    ("pingxiang", "tekun_amount", "2023-01-01", 1150),
    ("pingxiang", "tekun_amount", "2024-01-01", 1220),
    ("pingxiang", "tekun_amount", "2025-07-01", 1275),
    ("pingxiang", "disability_care_amount", "2022-12-31", 80),
    ("pingxiang", "disability_care_amount", "2023-01-01", 100),
    ("pingxiang", "disability_care_amount", "2024-12-31", 100),
    ("pingxiang", "disability_care_amount", "2025-01-01", 110),
    ("pingxiang", "aid_primary", "2024-02-29", 500),
    ("pingxiang", "aid_primary", "2024-03-01", 625),
    ("pingxiang", "aid_junior", "2024-03-01", 750),
    ("pingxiang", "aid_senior", "2025-02-28", 2000),
    ("pingxiang", "aid_senior", "2025-03-01", 2300),
    ("pingxiang", "edge_multiple", "2026-06-30", "1.5"),
    ("nanchang", "dibao_line", "2021-12-31", 795),
    ("nanchang", "dibao_line", "2022-01-01", 855),
    ("nanchang", "dibao_line", "2023-01-01", 915),
    ("nanchang", "tekun_amount", "2023-12-31", 1190),
    ("shenzhen", "dibao_line", "2024-12-31", 1483),
    ("shenzhen", "dibao_line", "2025-01-01", 1535),
    ("shenzhen", "edge_line", "2025-06-01", 2303),
    ("shenzhen", "tekun_amount", "2025-01-01", 2456),
    ("shenzhen", "edge_deposit_limit", "2025-01-01", 36840),  # 24 months of 1,535
    ("hangzhou", "dibao_line", "2025-01-22", 1259),
    ("hangzhou", "dibao_line", "2025-01-23", 1301),
    ("hangzhou", "edge_line", "2025-01-22", 2280),  # twice 1,259, capped by the minimum wage
    ("hangzhou", "orphan_amount", "2025-01-23", 2525),
    ("hangzhou", "disability_living_amount", "2025-01-23", "390.30"),  # 30 % of 1,301
    ("hangzhou", "disability_care_amount", "2025-01-23", 500),
    ("zhejiang", "edge_multiple", "2026-07-01", "1.5"),
    ("guangdong", "dibao_line", "2023-06-01", 1165),
]


@pytest.mark.parametrize("pack, parameter, day, value", STATED)
def test_a_value_is_what_its_notice_says_on_that_day(pack, parameter, day, value):
    law = load_pack(find_shipped_pack(pack))

    assert law.parameters[parameter].in_force(dt.date.fromisoformat(day)).value == value


def test_from_the_act_on_the_edge_multiple_is_only_assumed():
    multiple = load_pack(find_shipped_pack()).parameters["edge_multiple"]

    days = dt.date(2026, 6, 30), dt.date(2026, 7, 1)

    assert [multiple.in_force(day).confidence for day in days] == ["verified", "assumed"]


def test_every_day_has_a_value_or_a_hole_with_its_question():
    pack = load_checked_pack(find_shipped_pack())

    spans = LawCalendar(pack, FIRST, LAST).list_spans()

    line = [span for span in spans if span.parameter == "dibao_line"]
    assert [line[0].from_, *(span.until for span in line)] == [
        *(dt.date(2021, 7, 1), dt.date(2022, 1, 1), dt.date(2023, 1, 1), dt.date(2024, 1, 1)),
        *(dt.date(2025, 1, 1), dt.date(2025, 7, 1), dt.date(2026, 1, 1), dt.date(2027, 1, 1)),
    ]
    assert (line[0].value, line[1].pack, line[-1].value.confidence) == (
        None,
        "pingxiang",
        "assumed",
    )
    assert [span.parameter for span in spans if span.value is None and not asked(pack, span)] == []


def asked(pack, span):
    return pack.parameters[span.parameter].question


def test_what_a_city_changes_stands_beside_the_value_of_its_province():
    pack = load_pack(find_shipped_pack("nanchang"))

    local = {(each.parameter, each.value.from_.year): each for each in list_local_values(pack)}

    assert (local["dibao_line", 2023].value.value, local["dibao_line", 2023].base.value) == (
        915,
        885,
    )
    assert list(list_below_base(pack)) == []


def test_a_city_below_its_province_is_warned_of(tmp_path):
    text = (find_shipped_pack("nanchang") / "pack.toml").read_text("utf-8")
    (tmp_path / "low").mkdir()
    (tmp_path / "low" / "pack.toml").write_text(text.replace("value = 915", "value = 884"), "utf-8")

    notes = review_pack(load_checked_pack(tmp_path / "low"), dt.date(2023, 5, 1))

    assert [(note.id, note.on) for note in notes if note.doubt == "below_base"] == [
        ("dibao_line", dt.date(2023, 1, 1))
    ]


def test_a_provincial_floor_stands_beside_the_line_of_its_city():
    pack = load_pack(find_shipped_pack("shenzhen"))

    local = {(each.parameter, each.value.from_.year): each for each in list_local_values(pack)}

    assert local["dibao_line", 2023].base.value == 1165
    assert (list(list_below_base(pack)), pack.extends) == ([], "guangdong")


def test_another_city_is_one_file_of_at_most_sixty_lines_and_the_rest_is_asked():
    pack = load_checked_pack(CHONGQING)

    day = dt.date(2025, 7, 1)
    values = {name: each.in_force(day) for name, each in pack.parameters.items()}
    known = {name: each.value for name, each in values.items() if each and name in LOCAL}
    questions = {each.id for each in list_law_questions(pack, day) if each.is_parameter}

    (file,) = [path for path in CHONGQING.rglob("*") if path.is_file()]
    assert len(file.read_text("utf-8").splitlines()) <= 60
    assert known == LOCAL
    assert {name for name, each in values.items() if each is None} - questions == NOT_USED
    assert len(questions) == 36, sorted(questions)
    assert str(pack.programmes["dibao"].department) == "District Civil Affairs Bureau"


# Chongqing, 渝民规〔2025〕6号, as policy has it.
LOCAL = {
    "dibao_line": 770,
    "tekun_amount": 1001,
    "orphan_amount": 1651,
    "unsupported_child_amount": 1651,
}
# Of programmes that have no rules there, or begin later.
NOT_USED = {"temporary_aid_small_sum", "dibao_extra_amount"}


def test_the_register_keeps_the_pack_that_was_chosen_for_it(relief):
    Path("名单.csv").write_text("姓名,社区,家庭月收入\n赵大山,河口下,300\n", "utf-8-sig")
    said = relief("import", "名单.csv").stderr
    again = relief("import", "名单.csv").stderr

    relief("pack", "use", "nanchang")

    answer = json.loads(relief("gaps", "--as-of", "2023-05-01", "--format", "json").stdout)
    assert ("By the rules of Anyuan" in said, "By the rules" in again) == (True, False)
    assert answer["pack"]["id"] == "nanchang"


def test_a_pack_may_be_chosen_before_anything_is_imported(relief):
    chosen = relief("pack", "use", "nanchang")
    Path("名单.csv").write_text("姓名,社区,家庭月收入\n赵大山,河口下,300\n", "utf-8-sig")

    said = relief("import", "名单.csv").stderr

    answer = json.loads(relief("gaps", "--format", "json").stdout)
    assert (chosen.exit_code, "By the rules" in said, answer["pack"]["id"]) == (
        0,
        False,
        "nanchang",
    )


@pytest.mark.parametrize(
    "said, expected",
    [("shenzhen", "shenzhen"), ("深圳", "shenzhen"), (str(CHONGQING), CHONGQING.name)],
)
def test_pack_takes_either_name_of_a_shipped_pack_or_a_folder(relief, said, expected):
    result = relief("pack", "show", "--pack", said, "--format", "json")

    assert json.loads(result.stdout)["pack"]["id"] == expected


@pytest.mark.parametrize("language, known", [("en", "shenzhen"), ("zh", "深圳")])
def test_packs_are_called_by_their_names_in_the_language_of_the_screen(relief, language, known):
    refused = relief("pack", "show", "--pack", "nope", "--lang", language)
    shown = relief("pack", "show", "--pack", "shenzhen", "--lang", language)

    assert (refused.exit_code, known in refused.stderr) == (1, True)
    assert f"{known} 20" in shown.stderr


STREET = """姓名,身份证号,与户主关系,社区,家庭月收入,家庭存款,机动车数量,住房套数,已享受政策
赵大山,360302197003051237,户主,河口下,1000,0,0,1,无
钱二花,360302197511114564,户主,河口下,1500,0,0,1,无
孙老太,360302194412037897,户主,河口下,2400,0,0,1,无
"""


@pytest.mark.parametrize(
    "city, expected",
    [
        # 1,535 - 1,000 and 1,535 - 1,500; the edge line is 2,303; at 80 the allowance is 300
        ("shenzhen", {("dibao", 535), ("dibao", 35), ("old-age-allowance", 300)}),
        # 1,301 - 1,000; the others are below the edge line of 2,490, which pays nothing
        ("hangzhou", {("dibao", 301), ("edge", None)}),
    ],
)
def test_under_a_city_every_sum_is_that_of_its_notices_once_the_office_has_answered(
    relief, city, expected
):
    Path("名单.csv").write_text(STREET, "utf-8-sig")
    relief("import", "名单.csv")
    relief("pack", "use", city)
    for name, value in ANSWERED.items():
        said = relief("pack", "set", name, value, "--from", "2025-01-01", "--source", "区民政局")
        assert said.exit_code == 0, said.stderr

    answer = json.loads(relief("gaps", "--as-of", "2025-07-15", "--format", "json").stdout)

    assert {
        (each["programme"], each["amount_fen"] and each["amount_fen"] // 100)
        for each in answer["findings"]
        if each["programme"] in ("dibao", "edge", "old-age-allowance")
        and all(criterion["truth"] for criterion in each["criteria"])
    } == expected


# What is local and was found for neither of the two.
ANSWERED = {
    "dibao_deposit_limit": "20000",
    "dibao_amount_mode": "exact",
    "job_cost_deduction": "none",
    "spending_deduction": "none",
    "vehicle_limit": "0",
}


def test_a_pack_that_does_not_exist_is_not_chosen(relief):
    result = relief("pack", "use", "nanchagn")

    assert (result.exit_code, "Did you mean 'nanchang'?" in result.stderr) == (1, True)


def test_a_new_pack_asks_every_local_question_and_loads(relief):
    relief("pack", "new", "longquan", "--extends", "jiangxi")

    text = Path("longquan/pack.toml").read_text("utf-8")
    assert '# parameter = "dibao_line"' in text
    assert load_checked_pack(Path("longquan")).extends == "jiangxi"


@pytest.mark.parametrize("file", ["pack", "facts", "definitions", "parameters", "programme"])
def test_a_schema_knows_the_keys_of_its_file(relief, file):
    schema = json.loads(relief("pack", "schema", file).stdout)

    assert schema["type"] == "object"
    assert {"pack": "extends", "programme": "criteria"}.get(file, file) in schema["properties"]
