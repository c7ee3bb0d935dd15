"""Working through very many rows: what Python does by itself meanwhile would only cost time."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def pause_gc() -> Iterator[None]:
    """Do not look for rings among objects meanwhile: rows make none, and there are millions."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
