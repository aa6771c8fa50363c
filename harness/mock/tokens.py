"""How many tokens something costs, by a documented estimate: one token for every four bytes of UTF-8, rounded up.

Every item of the context costs `ITEM` tokens more than what it holds, every request `REQUEST`. A picture costs what
the service's guide to vision says: `IMAGE` alone at low detail, and `TILE` more at high detail for each square of 512
pixels, once it is scaled down into 2048 and its shorter side to 768. A document costs its text, and a picture at low
detail for every page of a PDF. Real tokenisers differ; what holds for all is that more context costs more, and that
the parts add up to the total.
"""

import json
from collections.abc import Iterable, Mapping
from math import ceil
from typing import Any, Final

from harness.mock.attached import Attached
from harness.workshop import Document, Picture

ITEM: Final = 4
REQUEST: Final = 3
IMAGE: Final = 85
TILE: Final = 170
SIDE: Final = 512
LARGEST_SIDE, SHORTER_SIDE = 2_048, 768
BYTES_EACH: Final = 4


LISTED: Final = frozenset({"content", "output", "summary"})
WRITTEN: Final = frozenset({"name", "arguments", "input", "code"})
"""Fields of an item that cost: texts or lists of parts, and texts alone."""
COSTLY: Final = LISTED | WRITTEN | {"encrypted_content"}


def of_text(text: str) -> int:
    """Tokens of a text; none for the empty one."""
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    return -(-size // BYTES_EACH)


def of_part(part: Mapping[str, Any]) -> int:
    """Tokens of a content part of any kind."""
    kind = part.get("type")
    if isinstance(part, Attached):
        return part.cost
    if kind in ("input_image", "input_file"):
        return IMAGE
    return of_text(str(part.get("refusal" if kind == "refusal" else "text", "")))


def of_picture(picture: Picture, detail: str) -> int:
    """Tokens of a picture; `auto` looks closely only at what is larger than one tile."""
    width, height = float(picture.width), float(picture.height)
    if detail == "low" or (detail == "auto" and max(width, height) <= SIDE):
        return IMAGE
    scale = min(1.0, LARGEST_SIDE / max(width, height))
    scale *= min(1.0, SHORTER_SIDE / (min(width, height) * scale))
    return IMAGE + TILE * ceil(width * scale / SIDE) * ceil(height * scale / SIDE)


def of_document(document: Document) -> int:
    """Tokens of a document: its text, and what its pages look like."""
    return sum(map(of_text, document.pages)) + (IMAGE * len(document.pages) if document.format == "PDF" else 0)


def of_item(item: Mapping[str, Any]) -> int:
    """Tokens of an item as input: its words, not its ids; a sealed item costs what its plain text would."""
    cost = ITEM
    for field in COSTLY.intersection(item):
        value = item[field]
        if field in LISTED:
            if isinstance(value, str):
                cost += of_text(value)
            elif isinstance(value, list):
                for part in value:
                    if isinstance(part, dict):
                        cost += of_part(part)
            elif isinstance(value, dict):  # a screenshot
                cost += IMAGE
        elif field in WRITTEN and isinstance(value, str):
            cost += of_text(value)
        elif field == "encrypted_content" and isinstance(value, str):
            cost += of_text(value) // 4
    return cost


def of_input(items: Iterable[Mapping[str, Any]], instructions: object = None, tools: object = None) -> int:
    """Tokens of a whole context: items, instructions and tool definitions."""
    cost = REQUEST + sum(map(of_item, items))
    if isinstance(instructions, str) and instructions:
        cost += ITEM + of_text(instructions)
    if isinstance(tools, list) and tools:
        cost += of_text(json.dumps(tools, ensure_ascii=False))
    return cost


def of_output(item: Mapping[str, Any]) -> int:
    """Tokens that writing an item cost; thinking is counted apart, by the model."""
    return 0 if item.get("type") == "reasoning" else of_item(item) - ITEM + 1
