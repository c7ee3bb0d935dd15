"""ID numbers as they really stand in cells: readable with some care, or wrecked for good."""

import random

from sample_data.generator.cells import CARD_DIGITS, Cell
from sample_data.generator.people import Person


def card_number(person: Person) -> str:
    """Return the number of a disability card: the ID number, the kind and the grade."""
    return f"{person.id_number}{CARD_DIGITS[person.kind]}{person.grade}"


def ruined(person: Person, *, is_text: bool = False) -> Cell:
    """Return what a spreadsheet keeps of a number typed as one: 15 digits, the rest is gone."""
    value = float(person.id_number[:15] + "000")
    return f"{value:.5E}" if is_text else value


def written(person: Person, rng: random.Random, *, is_text: bool = False) -> Cell:
    """Write an ID number as a sheet has it: somehow readable, a wreck, or not at all."""
    if person.written_id == "missing":
        return None
    if person.written_id == "ruined":
        return ruined(person, is_text=is_text)
    return _readable(person, rng.random())


def _readable(person: Person, chance: float) -> str:
    """Write a number as clerks do: mostly well, now and then oddly."""
    number = person.id_number
    if person.kind and chance < 0.3:
        return card_number(person) + ("B1" if chance < 0.02 else "")
    if number.endswith("X") and chance < 0.5:
        return number.replace("X", "x")
    oddly = ((0.05, f"{number[:14]} {number[14:]}"), (0.08, f"'{number}"), (0.1, f"{number} "))
    return next((text for limit, text in oddly if chance < limit), number)
