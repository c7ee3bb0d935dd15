"""How much of each fact is known that open questions ask for, and what hangs on the rest."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

from sqlite_utils import Database

from relieftool.eligibility.question_records import OpenQuestion
from relieftool.messages import _
from relieftool.output.result import Column, RecordTable
from relieftool.pack.facts import Fact
from relieftool.pack.models import Pack


@dataclass(frozen=True)
class KnownShare:
    """Of how many households or members a fact is known, and what hangs on the others.

    `asked` counts the households that are asked about it. `at_stake_fen_per_month` is what they
    could be owed at most, less what is sure; each household counts once.
    """

    fact: Fact
    known: int
    count: int
    asked: int
    at_stake_fen_per_month: int

    @property
    def share(self) -> str:
        """Return the share known in percent, rounded down: only what is whole is 100%."""
        return f"{100 * self.known // self.count}%" if self.count else ""


def list_known_shares(
    db: Database, pack: Pack, community: str | None, questions: Iterable[OpenQuestion]
) -> list[KnownShare]:
    """Return the facts that open questions ask for, of one community or of all (None).

    The one on which most yuan hang comes first.
    """
    stakes: dict[str, dict[frozenset[str], int]] = defaultdict(dict)
    for question in questions:
        if question.topic.fact in pack.facts and not question.is_idle:
            fen = question.at_stake_fen_per_month or 0
            of_fact = stakes[question.topic.fact]
            of_fact[question.households] = max(fen, of_fact.get(question.households, 0))
    shares = []
    for name, of_fact in stakes.items():
        fact = pack.facts[name]
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


def build_known_table(shares: list[KnownShare]) -> RecordTable[KnownShare]:
    """Return the table of what is known of each fact."""
    columns = (
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
    return RecordTable(_("What is known, and what the unknown costs"), columns, shares, [note])
