"""How long commands take on streets of whose facts a share is unknown, all findings stale.

    python -m tests.benchmarks.streets [HOUSEHOLDS] [SHARE…]

Not a test: prints CPU seconds of whole commands, for 1,000 households of whose facts 10, 40 and 80
percent are unknown unless told otherwise. The street is one list with a column for each fact that
the rules read, which is imported like any other.
"""

import csv
import sys
import tempfile
from pathlib import Path
from random import Random

from relieftool.pack.pack_files import find_shipped_pack
from relieftool.rules.statement import compile_statement, load_checked_pack
from tests.benchmarks.kept_findings import RELIEF, forget, run
from tests.support.drawn_households import used_facts, values
from tests.support.own_files import id_number
from tests.support.tiny_packs import DAY

AIM = 5
LIST = "2024年12月摸底表.csv"
HEAD = ["户编号", "社区", "户主姓名", "姓名", "身份证号码", "与户主关系"]
BY_ID_NUMBER = {"birth_date", "sex", "stated_age"}  # an ID number says them
DIGITS = "零一二三四五六七八九"
SHARES = (10, 40, 80)
SIZES = (1, 1, 2, 2, 3, 4)
COMMANDS = (
    ["gaps"],
    ["gaps", "--format", "json"],
    ["priority"],
    ["form", "--undetermined", "--out", "form.xlsx"],
)


def text_of(fact, value):
    """Return a value as an office writes it into the cell of a fact."""
    match fact.type:
        case "money":
            return f"{value / 100:.2f}"
        case "yes_no":
            return "是" if value else "否"
        case "choice":
            return next(choice.labels.zh for choice in fact.choices if choice.id == value)
    return str(value)


def write_street(path, pack, count, share):
    """Write a list of households; a cell is empty in `share` percent of all cases."""
    random = Random(count)  # noqa: S311 households, no secret
    used = used_facts(compile_statement(pack, DAY, {})) - BY_ID_NUMBER
    facts = [fact for fact in pack.facts.values() if fact.id in used and fact.headers]
    drawn = {fact.id: [v for v in values(pack, DAY, fact) if v is not None] for fact in facts}

    def cell(fact):
        is_unknown = random.randrange(100) < share or not drawn[fact.id]
        return "" if is_unknown else text_of(fact, random.choice(drawn[fact.id]))

    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([*HEAD, *(fact.headers[0] for fact in facts)])
        for number in range(count):
            home = {fact.id: cell(fact) for fact in facts if fact.owner == "household"}
            head = "张" + "".join(DIGITS[int(digit)] for digit in str(number))
            for place in range(random.choice(SIZES)):
                own = {fact.id: cell(fact) for fact in facts if fact.owner == "member"}
                born = f"360302{random.randint(1935, 2023)}{random.randint(1, 12):02}"
                order = (
                    4 * number + place
                )  # day and serial of the ID number, so that each is unique
                person = id_number(f"{born}{order // 1000 % 28 + 1:02}{order % 1000:03}")
                names = [
                    f"H{number:05}",
                    "花园",
                    head,
                    head if place == 0 else head + "甲乙丙丁"[place],
                ]
                identity = "" if random.randrange(100) < share else person
                told = [(home | own)[fact.id] for fact in facts]
                writer.writerow([*names, identity, "子" if place else "户主", *told])


def main():
    """Measure each street in turn."""
    count, *shares = [int(text) for text in sys.argv[1:]] or [1000]
    pack = load_checked_pack(find_shipped_pack())
    for share in shares or SHARES:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_street(folder / LIST, pack, count, share)
            _said, taken = run(folder, RELIEF, "import", LIST)
            told = [f"import {taken:.1f} s"]
            for command in COMMANDS:
                forget(folder)
                _said, taken = run(folder, RELIEF, *command)
                words = " ".join(command[:3])
                told.append(f"{words} {taken:.1f} s{' NOT under 5' * (taken > AIM)}")
        sys.stdout.write(f"{count:,} households, {share} % unknown: {', '.join(told)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
