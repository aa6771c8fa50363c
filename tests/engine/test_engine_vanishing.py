"""Peers that are gone, regions that are down, services that refuse everybody: cases over sockets, in virtual time.

Counted is what arrives at the endpoint. Rows C18 to C22, C26 and C27 of the catalogue of faults.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from builders import runs
from builders.scenarios import scenario
from builders.virtual import VirtualClock, virtually

from harness.catalogue import Catalogue, Documented
from harness.engine.engine import Engine
from harness.engine.ledger import Ledger, read
from harness.engine.pace.steadiness import Steadiness
from harness.engine.planning.plan import plan
from harness.engine.targets.auth import Fixed
from harness.engine.targets.facts import Facts
from harness.engine.targets.live import LiveTarget
from harness.findings import Level
from harness.mock import MockServer
from harness.mock.app import Service
from harness.mock.offered import REGIONS
from harness.record.lines import CaseLine
from harness.record.run import Run
from harness.record.writer import RunWriter
from harness.wire.redact import Secret

PLAIN = "scenario: A title\nmodes: {delivery: [plain]}\nturns: [{user: Reply with OK., expect: {status: completed}}]\n"
STREAM = PLAIN.replace("plain", "stream")
CHAIN = """\
scenario: A title
modes: {delivery: [plain], state: [chained]}
turns:
  - {user: Reply with OK., expect: {status: completed}}
  - {user: Reply with OK., expect: {status: completed}}
"""
CREATES = "/responses"


def rows(count: int) -> str:
    """So many cases for each target."""
    told = ", ".join(f"{{n: {number}}}" for number in range(count))
    return f"cases: [{told}]\n" + PLAIN.replace("user: Reply with OK.", 'user: "Reply with OK, for the ${n}th time."')


@dataclass
class Seen:
    """The lines of the record, what arrived at the endpoint by room, the ledger, and how long it took."""

    lines: tuple[CaseLine, ...] = ()
    arrived: Counter[str] = field(default_factory=Counter)
    entries: list[Any] = field(default_factory=list)
    took: float = 0.0

    @property
    def errors(self) -> list[set[str]]:
        """The codes of each attempt that keep it from passing."""
        return [{each.rule for each in line.findings if each.level is Level.ERROR} for line in self.lines]


def target(base: str, key: str, region: str) -> LiveTarget:
    facts = Facts(f"t/{region}", "live", base, "gpt-4.1", model="gpt-4.1", region=region)
    return LiveTarget(facts, Fixed(Secret("k", key)))


async def conducted(targets: Sequence[LiveTarget], text: str, folder: Path, hands: int = 32) -> Seen:
    """The scenario on each target; everything that was recorded of it."""
    cases = plan(scenario(text), targets, Catalogue.load()).cases
    assert all(case.skipped is None for case in cases)
    loop = asyncio.get_running_loop()
    ended: list[asyncio.Future[Any]] = [loop.create_future() for _ in cases]
    began = loop.time()
    ledger = Ledger(folder / "ledger.jsonl", "run")
    with RunWriter(folder / "run", runs.head([case.id for case in cases])) as writer:
        steadiness = Steadiness(clock=VirtualClock(), drawn=lambda: 0.5)
        engine = Engine(writer, concurrency=hands, steadiness=steadiness, ledger=ledger)
        engine.add((case, one.set_result, one.set_exception) for case, one in zip(cases, ended, strict=True))
        await asyncio.gather(*ended)
        took = loop.time() - began
        await engine.stop()
    ledger.close()
    entries = read(ledger.path)[0] if ledger.path.exists() else []
    return Seen(Run.read(folder / "run").cases, entries=entries, took=took)


@pytest.fixture
def seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Seen]:
    """What became of a scenario on rooms of an endpoint, one a region, each with its defects."""
    arrived: Counter[str] = Counter()
    answer = Service.answer

    def counting(self: Service, request: Any, entry: Any) -> Any:
        if request.method == "POST" and request.path.endswith(CREATES):
            arrived[entry.room.region] += 1
        return answer(self, request, entry)

    monkeypatch.setattr(Service, "answer", counting)

    def run(defects: dict[str, list[str]], text: str, **how: Any) -> Seen:
        async def visit() -> Seen:
            async with MockServer(nonce="gone") as server:
                rooms = {
                    region: server.rooms.open(
                        defects=rows, model="gpt-4.1", region=region, clock=VirtualClock().wall, name=region
                    )
                    for region, rows in defects.items()
                }
                targets = [target(f"{room.url}/", room.key, region) for region, room in rooms.items()]
                return await conducted(targets, text, tmp_path, **how)

        found = virtually(visit)
        found.arrived = arrived
        return found

    return run


HERE = "swedencentral"


@pytest.mark.parametrize(
    ("row", "text", "code", "seconds"),
    [
        ("C18a", PLAIN, "avail.no_answer", 0),
        ("C18a", STREAM, "avail.no_answer", 0),
        ("C18b", PLAIN, "avail.first_byte", 300),
        ("C18b", STREAM, "avail.first_byte", 300),
        ("C20", PLAIN, "avail.first_byte", 300),
        ("C20", STREAM, "avail.first_byte", 300),
        ("A22", STREAM, "avail.stall", 60),
    ],
)
def test_what_may_have_been_accepted_is_not_sent_again(seen, row, text, code, seconds):
    """One request an attempt, two attempts of the case, and each request stands in the ledger. A22 shows C26."""
    found = seen({HERE: [row]}, text)

    assert [(line.attempt, line.verdict) for line in found.lines] == [(1, "inconclusive"), (2, "inconclusive")]
    assert found.errors == [{code}, {code}]
    assert found.arrived == {HERE: 2}
    assert len(found.entries) == 2
    assert 2 * seconds <= found.took <= 2 * seconds + 5


def test_an_idle_connection_that_is_dead(seen):
    """Whether the second turn's request arrived is unknown: the case starts anew, and the request is not repeated."""
    found = seen({HERE: ["C19"]}, CHAIN)

    assert found.errors == [{"avail.no_answer"}] * 2
    assert found.arrived == {HERE: 2}  # the first turns: the second ones met a reset unread
    assert [len(line.turns) for line in found.lines] == [2, 2]


def test_a_region_that_is_down(seen):
    """After five failures in a row nothing goes there; its other cases end at once, those of other regions pass."""
    found = seen({HERE: ["C21"], "eastus2": []}, rows(40), hands=4)

    verdicts = Counter((line.case.rpartition("[")[2].partition("-")[0], str(line.verdict)) for line in found.lines)
    assert found.arrived["eastus2"] == 40
    assert 5 <= found.arrived[HERE] <= 5 + 4
    assert verdicts == {(f"t/{HERE}", "inconclusive"): 40, ("t/eastus2", "passed"): 40}
    assert found.took < 40


@pytest.mark.parametrize("row", ["C22a", "C22b"])
def test_all_regions_refuse(seen, row):
    """25 regions, 8 cases each, all 429: at most a tenth more than planned is sent."""
    places = [name for name in REGIONS if Catalogue.load().documents("text", "gpt-4.1", name).answer is Documented.YES]
    found = seen({region: [row] for region in places[:25]}, rows(8), hands=200)

    planned = 25 * 8
    assert len(found.lines) == planned
    assert {str(line.verdict) for line in found.lines} == {"inconclusive"}
    assert found.arrived.total() <= 1.1 * planned


async def talking(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Thinks for four minutes, with a sign of life now and then, and is gone."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
    for number in range(5):
        line = b'event: keepalive\ndata: {"type":"keepalive","sequence_number":%d}\n\n' % number
        writer.write(b"%x\r\n%b\r\n" % (len(line), line))
        await asyncio.sleep(48)
    writer.close()


def test_a_load_balancer_that_ends_what_takes_long(tmp_path: Path):
    """C27: cut after four minutes; the case starts anew, once."""
    conversations = 0

    async def counted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal conversations
        conversations += 1
        await talking(reader, writer)

    async def visit() -> Seen:
        server = await asyncio.start_server(counted, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            return await conducted([target(f"http://127.0.0.1:{port}/", "a-long-key", HERE)], STREAM, tmp_path)

    found = virtually(visit)

    assert all("avail.stream_cut" in codes for codes in found.errors)
    assert (len(found.lines), conversations) == (2, 2)
    assert 480 <= found.took <= 485
