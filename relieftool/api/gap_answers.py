"""The answer of `relief gaps`: its figures, its findings, and the visits of the visit list."""

from collections.abc import Iterator, Mapping
from functools import partial

from pydantic import Field

from relieftool.api.answers import (
    AnswerPart,
    AnswerSource,
    DatedHead,
    ShownName,
    ShownNumber,
    ShownShare,
    ShownText,
    read_fields,
)
from relieftool.eligibility.findings import (
    Finding,
    NearLine,
    QuestionProof,
    Status,
    UncomparedReason,
)
from relieftool.eligibility.gaps import Gaps, plan_visits
from relieftool.output.gaps import Cases, write_visit_questions
from relieftool.output.result_cells import HiddenValue
from relieftool.output.wording import build_document_head
from relieftool.pack.facts import Period


class Figures(AnswerPart):
    """The figures of a community, or of all together; people on several households count once."""

    communities: int = Field(description="How many communities these figures are of.")
    households: int
    members: int
    unclaimed_households: int = Field(description="Households with an unclaimed finding at least.")
    undetermined_households: int
    review_households: int
    unclaimed_fen_per_month: int = Field(description="What is owed for sure.")
    unclaimed_amount_unknown: int = Field(description="Claims that are not in that sum.")
    unclaimed_households_at_most: int
    unclaimed_fen_per_month_at_most: int | None = Field(description="null: without a known limit.")
    members_at_most: int = Field(description="With those who may be gone.")
    unclaimed_fen_per_month_as_known: int = Field(
        description="What may be owed at most, as far as amounts are known."
    )
    households_without_limit: int = Field(
        description="Households that may be owed more than anybody can tell."
    )


class CommunityFigures(Figures):
    """The figures of a community."""

    community: str


class CriterionTruth(AnswerPart):
    """Whether a condition holds."""

    id: str
    truth: bool | None


class NearValue(AnswerPart):
    """A value that would turn a condition, were the line nearby crossed."""

    criterion: str
    holds: bool
    unit: str = Field(description='"fen" or "count".')
    value: ShownNumber = Field(description="The side that rests on facts; null if private.")
    line: ShownNumber
    distance: ShownNumber
    percent: ShownShare = Field(description="The distance in percent of the line.")


class FindingAnswer(AnswerPart):
    """The status of a programme for a household or member, and its grounds."""

    household_no: str
    community: str
    head: ShownName
    member_no: str | None = Field(description="null: it is about the whole household.")
    member: ShownName
    programme: str = Field(description="The programme's id in the pack.")
    status: Status
    amount_fen: int | None = Field(description="What is due in each period.")
    amount_period: Period | None
    paid_fen: int | None = Field(description="What is paid, in the same period.")
    criteria: tuple[CriterionTruth, ...]
    department: str = Field(description="Who grants it.")
    missing: tuple[str, ...] = Field(description="What is to be asked.")
    assumed: tuple[str, ...] = Field(description="Parameters that are only assumed.")
    presumed: tuple[str, ...] = Field(description="Facts that the pack presumes.")
    unlocked_by: tuple[str, ...] = Field(description="What is to be claimed first, in order.")
    alternative_to: tuple[str, ...] = Field(description="Programmes that exclude it.")
    conflicts_with: tuple[str, ...] = Field(description="Received ones that exclude it.")
    undated: tuple[str, ...] = Field(description="Facts and receipts without a date.")
    gain_fen_per_year: int | None = Field(
        description="What a claim adds in a year; null if unknown, or paid once."
    )
    cheapest: tuple[str, ...] = Field(description="The fewest questions that decide it.")
    cheapest_eligible: tuple[str, ...] = Field(
        description="The fewest questions that could make it a claim."
    )
    at_stake_fen_per_month: int | None = Field(description="The most that it could bring.")
    cheapest_proof: QuestionProof | None = Field(
        description='"fewest" is proved; "enough", "impossible", "open"; null: nothing to ask.'
    )
    cheapest_eligible_proof: QuestionProof | None
    near: tuple[NearValue, ...]
    paid_until: str | None = Field(description="The last day paid for; null: undated.")
    uncompared: UncomparedReason | None = Field(
        description="Why what is paid cannot be compared with what is due; null: it can."
    )


class CasedFinding(FindingAnswer):
    """A finding with its case in the ledger."""

    case: str | None = Field(description="The number of its case; null: it has none.")
    days_open: int | None = Field(description="null: it has no case.")


class VisitAnswer(AnswerPart):
    """A household to visit, what to ask there, and what hangs on it."""

    household_no: str
    community: str
    head: ShownName
    at_stake_fen_per_month: int | None = Field(description="null: no sum is known.")
    is_more: bool = Field(description="Whether a benefit of unknown amount comes on top.")
    ask: tuple[str, ...] = Field(description="What to ask, by its id.")
    questions: tuple[ShownText, ...] = Field(description="The same in words.")
    programmes: tuple[str, ...] = Field(description="What the answers decide.")


class SameForAll(AnswerPart):
    """A condition with the same result for everybody: often a column is missing."""

    programme: str
    criterion: str
    truth: bool | None
    count: int = Field(description="Of how many households or members.")


class GapsAnswer(DatedHead):
    """The answer of `relief gaps`: who is owed a benefit and does not get it."""

    unvalued: tuple[str, ...] = Field(description="Parameters without a value on the day.")
    totals: Figures
    communities: tuple[CommunityFigures, ...]
    findings: tuple[CasedFinding, ...] = Field(description="Sorted by community and household.")
    uniform: tuple[SameForAll, ...]


class VisitListAnswer(GapsAnswer):
    """The answer of `relief gaps --status undetermined`: whom to visit, the likeliest first."""

    visits: tuple[VisitAnswer, ...]


def describe_gaps(gaps: Gaps, cases: Cases | None = None) -> AnswerSource[GapsAnswer]:
    """Return what the answer with all findings is made from, each with its case."""
    return AnswerSource(GapsAnswer, partial(_read_gaps, gaps, cases or {}))


def describe_visits(gaps: Gaps) -> AnswerSource[VisitListAnswer]:
    """Return what the answer with the visits is made from."""

    def read() -> Mapping[str, object]:
        return {**_read_gaps(gaps, {}), "visits": _read_visits(gaps)}

    return AnswerSource(VisitListAnswer, read)


def _read_gaps(gaps: Gaps, cases: Cases) -> dict[str, object]:
    """Return the records of each key of the answer."""
    return {
        **build_document_head("gaps", gaps.as_of, gaps.pack, gaps.unvalued),
        "totals": {"communities": len(gaps.communities), **vars(gaps.totals)},
        "communities": (
            {"community": community, "communities": 1, **vars(totals)}
            for community, totals in gaps.communities.items()
        ),
        "findings": (_read_cased(finding, cases) for finding in gaps.findings),
        "uniform": iter(gaps.uniform),
    }


def _read_cased(finding: Finding, cases: Cases) -> dict[str, object]:
    """Return the records of a finding and its case."""
    case = cases.get((finding.household_no, finding.member_no, finding.programme))
    work = {"case": case and case.case, "days_open": case and case.days_open}
    return {**read_finding(finding), **work}


def read_finding(finding: Finding) -> dict[str, object]:
    """Return the records of each field of a finding."""
    return {
        **read_fields(FindingAnswer, finding),
        "criteria": tuple({"id": key, "truth": truth} for key, truth in finding.criteria),
        "near": tuple(map(read_near, finding.near)),
    }


def read_near(near: NearLine) -> dict[str, object]:
    """Return the records of a value near a line; what would reveal a private fact is hidden."""
    is_away_private = near.is_private or near.is_line_private
    hidden = {"value": near.is_private, "line": near.is_line_private}
    figures = {key: round(getattr(near, key)) for key in ("value", "line", "distance")}
    figures["percent"] = round(float(near.share * 100), 2)
    return {
        **read_fields(NearValue, near),
        **{
            key: HiddenValue(figure, None) if hidden.get(key, is_away_private) else figure
            for key, figure in figures.items()
        },
    }


def _read_visits(gaps: Gaps) -> Iterator[dict[str, object]]:
    """Yield the records of each visit."""
    for visit, questions in write_visit_questions(gaps, plan_visits(gaps.findings)):
        yield {**vars(visit), "questions": questions}
