"""Compaction items: the essence of a context, sealed, so that only the service can read it and nobody alter it."""

import base64
import json
from typing import Any, Final

from harness.mock import tokens
from harness.mock.errors import invalid
from harness.mock.model import Context, essence
from harness.mock.rooms import Room
from harness.mock.seal import Altered
from harness.mock.store import JSON
from harness.mock.ways import Ways

MARK: Final = "compaction"
"""What a sealed essence is filed under, so that a thought's seal does not pass for one."""


def compaction_item(room: Room, context: Context, ways: Ways) -> JSON:
    """A new item that stands for the context: id, type, encrypted_content, and nothing else."""
    state: JSON = {} if ways.compaction == "empty" else essence(context)
    value: JSON = {MARK: state}
    if ways.compaction == "heavy":
        value["ballast"] = "x" * (16 * tokens.of_input(context.items))
    if ways.compaction == "readable":
        sealed = base64.b64encode(json.dumps(value, ensure_ascii=False).encode()).decode("ascii")
    else:
        sealed = room.seal.close(value)
    return {"id": room.ids.item("compaction"), "type": "compaction", "encrypted_content": sealed}


def opened(room: Room, item: JSON, ways: Ways) -> Any:
    """What a compaction item stands for. Raises `Refused` where it is not as it was given out."""
    try:
        if ways.good_compaction == "refused":
            raise Altered
        return unsealed(room, item["encrypted_content"], ways)
    except Altered:
        if ways.altered_compaction == "accepted":
            return {}
        message = (
            f"The encrypted content for item {item['id']} could not be verified. "
            "Reason: Encrypted content could not be decrypted or parsed."
        )
        raise invalid(message, None, "invalid_encrypted_content") from None


def unsealed(room: Room, sealed: str, ways: Ways) -> Any:
    if ways.compaction == "readable":
        try:
            value = json.loads(base64.b64decode(sealed, validate=True))
        except ValueError as error:
            raise Altered from error
    else:
        value = room.seal.open(sealed)
    if not isinstance(value, dict) or MARK not in value:
        raise Altered
    return value[MARK]
