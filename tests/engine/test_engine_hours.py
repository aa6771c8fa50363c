"""How long a case may take in all: what is too late is not sent, and what had come is kept."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any

import pytest
from builders.cases import BASE, StandIn, cases, verdict_of

from harness.engine.conduct import Conducted, conduct
from harness.engine.pace.hours import Hours
from harness.engine.pace.steadiness import Steadiness
from harness.engine.targets.grounds import RunGrounds
from harness.engine.targets.target import Door, Grounds
from harness.findings import Verdict
from harness.wire.client import Client
from harness.wire.exchange import Ending, Exchange, How, Request
from harness.wire.limits import LIMITS

HOUR = 3600.0
TEXT = """
turns:
  - {user: One, expect: {status: completed}}
  - {user: Two, expect: {status: completed}}
"""


class Ahead:
    """The event loop's clock, put forward."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.seconds, real = 0.0, loop.time
        loop.time = lambda: real() + self.seconds  # type: ignore[method-assign]


@dataclass
class Slow(StandIn):
    """Takes so many seconds for each answer."""

    takes: float = 0.0
    ahead: Ahead | None = None

    def open(self, grounds: Grounds, script: Any) -> AbstractAsyncContextManager[Door]:
        self.ahead = self.ahead or Ahead()
        return nullcontext(Door(BASE, self, self.clock))

    async def send(self, request: Request) -> Exchange:
        assert self.ahead is not None
        self.ahead.seconds += self.takes
        return await super().send(request)


def conducted(text: str, target: StandIn) -> Conducted:
    (case,) = cases("modes: {state: [chained], delivery: [plain]}\n" + text, target)
    return asyncio.run(conduct(case, RunGrounds()))


def rules(done: Conducted) -> set[str]:
    return {found.rule for found in done.findings if found.level == "error"}


def test_an_hour_is_the_limit():
    assert LIMITS.scenario == HOUR


def test_a_turn_that_would_begin_too_late_is_not_sent():
    """What was answered before stands; the case could not be observed."""
    target = Slow(["OK", "OK"], takes=HOUR)

    done = conducted(TEXT, target)

    assert len(target.requests) == 1
    assert rules(done) == {"avail.deadline"}
    assert verdict_of(done) is Verdict.INCONCLUSIVE
    first, second = done.conversation.turns
    assert first.final is not None
    assert first.final.status == "completed"
    (reply,) = second.replies
    assert reply.exchange.ending == Ending(How.DEADLINE, "not sent: the scenario had taken 3600 s")


def test_a_moment_before_it_is():
    target = Slow(["OK", "OK"], takes=HOUR - 1)

    assert verdict_of(conducted(TEXT, target)) is Verdict.PASSED
    assert len(target.requests) == 2


def test_what_the_scenario_waits_does_not_count():
    """On a live target, where waiting takes its time."""

    class Waiting(Slow):
        def open(self, grounds: Grounds, script: Any) -> AbstractAsyncContextManager[Door]:
            opened = super().open(grounds, script)
            ahead = self.ahead
            assert ahead is not None

            class Clock(type(self.clock)):  # type: ignore[misc]
                async def sleep(self, seconds: float) -> None:
                    ahead.seconds += seconds

            self.clock = Clock()
            del opened
            return nullcontext(Door(BASE, self, self.clock))

    target = Waiting(["OK", "OK"])
    text = TEXT.replace("  - {user: Two", "  - wait: 2h\n  - {user: Two")

    assert verdict_of(conducted(text, target)) is Verdict.PASSED


def bounded(wait: Callable[[Ahead], None]) -> Exchange:
    """A request that is sent after something was waited for behind the front door."""
    sent = Request("GET", BASE)

    async def run() -> Exchange:
        ahead = Ahead()
        hours = Hours(HOUR)
        wire = hours.at_wire(Door(BASE, StandIn(["OK"])))

        class Pace:
            async def send(self, request: Request) -> Exchange:
                wait(ahead)
                return await wire.sender.send(request)

        return await hours.at_front(replace(wire, sender=Pace())).sender.send(sent)

    return asyncio.run(run())


def test_waiting_for_quota_does_not_count():
    exchange = bounded(lambda ahead: setattr(ahead, "seconds", 2 * HOUR))

    assert exchange.status == 200


def test_waits_between_repeats_do():
    """A service that asks to wait again and again holds no case for ever: a repeat that is too late is not sent."""
    sends = []

    async def run() -> Exchange:
        ahead = Ahead()
        hours = Hours(HOUR)

        class Refusing:
            async def send(self, request: Request) -> Exchange:
                sends.append(request)
                ahead.seconds += HOUR
                return Exchange(request, None, b"", (), Ending(How.CONNECT))

        opened = Door(BASE, Refusing())
        target: Any = replace(StandIn([]).facts, kind="embedded")
        steady = Steadiness().door(type("Target", (), {"facts": target}), hours.at_wire(opened))
        return await hours.at_front(steady).sender.send(Request("GET", BASE))

    exchange = asyncio.run(run())

    assert len(sends) == 1
    assert exchange.ending.how is How.DEADLINE
    assert [each.ending.how for each in exchange.earlier] == [How.CONNECT]


def test_who_has_no_credential_is_held_to_it_too():
    async def run() -> Exchange:
        hours = Hours(0.0)
        stranger = hours.at_front(Door(BASE, StandIn([]), stranger=StandIn([]))).stranger
        assert stranger is not None
        return await stranger.send(Request("GET", BASE))

    assert asyncio.run(run()).ending.how is How.DEADLINE


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{"])
def test_an_answer_that_is_under_way_is_read_no_further(sent: bytes):
    """Long before the limit of a turn; what had come is kept."""

    async def run() -> Exchange:
        closed = asyncio.Event()

        async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(sent)
            await reader.read()
            writer.close()
            await writer.wait_closed()
            closed.set()

        server = await asyncio.start_server(silent, "127.0.0.1", 0)
        async with Client(replace(LIMITS, turn=20.0)) as client:
            hours = Hours(0.2)
            door = Door(BASE, client)
            port = server.sockets[0].getsockname()[1]
            exchange = await hours.at_wire(door).sender.send(Request("GET", f"http://127.0.0.1:{port}/"))
        await closed.wait()
        server.close()
        return exchange

    exchange = asyncio.run(run())

    assert exchange.ending == Ending(How.DEADLINE, "not over when the time of the scenario was")
    assert exchange.body == (b"{" if sent else b"")
