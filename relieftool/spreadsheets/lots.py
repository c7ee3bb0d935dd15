"""The rows of a long sheet, kept in compressed lots: a million of them fit into little memory."""

import json
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import overload

from relieftool.text import Cell

_QUICKLY = 1


class Lots(Sequence[list[Cell]]):
    """Rows in the order they were added; none of them may be changed."""

    def __init__(self) -> None:
        self._lots: list[bytes] = []
        self._starts = array("Q")
        self._count = 0
        self._open: tuple[int, int, list[list[Cell]]] = (0, 0, [])

    def add(self, rows: Sequence[list[Cell]]) -> None:
        """Add rows at the end."""
        if rows:
            written = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
            self._lots.append(zlib.compress(written.encode("utf-8", "surrogatepass"), _QUICKLY))
            self._starts.append(self._count)
            self._count += len(rows)

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> list[Cell]: ...
    @overload
    def __getitem__(self, place: slice) -> list[list[Cell]]: ...
    def __getitem__(self, place: int | slice) -> list[Cell] | list[list[Cell]]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(self._count))]
        first, end, rows = self._open
        if first <= place < end:
            return rows[place - first]
        return self._found(place + self._count if place < 0 else place)

    def _found(self, place: int) -> list[Cell]:
        """Open the lot of a row."""
        if not 0 <= place < self._count:
            raise IndexError(place)
        lot = bisect_right(self._starts, place) - 1
        rows = self._rows(lot)
        first = self._starts[lot]
        self._open = first, first + len(rows), rows
        return rows[place - first]

    def __iter__(self) -> Iterator[list[Cell]]:
        for lot in range(len(self._lots)):
            yield from self._rows(lot)

    def _rows(self, lot: int) -> list[list[Cell]]:
        rows: list[list[Cell]] = json.loads(
            zlib.decompress(self._lots[lot]).decode("utf-8", "surrogatepass")
        )
        return rows
