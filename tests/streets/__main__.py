"""Draw damaged streets, answer their questions by the truth, and count what is wrong.

Example: python -m tests.streets 2000 20261130

Numbers after the seed judge and show those streets only; names of damages draw these alone.
"""

import sys
import tempfile
import time
from collections import Counter, defaultdict
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


def main(arguments: list[str]) -> int:
    """Return 1 if anything was wrong."""
    kinds = tuple(word for word in arguments if word in DAMAGES) or None
    figures = [word for word in arguments if word not in DAMAGES]
    count, seed = int(figures[0]), figures[1] if len(figures) > 1 else "1"
    alone = [int(number) for number in figures[2:]]
    verdicts, failing, seen = [], Counter[str](), defaultdict(list)
    drawn, asked, began = Counter[str](), Counter[str](), time.process_time()
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as made:  # noqa: S108
        for number in alone or range(count):
            verdict = judge(Path(made) / str(number), seed, number, kinds)
            verdicts.append(verdict)
            drawn.update(verdict.damages)
            asked += verdict.kinds
            for fault in verdict.faults:
                seen[fault.partition(":")[0]].append((number, fault))
            if verdict.faults:
                failing.update(verdict.damages)
            if alone:
                show(seed, number, kinds, verdict)
    faulty = sum(bool(verdict.faults) for verdict in verdicts)
    say(
        f"{len(verdicts)} streets, {faulty} with a fault, median width"
        f" {median(verdict.width for verdict in verdicts):.1%},"
        f" {sum(verdict.asked for verdict in verdicts)} answers {dict(asked)},"
        f" {time.process_time() - began:.0f} s"
    )
    for kind, faults in seen.items():
        say(f"{len(faults):5} {kind}, for example {faults[0]}")
    for name, times in failing.most_common():
        say(f"  {times:4} of {drawn[name]:4} {name}")
    return int(bool(faulty))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
