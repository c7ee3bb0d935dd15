"""What the fuzzer damages: one small register in every format, layout and encoding."""

from tests.layouts import files
from tests.support.registers import GRAN, PUPIL, QIAN, ZHAO

HEADINGS = [
    "序号",
    "户编号",
    "户主姓名",
    "姓名",
    "身份证号",
    "与户主关系",
    "家庭月收入（元）",
    "社区",
]
PEOPLE = [
    ["河口下社区困难家庭台账（2024年11月）"],
    HEADINGS,
    [1, "H1", "赵大山", "赵大山", ZHAO, "户主", 800, "河口下"],
    [None, "H1", "赵大山", "钱小花", QIAN, "妻", None, "河口下"],
    [2, "H2", "孙老太", "孙老太", GRAN, "户主", "1,234.50", "河口下"],
    ["合计", None, None, None, None, None, 2034.5],
    ["制表人：周", None, None, "2024年11月30日"],
]
PAYMENT = [
    ["河口下社区低保金发放表（2024年11月）"],
    ["序号", "户主姓名", "身份证号", "领取金额", None, "签字"],
    [None, None, None, "家庭补差", "合计", None],
    [1, "赵大山", ZHAO, 300, 300, None],
    [2, "孙老太", GRAN, 420, 420, None],
    ["合计", None, None, 720, 720, None],
]
PAYMENT_MERGES = [(1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 2, 2), (1, 3, 1, 4)]
WIDE = [
    [
        "户主姓名",
        "户主身份证号",
        "成员一姓名",
        "成员一身份证号",
        "成员二姓名",
        "成员二身份证号",
        "社区",
    ],
    ["赵大山", ZHAO, "钱小花", QIAN, "赵小树", PUPIL, "花园社区"],
]
SHEETS = {"台账": PEOPLE, "字典": [["性别"], ["男"], ["女"]], "成员": WIDE}
LISTS = [
    SHEETS,
    {"台账": PEOPLE},
    {"城保": PAYMENT},
    {"户": [["户编号", "户主姓名", "社区"], ["H1", "赵大山", "花园"]], "人": PEOPLE[1:]},
    {"成员": WIDE},
]


def make_seeds(folder):
    """Return (name, bytes) of every seed."""
    made = [
        files.save_xlsx(folder / "a.xlsx", SHEETS, [(0, 0, 0, 7), (2, 2, 3, 2)]),
        files.save_xlsx(folder / "b.xlsx", {"城保": PAYMENT}, PAYMENT_MERGES),
        files.save_xls(folder / "c.xls", SHEETS, [(0, 0, 0, 7)]),
        files.save_xls(folder / "d.et", {"城保": PAYMENT}, PAYMENT_MERGES),
        files.save_xlsb(folder / "e.xlsb", SHEETS),
        files.save_ods(folder / "f.ods", SHEETS, [(0, 0, 0, 7)]),
        files.save_html(folder / "g.xls", {"城保": PAYMENT}, PAYMENT_MERGES),
        files.save_xml_2003(folder / "h.xls", SHEETS, [(0, 0, 0, 7)]),
        files.save_csv(folder / "i.csv", {"x": PEOPLE}, encoding="utf-8-sig"),
        files.save_csv(folder / "j.csv", {"x": PEOPLE}, encoding="gb18030"),
        files.save_csv(folder / "k.tsv", {"x": WIDE}, encoding="utf-16", separator="\t"),
        files.save_csv(folder / "l.csv", {"x": PAYMENT}, encoding="gb18030", separator=";"),
    ]
    return [(path.name, path.read_bytes()) for path in made]
