"""Examples that start from another one: `like` names it, `without` leaves things unknown.

Plain tables in, plain tables out; what is wrong raises ValueError, and the loader tells the file.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from relieftool.messages import _

ExampleTable = dict[str, Any]


def inherit_examples(tables: list[Any]) -> list[Any]:
    """Write out every example that says `like`; the one it names stands before it.

    Facts of the household, and of each member by place, go over those of the other; what stands
    under `without` is taken out, as `deposits` or `members.1.income`. The other one's amount is
    never taken over.

    >>> inherit_examples([
    ...     {"name": "a", "household": {"wages": 1, "rent": 2}, "expect": "eligible"},
    ...     {"name": "b", "like": "a", "without": ["rent"], "household": {"wages": 3}},
    ... ])[1]
    {'name': 'b', 'household': {'wages': 3}, 'expect': 'eligible'}
    """
    done: dict[str, ExampleTable] = {}
    resolved = []
    for table in tables:
        full = _resolved(table, done) if isinstance(table, dict) else table
        if isinstance(full, dict):
            done[str(full.get("name"))] = full
        resolved.append(full)
    return resolved


def _resolved(table: ExampleTable, done: Mapping[str, ExampleTable]) -> ExampleTable:
    """Write out one example."""
    own = {key: value for key, value in table.items() if key not in ("like", "without")}
    if "like" in table:
        other = done.get(str(table["like"]))
        if other is None:
            raise ValueError(
                _("no example named '{name}' stands before this one").format(name=table["like"])
            )
        inherited = {key: value for key, value in deepcopy(other).items() if key != "amount"}
        own = {
            **inherited,
            **own,
            "household": {**inherited.get("household", {}), **own.get("household", {})},
            "members": _merged(inherited.get("members", []), own.get("members", [])),
        }
        own = {key: value for key, value in own.items() if value or key not in _PARTS}
    for path in table.get("without", []):
        _take_out(own, str(path))
    return own


_PARTS = ("household", "members")


def _merged(inherited: list[ExampleTable], own: list[ExampleTable]) -> list[ExampleTable]:
    """Put one list of members over another, place by place."""
    count = max(len(inherited), len(own))
    return [
        {**dict(*inherited[place : place + 1]), **dict(*own[place : place + 1])}
        for place in range(count)
    ]


def _take_out(table: ExampleTable, path: str) -> None:
    """Take a fact out of an example, of the household or of a member by place."""
    first, _dot, rest = path.partition(".")
    if first != "members":
        holder, key = table.get("household", {}), path
    else:
        place, _dot, key = rest.partition(".")
        members = table.get("members", [])
        is_place = place.isdigit() and 1 <= int(place) <= len(members)
        holder = members[int(place) - 1] if is_place else {}
    if key not in holder:
        raise ValueError(
            _("'{name}' under `without` stands nowhere in this example").format(name=path)
        )
    del holder[key]
