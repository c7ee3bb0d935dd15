"""Wrong command lines, said in the reader's language from what Typer knows about them.

Typer 0.26 and later carry a copy of Click of their own, and its errors have no public name.
"""

import contextlib
import difflib
from collections.abc import Iterator, Sequence
from typing import Any

from typer._click import exceptions as wrong

from relieftool.commands.help import format_param_name
from relieftool.messages import _, translate

UsageError = wrong.UsageError
NoArgsIsHelpError = wrong.NoArgsIsHelpError


@contextlib.contextmanager
def remember_context(context: Any) -> Iterator[None]:
    """Note where a wrong command line was being read; Typer forgets it for a missing value."""
    try:
        yield
    except UsageError as error:
        error.ctx = error.ctx or context
        raise


def build_unknown_command_error(name: str, known: Sequence[str], context: Any) -> UsageError:
    """Make the refusal of a command that does not exist, with the nearest that does."""
    problem = _("there is no command '{name}'").format(name=name)
    return UsageError(_with_nearest(problem, name, known), context)


def build_extra_arguments_error(extra: Sequence[str], context: Any) -> UsageError:
    """Make the refusal of arguments nobody asked for."""
    problem = _("nothing more is expected here: {extra}").format(extra=" ".join(map(str, extra)))
    return UsageError(problem, context)


def describe_usage_error(error: UsageError) -> tuple[str, str, str]:
    """Say where a command line is wrong, what is wrong, and how to write it."""
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
    """Say why a value does not fit: ours already does, pydantic's reason is replaced."""
    stated = _refused_value(error.__cause__)
    if stated is None:
        return str(error.message)
    descriptor = error.param.type_descriptor
    if descriptor.is_choice:
        choices = ", ".join(map(str, descriptor.choices))
        return _("'{text}' is not one of: {choices}").format(text=stated, choices=choices)
    if descriptor.annotation is int:
        return _("'{text}' is not a whole number that fits here").format(text=stated)
    return _("'{text}' does not fit here").format(text=stated)


def _refused_value(cause: BaseException | None) -> str | None:
    from pydantic import ValidationError  # noqa: PLC0415 start-up time

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
