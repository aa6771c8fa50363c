"""Pace, breaker and budget in virtual time: quotas are used and kept, and what is down is left alone."""

import asyncio
import json
import multiprocessing
import random
import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from builders.streams import response
from builders.virtual import VirtualClock, virtually

from harness.engine.pace.book import LEAST_REPEATS, OneProcess, Shared
from harness.engine.pace.breaker import FAILURES, PROBE, Breaker, NotSent
from harness.engine.pace.pace import Gate, Pacer, estimated_tokens
from harness.engine.pace.retrying import Circumstances, Retrying
from harness.engine.pace.waits import asked_wait, whole_again
from harness.record.chain import NotRecorded
from harness.targets.spec import Quota
from harness.wire.exchange import Ending, Exchange, Head, How, Request

ASKED = Request("POST", "https://r.openai.azure.com/openai/v1/responses", (), b'{"model": "d", "input": "hello"}')
UNLIMITED = Quota()
GOOD = json.dumps(response("completed")).encode()


def answered(request: Request, status: int = 200, *lines: tuple[str, str]) -> Exchange:
    body = GOOD if status == 200 else b'{"error": {"message": "no"}}'
    return Exchange(
        request, Head(status, (("content-type", "application/json"), *lines)), body, (), Ending(How.COMPLETE)
    )


def failed(request: Request, how: How = How.CONNECT) -> Exchange:
    return Exchange(request, None, b"", (), Ending(how))


class Service:
    """Answers after a moment as `rule` says: it is told when, and how many requests there were before."""

    def __init__(self, rule: Callable[[float, int], Any], takes: float = 0.8) -> None:
        self.rule = rule
        self.takes = takes
        self.at: list[float] = []
        self.statuses: Counter[int | None] = Counter()
        self.under_way = self.most = 0

    async def send(self, request: Request) -> Exchange:
        loop = asyncio.get_running_loop()
        self.at.append(loop.time())
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        told = self.rule(loop.time(), len(self.at) - 1)
        await asyncio.sleep(self.takes)
        self.under_way -= 1
        exchange = failed(request, told) if isinstance(told, How) else answered(request, *told)
        self.statuses[exchange.status] += 1
        return exchange


class Windows:
    """A quota as services hold it: so many requests in each minute from the first one on."""

    def __init__(self, requests: int) -> None:
        self.requests = requests
        self.since = -1e9
        self.spent = 0

    def __call__(self, now: float, number: int) -> Any:
        if now - self.since >= 60:
            self.since, self.spent = now, 0
        if self.spent >= self.requests:
            return 429, ("retry-after", str(int(60 - (now - self.since)) + 1))
        self.spent += 1
        return (200,)


def steadied(service: Service, quota: Quota = UNLIMITED, book: Any = None, breaker: Breaker | None = None) -> Retrying:
    book = book or OneProcess()
    drawn = random.Random(3).random
    pacer = Pacer("d", quota, book, VirtualClock(), drawn=drawn)
    return Retrying(service, Circumstances(breaker, pacer, book, VirtualClock(), drawn=drawn))


async def crowd(sender: Retrying, count: int, workers: int = 32) -> list[Exchange | NotSent]:
    """So many requests by so many workers."""
    left = iter(range(count))
    seen: list[Exchange | NotSent] = []

    async def work() -> None:
        for _ in left:
            try:
                seen.append(await sender.send(ASKED))
            except NotSent as unsent:
                seen.append(unsent)

    await asyncio.gather(*(work() for _ in range(workers)))
    return seen


def test_a_configured_quota_is_used_and_kept():
    """300 a minute, enforced; 600 requests: at least 95 % of it used, under 1 % refused."""
    service = Service(Windows(300))

    virtually(lambda: crowd(steadied(service, Quota(300)), 600))

    minutes = (max(service.at) - min(service.at)) / 60
    assert len(service.at) / minutes / 300 >= 0.95
    assert service.statuses[429] / len(service.at) < 0.01
    assert service.statuses[200] == 600


def test_starts_are_spread_over_the_minute():
    """Services hold a minute's quota over windows of a second: no burst."""
    service = Service(Windows(300))
    virtually(lambda: crowd(steadied(service, Quota(300)), 200))

    seconds = Counter(int(at) for at in service.at)
    assert max(seconds.values()) <= 6


def test_tokens_are_counted_as_the_service_estimates_them():
    """Prompt and the most that may come of it; a long file counts no more than a prompt may be long."""
    assert estimated_tokens(b'{"max_output_tokens": 1000}') == 1006
    assert estimated_tokens(b"x" * 5_000_000) == 25_500
    service = Service(lambda now, number: (200,))
    virtually(lambda: crowd(steadied(service, Quota(tokens_per_minute=5080)), 30))

    assert (max(service.at) - min(service.at)) == pytest.approx(29 * 508 / 5080 * 60 / 0.98, rel=0.01)


def test_concurrency_is_kept():
    service = Service(lambda now, number: (200,))
    virtually(lambda: crowd(steadied(service, Quota(concurrency=5)), 60))

    assert service.most == 5


def test_without_limits_concurrency_rises_until_the_first_refusal():
    """Then it is halved, and rises slowly again; in the end everything is answered."""
    service = Service(lambda now, number: (429,) if service.under_way > 20 else (200,))
    gates: list[float] = []

    async def visit() -> list[Any]:
        sender = steadied(service, book=Unlimited())
        gate = sender._around.pacer.gate

        async def watch() -> None:
            while True:
                gates.append(gate.most)
                await asyncio.sleep(1)

        watching = asyncio.create_task(watch())
        seen = await crowd(sender, 600)
        watching.cancel()
        return seen

    seen = virtually(visit)

    peak = gates.index(max(gates))
    assert gates[0] == 4
    assert gates[peak] > 20
    assert min(gates[peak:]) <= gates[peak] / 2 + 1
    assert gates[-1] > min(gates[peak:])
    assert service.statuses[429] < 0.1 * len(service.at)
    assert all(isinstance(each, Exchange) and each.status == 200 for each in seen)


class Unlimited(OneProcess):
    """A book with a budget that does not end."""

    def may_repeat(self) -> bool:
        return True


def test_an_answer_that_says_that_nothing_is_left():
    """The next request waits until the quota is whole again, without a refusal."""
    lines = (("x-ratelimit-remaining-requests", "0"), ("x-ratelimit-reset-requests", "7"))
    service = Service(lambda now, number: (200, *lines) if number == 0 else (200,))
    virtually(lambda: crowd(steadied(service), 2, workers=1))

    assert service.at[1] - service.at[0] >= 7


def test_twenty_five_regions_that_refuse_everything():
    """8 workers each: at most 1.1 times what was planned is sent, and no two regions go in step."""
    services = [Service(lambda now, number: (429,)) for _ in range(25)]

    async def visit() -> None:
        book = OneProcess()
        drawn = random.Random(11).random
        clock = VirtualClock()
        senders = [
            Retrying(
                each,
                Circumstances(
                    Breaker(f"r{n}", clock), Pacer(f"r{n}", Quota(), book, clock, 4, drawn), book, clock, None, drawn
                ),
            )
            for n, each in enumerate(services)
        ]
        await asyncio.gather(*(crowd(sender, 8, 8) for sender in senders))

    virtually(visit)

    sends = sum(len(each.at) for each in services)
    assert 200 <= sends <= 220
    later = [round(at, 3) for each in services for at in each.at if at > 1]
    assert len(later) > 50
    assert len(set(later)) >= 0.8 * len(later)


def test_the_budget_of_a_run():
    """A tenth of its requests, and ten in any case."""
    book = OneProcess()
    assert sum(book.may_repeat() for _ in range(50)) == LEAST_REPEATS
    for _ in range(200):
        book.count()
    assert sum(book.may_repeat() for _ in range(50)) == 10


def test_a_region_that_is_down_for_ten_minutes():
    """40 cases: five failures, then a probe a minute; whoever waits is told at once, another region is not touched."""
    down = Service(lambda now, number: How.CONNECT if now < 600 else (200,), takes=0.01)
    well = Service(lambda now, number: (200,))
    told: list[float] = []

    async def visit() -> tuple[list[Any], Any]:
        clock = VirtualClock()
        sender = steadied(down, breaker=Breaker("swedencentral", clock))
        first = await crowd(sender, 40, 40)
        for _ in range(700):
            before = clock.monotonic()
            try:
                await sender.send(ASKED)
            except NotSent:
                told.append(clock.monotonic() - before)
            await asyncio.sleep(1)
        other = await crowd(steadied(well, breaker=Breaker("eastus2", clock)), 5)
        return first, other

    first, other = virtually(visit)

    assert all(isinstance(each, NotSent) or each.status is None for each in first)
    assert max(told) < 1
    before = [at for at in down.at if at < 600]
    assert len([at for at in before if at > 40]) <= 10
    assert [at for at in down.at if 600 <= at < 600 + PROBE + 2], "a probe finds that it is back"
    assert down.statuses[200] > 50
    assert [each.status for each in other] == [200] * 5


def test_five_failures_in_a_row():
    """Neither four nor five with an answer among them."""

    async def visit() -> None:
        breaker = Breaker("r", VirtualClock())
        for _ in range(FAILURES - 1):
            breaker.heard(failed(ASKED))
        breaker.heard(answered(ASKED, 429))
        breaker.heard(failed(ASKED))
        breaker.check()
        for _ in range(FAILURES - 1):
            breaker.heard(answered(ASKED, 500))
        with pytest.raises(NotSent, match=r"r failed 5 times in a row, the next try is in 60 s") as unsent:
            breaker.check()
        assert unsent.value.rule == "avail.server_error"

    virtually(visit)


def test_a_region_that_goes_down_between_two_attempts():
    """What was seen is kept: the last attempt is the answer, nothing is lost."""
    service = Service(lambda now, number: (503,))

    async def visit() -> Exchange:
        breaker = Breaker("r", VirtualClock())
        sending = asyncio.create_task(steadied(service, breaker=breaker).send(ASKED))
        await asyncio.sleep(0.9)
        for _ in range(FAILURES):
            breaker.heard(failed(ASKED))
        return await sending

    seen = virtually(visit)

    assert (seen.status, len(seen.earlier) + 1) == (503, len(service.at))
    assert len(service.at) < 4


def test_a_service_that_asks_to_be_left_alone_for_long():
    """Nothing more goes out in that time."""
    service = Service(lambda now, number: (429, ("retry-after", "300")) if number == 0 else (200,))

    async def visit() -> list[Any]:
        sender = steadied(service, breaker=Breaker("r", VirtualClock()))
        seen = await crowd(sender, 3, 1)
        await asyncio.sleep(301)
        return [*seen, await sender.send(ASKED)]

    first, second, third, fourth = virtually(visit)

    assert (first.status, fourth.status) == (429, 200)
    assert second.rule == third.rule == "avail.throttled"
    assert len(service.at) == 2


def test_a_credential_that_is_refused_twice():
    """One renewal, one repeat; then nothing more is sent to the region."""
    service = Service(lambda now, number: (401,))
    renewed: list[int] = []

    async def renew() -> None:
        renewed.append(1)

    async def visit() -> list[Any]:
        clock = VirtualClock()
        around = Circumstances(Breaker("r", clock), None, OneProcess(), clock, renew)
        return await crowd(Retrying(service, around), 4, 1)

    first, *others = virtually(visit)

    assert (first.status, len(first.earlier), len(renewed), len(service.at)) == (401, 1, 1, 2)
    assert {each.rule for each in others} == {"avail.auth"}


@pytest.mark.parametrize("how", [How.TLS, How.NO_ANSWER, How.FIRST_BYTE, How.CUT, How.STALL, How.DEADLINE])
def test_what_the_transport_did_that_is_not_repeated(how):
    """No certificate gets better, and of the others nobody knows what was accepted."""
    service = Service(lambda now, number: how)
    (seen,) = virtually(lambda: crowd(steadied(service), 1))

    assert (seen.earlier, len(service.at)) == ((), 1)


def test_a_name_that_resolves_on_the_third_try():
    service = Service(lambda now, number: How.DNS if number < 2 else (200,))
    (seen,) = virtually(lambda: crowd(steadied(service), 1))

    assert (seen.status, [each.ending.how for each in seen.earlier]) == (200, [How.DNS, How.DNS])


def test_a_closed_gate_forgets_who_gave_up():
    """Whoever is cancelled while waiting keeps nobody out."""

    async def visit() -> int:
        gate = Gate(1)
        await gate.enter()
        waiting = asyncio.create_task(gate.enter())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        gate.leave()
        return await gate.enter()

    assert virtually(visit) == 0


@pytest.mark.parametrize(
    ("lines", "wait"),
    [
        ([("retry-after", "1")], 1.0),
        ([("Retry-After", " 2.5 ")], 2.5),
        ([("retry-after-ms", "1500"), ("retry-after", "9")], 1.5),
        ([("retry-after-ms", "0"), ("retry-after", "9")], 9.0),
        ([("retry-after", "Thu, 01 Jan 2026 00:00:30 GMT"), ("date", "Thu, 01 Jan 2026 00:00:00 GMT")], 30.0),
        ([("retry-after", "Thu, 01 Jan 2026 00:00:30 GMT")], None),
        *(
            ([("retry-after", value)], None)
            for value in ("0", "-5", "nan", "inf", "1e400", "abc", "", "1, 2", "١", "9" * 400, "Thu, 31 Foo 2026")
        ),
        ([("retry-after", "1"), ("retry-after", "7")], None),
    ],
)
def test_waits_that_are_asked_for(lines, wait):
    assert asked_wait(Head(429, tuple(lines))) == wait


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7.0),
        ("0s", 0.0),
        ("2ms", 0.002),
        ("6m0s", 360.0),
        ("1h2m3s", 3723.0),
        ("1m", 60.0),
        ("x", None),
        ("", None),
    ],
)
def test_when_a_quota_is_whole_again(text, seconds):
    assert whole_again(text) == seconds


def _reserve(path: Path, times: int, queue: Any) -> None:
    book = Shared(path)
    queue.put([book.reserve(100.0, {"d requests": 0.25}) for _ in range(times)] + [book.may_repeat() for _ in range(9)])
    book.close()


def test_processes_of_a_run_share_one_pace_and_one_budget(tmp_path):
    """Four processes, 50 reservations each: no two the same, all in one row; ten repeats in all."""
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    path = tmp_path / "run" / "pace.sqlite"
    Shared(path).close()
    processes = [context.Process(target=_reserve, args=(path, 50, queue)) for _ in range(4)]
    for process in processes:
        process.start()
    seen = [queue.get(timeout=60) for _ in processes]
    for process in processes:
        process.join()

    starts = sorted(start for each in seen for start in each[:50])
    assert starts == pytest.approx([100 + 0.25 * n for n in range(200)])
    assert sum(sum(each[50:]) for each in seen) == LEAST_REPEATS


def test_a_book_that_another_process_is_making_is_waited_for(tmp_path):
    """SQLite refuses the change to a write-ahead log at once, whatever its timeout, while somebody writes."""
    other = sqlite3.connect(tmp_path / "pace.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waited = []

    def until_the_other_is_done(seconds: float) -> None:
        waited.append(seconds)
        other.execute("COMMIT")

    book = Shared(tmp_path / "pace.sqlite", until_the_other_is_done)
    assert len(waited) == 1
    assert book.reserve(100.0, {"d": 0.25}) == 100.0
    book.close()
    other.close()


def test_a_book_that_cannot_be_had_is_told(tmp_path):
    """No database stands there, or nothing can: what and why, as of everything that cannot be kept."""
    (tmp_path / "folder.sqlite").mkdir()
    (tmp_path / "other.sqlite").write_text("this is no database, and it is long enough to be read as one" * 20)

    for name in ("folder", "other"):
        with pytest.raises(NotRecorded, match=f"{name}.sqlite: the book of all processes could not be written"):
            Shared(tmp_path / f"{name}.sqlite")


def test_both_books_say_the_same(tmp_path):
    shared, alone = Shared(tmp_path / "pace.sqlite"), OneProcess()
    drawn = random.Random(5)

    for _ in range(300):
        match drawn.randrange(4):
            case 0:
                now, advances = drawn.random() * 50, {drawn.choice("ab"): drawn.random(), "c": 0.1}
                assert shared.reserve(now, advances) == alone.reserve(now, advances)
            case 1:
                bucket, until = drawn.choice("abc"), drawn.random() * 50
                shared.hold(bucket, until)
                alone.hold(bucket, until)
            case 2:
                shared.count()
                alone.count()
            case _:
                assert shared.may_repeat() == alone.may_repeat()
    shared.close()


class Jumping(VirtualClock):
    """A wall clock that is put forward and back by an hour, again and again."""

    def wall(self) -> float:
        return super().wall() + (3600 if int(asyncio.get_running_loop().time() * 10) % 2 else -3600)


@pytest.mark.parametrize("asked", [(), (("retry-after", "7"),)])
def test_a_clock_that_jumps(asked):
    """C28: waits and limits go by a clock that only runs forward."""

    def rule(now: float, number: int) -> Any:
        return (429, *asked) if number == 0 else (200,)

    def took(clock: VirtualClock) -> float:
        service = Service(rule)
        breaker = Breaker("here", clock)
        book = OneProcess()
        pacer = Pacer("d", Quota(requests_per_minute=60), book, clock)
        sender = Retrying(service, Circumstances(breaker, pacer, book, clock, drawn=lambda: 1.0))

        async def visit() -> float:
            loop = asyncio.get_running_loop()
            began = loop.time()
            exchange = await sender.send(ASKED)
            assert exchange.status == 200
            return loop.time() - began

        return virtually(visit)

    assert took(Jumping()) == pytest.approx(took(VirtualClock()))
