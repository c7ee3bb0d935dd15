"""`relief pack list`: the packs that come with relief; `use` chooses one for this register.

`relief pack new` begins a pack of one's own; `relief pack schema` writes what editors check with,
`relief pack templates` the templates of letters.
"""

import json
import sys
from pathlib import Path
from typing import Annotated, Literal, get_args

import typer

from relieftool.commands import options
from relieftool.commands.questions import is_terminal
from relieftool.commands.session import today
from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.output.files import write_text
from relieftool.output.streams import print_message
from relieftool.pack.pack_files import (
    find_shipped_pack,
    find_shipped_packs,
    list_packs,
    list_shipped_names,
    locate_pack,
)
from relieftool.store.access_log import record_access
from relieftool.store.chosen_pack import choose_pack, find_chosen_pack, load_chosen_pack
from relieftool.store.database import open_register, write


def list_shipped_packs(
    *, db: options.Db = options.DEFAULT_DB, showing: options.ShowOptions
) -> None:
    """List the packs that come with relief, and mark the one that this register uses.

    Example: relief pack list
    """
    from relieftool.output.pack import build_packs_result

    used = find_chosen_pack(db) or find_shipped_pack()
    folders = [find_shipped_pack(name) for name in list_packs(find_shipped_packs())]
    if used not in folders:
        folders.append(used)
    packs = [(load_chosen_pack(folder), folder == used) for folder in folders]
    showing.show(build_packs_result(packs))


def use_pack(
    name: Annotated[str, typer.Argument(autocompletion=options.complete_pack)],
    *,
    db: options.Db = options.DEFAULT_DB,
) -> None:
    """Choose the pack by which this register is answered, unless --pack names another.

    Example: relief pack use nanchang

    Args:
        name: A pack of `relief pack list`, or a pack's folder.
    """
    folder = locate_pack(name)
    chosen = load_chosen_pack(folder)
    with open_register(db, create=True) as register, write(register):
        choose_pack(register, folder)
        record_access(register, "rules", detail=f"{chosen.id} {chosen.version} {chosen.sha256}")
    sentence = _("This register now goes by the rules of {area} ({pack} {version}).")
    print_message(sentence.format(area=chosen.area, pack=chosen.called, version=chosen.version))


def choose_first_pack() -> Path:
    """Return the folder of the pack for a register's first import; on a terminal, ask which.

    Elsewhere it is the shipped one, and a line says so.
    """
    folder = find_shipped_pack()
    pack = load_chosen_pack(folder)
    if is_terminal():
        names = _(", ").join(list_shipped_names())
        print_message(_("Whose rules? There are: {names}").format(names=names))
        while True:
            said = typer.prompt(_("Rule pack"), default=pack.called, err=True)
            try:
                return locate_pack(str(said).strip())
            except ReliefError as error:
                print_message(str(error))
    sentence = _(
        "By the rules of {area}; `relief pack list` has others, `relief pack use` takes one."
    )
    print_message(sentence.format(area=pack.area))
    return folder


def begin_pack(
    name: str,
    *,
    extends: Annotated[str, typer.Option(autocompletion=options.complete_pack)] = "national",
) -> None:
    """Begin a pack in a new folder: one commented file with every question to the place.

    Example: relief pack new longquan --extends jiangxi

    Args:
        name: The new pack's name, and that of its folder.
        extends (NAME): The pack that it builds on.
    """
    from relieftool.authoring.pack_review import list_law_questions
    from relieftool.output.pack import format_new_pack

    folder = Path(name)
    if folder.exists():
        raise ReliefError(name, _("this is there already"), _("Choose another name."))
    base = load_chosen_pack(locate_pack(extends))
    asked = [each for each in list_law_questions(base, today()) if each.is_parameter]
    folder.mkdir(parents=True)
    write_text(format_new_pack(folder.name, base, asked), folder / "pack.toml")
    sentence = _(
        "{file} has {count} questions; answer them there, then `relief pack check {name}`."
    )
    print_message(sentence.format(file=folder / "pack.toml", count=len(asked), name=name))


def write_templates(
    *,
    out: Path,
    pack: options.PackDir = None,
    db: options.Db = options.DEFAULT_DB,
) -> None:
    """Write out the Word templates of letters and notices, to be changed in WPS or Word.

    Those in the folder 模板 beside the register are used instead of the pack's own. One that is
    there already is left as it is, and checked.

    Example: relief pack templates --out 模板

    Args:
        out (DIR): The folder to write them into.
    """
    from relieftool.documents.letters import KINDS
    from relieftool.documents.templates import copy_templates

    used = pack or find_chosen_pack(db) or find_shipped_pack()
    written, kept = copy_templates(KINDS, used, db, out)
    for template in kept:
        template.check()
    sentence = _("Templates written: {count}; there already, and in order: {kept}.")
    print_message(sentence.format(count=len(written), kept=len(kept)))


PackFile = Literal["pack", "facts", "definitions", "parameters", "programme", "priority"]
SchemaOf = Annotated[
    PackFile, typer.Argument(metavar="FILE", help="The file: " + ", ".join(get_args(PackFile)))
]


def write_schema(file: SchemaOf = "pack") -> None:
    """Write the JSON Schema of a pack's file, by which editors check and complete it.

    Example: relief pack schema programme
    """
    from relieftool.pack.file_schema import build_file_schema

    sys.stdout.write(json.dumps(build_file_schema(file), ensure_ascii=False, indent=2) + "\n")
