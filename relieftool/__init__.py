"""Find every poor household owed a benefit it does not get, and prove that something was done.

Other programs read a register by `relieftool.api`, which is loaded when it is first named.
"""

import importlib
from types import ModuleType

__version__ = "0.1.0"


def __getattr__(name: str) -> ModuleType:
    """Return `relieftool.api`, for whoever has imported relieftool alone."""
    if name == "api":
        return importlib.import_module("relieftool.api")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
