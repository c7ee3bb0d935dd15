"""`relief pack values`: what this office has set over the pack, to read or to take elsewhere."""

from pathlib import Path
from typing import Annotated

import typer

from relieftool.commands import options
from relieftool.commands.session import chosen_pack
from relieftool.output.deliver import show_result
from relieftool.output.files import check_out_file, write_text
from relieftool.output.own_values_result import own_values_result, own_values_toml
from relieftool.output.result import OutputFormat
from relieftool.registry.own_values import list_own_values
from relieftool.registry.store import opened

Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="FILE",
        help="Write to a file instead; its ending says how: .xlsx .csv .json .html, or .toml for"
        " `relief pack set --file`.",
    ),
]


def values(
    *,
    db: options.Db = options.DEFAULT_DB,
    pack: options.PackDir = None,
    form: options.Format = OutputFormat.TABLE,
    out: Out = None,
) -> None:
    """List the values set for this register over the pack, or write them to a file.

    Example: relief pack values --out values.toml
    """
    is_toml = out is not None and out.suffix.lower() == ".toml"
    if not is_toml:
        check_out_file(out)
    rules = chosen_pack(pack)
    with opened(db) as register:
        listed = list_own_values(register, rules)
    if is_toml and out is not None:
        write_text(own_values_toml(listed), out)
    else:
        show_result(own_values_result(rules, listed), form, out)
