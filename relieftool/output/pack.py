"""The answer of `relief pack show`: a programme's rule as people read it, or all programmes."""

import datetime as dt
from collections.abc import Iterator, Sequence

from relieftool.authoring.pack_questions import list_definitions_behind, list_parameters_behind
from relieftool.eligibility.rule_warnings import find_first_day_without
from relieftool.messages import _
from relieftool.output.gaps import format_period
from relieftool.output.own_values_result import format_confidence, format_until
from relieftool.output.pack_head import build_pack_document, format_set_command
from relieftool.output.result import Columns, PlainTable, Result, ResultColumn
from relieftool.output.result_cells import ResultCell
from relieftool.output.wording import format_programme
from relieftool.output.words_of_packs import format_owner, format_parameter_value
from relieftool.pack.models import Definition, Pack, Programme, UnencodedProgramme
from relieftool.pack.time_limits import find_limit_by_setting, find_time_limit
from relieftool.pack.value_overrides import list_office_parameters


def build_programmes_result(pack: Pack, as_of: dt.date) -> Result:
    """Give all programmes of a pack, and those it names without rules."""
    document = {
        **_pack_show_head(pack, as_of),
        "programmes": [_programme_document(pack, one, as_of) for one in pack.programmes.values()],
        "not_encoded": [one.model_dump(mode="json") for one in pack.not_encoded],
    }
    rows: list[list[ResultCell]] = [
        [
            one.id,
            str(one.names),
            format_owner(one.unit),
            str(one.department),
            _days(one),
            "" if one.is_in_force(as_of) else _("not in force"),
        ]
        for one in pack.programmes.values()
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
    """Give a programme as the pack has it, without its examples, and the time limit in force."""
    days, _source = find_time_limit(pack, programme, as_of)
    return {
        **programme.model_dump(mode="json", by_alias=True, exclude={"examples"}),
        "is_in_force": programme.is_in_force(as_of),
        "working_days": days,
    }


def build_programme_result(
    pack: Pack, as_of: dt.date, named: Programme | UnencodedProgramme
) -> Result:
    """Give one programme: heading, amounts, values, definitions, and its conditions last."""
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
    return Result(document, [one for one in grids if one.rows])


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
    """Give what is said of a programme besides its conditions."""
    lines: list[tuple[str, str]] = [
        (_("Who decides"), str(programme.department)),
        (_("For whom"), format_owner(programme.unit)),
        (_("In force"), _days(programme)),
    ]
    lines += [(_("Time limit"), line) for line in _limit_lines(pack, programme, as_of)]
    lines += [(_("Begins with"), programme.trigger)] if programme.trigger else []
    lines += [(_("Not together with"), line) for line in _exclusion_lines(pack, programme)]
    lines += [
        (_("Coarser than the law"), f"{_direction(one.direction)}{one.why}")
        for one in programme.approximations
    ]
    lines += [(_("Papers at the claim"), str(one)) for one in programme.claim_checklist]
    lines += [
        (_("Source"), f"{one.title} ({format_confidence(one.confidence)})")
        for one in programme.sources
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
    for one in programme.excludes:
        named = format_programme(pack, one.programme)
        yield f"{named} ({format_confidence(one.confidence)}): {one.source}"


def _direction(direction: str) -> str:
    """Say whether an approximation lets in too many or too few."""
    if direction == "may_include":
        return _("may include too many: ")
    return _("may leave some out: ")


def _amounts(programme: Programme) -> PlainTable:
    """Give what a programme grants; the first whose condition holds counts."""
    columns: Columns = (
        ResultColumn("when", _("When"), is_wide=True),
        ResultColumn("amount", _("It grants"), is_wide=True),
        ResultColumn("period", _("Per")),
    )
    rows = [
        [" ".join((one.when or "").split()), one.value, format_period(programme.period)]
        for one in programme.amounts
    ]
    return PlainTable(_("Amounts: the first that applies"), columns, rows)


def _parameter_document(pack: Pack, name: str, as_of: dt.date) -> dict[str, object]:
    """Give a parameter with its value in force."""
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
    """Give the values of the law that a programme rests on, as they are on the day."""
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
    """Give the definitions a programme rests on."""
    columns: Columns = (
        ResultColumn("definition", _("Definition"), is_whole=True),
        ResultColumn("label", _("Meaning")),
        ResultColumn("expression", _("Expression"), is_wide=True),
        ResultColumn("source", _("Source"), is_wide=True),
    )
    rows = [
        [one.id, str(one.labels), " ".join(one.value.split()), one.source] for one in definitions
    ]
    return PlainTable(_("Definitions"), columns, rows)


def _criteria(programme: Programme) -> PlainTable:
    """Give the conditions, all of which must hold."""
    columns: Columns = (
        ResultColumn("criterion", _("Condition"), is_whole=True),
        ResultColumn("says", _("What it says"), is_wide=True),
        ResultColumn("article", _("Article"), is_wide=True),
        ResultColumn("expression", _("Expression"), is_wide=True),
    )
    rows = [
        [one.id, str(one.says), one.article, " ".join(one.when.split())]
        for one in programme.criteria
    ]
    return PlainTable(_("Conditions, all of which must hold"), columns, rows)
