"""A document and a pydantic model → a typed value, or every mistake at its place and in our words.

A model may say of itself, as class variables: `noun`, what it is called in a message ("a turn"); `later`, the keys
that the language knows and this version cannot run yet; `remedies`, what to do about a wrong value of a key.
"""

import types
from collections.abc import Mapping
from typing import Annotated, Any, Final, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from harness.source.document import Document, Path
from harness.source.place import Diagnostic, Refused, shown, suggestion
from harness.source.scalars import spelt

M = TypeVar("M", bound=BaseModel)

# What pydantic calls a mistake → our sentence. `{what}` is the key or entry, `{value}` what stands there (kind and
# spelling), and the rest is pydantic's context. Anything else is a mistake of ours: the test of this table says so.
SENTENCES: Final[Mapping[str, str]] = {
    "string_type": "{what} must be text, not {value}",
    "int_type": "{what} must be a whole number, not {value}",
    "float_type": "{what} must be a number, not {value}",
    "bool_type": "{what} must be true or false, not {value}",
    "list_type": "{what} must be a list, not {value}",
    "tuple_type": "{what} must be a list, not {value}",
    "dict_type": "{what} must be a mapping, not {value}",
    "model_type": "{what} must be a mapping, not {value}",
    "none_required": "{what} must be empty, not {value}",
    "string_too_short": "{what} must not be empty",
    "string_too_long": "{what} has more than {max_length} characters",
    "too_short": "{what} must hold at least {min_length}, not {actual_length}",
    "too_long": "{what} must hold at most {max_length}, not {actual_length}",
    "greater_than_equal": "{what} must be at least {ge}, not {value}",
    "greater_than": "{what} must be above {gt}, not {value}",
    "less_than_equal": "{what} must be at most {le}, not {value}",
    "less_than": "{what} must be below {lt}, not {value}",
}
MOST_TOLD: Final = 100
"""How many mistakes of a document are told: for each is sought what was meant."""
QUOTABLE: Final = (bool, int, float, type(None))


def read(document: Document, model: type[M]) -> M:
    """The document as a value of the model.

    Raises:
        Refused: it is none; every mistake, in file order.
    """
    value, mistakes = checked(document, model)
    if value is None:
        raise Refused(mistakes)
    return value


def checked(document: Document, model: type[M]) -> tuple[M | None, list[Diagnostic]]:
    """The value and no mistakes, or None and every mistake, in file order."""
    try:
        return model.model_validate(document.value), []
    except ValidationError as error:
        told = error.errors(include_url=False)[:MOST_TOLD]
        mistakes = [_diagnostic(document, model, each) for each in told]
        return None, sorted(mistakes)


def kind_of(value: object) -> str:
    """What a value of a document is, for a message: `the number 3`, `a list`."""
    match value:
        case None:
            return "empty"
        case bool():
            return f"`{spelt(value)}`"
        case int() | float():
            return f"the number {shown(spelt(value))}"
        case str():
            return f"the text `{shown(value)}`" if value else "an empty text"
        case Mapping():
            return "a mapping"
        case _:
            return "a list"


def _diagnostic(document: Document, model: type[BaseModel], error: Any) -> Diagnostic:
    path: Path = tuple(error["loc"])
    code: str = error["type"]
    owner, noun = _owner(model, path[:-1] if code in ("extra_forbidden", "missing") else path)
    name = f"`{shown(str(path[-1]))}`" if path and isinstance(path[-1], str) else _entry(path) if path else noun
    match code:
        case "extra_forbidden":
            later: Mapping[str, str] = getattr(owner, "later", {})
            if path[-1] in later:
                message = f"{name} is not built yet in this version"
                return document.diagnostic(path, message, later[str(path[-1])] or None, key=True)
            hint = suggestion(str(path[-1]), [*keys_of(owner), *later])
            return document.diagnostic(path, f"unknown key {name} in {noun}", hint, key=True)
        case "missing":
            return document.diagnostic(path[:-1], f"{name} is missing in {noun}", key=len(path) > 2)
        case "literal_error":
            hint = suggestion(str(error["input"]), [str(each) for each in _choices(owner, path)])
            return document.diagnostic(path, f"{name} cannot be {kind_of(error['input'])}", hint)
        case "value_error":
            mistake = error["ctx"]["error"]
            message, hint = (*mistake.args, None)[:2]
            return document.diagnostic(path, f"{name}: {message}", hint)
    facts = {**error.get("ctx", {}), "what": name, "value": kind_of(error["input"])}
    sentence = SENTENCES.get(code)
    message = sentence.format(**facts) if sentence else f"{name} cannot be {facts['value']}"
    remedies: Mapping[str, str] = getattr(owner, "remedies", {})
    keys = [token for token in path if isinstance(token, str)]
    remedy = remedies.get(keys[-1]) if keys else None
    return document.diagnostic(path, message, remedy or _remedy(code, error["input"]))


def _remedy(code: str, value: object) -> str | None:
    if code == "string_type" and isinstance(value, QUOTABLE):
        return f'text stands in quotes: "{shown(spelt(value))}"' if value is not None else "write a text behind it"
    if code in ("list_type", "tuple_type") and isinstance(value, str) and value:
        return f"write `[{shown(value)}]`"
    return None


def _entry(path: Path) -> str:
    """An entry of a list, by the key of its list and its count from 1."""
    names = [token for token in path if isinstance(token, str)]
    return f"entry {int(path[-1]) + 1} of `{shown(names[-1])}`" if names else f"entry {int(path[-1]) + 1}"


def keys_of(model: type[BaseModel]) -> list[str]:
    """The keys of a model as they stand in the file."""
    return [field.alias or name for name, field in model.model_fields.items()]


def _owner(model: type[BaseModel], path: Path) -> tuple[type[BaseModel], str]:
    """The innermost model that a path leads through, and what it is called."""
    owner, annotation = model, model
    for token in path:
        annotation = _step(annotation, token)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            owner = annotation
    return owner, getattr(owner, "noun", f"`{owner.__name__}`")


def _step(annotation: Any, token: str | int) -> Any:
    """The annotation of what lies under a key or index of a value with the given one."""
    for inner in _alternatives(annotation):
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            for name, field in inner.model_fields.items():
                if (field.alias or name) == token:
                    return field.annotation
        elif isinstance(token, int) and get_origin(inner) in (list, tuple):
            return get_args(inner)[0]
        elif isinstance(token, str) and get_origin(inner) in (dict, Mapping):
            return get_args(inner)[1]
    return None


def _alternatives(annotation: Any) -> list[Any]:
    """The members of a union, and what `Annotated` wraps."""
    if get_origin(annotation) is Annotated:
        return _alternatives(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return [one for each in get_args(annotation) for one in _alternatives(each)]
    return [annotation]


def _choices(owner: type[BaseModel], path: Path) -> tuple[Any, ...]:
    annotation: Any = owner
    for token in path[-2:] if path and isinstance(path[-1], int) else path[-1:]:
        annotation = _step(annotation, token)
    return tuple(choice for each in _alternatives(annotation) for choice in get_args(each))
