"""How long gaps take against a bare scan of the same columns, in the same run.

    python -m tests.benchmarks.gaps [HOUSEHOLDS…]

Not a test: prints seconds and ratios, for 1,000 and 100,000 random households unless told
otherwise. A size that would take longer than LIMIT seconds, judged by the one before, is left out.
"""

import resource
import sys
import time
from collections import deque
from random import Random

from relieftool.eligibility.evaluation import compile_for_register, stream_households
from relieftool.eligibility.gaps import find_gaps
from relieftool.pack.pack_files import find_shipped_pack
from relieftool.register.register_tables import create_indices, open_throwaway_register
from relieftool.rules.sql import ColumnKind
from relieftool.rules.statement import compile_statement, load_checked_pack
from tests.support.drawn_households import used_facts, values
from tests.support.tiny_packs import DAY

LIMIT = 600
KILOBYTES_PER_MEGABYTE = 1024
STATUSES = (
    *(ColumnKind.RECEIVES, ColumnKind.PAID, ColumnKind.ELIGIBLE, ColumnKind.UNLOCKED),
    *(ColumnKind.BARRED, ColumnKind.BARRED_BY, ColumnKind.GIVES_WAY),
)
SIZES = (1_000, 100_000)


def filled(register, pack, statement, count):
    """Put random households of one to three members into a register; return the columns drawn."""
    random = Random(count)  # noqa: S311 households, no secret
    used = used_facts(statement)
    drawn = {
        owner: {
            one.id: values(pack, DAY, one)
            for one in pack.facts.values()
            if one.owner == owner and one.id in used
        }
        for owner in ("household", "member")
    }

    def facts(owner):
        return {name: random.choice(among) for name, among in drawn[owner].items()}

    homes, people = [], []
    for number in range(count):
        size = random.choice((1, 1, 2, 3))
        key = {"household_no": f"H{number}", "community_id": 1, "listed_members": size}
        homes.append(
            {**key, "is_provisional": 0, "head_member_no": f"H{number}-1", **facts("household")}
        )
        people += [
            {
                "member_no": f"H{number}-{place}",
                "household_no": f"H{number}",
                "place": place,
                "is_provisional": 0,
                **facts("member"),
            }
            for place in range(1, size + 1)
        ]
    register.table("communities").insert({"community_id": 1, "name": "花园"})
    register.table("households").insert_all(homes, batch_size=5000)
    register.table("members").insert_all(people, batch_size=5000)
    return {"households": list(drawn["household"]), "members": list(drawn["member"])}


def seconds(work):
    """Return the processor's time that some work takes."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def measured(pack, statement, count):
    """Print the seconds for one size, and give those of the gaps."""
    with open_throwaway_register(pack) as register:
        columns = filled(register, pack, statement, count)
        create_indices(register, "main")
        scans = [f"SELECT {', '.join(names)} FROM {table}" for table, names in columns.items()]
        bare = seconds(lambda: [register.execute(one).fetchall() for one in scans])
        few = compile_for_register(register, pack, DAY, STATUSES)
        statuses = seconds(lambda: deque(stream_households(register, few), 0))
        rules = seconds(lambda: deque(stream_households(register, statement), 0))
        whole = seconds(lambda: find_gaps(register, pack, DAY, with_questions=False))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // KILOBYTES_PER_MEGABYTE
    sys.stdout.write(
        f"{count:>9,} households: scan {bare:.3f} s, statuses {statuses:.2f} s"
        f" ({statuses / bare:.0f} x), all columns {rules:.2f} s ({rules / bare:.0f} x),"
        f" gaps {whole:.2f} s ({whole / bare:.0f} x), {peak:,} MB at most\n"
    )
    sys.stdout.flush()
    return whole


def main():
    """Measure each size in turn."""
    pack = load_checked_pack(find_shipped_pack())
    statement = compile_statement(pack, DAY, {}, is_restricted=True)
    before = None
    for count in [int(one) for one in sys.argv[1:]] or SIZES:
        if before and before[1] * count / before[0] > LIMIT:
            sys.stdout.write(f"{count:>9,} households: left out, would take over {LIMIT} s\n")
            continue
        before = count, measured(pack, statement, count)


if __name__ == "__main__":
    main()
