"""The visit list as a table and as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from relieftool.gaps import Gaps
from relieftool.messages import _
from relieftool.output.cells import Cell, format_yuan, yuan
from relieftool.output.gap_result import Name, gaps_result, shown_name
from relieftool.output.result import Column, Grid, Result
from relieftool.output.words_of_findings import fact_word, programme_word
from relieftool.pack.models import Pack
from relieftool.rules.cheapest import RECEIPT
from relieftool.visits import PlannedVisit, decided_by_rosters, plan_visits


def visits_result(gaps: Gaps, *, is_revealed: bool) -> Result:
    """Give undetermined findings as a list of visits."""
    name = shown_name(is_revealed=is_revealed)
    visits = plan_visits(gaps.findings)
    names = {one.member_no: one.member for one in gaps.findings if one.member_no}
    asking = _Questions(gaps.pack, name, names)
    plain = gaps_result(gaps, is_revealed=is_revealed)
    listed = [
        {**asdict(one), "head": name(one.head), "questions": asking.all_of(one)} for one in visits
    ]
    grid = Grid(
        _("Whom to visit, as of {day}").format(day=gaps.as_of.isoformat()),
        (
            Column("household_no", _("Household"), is_whole=True),
            Column("community", _("Community"), is_minor=True),
            Column("head", _("Head")),
            Column("at_stake", _("Yuan a month at stake"), "right"),
            Column("ask", _("Ask"), is_wide=True),
            Column("programmes", _("Decides")),
        ),
        [_visit_row(one, asking, name) for one in visits],
        [*_roster_lines(gaps), *stake_lines(visits)],
    )
    return Result({**plain.document, "visits": listed}, (plain.grids[0], grid))


def _visit_row(visit: PlannedVisit, asking: "_Questions", name: Name) -> list[Cell]:
    return [
        visit.household_no,
        visit.community,
        name(visit.head),
        _stake_cell(visit),
        " ".join(asking.all_of(visit)),
        _("; ").join(programme_word(asking.pack, one) for one in visit.programmes),
    ]


def _stake_cell(visit: PlannedVisit) -> Cell:
    """Write what is at stake; a sum that lacks an unknown amount says so."""
    if visit.at_stake_fen_per_month is None or not visit.is_more:
        return yuan(visit.at_stake_fen_per_month)
    return _("{yuan} and more").format(yuan=format_yuan(visit.at_stake_fen_per_month))


def stake_lines(visits: Sequence[PlannedVisit]) -> list[str]:
    """Say what the signs in the column of what is at stake mean, where they stand there."""
    lines = []
    if any(one.at_stake_fen_per_month is None for one in visits):
        lines.append(_("A ? under at stake: no sum of money, or one that nobody knows yet."))
    if any(one.at_stake_fen_per_month is not None and one.is_more for one in visits):
        lines.append(_('"And more": besides what is known, a benefit of unknown amount.'))
    return lines


class _Questions:
    """Puts into words what is to be asked."""

    def __init__(self, pack: Pack, name: Name, names: Mapping[str, str | None]) -> None:
        self.pack = pack
        self._name = name
        self._names = names

    def all_of(self, visit: PlannedVisit) -> list[str]:
        """Give the questions of a visit."""
        return [self.one(named) for named in visit.ask]

    def one(self, named: str) -> str:
        """Give the question for one fact or receipt, with the member it is about.

        Masked names are often the same: the member's place tells them apart, as on the forms.
        """
        member_no, _colon, rest = _parted(named)
        words = question_words(self.pack, rest)
        if not member_no:
            return words
        place = member_no.rpartition("-")[2]
        number = str(int(place)) if place.isdecimal() else member_no
        shown = f"{number} {self._name(self._names.get(member_no)) or ''}".strip()
        return _("{member}: {question}").format(member=shown, question=words)


def _parted(named: str) -> tuple[str, str, str]:
    """Part the number of a member from what is asked of him."""
    if named.startswith((RECEIPT, "parameter:")) or ":" not in named:
        return "", "", named
    return named.partition(":")


def question_words(pack: Pack, named: str) -> str:
    """Ask for a fact in the words of the surveyor's question, for a receipt by its programme."""
    fact = pack.facts.get(named)
    if fact is not None and fact.question is not None:
        return str(fact.question)
    if named.startswith(RECEIPT):
        programme = programme_word(pack, named.removeprefix(RECEIPT))
        return _("Is {programme} received?").format(programme=programme)
    return _("What is this: {label}?").format(label=fact_word(pack, named))


def _roster_lines(gaps: Gaps) -> list[str]:
    """Say which rosters, once imported, would decide how many findings without a visit."""
    line = _(
        "The complete roster of {programme}, once imported, decides {count} of these findings."
    )
    return [
        line.format(programme=programme_word(gaps.pack, name), count=count)
        for name, count in decided_by_rosters(gaps.findings).most_common()
    ]
