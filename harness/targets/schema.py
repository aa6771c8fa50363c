"""`targets.yaml` as a JSON Schema, so that editors offer its keys. Never stricter than reading the file."""

from typing import Any

from harness.source.written import schema_of
from harness.targets.written import NAME, VARIABLE, WrittenTargets


def schema() -> dict[str, Any]:
    """The schema of a targets file."""
    made = schema_of(WrittenTargets, "Targets")
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
    return made
