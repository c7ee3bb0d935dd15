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
    with step_progress(stream, _("Reading")) as tell:

        def tell_file(name: str, done: int, total: int) -> None:
            words = _("Reading {file}").format(file=clean(name)) if name else _("Writing")
            tell(words, done, total)

        yield tell_file


@contextmanager
def step_progress(stream: TextIO, words: str) -> Iterator[Callable[[str, int, int], None]]:
    """Give a function to be told what is done now, how many are done and how many there are."""
    if not stream.isatty():
        yield lambda _words, _done, _all: None
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
        task = bar.add_task(words)
        yield lambda step, done, total: bar.update(
            task, description=step, completed=done, total=total
        )
