"""Two households as a clerk lists them, and the shipped pack with one text exchanged."""

from pathlib import Path
from shutil import copytree

from relieftool.pack.pack_files import find_shipped_pack
from tests.support.own_files import QIAN, SUN, ZHAO, write_workbook
from tests.support.ready_folders import fill_folder

HEAD = ["户编号", "姓名", "身份证号", "与户主关系", "社区", "家庭月收入", "银行存款（元）"]
MORE = ["车辆（辆）", "住房套数", "残疾级别", "残疾类型", "是否重病", "月收入", "已享受政策"]


def import_small_street(relief):
    """Import two poor households of 西岭: X-1 with 1,800 yuan for two, X-2 with 500 for one."""
    fill_folder(_import, relief)


def _import(relief):
    path = write_workbook(
        Path("困难户.xlsx"),
        [
            ["西岭街道困难户摸排情况（2024年12月5日）"],
            [*HEAD, *MORE],
            ["X-1", "赵大山", ZHAO, "户主", "西岭", 1800, 12345, 0, 1, "无", "无", "否", "", "无"],
            ["X-1", "钱小花", QIAN, "妻", "西岭", "", "", "", "", "二级", "肢体", "否", "", "无"],
            ["X-2", "孙老太", SUN, "户主", "西岭", 500, 0, 0, 1, "无", "无", "否", "", "无"],
        ],
    )
    assert relief("import", path).exit_code in (0, 3)


def open_small_cases(relief):
    """Import the two households and open a case for each finding that calls for one."""
    import_small_street(relief)
    relief("gaps", "--open-cases", "--as-of", "2024-12-10")


# What of the households below nobody may see unless it is revealed.
SECRETS = ("赵大山", "钱小花", "孙老太", ZHAO, QIAN, SUN, "肢体", "13900001111")


def import_secrets(relief, *more):
    """Import two households with all that is private, and further files."""
    head = ["户编号", "姓名", "身份证号", "与户主关系", "社区", "车辆（辆）", "银行存款（元）"]
    path = write_workbook(
        Path("困难户.xlsx"),
        [
            ["西岭街道困难户摸排情况（2024年12月5日）"],
            [*head, "月收入合计", "残疾级别", "残疾类型", "联系电话"],
            ["X-1", "赵大山", ZHAO, "户主", "西岭", 0, 100, 800, "", "", "13900001111"],
            ["X-1", "钱小花", QIAN, "妻", "西岭", "", "", "", "二级", "肢体", ""],
            ["X-2", "孙老太", SUN, "户主", "西岭", 0, 0, 300, "", "", ""],
        ],
    )
    assert relief("import", path, *more).exit_code in (0, 3)


def shipped_but(tmp_path, good, bad):
    """Return a copy of the shipped overlay in whose pack.toml one text is another."""
    folder = Path(copytree(find_shipped_pack(), tmp_path / "pack"))
    text = (folder / "pack.toml").read_text("utf-8")
    assert good in text
    (folder / "pack.toml").write_text(text.replace(good, bad, 1), "utf-8")
    return folder
