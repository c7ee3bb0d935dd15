"""`relief pack values`: what this office has set over the pack, to read or to take elsewhere."""

from pathlib import Path
from typing import Annotated

import typer

from relieftool.commands import options
from relieftool.commands.session import load_chosen_pack
from relieftool.output.files import check_out_file, write_text
from relieftool.output.own_values_result import (
    build_office_values_result,
    format_office_values_toml,
)
from relieftool.output.result import OutputFormat
from relieftool.output.show import show_result
from relieftool.store.database import open_register
from relieftool.store.office_values import list_office_values

ValuesFileOut = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="FILE",
        help="Write to a file instead; its ending says how: .xlsx .csv .json .html, or .toml for"
        " `relief pack set --file`.",
    ),
]


def list_values(
    *,
    db: options.Db = options.DEFAULT_DB,
    pack: options.PackDir = None,
    form: options.Format = OutputFormat.TABLE,
    out: ValuesFileOut = None,
) -> None:
    """List the values set for this register over the pack, or write them to a file.

    Example: relief pack values --out values.toml
    """
    is_toml = out is not None and out.suffix.lower() == ".toml"
    if not is_toml:
        check_out_file(out)
    rules = load_chosen_pack(pack)
    with open_register(db) as register:
        listed = list_office_values(register, rules)
    if is_toml and out is not None:
        write_text(format_office_values_toml(listed), out)
    else:
        show_result(build_office_values_result(rules, listed), form, out)
