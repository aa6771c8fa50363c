"""`targets.yaml` as a JSON Schema, so that editors offer its keys. Never stricter than reading the file."""

from typing import Any

from harness.targets.written import NAME, VARIABLE, WrittenTargets

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """The schema of a targets file."""
    made = WrittenTargets.model_json_schema(ref_template="#/$defs/{model}")
    _without_defaults(made)
    definitions = made["$defs"]
    definitions["WrittenTarget"]["properties"]["name"]["pattern"] = f"^{NAME}$"
    definitions["WrittenSecret"]["properties"]["env"]["pattern"] = f"^{VARIABLE}$"
    for key in ("api_key_env", "token_env"):
        definitions["WrittenAuth"]["properties"][key]["pattern"] = f"^{VARIABLE}$"
    one = [{"required": [key]} for key in ("api_key_env", "token_env", "entra")]
    definitions["WrittenAuth"]["oneOf"] = one
    for owner in ("WrittenCommon", "WrittenTarget"):
        auth = definitions[owner]["properties"]["auth"]
        reference = auth.pop("$ref")
        auth["anyOf"] = [{"const": "entra"}, {"$ref": reference}]
        client = definitions[owner]["properties"]["client"]
        several = {key: client.pop(key) for key in ("type", "items", "minItems", "maxItems")}
        client["anyOf"] = [several["items"], {**several, "uniqueItems": True}]
    return {"$schema": DIALECT, **made, "title": "Targets"}


def _without_defaults(node: Any) -> None:
    """Takes away what pydantic adds and no editor should offer: defaults, and titles made of Python's names."""
    if isinstance(node, dict):
        node.pop("default", None)
        if isinstance(node.get("title"), str):
            del node["title"]
        for inner in node.values():
            _without_defaults(inner)
    elif isinstance(node, list):
        for inner in node:
            _without_defaults(inner)
