"""Explains the findings of a household: in words that a clerk would use."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from relieftool.eligibility.explain import (
    Comparison,
    Condition,
    Explanation,
    HouseholdExplanation,
    Term,
    TermValue,
    UsedFact,
    UsedParameter,
)
from relieftool.eligibility.findings import Finding, Status, format_status
from relieftool.messages import _
from relieftool.output.gaps import format_question
from relieftool.output.result import Column, RecordTable, Result
from relieftool.output.result_cells import (
    HiddenValue,
    MaskableText,
    MaskedName,
    build_sentence,
    format_cell,
    format_yuan,
)
from relieftool.output.wording import (
    format_amount,
    format_claim_steps,
    format_due,
    format_fact,
    format_fact_value,
    format_missing_parameters,
    format_parameter_value,
    format_programme,
    format_reason,
    format_status_advice,
)
from relieftool.pack.facts import Fact
from relieftool.pack.models import find_time_limit, find_urgent_limit

_Line = tuple[str, MaskableText, str]  # a sign such as [met] or '', the text, its source
_MARGIN = "    "


def build_explain_result(explained: HouseholdExplanation, *, is_full: bool = False) -> Result:
    """Return the explanation of a household's findings as text and tables.

    The text has three lines for each finding, to be said at the door; only `is_full` has what they
    rest on. Names and private facts are marked.
    """
    writer = _ExplanationWriter(explained)
    blocks = [
        (writer.heading(explanation), writer.lines(explanation))
        for explanation in explained.explanations
    ]
    blocks = blocks or [(writer.heading(), [("", writer.nothing(), "")])]
    warnings = format_missing_parameters(explained.pack, explained.as_of, explained.unvalued)
    columns = Column.by_place(
        Column("mark", _("Mark")),
        Column("says", _("What"), is_wide=True),
        Column("source", _("Where from")),
    )
    first, *others = [RecordTable(title, columns, lines) for title, lines in blocks]
    pages = blocks if is_full or not explained.explanations else writer.list_doors()
    text = [line for title, lines in pages for line in _page(title, lines)]
    if pages is blocks:
        text[:0] = warnings
    else:
        text.append(_("`--full`: every condition, with the cell and the article it rests on."))
    return Result({}, (replace(first, warnings=warnings), *others), text)


def _page(title: MaskableText, lines: list[_Line]) -> Iterator[MaskableText]:
    """Yield one explanation as lines of text: its title first, an empty line last.

    What several conditions rest on is said below the first of them.
    """
    yield title
    for place, line in enumerate(lines):
        if line in lines[:place]:
            continue
        mark, says, source = line
        margin = f"  {mark} " if mark else _MARGIN
        origin = f"  {source}" if source else ""
        yield build_sentence("{margin}{says}{origin}", margin=margin, says=says, origin=origin)
    yield ""


class _ExplanationWriter:
    """Formats the explanations of one household."""

    def __init__(self, explained: HouseholdExplanation) -> None:
        self._explained = explained
        self._pack = explained.pack

    def heading(self, explanation: Explanation | None = None) -> MaskableText:
        """Return the title: the household and, for an explanation, member, programme and status."""
        explained = self._explained
        whom = build_sentence(
            _("{household} ({community}, {head})"),
            household=explained.household_no,
            community=explained.community,
            head=MaskedName(explained.head),
        )
        if explanation is None:
            return whom
        if explanation.finding.member_no is not None:
            member = _name_member(explanation.finding)
            whom = build_sentence(_("{whom}, {member}"), whom=whom, member=member)
        return build_sentence(
            _("{whom}: {programme}: {status}"),
            whom=whom,
            programme=explanation.programme.names,
            status=format_status(explanation.finding.status),
        )

    def nothing(self) -> str:
        """Return the sentence on why there is no explanation."""
        left_out = self._explained.not_encoded
        if left_out is None:
            return _("No programme is open to this household; name a programme to see why not.")
        return _("{programme}: no rules here. {reason}").format(
            programme=left_out.names, reason=left_out.reason
        )

    def list_doors(self) -> list[tuple[MaskableText, list[_Line]]]:
        """Return each title with the lines to say at the door.

        Several undetermined findings have one title, below which each question stands once.
        """
        explained = self._explained.explanations
        several = [each for each in explained if each.finding.status == Status.UNDETERMINED]
        if len(several) == 1:
            several = []
        doors = [
            (self.heading(each), self._door(each)) for each in explained if each not in several
        ]
        if several:
            title = build_sentence(
                _("{whom}: undetermined: {count}"), whom=self.heading(), count=len(several)
            )
            doors.append((title, [("", line, "") for line in self._join_undetermined(several)]))
        return doors

    def _join_undetermined(self, several: Sequence[Explanation]) -> Iterator[MaskableText]:
        """Yield what could be had, each programme once, then what to ask and what to look up."""
        programmes: dict[str, list[Finding]] = defaultdict(list)
        whose: dict[str, MaskableText] = {"": _("the household")}
        for finding in (each.finding for each in several):
            programmes[finding.programme].append(finding)
            if finding.member_no is not None:
                whose[finding.member_no] = _name_member(finding)
        for name, findings in programmes.items():
            yield _name_possible(format_programme(self._pack, name), findings)
        asked = dict.fromkeys(ask for each in several for ask in each.finding.asks)
        for pattern, questions in self._sort_asked(asked):
            for number, words in sorted(questions.items()):
                whom = whose.get(number) or _name_place(number)
                yield build_sentence(pattern, whom=whom, words=" ".join(words))

    def _sort_asked(
        self, asked: Iterable[str]
    ) -> Iterator[tuple[str, Mapping[str, Sequence[str]]]]:
        """Yield the pattern of a line with its words by member: what they say, what offices say."""
        said: dict[str, list[str]] = defaultdict(list)
        found: dict[str, list[str]] = defaultdict(list)
        for ask in asked:
            number, _bar, name = ask.rpartition("|")
            fact = self._pack.facts.get(name)
            if fact is not None and fact.looked_up is None:
                said[number].append(format_question(self._pack, name))
            elif fact is not None:
                words = _("{label} ({place})")
                found[number].append(words.format(label=fact.labels, place=fact.looked_up))
        yield _("Ask {whom}: {words}"), said
        yield _("Look up for {whom}: {words}"), found

    def _door(self, explanation: Explanation) -> list[_Line]:
        """Return three lines to say at the door: how much, why, and what to do."""
        finding = explanation.finding
        if finding.status == Status.RECEIVING:
            return [("", format_status_advice(self._pack, finding), "")]
        lines = [
            format_due(finding),
            _("Why: {reason}").format(reason=self._why(explanation)),
            _("To do: {step}").format(step=self._next(explanation)),
        ]
        return [("", line, "") for line in lines if line]

    def _why(self, explanation: Explanation) -> str:
        """Return the reason for a status; of an undetermined finding, what is not known."""
        if explanation.finding.status != Status.UNDETERMINED:
            return format_reason(self._pack, explanation.finding)
        unknown = [
            str(condition.criterion.says)
            for condition in explanation.conditions
            if condition.truth is None
        ]
        if not unknown:
            return _("the conditions are met; it is not known whether it is received")
        return _("it is not known whether: {says}").format(says=_("; ").join(unknown))

    def _next(self, explanation: Explanation) -> str:
        """Return what to do about a finding."""
        finding, programme = explanation.finding, explanation.programme
        match finding.status:
            case Status.UNCLAIMED | Status.UNLOCKED:
                return format_claim_steps(self._pack, programme, self._explained.as_of)
            case Status.UNDETERMINED:
                return self._ask(finding.missing)
            case Status.UNDERPAID:
                return _("ask {department} why less is paid").format(
                    department=programme.department
                )
            case Status.CONFLICT:
                return _("look up which of them is paid, and end the other")
            case Status.REVIEW:
                return _("check the facts before anything is said to the household")
            case Status.RECEIVING | Status.INELIGIBLE:
                return _("nothing, unless their situation changes")

    def _ask(self, missing: Iterable[str]) -> str:
        """Return what to ask the family, and which values of the law the office is to find out."""
        law = [name for name in missing if name.startswith("parameter:")]
        asked = (format_question(self._pack, name) for name in missing if name not in law)
        steps = []
        if questions := " ".join(dict.fromkeys(asked)):
            steps.append(_("ask: {questions}").format(questions=questions))
        if law:
            labels = _(", ").join(format_fact(self._pack, name) for name in law)
            steps.append(_("the office must find out: {labels}").format(labels=labels))
        return _("; ").join(steps)

    def lines(self, explanation: Explanation) -> list[_Line]:
        """Return the lines below the title of one explanation, what is said at the door first."""
        return [
            *self._door(explanation),
            *(line for condition in explanation.conditions for line in self._condition(condition)),
            *self._receipts(explanation),
            *(("", line, "") for line in self._around(explanation)),
        ]

    def _condition(self, condition: Condition) -> Iterator[_Line]:
        """Yield a condition with its sign and article, then the values and facts it rests on."""
        criterion = condition.criterion
        article = _("(under {article})").format(article=criterion.article)
        yield format_truth_sign(condition.truth), str(criterion.says), article
        for comparison in condition.comparisons:
            if condition.truth and not comparison.truth:
                continue  # another part of the condition makes it true
            yield _indented(format_comparison(comparison))
        for parameter in condition.parameters:
            yield _indented(self._parameter(parameter))
        for name, truth in condition.programmes:
            line = _("{programme}: conditions {mark}").format(
                programme=format_programme(self._pack, name), mark=format_truth_sign(truth)
            )
            yield _indented(line)
        for fact in condition.facts:
            yield _indented(self._fact(fact), self._source(fact))

    def _parameter(self, used: UsedParameter) -> str:
        parameter = self._pack.parameters[used.id]
        if used.dated is None:
            return _("{label}: no value for this day").format(label=parameter.labels)
        words = {
            "verified": _("text of the rule seen"),
            "reported": _("reported, not seen"),
            "assumed": _("ASSUMED, to be confirmed"),
        }
        line = _("{label} = {value}, since {day}; {confidence}: {source}").format(
            label=parameter.labels,
            value=format_parameter_value(self._pack, used.id, used.dated),
            day=used.dated.from_.isoformat(),
            confidence=words[used.dated.confidence],
            source=used.dated.source,
        )
        asks = used.dated.confidence == "assumed" and parameter.question is not None
        return f"{line} → {parameter.question}" if asks else line

    def _fact(self, used: UsedFact) -> MaskableText:
        label: MaskableText = format_fact(self._pack, used.name)
        if used.member is not None:
            label = _of_member(used.member, label)
        fact = self._pack.facts.get(used.name)
        if used.is_presumed and fact is not None and fact.presume is not None:
            value = format_cell(format_fact_value(fact, _stored(fact.presume.value, fact)))
            return build_sentence(
                _("{label}: presumed {value} ({reason})"),
                label=label,
                value=value,
                reason=fact.presume.reason,
            )
        if used.stored is None:
            question = format_question(self._pack, used.name)
            if used.doubt is None or fact is None:
                unknown = _("{label}: not known. Ask: {question}")
                return build_sentence(unknown, label=label, question=question)
            low, high = (self._end(fact, end) for end in (used.doubt.low, used.doubt.high))
            return build_sentence(
                _DOUBTS[used.doubt.state](), label=label, question=question, low=low, high=high
            )
        words = self._value(fact, used.stored) if fact else format_cell(used.stored == 1)
        is_blank = bool(used.places) and used.places[0].is_blank
        line = _("{label}: {value} (the cell is blank)") if is_blank else _("{label}: {value}")
        return build_sentence(line, label=label, value=words)

    def _end(self, fact: Fact, end: int | None) -> MaskableText:
        return "…" if end is None else self._value(fact, end)

    @staticmethod
    def _value(fact: Fact, stored: int | str | None) -> MaskableText:
        value = format_cell(format_fact_value(fact, stored))
        return HiddenValue(value) if fact.is_private else value

    @staticmethod
    def _source(used: UsedFact) -> str:
        if used.stored is None and used.doubt is None:
            return ""
        text = _("[{file}, sheet {sheet}, row {row}, column {column} {heading}]")
        shown = used.places if used.doubt is not None else used.places[:1]
        return " ".join(text.format(**vars(place)) for place in shown)

    def _receipts(self, explanation: Explanation) -> Iterator[_Line]:
        """Yield whether the programme is received, and the rows of rosters and sheets about it."""
        received = {True: _("received"), False: _("not received"), None: _("not known if received")}
        truth = explanation.received
        yield format_truth_sign(None) if truth is None else "*", received[truth], ""
        if truth is False and not explanation.receipts:
            yield _indented(_("a complete roster in force does not list them"))
        says = {"yes": _("listed"), "no": _("not listed"), "maybe": _("perhaps listed")}
        for row in explanation.receipts:
            origin = _("roster") if row["origin"] == "roster" else _("the household's own sheet")
            line = f"{origin}: {says[str(row['says'])]}"
            amount = row["amount_fen"]
            if row["says"] != "no" and isinstance(amount, int):
                line = _("{origin}: {says}, {amount}, until {until}").format(
                    origin=origin,
                    says=says[str(row["says"])],
                    amount=format_yuan(amount),
                    until=row["covers_until"] or _("undated"),
                )
            place = _("[{file}, sheet {sheet}, row {row}]").format(
                file=row["file_name"], sheet=row["sheet"], row=row["row_number"]
            )
            yield _indented(line, place)

    def _around(self, explanation: Explanation) -> Iterator[str]:
        """Yield lines on the amount, related programmes, simplifications, claim and department."""
        programme, finding = explanation.programme, explanation.finding
        yield from map(self._parameter, explanation.amount_parameters)
        for exclusion in programme.excludes:
            yield _("Not together with {programme} ({source})").format(
                programme=format_programme(self._pack, exclusion.programme), source=exclusion.source
            )
        for name in explanation.opens:
            yield _("Once claimed, this opens: {programme}").format(
                programme=format_programme(self._pack, name)
            )
        for note in programme.approximations:
            yield _("Coarser than the law: {why}").format(why=note.why)
        is_to_decide = finding.status not in ("ineligible", "receiving")
        day = self._explained.as_of
        days, source = find_time_limit(self._pack, programme, day)
        if is_to_decide and days:
            words = _("To be decided within {days} working days ({source})")
            yield words.format(days=days, source=source)
        if is_to_decide and (urgent := find_urgent_limit(programme, day)):
            words = _("A small sum is due within {days} days ({source})")
            yield words.format(days=urgent.days, source=urgent.source)


def format_comparison(comparison: Comparison) -> MaskableText:
    """Return a comparison in words: both sides, the member it is about, and whether it holds."""
    left, right = _format_side(comparison.left), _format_side(comparison.right)
    line = _with_sign(left, comparison.operator, right)
    if comparison.truth is None:
        line = build_sentence(_("cannot be compared yet: {line}"), line=line)
    elif not comparison.truth:
        line = build_sentence(_("does not hold: {line}"), line=line)
    return _of_member(comparison.member, line)


def _of_member(member: str | None, words: MaskableText) -> MaskableText:
    """Return words with the member's name in front; unchanged if `member` is None."""
    if member is None:
        return words
    return build_sentence(_("{member}, {words}"), member=MaskedName(member), words=words)


def _format_side(term: Term) -> MaskableText:
    """Return a side of a comparison; if it is calculated, the formula and its result."""
    text = _format_term(term)
    return _with_sign(text, "=", _format_value(term)) if term.parts else text


def _format_term(term: Term) -> MaskableText:
    if term.parts:
        left, right = map(_format_term, term.parts)
        text = _with_sign(left, term.operator, right)
        return build_sentence("({text})", text=text) if term.operator in "+-" else text
    number = _format_value(term)
    if not term.label:
        return number
    return build_sentence("{label} {value}", label=term.label, value=number)


def _format_value(term: Term) -> MaskableText:
    """Return a term's number, marked as private if it would reveal a private fact."""
    words = _number(term.value, term.sort)
    return HiddenValue(words) if term.is_private and term.value is not None else words


def _name_member(finding: Finding) -> MaskableText:
    """Return a member's place in the household, by which namesakes are told apart, and name."""
    return build_sentence(
        "{place} {name}",
        place=_name_place(finding.member_no or ""),
        name=MaskedName(finding.member),
    )


def _name_place(member_no: str) -> str:
    """Return a member's place in the household in words."""
    return _("member {place}").format(place=int(member_no.rpartition("-")[2]))


def _name_possible(programme: str, findings: Sequence[Finding]) -> str:
    """Return a programme that is undetermined, for which members, and how much it would be."""
    places = [int(each.member_no.rpartition("-")[2]) for each in findings if each.member_no]
    if places:
        of = _(", ").join(map(str, places))
        programme = _("{programme} (members {places})").format(programme=programme, places=of)
    sums = dict.fromkeys(
        format_amount(each.amount_fen, each.amount_period)
        for each in findings
        if each.amount_fen is not None and not each.uncompared
    )
    if not sums:
        return _("Perhaps {programme}").format(programme=programme)
    return _("Perhaps {programme}: {sums}").format(programme=programme, sums=_("; ").join(sums))


def _indented(line: MaskableText, source: str = "") -> _Line:
    """Return a line indented below its condition."""
    return "", build_sentence("{margin}{line}", margin=_MARGIN, line=line), source


def _with_sign(left: MaskableText, sign: str, right: MaskableText) -> MaskableText:
    return build_sentence("{left} {sign} {right}", left=left, sign=_SIGNS[sign], right=right)


# Why a fact is unknown although cells state it, by the state it is in.
_DOUBTS: dict[str, Callable[[], str]] = {
    "unusable": lambda: _("{label}: not known, the cell cannot be used. Ask: {question}"),
    "disputed": lambda: _("{label}: not known, the sheets differ. Ask: {question}"),
    "range": lambda: _("{label}: between {low} and {high}. Ask: {question}"),
}
_SIGNS = {
    "=": "=",
    "<>": "≠",
    "<": "<",
    "<=": "≤",
    ">": ">",
    ">=": "≥",
    "+": "+",
    "-": "-",
    "*": "×",
    "/": "÷",
}


def format_truth_sign(truth: bool | None) -> str:  # noqa: FBT001 a value, no switch
    """Return the sign of a condition, such as [met]; None is unknown."""
    return {True: _("[met]"), False: _("[not met]"), None: _("[unknown]")}[truth]


def _number(value: TermValue, sort: str) -> str:
    """Return a number of a comparison as text; money in fen is written in yuan.

    A value that is no number is shown as unknown.
    """
    if not isinstance(value, Fraction):
        return format_cell(None)
    if sort == "money":
        return format_yuan(round(value))
    return str(value) if value.denominator == 1 else f"{float(value):g}"


def _stored(value: bool | int | str, fact: Fact) -> int | str:  # noqa: FBT001 a value of a fact
    """Return a presumed value in the form in which facts are stored, money in fen."""
    if isinstance(value, str):
        return value
    return int(value) * fact.kind.per_unit
