"""Filling a JSON schema: from what the prompt and the context say, else with plausible values by type."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from harness.mock.model.context import JSON, Context, Draft
from harness.mock.model.language import Phrases
from harness.mock.model.recall import Fact, known, lookup
from harness.mock.model.seeing import seen
from harness.mock.model.sentences import bare, key

DEPTH: Final = 16
STOP: Final = r"(?=[,;.!?\n]|\s+(?:and|with|who|which|as|in the|for the)\b|$)"
YES: Final = re.compile(r"\b(?:yes|true|is|enabled|on|confirmed)\b", re.IGNORECASE)
NO: Final = re.compile(r"\b(?:no|not|false|isn't|disabled|off)\b", re.IGNORECASE)
NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?")


class Source:
    """What a value can be taken from: the prompt first, then everything told, then the type."""

    def __init__(self, context: Context) -> None:
        self.prompt = context.prompt
        self.text = "\n".join(context.told)[-20_000:]
        self.known: dict[str, Fact] = known(context)
        self.looks = seen(context)
        self.used: set[str] = set()

    def said(self, name: str) -> str | None:
        """What is said of a thing by this name: "name is X", "name: X", "name X", a fact of that name."""
        words = re.sub(r"(?<=[a-z])(?=[A-Z])|[_-]+", " ", name).strip()
        if words.lower() in self.looks:
            return self.looks[words.lower()]
        pattern = re.escape(words).replace(r"\ ", r"[\s_-]+")
        for text in (self.prompt, self.text):
            match = re.search(
                rf"(?<!\w){pattern}(?!\w)\s*(?:(?:is|are|was|of|set to|to|being|called)\b|[=:])?\s*"
                rf"(?P<value>\"[^\"]+\"|'[^']+'|[^\s,;.!?]+(?:\.\d+)?(?:[^,;.!?\n]*?)?){STOP}",
                text,
                re.IGNORECASE,
            )
            if match:
                return bare(match["value"])
        fact = lookup(self.known, words)
        return fact.value if fact else None

    def next_number(self) -> str | None:
        """The first number in the prompt that was not taken yet."""
        for match in NUMBER.finditer(self.prompt):
            if match[0] not in self.used:
                self.used.add(match[0])
                return match[0]
        return None


def filled(schema: Any, source: Source, root: Mapping[str, Any], name: str = "", depth: int = 0) -> Any:
    """A value that the schema allows, as true to the source as can be told."""
    if not isinstance(schema, dict) or depth > DEPTH:
        return None
    if "$ref" in schema:
        return filled(resolved(schema["$ref"], root), source, root, name, depth + 1)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return chosen(schema["enum"], source, name)
    for union in ("anyOf", "oneOf"):
        if schema.get(union):
            return filled(preferred(schema[union], source, name), source, root, name, depth + 1)
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = ("null" if "null" in kind and source.said(name) is None else None) or next(
            (one for one in kind if one != "null"), "null"
        )
    match kind:
        case "object":
            return {
                field: filled(inner, source, root, field, depth + 1)
                for field, inner in schema.get("properties", {}).items()
            }
        case "array":
            return listed(schema, source, root, name, depth)
        case "integer" | "number":
            return numeric(kind, source.said(name), source, schema)
        case "boolean":
            return truth(name, source)
        case "null":
            return None
        case _:
            return worded(name, source, schema)


def resolved(reference: str, root: Mapping[str, Any]) -> Any:
    """What a local `$ref` points to."""
    found: Any = root
    for step in reference.lstrip("#/").split("/"):
        if step and isinstance(found, Mapping):
            found = found.get(step.replace("~1", "/").replace("~0", "~"))
    return found


def preferred(options: list[Any], source: Source, name: str) -> Any:
    """Null where nothing was said, else the first other option; recursion ends at null too."""
    nulls = [option for option in options if isinstance(option, dict) and option.get("type") == "null"]
    others = [option for option in options if option not in nulls]
    if nulls and source.said(name) is None:
        return nulls[0]
    return (others or nulls)[0]


def chosen(values: list[Any], source: Source, name: str) -> Any:
    """The allowed value that was said of this name, else one that the prompt mentions, else the first."""
    said = source.said(name)
    for text in (said or "", source.prompt, source.text):
        for value in values:
            if isinstance(value, str) and re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text, re.IGNORECASE):
                return value
    return values[0]


def listed(schema: JSON, source: Source, root: Mapping[str, Any], name: str, depth: int) -> list[Any]:
    """A list: what is enumerated after its name, else as many as the schema wants at least, or one."""
    items = schema.get("items", {})
    match = re.search(
        rf"(?<!\w){re.escape(name.replace('_', ' '))}\s*(?:are|is|:|=|of)?\s*:?\s*(?P<list>[^.;\n]+)",
        source.prompt,
        re.IGNORECASE,
    )
    if match and isinstance(items, dict) and items.get("type") in ("string", "integer", "number"):
        words = [bare(part) for part in re.split(r",\s*(?:and\s+)?|\s+and\s+", match["list"]) if part.strip()]
        if items["type"] == "string":
            return words
        return [numeric(items["type"], word, source, items) for word in words if NUMBER.search(word)]
    count = max(1, int(schema.get("minItems", 1))) if depth < DEPTH // 2 else 0
    return [filled(items, source, root, name, depth + 1) for _ in range(count)]


def numeric(kind: str, said: str | None, source: Source, schema: JSON) -> float:
    match = NUMBER.search(said or "")
    text = match[0] if match else source.next_number()
    number = float(text) if text else float(schema.get("minimum", 1))
    return int(number) if kind == "integer" else number


def truth(name: str, source: Source) -> bool:
    """Said to be so, or not; true where nothing was said against it."""
    words = re.escape(name.replace("_", " "))
    match = re.search(rf"(?P<before>(?:\w+\s+){{0,2}}){words}(?P<after>[^.;,\n]{{0,30}})", source.prompt, re.IGNORECASE)
    if match is None:
        return not NO.search(source.prompt)
    return not NO.search(match["before"] + match["after"]) or bool(re.search(r"\bnot only\b", match[0]))


def worded(name: str, source: Source, schema: JSON) -> str:
    said = source.said(name)
    if said is not None:
        return said
    if name in ("city", "location", "place", "town"):
        match = re.search(r"\b(?:in|at|for|from|to)\s+([A-Z][\w-]+(?:\s+[A-Z][\w-]+)*)", source.prompt)
        if match:
            return match[1]
    if "name" in key(name).split() or name in ("person", "customer", "author"):
        match = re.search(r"([A-Z][\w-]+(?:\s+[A-Z][\w-]+)*)\s+(?:is|was|lives|works|has|wants)\b", source.prompt)
        if match:
            return match[1]
    quoted = re.search(r"\"([^\"]+)\"|“([^”]+)”", source.prompt)
    if quoted and quoted[0] not in source.used:
        source.used.add(quoted[0])
        return quoted[1] or quoted[2]
    proper = re.search(r"(?<=[a-z,] )([A-Z][\w-]+(?:\s+[A-Z][\w-]+)*)", source.prompt)
    if proper and proper[0] not in source.used:
        source.used.add(proper[0])
        return proper[1]
    return str(schema.get("title") or name or "text").replace("_", " ")


def filling(context: Context, phrases: Phrases) -> Draft | None:
    """An answer that is JSON, where the call asks for that; never while tool outputs are still to be asked for."""
    form = (context.request.get("text") or {}).get("format") or {}
    kind = form.get("type")
    if kind not in ("json_schema", "json_object"):
        return None
    source = Source(context)
    if kind == "json_object":
        known = {name: fact.value for name, fact in source.known.items()}
        value: Any = known or {"answer": context.prompt[:80]}
    else:
        value = filled(form["schema"], source, form["schema"])
    return Draft.saying(json.dumps(value, ensure_ascii=False))
