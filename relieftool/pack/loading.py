"""Loads a rule pack from its folder of TOML files.

Only the first mistake is reported, with its file, key and remedy. Expressions are kept as text;
`rules.statement.load_checked_pack` also parses them.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.pack.facts import Fact, suggest_nearest
from relieftool.pack.models import (
    Definition,
    LayerValue,
    Pack,
    PackHead,
    Parameter,
    PriorityRule,
    Programme,
    UnencodedProgramme,
)
from relieftool.pack.pack_files import (
    VALUES,
    PackTables,
    Record,
    hash_pack_texts,
    list_tables,
    make_record,
    parse_pack_texts,
    parse_toml,
    read_pack_texts,
    read_text,
)
from relieftool.pack.value_overrides import (
    OfficeValue,
    check_office_value,
    override_values,
)
from relieftool.values.text import squeeze_heading

Identified = TypeVar("Identified", Definition, Fact, UnencodedProgramme, Parameter)

# Words that have a meaning in expressions.
_WORDS = frozenset({"size", "household", "member", "members"})
# Columns of the register and of the SQL statement that are not facts.
_COLUMNS = frozenset(
    {
        *("household_no", "community_id", "head_member_no", "is_provisional", "listed_members"),
        *(
            "dated_on",
            "may_be_gone",
            "member_no",
            "place",
            "name",
            "id_number",
            "relation",
            "lives",
            "size",
            "belongs",
        ),
        *("resources", "spending", "line"),
    }
)
# Facts that the program itself uses if a pack has them, each with its owner and type.
_MEANINGS = {"stated_size": ("household", "integer"), "lives_together": ("member", "yes_no")}


def load_pack(folder: Path) -> Pack:
    """Return the rule pack in a folder, without parsing its expressions.

    Raises:
        ReliefError: A file is missing or not TOML, a key is missing or misspelt, a value cannot be
            used, an id is reserved, or two records have the same id or heading. Or a table refers
            to a fact, programme, parameter or choice that does not exist.
    """
    texts = read_pack_texts(folder)
    return build_pack(parse_pack_texts(texts), hash_pack_texts(texts))


def build_pack(tables: PackTables, sha256: str) -> Pack:
    """Return the pack of some tables; raise ReliefError as `load_pack` does."""
    head = make_record(PackHead, tables["pack.toml"], "pack.toml")
    programmes = [
        (name, make_record(Programme, table, name))
        for name, table in tables.items()
        if name.startswith("programmes/")
    ]
    pack = Pack(
        **{key: getattr(head, key) for key in PackHead.model_fields},
        sha256=sha256,
        files={programme.id: name for name, programme in programmes},
        facts=_index_by_id(_read_tables(Fact, tables, "facts"), "facts.toml"),
        definitions=_index_by_id(
            _read_tables(Definition, tables, "definitions"), "definitions.toml"
        ),
        parameters=_index_by_id(_read_tables(Parameter, tables, "parameters"), "parameters.toml"),
        programmes=_index_programmes(programmes),
        priority=make_record(PriorityRule, tables["priority.toml"], "priority.toml"),
    )
    pack = _apply_layers(pack, tables.get(VALUES, {"values": []}))
    _check_names(pack)
    _check_facts(pack)
    _check_headings(pack)
    _check_exclusions(pack)
    _check_time_limits(pack)
    _check_not_encoded(pack)
    return pack


def _apply_layers(pack: Pack, table: dict[str, Any]) -> Pack:
    """Return a pack with the values of its overlays in place of those of their bases, by day."""
    values = _read_tables(LayerValue, {VALUES: table}, "values", VALUES)
    for place, value in enumerate(values):
        where = f"{value.pack}/pack.toml: values.{value.parameter}"
        check_office_value(pack, value.parameter, str(value.value), where)
        for other in values[:place]:
            is_same = (other.pack, other.parameter) == (value.pack, value.parameter)
            day = max(other.from_, value.from_)
            if is_same and other.holds_on(day) and value.holds_on(day):
                raise ReliefError(
                    where, _("two values hold on {day}").format(day=day), _("Correct their days.")
                )
    pack = override_values(pack, ((value.parameter, value.dated) for value in values))
    return pack.model_copy(update={"layer_values": tuple(values)})


def load_office_values(path: Path, pack: Pack) -> list[OfficeValue]:
    """Return the office's own values from a file, which `relief pack values` can write.

    Raises:
        ReliefError: The file is missing or not TOML, a key is wrong, or a value cannot be used.
    """
    if not path.is_file():
        raise ReliefError(path.name, _("there is no such file"), _("Check the path."))
    table = parse_toml(path.name, read_text(path))
    values = _read_tables(OfficeValue, {path.name: table}, "values", path.name)
    for place, value in enumerate(values, start=1):
        where = f"{path.name}: values.{place}.{value.parameter}"
        check_office_value(pack, value.parameter, str(value.value), where)
        if value.confidence == "assumed":
            raise ReliefError(
                f"{where}.confidence",
                _("a value that an office sets cannot be assumed"),
                _("Write verified or reported."),
            )
    return values


def _read_tables(
    model: type[Record], tables: Mapping[str, Any], key: str, file: str | None = None
) -> list[Record]:
    """Return the records from a file's only key, a list of tables. `file` is KEY.toml if None.

    Raises:
        ReliefError: The file has another key, or a table cannot be used.
    """
    name = file or f"{key}.toml"
    listed = list_tables(tables[name], key, name)
    return [
        make_record(model, table, f"{name}: {key}.{table.get('id', place)}")
        for place, table in enumerate(listed, start=1)
    ]


def _index_by_id(records: Iterable[Identified], place: str) -> dict[str, Identified]:
    """Return records by their id; raise ReliefError if two have the same id."""
    found: dict[str, Identified] = {}
    for record in records:
        if record.id in found:
            raise ReliefError(
                f"{place}: {record.id}",
                _("this id is used twice"),
                _("Give one of the two another id."),
            )
        found[record.id] = record
    return found


def _index_programmes(read: Iterable[tuple[str, Programme]]) -> dict[str, Programme]:
    """Return programmes by their id, from pairs of file and programme.

    Raises:
        ReliefError: Two files have the same id.
    """
    found: dict[str, tuple[str, Programme]] = {}
    for file, programme in read:
        if programme.id in found:
            raise ReliefError(
                f"{file}: id",
                _("this id is in {file} too").format(file=found[programme.id][0]),
                _("Give one of the two another id."),
            )
        found[programme.id] = file, programme
    return {name: programme for name, (_file, programme) in found.items()}


def _check_headings(pack: Pack) -> None:
    """Raise ReliefError if two facts have the same heading: a column could mean either."""
    claimed: dict[str, str] = {}
    for fact in pack.facts.values():
        for header in dict.fromkeys(squeeze_heading(text).casefold() for text in fact.headers):
            if header in claimed:
                raise ReliefError(
                    f"facts.toml: facts.{fact.id}.headers",
                    _("'{header}' is a heading of '{other}' too").format(
                        header=header, other=claimed[header]
                    ),
                    _("Leave it with one of the two."),
                )
            claimed[header] = fact.id


def _check_names(pack: Pack) -> None:
    """Raise ReliefError if an id is reserved, or if facts, definitions or parameters share it."""
    seen = dict.fromkeys(pack.facts, "facts.toml")
    for place, names in (
        ("definitions.toml", pack.definitions),
        ("parameters.toml", pack.parameters),
    ):
        for name in names:
            if name in seen:
                raise ReliefError(
                    f"{place}: {name}",
                    _("this id is in {file} too").format(file=seen[name]),
                    _("Give one of the two another id."),
                )
            seen[name] = place
    for name, place in seen.items():
        is_column = name in pack.facts and (name in _COLUMNS or "__" in name)
        if name in _WORDS or is_column:
            raise ReliefError(
                f"{place}: {name}", _("this id is kept for relief itself"), _("Choose another id.")
            )


def _check_facts(pack: Pack) -> None:
    """Raise ReliefError for a wrong reference, or an owner or type not as in _MEANINGS."""
    for fact in pack.facts.values():
        _check_unknown_beside(pack, fact)
        _check_same_amounts(pack, fact)
    for name, meaning in _MEANINGS.items():
        known = pack.facts.get(name)
        if known is not None and (known.owner, known.type) != meaning:
            raise ReliefError(
                f"facts.toml: {name}",
                _("this fact must be of type {type}, of a {owner}").format(
                    type=meaning[1], owner=meaning[0]
                ),
                _("Correct it, or give your fact another id."),
            )


def _check_unknown_beside(pack: Pack, fact: Fact) -> None:
    """Raise ReliefError unless `unknown_beside` lists other facts of the owner that can be none."""
    figures = [
        other.id
        for other in pack.facts.values()
        if other.owner == fact.owner and other.id != fact.id
        if other.is_figure or other.none_value == "none"
    ]
    for name in fact.unknown_beside:
        if name not in figures:
            raise ReliefError(
                f"facts.toml: {fact.id}.unknown_beside",
                _("'{name}' is no figure of this unit").format(name=name),
                suggest_nearest(name, figures),
            )


def _check_same_amounts(pack: Pack, fact: Fact) -> None:
    """Raise ReliefError unless `same_as` and `total_of` name amounts per month or year."""
    for key, name, owner in (
        ("same_as", fact.same_as, fact.owner),
        ("total_of", fact.total_of, "member"),
    ):
        amounts = [
            other.id
            for other in pack.facts.values()
            if other.owner == owner and other.id != fact.id
            if {fact.period, other.period} <= {"month", "year"}
        ]
        if name is not None and name not in amounts:
            raise ReliefError(
                f"facts.toml: {fact.id}.{key}",
                _("'{name}' is no amount per month or year of this unit").format(name=name),
                suggest_nearest(name, amounts),
            )


def _check_exclusions(pack: Pack) -> None:
    """Raise ReliefError if an exclusion names a programme that does not exist."""
    for programme in pack.programmes.values():
        for exclusion in programme.excludes:
            if exclusion.programme not in pack.programmes:
                raise ReliefError(
                    f"{pack.files[programme.id]}: excludes",
                    _("'{name}' is not a programme").format(name=exclusion.programme),
                    suggest_nearest(exclusion.programme, pack.programmes)
                    or _("The programmes are: {names}").format(names=", ".join(pack.programmes)),
                )


def _check_time_limits(pack: Pack) -> None:
    """Raise ReliefError if a time limit's setting has no choices, or does not have its choice."""
    settings = {
        name: parameter for name, parameter in pack.parameters.items() if parameter.unit == "choice"
    }
    for programme in pack.programmes.values():
        for number, limit in enumerate(programme.time_limits, start=1):
            place = f"{pack.files[programme.id]}: time_limits.{number}"
            if limit.setting not in settings:
                raise ReliefError(
                    f"{place}.setting",
                    _("'{name}' is no parameter with choices").format(name=limit.setting),
                    suggest_nearest(limit.setting, settings)
                    or _("There are: {names}").format(names=", ".join(settings) or "-"),
                )
            choices = [choice.id for choice in settings[limit.setting].choices]
            if limit.choice not in choices:
                raise ReliefError(
                    f"{place}.choice",
                    _("'{name}' is none of the choices of '{setting}'").format(
                        name=limit.choice, setting=limit.setting
                    ),
                    suggest_nearest(limit.choice, choices)
                    or _("The choices are: {names}").format(names=", ".join(choices)),
                )


def _check_not_encoded(pack: Pack) -> None:
    """Raise ReliefError if an id in `not_encoded` is repeated, or is that of a full programme."""
    for name in _index_by_id(pack.not_encoded, "pack.toml: not_encoded"):
        if name in pack.programmes:
            raise ReliefError(
                f"pack.toml: not_encoded.{name}",
                _("this id is in {file} too").format(file=pack.files[name]),
                _("Take it out of not_encoded, or take the programme's file away."),
            )
