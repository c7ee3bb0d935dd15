"""What all answers to programs have in common: frozen models, and how private values are masked.

A field's name is its key in JSON, which is a contract: keys are only added. None is unknown, unless
a field says otherwise; money is in fen.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Generic, TypeVar, cast, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationInfo
from pydantic.fields import FieldInfo

from relieftool.output.result_cells import MaskedName, reveal_or_mask


def _show(value: object, info: ValidationInfo) -> object:
    """Return a value, masked unless the context reveals it; only private values are marked."""
    return reveal_or_mask(value, is_revealed=cast("bool", info.context))


def _show_name(name: str | None, info: ValidationInfo) -> object:
    return _show(MaskedName(name), info)


ShownName = Annotated[
    str | None,
    BeforeValidator(_show_name),
    Field(description="A person's name: the surname and a star, unless revealed."),
]
ShownText = Annotated[str, BeforeValidator(_show)]
ShownNumber = Annotated[int | None, BeforeValidator(_show)]
ShownShare = Annotated[float | None, BeforeValidator(_show)]
ShownValue = Annotated[int | str | None, BeforeValidator(_show)]


class AnswerPart(BaseModel):
    """A part of an answer: its fields cannot be changed, and it has no others."""

    model_config = ConfigDict(frozen=True, from_attributes=True, extra="forbid", defer_build=True)


class UsedPack(AnswerPart):
    """The rule pack by which an answer was found."""

    id: str = Field(description="The pack's name.")
    version: str = Field(description="The pack's version.")
    sha256: str = Field(description="The hash of all its files.")
    set_here: tuple[str, ...] = Field(description="Parameters whose value the office has set.")


class Head(AnswerPart):
    """The first keys of every answer."""

    relief_result: int = Field(description="The version of the contract: 1.")
    command: str = Field(description="The command that gives this answer.")


class DatedHead(Head):
    """The first keys of an answer for a day, by a pack."""

    as_of: str = Field(description="The day asked about, YYYY-MM-DD.")
    pack: UsedPack


AnswerModel = TypeVar("AnswerModel", bound=AnswerPart)


@dataclass(frozen=True)
class AnswerSource(Generic[AnswerModel]):
    """What an answer is made from: its model, and what reads the records of each key."""

    model: type[AnswerModel]
    read: Callable[[], Mapping[str, object]]

    def answer(self, *, is_revealed: bool = False) -> AnswerModel:
        """Return the answer as a model, private values masked unless revealed."""
        return self.model.model_validate(self._list_records(), context=is_revealed)

    def document(self, is_revealed: bool) -> dict[str, object]:  # noqa: FBT001 as results ask for it
        """Return the answer for JSON; of long lists, each record is made when it is written."""
        records = self.read()
        fields = self.model.model_fields
        return {
            key: _make_each(get_args(fields[key].annotation)[0], value, is_revealed=is_revealed)
            if isinstance(value, Iterator)
            else _make(_find_kind(fields[key]), value, is_revealed=is_revealed)
            for key, value in records.items()
        }

    def _list_records(self) -> dict[str, object]:
        return {
            key: tuple(value) if isinstance(value, Iterator) else value
            for key, value in self.read().items()
        }


def _make_each(
    model: type[AnswerPart], records: Iterable[object], *, is_revealed: bool
) -> Iterator[object]:
    """Yield records for JSON."""
    for record in records:
        yield _make(model, record, is_revealed=is_revealed)


def _make(kind: Any, value: object, *, is_revealed: bool) -> object:
    """Return a value of a field for JSON."""
    adapter = _adapt(kind)
    made = adapter.validate_python(value, context=is_revealed)
    return adapter.dump_python(made, mode="json")


def _find_kind(field: FieldInfo) -> Any:
    """Return the type of a field with its validators."""
    return Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation


@cache
def _adapt(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def read_fields(model: type[AnswerPart], record: object) -> dict[str, object]:
    """Return those attributes of a record that are fields of a model."""
    missing = object()
    found = ((key, getattr(record, key, missing)) for key in model.model_fields)
    return {key: value for key, value in found if value is not missing}
