"""The words of the survey form: questions, what is known, what may be answered, what is offered."""

from collections.abc import Sequence

from relieftool.choices import parse_choice
from relieftool.findings import Finding
from relieftool.messages import _
from relieftool.output.cells import Cell, yuan
from relieftool.output.clean import cell_width
from relieftool.output.masking import Marked, private
from relieftool.output.words_of_findings import amount_words, programme_word
from relieftool.pack.facts import Choice, Fact
from relieftool.pack.models import Pack
from relieftool.spreadsheets.form_marks import NO, YES, Need
from relieftool.survey_form import Question
from relieftool.values import ValueProblem

UNCLEAR_WORD = "不清楚"
YES_NO = (YES, NO, UNCLEAR_WORD)
TICK = "√"
_MOST_WRITTEN, _MOST_WRITTEN_SHORT = 60, 18


def question_of(pack: Pack, question: Question, *, is_short: bool = False) -> str:
    """Ask in the surveyor's words; in short, or where the pack has none, by the fact's name."""
    if question.is_receipt:
        programme = programme_word(pack, question.name)
        return _("Is {programme} received?").format(programme=programme)
    fact = pack.facts[question.name]
    return str(fact.labels if is_short else fact.question or fact.labels)


def known_cell(pack: Pack, question: Question) -> Cell | Marked:
    """Return what is known, marked where it is private; what is unknown stays empty."""
    fact = pack.facts.get(question.name)
    known = _known_words(fact, question)
    return private(known) if fact is not None and fact.is_private else known


def _known_words(fact: Fact | None, question: Question) -> Cell:
    if question.is_receipt or question.known is None or fact is None:
        return None
    if fact.type == "money" and isinstance(question.known, int):
        return yuan(question.known)
    if fact.type == "yes_no":
        return YES if question.known == 1 else NO
    if fact.type == "choice":
        named = {choice.id: str(choice.labels) for choice in fact.choices}
        return named.get(str(question.known), str(question.known))
    return question.known


def answers_to(pack: Pack, question: Question) -> Sequence[str]:
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


def hint_of(pack: Pack, question: Question) -> str:
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


def written_choices(choices: Sequence[str], *, is_short: bool = False) -> str:
    """Write out what may be chosen, for those who fill in on paper; '' where it is too long.

    >>> written_choices(("是", "否", "不清楚"), is_short=True)
    '是/否/不清楚'
    """
    text = "/".join(choices)
    most = _MOST_WRITTEN_SHORT if is_short else _MOST_WRITTEN
    return text if cell_width(text) <= most else ""


def claim_words(pack: Pack, claim: Finding, person: str | None) -> str:
    """Tell a family in plain words what it may claim, where, and with which papers."""
    programme = pack.programmes[claim.programme]
    sentence = _("{programme}: may be claimed at {department}.")
    words = [sentence.format(programme=programme.names, department=claim.department)]
    if person:
        words.insert(0, _("For {person}:").format(person=person))
    if claim.amount_fen is not None and claim.amount_period is not None:
        amount = amount_words(claim.amount_fen, claim.amount_period)
        words.append(_("In yuan: {amount}.").format(amount=amount))
    if claim.unlocked_by:
        names = _(", then ").join(programme_word(pack, one) for one in claim.unlocked_by)
        words.append(_("First claim: {names}.").format(names=names))
    if programme.claim_checklist:
        papers = _("; ").join(str(one) for one in programme.claim_checklist)
        words.append(_("Bring: {papers}.").format(papers=papers))
    return " ".join(words)


def need_word(need: Need) -> str:
    """Name a need."""
    return {
        Need.LIVING: _("money to live on"),
        Need.MEDICAL: _("treatment and its costs"),
        Need.WORK: _("work, or a public-service post"),
        Need.HOME_WORK: _("work that can be done at home"),
        Need.SCHOOLING: _("schooling of the children"),
        Need.DISABILITY: _("aids and services for a disability"),
        Need.CARE: _("somebody to look after a family member"),
        Need.HOUSING: _("repair of the home, or a home"),
        Need.COUNSELLING: _("somebody to talk to"),
        Need.OTHER: _("something else"),
        Need.WORDS: _("Needs in the family's own words"),
    }[need]
