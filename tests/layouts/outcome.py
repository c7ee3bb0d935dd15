"""What a few files became: households, people, facts, receipts and problems, at once."""

from contextlib import closing

from relieftool.intake.imports import record_files
from relieftool.intake.source_files import read_paths
from relieftool.store.database import open_database
from relieftool.store.imports import list_problems
from relieftool.values.id_numbers import compute_check_digit
from tests.support.registers import empty_register, rows, shipped_pack
from tests.support.rows_accounted import lost_rows


def person(place):
    """Return the ID number of an invented person, by a number from 0."""
    body = f"3603021970{1 + place % 12:02}{1 + place % 28:02}{place:03}"
    return body + compute_check_digit(body)


A, B, C, D, E = (person(place) for place in range(1, 6))


def imported(folder, *paths):
    """Import files into a new register and give what they became; no row may be lost."""
    with closing(open_database(empty_register(folder / "relief.db"))) as db:
        record_files(db, shipped_pack(), read_paths(shipped_pack(), list(paths)))
        assert [lost for path in paths for lost in lost_rows(db, path)] == []
        return Outcome(db)


_HEADS = """SELECT name FROM households JOIN members ON member_no = head_member_no
    ORDER BY households.household_no"""


class Outcome:
    """What a register holds, each as plain lists."""

    def __init__(self, db):
        found = rows(
            db,
            "SELECT household_no, communities.name, members.name, id_number FROM households"
            " JOIN communities USING (community_id) JOIN members USING (household_no)"
            " ORDER BY household_no, member_no != head_member_no, place",
        )
        numbered = {}
        for number, community, name, id_number in found:
            numbered.setdefault(number, (community, []))[1].append((name, id_number))
        self.numbers = list(numbered)
        self.households = sorted(
            ((place, *(name for name, _id in people)) for place, people in numbered.values()),
            key=str,
        )
        self.with_ids = sorted(id_number for *_rest, id_number in found if id_number)
        self.problems = sorted(
            (one.problem.code, one.problem.row, one.problem.column) for one in list_problems(db)
        )
        self.receipts = rows(
            db,
            "SELECT members.name, programme, amount_fen, covers_until FROM receipts"
            " JOIN members USING (member_no) WHERE says = 'yes' ORDER BY members.name, programme",
        )
        paid = rows(db, "SELECT amount_fen FROM receipts WHERE says = 'yes' ORDER BY row_id")
        self.amounts = [fen for (fen,) in paid]
        self.heads = [name for (name,) in rows(db, _HEADS)]
        self.people = rows(db, "SELECT household_no, name, relation FROM members ORDER BY place")
        self.states = rows(
            db,
            "SELECT household_no, fact, state, low, high FROM fact_states"
            " ORDER BY household_no, member_no, fact",
        )
        self.roles = rows(db, "SELECT role, count(*) FROM source_rows GROUP BY role ORDER BY role")
        self._places = dict(rows(db, "SELECT community_id, name FROM communities"))
        self._facts = {
            owner: [dict(row) for row in db.query(f"SELECT * FROM {owner} ORDER BY {key}")]
            for owner, key in (("households", "household_no"), ("members", "household_no, place"))
        }

    @property
    def whole(self):
        """Return each household with what is known of it and its people, by its first person.

        A household is (community, facts, people), a person (name, ID number, relation, facts);
        sex and birthday, which the ID number tells, are left out where there is one, and kinship,
        which the relation tells.
        """
        facts = shipped_pack().facts
        known = {
            owner: lambda row, owner=owner: {
                name: row[name]
                for name, fact in facts.items()
                if fact.owner == owner and row[name] is not None and name != "kinship"
            }
            for owner in ("household", "member")
        }
        people = {}
        for row in self._facts["members"]:
            facts_of = known["member"](row)
            if row["id_number"]:
                facts_of = {k: v for k, v in facts_of.items() if k not in ("sex", "birth_date")}
            one = (row["name"], row["id_number"], row["relation"], facts_of)
            people.setdefault(row["household_no"], []).append(one)
        homes = [
            (self._places[row["community_id"]], known["household"](row), people[number])
            for row in self._facts["households"]
            for number in [row["household_no"]]
            if number in people
        ]
        return sorted(homes, key=lambda home: str(home[2][0][0]))

    def fact(self, name):
        """Return the values of a fact, in the order of households and members."""
        owner = shipped_pack().facts[name].owner + "s"
        return [row[name] for row in self._facts[owner]]
