"""Values that a service promised to keep within a JSON schema."""

from collections.abc import Mapping
from typing import Any

from harness.matchers.schemas import JsonSchema, mistakes
from harness.wire.strict_json import NotStrict, decode


def breaks(schema: Mapping[str, Any], text: str) -> str | None:
    """Why a JSON text does not fit a schema, or None where it does, or where nothing can be said of the schema.

    A schema that is none is the author's mistake, and for the service to refuse.
    """
    try:
        value = decode(text.encode())
    except UnicodeEncodeError:
        return None  # half a surrogate pair: the finding of another rule
    except NotStrict as refusal:
        return f"it is not JSON: {refusal}"
    if not schema or any(True for _ in mistakes(dict(schema))):
        return None
    wrong = next(iter(JsonSchema(dict(schema)).match(value)), None)
    return None if wrong is None or not wrong.fits else f"{wrong.pointer or 'it'}: {wrong.message}"
