"""Cases without a server: a target that answers from a list, and scenarios conducted on it."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from textwrap import dedent
from typing import Any

from builders.scenarios import scenario
from builders.streams import Telling, message, response

from harness.catalogue import Catalogue
from harness.engine.clock import Clock, RoomClock
from harness.engine.conduct import Conducted, conduct
from harness.engine.planning.plan import Case, plan
from harness.engine.targets.facts import Facts
from harness.engine.targets.grounds import RunGrounds
from harness.engine.targets.target import Door, Grounds
from harness.findings import Verdict, verdict
from harness.reply import Reply
from harness.wire.exchange import Ending, Exchange, Head, How, Request
from harness.wire.half import HalfWay
from harness.wire.sse import looks_like_stream

BASE = "https://service.invalid/openai/v1/"
ECHOED = ("model", "previous_response_id", "store", "instructions", "temperature", "metadata", "tools", "text")


def facts(name: str = "stand-in", **changes: Any) -> Facts:
    """A target of which nothing is documented, unless a catalogue's model is named."""
    return Facts(name, "live", BASE, changes.pop("deployment", "d-1"), **changes)


@dataclass(frozen=True)
class Paper:
    """A target of which only the facts matter."""

    facts: Facts

    def open(self, grounds: Grounds, script: Mapping[str, Any] | None) -> AbstractAsyncContextManager[Door]:
        raise AssertionError("nothing is sent to it")


@dataclass
class StandIn:
    """A target that answers each request with the next of `answers`, and keeps what was sent.

    An answer is a text (said in a message, streamed where that was asked for), a list of output items, a mapping of
    fields of the response, bytes (the body as it is), a `How` (the transport's failure), bytes and the `How` of their
    end, or a status and an error.
    """

    answers: list[Any]
    facts: Facts = field(default_factory=facts)
    requests: list[Request] = field(default_factory=list)
    clock: Clock = field(default_factory=RoomClock)

    def open(self, grounds: Grounds, script: Mapping[str, Any] | None) -> AbstractAsyncContextManager[Door]:
        return nullcontext(Door(BASE, self, self.clock))

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """The JSON that was sent, one for each request that had a body."""
        return [json.loads(request.body) for request in self.requests if request.body.startswith(b"{")]

    async def send(self, request: Request) -> Exchange:
        answer = self.answers[len(self.requests)]
        self.requests.append(request)
        if isinstance(answer, How):
            return Exchange(request, None, b"", (), Ending(answer, "as told"))
        how = How.COMPLETE
        if isinstance(answer, tuple) and isinstance(answer[1], How):
            answer, how = answer
        status, kind, body = self._spelt(answer, json.loads(request.body) if request.body.startswith(b"{") else {})
        if request.halve and how is How.COMPLETE and (end := halved(body)) is not None:
            body, how = body[:end], How.CUT_BY_US
        return Exchange(request, Head(status, (("Content-Type", kind),)), body, (), Ending(how))

    def _spelt(self, answer: Any, asked: Mapping[str, Any]) -> tuple[int, str, bytes]:
        if isinstance(answer, bytes):
            return (
                200,
                "text/event-stream" if asked.get("stream") or looks_like_stream(answer) else "application/json",
                answer,
            )
        if isinstance(answer, tuple):
            return answer[0], "application/json", json.dumps({"error": answer[1]}).encode()
        fields = {name: asked[name] for name in ECHOED if name in asked} | {"id": f"resp_{len(self.requests)}"}
        if isinstance(answer, Mapping):
            fields |= answer
        if asked.get("stream") and isinstance(answer, str):
            return 200, "text/event-stream", sse(message(Telling(**fields).begin(), answer).end())
        output = answer if isinstance(answer, list) else [said(answer if isinstance(answer, str) else "OK")]
        return (
            200,
            "application/json",
            json.dumps(response(**{"status": "completed", "output": output, **fields})).encode(),
        )


def halved(body: bytes) -> int | None:
    """Where the client cuts a stream half-way."""
    half = HalfWay()
    return half.feed(body) or half.finish()


def sse(events: Sequence[Mapping[str, Any]]) -> bytes:
    return b"".join(b"event: %s\ndata: %s\n\n" % (e["type"].encode(), json.dumps(e).encode()) for e in events)


def said(text: str, id: str = "msg_1") -> dict[str, Any]:
    """An output message."""
    part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    return {"id": id, "type": "message", "status": "completed", "role": "assistant", "content": [part]}


def cases(text: str, target: Any = None, **settings: Any) -> tuple[Case, ...]:
    """The cases of a scenario on a target."""
    found = scenario(text, settings=tuple(settings))
    return plan(found, [target or Paper(facts())], Catalogue.load(), settings).cases


def conducted(
    text: str, *answers: Any, state: str = "chained", delivery: str = "plain", client: str = "wire"
) -> tuple[Conducted, StandIn]:
    """A scenario conducted in one mode on a target that answers so."""
    target = StandIn(list(answers))
    more = ", compact_threshold: 60" if state == "auto_compacted" else ""
    modes = f"modes: {{state: [{state}], delivery: [{delivery}], client: [{client}]{more}}}\n"
    (case,) = cases(modes + dedent(text).lstrip("\n"), target)

    async def run() -> Conducted:
        grounds = RunGrounds()
        try:
            return await conduct(case, grounds)
        finally:
            await grounds.close()

    return asyncio.run(run()), target


def refused(status: int = 400, **error: Any) -> Reply:
    """A reply that refuses a request."""
    head = Head(status, (("Content-Type", "application/json"),))
    asked = Request("POST", BASE + "responses", (), b'{"model": "m", "input": "i"}')
    return Reply(Exchange(asked, head, json.dumps({"error": error}).encode(), (), Ending(How.COMPLETE)))


def verdict_of(done: Conducted) -> Verdict:
    return verdict(done.findings, error=done.error)


def loud(done: Conducted) -> list[str]:
    """The codes of what was found, notes aside, in order."""
    return [finding.rule for finding in done.findings if finding.level != "note"]
