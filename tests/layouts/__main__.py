"""Draw files as offices write them, read them, and count what became of what they say.

Example: python -m tests.layouts 2000 20261130

Prints what is right, in doubt, silent and wrong, and the kinds of layout that fail; the number of a
file after the seed prints that file: python -m tests.layouts 2000 20261130 17
"""

import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.layouts.drawing import Drawn
from tests.layouts.drawing_files import Read, Verdict, by_kind, decided, judge, kinds_failing

SHOWN_KINDS = 40


def say(line: str = "") -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


def show(number: int, drawn: Drawn, got: Read, verdict: Verdict) -> None:
    """Print a drawn file, what is wrong with what was read of it, and the problems told."""
    say(f"== {number} {sorted(drawn.kinds)}")
    for paper in drawn.papers:
        for page in paper.pages:
            say(
                f"{paper.name} [{page.name}] merged {page.merges} hidden {page.is_hidden}"
                f" {page.hidden_rows} {page.hidden_columns}"
            )
            for row in page.rows:
                say(f"    {row}")
    for fault in verdict.faults:
        say("  ! " + " · ".join(fault))
    say(f"  told: {[problem[1:] for problem in got.problems]}")


def main(arguments: list[str]) -> int:
    """Return 1 if anything was wrong or silent."""
    count, seed = int(arguments[0]), arguments[1] if len(arguments) > 1 else "1"
    alone = [int(number) for number in arguments[2:]]
    judged, total, things = [], Counter[str](), Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        for number in alone or range(count):
            drawn, got, verdict = judge(Path(folder), seed, number)
            judged.append((drawn, verdict))
            total += verdict.counts()
            things.update(f"{kind} {thing}" for kind, thing, _what in verdict.faults)
            if alone:
                show(number, drawn, got, verdict)
    numbers = zip(alone or range(count), judged, strict=True)
    failing = [number for number, (_drawn, verdict) in numbers if verdict.faults]
    say(f"{len(judged)} files, {len(failing)} with a fault: {failing}")
    say(f"{dict(total)}; decided {decided(total):.1%}")
    for thing, times in things.most_common():
        say(f"{times:6} {thing}")
    for kind, share in list(kinds_failing(by_kind(judged)).items())[:SHOWN_KINDS]:
        say(f"  {share:4.0%} of {len(by_kind(judged)[kind]):4} {kind}")
    return int(bool(failing))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
