"""The full run of power cuts: every command that writes, cut short again and again.

    python -m tests.trust.power_cuts [--states 170] [--part 1/2]

Prints a line for each command, then one for all, then two controls: with the settings of SQLite
that do not wait for the disk, states are found that are damaged or lack what was acknowledged.
"""

import argparse
import random
import sys
import tempfile
from pathlib import Path

from tests.support.own_files import QIAN, SUN, ZHAO, write_workbook
from tests.support.power_cuts import START, Cuts, examine, read_files, record, write_files
from tests.support.small_street import HEAD, MORE

BY = ("--by", "王五")
LINES = (
    ("import", "困难户.xlsx"),
    ("import", "低保.csv", "--roster", "dibao"),
    ("undo", "--last"),
    ("import", "低保.csv", "--roster", "dibao", "--complete"),
    ("gaps", "--open-cases", "--as-of", "2024-12-10"),
    ("questions",),
    ("answer", 22, "none", *BY),
    ("refer", *BY, "--on", "2024-12-11"),
    ("decide", "C2024-0001", "--granted", "--amount", 635, *BY, "--on", "2024-12-12"),
    (*("close-case", "C2024-0002", "--outcome", "moved", "--evidence", "困难户.xlsx"), *BY),
    ("check-case", "C2024-0002", "--by", "赵六"),
    ("reopen-case", "C2024-0002", *BY, "--reason", "又迁回来"),
    (*("visit", "X-1", "--by", "张三", "--by", "李四", "--level", "社区", "--method", "上门"),
     *("--found", "情况属实", "--on", "2024-12-12")),
    ("event", "X-1", "--died", "01", "--head", "02", "--on", "2024-12-01", *BY),
    ("helpers", "add", "周华", "--unit", "区税务局", "--community", "西岭"),
    ("assign", "X-2", "周华", *BY),
    ("assign", "--suggest", "--community", "西岭"),
    ("measure", "X-2", "--kind", "慰问", "--done-on", "2024-12-13", "--amount", 500, *BY),
    ("sample", "--rate", "50%", "--seed", 7),
    ("form", "X-2", "--out", "form.xlsx"),
    ("letter", "X-2", "--out", "letter.docx", "--reveal", "--reason", "送达告知书"),
    ("pack", "set", "dibao_line", 980, "--from", "2025-01-01", "--source", "通知", *BY),
    ("pack", "unset", "dibao_line", "--from", "2025-01-01", *BY),
    ("pack", "use", "nanchang"),
    ("show", "X-2", "--reveal", "--reason", "入户核对"),
    ("export", "--parquet", "out", "--reason", "市里评估"),
    ("priority", "--open-cases"),
    ("changes", "--out", "changes.xlsx"),
    ("file", "staff", "--add", "王五", "--me"),
    ("file", "backup"),
    ("file", "backup", "--to", "stick.db"),
    ("file", "accept", "--reason", "从盘拷回"),
    ("file", "restore", "stick.db"),
    ("file", "forget", "X-1", "--reason", "保存期限已满"),
    ("file", "restore", "stick.db"),
    ("file", "doctor"),
)  # fmt: skip
# After these, of a register that is damaged.
DAMAGED = ("file", "restore", "stick.db")
SLACK = "from relieftool.store import database; database._PRAGMAS['synchronous'] = {}; "


def make_street(folder):
    """Make a folder with the lists that are imported."""
    folder.mkdir()
    zeros = ["西岭", 1800, 12345, 0, 1, "无", "无", "否", "", "无"]
    rows = [["X-1", "赵大山", ZHAO, "户主", *zeros], ["X-2", "孙老太", SUN, "户主", *zeros]]
    rows.insert(1, ["X-1", "钱小花", QIAN, "妻", "西岭", "", "", "", "", "二级", "肢体"])
    title = ["西岭街道困难户摸排情况（2024年12月5日）"]
    write_workbook(folder / "困难户.xlsx", [title, [*HEAD, *MORE], *rows])
    listed = (
        f"2024年12月低保发放表\n户编号,社区,户主姓名,身份证号,金额\nX-2,西岭,孙老太,{SUN},300\n"
    )
    (folder / "低保.csv").write_text(listed, "utf-8")


def cut(folder, line, states, *, code=START):
    """Run a command line, cut it short, and return what was found; then go on after it."""
    files = read_files(folder)
    done, changes = record(folder, *line, code=code)
    after = read_files(folder)
    cuts = Cuts(changes, files, folder / "scratch")
    drawn = random.Random(" ".join(map(str, line)))  # noqa: S311 no secret
    cuts.run(states, drawn, lambda found: examine(found, folder))
    write_files(after, folder)
    said = f"{len(cuts.seen):5} states {len(cuts.faults):3} wrong  {done.returncode}"
    tell(f"{said}  relief {' '.join(map(str, line))}")
    for place, fault in cuts.faults[:3]:
        tell(f"      {place} of {len(changes)}: {fault}")
    if done.returncode not in {0, 3}:
        tell(done.stderr)
    return cuts


def tell(line):
    """Write a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def run_lines(folder, states, part):
    """Cut the lines of a part, and run the others; return all cuts."""
    number, of = part
    found = []
    for place, line in enumerate(LINES):
        is_ours = place * of // len(LINES) == number - 1
        found.append(cut(folder, line, states if is_ours else 0))
    if number == of:
        register = folder / "relief.db"
        register.write_bytes(b"damaged" * 1000)
        found.append(cut(folder, DAMAGED, states))
    return found


def main(arguments):
    """Run and report; 1 if a state is wrong, or a control shows none that is."""
    parser = argparse.ArgumentParser(prog="python -m tests.trust.power_cuts", description=__doc__)
    parser.add_argument("--states", type=int, default=170)
    parser.add_argument("--part", default="1/1")
    stated = parser.parse_args(arguments)
    part = tuple(map(int, stated.part.split("/")))
    with tempfile.TemporaryDirectory(dir="/dev/shm") as name:
        street = Path(name) / "street"
        make_street(street)
        found = run_lines(street, stated.states, part)
        wrong = sum(len(cuts.faults) for cuts in found)
        tell(f"{sum(len(cuts.seen) for cuts in found)} states, {wrong} wrong")
        controls = []
        for level, word in ((0, "off"), (1, "normal")) if part[0] == part[1] else ():
            slack = Path(name) / word
            make_street(slack)
            cuts = cut(slack, LINES[0], 300, code=SLACK.format(level) + START)
            controls.append(len(cuts.faults))
            tell(f"control, synchronous {word}: {controls[-1]} of {len(cuts.seen)} states wrong")
    return int(wrong or not all(controls))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
