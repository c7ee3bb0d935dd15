"""The visit list as a table and as JSON."""

from collections.abc import Mapping, Sequence

from relieftool.eligibility.gaps import Gaps
from relieftool.eligibility.visit_list import PlannedVisit, count_decided_by_rosters, plan_visits
from relieftool.messages import _
from relieftool.output.gaps import build_gaps_result
from relieftool.output.masking import MaskableText, MaskedName, build_sentence, join_texts
from relieftool.output.result import (
    RecordTable,
    Result,
    ResultColumn,
    build_documents,
    list_json_columns,
)
from relieftool.output.result_cells import ResultCell, convert_to_yuan, format_yuan
from relieftool.output.wording import format_fact, format_programme
from relieftool.pack.models import Pack
from relieftool.rules.minimal_questions import RECEIPT


def build_visit_list_result(gaps: Gaps) -> Result:
    """Return undetermined findings as a list of visits."""
    visits = plan_visits(gaps.findings)
    names = {one.member_no: one.member for one in gaps.findings if one.member_no}
    columns = _columns(_QuestionWriter(gaps.pack, names))
    plain = build_gaps_result(gaps)
    table = RecordTable(
        _("Whom to visit, as of {day}").format(day=gaps.as_of.isoformat()),
        columns,
        visits,
        [*_roster_lines(gaps), *format_stake_signs(visits)],
    )
    return Result(
        {**plain.document, "visits": build_documents(columns, visits)}, (plain.grids[0], table)
    )


def _columns(questions: "_QuestionWriter") -> tuple[ResultColumn[PlannedVisit], ...]:
    """Return what is shown of a visit; programs get the questions one by one."""
    return (
        ResultColumn("household_no", _("Household"), is_whole=True),
        ResultColumn("community", _("Community"), is_minor=True),
        ResultColumn("head", _("Head"), unit="name"),
        ResultColumn(
            "at_stake",
            _("Yuan a month at stake"),
            "right",
            words=_stake_cell,
            json_key="at_stake_fen_per_month",
        ),
        *list_json_columns("is_more", "ask"),
        ResultColumn(
            "ask",
            _("Ask"),
            is_wide=True,
            value=questions.all_of,
            words=lambda visit: join_texts(" ", questions.all_of(visit)),
            json_key="questions",
        ),
        ResultColumn(
            "programmes",
            _("Decides"),
            words=lambda visit: _("; ").join(
                format_programme(questions.pack, programme) for programme in visit.programmes
            ),
        ),
    )


def _stake_cell(visit: PlannedVisit) -> ResultCell:
    """Write what is at stake; a sum that lacks an unknown amount says so."""
    if visit.at_stake_fen_per_month is None or not visit.is_more:
        return convert_to_yuan(visit.at_stake_fen_per_month)
    return _("{yuan} and more").format(yuan=format_yuan(visit.at_stake_fen_per_month))


def format_stake_signs(visits: Sequence[PlannedVisit]) -> list[str]:
    """Say what the signs in the column of what is at stake mean, where they stand there."""
    lines = []
    if any(one.at_stake_fen_per_month is None for one in visits):
        lines.append(_("A ? under at stake: no sum of money, or one that nobody knows yet."))
    if any(one.at_stake_fen_per_month is not None and one.is_more for one in visits):
        lines.append(_('"And more": besides what is known, a benefit of unknown amount.'))
    return lines


class _QuestionWriter:
    """Puts into words what is to be asked."""

    def __init__(self, pack: Pack, names: Mapping[str, str | None]) -> None:
        self.pack = pack
        self._names = names

    def all_of(self, visit: PlannedVisit) -> list[MaskableText]:
        """Return the questions of a visit."""
        return [self.one(named) for named in visit.ask]

    def one(self, named: str) -> MaskableText:
        """Return the question for one fact or receipt, with the member it is about.

        Masked names are often the same: the member's place tells them apart, as on the forms.
        """
        member_no, _colon, rest = _parted(named)
        words = format_question(self.pack, rest)
        if not member_no:
            return words
        place = member_no.rpartition("-")[2]
        number = str(int(place)) if place.isdecimal() else member_no
        name = (self._names.get(member_no) or "").strip()
        member = build_sentence("{number} {name}", number=number, name=MaskedName(name))
        return build_sentence(
            _("{member}: {question}"), member=member if name else number, question=words
        )


def _parted(named: str) -> tuple[str, str, str]:
    """Part the number of a member from what is asked of him."""
    if named.startswith((RECEIPT, "parameter:")) or ":" not in named:
        return "", "", named
    return named.partition(":")


def format_question(pack: Pack, named: str) -> str:
    """Ask for a fact in the words of the surveyor's question, for a receipt by its programme."""
    fact = pack.facts.get(named)
    if fact is not None and fact.question is not None:
        return str(fact.question)
    if named.startswith(RECEIPT):
        programme = format_programme(pack, named.removeprefix(RECEIPT))
        return _("Is {programme} received?").format(programme=programme)
    return _("What is this: {label}?").format(label=format_fact(pack, named))


def _roster_lines(gaps: Gaps) -> list[str]:
    """Say which rosters, once imported, would decide how many findings without a visit."""
    line = _(
        "The complete roster of {programme}, once imported, decides {count} of these findings."
    )
    return [
        line.format(programme=format_programme(gaps.pack, name), count=count)
        for name, count in count_decided_by_rosters(gaps.findings).most_common()
    ]
