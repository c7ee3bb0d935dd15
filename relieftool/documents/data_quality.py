"""How much of each fact is known that open questions ask for, and what hangs on the rest."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter

from sqlite_utils import Database

from relieftool.eligibility.question_records import OpenQuestion, QuestionSums
from relieftool.eligibility.questions import PLACES
from relieftool.messages import _
from relieftool.output.result import Column, RecordTable
from relieftool.pack.facts import Fact
from relieftool.pack.models import Pack


@dataclass(frozen=True)
class KnownShare:
    """Of how many households or members a fact is known, and what hangs on the others.

    `place` is a community or a file; '' is all. `asked` counts the households that are asked about
    it. `at_stake_fen_per_month` is what they could be owed at most, less what is sure; each
    household counts once.
    """

    fact: Fact
    known: int
    count: int
    asked: int
    at_stake_fen_per_month: int
    place: str = ""

    @property
    def share(self) -> str:
        """Return the share known in percent, rounded down: only what is whole is 100%."""
        return f"{100 * self.known // self.count}%" if self.count else ""


def list_known_shares(
    db: Database, pack: Pack, community: str | None, questions: Iterable[OpenQuestion]
) -> list[KnownShare]:
    """Return the facts that open questions ask for, of one community or of all (None).

    They are ordered by the yuan that hang on them, the most first, and then as in the pack.
    """
    stakes: dict[str, dict[frozenset[str], int]] = defaultdict(dict)
    for question in questions:
        if question.topic.fact in pack.facts and not question.is_idle:
            fen = question.at_stake_fen_per_month or 0
            of_fact = stakes[question.topic.fact]
            of_fact[question.households] = max(fen, of_fact.get(question.households, 0))
    shares = []
    for fact in (each for each in pack.facts.values() if each.id in stakes):
        of_fact = stakes[fact.id]
        known, count = _count_known(db, fact, community)
        asked = len(frozenset().union(*of_fact))
        shares.append(KnownShare(fact, known, count, asked, sum(of_fact.values())))
    return sorted(shares, key=attrgetter("at_stake_fen_per_month"), reverse=True)


def _count_known(db: Database, fact: Fact, community: str | None) -> tuple[int, int]:
    """Return of how many households or members a fact is known, and how many there are."""
    of_member = "JOIN members USING (household_no)" if fact.owner == "member" else ""
    sql = f"""
        SELECT count("{fact.id}"), count(*) FROM households JOIN communities USING (community_id)
        {of_member} WHERE :community IS NULL OR communities.name = :community
    """
    known, count = db.execute(sql, {"community": community}).fetchone()
    return known, count


def list_known_by_place(
    db: Database, pack: Pack, sums: Sequence[QuestionSums], per: str
) -> list[KnownShare]:
    """Return the facts that open questions ask for, by community or by file, as `sums` are.

    The places are in the order of `sums`; of each, the fact on which most yuan hang comes first.
    """
    places = {each.name: place for place, each in reversed([*enumerate(sums)])}
    shares = []
    asked = {each.fact for each in sums}
    for fact in (each for each in pack.facts.values() if each.id in asked):
        owners = "members" if fact.owner == "member" else "households"
        of_member = "JOIN members USING (household_no)" if owners == "members" else ""
        counted = db.execute(f"""
            SELECT place.name, count({owners}."{fact.id}"), count(*) FROM ({PLACES[per]}) AS place
            JOIN households USING (household_no) {of_member} GROUP BY place.name
        """)
        known = {name: (told, count) for name, told, count in counted.fetchall()}
        shares += [
            KnownShare(
                *(fact, *known[each.name]), each.households, each.at_stake_fen_per_month, each.name
            )
            for each in sums
            if each.fact == fact.id and each.households and each.name in known
        ]
    return sorted(shares, key=lambda each: (places[each.place], -each.at_stake_fen_per_month))


def build_known_table(
    shares: Sequence[KnownShare], place: str | None = None
) -> RecordTable[KnownShare]:
    """Return the table of what is known of each fact; `place` is the label of where, if at all."""
    where = [Column[KnownShare]("place", place)] if place else []
    columns = (
        *where,
        Column[KnownShare]("fact", _("Fact"), value=lambda share: str(share.fact.labels)),
        Column[KnownShare].number("known", _("Known of")),
        Column[KnownShare].number("count", _("of all")),
        Column[KnownShare]("share", _("Share"), justify="right"),
        Column[KnownShare].number("asked", _("Households asked about")),
        Column[KnownShare].money(
            *("at_stake", _("Yuan a month at stake")), value="at_stake_fen_per_month"
        ),
    )
    note = _("On the facts of a household hang the same yuan: the column has no sum.")
    title = _("What is known, and what the unknown costs")
    return RecordTable(
        title, columns, shares, [note], weigh=lambda share: -share.at_stake_fen_per_month
    )


def describe_shares(shares: Iterable[KnownShare]) -> dict[str, list[dict[str, object]]]:
    """Return for JSON what is known of each fact, by place."""
    by_place: dict[str, list[dict[str, object]]] = defaultdict(list)
    for share in shares:
        told = {name: getattr(share, name) for name in _FIGURES}
        by_place[share.place].append({"fact": share.fact.id, **told})
    return by_place


_FIGURES = ("known", "count", "asked", "at_stake_fen_per_month")
