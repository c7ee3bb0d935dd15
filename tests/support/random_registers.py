"""Random registers of a pack, side by side in one: facts, receipts and rosters, much unknown."""

from random import Random

from tests.support.drawn_households import used_facts, values

DATES = (None, "2023-01-31", "2024-10-31", "2024-11-30", "2024-12-31", "2025-01-31")
FIRST_DAYS = (None, "2023-01-01", "2024-11-01", "2024-12-10", "2024-12-11")


def fill_with_random_registers(register, pack, as_of, statement, count):
    """Add registers of one to three households, each a community of its own."""
    drawn = Drawn(pack, as_of, statement, Random(count))  # noqa: S311 households, no secret
    known = register.execute("SELECT max(community_id) FROM communities").fetchone()[0] or 0
    for place in range(known + 1, known + count + 1):
        register.table("communities").insert({"community_id": place, "name": f"{place}号"})
        drawn.add_rosters(register, place)
        for number in range(drawn.random.randint(1, 3)):
            drawn.add_household(register, place, f"R{place}-{number}")


class Drawn:
    """Draws facts and receipts from what a pack's rules can tell apart."""

    def __init__(self, pack, as_of, statement, random):
        self.random = random
        self.pack = pack
        self.programmes = list(pack.programmes.values())
        used = used_facts(statement) | {"stated_size"}
        self.facts = {
            owner: {
                fact.id: values(pack, as_of, fact)
                for fact in pack.facts.values()
                if fact.owner == owner and fact.id in used
            }
            for owner in ("household", "member")
        }

    def draw_facts(self, owner):
        return {name: self.random.choice(among) for name, among in self.facts[owner].items()}

    def add_states(self, register, number, member_no, facts):
        """Say of some unknown facts why they are: a cell cannot be read, or has a class."""
        figures = {fact.id for fact in self.pack.facts.values() if fact.is_figure}
        register.table("fact_states").insert_all(
            {
                "household_no": number,
                "member_no": member_no,
                "fact": name,
                "row_ids": "[]",
                **dict(
                    zip(("state", "low", "high"), self.draw_state(name in figures), strict=True)
                ),
            }
            for name, value in facts.items()
            if value is None and self.random.random() < 0.4
        )

    def draw_state(self, is_figure):
        ranges = [("range", 0, 60000), ("range", 50000, None), ("range", 6000, 93500)]
        doubts = [("unusable", None, None), ("disputed", None, None)]
        return self.random.choice(doubts + (ranges if is_figure else []))

    def add_household(self, register, place, number):
        size = self.random.choice((0, 1, 1, 2, 3))
        members = [f"{number}-{nth}" for nth in range(1, size + 1)]
        own = self.draw_facts("household")
        of_members = {member: self.draw_facts("member") for member in members}
        register.table("households").insert(
            {
                "household_no": number,
                "community_id": place,
                "is_provisional": 0,
                "listed_members": size,
                "dated_on": self.random.choice((None, "2024-12-01")),
                **own,
            }
        )
        self.add_states(register, number, None, own)
        for member, facts in of_members.items():
            self.add_states(register, number, member, facts)
        register.table("members").insert_all(
            {
                "member_no": member,
                "household_no": number,
                "place": nth,
                "is_provisional": 0,
                "name": "某人",
                "id_number": "360302197003051237",
                **of_members[member],
            }
            for nth, member in enumerate(members)
        )
        register.table("receipts").insert_all(
            self.draw_receipt(number, members) for _ in range(self.random.choice((0, 2, 6)))
        )

    def draw_receipt(self, number, members):
        pick = self.random.choice
        programme = pick(self.programmes)
        return {
            "household_no": number,
            "member_no": pick([None, *members, *members]),
            "programme": programme.id,
            "says": pick(("yes", "yes", "no", "maybe")),
            "origin": pick(("roster", "sheet")),
            "amount_fen": pick((None, 5000, 10001, 123456)),
            "amount_period": pick((programme.period, programme.period, "year", None)),
            "covers_from": pick(FIRST_DAYS),
            "covers_until": pick(DATES),
            "is_open": pick((0, 0, 0, 1)),
            "row_id": 0,
        }

    def add_rosters(self, register, place):
        pick = self.random.choice
        register.table("rosters").insert_all(
            {
                "programme": pick(self.programmes).id,
                "community_id": place,
                "covers_from": pick(FIRST_DAYS),
                "covers_until": pick(DATES),
                "is_complete": pick((0, 1, 1)),
            }
            for _ in range(3)
        )
