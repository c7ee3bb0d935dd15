"""The visit list as a table and as JSON."""

from collections.abc import Mapping, Sequence

from relieftool.gaps import Gaps
from relieftool.messages import _
from relieftool.output.cells import Cell, format_yuan, yuan
from relieftool.output.gap_result import gaps_result
from relieftool.output.masking import PersonName, Words, join, sentence
from relieftool.output.result import Column, Result, Table, documents, in_json
from relieftool.output.words_of_findings import fact_word, programme_word
from relieftool.pack.models import Pack
from relieftool.rules.cheapest import RECEIPT
from relieftool.visits import PlannedVisit, decided_by_rosters, plan_visits


def visits_result(gaps: Gaps) -> Result:
    """Return undetermined findings as a list of visits."""
    visits = plan_visits(gaps.findings)
    names = {one.member_no: one.member for one in gaps.findings if one.member_no}
    columns = _columns(_Questions(gaps.pack, names))
    plain = gaps_result(gaps)
    table = Table(
        _("Whom to visit, as of {day}").format(day=gaps.as_of.isoformat()),
        columns,
        visits,
        [*_roster_lines(gaps), *stake_lines(visits)],
    )
    return Result({**plain.document, "visits": documents(columns, visits)}, (plain.grids[0], table))


def _columns(questions: "_Questions") -> tuple[Column[PlannedVisit], ...]:
    """Return what is shown of a visit; programs get the questions one by one."""
    return (
        Column("household_no", _("Household"), is_whole=True),
        Column("community", _("Community"), is_minor=True),
        Column("head", _("Head"), unit="name"),
        Column(
            "at_stake",
            _("Yuan a month at stake"),
            "right",
            words=_stake_cell,
            json_key="at_stake_fen_per_month",
        ),
        *in_json("is_more", "ask"),
        Column(
            "ask",
            _("Ask"),
            is_wide=True,
            value=questions.all_of,
            words=lambda visit: join(" ", questions.all_of(visit)),
            json_key="questions",
        ),
        Column(
            "programmes",
            _("Decides"),
            words=lambda visit: _("; ").join(
                programme_word(questions.pack, programme) for programme in visit.programmes
            ),
        ),
    )


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

    def __init__(self, pack: Pack, names: Mapping[str, str | None]) -> None:
        self.pack = pack
        self._names = names

    def all_of(self, visit: PlannedVisit) -> list[Words]:
        """Return the questions of a visit."""
        return [self.one(named) for named in visit.ask]

    def one(self, named: str) -> Words:
        """Return the question for one fact or receipt, with the member it is about.

        Masked names are often the same: the member's place tells them apart, as on the forms.
        """
        member_no, _colon, rest = _parted(named)
        words = question_words(self.pack, rest)
        if not member_no:
            return words
        place = member_no.rpartition("-")[2]
        number = str(int(place)) if place.isdecimal() else member_no
        name = (self._names.get(member_no) or "").strip()
        member = sentence("{number} {name}", number=number, name=PersonName(name))
        return sentence(
            _("{member}: {question}"), member=member if name else number, question=words
        )


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
