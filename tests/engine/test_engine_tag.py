"""The mark of a run in what it creates at a live service (D36): found there, and seen by no rule and no comparison."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from builders.streams import response

from harness.engine.ledger import Entry, Ledger, read
from harness.engine.replay.matching import Asked, same
from harness.engine.traces.remembering import Remembering
from harness.reading.tag import tagged, untagged
from harness.reply import Reply
from harness.rules.state import STATE_RULES
from harness.wire.exchange import Ending, Exchange, Head, How, Request

BASE = "https://service.invalid/openai/v1/"
MARK = {"harness_run": "run-1"}


class Service:
    """Keeps what is sent to it; forgets metadata."""

    def __init__(self, ending: How = How.COMPLETE) -> None:
        self.ending = ending
        self.sent: list[Any] = []

    async def send(self, request: Request) -> Exchange:
        self.sent.append(json.loads(request.body) if request.body else None)
        if self.ending is not How.COMPLETE:
            return Exchange(request, None, b"", (), Ending(self.ending))
        answer = json.dumps(response("completed", [], model="m", metadata={})).encode()
        headers = (("content-type", "application/json"),)
        return Exchange(request, Head(200, headers), answer, (), Ending(How.COMPLETE))


def sent(folder: Path, path: str, body: Any, ending: How = How.COMPLETE) -> tuple[Any, Exchange, list[Entry]]:
    """One POST through the ledger: what the service got, the exchange, and the entries."""
    file, service = folder / "ledger.jsonl", Service(ending)
    remembering = Remembering(service, Ledger(file, "run-1"), BASE, "t", "c", "eastus2")
    request = Request("POST", BASE + path, (), json.dumps(body).encode())
    exchange = asyncio.run(_once(remembering, request))
    return service.sent[0], exchange, read(file)[0] if file.exists() else []


async def _once(remembering: Remembering, request: Request) -> Exchange:
    return await remembering.send(request)


@pytest.mark.parametrize("path", ["responses", "conversations"])
@pytest.mark.parametrize("body", [{}, {"model": "m", "input": "é"}, {"model": "m", "store": False}])
def test_a_create_without_metadata_bears_it(tmp_path: Path, path: str, body: Any):
    got, _, _ = sent(tmp_path, path, body)

    assert got == {**body, "metadata": MARK}


@pytest.mark.parametrize("metadata", [None, {}, {"own": "1"}])
def test_an_authors_own_stay_as_they_are(tmp_path: Path, metadata: Any):
    body = {"model": "m", "metadata": metadata}

    got, _, (entry,) = sent(tmp_path, "responses", body)

    assert got == body
    assert entry.tag == ""


@pytest.mark.parametrize("path", ["responses/compact", "responses/resp_1/cancel", "containers"])
def test_nothing_else_bears_it(tmp_path: Path, path: str):
    assert sent(tmp_path, path, {"model": "m"})[0] == {"model": "m"}


@pytest.mark.parametrize(
    ("metadata", "seen"),
    [(MARK, {}), ({**MARK, "own": "1"}, {**MARK, "own": "1"}), ({"own": "1"}, {"own": "1"}), ({}, {})],
)
@pytest.mark.parametrize("stream", [False, True])
def test_an_expectation_does_not_see_it_either(metadata: Any, seen: Any, stream: bool):
    """What comes back is held to what the author wrote."""
    whole = response("completed", [], model="m", metadata=metadata)
    data, kind = json.dumps(whole).encode(), "application/json"
    if stream:
        event = {"type": "response.completed", "sequence_number": 0, "response": whole}
        data, kind = f"event: response.completed\ndata: {json.dumps(event)}\n\n".encode(), "text/event-stream"
    request = Request("POST", BASE + "responses", (), b'{"model": "m", "input": "Hi"}')
    reply = Reply(Exchange(request, Head(200, (("content-type", kind),)), data, (), Ending(How.COMPLETE)))

    assert reply.response == {**whole, "metadata": seen}


@pytest.mark.parametrize("body", [b"", b"[1]", b"not json", b'{"a": 1', b"[" * 5_000])
def test_what_is_no_object_stays_to_the_byte(body: bytes):
    assert tagged(body, "run-1") == body


def test_the_rest_of_a_body_stays_to_the_byte():
    assert tagged(b'{"a":  1, "b":"\\u00e9"}\n', "r") == b'{"a":  1, "b":"\\u00e9","metadata":{"harness_run":"r"}}'


def test_a_create_of_unknown_end_is_told_with_time_region_and_mark(tmp_path: Path):
    """C18: nobody knows the id; with these the provider can be asked."""
    _, _, (entry,) = sent(tmp_path, "responses", {"model": "m", "background": True}, How.NO_ANSWER)

    assert (entry.ids, entry.gone) == ((), False)
    assert (entry.region, entry.tag) == ("eastus2", "run-1")
    assert entry.at.endswith("+00:00")
    assert entry.at[:2] == "20"


def test_no_rule_holds_a_service_to_it(tmp_path: Path):
    """It echoes no metadata; the author asked for none."""
    _, exchange, _ = sent(tmp_path, "responses", {"model": "m"})
    reply = Reply(exchange)

    assert b"harness_run" in exchange.request.body
    assert reply.request == {"model": "m"}
    (echo,) = (rule for rule in STATE_RULES if rule.name == "state.echo_mismatch")
    assert list(echo.look(reply)) == []  # type: ignore[attr-defined]


def test_a_replay_finds_the_request_again():
    """Recorded with the mark, asked without it, or with that of another run; an author's own are compared."""
    marked = {run: Asked.of(Request("POST", BASE + "responses", (), tagged(b'{"a":1}', run)), BASE) for run in "xy"}
    plain = Asked.of(Request("POST", BASE + "responses", (), b'{"a":1}'), BASE)
    own = Asked.of(Request("POST", BASE + "responses", (), b'{"a":1,"metadata":{"harness_run":"x","b":"1"}}'), BASE)

    assert same(plain, marked["x"])
    assert same(marked["y"], marked["x"])
    assert not same(plain, own)
    assert untagged([1]) == [1]
