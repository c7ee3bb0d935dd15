"""What every roster needs: who is paid, people nobody knows, and rows of both."""

import random
from dataclasses import dataclass, field

from sample_data.generator.cells import Cell
from sample_data.generator.damage import ruined, written
from sample_data.generator.files import Sheet
from sample_data.generator.households import Household, Receipt
from sample_data.generator.people import Person
from sample_data.generator.street import SEED, Street

MONTH = "2024年11月"
Paid = tuple[str, Person, Receipt]
_ANYWHERE = "商城"


@dataclass
class Lists:
    """What every roster needs: the street, and chances."""

    street: Street
    rng: random.Random
    added: dict[str, list["Paid"]] = field(default_factory=dict)

    @classmethod
    def of_street(cls, street: Street, seed: int) -> "Lists":
        """Make what the rosters of a street need, with chances of their own."""
        return cls(street, random.Random(SEED + seed))

    def stranger(self, low: int = 40, high: int = 78) -> Person:
        """Make somebody of an age whom no community has on its sheet."""
        return self.street.maker.person(low, high)

    def of(self, programme: str) -> list[tuple[Household, Receipt]]:
        """List the receipts of a programme with their households."""
        return [
            (one, receipt)
            for one in self.street.households
            for receipt in one.receipts
            if receipt.programme == programme
        ]

    def id_number(self, person: Person, receipt: Receipt, *, is_text: bool = False) -> Cell:
        """Write the ID number of somebody on a roster."""
        if receipt.is_ruined:
            return ruined(person, is_text=is_text)
        number = written(person, self.rng, is_text=is_text)
        return number if person.written_id == "" else person.id_number

    def paid(self, programme: str, *unknown: Person) -> list["Paid"]:
        """List who is paid, with the community; some of them no community knows."""
        rows = [
            (one.community, receipt.member or one.head, receipt)
            for one, receipt in self.of(programme)
        ]
        amount = rows[0][2].amount if rows else 0
        for stranger in unknown:
            place = self.rng.randrange(len(rows) or 1)
            community = rows[place][0] if rows else _ANYWHERE
            rows.insert(place, (community, stranger, Receipt(programme, stranger, amount)))
        self.added[programme] = rows
        return rows


def add_people(
    sheet: Sheet,
    lists: Lists,
    paid: list[Paid],
    *,
    is_text: bool = False,
    has_amounts: bool = False,
) -> None:
    """Add rows of number, community, name and ID number; where there are amounts, also a total."""
    for serial, (community, person, receipt) in enumerate(paid, start=1):
        number = lists.id_number(person, receipt, is_text=is_text)
        row: list[Cell] = [serial, f"{community}社区", person.name, number]
        sheet.rows.append([*row, receipt.amount] if has_amounts else row)
    if has_amounts:
        total = sum(receipt.amount for _community, _person, receipt in paid)
        sheet.rows.append(["合计", None, f"{len(paid)}人", None, total])
