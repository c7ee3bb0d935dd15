"""A rule pack as people read it: programmes, warnings, questions, and the office's own values.

The values that the office has set can also be written as TOML, to be set elsewhere.
"""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from operator import itemgetter
from typing import Any

from relieftool.authoring.law_calendar import LawSpan
from relieftool.authoring.pack_review import (
    LawQuestion,
    PackContents,
    ReviewNote,
    list_definitions_behind,
    list_parameters_behind,
)
from relieftool.messages import _
from relieftool.output.result import Column, Columns, RecordTable, Result
from relieftool.output.wording import (
    build_document_head,
    build_pack_document,
    format_owner,
    format_parameter_value,
    format_period,
    format_programme,
    format_set_command,
)
from relieftool.pack.models import (
    Amount,
    Confidence,
    Criterion,
    DatedValue,
    Definition,
    LeastValue,
    Pack,
    Programme,
    UnencodedProgramme,
    find_limit_by_setting,
    find_time_limit,
    find_urgent_limit,
)
from relieftool.pack.value_overrides import OfficeValue, list_office_parameters


def build_pack_check_result(
    pack: Pack, as_of: dt.date, contents: PackContents, notes: Sequence[ReviewNote]
) -> Result:
    """Return the counts of a pack's contents and the notes on what to look at."""
    document = {
        **build_document_head("pack check", as_of, pack),
        "contents": asdict(contents),
        "warnings": [asdict(note) for note in notes],
    }
    columns = Column.by_place(
        Column("id", _("Id"), is_whole=True),
        Column("warning", _("What to look at"), is_wide=True),
        Column("remedy", _("What to do"), is_wide=True),
    )
    title = _("To look at as of {day}").format(day=as_of)
    nothing = _("Nothing else to look at as of {day}.").format(day=as_of)
    rows = [(note.id, *_note_words(pack, note)) for note in notes]
    listing = RecordTable(title, columns, rows, nothing=nothing)
    return Result(document, (_contents_table(pack, contents), listing))


def _contents_table(pack: Pack, contents: PackContents) -> RecordTable[tuple[str, int]]:
    """Return the table with the number of facts, programmes and so on in a pack."""
    labels = {
        "facts": _("facts"),
        "definitions": _("definitions"),
        "parameters": _("parameters"),
        "programmes": _("programmes"),
        "criteria": _("conditions"),
        "examples": _("examples"),
        "indicators": _("indicators of priority"),
        "not_encoded": _("programmes named without rules"),
    }
    title = _("The pack {pack} {version} is whole: {title}, {area}")
    return RecordTable(
        title.format(pack=pack.called, version=pack.version, title=pack.title, area=pack.area),
        Column.by_place(Column("holds", _("It holds")), Column.number("count", _("How many"))),
        [(labels[key], count) for key, count in asdict(contents).items()],
    )


def _note_words(pack: Pack, note: ReviewNote) -> tuple[str, str]:
    """Return what a note is about and what to do, in words."""
    remove = _("Take it out, or let a rule use it.")
    parameter = pack.parameters.get(note.id)
    label = parameter.labels if parameter else ""
    match note.doubt:
        case "unused_parameter":
            said = _("{label}: no rule uses this parameter, no finding changes by it")
            # A parameter with a question may be there for people to read, though no rule uses it.
            kept = _("Nothing, where it is kept for people to read; otherwise let a rule use it.")
            has_question = parameter is not None and parameter.question is not None
            return said.format(label=label), kept if has_question else remove
        case "unused_fact":
            return _("no rule uses this fact, and no heading brings it in"), remove
        case "no_roster_name":
            return (
                _("no list would be recognised as this programme's"),
                _("Add roster_names, or import its lists with --roster."),
            )
        case "below_base":
            said = _("{label}: from {day} less than the base has, which is the least it may be")
            return said.format(label=label, day=note.on or ""), _("Check both values.")
        case "runs_out" | "ran_out":
            sentence = (
                _("{label}: has no value from {day} on")
                if note.doubt == "runs_out"
                else _("{label}: has had no value since {day}")
            )
            command = format_set_command(note.id, note.on or dt.date.min)
            return sentence.format(label=label, day=note.on or ""), command


def build_law_questions_result(
    pack: Pack, as_of: dt.date, questions: Sequence[LawQuestion]
) -> Result:
    """Return the questions to the office that is responsible for the law."""
    title = _("To ask the district office, as of {day}").format(day=as_of)
    table = RecordTable(title, _question_columns(pack, as_of), questions)
    head = build_document_head("pack show", as_of, pack)
    return Result({**head, "questions": table.documents()}, (table,))


def build_packs_result(packs: Sequence[tuple[Pack, bool]]) -> Result:
    """Return a table of packs, each with whether the register uses it."""
    columns: tuple[Column[tuple[Pack, bool]], ...] = (
        Column(
            "id",
            _("Id"),
            is_whole=True,
            value=lambda each: each[0].id,
            words=lambda each: each[0].called,
        ),
        Column("title", _("Title"), is_wide=True, value=lambda each: str(each[0].title)),
        Column("area", _("Area"), is_wide=True, value=lambda each: str(each[0].area)),
        Column.optional("extends", _("Builds on"), value=lambda each: each[0].extends),
        Column("version", _("Version"), value=lambda each: each[0].version),
        Column("is_used", _("Used here"), value=lambda each: each[1]),
    )
    return RecordTable(_("Rule packs"), columns, packs).result("pack list", "packs")


def build_calendar_result(pack: Pack, as_of: dt.date, spans: Sequence[LawSpan]) -> Result:
    """Return the values of the law by their days; a hole has its question."""

    def value_words(span: LawSpan) -> str:
        if span.value is None:
            return _("not known")
        words = format_parameter_value(pack, span.parameter, span.value)
        return _("at least {value}").format(value=words) if _is_least(span) else words

    def note(span: LawSpan) -> str:
        question = pack.parameters[span.parameter].question
        return str(question or "") if span.value is None else span.value.source

    columns: tuple[Column[LawSpan], ...] = (
        Column("parameter", _("Parameter"), is_whole=True),
        Column(
            "label", _("Meaning"), is_wide=True, value=lambda span: _label(pack, span.parameter)
        ),
        Column("from", _("From"), value=lambda span: span.from_.isoformat()),
        Column("until", _("Until"), value=lambda span: span.until.isoformat()),
        Column("value", _("Value of the law"), value=_value_text, words=value_words),
        Column("is_least", only="json", value=_is_least),
        Column.optional("confidence", _("How sure"), value=lambda span: span.value and _sure(span)),
        Column.optional("pack", _("Set by"), value=lambda span: span.pack or None),
        Column("note", _("Source, or question"), is_wide=True, value=note),
    )
    holes = sum(span.value is None for span in spans)
    table = RecordTable(
        _("The values of {pack} {version} by their days").format(
            pack=pack.called, version=pack.version
        ),
        columns,
        spans,
        footer=[
            _("{count} holes: values that rules in force need and nobody has.").format(count=holes)
        ],
    )
    head = build_document_head("pack calendar", as_of, pack)
    return Result({**head, "holes": holes, "calendar": table.documents()}, (table,))


def _label(pack: Pack, parameter: str) -> str:
    """Return what people call a parameter."""
    return str(pack.parameters[parameter].labels)


def _is_least(span: LawSpan) -> bool:
    """Whether a span has only the least that its value can be."""
    return isinstance(span.value, LeastValue)


def _value_text(span: LawSpan) -> str | None:
    """Return the value of a span as its pack has it; None in a hole."""
    return None if span.value is None else str(span.value.value)


def _sure(span: LawSpan) -> str | None:
    """Return in words how certain the value of a span is; None in a hole."""
    return None if span.value is None else format_confidence(span.value.confidence)


def format_new_pack(name: str, base: Pack, questions: Sequence[LawQuestion]) -> str:
    """Return the text of pack.toml for a new pack, with a commented value for each question."""
    head = [
        f'id = "{name}"',
        f'extends = "{base.id}"',
        'version = "1"',
        f'title = {{ zh = "{name}", en = "{name}" }}',
        f'area = {{ zh = "{name}", en = "{name}" }}',
    ]
    return "\n".join([*head, *(_format_asked_value(base, each) for each in questions), ""])


def _format_asked_value(base: Pack, asked: LawQuestion) -> str:
    """Return a commented value: the question, and what the base has or assumes."""
    known = (
        _("none") if asked.value is None else format_parameter_value(base, asked.id, asked.value)
    )
    lines = [
        f"{asked.label}: {asked.question or ''}",
        _("{base} has: {value}").format(base=base.id, value=known),
        "[[values]]",
        f'parameter = "{asked.id}"',
        "from = 2026-01-01",
        'until = "open"',
        "value = ",
        'confidence = "reported"',
        'source = ""',
    ]
    return "\n" + "\n".join(f"# {line}" for line in lines)


def _question_columns(pack: Pack, as_of: dt.date) -> tuple[Column[LawQuestion], ...]:
    def value(question: LawQuestion) -> str | None:
        return None if question.value is None else str(question.value.value)

    def value_words(question: LawQuestion) -> str:
        if question.value is None:
            return _("none") if question.is_parameter else ""
        return format_parameter_value(pack, question.id, question.value)

    def text(question: LawQuestion) -> str | None:
        return None if question.question is None else str(question.question)

    def command(question: LawQuestion) -> str | None:
        return _set_command(pack, question, as_of)

    def programme_names(names: Sequence[str]) -> str:
        return _("; ").join(format_programme(pack, name) for name in names)

    return (
        Column("id", _("Id"), is_whole=True),
        *Column.json("is_parameter"),
        Column("label", _("Meaning"), value=lambda question: str(question.label)),
        Column("value", _("Value now"), value=value, words=value_words),
        Column.optional("source", _("Source"), is_wide=True, value="value.source"),
        Column.optional("question", _("Question"), is_wide=True, value=text),
        Column(
            "programmes",
            _("Programmes that rest on it"),
            programme_names,
            is_wide=True,
            value="rests",
        ),
        Column.optional("command", _("The command that answers it"), is_wide=True, value=command),
    )


def _set_command(pack: Pack, question: LawQuestion, as_of: dt.date) -> str | None:
    """Return the command that answers a question; None if it is not about a parameter."""
    if not question.is_parameter:
        return None
    if question.value is not None:
        return format_set_command(question.id, question.value.from_)
    day = pack.parameters[question.id].first_day_without(as_of)
    return format_set_command(question.id, day)


def build_office_values_result(pack: Pack, values: Sequence[OfficeValue]) -> Result:
    """Return the values that the office has set, as a table and as JSON."""
    document = {
        "relief_result": 1,
        "command": "pack values",
        "pack": build_pack_document(pack),
        "values": [value.model_dump(mode="json", by_alias=True) for value in values],
    }
    columns: Columns = (
        *_value_columns(pack),
        *Column.of_part(
            itemgetter(1),
            Column("source", _("Source"), is_wide=True),
            Column("confidence", _("Confidence"), format_confidence),
            Column.optional("by", _("By")),
            Column.optional("on", _("Set on"), format=str),
        ),
    )
    table = RecordTable(
        _("Values set here over the pack"),
        columns,
        [(value.parameter, value) for value in values],
        nothing=_("No value is set here over the pack."),
    )
    return Result(document, (table,))


_NamedValue = tuple[str, DatedValue | None]  # a parameter's id, and its value if it has one


def _value_columns(pack: Pack) -> tuple[Column[_NamedValue], ...]:
    """Return the columns of a parameter, its value, and the days on which the value holds.

    A parameter may be gone from the pack; its value is then shown as it was set.
    """

    def label(name: str) -> str:
        known = pack.parameters.get(name)
        return str(known.labels) if known else _("not in this pack any more")

    def value_words(named: _NamedValue) -> str | None:
        name, value = named
        if value is None:
            return None
        known = name in pack.parameters
        return format_parameter_value(pack, name, value) if known else str(value.value)

    return (
        Column("parameter", _("Parameter"), is_whole=True, value=itemgetter(0)),
        Column("label", _("Meaning"), label, is_wide=True, value=itemgetter(0)),
        Column.number("value", _("Value of the law"), words=value_words),
        *Column.of_part(
            itemgetter(1),
            Column.optional("from", _("From"), format=str, value="from_"),
            Column.optional("until", _("Until"), format=format_until),
        ),
    )


@dataclass(frozen=True)
class ValueChange:
    """A value that was set, with the values that it replaces.

    `replaced` was set before from the same day (None: nothing was); `covered` are the pack's own
    values on the days on which the new value holds.
    `is_unused`: no rule reads the parameter.
    """

    value: OfficeValue
    replaced: OfficeValue | None
    covered: Sequence[DatedValue]
    is_unused: bool


def format_value_set(pack: Pack, about: ValueChange, *, is_rehearsal: bool) -> Iterator[str]:
    """Yield sentences on a value that was set: how long it holds, and what it replaces.

    `pack` already contains the value. `is_rehearsal`: nothing was written.
    """
    value = about.value
    sentence = (
        _("Would be set: {label} = {value} from {day}. Nothing was written.")
        if is_rehearsal
        else _("Set: {label} = {value} from {day}. `relief pack values` lists what is set.")
    )
    parameter = pack.parameters[value.parameter]
    words = format_parameter_value(pack, value.parameter, value)
    yield sentence.format(label=parameter.labels, value=words, day=value.from_)
    held = parameter.in_force(value.from_)
    until = value.until if held is None else held.until
    if until == "open":
        yield _("It holds for all later years too; --until YYYY-MM-DD lets it end.")
    elif until == value.until:
        yield _("It holds until {day}.").format(day=until)
    else:
        yield _("It holds until {day}, when another value begins.").format(day=until)
    yield from _replaced_lines(pack, about)
    if parameter.unit == "ratio" and "share" in parameter.id and value.number > 1:
        yield _("WARNING: this share is more than 1, the whole. 70 % is written 0.7.")
    if about.is_unused:
        yield _("No rule uses this parameter: no finding changes by it.")


def _replaced_lines(pack: Pack, about: ValueChange) -> Iterator[str]:
    """Yield the sentences on the values that a newly set value replaces."""
    name = about.value.parameter
    if about.covered:
        values = _("; ").join(
            f"{format_parameter_value(pack, name, old)} ({old.from_} – {format_until(old.until)})"
            for old in about.covered
        )
        yield _("On these days it takes the place of the pack's: {values}.").format(values=values)
    if about.replaced is not None:
        was = format_parameter_value(pack, name, about.replaced)
        yield _("It replaces the value set here from the same day: {value}.").format(value=was)


def format_withdrawn(pack: Pack, name: str, day: dt.date, *, is_rehearsal: bool) -> str:
    """Return the sentence that a value was withdrawn; unless a rehearsal, with the value now."""
    sentence = (
        _("Would be withdrawn: {parameter} from {day}. Nothing was written.")
        if is_rehearsal
        else _("Withdrawn: {parameter} from {day}.")
    )
    said = sentence.format(parameter=name, day=day.isoformat())
    if is_rehearsal or name not in pack.parameters:
        return said
    value = pack.parameters[name].in_force(day)
    now = _("none") if value is None else format_parameter_value(pack, name, value)
    return _("{sentence} Value on that day now: {value}").format(sentence=said, value=now)


def format_until(until: object) -> str:
    """Return the first day on which a value no longer holds, or the word for "open"."""
    return _("open") if until == "open" else str(until)


def format_confidence(confidence: Confidence) -> str:
    """Return in words how certain a value is."""
    words = {"verified": _("verified"), "reported": _("reported"), "assumed": _("assumed")}
    return words[confidence]


def format_office_values_toml(values: Sequence[OfficeValue]) -> str:
    """Return values as TOML that `relief pack set --file` reads."""
    return "\n".join(map(_format_value_toml, values))


def _format_value_toml(value: OfficeValue) -> str:
    """Return one value as a TOML table."""
    until = '"open"' if value.until == "open" else value.until.isoformat()
    lines = [
        "[[values]]",
        f"parameter = {_quoted(value.parameter)}",
        f"from = {value.from_.isoformat()}",
        f"until = {until}",
        f"value = {_quoted(str(value.value))}",
        f"source = {_quoted(value.source)}",
        f"confidence = {_quoted(value.confidence)}",
    ]
    lines += [f"by = {_quoted(value.by)}"] if value.by else []
    lines += [f"on = {value.on.isoformat()}"] if value.on else []
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Return a TOML string: the escapes of JSON are valid in TOML, and U+007F needs one more."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def build_programmes_result(pack: Pack, as_of: dt.date) -> Result:
    """Return all programmes of a pack, then the programmes that it names without rules."""
    document = {
        **build_document_head("pack show", as_of, pack),
        "programmes": [
            _programme_document(pack, programme, as_of) for programme in pack.programmes.values()
        ],
        "not_encoded": [programme.model_dump(mode="json") for programme in pack.not_encoded],
    }
    rows = [
        (
            *(programme.id, str(programme.names), format_owner(programme.unit)),
            *(str(programme.department), _days(programme)),
            "" if programme.is_in_force(as_of) else _("not in force"),
        )
        for programme in pack.programmes.values()
    ]
    rows += [
        (programme.id, str(programme.names), "", "", "", str(programme.reason))
        for programme in pack.not_encoded
    ]
    columns = Column.by_place(
        Column("id", _("Id"), is_whole=True),
        Column("label", _("Programme")),
        Column("unit", _("For whom")),
        Column("department", _("Who decides")),
        Column("in_force", _("In force")),
        Column("note", _("Note"), is_wide=True),
    )
    title = _("Programmes as of {day}, pack {pack} {version}").format(
        day=as_of, pack=pack.called, version=pack.version
    )
    return Result(document, (RecordTable(title, columns, rows),))


def _programme_document(pack: Pack, programme: Programme, as_of: dt.date) -> dict[str, object]:
    """Return a programme without its examples, and what holds for it on the day `as_of`.

    Two keys are added: `is_in_force`, and `working_days`, the time limit on that day (None: no
    limit).
    """
    days, _source = find_time_limit(pack, programme, as_of)
    return {
        **programme.model_dump(mode="json", by_alias=True, exclude={"examples"}),
        "is_in_force": programme.is_in_force(as_of),
        "working_days": days,
    }


def build_programme_result(
    pack: Pack, as_of: dt.date, named: Programme | UnencodedProgramme
) -> Result:
    """Return one programme: heading, amounts, values, definitions and, last, conditions.

    For a programme without rules, return the reason for that.
    """
    if isinstance(named, UnencodedProgramme):
        return _without_rules(pack, as_of, named)
    parameters = list_parameters_behind(pack, named.id)
    definitions = list_definitions_behind(pack, named.id)
    document = {
        **build_document_head("pack show", as_of, pack),
        "programme": _programme_document(pack, named, as_of),
        "parameters": [_parameter_document(pack, name, as_of) for name in parameters],
        "definitions": [definition.model_dump(mode="json") for definition in definitions],
    }
    tables: list[RecordTable[Any]] = [
        _pairs_table(named, _heading_lines(pack, named, as_of)),
        _amounts_table(named),
        _parameters_table(pack, parameters, as_of),
        RecordTable(_("Definitions"), _definition_columns(), definitions),
        RecordTable(_("Conditions, all of which must hold"), _criterion_columns(), named.criteria),
    ]
    return Result(document, [table for table in tables if table.records])


def _without_rules(pack: Pack, as_of: dt.date, named: UnencodedProgramme) -> Result:
    """Return the result that explains why a programme has no rules."""
    rows = [(_("Why it has no rules"), str(named.reason))]
    rows += [(_("Question"), str(named.question))] if named.question else []
    head = build_document_head("pack show", as_of, pack)
    document = {**head, "not_encoded": named.model_dump(mode="json")}
    return Result(document, (_pairs_table(named, rows),))


def _pairs_table(
    programme: Programme | UnencodedProgramme, rows: list[tuple[str, str]]
) -> RecordTable[tuple[str, str]]:
    columns = Column.by_place(
        Column("what", _("About")), Column("says", _("What it says"), is_wide=True)
    )
    return RecordTable(f"{programme.names} ({programme.id})", columns, rows)


def _heading_lines(pack: Pack, programme: Programme, as_of: dt.date) -> list[tuple[str, str]]:
    """Return pairs of label and text about a programme, all but its conditions."""
    lines: list[tuple[str, str]] = [
        (_("Who decides"), str(programme.department)),
        (_("For whom"), format_owner(programme.unit)),
        (_("In force"), _days(programme)),
    ]
    lines += [(_("Time limit"), line) for line in _limit_lines(pack, programme, as_of)]
    lines += [(_("Begins with"), programme.trigger)] if programme.trigger else []
    lines += [(_("Not together with"), line) for line in _exclusion_lines(pack, programme)]
    lines += [
        (_("Coarser than the law"), f"{_direction(approximation.direction)}{approximation.why}")
        for approximation in programme.approximations
    ]
    lines += [(_("Papers at the claim"), str(paper)) for paper in programme.claim_checklist]
    lines += [
        (_("Source"), f"{source.title} ({format_confidence(source.confidence)})")
        for source in programme.sources
    ]
    return lines


def _days(programme: Programme) -> str:
    """Return in words the days on which a programme is in force."""
    first = programme.in_force_from.isoformat()
    if programme.in_force_until == "open":
        return _("from {first}").format(first=first)
    return _("{first} until {last}").format(first=first, last=programme.in_force_until)


def _limit_lines(pack: Pack, programme: Programme, as_of: dt.date) -> Iterator[str]:
    """Yield the time limit on a day, and the limits under each choice of a setting, if any."""
    if urgent := find_urgent_limit(programme, as_of):
        words = _("A small sum is due within {days} days ({source})")
        yield words.format(days=urgent.days, source=urgent.source)
    days, source = find_time_limit(pack, programme, as_of)
    if days is None:
        return
    limit = find_limit_by_setting(pack, programme, as_of)
    yield _("{days} working days ({source})").format(days=days, source=source)
    for other in programme.time_limits:
        setting = pack.parameters[other.setting]
        choice = next(str(each.labels) for each in setting.choices if each.id == other.choice)
        sentence = (
            _("decided by: {label} = {choice}")
            if other is limit
            else _("{days} working days where: {label} = {choice}")
        )
        yield sentence.format(label=setting.labels, choice=choice, days=other.working_days)


def _exclusion_lines(pack: Pack, programme: Programme) -> Iterator[str]:
    """Yield the programmes that cannot be received together with this one, with sources."""
    for exclude in programme.excludes:
        named = format_programme(pack, exclude.programme)
        yield f"{named} ({format_confidence(exclude.confidence)}): {exclude.source}"


def _direction(direction: str) -> str:
    """Return in words whether an approximation includes too many or leaves some out."""
    if direction == "may_include":
        return _("may include too many: ")
    return _("may leave some out: ")


def _amounts_table(programme: Programme) -> RecordTable[Amount]:
    """Return the table of a programme's amounts; the first whose condition holds is paid."""
    columns: tuple[Column[Amount], ...] = (
        Column("when", _("When"), _join_lines, is_wide=True),
        Column("amount", _("It grants"), is_wide=True, json_key="value"),
        Column("period", _("Per"), words=lambda _amount: format_period(programme.period)),
    )
    return RecordTable(_("Amounts: the first that applies"), columns, programme.amounts)


def _join_lines(expression: str | None) -> str:
    """Return an expression on one line; '' for None."""
    return " ".join((expression or "").split())


def _parameter_document(pack: Pack, name: str, as_of: dt.date) -> dict[str, object]:
    """Return a parameter with its value on the day, for JSON."""
    parameter = pack.parameters[name]
    value = parameter.in_force(as_of)
    return {
        "id": name,
        "label": str(parameter.labels),
        "unit": parameter.unit,
        "period": parameter.period,
        "question": None if parameter.question is None else str(parameter.question),
        "value": None if value is None else value.model_dump(mode="json", by_alias=True),
        "set_here": name in list_office_parameters(pack, as_of),
    }


def _parameters_table(pack: Pack, names: Sequence[str], as_of: dt.date) -> RecordTable[_NamedValue]:
    """Return the table of the parameters behind a programme, with their values on the day."""
    here = list_office_parameters(pack, as_of)

    def source(named: _NamedValue) -> str:
        name, value = named
        if value is not None:
            return value.source
        return format_set_command(name, pack.parameters[name].first_day_without(as_of))

    def confidence(named: _NamedValue) -> str:
        name, value = named
        if value is None:
            return ""
        sure = format_confidence(value.confidence)
        return _("{confidence}, set here").format(confidence=sure) if name in here else sure

    columns = (
        *_value_columns(pack),
        Column("source", _("Source"), is_wide=True, words=source),
        Column("confidence", _("Confidence"), words=confidence),
    )
    values = [(name, pack.parameters[name].in_force(as_of)) for name in names]
    return RecordTable(_("Values as of {day}").format(day=as_of), columns, values)


def _definition_columns() -> tuple[Column[Definition], ...]:
    return (
        Column("definition", _("Definition"), is_whole=True, json_key="id"),
        Column("label", _("Meaning"), str, json_key="labels"),
        Column("expression", _("Expression"), _join_lines, is_wide=True, json_key="value"),
        Column("source", _("Source"), is_wide=True),
    )


def _criterion_columns() -> tuple[Column[Criterion], ...]:
    return (
        Column("criterion", _("Condition"), is_whole=True, json_key="id"),
        Column("says", _("What it says"), str, is_wide=True),
        Column("article", _("Article"), is_wide=True),
        Column("expression", _("Expression"), _join_lines, is_wide=True, json_key="when"),
    )
