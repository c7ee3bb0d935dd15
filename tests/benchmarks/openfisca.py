"""How long six programmes take in relief and in OpenFisca-core, over the same register.

    python -m tests.benchmarks.openfisca [HOUSEHOLDS] [PYTHON]

Not a test: prints CPU seconds of one run. OpenFisca-core is no part of the project: PYTHON is the
interpreter of an environment that has it, otherwise that of this process. OpenFisca computes two
values, whether each can be claimed and its amounts; relief the same with three values, and then
whole gaps with grounds.
"""

import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import deque
from contextlib import closing
from fractions import Fraction
from pathlib import Path

from relieftool.eligibility.evaluation import compile_for_register
from relieftool.eligibility.gaps import find_gaps
from relieftool.pack.pack_files import find_shipped_pack
from relieftool.register.register_tables import create_indices, open_throwaway_register
from relieftool.rules.kept_statements import NodeWriter
from relieftool.rules.sql import ColumnKind, format_column_name
from relieftool.rules.statement import (
    bind_households,
    compile_statement,
    list_parameter_values,
    load_checked_pack,
)
from relieftool.rules.syntax import walk
from tests.benchmarks.gaps import STATUSES, filled, seconds
from tests.support.tiny_packs import DAY

PROGRAMMES = (*("tekun", "dibao", "edge", "disability-care", "orphan", "unemployment-benefit"),)
RULES = Path(__file__).with_name("openfisca_rules.py")


def has_openfisca(python):
    """Whether a Python has OpenFisca-core."""
    asked = subprocess.run(  # noqa: S603 the interpreter that was named
        [python, "-c", "import openfisca_core"], capture_output=True, check=False
    )
    return asked.returncode == 0


def small_pack():
    """Return the shipped pack with six programmes, and priority by a single sign."""
    pack = load_checked_pack(find_shipped_pack())
    programmes = {name: pack.programmes[name] for name in PROGRAMMES}
    sign = pack.priority.indicators[0].model_copy(update={"when": "size = 1"})
    priority = pack.priority.model_copy(update={"indicators": [sign]})
    whole = compile_statement(pack, DAY, {})
    definitions = {
        name: definition
        for name, definition in pack.definitions.items()
        if {node.programme for node in walk(whole.definitions[name]) if hasattr(node, "programme")}
        <= programmes.keys()
    }
    return pack.model_copy(
        update={"programmes": programmes, "priority": priority, "definitions": definitions}
    )


def write_rules(path, pack, statement):
    """Write the trees of a statement, the values of the law, and the columns to compute."""
    values = list_parameter_values(pack, DAY)
    asked = [format_column_name(ColumnKind.CLAIMABLE, name) for name in PROGRAMMES]
    asked += [
        format_column_name(ColumnKind.AMOUNT, name, place)
        for name, rules in statement.rules.items()
        for place, _amount in enumerate(rules.amounts, start=1)
    ]
    more = {
        "asked": asked,
        "as_of": int(DAY.strftime("%Y%m%d")),
        "parameters": {
            name: float(value) if isinstance(value, Fraction) else value or 0
            for name, value in values.items()
        },
    }
    path.write_text(json.dumps(NodeWriter().write_statement(statement) | more), "utf-8")


def run_openfisca(python, rules, register):
    """Return the CPU seconds and peak megabytes of OpenFisca, and what it found."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(  # noqa: S603 the interpreter that was named
        [python, str(RULES), str(rules), str(register)], capture_output=True, check=True, text=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    taken = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return taken, after.ru_maxrss // 1024, done.stdout


def run_statement(register, statement):
    """Fetch all rows of a statement."""
    numbers = [no for (no,) in register.execute("SELECT household_no FROM households ORDER BY 1")]
    for start in range(0, len(numbers), 1000):
        bound = statement.bound | bind_households(numbers[start : start + 1000])
        deque(register.execute(statement.sql, bound), maxlen=0)


def main():
    """Measure both, or say that OpenFisca is not there."""
    count = sys.argv[1] if sys.argv[1:] else "100000"
    python = sys.argv[2] if sys.argv[2:] else sys.executable
    if not has_openfisca(python):
        sys.stdout.write("OpenFisca-core is not installed there: name a Python that has it.\n")
        return
    pack = small_pack()
    statement = compile_statement(pack, DAY, {}, is_restricted=True)
    with tempfile.TemporaryDirectory() as name, open_throwaway_register(pack) as register:
        filled(register, pack, statement, int(count))
        create_indices(register, "main")
        kinds = (*STATUSES, ColumnKind.AMOUNT, ColumnKind.AMOUNT_APPLIES)
        few = compile_for_register(register, pack, DAY, kinds)
        taken = seconds(lambda: run_statement(register, few))
        sys.stdout.write(f"{count} households, six programmes: relief's statement {taken:.1f} s\n")
        sys.stdout.flush()
        path, rules = Path(name) / "register.db", Path(name) / "rules.json"
        with closing(sqlite3.connect(path)) as copy:
            register.conn.backup(copy)
        write_rules(rules, pack, statement)
        taken, peak, found = run_openfisca(python, rules, path)
        sys.stdout.write(f"OpenFisca {taken:.1f} s, {peak:,} MB\n{found}")
        sys.stdout.flush()
        begun = time.process_time()
        find_gaps(register, pack, DAY, with_questions=False)
        sys.stdout.write(f"whole gaps {time.process_time() - begun:.1f} s\n")


if __name__ == "__main__":
    main()
