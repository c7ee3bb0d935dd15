"""The rows of a long sheet, compressed: as plain lists they would take ten times the memory."""

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import overload

from relieftool.values.text import Cell

_ROWS_PER_BATCH = 200
_QUICKLY = 1


class CompressedRows(Sequence[list[Cell]]):
    """Rows in the order they were added; none of them may be changed."""

    def __init__(self) -> None:
        self._batches: list[bytes] = []
        self._rest: list[list[Cell]] = []
        self._open: tuple[int, list[list[Cell]]] = (-1, [])

    def extend(self, rows: Iterable[list[Cell]]) -> None:
        """Add rows at the end."""
        self._rest.extend(rows)
        while len(self._rest) >= _ROWS_PER_BATCH:
            batch = json.dumps(self._rest[:_ROWS_PER_BATCH], ensure_ascii=True)
            self._batches.append(zlib.compress(batch.encode("ascii"), _QUICKLY))
            del self._rest[:_ROWS_PER_BATCH]

    def __len__(self) -> int:
        return len(self._batches) * _ROWS_PER_BATCH + len(self._rest)

    @overload
    def __getitem__(self, place: int) -> list[Cell]: ...
    @overload
    def __getitem__(self, place: slice) -> list[list[Cell]]: ...
    def __getitem__(self, place: int | slice) -> list[Cell] | list[list[Cell]]:
        places = range(len(self))[place]
        if isinstance(places, range):
            return [self[number] for number in places]
        number, row = divmod(places, _ROWS_PER_BATCH)
        # Rows are mostly asked for one after another: the batch is opened once for all of them.
        if number != self._open[0] and number < len(self._batches):
            self._open = number, _opened(self._batches[number])
        return (self._open[1] if number < len(self._batches) else self._rest)[row]

    def __iter__(self) -> Iterator[list[Cell]]:
        yield from chain.from_iterable(map(_opened, self._batches))
        yield from self._rest


def _opened(batch: bytes) -> list[list[Cell]]:
    rows: list[list[Cell]] = json.loads(zlib.decompress(batch))
    return rows
