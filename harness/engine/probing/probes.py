"""The smallest request for each feature: what is sent to see whether a target has it.

One request a feature, answered or refused; none needs another before it. A feature without a row here cannot be seen by
one small request, and is not probed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

ASK: Final = "Reply with OK."
PICTURE: Final = (
    "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
DOCUMENT: Final = (
    "data:application/pdf;base64,"
    "JVBERi0xLjQKMSAwIG9iajw8L1R5cGUvQ2F0YWxvZy9QYWdlcyAyIDAgUj4+CmVuZG9iagoyIDAgb2JqPDwvVHlwZS9QYWdlcy9LaWRzWzMgMCBS"
    "XS9Db3VudCAxPj4KZW5kb2JqCjMgMCBvYmo8PC9UeXBlL1BhZ2UvUGFyZW50IDIgMCBSL01lZGlhQm94WzAgMCA5OSA5OV0vQ29udGVudHMgNCAw"
    "IFIvUmVzb3VyY2VzPDwvRm9udDw8L0YgNSAwIFI+Pj4+Pj4KZW5kb2JqCjQgMCBvYmo8PC9MZW5ndGggMjk+PnN0cmVhbQpCVC9GIDkgVGYgOSA5"
    "IFRkKEhlbGxvLilUaiBFVAplbmRzdHJlYW0KZW5kb2JqCjUgMCBvYmo8PC9UeXBlL0ZvbnQvU3VidHlwZS9UeXBlMS9CYXNlRm9udC9IZWx2ZXRp"
    "Y2E+PgplbmRvYmoKeHJlZgowIDYKMDAwMDAwMDAwMCA2NTUzNSBmIAowMDAwMDAwMDA5IDAwMDAwIG4gCjAwMDAwMDAwNTMgMDAwMDAgbiAKMDAw"
    "MDAwMDEwMyAwMDAwMCBuIAowMDAwMDAwMjExIDAwMDAwIG4gCjAwMDAwMDAyODYgMDAwMDAgbiAKdHJhaWxlcjw8L1NpemUgNi9Sb290IDEgMCBS"
    "Pj4Kc3RhcnR4cmVmCjM0OAolJUVPRgo="
)
SCHEMA: Final = {
    "type": "object",
    "properties": {"word": {"type": "string"}},
    "required": ["word"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class Probe:
    """What is sent for a feature: these fields beside the model, to this path below the API's base address.

    `parts` are features of which the feature is made: nothing is sent for it, it works where any of them does.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    path: str = "responses"
    asks: Any = ASK
    parts: tuple[str, ...] = ()

    def body(self, deployment: str) -> dict[str, Any]:
        """The request's body."""
        return {"model": deployment, "input": self.asks, **self.fields}


def _part(part: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": ASK}, part]}]


def _effort(name: str) -> Probe:
    return Probe({"reasoning": {"effort": name}})


def _tool(**tool: Any) -> Probe:
    return Probe({"tools": [tool], "tool_choice": "auto"})


EFFORTS: Final = ("none", "minimal", "low", "medium", "high", "xhigh", "max")

PROBES: Final[Mapping[str, Probe]] = {
    "text": Probe(),
    "streaming": Probe({"stream": True}),
    "background": Probe({"background": True}),
    "structured_outputs": Probe(
        {"text": {"format": {"type": "json_schema", "name": "word", "schema": SCHEMA, "strict": True}}}
    ),
    "json_mode": Probe({"text": {"format": {"type": "json_object"}}}, asks="Reply with JSON: {}"),
    "vision": Probe(asks=_part({"type": "input_image", "image_url": PICTURE})),
    "pdf": Probe(asks=_part({"type": "input_file", "filename": "a.pdf", "file_data": DOCUMENT})),
    "temperature": Probe({"temperature": 0.5}),
    "top_p": Probe({"top_p": 0.5}),
    "reasoning_summary": Probe({"reasoning": {"summary": "auto"}}),
    **{f"effort_{name}": _effort(name) for name in EFFORTS},
    "reasoning_effort": Probe(parts=tuple(f"effort_{name}" for name in EFFORTS)),
    "functions": _tool(type="function", name="word", parameters=SCHEMA, strict=True),
    "code_interpreter": _tool(type="code_interpreter", container={"type": "auto"}),
    "computer_use": Probe(
        {
            "tools": [
                {
                    "type": "computer_use_preview",
                    "display_width": 1024,
                    "display_height": 768,
                    "environment": "browser",
                }
            ],
            "truncation": "auto",
        }
    ),
    "input_tokens": Probe(path="responses/input_tokens"),
    "compaction": Probe(path="responses/compact"),
}
"""A row for each feature that one small request shows. `text` comes first: without it nothing else is asked.
What is made of parts comes behind them."""
