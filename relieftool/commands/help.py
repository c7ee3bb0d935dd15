"""Help pages, usage errors and the loading of commands, in the user's language.

Typer's own pages are half in English and misjudge the width of Chinese characters, so pages and
errors are made here from Typer's data on a command. The English texts of docstrings and options are
the keys of the translations; `list_help_sentences` yields those of one command. Typer 0.26 and
later contain a copy of Click, whose errors have no public name.
"""

import contextlib
import difflib
import functools
import importlib
import importlib.util
import inspect
import re
import shutil
from collections import UserDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, cast, get_args, get_origin

import typer
from typer._click import Command
from typer._click import exceptions as wrong
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from relieftool.commands import options
from relieftool.messages import (
    Message,
    NamedChoice,
    _,
    current_language,
    list_chinese_names,
    translate,
)
from relieftool.values.screen_text import measure_width, wrap_text

_WIDEST_PAGE = 100
_MARGIN = "  "
_WIDEST_NAME = 34
_EXAMPLE = "Example:"


def format_help_page(command: Any, context: Any) -> str:
    """Return the help page of a command or a group of commands."""
    sections = [format_usage_line(command, context), *_paragraphs(command.help or "")]
    params = command.get_params(context)
    for title, kind in ((_("Arguments:"), "argument"), (_("Options:"), "option")):
        rows = [_param_row(param) for param in params if _is_shown(param, kind)]
        sections += _definitions(title, rows)
    if hasattr(command, "list_commands"):
        sections += _command_sections(command, context)
    return "\n\n".join(sections)


def _command_sections(command: Any, context: Any) -> list[str]:
    """Return the commands of a group, below the title of the panel that each belongs to."""
    panels: dict[str, list[tuple[str, str]]] = {}
    title = _("Commands:")
    for name in command.list_commands(context):
        if name in command.panels:
            title = _("{panel}:").format(panel=command.panels[name])
        panels.setdefault(title, []).append((name, command.summary(name)))
    rows = [row for panel in panels.values() for row in panel]
    width = _find_name_width(rows)
    return [section for each in panels for section in _definitions(each, panels[each], width)]


def format_usage_line(command: Any, context: Any) -> str:
    """Return the usage line: the command, a word for its options, and its arguments in order."""
    pieces = [_("[OPTIONS]"), *map(_argument_name, _arguments(command, context))]
    if hasattr(command, "list_commands"):
        pieces.append(_("COMMAND [ARGS]..."))
    line = " ".join([context.command_path, *pieces])
    return _("Usage: {line}").format(line=line)


def summarise_help(help_text: str) -> str:
    """Return the first paragraph of a help text, in the user's language."""
    return translate(next(_keys(help_text), ""))


def list_help_sentences(command: Any, context: Any) -> Iterator[str]:
    """Yield the English texts in a command's help that need a translation."""
    yield from _keys(command.help or "")
    for param in command.get_params(context):
        yield from filter(None, (param.help, _metavar_key(param)))


def format_param_name(param: Any) -> str:
    """Return the long form of an option, or an argument as in the usage line."""
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
        return "|".join(_list_choices(choices))
    return translate(_metavar_key(param))


def _list_choices(choices: Sequence[object]) -> list[str]:
    """Return what to write for each of some choices: in Chinese their words, if they have some."""
    words = list_chinese_names(_words(choices)) if current_language() == "zh" else {}
    return list(words) or [str(c.value if isinstance(c, Enum) else c) for c in choices]


def _words(choices: Sequence[object]) -> dict[str, Message]:
    """Return the words of choices that have some, by their values."""
    return {each.value: each.word for each in choices if isinstance(each, NamedChoice)}


def _in_values(args: Sequence[str], params: Sequence[Any]) -> list[str]:
    """Return a line with the values of choices in place of their Chinese words."""
    values = {
        name: list_chinese_names(_words(param.type_descriptor.choices))
        for param in params
        if param.param_type_name == "option" and param.type_descriptor.choices
        for name in param.opts
    }
    said = []
    for before, word in pairwise(("", *args)):
        option, sign, value = word.partition("=")
        if before in values:
            said.append(values[before].get(word, word))
        elif sign and option in values:
            said.append(f"{option}={values[option].get(value, value)}")
        else:
            said.append(word)
    return said


def _metavar_key(param: Any) -> str:
    """Return the English word for a parameter's value; '' for flags and choices."""
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
    """Return an example line; the command in it is never translated or wrapped."""
    if not line.startswith(_EXAMPLE):
        return line
    return _("Example: {command}").format(command=line.removeprefix(_EXAMPLE).strip())


def _definitions(title: str, rows: Sequence[tuple[str, str]], width: int = 0) -> list[str]:
    if not rows:
        return []
    width = width or _find_name_width(rows)
    return ["\n".join([title, *(_definition(name, meaning, width) for name, meaning in rows)])]


def _find_name_width(rows: Sequence[tuple[str, str]]) -> int:
    return min(_WIDEST_NAME, max(measure_width(name) for name, _meaning in rows)) + 2


def _definition(name: str, meaning: str, width: int) -> str:
    hanging = _indented(meaning, _MARGIN + " " * width)
    if measure_width(name) + 2 > width:
        return f"{_MARGIN}{name}\n{hanging}".rstrip()
    return (_MARGIN + name + " " * (width - measure_width(name)) + hanging.lstrip(" ")).rstrip()


def _indented(text: str, margin: str) -> str:
    page_width = min(shutil.get_terminal_size().columns, _WIDEST_PAGE) - 2
    return "\n".join(margin + line for line in wrap_text(text, max(page_width - len(margin), 20)))


UsageError = wrong.UsageError
NoArgsIsHelpError = wrong.NoArgsIsHelpError


@contextlib.contextmanager
def remember_context(context: Any) -> Iterator[None]:
    """Add the command to a usage error in the block: Typer omits it if a value is missing."""
    try:
        yield
    except UsageError as error:
        error.ctx = error.ctx or context
        raise


def build_unknown_command_error(name: str, known: Sequence[str], context: Any) -> UsageError:
    """Return the error for an unknown command, with the nearest known command."""
    problem = _("there is no command '{name}'").format(name=name)
    return UsageError(_with_nearest(problem, name, known), context)


def build_extra_arguments_error(extra: Sequence[str], context: Any) -> UsageError:
    """Return the error for more arguments than the command takes."""
    problem = _("nothing more is expected here: {extra}").format(extra=" ".join(map(str, extra)))
    return UsageError(problem, context)


def describe_usage_error(error: UsageError) -> tuple[str, str, str]:
    """Return the place, the problem and the remedy of a usage error."""
    context = error.ctx
    if context is None:
        return "relief", _problem(error), _("`relief --help` lists the commands.")
    remedy = _("{usage}\n`{command} --help` says more.").format(
        usage=context.get_usage(), command=context.command_path
    )
    return context.command_path, _problem(error), remedy


def _problem(error: UsageError) -> str:
    match error:
        case wrong.MissingParameter():
            return _("{name} is missing").format(name=_find_stated_name(error))
        case wrong.BadParameter():
            return _("{name}: {problem}").format(
                name=_find_stated_name(error), problem=_misfit(error)
            )
        case wrong.NoSuchOption() if error.option_name.lstrip("-")[:1].isdigit():
            return _(
                "{name} is read as an option: amounts are 0 or more; where a number may be"
                " less than 0, write -- and then the arguments, as in: -- NAME {name}"
            ).format(name=error.option_name)
        case wrong.NoSuchOption():
            problem = _("there is no option {name}").format(name=error.option_name)
            return _with_nearest(problem, error.option_name, _options(error))
        case wrong.BadOptionUsage():
            return _bad_use(error)
        case _other:
            return (
                _("a command is missing")
                if "Missing command" in error.message
                else (translate(error.message))
            )


def _bad_use(error: Any) -> str:
    param = next((p for p in _params(error) if error.option_name in p.opts), None)
    if param is not None and param.is_flag:
        return _("{name} takes no value").format(name=error.option_name)
    return _("{name} needs a value after it").format(name=error.option_name)


def _misfit(error: Any) -> str:
    """Return the reason why a value is refused, in relief's words instead of pydantic's English."""
    stated = _refused_value(error.__cause__)
    if stated is None:
        return str(error.message)
    descriptor = error.param.type_descriptor
    if descriptor.is_choice:
        choices = _(", ").join(_list_choices(descriptor.choices))
        return _("'{text}' is not one of: {choices}").format(text=stated, choices=choices)
    if descriptor.annotation is int:
        return _("'{text}' is not a whole number that fits here").format(text=stated)
    return _("'{text}' does not fit here").format(text=stated)


def _refused_value(cause: BaseException | None) -> str | None:
    from pydantic import ValidationError

    return str(cause.errors()[0]["input"]) if isinstance(cause, ValidationError) else None


def _find_stated_name(error: Any) -> str:
    if error.param_hint:
        return str(error.param_hint)
    return format_param_name(error.param) if error.param else ""


def _params(error: Any) -> list[Any]:
    return error.ctx.command.get_params(error.ctx) if error.ctx else []


def _options(error: Any) -> list[str]:
    return [name for param in _params(error) for name in param.opts if name.startswith("--")]


def _with_nearest(problem: str, stated: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(stated, known, n=1)
    if not near:
        return problem
    return _("{problem}; did you mean '{near}'?").format(problem=problem, near=near[0])


class _Spoken(Command):
    """A command, or a group of them, with --lang and a help page in the user's language."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the command's parameters, with --lang before --help at the end."""
        return _with_lang(super().get_params(ctx))

    def get_help(self, ctx: Any) -> str:
        """Return the help page."""
        return format_help_page(self, ctx)

    def get_usage(self, ctx: Any) -> str:
        """Return the usage line of the command."""
        return format_usage_line(self, ctx)


class ReliefCommand(_Spoken, TyperCommand):
    """A command with --lang and a help page in the user's language."""

    # Typer reports surplus arguments only in English, so `parse_args` checks for them.
    allow_extra_args = True

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the command line. Surplus arguments are a usage error."""
        with remember_context(ctx):
            extra = super().parse_args(ctx, _in_values(args, self.params))
        if extra and not ctx.resilient_parsing:  # a shell completes a line that is not whole
            raise build_extra_arguments_error(extra, ctx)
        return extra


class ReliefGroup(_Spoken, TyperGroup):
    """A group of commands with --lang and a help page in the user's language.

    `panels` has the title of each panel of the help page by the command that it begins with.
    """

    panels: Mapping[str, Message] = {}

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the part of the line before the command's name."""
        with remember_context(ctx):
            return super().parse_args(ctx, args)

    def list_commands(self, _ctx: Any) -> list[str]:
        """Return the names of the commands in order, without importing any."""
        return list(self.commands)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
        """Return the command that the line names. An unknown name is a usage error."""
        is_option = args[0].startswith("-")
        if args[0] not in self.commands and not is_option:
            raise build_unknown_command_error(args[0], list(self.commands), ctx)
        return super().resolve_command(ctx, args)

    def summary(self, name: str) -> str:
        """Return the first paragraph of a command's help, in the user's language."""
        return summarise_help(cast("LateCommands", self.commands).docstring(name))


class LateCommands(UserDict[str, Any]):
    """Commands by name, each imported only when it is needed.

    `places` has a `module:attribute` for each name. The attribute is a command's function, or such
    places of further commands.
    """

    def __getitem__(self, name: str) -> Any:
        """Import the command and return it."""
        place, _colon, attribute = self.data[name].partition(":")
        module = importlib.import_module(place)
        found = getattr(module, attribute)
        if isinstance(found, Mapping):
            return _build_group(name, module.__doc__ or "", found)
        command = get_command(_app_of(name, found))
        command.name = name
        return command

    def docstring(self, name: str) -> str:
        """Return a command's docstring from the source, so that help imports no command.

        For a group of further commands, it is the docstring of its module.
        """
        module, _colon, attribute = self.data[name].partition(":")
        docstrings = _read_docstrings(module)
        return docstrings.get(attribute, docstrings[""])


_QUOTES = '"' * 3


@functools.cache
def _read_docstrings(module: str) -> dict[str, str]:
    """Return the docstrings of a module's functions by name; its own under the empty name."""
    spec = importlib.util.find_spec(module)
    text = Path(str(spec and spec.origin)).read_text(encoding="utf-8")
    # Found by their quotes: to parse the modules of all commands takes as long as the rest of help.
    own, *functions = text.split("\ndef ")
    named = {"": own.split(_QUOTES)[1]}
    for function in functions:
        head, _quotes, rest = function.partition(_QUOTES)
        if head.endswith(":\n    "):
            named[head.partition("(")[0]] = rest.partition(_QUOTES)[0]
    return {name: inspect.cleandoc(docstring) for name, docstring in named.items()}


def _build_group(name: str, docstring: str, places: Mapping[str, str]) -> ReliefGroup:
    """Return a group of commands; its help is the first paragraph of a docstring, and its example.

    Each of its commands is imported only when it is used.
    """
    first, *others = _split(docstring)
    examples = [paragraph for paragraph in others if paragraph.startswith(_EXAMPLE)]
    described = "\n\n".join([first, *examples])
    group = ReliefGroup(name=name, help=described, rich_markup_mode=None, no_args_is_help=True)
    group.commands = LateCommands(places)
    return group


def _app_of(name: str, function: Any) -> typer.Typer:
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command(name, cls=ReliefCommand)(with_option_groups(name)(function))
    return app


def with_option_groups(command: str) -> Callable[[Any], Any]:
    """Return a decorator that lets Typer read a function with groups of options.

    A parameter annotated with a dataclass is a group of options: Typer sees its fields as single
    options, and the function gets the group made of their values. A field `command` gets the
    command's name. So options that many commands share are defined once.

    Parameters that need no keyword are arguments, the others options. What each means is read in
    the docstring, after "Args:" or "Attributes:" at its end: `name: meaning`, or
    `name (WORD): meaning` where help pages have another word for its value than its name.
    """

    def decorate(function: Any) -> Any:
        parameters = inspect.signature(function).parameters.values()
        groups: dict[str, Any] = {
            part.name: part.annotation for part in parameters if is_dataclass(part.annotation)
        }
        meanings = _read_meanings(function)
        single = [
            option
            for part in parameters
            for option in _options_of(groups.get(part.name)) or [_describe(part, meanings)]
        ]

        @functools.wraps(function)
        def run(**stated: Any) -> Any:
            for name, group in groups.items():
                parts = {option.name: stated.pop(option.name) for option in _options_of(group)}
                has_name = any(part.name == "command" for part in fields(group))
                stated[name] = group(**parts, **({"command": command} if has_name else {}))
            return function(**stated)

        run.__doc__ = _MEANINGS.sub("", inspect.cleandoc(function.__doc__ or ""))
        run.__signature__ = inspect.Signature(single)  # type: ignore[attr-defined] # read by Typer
        run.__annotations__ = {part.name: part.annotation for part in single}
        return run

    return decorate


def _options_of(group: Any) -> list[inspect.Parameter]:
    """Return the options of a group as keyword-only parameters; none of None."""
    meanings = _read_meanings(group)
    return [
        _describe(
            inspect.Parameter(
                part.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=part.default,
                annotation=part.type,
            ),
            meanings,
        )
        for part in (fields(group) if group else ())
        if part.name != "command"
    ]


_MEANINGS = re.compile(r"\n\n(?:Args|Attributes):\n(.+)\Z", re.DOTALL)
_MEANING = re.compile(r"^    (\w+)(?: \((.+?)\))?: (.+(?:\n     .+)*)", re.MULTILINE)


def _read_meanings(described: Any) -> dict[str, tuple[str | None, str]]:
    """Return the word for the value, or None, and the meaning of each parameter by its name."""
    section = _MEANINGS.search(inspect.cleandoc(described.__doc__ or ""))
    found = _MEANING.findall(section[1]) if section else []
    return {name: (word or None, " ".join(text.split())) for name, word, text in found}


def _describe(
    part: inspect.Parameter, meanings: Mapping[str, tuple[str | None, str]]
) -> inspect.Parameter:
    """Return a parameter as Typer reads it: with its name, its meaning and how its value is read.

    What the annotation says itself stays.
    """
    if part.annotation is typer.Context:
        return part
    kind, *said = (
        get_args(part.annotation) if get_origin(part.annotation) is Annotated else [part.annotation]
    )
    is_option = part.kind is part.KEYWORD_ONLY
    info = copy(said[0]) if said else typer.Option() if is_option else typer.Argument()
    if info.help is None:
        word, info.help = meanings.get(part.name, (None, None))
        info.metavar = info.metavar or word
        info.help = info.help or options.MEANINGS.get(info.metavar or part.name.upper())
    if is_option and info.default is ...:  # or else it has its names
        info.param_decls = (f"--{part.name.rstrip('_').replace('_', '-')}",)
    if date in (kind, *get_args(kind)):
        info.parser, info.metavar = options.parse_day, info.metavar or "YYYY-MM-DD"
    info.autocompletion = info.autocompletion or options.COMPLETIONS.get(
        info.metavar or part.name.upper()
    )
    return part.replace(annotation=Annotated[kind, info])


@functools.cache
def _make_lang() -> Any:
    """Return the option --lang, which every command takes; `cli` reads its value beforehand."""

    def speak(
        lang: Annotated[
            Literal["zh", "en"] | None,
            typer.Option(
                case_sensitive=False,
                expose_value=False,
                help="Language; otherwise RELIEF_LANG, then the system's.",
            ),
        ] = None,
    ) -> None:
        del lang

    return get_command(_app_of("speak", speak)).params[0]


def _with_lang(params: list[Any]) -> list[Any]:
    return [*params[:-1], _make_lang(), *params[-1:]]
