"""The answer of `relief pack show`: a programme's rule as people read it, or all programmes.

The answer of `relief pack check`: what a pack holds, and what is worth a look.

The answer of `relief pack show --assumed`: what to ask, and the command that answers it.

The answer of `relief pack values`, and the same as a file to be set elsewhere.
"""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from relieftool.authoring.pack_review import (
    LawQuestion,
    PackContents,
    ReviewNote,
    list_definitions_behind,
    list_parameters_behind,
)
from relieftool.eligibility.rule_warnings import find_first_day_without
from relieftool.messages import _
from relieftool.output.gaps import format_period
from relieftool.output.result import Columns, PlainTable, Result, ResultColumn
from relieftool.output.result_cells import ResultCell
from relieftool.output.wording import (
    build_pack_document,
    format_owner,
    format_parameter_value,
    format_programme,
    format_set_command,
)
from relieftool.pack.models import (
    Confidence,
    DatedValue,
    Definition,
    Pack,
    Programme,
    UnencodedProgramme,
    find_limit_by_setting,
    find_time_limit,
)
from relieftool.pack.value_overrides import OfficeValue, list_office_parameters


def build_pack_check_result(
    pack: Pack, as_of: dt.date, contents: PackContents, doubts: Sequence[ReviewNote]
) -> Result:
    """Return what a pack holds and what to look at, for people and programs."""
    document = {
        "relief_result": 1,
        "command": "pack check",
        "as_of": as_of.isoformat(),
        "pack": build_pack_document(pack, as_of),
        "contents": asdict(contents),
        "warnings": [asdict(doubt) for doubt in doubts],
    }
    return Result(document, (_contents(pack, contents), _doubts(pack, doubts, as_of)))


def _contents(pack: Pack, contents: PackContents) -> PlainTable:
    """Return the numbers of what a pack holds."""
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
    rows = [[labels[key], count] for key, count in asdict(contents).items()]
    title = _("The pack {pack} {version} is whole: {title}, {area}")
    return PlainTable(
        title.format(pack=pack.id, version=pack.version, title=pack.title, area=pack.area),
        (ResultColumn("holds", _("It holds")), ResultColumn("count", _("How many"), "right")),
        rows,
    )


def _doubts(pack: Pack, doubts: Sequence[ReviewNote], as_of: dt.date) -> PlainTable:
    """Return what is worth a look, each with what to do."""
    return PlainTable(
        _("To look at as of {day}").format(day=as_of.isoformat()),
        (
            ResultColumn("id", _("Id"), is_whole=True),
            ResultColumn("warning", _("What is to be seen to"), is_wide=True),
            ResultColumn("remedy", _("What to do"), is_wide=True),
        ),
        [[doubt.id, *_words(pack, doubt)] for doubt in doubts],
        nothing=_("Nothing else to look at as of {day}.").format(day=as_of.isoformat()),
    )


def _unused_words(pack: Pack, name: str) -> tuple[str, str]:
    """Say that no rule reads a parameter; one with a question is kept for people to know."""
    parameter = pack.parameters[name]
    said = _("{label}: no rule uses this parameter, no finding changes by it")
    remedy = (
        _("Take it out, or let a rule use it.")
        if parameter.question is None
        else _("Nothing, where it is kept for people to read; otherwise let a rule use it.")
    )
    return said.format(label=parameter.labels), remedy


def _words(pack: Pack, doubt: ReviewNote) -> tuple[str, str]:
    """Say what is to be looked at, and what to do."""
    day = "" if doubt.on is None else doubt.on.isoformat()
    remove = _("Take it out, or let a rule use it.")
    match doubt.doubt:
        case "unused_parameter":
            return _unused_words(pack, doubt.id)
        case "unused_fact":
            return _("no rule uses this fact, and no heading brings it in"), remove
        case "no_roster_name":
            return (
                _("no list is known by the name of this programme"),
                _("Add roster_names, or import its lists with --roster."),
            )
        case "runs_out" | "ran_out":
            sentence = (
                _("{label}: has no value from {day} on")
                if doubt.doubt == "runs_out"
                else _("{label}: has had no value since {day}")
            )
            label = pack.parameters[doubt.id].labels
            command = format_set_command(doubt.id, doubt.on or dt.date.min)
            return sentence.format(label=label, day=day), command


def build_law_questions_result(
    pack: Pack, as_of: dt.date, questions: Sequence[LawQuestion]
) -> Result:
    """Return the questions for people and programs."""
    document = {
        "relief_result": 1,
        "command": "pack show",
        "as_of": as_of.isoformat(),
        "pack": build_pack_document(pack, as_of),
        "questions": [_question_document(pack, question, as_of) for question in questions],
    }
    return Result(document, (_questions_table(pack, questions, as_of),))


def _question_document(pack: Pack, one: LawQuestion, as_of: dt.date) -> dict[str, object]:
    return {
        "id": one.id,
        "is_parameter": one.is_parameter,
        "label": str(one.label),
        "value": None if one.value is None else str(one.value.value),
        "source": None if one.value is None else one.value.source,
        "question": None if one.question is None else str(one.question),
        "programmes": list(one.rests),
        "command": _command(pack, one, as_of),
    }


def _command(pack: Pack, one: LawQuestion, as_of: dt.date) -> str | None:
    """Write the command that answers a question; None where no value would."""
    if not one.is_parameter:
        return None
    parameter = pack.parameters[one.id]
    day = find_first_day_without(parameter, as_of) if one.value is None else one.value.from_
    return format_set_command(one.id, day)


def _questions_table(pack: Pack, questions: Sequence[LawQuestion], as_of: dt.date) -> PlainTable:
    """Return the questions, one a row."""
    rows = [
        [
            question.id,
            str(question.label),
            _("none")
            if question.value is None
            else format_parameter_value(pack, question.id, question.value),
            "" if question.value is None else question.value.source,
            str(question.question or ""),
            _("; ").join(format_programme(pack, name) for name in question.rests),
            _command(pack, question, as_of) or "",
        ]
        if question.is_parameter
        else [question.id, str(question.label), "", "", str(question.question), "", ""]
        for question in questions
    ]
    columns: Columns = (
        ResultColumn("id", _("Id"), is_whole=True),
        ResultColumn("label", _("Meaning")),
        ResultColumn("value", _("Value now")),
        ResultColumn("source", _("Source"), is_wide=True),
        ResultColumn("question", _("Question"), is_wide=True),
        ResultColumn("programmes", _("Programmes that rest on it"), is_wide=True),
        ResultColumn("command", _("The command that answers it"), is_wide=True),
    )
    title = _("To ask the district office, as of {day}").format(day=as_of.isoformat())
    return PlainTable(title, columns, rows)


def build_office_values_result(pack: Pack, values: Sequence[OfficeValue]) -> Result:
    """Return the values an office has set, for people and programs."""
    document = {
        "relief_result": 1,
        "command": "pack values",
        "pack": build_pack_document(pack),
        "values": [one.model_dump(mode="json", by_alias=True) for one in values],
    }
    rows = [
        [
            one.parameter,
            _label(pack, one.parameter),
            _value(pack, one),
            one.from_.isoformat(),
            format_until(one.until),
            one.source,
            format_confidence(one.confidence),
            one.by or "",
            one.on.isoformat() if one.on else "",
        ]
        for one in values
    ]
    columns: Columns = (
        ResultColumn("parameter", _("Parameter"), is_whole=True),
        ResultColumn("label", _("Meaning"), is_wide=True),
        ResultColumn("value", _("Value of the law"), "right"),
        ResultColumn("from", _("From")),
        ResultColumn("until", _("Until")),
        ResultColumn("source", _("Source"), is_wide=True),
        ResultColumn("confidence", _("Confidence")),
        ResultColumn("by", _("By")),
        ResultColumn("on", _("Set on")),
    )
    nothing = _("No value is set here over the pack.")
    grid = PlainTable(_("Values set here over the pack"), columns, rows, nothing=nothing)
    return Result(document, (grid,))


def _value(pack: Pack, one: OfficeValue) -> str:
    """Write a value with its unit; as it was set where the pack has its parameter no longer."""
    known = one.parameter in pack.parameters
    return format_parameter_value(pack, one.parameter, one) if known else str(one.value)


def _label(pack: Pack, name: str) -> str:
    """Say what a parameter is, or that the pack has it no longer."""
    known = pack.parameters.get(name)
    return str(known.labels) if known else _("not in this pack any more")


@dataclass(frozen=True)
class ValueChange:
    """A value that was set, and what it goes over: one set before, and values of the pack."""

    value: OfficeValue
    replaced: OfficeValue | None
    covered: Sequence[DatedValue]
    is_unused: bool


def format_value_set(pack: Pack, about: ValueChange, *, is_rehearsal: bool) -> Iterator[str]:
    """Say what was set, from when until when it holds, what it goes over, and who reads it.

    `pack` is the one with the value in it.
    """
    one = about.value
    sentence = (
        _("Would be set: {label} = {value} from {day}. Nothing was written.")
        if is_rehearsal
        else _("Set: {label} = {value} from {day}. `relief pack values` lists what is set.")
    )
    parameter = pack.parameters[one.parameter]
    words = format_parameter_value(pack, one.parameter, one)
    yield sentence.format(label=parameter.labels, value=words, day=one.from_.isoformat())
    held = parameter.in_force(one.from_)
    until = one.until if held is None else held.until
    if until == "open":
        yield _("It holds for all later years too; --until YYYY-MM-DD lets it end.")
    elif until == one.until:
        yield _("It holds until {day}.").format(day=until)
    else:
        yield _("It holds until {day}, when another value begins.").format(day=until)
    yield from _gone_over(pack, about)
    if parameter.unit == "ratio" and "share" in parameter.id and one.number > 1:
        yield _("WARNING: this share is more than 1, the whole. 70 % is written 0.7.")
    if about.is_unused:
        yield _("No rule uses this parameter: no finding changes by it.")


def _gone_over(pack: Pack, about: ValueChange) -> Iterator[str]:
    """Say which values no longer hold on the days of one set here."""
    name = about.value.parameter
    if about.covered:
        values = _("; ").join(
            f"{format_parameter_value(pack, name, each)} ({each.from_} – {format_until(each.until)})"
            for each in about.covered
        )
        yield _("On these days it goes over the pack's: {values}.").format(values=values)
    if about.replaced is not None:
        was = format_parameter_value(pack, name, about.replaced)
        yield _("It replaces the value set here from the same day: {value}.").format(value=was)


def format_withdrawn(pack: Pack, name: str, day: dt.date, *, is_rehearsal: bool) -> str:
    """Say that a value was withdrawn, and what holds from that day without it."""
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
    """Write the first day a value holds no longer; open has none."""
    return _("open") if until == "open" else str(until)


def format_confidence(confidence: Confidence) -> str:
    """Say how sure a value is."""
    words = {"verified": _("verified"), "reported": _("reported"), "assumed": _("assumed")}
    return words[confidence]


def format_office_values_toml(values: Sequence[OfficeValue]) -> str:
    """Write values as TOML that `relief pack set --file` takes back."""
    return "\n".join(_table(one) for one in values)


def _table(value: OfficeValue) -> str:
    """Write one value as a table."""
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
    """Write a basic string; what JSON escapes, TOML reads the same way."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def build_programmes_result(pack: Pack, as_of: dt.date) -> Result:
    """Return all programmes of a pack, and those it names without rules."""
    document = {
        **_pack_show_head(pack, as_of),
        "programmes": [_programme_document(pack, one, as_of) for one in pack.programmes.values()],
        "not_encoded": [one.model_dump(mode="json") for one in pack.not_encoded],
    }
    rows: list[list[ResultCell]] = [
        [
            programme.id,
            str(programme.names),
            format_owner(programme.unit),
            str(programme.department),
            _days(programme),
            "" if programme.is_in_force(as_of) else _("not in force"),
        ]
        for programme in pack.programmes.values()
    ]
    rows += [[one.id, str(one.names), "", "", "", str(one.reason)] for one in pack.not_encoded]
    columns: Columns = (
        ResultColumn("id", _("Id"), is_whole=True),
        ResultColumn("label", _("Programme")),
        ResultColumn("unit", _("For whom")),
        ResultColumn("department", _("Who decides")),
        ResultColumn("in_force", _("In force")),
        ResultColumn("note", _("Note"), is_wide=True),
    )
    title = _("Programmes as of {day}, pack {pack} {version}").format(
        day=as_of.isoformat(), pack=pack.id, version=pack.version
    )
    return Result(document, (PlainTable(title, columns, rows),))


def _pack_show_head(pack: Pack, as_of: dt.date) -> dict[str, object]:
    return {
        "relief_result": 1,
        "command": "pack show",
        "as_of": as_of.isoformat(),
        "pack": build_pack_document(pack, as_of),
    }


def _programme_document(pack: Pack, programme: Programme, as_of: dt.date) -> dict[str, object]:
    """Return a programme as the pack has it, without its examples, and the time limit in force."""
    days, _source = find_time_limit(pack, programme, as_of)
    return {
        **programme.model_dump(mode="json", by_alias=True, exclude={"examples"}),
        "is_in_force": programme.is_in_force(as_of),
        "working_days": days,
    }


def build_programme_result(
    pack: Pack, as_of: dt.date, named: Programme | UnencodedProgramme
) -> Result:
    """Return one programme: heading, amounts, values, definitions, and its conditions last."""
    if isinstance(named, UnencodedProgramme):
        return _without_rules(pack, as_of, named)
    document = {
        **_pack_show_head(pack, as_of),
        "programme": _programme_document(pack, named, as_of),
        "parameters": [
            _parameter_document(pack, name, as_of)
            for name in list_parameters_behind(pack, named.id)
        ],
        "definitions": [
            one.model_dump(mode="json") for one in list_definitions_behind(pack, named.id)
        ],
    }
    grids = [
        _heading(pack, named, as_of),
        *([_amounts(named)] if named.amounts else []),
        _parameters(pack, named, as_of),
        _definitions(list_definitions_behind(pack, named.id)),
        _criteria(named),
    ]
    return Result(document, [grid for grid in grids if grid.rows])


def _without_rules(pack: Pack, as_of: dt.date, named: UnencodedProgramme) -> Result:
    """Say why a programme has no rules."""
    rows: list[list[ResultCell]] = [[_("Why it has no rules"), str(named.reason)]]
    rows += [[_("Question"), str(named.question)]] if named.question else []
    document = {**_pack_show_head(pack, as_of), "not_encoded": named.model_dump(mode="json")}
    return Result(document, (_pairs(f"{named.names} ({named.id})", rows),))


def _pairs(title: str, rows: list[list[ResultCell]]) -> PlainTable:
    columns: Columns = (
        ResultColumn("what", _("About")),
        ResultColumn("says", _("What it says"), is_wide=True),
    )
    return PlainTable(title, columns, rows)


def _heading(pack: Pack, programme: Programme, as_of: dt.date) -> PlainTable:
    """Return what is said of a programme besides its conditions."""
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
    lines += [(_("Papers at the claim"), str(one)) for one in programme.claim_checklist]
    lines += [
        (_("Source"), f"{source.title} ({format_confidence(source.confidence)})")
        for source in programme.sources
    ]
    return _pairs(f"{programme.names} ({programme.id})", [list(line) for line in lines])


def _days(programme: Programme) -> str:
    """Write from when until when a programme is in force."""
    first = programme.in_force_from.isoformat()
    if programme.in_force_until == "open":
        return _("from {first}").format(first=first)
    return _("{first} until {last}").format(first=first, last=programme.in_force_until)


def _limit_lines(pack: Pack, programme: Programme, as_of: dt.date) -> Iterator[str]:
    """Say the time limit on a day, and which setting decides it."""
    days, source = find_time_limit(pack, programme, as_of)
    if days is None:
        return
    limit = find_limit_by_setting(pack, programme, as_of)
    yield _("{days} working days ({source})").format(days=days, source=source)
    for other in programme.time_limits:
        setting = pack.parameters[other.setting]
        choice = next(str(one.labels) for one in setting.choices if one.id == other.choice)
        sentence = (
            _("decided by: {label} = {choice}")
            if other is limit
            else _("{days} working days where: {label} = {choice}")
        )
        yield sentence.format(label=setting.labels, choice=choice, days=other.working_days)


def _exclusion_lines(pack: Pack, programme: Programme) -> Iterator[str]:
    """Name what cannot be drawn together with a programme, and on whose word."""
    for exclude in programme.excludes:
        named = format_programme(pack, exclude.programme)
        yield f"{named} ({format_confidence(exclude.confidence)}): {exclude.source}"


def _direction(direction: str) -> str:
    """Return whether an approximation lets in too many or too few."""
    if direction == "may_include":
        return _("may include too many: ")
    return _("may leave some out: ")


def _amounts(programme: Programme) -> PlainTable:
    """Return what a programme grants; the first whose condition holds counts."""
    columns: Columns = (
        ResultColumn("when", _("When"), is_wide=True),
        ResultColumn("amount", _("It grants"), is_wide=True),
        ResultColumn("period", _("Per")),
    )
    rows = [
        [" ".join((amount.when or "").split()), amount.value, format_period(programme.period)]
        for amount in programme.amounts
    ]
    return PlainTable(_("Amounts: the first that applies"), columns, rows)


def _parameter_document(pack: Pack, name: str, as_of: dt.date) -> dict[str, object]:
    """Return a parameter with its value in force."""
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


def _parameters(pack: Pack, programme: Programme, as_of: dt.date) -> PlainTable:
    """Return the values of the law that a programme rests on, as they are on the day."""
    here = list_office_parameters(pack, as_of)
    rows: list[list[ResultCell]] = []
    for name in list_parameters_behind(pack, programme.id):
        parameter = pack.parameters[name]
        value = parameter.in_force(as_of)
        if value is None:
            add = format_set_command(name, find_first_day_without(parameter, as_of))
            rows.append([name, str(parameter.labels), None, "", "", add, ""])
            continue
        sure = format_confidence(value.confidence)
        rows.append(
            [
                name,
                str(parameter.labels),
                format_parameter_value(pack, name, value),
                value.from_.isoformat(),
                format_until(value.until),
                value.source,
                _("{confidence}, set here").format(confidence=sure) if name in here else sure,
            ]
        )
    columns: Columns = (
        ResultColumn("parameter", _("Parameter"), is_whole=True),
        ResultColumn("label", _("Meaning"), is_wide=True),
        ResultColumn("value", _("Value of the law"), "right"),
        ResultColumn("from", _("From")),
        ResultColumn("until", _("Until")),
        ResultColumn("source", _("Source"), is_wide=True),
        ResultColumn("confidence", _("Confidence")),
    )
    return PlainTable(_("Values as of {day}").format(day=as_of.isoformat()), columns, rows)


def _definitions(definitions: Sequence[Definition]) -> PlainTable:
    """Return the definitions a programme rests on."""
    columns: Columns = (
        ResultColumn("definition", _("Definition"), is_whole=True),
        ResultColumn("label", _("Meaning")),
        ResultColumn("expression", _("Expression"), is_wide=True),
        ResultColumn("source", _("Source"), is_wide=True),
    )
    rows = [
        [
            definition.id,
            str(definition.labels),
            " ".join(definition.value.split()),
            definition.source,
        ]
        for definition in definitions
    ]
    return PlainTable(_("Definitions"), columns, rows)


def _criteria(programme: Programme) -> PlainTable:
    """Return the conditions, all of which must hold."""
    columns: Columns = (
        ResultColumn("criterion", _("Condition"), is_whole=True),
        ResultColumn("says", _("What it says"), is_wide=True),
        ResultColumn("article", _("Article"), is_wide=True),
        ResultColumn("expression", _("Expression"), is_wide=True),
    )
    rows = [
        [criterion.id, str(criterion.says), criterion.article, " ".join(criterion.when.split())]
        for criterion in programme.criteria
    ]
    return PlainTable(_("Conditions, all of which must hold"), columns, rows)
