"""A clerk with own files: what is typed and what a screen of 80 columns shows.

The first hour; and a death, from the list on which somebody is missing to the closed cases.

The commands run on a pseudo-terminal, as on a screen: they ask, and the clerk answers.
"""

import os
import pty
import re
import subprocess
import sys
import tempfile
import termios
from pathlib import Path

from relieftool.values.screen_text import measure_width
from tests.support.own_files import id_number, write_workbook

_COLUMNS, _LINES = 80, 999
_TITLE = "油坊口社区困难家庭摸排表（2024年12月10日）"
_HEADINGS = [
    *("社区", "户编号", "姓名", "身份证号", "与户主关系", "家庭月收入", "家庭存款", "机动车"),
    *("住房套数", "残疾类别", "残疾等级", "有无赡养人"),
]
_LU, _LU_WIFE, _FAN, _XIE, _TAO, _GONG, _GONG_SON = (
    id_number(f"360302{birth}{place}")
    for birth, place in (
        *(("19680412", "031"), ("19700823", "042"), ("19410105", "057"), ("19790930", "063")),
        *(("19330218", "078"), ("19651101", "081"), ("19920614", "095")),
    )
)
_FILES = {
    "油坊口困难家庭.xlsx": [
        [_TITLE],
        _HEADINGS,
        ["油坊口", "YF-1", "陆长河", _LU, "户主", 800, 2000, 0, 1, "无", "无", "有"],
        ["油坊口", "YF-1", "姚春梅", _LU_WIFE, "妻子", "", "", "", "", "无", "无", "有"],
        ["油坊口", "YF-2", "樊桂香", _FAN, "户主", "约600", 0, 0, 1, "无", "无", "有"],
        ["油坊口", "YF-3", "谢永安", _XIE, "户主", 0, 0, 0, 1, "肢体", "二级", "有"],
    ],
    "石桥老人名单.xlsx": [
        ["石桥社区老人名单（2024年12月10日）"],
        ["社区", "姓名", "身份证号"],
        ["石桥", "陶福生", _TAO],
    ],
    "石桥补录.xlsx": [
        ["石桥社区困难户补录（2024年12月10日）"],
        ["社区", "姓名", "身份证号", "与户主关系"],
        ["石桥", "龚志强", _GONG, "户主"],
        ["石桥", "龚小龙", _GONG_SON, "儿子"],
    ],
    "低保发放表.xlsx": [
        ["2024年12月城市低保金发放表"],
        ["序号", "社区", "姓名", "身份证号", "发放金额"],
        [1, "油坊口", "陆长河", _LU, 1070],
    ],
}
# What is typed, and the answers to what is asked then.
_HOUR: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("import .", ("", "是", "孟晓")),
    ("questions --kind fact --kind look-up --community 油坊口", ()),
    ("questions --ask --kind fact --household YF-2", ("600", "孟晓")),
    ("questions --per community", ()),
    ("gaps --status unclaimed", ()),
)
_QIU, _WENG = (
    id_number(f"360302{birth}{place}")
    for birth, place in (("19741203", "101"), ("19390322", "122"))
)
_OF_QIU = ["油坊口", "YF-1", "邱怀山", _QIU, "户主", 300, 0, 0, 1, "无", "无", "有"]
_OF_WENG = ["油坊口", "YF-2", "翁秀英", _WENG, "户主", 400, 0, 0, 1, "无", "无", "有"]
_MONTHS = {
    month: {
        f"{month}月困难家庭.xlsx": [
            [f"油坊口社区困难家庭表（2024年{month}月）"],
            _HEADINGS,
            _OF_QIU,
            *others,
        ],
        f"{month}月低保.xlsx": [
            [f"2024年{month}月城市低保金发放表"],
            ["序号", "社区", "姓名", "身份证号", "发放金额"],
            [1, "油坊口", "邱怀山", _QIU, 635],
        ],
    }
    for month, others in (("10", [_OF_WENG]), ("11", []))
}
_DEATH: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("import 10", ("", "是", "孟晓")),
    ("gaps --status unclaimed --open-cases --as-of 2024-10-31", ()),
    ("import 11", ("是", "孟晓")),
    ("questions --kind household --ask", ("死亡:2024-11-05", "孟晓")),
    ("cases --state closed", ()),
    ("changes --since 2024-10", ()),
)
_IN_ENGLISH = {"是": "yes", "死亡:2024-11-05": "died:2024-11-05"}
_CHILD = """
import secrets, sys
from contextlib import contextmanager
from relieftool.commands import import_, session
from relieftool.messages import no_progress
from relieftool.output import terminal
@contextmanager
def show_nothing(*_stream, **_seconds):
    yield no_progress
import_.show_progress = terminal.show_progress = show_nothing
secrets.token_hex = lambda size=32: "0" * 2 * size
from relieftool.cli import app
for line in sys.argv[1:]:
    print(f"$ relief {line}", flush=True)
    try:
        app(line.split())
    except SystemExit:
        pass
    print(flush=True)
"""


def tell_first_hour():
    """Return everything that stands on the screen after the first hour."""
    with tempfile.TemporaryDirectory() as folder:
        for name, rows in _FILES.items():
            write_workbook(Path(folder) / name, rows)
        answers = [answer for _line, given in _HOUR for answer in given]
        return _run([line for line, _answers in _HOUR], answers, folder)


def tell_of_a_death(language):
    """Return everything that stands on the screen from a newer list to the closed cases."""
    with tempfile.TemporaryDirectory() as folder:
        for month, files in _MONTHS.items():
            (Path(folder) / month).mkdir()
            for name, rows in files.items():
                write_workbook(Path(folder) / month / name, rows)
        said = _IN_ENGLISH if language == "en" else {}
        answers = [said.get(answer, answer) for _line, given in _DEATH for answer in given]
        return _run([line for line, _answers in _DEATH], answers, folder, language)


def _run(lines, answers, folder, language="zh"):
    """Run commands on a pseudo-terminal, answer whatever they ask, and return the screen."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (_LINES, _COLUMNS))
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    environment |= {"RELIEF_LANG": language, "RELIEF_DB": "relief.db", "NO_COLOR": "1"}
    environment |= {"TERM": "xterm", "PYTHONPATH": str(Path(__file__).parent.parent)}
    command = [sys.executable, "-c", _CHILD, *lines]
    with subprocess.Popen(  # noqa: S603 ourselves
        command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder, env=environment
    ):
        os.close(theirs)
        shown = _converse(ours, [*answers])
    os.close(ours)
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown).replace("\r\n", "\n").strip()
    return "\n".join(part.rstrip() for line in plain.split("\n") for part in _fold(line))


def _fold(line):
    """Yield a line as the screen breaks it: in parts of its width."""
    part = ""
    for letter in line.rstrip():
        if measure_width(part + letter) > _COLUMNS:
            yield part
            part = ""
        part += letter
    yield part


def _converse(screen, answers):
    """Read a screen to its end; type the next answer, or Enter, whenever it waits for one."""
    shown = b""
    while True:
        try:
            part = os.read(screen, 1 << 16)
        except OSError:  # the other end is closed
            part = b""
        if not part:
            return shown.decode()
        shown += part
        if shown.endswith(("：".encode(), b": ")):
            os.write(screen, f"{answers.pop(0) if answers else ''}\n".encode())
