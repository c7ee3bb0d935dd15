"""The JSON Schema of each kind of file in a pack, made of the models that read it."""

from typing import Any

from pydantic import BaseModel, Field

from relieftool.pack.facts import BilingualText, Fact, StrictModel
from relieftool.pack.models import (
    DatedValue,
    Definition,
    PackHead,
    Parameter,
    PriorityRule,
    Programme,
)


class _LocalValue(DatedValue):
    """A value that an overlay sets for a parameter of its base."""

    parameter: str


class _PackFile(PackHead):
    """pack.toml, with what only overlays and bases have."""

    words: dict[str, BilingualText] = Field(default_factory=dict)
    example_values: dict[str, int | str] = Field(default_factory=dict)
    values: list[_LocalValue] = Field(default_factory=list)


class _FactsFile(StrictModel):
    facts: list[Fact]


class _DefinitionsFile(StrictModel):
    definitions: list[Definition]


class _ParametersFile(StrictModel):
    parameters: list[Parameter]


_FILES: dict[str, type[BaseModel]] = {
    "pack": _PackFile,
    "facts": _FactsFile,
    "definitions": _DefinitionsFile,
    "parameters": _ParametersFile,
    "programme": Programme,
    "priority": PriorityRule,
}
_OVERLAY = {"enum": ["changes", "replaces", "removes"]}


def build_file_schema(file: str) -> dict[str, Any]:
    """Return the JSON Schema of a kind of file; a record marked `overlay` may lack other keys."""
    schema = _FILES[file].model_json_schema(by_alias=True)
    for part in [schema, *schema.get("$defs", {}).values()]:
        if {"id", "name"} & part.get("properties", {}).keys():
            part["properties"]["overlay"] = _OVERLAY
            needed = part.pop("required", [])
            part["anyOf"] = [{"required": ["overlay"]}, {"required": needed}]
        if "examples" in part.get("properties", {}):
            example = schema.get("$defs", {}).get("Example", {})
            example.get("properties", {}).update(
                {
                    "like": {"type": "string"},
                    "without": {"type": "array", "items": {"type": "string"}},
                }
            )
            example["anyOf"] = [{"required": ["name", "like"]}, *example.get("anyOf", [])]
    return schema
