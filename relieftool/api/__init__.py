"""What other programs read: `open_register`, and models of the JSON of gaps, questions, explain."""

import importlib
from typing import Any

__all__ = ["ReadRegister", "open_register"]
_OFFERED = {"ReadRegister": "ReadRegister", "open_register": "read_register"}


def __getattr__(name: str) -> Any:
    """Return what reads a register; it is loaded when it is asked for, as commands do without."""
    if name in _OFFERED:
        return getattr(importlib.import_module("relieftool.api.reading"), _OFFERED[name])
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
