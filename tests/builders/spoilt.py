"""Correct exchanges of the embedded endpoint under one of its defects, as the raw client would bring them back.

No socket: what a defect does to frames, bodies and heads is put together here as the endpoint does it. Defects of
the transport need the raw door; see `knocked`.
"""

import asyncio
import json
from functools import cache
from typing import Any

from harness.conversation import Conversation
from harness.findings import Finding, Level
from harness.mock import MockServer, bases
from harness.mock.answers import Answer, of_json, of_stream
from harness.mock.defects import DEFECTS, Defect, Door, spoiling
from harness.mock.defects.base import OfAnswer, OfBody
from harness.protocol.profiles import CORE, Profile
from harness.reply import Reply
from harness.rules import judge
from harness.wire.client import Client
from harness.wire.exchange import Ending, Exchange, Head, How, Request
from harness.wire.limits import Limits

HEAVY = ("A41", "A42a")
"""Defects that make streams of many MiB."""


def of_group_a() -> list[Defect]:
    """Every defect of the group that shows in one exchange without a socket."""
    return [one for one in DEFECTS.values() if one.id.startswith("A") and not isinstance(one, Door)]


def base_name(defect: Defect) -> str:
    """The base exchange that a defect is a mutation of; X4 is X1 without streaming."""
    return "X1" if defect.base in ("X4", "any") else defect.base


@cache
def correct(name: str) -> tuple[dict[str, Any], ...]:
    """The events of a base exchange; not to be changed."""
    return tuple(bases.events(name))


def asked(name: str, *, stream: bool) -> Request:
    """The request of a base exchange."""
    base = bases.BASES[name]
    body = {"model": base.model, "input": "What of the tide?", **base.request, **({"stream": True} if stream else {})}
    lines = (("content-type", "application/json"),)
    return Request("POST", "http://127.0.0.1/openai/v1/responses", lines, json.dumps(body).encode())


def answered(defect: Defect | None, name: str, *, stream: bool) -> Exchange:
    """A base exchange under a defect, or as it should be."""
    defects = [defect] if defect else []
    answer: Answer
    if stream:
        answer = of_stream(spoiling.spoil(correct(name), defects), [])
    else:
        answer = of_json(
            spoiling.of_body(bases.response(name), [one for one in defects if isinstance(one, OfBody)]), []
        )
    if isinstance(defect, OfAnswer):
        spoiling.of_answer(answer, [defect])
    head = Head(answer.status, tuple(answer.headers))
    return Exchange(asked(name, stream=stream), head, answer.whole(), (), Ending(How.COMPLETE), 0.0, 0.1, 1.0)


def spoilt(defect: Defect) -> Exchange:
    """The defect's own base exchange under it."""
    return answered(defect, base_name(defect), stream=defect.base != "X4")


def found(exchange: Exchange, profile: Profile = CORE) -> tuple[Finding, ...]:
    """What all rules say of one exchange."""
    return judge(Conversation.recorded([Reply(exchange, profile=profile)])).findings


def errors(findings: tuple[Finding, ...]) -> set[str]:
    """The codes found at error level."""
    return {finding.rule for finding in findings if finding.level is Level.ERROR}


SHORT = Limits(body=1 << 20, header_block=64 << 10, connect=5.0, first_byte=5.0, silence=0.6, no_event=0.6, turn=20.0)
"""Limits under which every fault of the transport shows within a second; the deadline has one of its own."""
SHORTER = Limits(body=1 << 20, turn=0.3)


def knocked(defect: Door | None, *, stream: bool) -> Exchange:
    """An exchange through the raw door with the raw client: a create request to a room with the defect."""

    async def run() -> Exchange:
        async with MockServer(nonce="prove") as server:
            times = server.times
            times.byte, times.comment, times.delta, times.ever = 0.02, 0.02, 0.02, 2.0
            room = server.rooms.open(defects=[defect.id] if defect else [], model="gpt-4.1", name="r")
            body = json.dumps({"model": "gpt-4.1", "input": "Write two sentences about rain.", "stream": stream})
            lines = (("Content-Type", "application/json"), ("api-key", room.key), ("Accept-Encoding", "gzip"))
            limits = SHORTER if defect and defect.row == "A24" else SHORT
            async with Client(limits) as client:
                return await client.send(Request("POST", f"{room.url}/responses", lines, body.encode()))

    return asyncio.run(run())
