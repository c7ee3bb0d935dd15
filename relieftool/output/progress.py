"""A progress bar on a terminal, and nothing at all anywhere else."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from relieftool.messages import ProgressCallback, _, no_progress
from relieftool.output.clean import escape_invisible
from relieftool.output.terminal import make_console


@contextmanager
def show_progress(stream: TextIO, words: str) -> Iterator[ProgressCallback]:
    """Give a function to be told what is done now, how many are done and how many there are.

    Each step has a bar of its own, with how many it does in a second and how long it will take.
    """
    if not stream.isatty():
        yield no_progress
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
        TextColumn("{task.fields[rate]}", markup=False),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=make_console(stream), transient=True) as bar:
        task = bar.add_task(words, total=None, rate="")
        current = words

        def tell(step: str, done: int, total: int) -> None:
            nonlocal current
            if step != current:
                bar.reset(task, description=escape_invisible(step))
                current = step
            bar.update(task, completed=done, total=total or None)
            if speed := bar.tasks[0].speed:
                bar.update(task, rate=_("{count}/s").format(count=f"{speed:,.0f}"))

        yield tell
