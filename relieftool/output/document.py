"""JSON: keys are a contract, unknown is null, nothing invisible is written as it is."""

import json
from collections.abc import Mapping
from datetime import date


def format_json(document: Mapping[str, object]) -> str:
    r"""Write a document as JSON a person can read and no terminal trips over.

    An invisible character is written as a \uXXXX escape, so that it is read back unchanged.

    >>> print(format_json({"head": "李*", "amount_fen": None, "title": "a\u202e"}))
    {
      "head": "李*",
      "amount_fen": null,
      "title": "a\u202e"
    }
    """
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2, default=_date_text)
    return "\n".join(map(_escape, text.split("\n")))


def _escape(line: str) -> str:
    if line.isprintable():
        return line
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in line)


def _date_text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in JSON")
