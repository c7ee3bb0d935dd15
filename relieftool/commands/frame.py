"""Typer's group and command, taught to speak the reader's language and to load commands late."""

import ast
import importlib
import importlib.util
from collections import UserDict
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from relieftool.commands.help import format_help_page, format_usage_line, summarise_help
from relieftool.commands.usage import (
    build_extra_arguments_error,
    build_unknown_command_error,
    remember_context,
)


class ReliefCommand(TyperCommand):
    """One command: takes --lang like every other, and explains itself in the reader's language."""

    # Typer names the arguments too many only inside an English sentence: count them here instead.
    allow_extra_args = True

    def get_params(self, ctx: Any) -> list[Any]:
        """Give what the command takes, --lang before --help at the end."""
        return _with_lang(super().get_params(ctx))

    def get_help(self, ctx: Any) -> str:
        """Give the help page."""
        return format_help_page(self, ctx)

    def get_usage(self, ctx: Any) -> str:
        """Give the line that says how to write the command."""
        return format_usage_line(self, ctx)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the command line; arguments too many are a wrong one."""
        with remember_context(ctx):
            extra = super().parse_args(ctx, args)
        if extra:
            raise build_extra_arguments_error(extra, ctx)
        return extra


class ReliefGroup(TyperGroup):
    """Commands under one name, listed without importing any of them."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Give what may stand before the command, --lang before --help at the end."""
        return _with_lang(super().get_params(ctx))

    def get_help(self, ctx: Any) -> str:
        """Give the help page with the list of commands."""
        return format_help_page(self, ctx)

    def get_usage(self, ctx: Any) -> str:
        """Give the line that says how to write a command."""
        return format_usage_line(self, ctx)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read what stands before the command."""
        with remember_context(ctx):
            return super().parse_args(ctx, args)

    def list_commands(self, _ctx: Any) -> list[str]:
        """Give the names in their order, importing nothing."""
        return list(self.commands)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
        """Find the command a line names; an unknown one is refused with the nearest known."""
        is_option = args[0].startswith("-")
        if args[0] not in self.commands and not is_option:
            raise build_unknown_command_error(args[0], list(self.commands), ctx)
        return super().resolve_command(ctx, args)

    def summary(self, name: str) -> str:
        """Give the first sentence of a command's help in the reader's language."""
        if isinstance(self.commands, LateCommands):
            return summarise_help(self.commands.docstring(name))
        return summarise_help(self.commands[name].help or "")


class LateCommands(UserDict[str, Any]):
    """Commands by name, each imported only when it is asked for.

    Made from names and places, a place being `module:attribute`. What stands there is a command's
    function, or a Typer app of further commands.
    """

    def __init__(self, places: Mapping[str, str]) -> None:
        super().__init__({name: place for name, place in places.items() if _exists(place)})

    def __getitem__(self, name: str) -> Any:
        """Import the command."""
        module, _colon, attribute = self.data[name].partition(":")
        found = getattr(importlib.import_module(module), attribute)
        command = get_command(found if isinstance(found, typer.Typer) else _app_of(name, found))
        command.name = name
        return command

    def docstring(self, name: str) -> str:
        """Read a command's docstring, or else its module's, out of the source: help stays fast."""
        module, _colon, attribute = self.data[name].partition(":")
        spec = importlib.util.find_spec(module)
        tree = ast.parse(Path(str(spec and spec.origin)).read_text(encoding="utf-8"))
        functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
        named = [node for node in functions if node.name == attribute]
        return ast.get_docstring(named[0] if named else tree) or ""


def _exists(place: str) -> bool:
    return importlib.util.find_spec(place.partition(":")[0]) is not None


def _app_of(name: str, function: Any) -> typer.Typer:
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command(name, cls=ReliefCommand)(function)
    return app


def _make_lang() -> Any:
    """Make the option every command takes; what it states is read before, see `cli`."""

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


_LANG = _make_lang()


def _with_lang(params: list[Any]) -> list[Any]:
    return [*params[:-1], _LANG, *params[-1:]]
