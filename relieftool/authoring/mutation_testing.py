"""Mutation testing of a pack: finds the small changes of its rules that no example notices.

A pack of thirty programmes has thousands of mutants. Examples are therefore evaluated in Python
here; compiling a statement for each mutant would take far too long.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from relieftool.authoring.examples import (
    UNKNOWN_VALUE,
    ExampleCase,
    ExampleResult,
    WrittenValue,
    apply_example_values,
    build_example_receipts,
    convert_facts,
    list_example_cases,
    read_expected_amount,
)
from relieftool.authoring.mutants import (
    FactValues,
    Mutant,
    RulesByProgramme,
    SharedTrees,
    StatedHousehold,
    TrialEvaluator,
    format_expression,
    list_mutants,
    map_trees,
    share_parts,
)
from relieftool.eligibility.findings import EligibilityOutcome, find_outcome
from relieftool.messages import ProgressCallback
from relieftool.pack.facts import Owner
from relieftool.pack.models import Pack
from relieftool.rules import syntax
from relieftool.rules.base_tables import LAW_MEMBER
from relieftool.rules.compiled_rules import CompiledRules
from relieftool.rules.parser import parse_definition
from relieftool.rules.programme_rules import list_programmes_in_force, parse_programmes
from relieftool.rules.statement import list_parameter_values
from relieftool.rules.syntax import Node
from relieftool.rules.truth import decide_any


@dataclass(frozen=True)
class Survivor:
    """A change of a rule that no example notices: its place, and its text before and after.

    `after` is None if the part is removed; `programme` is None for a definition.
    """

    programme: str | None
    place: str
    change: str
    before: str
    after: str | None


@dataclass(frozen=True)
class MutationReport:
    """The number of mutants tried, and the mutants that no example noticed."""

    tried: int
    survivors: tuple[Survivor, ...]


@dataclass(frozen=True)
class Trial:
    """An example that can be evaluated under any rules."""

    case: ExampleCase
    evaluator: TrialEvaluator
    in_force: frozenset[str]

    def answer(self, rules: RulesByProgramme) -> tuple[EligibilityOutcome, int | None]:
        """Return the outcome and the amount in fen under some rules."""
        name = self.case.programme.id
        if name not in self.in_force:
            return "not_in_force", None
        evaluator = self.evaluator.under({key: rules[key] for key in self.in_force})
        place = self.case.example.expect_for - 1
        return find_outcome(evaluator.eligible(name, place)), evaluator.amount(name, place)


def find_survivors(
    pack: Pack,
    results: Iterable[ExampleResult],
    progress: ProgressCallback,
    only: Collection[str] | None = None,
) -> MutationReport:
    """Try every mutant on the examples that pass; return the mutants that no example notices.

    `results` are those of `run_examples`, or of `try_examples`. An example that fails even without
    a mutant is left out. `only` are the programmes and definitions to change; None means all.
    """
    if only is not None and not only:
        return MutationReport(0, ())
    source = parse_shared_trees(pack)
    pairs = zip(build_trials(pack, source), results, strict=True)
    trials = [(trial, trial.answer(source.rules)) for trial, result in pairs if result.is_met]
    mutants = [
        mutant
        for mutant in list_mutants(source)
        if only is None or (mutant.programme or mutant.key.partition(".")[0]) in only
    ]
    survivors = []
    for number, mutant in enumerate(mutants):
        progress(mutant.programme or mutant.key, number, len(mutants))
        affected = _list_affected(source.rules, mutant.rules)
        is_noticed = any(
            _notices(trial, mutant, expected)
            for trial, expected in trials
            if trial.case.programme.id in affected
        )
        if not is_noticed:
            survivors.append(_build_survivor(pack, source, mutant))
    return MutationReport(len(mutants), tuple(survivors))


def try_examples(pack: Pack) -> list[ExampleResult]:
    """Return what `run_examples` does, evaluated in Python: far faster, and without a register.

    Raises:
        ReliefError: As `run_examples`, but not for a member whom an example does not have.
    """
    source = parse_shared_trees(pack)
    results = []
    for trial in build_trials(pack, source):
        example, (got, fen) = trial.case.example, trial.answer(source.rules)
        expected = read_expected_amount(trial.case)
        is_unknown = example.amount == UNKNOWN_VALUE
        names = trial.case.programme.id, example.name
        results.append(ExampleResult(*names, example.expect, got, expected, fen, is_unknown))
    return results


def _notices(trial: Trial, mutant: Mutant, expected: tuple[EligibilityOutcome, int | None]) -> bool:
    """Return whether a mutant changes an example's outcome, or its amount if it states one."""
    outcome, fen = trial.answer(mutant.rules)
    is_stated = trial.case.example.amount is not None
    return outcome != expected[0] or (is_stated and fen != expected[1])


def _list_affected(rules: RulesByProgramme, changed: RulesByProgramme) -> set[str]:
    """Return the programmes whose outcome a mutant can change.

    They are the programmes that it changes, and those that read the eligibility for an affected
    programme.
    """
    affected = {name for name in rules if changed[name] is not rules[name]}
    for name, programme in rules.items():  # in order of reference, so one pass reaches all
        nodes = (node for tree in programme.nodes for node in syntax.walk(tree))
        asked = {node.programme for node in nodes if isinstance(node, syntax.Eligible)}
        if asked & affected:
            affected.add(name)
    return affected


def parse_shared_trees(pack: Pack) -> SharedTrees:
    """Parse all expressions of a pack; equal parts become the same object."""
    pool: dict[Node, Node] = {}
    definitions = {
        name: share_parts(parse_definition(pack, definition), pool)
        for name, definition in pack.definitions.items()
    }
    rules = {
        name: map_trees(programme, lambda node: share_parts(node, pool))
        for name, programme in parse_programmes(pack).items()
    }
    return SharedTrees(rules, definitions)


def build_trials(pack: Pack, source: SharedTrees) -> list[Trial]:
    """Return every example of a pack as a trial."""
    compiled: dict[object, CompiledRules] = {}
    trials = []
    for case in list_example_cases(pack):
        in_force = list_programmes_in_force(pack, case.example.as_of)
        setting = case.example.as_of, str(case.example.parameters)
        stated = _build_stated_household(pack, case)
        rules = {key: source.rules[key] for key in in_force}
        evaluator = TrialEvaluator(stated, rules, compiled.get(setting))
        law = source.definitions.get(LAW_MEMBER)
        if law is not None and not all(stated.lives):
            lives = [
                decide_any([evaluator.truth(law, place), at_home])
                for place, at_home in enumerate(stated.lives)
            ]
            stated = replace(stated, lives=lives, at_home=stated.lives)
            evaluator = TrialEvaluator(stated, rules, evaluator.rules)
        compiled.setdefault(setting, evaluator.rules)
        trials.append(Trial(case, evaluator, in_force))
    return trials


def _build_stated_household(pack: Pack, case: ExampleCase) -> StatedHousehold:
    """Return the household that an example states, with facts in stored form."""
    example = case.example
    own = apply_example_values(
        pack, [(name, str(parameter)) for name, parameter in example.parameters.items()]
    )
    members = [
        convert_facts(pack, "member", written, f"{case.place}.members.{number}")
        for number, written in enumerate(example.members, start=1)
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
    """Return whether each programme named in an example is received; a yes wins over a no."""
    receipts = [
        (str(receipt["programme"]), receipt["says"])
        for receipt in build_example_receipts(pack, owner, case, written, None)
    ]
    return {name: (name, "yes") in receipts for name, _says in receipts}


def _lives(pack: Pack, facts: FactValues) -> bool | None:
    """Return whether a member lives with the household, as stated or presumed; None if unknown."""
    fact = pack.facts.get("lives_together")
    if fact is None:
        return True
    presumed = fact.presume.value if fact.presume else None
    lives = facts.get("lives_together", None if presumed is None else int(presumed))
    return None if lives is None else lives == 1


def _build_survivor(pack: Pack, source: SharedTrees, mutant: Mutant) -> Survivor:
    """Return a mutant as text, in which definitions are written by their names.

    A mutated definition is written out instead, because its name would hide the change.
    """
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
