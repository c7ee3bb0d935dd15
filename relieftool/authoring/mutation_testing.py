"""What the examples of a pack would not notice: each small change of a rule that fails none.

Examples are asked in SQL by `examples`; here the same facts are asked in Python, a variant at a
time, because a pack of some thirty programmes has thousands of variants.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from relieftool.authoring.examples import (
    ExampleCase,
    ExampleResult,
    WrittenValue,
    apply_example_values,
    build_example_receipts,
    convert_facts,
    list_example_cases,
)
from relieftool.authoring.mutants import (
    FactValues,
    Mutant,
    ProgrammeTrees,
    SharedTrees,
    StatedHousehold,
    TrialEvaluator,
    format_expression,
    list_mutants,
    list_trees,
    share_parts,
)
from relieftool.eligibility.findings import EligibilityOutcome, find_outcome
from relieftool.pack.facts import Owner
from relieftool.pack.models import Pack
from relieftool.rules import syntax
from relieftool.rules.parser import parse_definition
from relieftool.rules.programme_rules import parse_programmes
from relieftool.rules.statement import list_parameter_values
from relieftool.rules.syntax import Node

ProgressCallback = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Survivor:
    """A change of a rule that no example notices: where it stands, and its text before and after.

    `after` is None for a part that is taken out; `programme` is None for a definition.
    """

    programme: str | None
    place: str
    change: str
    before: str
    after: str | None


@dataclass(frozen=True)
class MutationReport:
    """How many changes were tried, and those that no example noticed."""

    tried: int
    survivors: tuple[Survivor, ...]


@dataclass(frozen=True)
class Trial:
    """One example as the evaluator sees it: its facts, the rules in force, what must come out."""

    case: ExampleCase
    meaning: TrialEvaluator
    in_force: frozenset[str]

    def answer(self, rules: Mapping[str, ProgrammeTrees]) -> tuple[EligibilityOutcome, int | None]:
        """Return outcome and amount under some rules."""
        name = self.case.programme.id
        if name not in self.in_force:
            return "not_in_force", None
        asked = self.meaning.under({key: rules[key] for key in self.in_force})
        place = self.case.example.expect_for - 1
        outcome = find_outcome(asked.eligible(name, place))
        return outcome, asked.amount(name, place)


def find_survivors(
    pack: Pack, results: Iterable[ExampleResult], tell: ProgressCallback
) -> MutationReport:
    """Try every mutant on the examples that are met; return those that no example notices.

    `results` are those of `run_examples`: an example that is not met can tell nothing apart.
    """
    source = parse_shared_trees(pack)
    met = [result.is_met for result in results]
    asked = [one for one, is_met in zip(build_trials(pack, source), met, strict=True) if is_met]
    wanted = {id(one): one.answer(source.rules) for one in asked}
    every = list(list_mutants(source))
    survivors = []
    for number, mutant in enumerate(every):
        tell(mutant.programme or mutant.key, number, len(every))
        touched = _touched(source.rules, mutant.rules)
        witnesses = (one for one in asked if one.case.programme.id in touched)
        if not any(_notices(witness, mutant, wanted[id(witness)]) for witness in witnesses):
            survivors.append(_survivor(pack, source, mutant))
    return MutationReport(len(every), tuple(survivors))


def _notices(trial: Trial, mutant: Mutant, wanted: tuple[EligibilityOutcome, int | None]) -> bool:
    """Return whether an example fails under a mutant; the amount counts where it is stated."""
    outcome, fen = trial.answer(mutant.rules)
    is_stated = trial.case.example.amount is not None
    return outcome != wanted[0] or (is_stated and fen != wanted[1])


def _touched(
    rules: Mapping[str, ProgrammeTrees], changed: Mapping[str, ProgrammeTrees]
) -> set[str]:
    """Name the programmes that differ, and those whose rules ask about them."""
    touched = {name for name in rules if changed[name] is not rules[name]}
    for name, trees in rules.items():  # in the order of reference
        asked = {
            node.programme
            for tree in list_trees(trees)
            for node in syntax.walk(tree)
            if isinstance(node, syntax.Eligible)
        }
        if asked & touched:
            touched.add(name)
    return touched


def parse_shared_trees(pack: Pack) -> SharedTrees:
    """Read all expressions of a pack, equal parts as one object."""
    pool: dict[Node, Node] = {}
    definitions = {
        name: share_parts(parse_definition(pack, definition), pool)
        for name, definition in pack.definitions.items()
    }
    rules, keys = {}, {}
    for name, programme in parse_programmes(pack).items():
        keys[name] = tuple(programme.criteria)
        rules[name] = ProgrammeTrees(
            programme.programme.unit,
            None if programme.trigger is None else share_parts(programme.trigger, pool),
            tuple(share_parts(node, pool) for node in programme.criteria.values()),
            tuple(
                (None if when is None else share_parts(when, pool), share_parts(value, pool))
                for when, value in programme.amounts
            ),
        )
    return SharedTrees(rules, definitions, keys)


def build_trials(pack: Pack, source: SharedTrees) -> list[Trial]:
    """Return every example of a pack, ready to be asked."""
    lasting = _lasting(source.rules.values())
    listed = []
    for case in list_example_cases(pack):
        day = case.example.as_of
        in_force = frozenset(
            name for name, programme in pack.programmes.items() if programme.is_in_force(day)
        )
        meaning = TrialEvaluator(_stated(pack, case), source.rules, lasting)
        listed.append(Trial(case, meaning, in_force))
    return listed


def _lasting(rules: Iterable[ProgrammeTrees]) -> frozenset[int]:
    """Return the nodes whose values no mutant elsewhere can change: those that ask no programme."""
    nodes = [node for trees in rules for tree in list_trees(trees) for node in syntax.walk(tree)]
    return frozenset(
        id(node)
        for node in nodes
        if not any(isinstance(part, syntax.Eligible) for part in syntax.walk(node))
    )


def _stated(pack: Pack, case: ExampleCase) -> StatedHousehold:
    """Return what an example says, as stored."""
    example = case.example
    own = apply_example_values(
        pack, [(name, str(parameter)) for name, parameter in example.parameters.items()]
    )
    members = [
        convert_facts(pack, "member", written, f"{case.place}.members.{place}")
        for place, written in enumerate(example.members, start=1)
    ]
    return StatedHousehold(
        as_of=example.as_of,
        parameters=list_parameter_values(own, example.as_of),
        household=convert_facts(pack, "household", example.household, case.place),
        members=members,
        lives=[_lives(pack, facts) for facts in members],
        household_receives=_receives(pack, "household", case, example.household),
        members_receive=[_receives(pack, "member", case, member) for member in example.members],
    )


def _receives(
    pack: Pack, owner: Owner, case: ExampleCase, written: Mapping[str, WrittenValue]
) -> dict[str, bool]:
    """Say of each programme listed whether it is drawn; a roster's yes goes before a sheet's no."""
    said = [
        (example_receipt["programme"], example_receipt["says"])
        for example_receipt in build_example_receipts(pack, owner, case, written, None)
    ]
    names = {str(name) for name, _says in said}
    return {name: (name, "yes") in said for name in names}


def _lives(pack: Pack, facts: FactValues) -> bool | None:
    """Return whether a member lives with the household; the pack may presume it."""
    fact = pack.facts.get("lives_together")
    if fact is None:
        return True
    presumed = fact.presume.value if fact.presume else None
    found = facts.get("lives_together", None if presumed is None else int(presumed))
    return None if found is None else found == 1


def _survivor(pack: Pack, source: SharedTrees, mutant: Mutant) -> Survivor:
    """Say in the pack's own words what a mutant changes."""
    names = {
        id(node): name
        for name, node in source.definitions.items()
        if mutant.programme or f"{name}.value" != mutant.key
    }
    file = pack.files.get(mutant.programme, mutant.programme) if mutant.programme else None
    return Survivor(
        mutant.programme,
        f"{file or 'definitions.toml'}: {mutant.key}",
        mutant.change,
        format_expression(mutant.before, names),
        None if mutant.after is None else format_expression(mutant.after, names),
    )
