"""Strategies that were read without a mistake → Hypothesis's own, which draw."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from harness.scenario.generate import LARGEST, LONGEST_TEXT


def strategy(raw: Mapping[str, Any]) -> Any:
    """The Hypothesis strategy of what was read without a mistake."""
    ((name, argument),) = raw.items()
    return DRAWN[name](argument)


def _text(argument: Mapping[str, Any]) -> Any:
    from hypothesis import strategies

    alphabet = argument.get("alphabet") or strategies.characters(codec="utf-8", exclude_characters="\0")
    most = argument.get("max_size", max(50, argument.get("min_size", 0)))
    return strategies.text(alphabet, min_size=argument.get("min_size", 0), max_size=most)


def _integers(argument: Mapping[str, Any]) -> Any:
    from hypothesis import strategies

    return strategies.integers(argument.get("min_value", -LARGEST), argument.get("max_value", LARGEST))


def _floats(argument: Mapping[str, Any]) -> Any:
    from hypothesis import strategies

    return strategies.floats(
        argument.get("min_value", -LARGEST), argument.get("max_value", LARGEST), allow_nan=False, allow_infinity=False
    )


def _booleans(argument: Any) -> Any:
    from hypothesis import strategies

    return strategies.booleans()


def _lists(argument: Mapping[str, Any]) -> Any:
    from hypothesis import strategies

    most = argument.get("max_size", max(10, argument.get("min_size", 0)))
    return strategies.lists(strategy(argument["of"]), min_size=argument.get("min_size", 0), max_size=most)


def _from_regex(argument: str) -> Any:
    from hypothesis import strategies

    return strategies.from_regex(argument, fullmatch=True)


def _sampled_from(argument: list[Any]) -> Any:
    from hypothesis import strategies

    return strategies.sampled_from(argument)


def _one_of(argument: list[Any]) -> Any:
    from hypothesis import strategies

    return strategies.one_of([strategy(each) for each in argument])


def _json_schema(schema: Mapping[str, Any]) -> Any:
    from hypothesis import strategies

    if union := schema.get("anyOf") or schema.get("oneOf"):
        return strategies.one_of([_json_schema(each) for each in union])
    if "const" in schema:
        return strategies.just(schema["const"])
    if "enum" in schema:
        return strategies.sampled_from(schema["enum"])
    match schema["type"]:
        case "object":
            drawn = {name: _json_schema(inner) for name, inner in schema.get("properties", {}).items()}
            required = set(schema.get("required", ()))
            return strategies.fixed_dictionaries(
                {name: each for name, each in drawn.items() if name in required},
                optional={name: each for name, each in drawn.items() if name not in required},
            )
        case "array":
            low = schema.get("minItems", 0)
            most = schema.get("maxItems", max(10, low))
            return strategies.lists(_json_schema(schema["items"]), min_size=low, max_size=most)
        case "string" if "pattern" in schema:
            low, most = schema.get("minLength", 0), schema.get("maxLength", LONGEST_TEXT)
            return strategies.from_regex(schema["pattern"]).filter(lambda text: low <= len(text) <= most)
        case "string":
            low = schema.get("minLength", 0)
            return _text({"min_size": low, "max_size": schema.get("maxLength", max(50, low))})
        case "boolean":
            return strategies.booleans()
        case "null":
            return strategies.none()
        case kind:
            bounds = {"min_value": schema.get("minimum", -LARGEST), "max_value": schema.get("maximum", LARGEST)}
            return _integers(bounds) if kind == "integer" else _floats(bounds)


DRAWN: Final[Mapping[str, Callable[[Any], Any]]] = {
    "text": _text,
    "integers": _integers,
    "floats": _floats,
    "booleans": _booleans,
    "lists": _lists,
    "from_regex": _from_regex,
    "sampled_from": _sampled_from,
    "json_schema": _json_schema,
    "one_of": _one_of,
}
"""Strategy → what draws."""
