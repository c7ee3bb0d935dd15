"""The answer of `relief explain`: the findings of a household, down to the cell and the article."""

from fractions import Fraction
from functools import partial

from pydantic import Field

from relieftool.api.answers import (
    AnswerPart,
    AnswerSource,
    DatedHead,
    ShownName,
    ShownNumber,
    ShownText,
    ShownValue,
)
from relieftool.api.gap_answers import CriterionTruth, FindingAnswer, read_finding
from relieftool.eligibility.explain import (
    Condition,
    Explanation,
    HouseholdExplanation,
    Term,
    UsedFact,
    UsedParameter,
)
from relieftool.output.explain import format_comparison
from relieftool.output.result_cells import HiddenValue, hide_value
from relieftool.output.wording import build_document_head, format_status_advice
from relieftool.pack.models import Pack, find_time_limit


class UnvaluedParameter(AnswerPart):
    """A parameter without a value on the day."""

    id: str


class ValuedParameter(UnvaluedParameter):
    """A parameter with its value in force on the day."""

    value: int | str = Field(description="A number in the parameter's unit, or a choice.")
    from_: str = Field(description="The first day.")
    until: str = Field(description='The first day without it, or "open".')
    source: str
    confidence: str = Field(description='"verified", "reported" or "assumed".')


class OfficeParameter(ValuedParameter):
    """A parameter whose value in force on the day was set by the office."""

    parameter: str = Field(description="The same id.")
    by: str | None = Field(description="Who set it.")
    on: str | None = Field(description="On which day.")


class FactAnswer(AnswerPart):
    """A fact that a condition reads, and the cell it comes from."""

    fact: str = Field(description='Its id, or "receipt:" and a programme.')
    member_no: str | None
    value: ShownValue = Field(description="As stored, money in fen; *** if private.")
    is_presumed: bool = Field(description="Whether it is unknown, and the pack presumes it.")
    state: str | None = Field(
        description='Why it is unknown though cells state it: "unusable", "disputed", "range".'
    )
    low: ShownValue
    high: ShownValue
    file: str | None = Field(description="null: no cell states it.")
    sheet: str | None
    row: int | None
    column: str | None
    heading: str | None
    is_blank: bool | None = Field(description="Whether the cell is blank.")


class ConditionAnswer(CriterionTruth):
    """A condition: whether it holds for the household or member, and what it rests on."""

    says: str = Field(description="The condition in a plain sentence.")
    article: str = Field(description="Where the law says so.")
    left: ShownNumber = Field(description="The left side of the first comparison; money in fen.")
    right: ShownNumber
    comparisons: tuple[ShownText, ...]
    parameters: tuple[OfficeParameter | ValuedParameter | UnvaluedParameter, ...]
    facts: tuple[FactAnswer, ...]


class ReceiptAnswer(AnswerPart):
    """What a roster or the household's own sheet says of a benefit."""

    receipt_id: int
    household_no: str
    member_no: str | None
    programme: str
    says: str = Field(description='"yes", "no" or "maybe".')
    origin: str = Field(description='"roster" or "sheet".')
    amount_fen: int | None
    amount_period: str | None
    covers_from: str | None
    covers_until: str | None = Field(description="null: undated.")
    payee_is_gone: int = Field(description="1: paid in the name of somebody who is gone.")
    row_id: int
    file_name: str
    sheet: str
    row_number: int


class ExplanationAnswer(FindingAnswer):
    """A finding with its conditions, its receipts, and what to do."""

    says: str = Field(description="What the status means, and what to do next.")
    received: bool | None
    receipts: tuple[ReceiptAnswer, ...]
    opens: tuple[str, ...] = Field(description="Programmes that claiming it opens.")
    excludes: tuple[str, ...] = Field(description="Programmes that cannot be had with it.")
    claim_checklist: tuple[str, ...] = Field(description="Papers to bring.")
    time_limit_working_days: int | None
    criteria: tuple[ConditionAnswer, ...]


class WithoutRules(AnswerPart):
    """A programme for which the pack has no rules."""

    programme: str
    reason: str


class ExplainAnswer(DatedHead):
    """The answer of `relief explain`: why a household can or cannot have a benefit."""

    unvalued: tuple[str, ...] = Field(description="Parameters without a value on the day.")
    household_no: str
    community: str
    head: ShownName
    not_encoded: WithoutRules | None
    explanations: tuple[ExplanationAnswer, ...]


def describe_explanation(explained: HouseholdExplanation) -> AnswerSource[ExplainAnswer]:
    """Return what the answer with a household's explanations is made from."""
    return AnswerSource(ExplainAnswer, partial(_read_explained, explained))


def _read_explained(explained: HouseholdExplanation) -> dict[str, object]:
    """Return the records of each key of the answer."""
    pack, left_out = explained.pack, explained.not_encoded
    return {
        **build_document_head("explain", explained.as_of, pack, explained.unvalued),
        "household_no": explained.household_no,
        "community": explained.community,
        "head": explained.head,
        "not_encoded": left_out and {"programme": left_out.id, "reason": str(left_out.reason)},
        "explanations": (_read_explanation(each, explained) for each in explained.explanations),
    }


def _read_explanation(
    explanation: Explanation, explained: HouseholdExplanation
) -> dict[str, object]:
    """Return the records of each field of an explanation."""
    programme, pack = explanation.programme, explained.pack
    return {
        **read_finding(explanation.finding),
        "says": format_status_advice(pack, explanation.finding),
        "received": explanation.received,
        "receipts": tuple(
            {key: receipt[key] for key in ReceiptAnswer.model_fields}
            for receipt in explanation.receipts
        ),
        "opens": explanation.opens,
        "excludes": tuple(exclusion.programme for exclusion in programme.excludes),
        "claim_checklist": tuple(map(str, programme.claim_checklist)),
        "time_limit_working_days": find_time_limit(pack, programme, explained.as_of)[0],
        "criteria": tuple(_read_condition(each, pack) for each in explanation.conditions),
    }


def _read_condition(condition: Condition, pack: Pack) -> dict[str, object]:
    """Return the records of each field of a condition."""
    criterion = condition.criterion
    first = condition.comparisons[0] if condition.comparisons else None
    return {
        "id": criterion.id,
        "truth": condition.truth,
        "says": str(criterion.says),
        "article": criterion.article,
        "left": first and _read_number(first.left),
        "right": first and _read_number(first.right),
        "comparisons": tuple(map(format_comparison, condition.comparisons)),
        "parameters": tuple(map(_read_parameter, condition.parameters)),
        "facts": tuple(_read_fact(fact, pack) for fact in condition.facts),
    }


def _read_number(term: Term) -> object:
    """Return the number of a side, rounded (money in fen); None if it has none, or is private."""
    if not isinstance(term.value, Fraction):
        return None
    number = round(term.value)
    return HiddenValue(number, instead=None) if term.is_private else number


def _read_parameter(used: UsedParameter) -> dict[str, object]:
    """Return the records of a parameter, and of its value if it has one."""
    return {"id": used.id, **(used.dated.model_dump(mode="json") if used.dated else {})}


def _read_fact(used: UsedFact, pack: Pack) -> dict[str, object]:
    """Return the records of a fact; its values are hidden if it is private."""
    fact = pack.facts.get(used.name)
    state, *ends = used.doubt or (None, None, None)
    values = dict(zip(("value", "low", "high"), (used.stored, *ends), strict=True))
    if fact is not None and fact.is_private:
        values = {key: hide_value(value) for key, value in values.items()}
    place = vars(used.places[0]) if used.places else dict.fromkeys(_PLACE_KEYS)
    return {
        "fact": used.name,
        "member_no": used.member_no,
        "is_presumed": used.is_presumed,
        "state": state,
        **values,
        **place,
    }


_PLACE_KEYS = ("file", "sheet", "row", "column", "heading", "is_blank")
