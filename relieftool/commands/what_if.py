"""`relief what-if`: the same rules on a changed copy; nothing is written to the register.

Values on the command line are parsed like the cells of a sheet.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches

import typer

from relieftool.commands import options
from relieftool.commands.session import RegisterOnDay
from relieftool.eligibility.scenario import (
    SupposedFact,
    Suppositions,
    add_supposed_fact,
    copy_household,
)
from relieftool.messages import _
from relieftool.pack.facts import Fact, Owner
from relieftool.pack.models import Pack
from relieftool.register.fact_cells import parse_fact
from relieftool.values.cells import ValueProblem
from relieftool.values.stored_values import StoredValue

_PLACED = re.compile(r"(?:(\d{1,2})\.)?(.+)", re.DOTALL)
_MOST_POINTS = 2001


def parse_suppositions(  # noqa: PLR0917 one list per option, None where it is left out
    pack: Pack,
    settings: Iterable[str] | None,
    added: Iterable[str] | None,
    removed: Iterable[int] | None,
    receives: Iterable[str] | None,
    receives_not: Iterable[str] | None,
) -> Suppositions:
    """Return all suppositions of a command line; an impossible one is a usage error."""
    begun = [_receipt(pack, text, is_received=True) for text in receives or ()]
    ended = [_receipt(pack, text, is_received=False) for text in receives_not or ()]
    return Suppositions(
        tuple(parse_supposed_fact(pack, text) for text in settings or ()),
        tuple(_parse_person(pack, text) for text in added or ()),
        tuple(removed or ()),
        (*begun, *ended),
    )


def parse_supposed_fact(pack: Pack, text: str) -> SupposedFact:
    """Parse FACT=VALUE, or N.FACT=VALUE for member N; +VALUE adds, an empty value is unknown."""
    name, sign, value = text.partition("=")
    if not sign:
        raise build_option_error(_("'{text}' is not written as FACT=VALUE").format(text=text))
    place, fact = _find_placed_fact(pack, name)
    is_added = value.strip().startswith(("+", "＋")) and fact.is_figure
    cell = value.strip().lstrip("+＋") if is_added else value
    return SupposedFact(fact.id, _value(fact, cell), place, is_added)


def parse_sweep_range(pack: Pack, text: str, step: int | None) -> tuple[SupposedFact, list[int]]:
    """Parse FACT=LOW..HIGH; return the fact and the stored values from LOW up to HIGH to try."""
    name, _sign, ends = text.partition("=")
    low, dots, high = ends.partition("..")
    place, fact = _find_placed_fact(pack, name)
    if not dots or not fact.is_figure:
        raise build_option_error(
            _("'{text}' is not written as FACT=LOW..HIGH, with numbers").format(text=text)
        )
    first, last = _value(fact, low), _value(fact, high)
    scale = fact.kind.per_unit
    width = (step if step is not None else 50 if scale != 1 else 1) * scale
    if not isinstance(first, int) or not isinstance(last, int) or width <= 0 or last <= first:
        raise build_option_error(
            _("'{text}' goes nowhere; the second number is the larger").format(text=text)
        )
    values = list(range(first, last + 1, width))
    if len(values) > _MOST_POINTS:
        raise build_option_error(_("these are too many steps; take a larger --step"))
    return SupposedFact(fact.id, None, place), values


def build_option_error(problem: str) -> typer.BadParameter:
    """Return the usage error for an impossible supposition."""
    return typer.BadParameter(problem, param_hint="--set")


def check_member_places(changes: Suppositions, members: Collection[StoredValue]) -> None:
    """Raise a usage error if a supposition is about a member number that does not exist."""
    places = [setting.place for setting in changes.settings] + [
        receipt[0] for receipt in changes.receipts
    ]
    for place in (*places, *changes.removed):
        if place is not None and place not in members:
            raise build_option_error(
                _("there is no member number {number}; the household has {count}").format(
                    number=place, count=len(members)
                )
            )


def _find_placed_fact(pack: Pack, name: str) -> tuple[int | None, Fact]:
    """Return the member's number (None for the household) and the fact that `name` means."""
    found = _PLACED.fullmatch(name.strip())
    place = int(found[1]) if found and found[1] else None
    fact = _fact(pack, found[2] if found else name)
    if fact.owner == "member" and place is None:
        raise build_option_error(
            _("'{name}' is a member's fact; write its member, as in 2.{name}").format(name=fact.id)
        )
    if fact.owner == "household" and place is not None:
        raise build_option_error(
            _("'{name}' is a fact of the household; leave the number out").format(name=fact.id)
        )
    return place, fact


def _fact(pack: Pack, name: str, owner: Owner | None = None) -> Fact:
    for fact in pack.facts.values():
        is_called = name in (fact.id, fact.labels.zh, fact.labels.en)
        if is_called and owner in (None, fact.owner):
            return fact
    known = [fact.id for fact in pack.facts.values() if owner in (None, fact.owner)]
    near = get_close_matches(name, known, 1)
    sentence = (
        _("'{name}' is no fact of this unit. Did you mean '{near}'?")
        if near
        else _("'{name}' is no fact of this unit. `relief show HOUSEHOLD` lists them.")
    )
    raise build_option_error(sentence.format(name=name, near=near[0] if near else ""))


def _value(fact: Fact, text: str) -> StoredValue:
    """Parse a value; None (unknown) if it is empty or a question mark."""
    if text.strip() in ("", "?", "？"):
        return None
    for choice in fact.choices:
        if text.strip() in (choice.labels.zh, choice.labels.en):
            return choice.id
    try:
        return parse_fact(fact, text)
    except ValueProblem as problem:
        sentence = _("{label}: {value}").format(label=fact.id, value=problem.message)
        raise build_option_error(sentence) from problem


def _parse_person(pack: Pack, text: str) -> Mapping[str, StoredValue]:
    """Parse the facts of a person who joins: FACT=VALUE,FACT=VALUE."""
    stated = {}
    for part in re.split(r"[,，]", text):
        name, _sign, value = part.partition("=")
        fact = _fact(pack, name.strip(), "member")
        stated[fact.id] = _value(fact, value)
    return stated


def _receipt(pack: Pack, text: str, *, is_received: bool) -> tuple[int | None, str, bool]:
    found = _PLACED.fullmatch(text.strip())
    place = int(found[1]) if found and found[1] else None
    from relieftool.eligibility.explain import find_programme_id

    programme = find_programme_id(pack, found[2] if found else text)
    if (pack.programmes[programme].unit == "member") != (place is not None):
        raise build_option_error(
            _("write 2.{name} for a member's programme, {name} for the household's").format(
                name=programme
            )
        )
    return place, programme, is_received


def what_if(
    household: str,
    *,
    set_: list[str] | None = None,
    add_member: list[str] | None = None,
    remove_member: list[int] | None = None,
    receives: list[str] | None = None,
    receives_not: list[str] | None = None,
    sweep: str | None = None,
    step: int | None = None,
    where: RegisterOnDay,
    showing: options.RevealOptions,
) -> None:
    """Show what a change would do to a household's benefits; the register stays as it is.

    Example: relief what-if HK20240011 --set household_income=+1000

    Args:
        set_ (FACT=VALUE): Suppose a fact; 2.income=1000 is the second member's, +1000 adds,
            nothing: unknown.
        add_member (FACT=VALUE,...): Suppose a person who joins; what is left out is what a blank
            cell would mean.
        remove_member (N): Suppose the member at this place leaves.
        receives (PROGRAMME): Suppose a benefit is received.
        receives_not (PROGRAMME): Suppose a benefit is not received.
        sweep (FACT=LOW..HIGH): Try a fact over a range and show where benefits fall away.
        step (YUAN): The width of a step; 50 yuan, or a count of 1.
    """
    from relieftool.eligibility import what_if as scenarios
    from relieftool.output import what_if as output

    with where.open() as opened:
        household = opened.household(household)
        changes = parse_suppositions(
            opened.pack, set_, add_member, remove_member, receives, receives_not
        )
        if sweep is None and not any(vars(changes).values()):
            raise build_option_error(
                _("say what to suppose, for example --set household_income=+1000")
            )
        swept = None if sweep is None else parse_sweep_range(opened.pack, sweep, step)
        supposed = changes if swept is None else add_supposed_fact(changes, swept[0])
        check_member_places(
            supposed, [member["place"] for member in copy_household(opened.db, household).members]
        )
        asked = opened.db, opened.pack, opened.as_of, household, changes
        if swept is None:
            result = output.build_what_if_result(scenarios.compare_household(*asked))
        else:
            result = output.build_sweep_result(scenarios.sweep_household(*asked, *swept))
        opened.show(result, showing)
