"""What a few files became: households, people, facts, receipts and problems, at once."""

from contextlib import closing

from relieftool.idnumbers import check_digit
from relieftool.intake import keep_files, read_paths
from relieftool.registry.imports import list_problems
from relieftool.registry.store import open_database
from tests.registers import rows, shipped_pack
from tests.rows_accounted import lost_rows


def person(place):
    """Give the ID number of an invented person, by a number from 0."""
    body = f"3603021970{1 + place % 12:02}{1 + place % 28:02}{place:03}"
    return body + check_digit(body)


A, B, C, D, E = (person(place) for place in range(1, 6))


def imported(folder, *paths):
    """Import files into a new register and give what they became; no row may be lost."""
    with closing(open_database(folder / "relief.db", create=True)) as db:
        keep_files(db, shipped_pack(), read_paths(shipped_pack(), list(paths)))
        assert [lost for path in paths for lost in lost_rows(db, path)] == []
        return Outcome(db)


class Outcome:
    """What a register holds, each as plain lists."""

    def __init__(self, db):
        found = rows(
            db,
            "SELECT household_no, communities.name, members.name, id_number FROM households"
            " JOIN communities USING (community_id) JOIN members USING (household_no)"
            " ORDER BY household_no, place",
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
        self.roles = rows(db, "SELECT role, count(*) FROM source_rows GROUP BY role ORDER BY role")
        self._facts = {
            owner: [dict(row) for row in db.query(f"SELECT * FROM {owner} ORDER BY {key}")]
            for owner, key in (("households", "household_no"), ("members", "household_no, place"))
        }

    def fact(self, name):
        """Give the values of a fact, in the order of households and members."""
        owner = shipped_pack().facts[name].owner + "s"
        return [row[name] for row in self._facts[owner]]
