"""Help pages in the reader's language; Typer's are half in English and misjudge Chinese widths.

The English sentences of docstrings and options are the keys, as everywhere; `list_help_sentences` gives
them all, so that none is forgotten when the catalogue is made.
"""

import re
import shutil
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any

from relieftool.messages import _, translate
from relieftool.output.clean import measure_width

_WIDEST_PAGE = 100
_MARGIN = "  "
_WIDEST_NAME = 34
# What a line may be broken between: words, and Chinese characters with the points that follow them.
_PIECES = re.compile(
    r" +|[\u2e80-\uffef][，。；：、）》」！？]*|[^ \u2e80-\uffef]+[，。；：、）》」！？]*"
)
_EXAMPLE = "Example:"


def format_help_page(command: Any, context: Any) -> str:
    """Write the help page of a command or a group of commands."""
    sections = [format_usage_line(command, context), *_paragraphs(command.help or "")]
    params = command.get_params(context)
    for title, kind in ((_("Arguments:"), "argument"), (_("Options:"), "option")):
        rows = [_param_row(param) for param in params if _is_shown(param, kind)]
        sections += _definitions(title, rows)
    if hasattr(command, "list_commands"):
        names = command.list_commands(context)
        rows = [(name, command.summary(name)) for name in names]
        sections += _definitions(_("Commands:"), rows)
    return "\n\n".join(sections)


def format_usage_line(command: Any, context: Any) -> str:
    """Write the one line that says what may follow the command, and in which order."""
    pieces = [_("[OPTIONS]"), *map(_argument_name, _arguments(command, context))]
    if hasattr(command, "list_commands"):
        pieces.append(_("COMMAND [ARGS]..."))
    line = " ".join([context.command_path, *pieces])
    return _("Usage: {line}").format(line=line)


def summarise_help(help_text: str) -> str:
    """Give the first sentence of a help text, in the reader's language."""
    return translate(next(_keys(help_text), ""))


def list_help_sentences(command: Any, context: Any) -> Iterator[str]:
    """Give every English sentence of a command's help that has to be in the catalogue."""
    yield from _keys(command.help or "")
    for param in command.get_params(context):
        yield from filter(None, (param.help, _metavar_key(param)))


def format_param_name(param: Any) -> str:
    """Name an option as it is typed, or an argument as the usage line calls it."""
    return max(param.opts, key=len) if param.param_type_name == "option" else _metavar(param)


def _arguments(command: Any, context: Any) -> list[Any]:
    return [p for p in command.get_params(context) if _is_shown(p, "argument")]


def _is_shown(param: Any, kind: str) -> bool:
    return param.param_type_name == kind and not param.hidden


def _argument_name(param: Any) -> str:
    name = _metavar(param) + ("..." if param.nargs != 1 else "")
    return name if param.required else f"[{name}]"


def _metavar(param: Any) -> str:
    choices = param.type_descriptor.choices
    if choices and not param.metavar:
        return "|".join(str(c.value if isinstance(c, Enum) else c) for c in choices)
    return translate(_metavar_key(param))


def _metavar_key(param: Any) -> str:
    """Give the English word for what is typed in a place; none where there is nothing to name."""
    if param.metavar:
        return str(param.metavar)
    has_no_word = param.type_descriptor.is_choice or getattr(param, "is_flag", False)
    return "" if has_no_word else str(param.name.upper())


def _param_row(param: Any) -> tuple[str, str]:
    if param.param_type_name == "argument":
        name = _argument_name(param)
    else:
        names = [", ".join(param.opts), *param.secondary_opts]
        name = " / ".join(names) + ("" if param.is_flag else " " + _metavar(param))
    meaning = param.help and translate(param.help)
    return name, "  ".join(filter(None, (meaning, _remarks(param))))


def _remarks(param: Any) -> str:
    remarks = []
    if param.envvar:
        remarks.append(_("env var: {name}").format(name=param.envvar))
    if default := _default(param):
        remarks.append(_("default: {value}").format(value=default))
    if param.required:
        remarks.append(_("required"))
    return f"[{_('; ').join(remarks)}]" if remarks else ""


def _default(param: Any) -> str:
    default = param.default
    if not param.show_default or default is None or isinstance(default, (bool, list, tuple)):
        return ""
    if callable(default):
        return ""
    return str(default.value if isinstance(default, Enum) else default)


def _keys(help_text: str) -> Iterator[str]:
    for paragraph in _split(help_text):
        if not paragraph.startswith(_EXAMPLE):
            yield " ".join(paragraph.split())


def _paragraphs(help_text: str) -> Iterator[str]:
    for paragraph in _split(help_text):
        if paragraph.startswith(_EXAMPLE):
            yield "\n".join(_MARGIN + _example(line.strip()) for line in paragraph.splitlines())
        else:
            sentence = " ".join(paragraph.split())
            yield _indented(translate(sentence), _MARGIN)


def _split(help_text: str) -> list[str]:
    return re.split(r"\n\s*\n", help_text.strip())


def _example(line: str) -> str:
    """Write an example line: what can be typed is the same in every language, and never broken."""
    if not line.startswith(_EXAMPLE):
        return line
    return _("Example: {command}").format(command=line.removeprefix(_EXAMPLE).strip())


def _definitions(title: str, rows: Sequence[tuple[str, str]]) -> list[str]:
    if not rows:
        return []
    width = min(_WIDEST_NAME, max(measure_width(name) for name, _meaning in rows)) + 2
    return ["\n".join([title, *(_definition(name, meaning, width) for name, meaning in rows)])]


def _definition(name: str, meaning: str, width: int) -> str:
    hanging = _indented(meaning, _MARGIN + " " * width)
    if measure_width(name) + 2 > width:
        return f"{_MARGIN}{name}\n{hanging}".rstrip()
    return (_MARGIN + name + " " * (width - measure_width(name)) + hanging.lstrip(" ")).rstrip()


def _indented(text: str, margin: str) -> str:
    page_width = min(shutil.get_terminal_size().columns, _WIDEST_PAGE) - 2
    return "\n".join(margin + line for line in wrap_text(text, max(page_width - len(margin), 20)))


def wrap_text(text: str, width: int) -> list[str]:
    """Break a text into lines of at most so many screen columns, Chinese ones anywhere.

    >>> wrap_text("只看 one community", 10)
    ['只看 one', 'community']
    >>> wrap_text("河口下区，花园", 8)
    ['河口下', '区，花园']
    """
    lines = [""]
    for piece in _PIECES.findall(text):
        if lines[-1] and measure_width(lines[-1] + piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [line.rstrip() for line in lines]
