"""What a free text says of the person in its row: closed words, of nobody else, not denied."""

import pytest

from relieftool.values.remarks import GONE, is_free_text, read_claims


def claims(text, name=None):
    return [(claim.fact, claim.cell) for claim in read_claims(text, name)]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "死亡",
            "已于8月故去，家属未报",
            "老人已过世",
            "已搬至长沙女儿家",
            "走了",
            "今年9月已火化",
            "已故",
            "（已故）",
            "2024年10月去世",
            "2024.10.5去世",
            "2024-10 病故",
            "已去世。",
            "10月因病去世",
        ),
        *(
            "10月因肺癌在市人民医院去世",
            "2024年11月3日因车祸身亡",
            "2024.10亡",
            "死亡（2024年9月）",
            "死亡注销",
            "3-死亡",
        ),
        *(
            "减员：死亡",
            "该老人已去世",
            "疑似死亡，待核实",
            "已去逝",
            "2024年１０月去世",
            "2024年10月去世，配偶健在",
        ),
        *(
            "迁出",
            "户口已迁出",
            "已迁往上海",
            "搬走，现住外地",
            "已搬离本小区",
            "長期搬走",
            "去年10月搬走了",
            "人户分离",
        ),
        *(
            "服刑",
            "在监狱服刑",
            "服刑中",
            "因盗窃罪服刑3年",
            "被判刑5年",
            "失联",
            "下落不明",
            "2023年出嫁",
            "户口注销",
        ),
        *("亡", "死", "户口已迁", "2024年迁", "已嫁", "嫁到外地", "已出嫁", "分户另过", "分户"),
        *("离家出走", "住养老院", "入住安源区养老院", "随女儿在深圳居住", "跟儿子到广州生活"),
        *("在监狱", "迁往外地", "长期在外", "长期在外地", "出嫁女2024年10月去世", "迁出本社区"),
    ],
)
def test_a_text_says_that_the_person_of_its_row_is_gone(text):
    assert [(claim.fact, claim.about) for claim in read_claims(text)] == [(GONE, "self")]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "丈夫2010年去世",
            "妻子走了",
            "家中老人去世",
            "女儿已搬至长沙",
            "其父去世",
            "其父，2020年去世",
            "父母双亡",
            "妻子病故",
            "儿子服刑",
            "父亲在监狱服刑",
            "家中老人去世",
        ),
        *(
            "家人去世",
            "王五去世",
            "长子2015年死亡",
            "丧偶",
            "父亲李大（已故）",
            "去世的丈夫",
            "因丈夫去世致困",
            "女儿已出嫁",
        ),
        *(
            "其夫去世",
            "夫亡",
            "夫去世",
            "老伴去世",
            "其妻病故",
            "子去世",
            "其子服刑",
            "女儿嫁到外地",
        ),
        *("出嫁女", "离婚出嫁女", "外嫁女", "长期在外务工", "长期在外读书", "户口已迁入"),
        *("随父母生活", "随儿子在本地居住", "在养老院工作", "离家较近", "户口迁至本社区", "未分户"),
        *(
            "未去世",
            "无死亡",
            "没有迁出",
            "未搬走",
            "拟迁出",
            "计划明年搬走",
            "刑满释放",
            "服刑期满",
            "2019年服刑，2022年释放",
        ),
        *(
            "迁出后又迁回",
            "死亡证明已交",
            "领取死亡抚恤金",
            "迁出地待查",
            "易地搬迁户",
            "户口迁入",
            "正常",
            "外出务工",
            "低保户",
        ),
        *("独生子女户", "已脱贫", "因病致贫", "", "-", "#N/A", "12"),
    ],
)
def test_the_event_of_another_or_one_denied_or_over_says_nothing_of_the_person(text):
    assert claims(text) == []


@pytest.mark.parametrize(
    "text, kind",
    [
        ("2024年亡", "dead"),
        ("疑似死亡", "dead"),
        ("疑似迁出", "moved"),
        ("2024年迁", "moved"),
        ("住市养老院", "away"),
        ("随女儿在深圳居住", "away"),
        ("在市监狱", "prison"),
        ("强制戒毒", "prison"),
        ("失踪", "missing"),
    ],
)
def test_each_event_is_of_one_kind(text, kind):
    assert claims(text) == [(GONE, kind)]


def test_the_name_of_the_rows_own_person_is_no_other_person():
    assert claims("赵大山去世") == []
    assert claims("赵大山去世", "赵大山") == [(GONE, "dead")]


@pytest.mark.parametrize(
    "text, about",
    [
        ("户主已去世", "head"),
        ("户主去世，由其妻代管", "head"),
        ("全家迁出", "household"),
        ("举家搬走", "household"),
    ],
)
def test_a_text_may_name_the_head_or_the_household(text, about):
    assert [claim.about for claim in read_claims(text)] == [about]


@pytest.mark.parametrize(
    "text, said",
    [
        ("存款8000元", [("deposits", "8000元")]),
        ("银行存款：5万元", [("deposits", "5万元")]),
        ("无存款", [("deposits", "0")]),
        ("有存款", [("deposits", "")]),
        ("存款8000元，住房1套", [("deposits", "8000元"), ("homes", "1套")]),
        ("自有住房两套；小汽车一辆", [("homes", "2套"), ("vehicles", "1辆")]),
        ("1套住房、无车", [("homes", "1套"), ("vehicles", "0")]),
        ("孤寡老人，无儿无女", [("has_able_supporter", "否")]),
        ("患癌症", [("serious_illness", "是")]),
        ("长期卧床", [("self_care", "完全丧失")]),
        ("D级危房", [("housing_is_safe", "否")]),
        ("月收入2000元", [("income", "2000元")]),
        ("家庭月收入2000元", [("household_income", "2000元")]),
        ("本人年收入3万元", [("income_year", "3万元")]),
        ("无收入", [("income", "0")]),
        ("无房无车", [("homes", "0"), ("vehicles", "0")]),
        ("二级", [("disability_kind", "二级")]),
        ("持肢体二级残疾证", [("disability_kind", "肢体二级")]),
        ("妻子病故，本人视力一级残疾", [("disability_kind", "视力一级")]),
        ("残疾", [("disability_kind", "")]),
        ("妻子二级残疾", []),
        ("儿子有小汽车1辆", []),
        ("电动车1辆", []),
        ("电动三轮车一辆", []),
        ("子女有住房", []),
        ("家住三楼", []),
    ],
)
def test_a_text_speaks_of_facts_in_parts_that_say_nothing_else(text, said):
    assert claims(text) == said


@pytest.mark.parametrize(
    "heading, is_free",
    [
        ("备注2", True),
        ("家庭财产", True),
        ("情况说明", True),
        ("困难情况", True),
        ("基本情况（简介）", True),
        ("配偶情况", False),
        ("监护人备注", False),
        ("工作单位", False),
        ("人员状态", True),
    ],
)
def test_a_column_of_free_texts_is_known_by_how_its_heading_ends(heading, is_free):
    assert is_free_text(heading) == is_free
