"""What a check of the street must find, as it was planted, and what is said of the files."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from sample_data.generator.households import Household
from sample_data.generator.street import Street

_IMPORT = """\
# What these files are, where their content does not say it.
ignore = ["truth*.csv", "generator/*", "*.md", "2026/*"]
"""
# Path, programme (none: the columns or rows tell), and whether nobody who is paid is missing.
_ROSTERS = (
    ("2024年11月城市低保金发放领取表.xls", "dibao", True),
    ("单人户低保金发放表.xlsx", "dibao-single", True),
    ("2024年11月残疾人两项补贴发放表.xlsx", "", True),
    ("特困人员救助供养金发放表202411.csv", "tekun", True),
    ("高龄补贴发放表.xlsx", "elderly-80", True),
    ("2024年秋季学期学生资助名单.xlsx", "student-aid", True),
    ("2024年11月医疗救助发放名单.csv", "medical-aid", False),
    ("低保边缘家庭名册.xlsx", "edge", True),
    ("2024年医保资助参保名单.csv", "medical-premium", True),
    ("2024年城乡居民养老保险代缴名单.csv", "pension-premium", True),
    ("公租房保障家庭名册.xlsx", "housing", True),
    ("就业服务对象名册.xlsx", "", True),
    ("2024年11月失业保险金发放表.xls", "unemployment-benefit", True),
    ("困境儿童基本生活费发放表.xlsx", "", True),
    ("重度失能残疾人照护托养名单.xlsx", "disabled-care-service", True),
    ("失能老年人护理补贴发放表.xlsx", "elderly-care", True),
    ("2024年残疾儿童康复救助名单.xlsx", "child-rehabilitation", True),
    ("困难职工帮扶名册.xlsx", "union-hardship", True),
)


HEAD = ["household_no", "head_id", "community", "member_id", "programme", "status", "members"]


def write_all(folder: Path, street: Street) -> None:
    """Write truth.csv, truth_households.csv and import.toml into a folder."""
    findings = [row for one in street.households for row in _rows(one)]
    write_rows(folder / "truth.csv", [HEAD, *findings])
    head = ["household_no", "head_id", "community", "members", "archetype"]
    everybody = [
        [one.number, one.head.id_number, one.community, str(one.size), one.archetype]
        for one in street.households
    ]
    write_rows(folder / "truth_households.csv", [head, *everybody])
    (folder / "import.toml").write_text(declare(_ROSTERS, "2024-11"), "utf-8", newline="\n")


def _rows(one: Household) -> list[list[str]]:
    """Return the rows of a household: its findings as stated, and whether it comes first."""
    stated = [
        (finding.member.id_number if finding.member else "", finding.programme, finding.status)
        for finding in one.expected
    ]
    if one.priority:
        stated.append(("", "priority", one.priority))
    return [
        [one.number, one.head.id_number, one.community, *finding, str(one.size)]
        for finding in stated
    ]


def write_rows(path: Path, rows: list[list[str]]) -> None:
    """Write rows of texts as a text file."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    path.write_text(text.getvalue(), "utf-8", newline="\n")


def declare(rosters: Sequence[tuple[str, str, bool]], month: str) -> str:
    """Return import.toml for rosters of a month: path, programme, and whether it is complete."""
    parts = [_IMPORT]
    for path, programme, is_complete in rosters:
        lines = ["[[file]]", f'path = "{path}"', 'kind = "roster"']
        lines += [f'programme = "{programme}"'] if programme else []
        lines += [f'date = "{month}"']
        lines += ["complete = true"] if is_complete else []
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)
