"""The answer of `relief pack check`: what a pack holds, and what is worth a look."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict

from relieftool.authoring.pack_review import PackContents, ReviewNote
from relieftool.messages import _
from relieftool.output.pack_head import build_pack_document, format_set_command
from relieftool.output.result import PlainTable, Result, ResultColumn
from relieftool.pack.models import Pack


def build_pack_check_result(
    pack: Pack, as_of: dt.date, contents: PackContents, doubts: Sequence[ReviewNote]
) -> Result:
    """Give what a pack holds and what to look at, for people and programs."""
    document = {
        "relief_result": 1,
        "command": "pack check",
        "as_of": as_of.isoformat(),
        "pack": build_pack_document(pack, as_of),
        "contents": asdict(contents),
        "warnings": [asdict(one) for one in doubts],
    }
    return Result(document, (_contents(pack, contents), _doubts(pack, doubts, as_of)))


def _contents(pack: Pack, contents: PackContents) -> PlainTable:
    """Give the numbers of what a pack holds."""
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
    """Give what is worth a look, each with what to do."""
    return PlainTable(
        _("To look at as of {day}").format(day=as_of.isoformat()),
        (
            ResultColumn("id", _("Id"), is_whole=True),
            ResultColumn("warning", _("What is to be seen to"), is_wide=True),
            ResultColumn("remedy", _("What to do"), is_wide=True),
        ),
        [[one.id, *_words(pack, one)] for one in doubts],
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
