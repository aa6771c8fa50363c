"""A machine whose clock is wrong (D22): the difference is told, and tokens are judged by the service's clock."""

import asyncio
from email.utils import formatdate
from typing import Any

import pytest
from builders.cases import facts
from builders.virtual import EPOCH, VirtualClock, virtually

from harness.engine.clock import ahead_of
from harness.engine.pace.steadiness import Steadiness
from harness.engine.targets.auth import Authorized, Token, Tokens
from harness.engine.targets.target import Door
from harness.wire.exchange import Ending, Exchange, Head, How, Request
from harness.wire.redact import Secret

HOUR = 3600.0
BASE = "https://service.invalid/openai/v1/"


def now() -> float:
    return asyncio.get_running_loop().time()


class Service:
    """Has the right time, of which this machine's clock is `ahead`; says so in `Date`, unless it is `mute`."""

    def __init__(self, ahead: float, mute: bool = False) -> None:
        self.ahead, self.mute = ahead, mute
        self.ends: list[float] = []
        self.late: list[float] = []
        self.provider: Tokens | None = None

    def time(self) -> float:
        return EPOCH + now() - self.ahead

    async def issue(self, afresh: bool) -> Token:
        self.ends.append(self.time() + HOUR)
        return Token(Secret("test", f"a-token-of-the-test-{len(self.ends)}"), self.ends[-1])

    async def send(self, request: Request) -> Exchange:
        if self.ends and self.ends[-1] <= self.time():
            self.late.append(now())
        headers = () if self.mute else (("Date", formatdate(self.time(), usegmt=True)),)
        return Exchange(request, Head(200, headers), b"{}", (), Ending(How.COMPLETE), head_at=0.0)


def asked(service: Service, hours: float = 3.0) -> None:
    """A request every 50 seconds for so many hours."""

    async def run() -> None:
        tokens = Tokens("the test", service.issue, VirtualClock(), lambda secret: None)
        sender = Authorized(service, tokens)
        while now() < hours * HOUR:
            await sender.send(Request("GET", BASE))
            await asyncio.sleep(50.0)

    virtually(run)


@pytest.mark.parametrize("ahead", [-600.0, 0.0, 600.0])
def test_no_token_is_sent_that_has_ended(ahead: float):
    """Ten minutes slow, right, ten minutes fast: fetched as often as with a right clock."""
    service = Service(ahead)

    asked(service)

    assert service.late == []
    assert len(service.ends) == 4


def test_without_a_date_nothing_is_known_of_it():
    """The machine is slow, and nobody says so: what the test above sees is there to be seen."""
    service = Service(-600.0, mute=True)

    asked(service)

    assert service.late


def test_an_end_by_our_own_clock_stays_as_it_is():
    """Libraries that are told how long a token lives add that to this machine's time."""

    async def run() -> float:
        async def issue(afresh: bool) -> Token:
            return Token(Secret("test", "a-token-of-the-test"), EPOCH + HOUR, ours=True)

        tokens = Tokens("the test", issue, VirtualClock(), lambda secret: None)
        await tokens.ready()
        tokens.heard(await Service(600.0).send(Request("GET", BASE)))
        await asyncio.sleep(HOUR - 200.0)
        await tokens.ready()
        return tokens.fetched

    assert virtually(run) == 2


@pytest.mark.parametrize(
    ("ahead", "words"), [(-600.0, "600 s behind"), (900.0, "900 s ahead of"), (200.0, None), (0.0, None)]
)
def test_a_difference_is_told_once(ahead: float, words: str | None):
    async def run() -> list[str]:
        told: list[str] = []
        steady = Steadiness(clock=VirtualClock(), told=told.append)
        for host in ("one", "one", "other"):
            target: Any = type("Target", (), {"facts": facts(host), "credential": None})
            door = steady.door(target, Door(BASE, Service(ahead)))
            await door.sender.send(Request("GET", BASE))
            await door.sender.send(Request("GET", BASE))
        return told

    told = virtually(run)

    assert told == (
        []
        if words is None
        else [f"the clock of this machine is {words} the service's at service.invalid; tokens are judged by theirs"]
    )


@pytest.mark.parametrize("date", [None, "", "soon", "Mon, 99 Foo 2026 00:00:00 GMT", "Thu, 01 Jan 99999 00:00:00 GMT"])
def test_what_is_no_date_tells_nothing(date: str | None):
    headers = () if date is None else (("date", date),)

    assert ahead_of(Exchange(Request("", ""), Head(200, headers), b"", (), Ending(How.COMPLETE)), EPOCH) is None
    assert ahead_of(Exchange(Request("", ""), None, b"", (), Ending(How.CUT)), EPOCH) is None
