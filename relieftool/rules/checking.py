"""Everything in a pack that can be wrong is told when it is loaded, not when it is used."""

from pathlib import Path

from relieftool.pack.loading import load_pack
from relieftool.pack.models import Pack
from relieftool.rules.parser import parse_definition
from relieftool.rules.programme_rules import parse_programmes
from relieftool.rules.statement import parse_priority


def load_checked_pack(folder: Path) -> Pack:
    """Read a rule pack with all its expressions; its programmes come in order of reference.

    Raises:
        ReliefError: Something in it is wrong; the first thing found, with file, key and remedy.
    """
    return check_pack(load_pack(folder))


def check_pack(pack: Pack) -> Pack:
    """Read every expression of a pack; give it with its programmes in order of reference.

    Raises:
        ReliefError: An expression is wrong, or programmes refer to each other in a ring.
    """
    for definition in pack.definitions.values():
        parse_definition(pack, definition)
    rules = parse_programmes(pack)
    parse_priority(pack)
    ordered = {name: one.programme for name, one in rules.items()}
    return pack.model_copy(update={"programmes": ordered})
