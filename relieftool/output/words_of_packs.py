"""How the values of a pack are written for people."""

from relieftool.messages import _
from relieftool.output.result_cells import format_yuan
from relieftool.output.wording import format_amount
from relieftool.pack.facts import FEN_PER_YUAN, Owner
from relieftool.pack.models import DatedValue, Pack


def format_parameter_value(pack: Pack, parameter: str, value: DatedValue) -> str:
    """Write a parameter's value with its unit; a setting's choice in words."""
    named = pack.parameters[parameter]
    match named.unit:
        case "choice":
            labels = (str(one.labels) for one in named.choices if one.id == value.value)
            return next(labels, str(value.value))
        case "yuan" if named.period == "once":
            amount = format_yuan(int(value.number * FEN_PER_YUAN))
            return _("{value} yuan").format(value=amount)
        case "yuan":
            return format_amount(int(value.number * FEN_PER_YUAN), named.period)
        case "days":
            return _("{value} days").format(value=value.value)
    return str(value.value)


def format_owner(unit: Owner) -> str:
    """Say whether a programme is a household's or a member's."""
    return _("household") if unit == "household" else _("member")
