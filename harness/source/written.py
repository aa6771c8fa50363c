"""The base of every model of what a person writes, and such a model as a JSON Schema for editors."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from pydantic import BaseModel, ConfigDict

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


class Written(BaseModel):
    """What a person wrote: nothing is converted, nothing unknown is passed over.

    `noun`, `later` and `remedies` are told in messages: see `harness.source.typed`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    noun: ClassVar[str] = ""
    later: ClassVar[Mapping[str, str]] = {}
    remedies: ClassVar[Mapping[str, str]] = {}


def schema_of(model: type[Written], title: str) -> dict[str, Any]:
    """The model as a JSON Schema; what it refers to stands under `$defs`. The caller may add to it."""
    made = model.model_json_schema(ref_template="#/$defs/{model}")
    _without_defaults(made)
    return {"$schema": DIALECT, **made, "title": title}


def _without_defaults(node: Any) -> None:
    """Takes away what pydantic adds and no editor should offer: defaults, and titles made of Python's names."""
    if isinstance(node, dict):
        node.pop("default", None)
        node.pop("title", None)
        for key, inner in node.items():
            # What stands under these are names, and each may be called `default` or `title`.
            for each in inner.values() if key in ("properties", "$defs") else (inner,):
                _without_defaults(each)
    elif isinstance(node, list):
        for inner in node:
            _without_defaults(inner)
