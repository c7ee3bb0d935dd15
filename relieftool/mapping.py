"""Which column means what: what the file says of itself, and what somebody says of it.

`import.toml`, --map and what was answered before decide; likeness never does.
"""

from dataclasses import asdict, replace

from relieftool.declared import Declared
from relieftool.errors import ReliefError
from relieftool.messages import Message, _
from relieftool.pack.models import Pack
from relieftool.problems import Problem
from relieftool.registry.imports import SourceTable
from relieftool.spreadsheets.columns import Column
from relieftool.spreadsheets.headers import Catalogue, read_heading


def decide_columns(
    columns: tuple[Column, ...], declared: Declared, known: Catalogue, pack: Pack
) -> tuple[Column, ...]:
    """Let import.toml's map decide on columns; '-' leaves a column unused.

    A column that the map does not name gives way to one that it maps to the same fact.
    """
    written = {_squeezed(header): target for header, target in declared.map.items()}
    targets = {header: _target(target, known, pack) for header, target in written.items()}
    taken = set(targets.values())
    decided = []
    for one in columns:
        header = _squeezed(one.header)
        if header in targets:
            scale = one.scale or read_heading(header.replace("/", "")).scale
            decided.append(replace(one, target=targets[header], scale=scale, near=()))
        elif one.target in taken and one.place is None:
            decided.append(replace(one, target=None))
        else:
            decided.append(one)
    return tuple(decided)


def _squeezed(header: str) -> str:
    """Give a heading without blanks and line breaks."""
    return "".join(header.split())


def _target(written: str, known: Catalogue, pack: Pack) -> str | None:
    """Give the target that import.toml's map names: a fact's id, or a heading it is known by."""
    if written == "-":
        return None
    receipts = [f"receipt.{name}" for name in pack.programmes]
    if written in {*(target for target, _rank in known.names.values()), *pack.facts, *receipts}:
        return written
    target = known.target(written)
    if target is None:
        near = known.nearest(written)
        remedy = (
            _("Did you mean: {names}?").format(names=", ".join(near))
            if near
            else _("Name a fact's id, a heading that is known, or - to leave the column out.")
        )
        problem = _("'{name}' is neither a fact nor a heading that is known").format(name=written)
        raise ReliefError("import.toml: map", problem, remedy)
    return target


def unmet_map(tables: list[SourceTable], declared: Declared) -> list[Problem]:
    """Tell headings that import.toml maps and the file does not have."""
    headers = {_squeezed(str(column["header"])) for table in tables for column in table.columns}
    return [
        Problem(
            "map-unused",
            Message(
                "import.toml maps the column '{header}', which this file has not; compare them",
                {"header": header},
            ),
            tables[0].sheet,
            column=header,
        )
        for header in declared.map
        if _squeezed(header) not in headers
    ]


def column_record(column: Column) -> dict[str, object]:
    """Give what is kept of a column with its source rows."""
    return {
        key: value
        for key, value in asdict(column).items()
        if key in ("position", "header", "target", "place", "scale")
    }
