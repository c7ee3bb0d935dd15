"""The Chinese catalogue: collects every English key, keeps the .po complete, compiles the .mo.

    python -m tests.catalogue update

adds keys that are new (untranslated), drops those nobody uses, and compiles.
"""

import ast
import re
import sys
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from typer import Context
from typer.main import get_command

import relieftool
from relieftool.cli import app
from relieftool.commands import options
from relieftool.commands.help import list_help_sentences

PACKAGE = Path(relieftool.__file__).parent
PO = PACKAGE / "locale" / "relief.zh.po"
MO = PACKAGE / "locale" / "zh" / "LC_MESSAGES" / "relief.mo"
_MARKS = {"_", "translate", "Message"}  # what marks a sentence in the source
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)  # a fixed date, so that the same keys give the same file


def all_keys() -> set[str]:
    """Return every sentence the program can show.

    Not kept between calls: a test may add commands of its own.
    """
    return source_keys() | help_keys(get_command(app), "relief") | shared_option_keys()


@cache
def source_keys() -> set[str]:
    """Return the sentences marked in the source."""
    return {
        key for path in PACKAGE.rglob("*.py") for key in marked_sentences(path.read_text("utf-8"))
    }


def marked_sentences(source: str) -> set[str]:
    """Return the literals that stand first in a call of a mark; anything worked out is none.

    We walk the tree ourselves: what counts as a sentence is our rule, and a library that reads it
    for us once changed its mind between two releases.

    >>> sorted(marked_sentences("_('one ' 'sentence'); Message('{n} rows', {'n': 2}); print('no')"))
    ['one sentence', '{n} rows']
    >>> marked_sentences("_(row['template']); translate(name); _(); Message(f'{n}')")
    set()
    """
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return {
        call.args[0].value for call in calls if called_name(call) in _MARKS and has_sentence(call)
    }


def called_name(call: ast.Call) -> str:
    """Return the last name of what is called: `Message` of `messages.Message(…)`."""
    called = call.func
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def has_sentence(call: ast.Call) -> bool:
    """Whether the first argument is a text as it stands, in one piece or in several."""
    first = call.args[0] if call.args else None
    return isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value != ""


def help_keys(command, name) -> set[str]:
    """Return the sentences of a command's help, and of the commands below it."""
    keys = set(list_help_sentences(command, Context(command, info_name=name)))
    for sub_name, sub_command in getattr(command, "commands", {}).items():
        keys |= help_keys(sub_command, sub_name)
    return keys


def metavar_keys() -> set[str]:
    """Return the words that stand on a command line for what is typed there, such as FILE."""
    return {word.strip("[]") for word in all_keys() if _METAVAR.fullmatch(word)}


_METAVAR = re.compile(r"\[?[A-Z]{3,}\]?")


def shared_option_keys() -> set[str]:
    """Return the sentences of the options commands share."""
    settings = [getattr(shared, "__metadata__", ())[:1] for shared in vars(options).values()]
    return {
        key
        for (setting,) in filter(None, settings)
        for key in (setting.help, setting.metavar)
        if key
    }


def read_translations(po: Path = PO) -> dict[str, str]:
    """Return the translations; an unsure (fuzzy) one counts as none."""
    with po.open("rb") as opened:
        entries = read_po(opened, locale="zh")
    return {entry.id: "" if entry.fuzzy else entry.string for entry in entries if entry.id}


def make_catalogue(translations: dict[str, str]) -> Catalog:
    """Make a catalogue that depends on nothing but its sentences."""
    catalogue = Catalog(
        locale="zh",
        project="relief",
        version="1",
        header_comment="# The Chinese words of relief; the English sentences are the keys.",
        msgid_bugs_address="",
        last_translator="",
        language_team="",
        creation_date=_NEVER,
        revision_date=_NEVER,
        fuzzy=False,
    )
    for key in sorted(translations):
        catalogue.add(key, translations[key])
    return catalogue


def compile_catalogue(translations: dict[str, str]) -> bytes:
    """Return the catalogue as gettext reads it; what has no translation is left out."""
    compiled = BytesIO()
    write_mo(compiled, make_catalogue({k: v for k, v in translations.items() if v}))
    return compiled.getvalue()


def update(po: Path = PO, mo: Path = MO) -> list[str]:
    """Bring .po and .mo in step with the source; return the keys still without a translation."""
    known = read_translations(po) if po.exists() else {}
    translations = {key: known.get(key, "") for key in all_keys()}
    with po.open("wb") as opened:
        write_po(opened, make_catalogue(translations), width=100)
    mo.parent.mkdir(parents=True, exist_ok=True)
    mo.write_bytes(compile_catalogue(translations))
    return sorted(key for key, translation in translations.items() if not translation)


if __name__ == "__main__":
    if sys.argv[1:] != ["update"]:
        sys.exit("usage: python -m tests.catalogue update")
    sys.stdout.writelines(f"{key}\n" for key in update())
