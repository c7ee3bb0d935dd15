"""Draw damaged streets, answer their questions by the truth, and count what is wrong.

Example: python -m tests.streets 2000 20261130

`500-1000` instead of a count draws those of these numbers, the last not included. Numbers after the
seed judge and show those streets only; names of damages draw these alone.
"""

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from statistics import median

from tests.streets.damages import DAMAGES
from tests.streets.judging import Verdict, draw, judge


def say(line: str = "") -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def show(seed: str, number: int, kinds: tuple[str, ...] | None, verdict: Verdict) -> None:
    """Print a street, its files, its answers and its faults."""
    scene, _damages = draw(seed, number, kinds)
    say(f"== {number} {verdict.damages}")
    for home in scene.homes:
        people = ", ".join(
            f"{person.name} {person.relation} {person.age} {person.income} {person.grade}"
            f"{'' if person.lives else ' (gone)'} {sorted(person.paid)}"
            for person in home.people
        )
        say(
            f"{home.number} {home.place} {home.deposits} dibao {home.dibao}"
            f" unclaimed {home.unclaimed()}: {people}"
        )
    for sheet in scene.sheets:
        say(f"[{sheet.name}] {sheet.programme} complete {sheet.complete} {sheet.date}")
        for row in sheet.rows():
            say(f"    {row}")
    for answer in verdict.answered:
        say(f"  > {answer}")
    say(f"truth {verdict.truth}\nfirst {verdict.first}\nlast {verdict.last}")
    for line in verdict.left:
        say(f"  ? {line}")
    for fault in verdict.faults:
        say(f"  ! {fault}")


def judge_all(
    seed: str, numbers: Iterable[int], kinds: tuple[str, ...] | None, *, is_shown: bool
) -> list[Verdict]:
    """Return the verdicts on streets, as many as there is time for until somebody interrupts."""
    verdicts = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            for number in numbers:
                verdict = judge(Path(folder) / str(number), seed, number, kinds)
                verdicts.append(verdict)
                if is_shown:
                    show(seed, number, kinds, verdict)
                for fault in verdict.faults:
                    say(f"{number}: {fault} {verdict.damages}")
        except KeyboardInterrupt:
            say("interrupted")
    return verdicts


def main(arguments: list[str]) -> int:
    """Return 1 if anything was wrong."""
    kinds = tuple(word for word in arguments if word in DAMAGES) or None
    figures = [word for word in arguments if word not in DAMAGES]
    first, _dash, last = figures[0].rpartition("-")
    count, seed = range(int(first or 0), int(last)), figures[1] if len(figures) > 1 else "1"
    alone = [int(number) for number in figures[2:]]
    began = time.process_time()
    verdicts = judge_all(seed, alone or count, kinds, is_shown=bool(alone))
    asked = sum((verdict.kinds for verdict in verdicts), Counter[str]())
    faulty = sum(bool(verdict.faults) for verdict in verdicts)
    say(
        f"{len(verdicts)} streets, {faulty} with a fault,"
        f" {sum(verdict.asked for verdict in verdicts)} answers {dict(asked)},"
        f" {time.process_time() - began:.0f} s"
    )
    for number in sorted({len(verdict.damages) for verdict in verdicts}):
        widths = [verdict.width for verdict in verdicts if len(verdict.damages) == number]
        say(f"{number} damages: {len(widths)} streets, median width {median(widths):.1%}")
    failing = Counter(name for verdict in verdicts if verdict.faults for name in verdict.damages)
    drawn = Counter(name for verdict in verdicts for name in verdict.damages)
    for name, times in failing.most_common():
        say(f"  {times:4} of {drawn[name]:4} {name}")
    return int(bool(faulty))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
