"""A progress bar on a terminal, and nothing at all anywhere else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from relieftool.messages import _
from relieftool.output.clean import clean
from relieftool.output.tables import make_console


@contextmanager
def file_progress(stream: TextIO) -> Iterator[Callable[[str, int, int], None]]:
    """Give a function to be told file name, number done and number of all."""
    if not stream.isatty():
        yield lambda _name, _done, _all: None
        return
    from rich.progress import (  # noqa: PLC0415 start-up time
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=make_console(stream), transient=True) as bar:
        task = bar.add_task(_("Reading"))

        def tell(name: str, done: int, total: int) -> None:
            words = _("Reading {file}").format(file=clean(name)) if name else _("Writing")
            bar.update(task, description=words, completed=done, total=total)

        yield tell
