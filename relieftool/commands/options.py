"""The options that commands share, each with its wording and check."""

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer

from relieftool.errors import ReliefError
from relieftool.messages import Message, NamedChoice, _
from relieftool.output.result import OutputFormat, Result
from relieftool.values.text import drop_spaces, is_reason

_FIRST_YEAR, _LAST_YEAR = 1900, 2200
DEFAULT_DB = Path("relief.db")


def parse_day(text: str) -> date:
    """Return a day from a command line; anything but YYYY-MM-DD is a usage error.

    So is a year before 1900 or after 2200, here and in `parse_month`.

    >>> parse_day("2024-12-10")
    datetime.date(2024, 12, 10)
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    # fromisoformat also takes 20241210 and 2024-W50-2, which are not accepted here.
    if day is None or day.isoformat() != text:
        raise typer.BadParameter(_("'{text}' is not a day like 2024-12-10").format(text=text))
    _check_year(day, text)
    return day


def _check_year(day: date, text: str) -> None:
    """Raise a usage error for a year so far off that days before or after it cannot be counted."""
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise typer.BadParameter(
            _("the year of '{text}' must be from {first} to {last}").format(
                text=text, first=_FIRST_YEAR, last=_LAST_YEAR
            )
        )


def parse_share(text: str) -> Fraction:
    """Return a share written as 10% or 0.1; it must be above 0 and at most 1.

    >>> parse_share("10%"), parse_share("0.25")
    (Fraction(1, 10), Fraction(1, 4))
    """
    found = _SHARE.fullmatch(text.strip())
    share = Fraction(found[1]) / (100 if found[2] else 1) if found else Fraction(0)
    if not 0 < share <= 1:
        raise typer.BadParameter(_("'{text}' is not a share like 10%").format(text=text))
    return share


_SHARE = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)([%％]?)", re.ASCII)


def check_reason(reason: str | None, *, is_revealed: bool) -> None:
    """Raise a usage error if private values are to be shown in full without a reason."""
    if is_revealed and not is_reason(reason or ""):
        raise typer.BadParameter(
            _(
                "say why with --reason TEXT, in words of at least four letters; it is kept in the"
                " access log"
            ),
            param_hint="--reveal",
        )


def check_by(by: str) -> str:
    """Return the name without spaces around it; a blank name is a usage error."""
    if not by.strip():
        raise typer.BadParameter(_("say who does this"), param_hint="--by")
    return by.strip()


def parse_pack(said: str | Path) -> Path:
    """Return the folder of the pack that a name or path means; ReliefError if there is none."""
    from relieftool.pack.pack_files import locate_pack

    return locate_pack(str(said))


def parse_month(text: str) -> str:
    """Return a month written as YYYY-MM; any other text is a usage error."""
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        month = None
    if month is None or month.isoformat() != f"{text}-01":
        raise typer.BadParameter(_("'{text}' is not a month like 2024-11").format(text=text))
    _check_year(month, text)
    return text


def parse_map(written: Sequence[str]) -> dict[str, str]:
    """Return mappings such as 列名=fact or 列名=- by heading; other texts are usage errors.

    >>> parse_map(["户均=household_income", "备注=-"])
    {'户均': 'household_income', '备注': '-'}
    """
    pairs = [text.rpartition("=") for text in written]
    for text, (header, _sign, target) in zip(written, pairs, strict=True):
        if not header.strip() or not target.strip():
            problem = _("'{text}' is not COLUMN=FACT, such as 月进账=household_income")
            raise typer.BadParameter(problem.format(text=text), param_hint="--map")
    return {drop_spaces(header): target.strip() for header, _sign, target in pairs}


def complete_household(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the numbers of households that a shell may complete a word to; never a name."""
    return _complete(ctx, incomplete, "SELECT household_no FROM households ORDER BY 1")


def complete_case(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the numbers of cases that a shell may complete a word to."""
    return _complete(ctx, incomplete, "SELECT case_no FROM cases ORDER BY 1")


def complete_community(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the names of communities that a shell may complete a word to."""
    return _complete(ctx, incomplete, "SELECT name FROM communities ORDER BY 1")


def complete_programme(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Return the ids and names of programmes that a shell may complete a word to.

    A name of several words is left out: a shell would take them for several arguments.
    """
    return [
        (word, name)
        for id_, name in _read_pack(ctx)[0]
        for word in (id_, name)
        if word.startswith(incomplete) and (incomplete or word == id_) and " " not in word
    ]


def complete_parameter(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Return the ids and labels of parameters that a shell may complete a word to."""
    return [pair for pair in _read_pack(ctx)[1] if pair[0].startswith(incomplete)]


def _read_pack(ctx: typer.Context) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the ids and names of the programmes and parameters of a command line's pack.

    It is that of --pack, or else the register's. Both are empty if it cannot be read.
    """
    from relieftool.pack.pack_cache import load_kept_pack
    from relieftool.pack.pack_files import locate_pack
    from relieftool.rules.statement import check_pack

    stated = ctx.params.get("pack")
    chosen = [str(stated)] if stated else _read(ctx, "SELECT value FROM settings WHERE key='pack'")
    try:
        pack = load_kept_pack(locate_pack(next(iter(chosen), None)), check_pack)
    except ReliefError:
        return [], []
    return (
        [(each.id, str(each.names)) for each in pack.programmes.values()],
        [(each.id, str(each.labels)) for each in pack.parameters.values()],
    )


def complete_pack(incomplete: str) -> list[str]:
    """Return the names of shipped packs that a shell may complete a word to."""
    from relieftool.pack.pack_files import list_shipped_names

    return [name for name in list_shipped_names() if name.startswith(incomplete)]


def _complete(ctx: typer.Context, incomplete: str, sql: str) -> list[str]:
    """Return the words of the register that begin so; a register that is not there has none."""
    return [word for word in _read(ctx, sql) if word.startswith(incomplete)]


def _read(ctx: typer.Context, sql: str) -> list[str]:
    """Return the words that a query finds in the register of a command line."""
    from relieftool.store.database import read_words

    path = Path(ctx.params.get("db") or os.environ.get("RELIEF_DB") or DEFAULT_DB)
    return read_words(path, sql)


# What a shell completes a value to, by how it is called on a help page.
COMPLETIONS: dict[str, Callable[..., Any]] = {
    "HOUSEHOLD": complete_household,
    "CASE": complete_case,
    "PROGRAMME": complete_programme,
    "PACK": complete_pack,
    "PARAMETER": complete_parameter,
}
# What a value is unless its command says it.
MEANINGS = {
    "HOUSEHOLD": "Its number, a member's name or ID number, or the start of its address.",
}
COMMUNITY: dict[str, Any] = {"metavar": "NAME", "autocompletion": complete_community}


class YesNo(NamedChoice):
    """An answer on a command line; None if the option is left out."""

    YES = "yes", Message("yes")
    NO = "no", Message("no")


Db = Annotated[
    Path,
    typer.Option("--db", envvar="RELIEF_DB", metavar="FILE", help="The register: one file."),
]
PackDir = Annotated[
    Path | None,
    typer.Option(
        "--pack",
        metavar="PACK",
        parser=parse_pack,
        autocompletion=complete_pack,
        help="Go by this rule pack: a name of `relief pack list`, or a folder.",
    ),
]
AsOf = Annotated[
    date | None,
    typer.Option(
        "--as-of",
        parser=parse_day,
        metavar="YYYY-MM-DD",
        help="Answer for this day; otherwise for the newest day the imported sheets speak for.",
    ),
]
Community = Annotated[
    str | None,
    typer.Option(
        "--community",
        metavar="NAME",
        autocompletion=complete_community,
        help="Only this community.",
    ),
]
Format = Annotated[
    OutputFormat,
    typer.Option("--format", case_sensitive=False, help="How to write to the screen."),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="FILE",
        help="Write to a file instead; its ending says how: .xlsx .csv .json .html.",
    ),
]
NoPager = Annotated[
    bool,
    typer.Option("--no-pager", help="Show a long answer at once; PAGER names what pages it."),
]
Reveal = Annotated[
    bool,
    typer.Option("--reveal", help="Show names and ID numbers in full; needs --reason."),
]
Reason = Annotated[
    str | None,
    typer.Option("--reason", metavar="TEXT", help="Why; kept in the access log."),
]
DryRun = Annotated[
    bool,
    typer.Option("--dry-run", help="Show what would be done and change nothing."),
]
On = Annotated[
    date | None,
    typer.Option(
        "--on",
        "--as-of",
        parser=parse_day,
        metavar="YYYY-MM-DD",
        help="The day; otherwise today.",
    ),
]
By = Annotated[
    str,
    typer.Option("--by", metavar="PERSON", help="Who does this; kept with the entry."),
]


@dataclass(frozen=True)
class ShowOptions:
    """The options --format, --out and --no-pager of a command.

    A file that cannot take results is refused when this is created, before any work.
    """

    command: str
    form: Format = OutputFormat.TABLE
    out: Out = None
    no_pager: NoPager = False

    def __post_init__(self) -> None:
        from relieftool.output.files import check_out_file

        check_out_file(self.out)

    @property
    def is_json(self) -> bool:
        """Whether the result is written as JSON."""
        return self.out.suffix.lower() == ".json" if self.out else self.form is OutputFormat.JSON

    @property
    def is_screen(self) -> bool:
        """Whether the result is shown as tables, neither written to a file nor as data."""
        return self.out is None and self.form is OutputFormat.TABLE

    def show(self, result: Result) -> None:
        """Show the result, private values masked."""
        from relieftool.output.show import show_result

        show_result(result, self.form, self.out, is_paged=not self.no_pager)


@dataclass(frozen=True)
class Revealing:
    """The options --reveal and --reason; a reveal without a reason is a usage error."""

    command: str
    reveal: Reveal = False
    reason: Reason = None

    def __post_init__(self) -> None:
        check_reason(self.reason, is_revealed=self.reveal)

    def print_hint(self) -> None:
        """Print how a file gets whole names for who must have them, unless it has them."""
        from relieftool.output.streams import print_message

        if not self.reveal:
            print_message(_("Names are masked: --reveal --reason TEXT writes them whole."))


@dataclass(frozen=True)
class RevealOptions(Revealing, ShowOptions):
    """The options of a result about people.

    Only `Session.show` reveals, because it records the reason before; `show` itself masks.
    """

    def __post_init__(self) -> None:
        Revealing.__post_init__(self)
        ShowOptions.__post_init__(self)
