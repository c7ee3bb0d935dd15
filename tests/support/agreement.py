"""What the compiled rules say and what the plain reference says of the same households, compared.

A drawn household is a dict of facts with `receives` (by programme True, False or None) and
`members`, dicts of the same kind.
"""

from contextlib import contextmanager
from fractions import Fraction

from hypothesis import HealthCheck, reject, settings

from relieftool.authoring.mutants import StatedHousehold, TrialEvaluator
from relieftool.eligibility.evaluation import find_amount_due
from relieftool.errors import ReliefError
from relieftool.rules.programme_rules import parse_programmes
from relieftool.rules.sql import ColumnKind, format_column_name
from relieftool.rules.statement import list_parameter_values
from tests.support.reference import Reference
from tests.support.tiny_packs import DAY, InDoubt, as_truth, evaluated, home, person, receipt

FULL = settings(
    database=None, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
SAYS = {True: ("yes", "roster"), False: ("no", "sheet"), None: ("maybe", "roster")}


@contextmanager
def only_open_conditions():
    """Draw anew where a condition is refused because it can come out one way only."""
    try:
        yield
    except ReliefError:
        reject()


def receipts_of(stated):
    """Turn what is received into what a roster or sheet would say."""
    return [receipt(name, *SAYS[truth]) for name, truth in stated["receives"].items()]


def facts_of(stated):
    """Return the facts of a drawn household or member."""
    return {key: stated[key] for key in stated if key not in ("receives", "members")}


def stored(stated):
    """Turn a drawn household into one of the register."""
    members = [person(receipts_of(each), **facts_of(each)) for each in stated["members"]]
    return home(members, receipts_of(stated), **facts_of(stated))


def compiled(statement, row, names):
    """Return criteria, eligibility and amount of programmes as the SQL has them."""
    return {
        name: (
            {
                key: as_truth(row[format_column_name(ColumnKind.CRITERION, name, key)])
                for key in statement.rules[name].criteria
            },
            as_truth(row[format_column_name(ColumnKind.ELIGIBLE, name)]),
            nought_or_more(find_amount_due(statement.rules[name], row)),
        )
        for name in names
    }


def expected(reference, names, member=None):
    """Return criteria, eligibility and amount of programmes as the reference has them."""
    return {
        name: (
            reference.criteria(name, member),
            reference.eligible(name, member),
            nought_or_more(whole(reference.amount(name, member))),
        )
        for name in names
    }


def whole(amount):
    """Round an amount to whole fen, halves up."""
    return None if amount is None else (Fraction(amount) + Fraction(1, 2)).__floor__()


def nought_or_more(amount):
    """Take an amount below nought, which nobody is due, as nought."""
    return None if amount is None else max(0, amount)


def read_off(evaluation, household, names, member=None):
    """Return the criteria as explanations read them off the rows."""
    evaluator = household.evaluator(evaluation.statement)
    rules = evaluation.statement.rules
    row = None if member is None else member.row
    return {
        name: {key: evaluator.value(node, row) for key, node in rules[name].criteria.items()}
        for name in names
    }


def tried(reference, stated, plain):
    """Return the evaluator that variants of a pack's rules are tried in."""
    statement, members = reference.statement, stated["members"]
    rules = {name: plain[name] for name in statement.in_force}
    known = StatedHousehold(
        statement.as_of,
        list_parameter_values(statement.pack, statement.as_of),
        stated,
        members,
        list(map(reference.lives, members)),
        stated["receives"],
        [member["receives"] for member in members],
        list(map(reference.at_home, members)),
    )
    return TrialEvaluator(known, rules)


def tried_answers(evaluator, rules, names, place=None):
    """Return criteria, eligibility and amount of programmes as that evaluator has them."""
    return {
        name: (
            {key: evaluator.value(node, place) for key, node in rules[name].criteria.items()},
            evaluator.eligible(name, place),
            nought_or_more(evaluator.amount(name, place)),
        )
        for name in names
    }


def priority_of(statement, row):
    """Return indicators and money of the priority rule as the SQL has them."""
    truths = {
        name: as_truth(row[format_column_name(ColumnKind.INDICATOR, name)])
        for name in statement.indicators
    }
    return truths | {name: nought_or_more(row[name]) for name in statement.money}


def expected_priority(reference):
    """Return indicators and money of the priority rule as the reference has them."""
    statement = reference.statement
    truths = {name: reference.value(node) for name, node in statement.indicators.items()}
    money = {name: whole(reference.value(node)) for name, node in statement.money.items()}
    return truths | {name: nought_or_more(fen) for name, fen in money.items()}


def assert_agreement(pack, households, as_of=DAY):
    """Compare SQL and reference, household by household and member by member."""
    evaluation = evaluated(pack, *map(stored, households), as_of=as_of)
    statement, in_force = evaluation.statement, evaluation.statement.in_force
    units = {
        unit: [
            name for name, each in pack.programmes.items() if each.unit == unit and name in in_force
        ]
        for unit in ("household", "member")
    }
    by_number = {each.household_no: each for each in evaluation.households}
    plain = parse_programmes(pack)  # as a pack's author writes them: examples are never in doubt
    for number, stated in enumerate(households, start=1):
        found = by_number[f"H{number}"]
        reference = Reference(statement, stated, stated["members"])
        is_doubted = has_doubts(stated)
        trial = None if is_doubted else tried(reference, stated, plain)
        wanted = expected(reference, units["household"])
        assert compiled(statement, found.row, units["household"]) == wanted
        assert read_off(evaluation, found, units["household"]) == criteria_of(wanted)
        assert is_doubted or tried_answers(trial, plain, units["household"]) == wanted
        assert priority_of(statement, found.row) == expected_priority(reference)
        for place, (member, one) in enumerate(zip(found.members, stated["members"], strict=True)):
            wanted = expected(reference, units["member"], one)
            assert compiled(statement, member.row, units["member"]) == wanted
            assert read_off(evaluation, found, units["member"], member) == criteria_of(wanted)
            assert is_doubted or (tried_answers(trial, plain, units["member"], place) == wanted)


def has_doubts(stated):
    """Whether any fact of a drawn household is in doubt: examples of packs never are."""
    units = (stated, *stated["members"])
    return any(isinstance(value, InDoubt) for unit in units for value in unit.values())


def criteria_of(answers):
    """Take the criteria out of what is said of programmes."""
    return {name: criteria for name, (criteria, _eligible, _amount) in answers.items()}
