"""The words of the survey form: questions, what is known, what may be answered, what is offered."""

from collections.abc import Sequence

from relieftool.eligibility.findings import Finding
from relieftool.eligibility.survey_questions import SurveyQuestion
from relieftool.messages import _
from relieftool.output.clean import measure_width
from relieftool.output.masking import MaskedValue, hide_value
from relieftool.output.result_cells import ResultCell, convert_to_yuan
from relieftool.output.wording import format_amount, format_programme
from relieftool.pack.facts import Choice, Fact
from relieftool.pack.models import Pack
from relieftool.spreadsheets.form_row_keys import NO, YES, NeedKind
from relieftool.values.cells import ValueProblem
from relieftool.values.choices import parse_choice

UNCLEAR_WORD = "不清楚"
YES_NO = (YES, NO, UNCLEAR_WORD)
TICK = "√"
_MOST_WRITTEN, _MOST_WRITTEN_SHORT = 60, 18


def format_survey_question(pack: Pack, question: SurveyQuestion, *, is_short: bool = False) -> str:
    """Ask in the surveyor's words; in short, or where the pack has none, by the fact's name."""
    if question.is_receipt:
        programme = format_programme(pack, question.name)
        return _("Is {programme} received?").format(programme=programme)
    fact = pack.facts[question.name]
    return str(fact.labels if is_short else fact.question or fact.labels)


def build_known_cell(pack: Pack, question: SurveyQuestion) -> ResultCell | MaskedValue:
    """Return what is known, marked where it is private; what is unknown stays empty."""
    fact = pack.facts.get(question.name)
    known = _known_words(fact, question)
    return hide_value(known) if fact is not None and fact.is_private else known


def _known_words(fact: Fact | None, question: SurveyQuestion) -> ResultCell:
    if question.is_receipt or question.known is None or fact is None:
        return None
    if fact.type == "money" and isinstance(question.known, int):
        return convert_to_yuan(question.known)
    if fact.type == "yes_no":
        return YES if question.known == 1 else NO
    if fact.type == "choice":
        named = {choice.id: str(choice.labels) for choice in fact.choices}
        return named.get(str(question.known), str(question.known))
    return question.known


def list_answers(pack: Pack, question: SurveyQuestion) -> Sequence[str]:
    """Give what may be chosen as an answer; empty where it is written freely."""
    if question.is_receipt:
        return YES_NO
    fact = pack.facts[question.name]
    if fact.type == "yes_no":
        return YES_NO
    if fact.type == "choice":
        return (*(_choice_word(one, fact) for one in fact.choices), UNCLEAR_WORD)
    return ()


def _choice_word(choice: Choice, fact: Fact) -> str:
    """Give a word for a choice that import reads: its name where that is one."""
    for word in (str(choice.labels), *choice.written):
        try:
            if "," not in word and parse_choice(word, fact.choices) == choice.id:
                return word
        except ValueProblem:
            continue
    return choice.id


def format_answer_hint(pack: Pack, question: SurveyQuestion) -> str:
    """Say in what unit to answer."""
    if question.is_receipt:
        return _("choose")
    fact = pack.facts[question.name]
    periods = {"month": _("yuan a month"), "year": _("yuan a year"), "once": _("yuan")}
    match fact.type:
        case "money":
            return periods[fact.period or "once"]
        case "integer":
            return _("a number")
        case "date":
            return _("year-month-day")
        case "text":
            return _("in words")
    return _("choose")


def format_choices(choices: Sequence[str], *, is_short: bool = False) -> str:
    """Write out what may be chosen, for those who fill in on paper; '' where it is too long.

    >>> format_choices(("是", "否", "不清楚"), is_short=True)
    '是/否/不清楚'
    """
    text = "/".join(choices)
    most = _MOST_WRITTEN_SHORT if is_short else _MOST_WRITTEN
    return text if measure_width(text) <= most else ""


def format_claim(pack: Pack, claim: Finding, person: str | None) -> str:
    """Tell a family in plain words what it may claim, where, and with which papers."""
    programme = pack.programmes[claim.programme]
    sentence = _("{programme}: may be claimed at {department}.")
    words = [sentence.format(programme=programme.names, department=claim.department)]
    if person:
        words.insert(0, _("For {person}:").format(person=person))
    if claim.amount_fen is not None and claim.amount_period is not None:
        amount = format_amount(claim.amount_fen, claim.amount_period)
        words.append(_("In yuan: {amount}.").format(amount=amount))
    if claim.unlocked_by:
        names = _(", then ").join(format_programme(pack, one) for one in claim.unlocked_by)
        words.append(_("First claim: {names}.").format(names=names))
    if programme.claim_checklist:
        papers = _("; ").join(str(one) for one in programme.claim_checklist)
        words.append(_("Bring: {papers}.").format(papers=papers))
    return " ".join(words)


def format_need(need: NeedKind) -> str:
    """Name a need."""
    return {
        NeedKind.LIVING: _("money to live on"),
        NeedKind.MEDICAL: _("treatment and its costs"),
        NeedKind.WORK: _("work, or a public-service post"),
        NeedKind.HOME_WORK: _("work that can be done at home"),
        NeedKind.SCHOOLING: _("schooling of the children"),
        NeedKind.DISABILITY: _("aids and services for a disability"),
        NeedKind.CARE: _("somebody to look after a family member"),
        NeedKind.HOUSING: _("repair of the home, or a home"),
        NeedKind.COUNSELLING: _("somebody to talk to"),
        NeedKind.OTHER: _("something else"),
        NeedKind.WORDS: _("Needs in the family's own words"),
    }[need]
