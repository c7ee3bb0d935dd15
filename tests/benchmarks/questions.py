"""How long it takes to find what to ask of sparse households, against evaluating the rules.

    python -m tests.benchmarks.questions [HOUSEHOLDS]

Not a test: prints CPU seconds of one run, and how they compare with running the statement over the
same households. Sparse households have names and birth dates only; every other fact is unknown.
Then one household each of one to eight people of whom nothing but the names is known.
"""

import sys
import time
from collections import Counter
from random import Random

from relieftool.eligibility.evaluation import evaluate_register
from relieftool.eligibility.findings import Status
from relieftool.eligibility.household_findings import find_household_findings
from relieftool.pack.pack_files import find_shipped_pack
from relieftool.register.register_tables import open_throwaway_register
from relieftool.rules.statement import load_checked_pack
from tests.support.tiny_packs import DAY

HOUSEHOLDS = 120
SIZES = (1, 1, 2, 2, 2, 3, 3, 4)


def filled(register, sizes, random=None):
    """Put households of some sizes into a register; with birth dates where `random` is given."""
    homes, people = [], []
    for number, size in enumerate(sizes):
        key = {"household_no": f"H{number:05}", "is_provisional": 0}
        homes.append(
            {
                **key,
                "community_id": 1,
                "listed_members": size,
                "head_member_no": f"H{number:05}-1",
            }
        )
        for place in range(1, size + 1):
            born = random and f"{random.randint(1930, 2023)}-{random.randint(1, 12):02}-15"
            person = {"member_no": f"H{number:05}-{place}", "place": place, "birth_date": born}
            people.append({**key, **person})
    register.table("communities").insert({"community_id": 1, "name": "花园"})
    register.table("households").insert_all(homes)
    register.table("members").insert_all(people)


def measured(pack, sizes, random=None):
    """Return CPU seconds of the rules, of all findings, and of these with questions; and proofs."""
    with open_throwaway_register(pack) as register:
        filled(register, sizes, random)
        begun = time.process_time()
        evaluation = evaluate_register(register, pack, DAY)
        evaluated = time.process_time()
        for household in evaluation.households:
            find_household_findings(evaluation, household, statuses=())
        found = time.process_time()
        findings = [
            finding
            for household in evaluation.households
            for finding in find_household_findings(evaluation, household)
        ]
        for finding in findings:
            finding.find_questions()
        asked = time.process_time()
    proofs = Counter(
        proof
        for finding in findings
        if finding.status == Status.UNDETERMINED
        for proof in (finding.cheapest_proof, finding.cheapest_eligible_proof)
    )
    return evaluated - begun, found - evaluated, asked - found, proofs


def report(name, rules, findings, questions, proofs):
    """Print the figures of one register."""
    sys.stdout.write(
        f"{name}: rules {rules:.2f} s, findings {findings:.2f} s, with questions"
        f" {questions:.2f} s ({(questions - findings) / rules:.1f} x the rules more);"
        f" {dict(proofs)}\n"
    )


def main():
    """Measure the sparse street, and households of whom only the names are known."""
    pack = load_checked_pack(find_shipped_pack())
    count = int(sys.argv[1]) if sys.argv[1:] else HOUSEHOLDS
    random = Random(count)  # noqa: S311 households, no secret
    sizes = [random.choice(SIZES) for _household in range(count)]
    report(f"{count:,} sparse households", *measured(pack, sizes, random))
    for size in range(1, 9):
        report(f"only the names of {size}", *measured(pack, [size]))


if __name__ == "__main__":
    main()
