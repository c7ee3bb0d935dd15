"""The log of relief's own faults, for its maintainers.

Entries are appended, and the file is made so that only its owner can read it. Tracebacks contain no
local variables; stars replace what may be a Chinese name or an ID number.
"""

import os
import platform
import re
import secrets
import traceback
from datetime import UTC, datetime
from pathlib import Path

from relieftool import __version__

LOG_NAME = "relief-errors.log"
_ONLY_OWNER = 0o600
_LONG_NUMBER = re.compile(r"[0-9Xx]{7,}")
_FOREIGN_LETTERS = re.compile(r"[^\W\x00-\x7f]+")


def record_crash(fault: BaseException, folder: Path) -> tuple[str, Path | None]:
    """Append a fault to the log in `folder`; return the fault's number and the log's path.

    The path is None if the log could not be written.
    """
    number = secrets.token_hex(4)
    log = folder / LOG_NAME
    text = f"{_heading(number)}\n{format_crash(fault)}\n"
    # Follow no link: somebody could have put it there to have another file written.
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    try:
        with os.fdopen(os.open(log, flags, _ONLY_OWNER), "a", encoding="utf-8") as opened:
            opened.write(text)
    except OSError:
        return number, None
    return number, log


def format_crash(fault: BaseException) -> str:
    """Return the traceback with stars for long numbers and for letters that are not ASCII.

    These could identify a person.

    >>> format_crash(KeyError("李四 360302199001011234")).strip()
    "KeyError: '** ******************'"
    """
    text = "".join(
        traceback.TracebackException.from_exception(fault, capture_locals=False).format()
    )
    return _FOREIGN_LETTERS.sub(_stars, _LONG_NUMBER.sub(_stars, text))


def _stars(found: re.Match[str]) -> str:
    return "*" * len(found[0])


def _heading(number: str) -> str:
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    system = f"Python {platform.python_version()}, {platform.system()}"
    return f"== {number} · {moment} · relief {__version__} · {system}"
