"""The rules of a statement in OpenFisca: run by `openfisca`, with a Python that has OpenFisca-core.

    python openfisca_rules.py RULES.json REGISTER.db

RULES.json has the trees of a statement as `kept_statements` keeps them, and which columns to
compute. OpenFisca knows no unknown value: a fact that is not known has its presumed value, or 0.
Nothing of relief is imported here.
"""

import json
import sqlite3
import sys
from functools import reduce
from pathlib import Path

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

MONTH = "2024-12"
COMPARED = {
    "=": np.equal,
    "<>": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
}
TYPES = {"truth": bool, "money": float, "ratio": float, "count": float}
PERSON = build_entity("person", "people", "", is_person=True)
HOUSEHOLD = build_entity("household", "households", "", roles=[{"key": "member", "label": ""}])
ENTITIES = {"person": PERSON, "member": PERSON, "household": HOUSEHOLD}


class Rules:
    """The trees, and the formulas that are made of them."""

    def __init__(self, kept):
        self.nodes = kept["nodes"]
        self.columns = {name: (owner, place) for name, owner, place in kept["planned"]}
        self.columns |= {name: (owner, place) for _node, name, owner, place in kept["questions"]}
        self.parameters, self.as_of = kept["parameters"], kept["as_of"]
        self.codes = {}

    def code(self, word):
        """Return the number that stands for the id of a choice."""
        return self.codes.setdefault(word, len(self.codes) + 1) if isinstance(word, str) else word

    def value(self, place, people):
        """Return the values of a node for all households, or for all people."""
        form, (sort, _period, _choices), owner, *fields = self.nodes[place]
        if form == "Constant":
            return self.code(fields[0])
        if form == "ParameterRef":
            return self.code(self.parameters[fields[0]])
        if owner == "household" and people.entity.is_person:
            homes = people.simulation.populations["household"]
            return homes.project(np.broadcast_to(self.value(place, homes), homes.count))
        return getattr(self, form)(people, sort, *fields)

    def read(self, people, name):
        """Return a variable for all households, or for all people."""
        return people(name, MONTH)

    def FactRef(self, people, _sort, fact, _presumed):  # noqa: N802 by form, as all below
        return self.read(people, fact)

    def ColumnRef(self, people, _sort, column, _over):  # noqa: N802
        return self.read(people, column)

    def Eligible(self, people, _sort, programme):  # noqa: N802
        return self.read(people, "eligible__" + programme.replace("-", "_"))

    def HouseholdSize(self, homes, _sort):  # noqa: N802
        return homes.nb_persons()

    def Receives(self, people, _sort, _programme):  # noqa: N802
        return np.zeros(people.count, bool)

    def PaidAmount(self, people, _sort, _programme):  # noqa: N802
        return np.zeros(people.count)

    def YearsSince(self, people, _sort, of):  # noqa: N802
        return (self.as_of - self.value(of, people)) // 10_000

    def FirstKnown(self, people, _sort, parts):  # noqa: N802
        values = [self.value(part, people) for part in parts]
        return reduce(lambda last, value: np.where(value != 0, value, last), reversed(values))

    def OnlyIf(self, people, _sort, when, of):  # noqa: N802
        return np.where(self.value(when, people), self.value(of, people), 0)

    def AtLeastZero(self, people, _sort, of):  # noqa: N802
        return np.maximum(self.value(of, people), 0)

    def Arithmetic(self, people, _sort, operator, left, right):  # noqa: N802
        return COMPARED[operator](self.value(left, people), self.value(right, people))

    Compare = Arithmetic

    def OneOf(self, people, _sort, of, values):  # noqa: N802
        return np.isin(self.value(of, people), [self.code(value) for value in values])

    def IsUnknown(self, people, _sort, of):  # noqa: N802
        return self.value(of, people) == 0

    def IsCertain(self, people, _sort, of, wanted):  # noqa: N802
        truth = self.value(of, people)
        return truth if wanted else np.logical_not(truth)

    def Not(self, people, _sort, of):  # noqa: N802
        return np.logical_not(self.value(of, people))

    def And(self, people, _sort, parts):  # noqa: N802
        values = [self.value(part, people) for part in parts]
        return reduce(np.logical_and, values, np.ones(people.count, bool))

    def Or(self, people, _sort, parts):  # noqa: N802
        values = [self.value(part, people) for part in parts]
        return reduce(np.logical_or, values, np.zeros(people.count, bool))

    def OverMembers(self, homes, _sort, question, of):  # noqa: N802
        values = np.broadcast_to(self.value(of, homes.members), homes.members.count)
        ask = {"any": homes.any, "all": homes.all, "count": homes.sum, "sum": homes.sum}
        return ask[question](values)


def build_variable(name, owner, value_type, *, default=0, formula=None):
    """Return a variable of a household or person."""
    parts = {
        "value_type": value_type,
        "entity": ENTITIES[owner],
        "definition_period": DateUnit.MONTH,
        "default_value": value_type(default or 0),
    }
    return type(name, (Variable,), parts | ({"formula": formula} if formula else {}))


def build_system(rules):
    """Return the tax and benefit system of the rules, and its facts by unit."""
    system = TaxBenefitSystem([PERSON, HOUSEHOLD])
    facts = {"household": {}, "member": {}}
    for form, (sort, _period, _choices), owner, *fields in rules.nodes:
        if form == "FactRef" and fields[0] not in facts[owner]:
            facts[owner][fields[0]] = sort
            default = rules.code(fields[1])
            kind = TYPES.get(sort, int)
            system.add_variable(build_variable(fields[0], owner, kind, default=default))
    for name, (owner, place) in rules.columns.items():
        formula = build_formula(rules, place)
        sort = rules.nodes[place][1][0]
        system.add_variable(build_variable(name, owner, TYPES[sort], formula=formula))
    return system, facts


def build_formula(rules, place):
    """Return the formula of a column."""

    def formula(people, _period):
        return np.broadcast_to(rules.value(place, people), people.count)

    return formula


def read_column(rules, values, sort):
    """Return a column of the register as numbers; what is unknown is 0."""
    if sort == "choice":
        return np.array([rules.code(value) if value else 0 for value in values])
    if sort == "date":
        return np.array([int(value.replace("-", "")) if value else 0 for value in values])
    return np.array([value or 0 for value in values], TYPES[sort])


def main():
    """Read the register, compute the columns, and print how many are true or more than 0."""
    kept = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    rules = Rules(kept)
    system, facts = build_system(rules)
    register = sqlite3.connect(sys.argv[2])
    builder = SimulationBuilder()
    builder.create_entities(system)
    numbers = [no for (no,) in register.execute("SELECT household_no FROM households ORDER BY 1")]
    of_people = [no for (no,) in register.execute("SELECT household_no FROM members ORDER BY 1")]
    places = {number: place for place, number in enumerate(numbers)}
    builder.declare_person_entity("person", list(range(len(of_people))))
    homes = builder.declare_entity("household", list(range(len(numbers))))
    joined = np.array([places[number] for number in of_people])
    builder.join_with_persons(homes, joined, ["member"] * len(of_people))
    simulation = builder.build(system)
    for unit, table in (("household", "households"), ("member", "members")):
        named = ", ".join(facts[unit])
        rows = register.execute(f"SELECT {named} FROM {table} ORDER BY household_no").fetchall()
        for (name, sort), values in zip(facts[unit].items(), zip(*rows, strict=True), strict=True):
            known = read_column(rules, values, sort)
            default = system.get_variable(name).default_value
            given = np.array([value is None for value in values])
            simulation.set_input(name, MONTH, np.where(given, default, known))
    for name in kept["asked"]:
        found = simulation.calculate(name, MONTH)
        sys.stdout.write(f"{name} {int((found > 0).sum())}\n")


if __name__ == "__main__":
    main()
