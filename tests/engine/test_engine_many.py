"""Many cases at once: they overlap, but no more than may; one that breaks does not break the others."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from builders import runs
from builders.cases import StandIn, cases, facts, said
from builders.streams import response

import harness.rules
from harness.engine import conduct
from harness.engine.engine import Engine
from harness.engine.planning.plan import Case
from harness.engine.planning.repeating import Finished
from harness.engine.targets.live import live_target
from harness.findings import Verdict
from harness.record.chain import NotRecorded
from harness.record.lines import CaseLine
from harness.record.run import Run
from harness.record.writer import RunWriter
from harness.rules import RULES
from harness.wire.exchange import Exchange, Request

TEXT = "id: case\ncases: [{rows}]\nturns: [{{user: 'Hi ${{n}}', expect: {{status: completed}}}}]\n"

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"


def many(count: int, target: Any) -> tuple[Case, ...]:
    return cases(TEXT.format(rows=", ".join(f"{{n: {n}}}" for n in range(count))), target)


@dataclass
class Crowd:
    """A server that answers nobody before `wanted` requests are there; `most` is how many were open at once."""

    wanted: int
    open: int = 0
    most: int = 0
    there: asyncio.Event = field(default_factory=asyncio.Event)
    ids: Iterator[int] = field(default_factory=count)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line[:15] == b"content-length:")
                asked = json.loads(await reader.readexactly(length))
                self.open += 1
                self.most = max(self.most, self.open)
                if self.open >= self.wanted:
                    self.there.set()
                await self.there.wait()
                await asyncio.sleep(0)
                own = f"resp_{next(self.ids)}"
                body = json.dumps(response("completed", [said("Hi")], model=asked["model"], id=own)).encode()
                self.open -= 1
                writer.write(
                    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
                )
                writer.write(body)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[RunWriter]:
    planned = [f"a.yaml::case[stand-in-plain-chained-{n}]" for n in range(3)]
    with RunWriter(tmp_path / "run", runs.head([*planned, "a.yaml::a-title[stand-in-plain-chained]"])) as made:
        yield made


def at(port: int) -> Any:
    return live_target(f"http://127.0.0.1:{port}/v1", "d-1", None)


async def done(engine: Engine, planned: tuple[Case, ...]) -> list[CaseLine]:
    """The lines of cases, in their order; raises what kept one from being recorded."""
    loop = asyncio.get_running_loop()
    futures: list[asyncio.Future[Finished]] = [loop.create_future() for _ in planned]
    engine.add([(case, each.set_result, each.set_exception) for case, each in zip(planned, futures, strict=True)])
    finished = await asyncio.wait_for(asyncio.gather(*futures), 20)
    return [line for one in finished for line in one.lines]


def engaged(scene: Callable[[Engine], Awaitable[Any]], writer: RunWriter, concurrency: int = 32) -> Any:
    """Runs a scene with an engine that is stopped at its end; no task may be left then."""

    async def run() -> Any:
        engine = Engine(writer, concurrency)
        try:
            return await scene(engine)
        finally:
            await engine.stop()
            assert asyncio.all_tasks() == {asyncio.current_task()}

    return asyncio.run(run())


async def served(crowd: Crowd, scene: Callable[[int], Awaitable[Any]]) -> Any:
    server = await asyncio.start_server(crowd.talk, "127.0.0.1", 0)
    try:
        return await scene(server.sockets[0].getsockname()[1])
    finally:
        server.close()


def test_many_are_under_way_at_once(writer: RunWriter):
    """The server answers only when 24 requests are there together: one after another, this would never end."""
    crowd = Crowd(24)

    async def scene(engine: Engine) -> list[CaseLine]:
        async def run(port: int) -> list[CaseLine]:
            lines = await done(engine, many(24, at(port)))
            await engine.stop()
            return lines

        return await served(crowd, run)

    lines = engaged(scene, writer)
    assert {line.verdict for line in lines} == {Verdict.PASSED}
    assert [line.row for line in lines] == list(range(24))
    assert crowd.most == 24


@pytest.mark.parametrize("bound", [1, 5])
def test_no_more_than_may_be(writer: RunWriter, bound: int):
    """With so many in flight there is never one more, and never a place left empty."""
    crowd = Crowd(bound)

    async def scene(engine: Engine) -> list[CaseLine]:
        async def run(port: int) -> list[CaseLine]:
            lines = await done(engine, many(20, at(port)))
            await engine.stop()
            return lines

        return await served(crowd, run)

    assert len(engaged(scene, writer, bound)) == 20
    assert crowd.most == bound


def test_a_case_that_comes_when_the_last_one_ends_is_run(writer: RunWriter):
    """One by one, as where each waits for its fixtures: the next is added while the worker of the last is ending."""
    waiting = list(many(5, StandIn(["OK"] * 5)))

    async def scene(engine: Engine) -> list[CaseLine]:
        loop = asyncio.get_running_loop()
        over, lines = loop.create_future(), []

        def next_one(line: CaseLine | None = None) -> None:
            lines.extend([line] if line else [])
            if waiting:
                loop.call_soon(engine.add, [(waiting.pop(0), next_one, over.set_exception)])
            else:
                over.set_result(lines)

        next_one()
        return await asyncio.wait_for(over, 5)

    assert len(engaged(scene, writer, 1)) == 5


def test_one_case_takes_one_worker(writer: RunWriter):
    """No task is made for which there is no case."""

    async def scene(engine: Engine) -> int:
        before = len(asyncio.all_tasks())
        engine.add([(many(1, StandIn(["OK"]))[0], lambda line: None, lambda error: None)])
        return len(asyncio.all_tasks()) - before

    assert engaged(scene, writer) == 1


def test_every_line_is_on_disk_before_anybody_is_told(writer: RunWriter):
    """What the record says of a case is what its waiter is given."""

    async def scene(engine: Engine) -> None:
        for case in many(3, StandIn(["OK"] * 3)):
            (line,) = await done(engine, (case,))
            kept = (writer.directory / "record.jsonl").read_text().splitlines()
            assert json.loads(kept[-1])["body"]["case"] == line.case == case.id

    engaged(scene, writer)
    writer.close()
    run = Run.read(writer.directory)
    assert [line.verdict for line in run.cases] == ["passed"] * 3
    assert run.problems == ()


def breaking(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """A bug of ours where the text `Hi 1` is judged."""

    def is_it(texts: str) -> bool:
        secret_local = "value-of-a-local"  # noqa: F841 - what a traceback must not show
        if "Hi 1" in texts:
            raise ZeroDivisionError("a bug")
        return False

    if what == "rule":
        rule = next(rule for rule in RULES if rule.name == "sem.usage_sum")
        plain = type(rule).found
        monkeypatch.setattr(type(rule), "found", lambda self, it: is_it(str(it.request)) or plain(self, it))
    elif what == "expectation":
        judge = conduct.expect.judge
        monkeypatch.setattr(
            conduct.expect, "judge", lambda taken, *rest: is_it(str(taken.final.request)) or judge(taken, *rest)
        )
    else:
        user = conduct.ACTIONS["user"]
        monkeypatch.setitem(conduct.ACTIONS, "user", lambda course, turn, text: is_it(text) or user(course, turn, text))


@pytest.mark.parametrize("what", ["rule", "expectation", "action"])
def test_a_bug_of_ours_errs_one_case_alone(monkeypatch: pytest.MonkeyPatch, writer: RunWriter, what: str):
    """Errored with a traceback, but without the values of locals; the run goes on."""
    breaking(monkeypatch, what)
    lines = engaged(lambda engine: done(engine, many(4, StandIn(["OK"] * 4))), writer)

    assert [line.verdict for line in lines] == ["passed", "errored", "passed", "passed"]
    reason = lines[1].reason or ""
    assert reason.endswith("ZeroDivisionError: a bug\n")
    assert "Traceback" in reason
    assert "value-of-a-local" not in reason.replace('secret_local = "value-of-a-local"', "")
    assert "Hi 1" not in reason.replace('if "Hi 1" in texts', "")


def test_what_cannot_be_recorded_is_told_and_nothing_more_begins(writer: RunWriter, monkeypatch: pytest.MonkeyPatch):
    """Each waiter hears of it, those of cases that were not begun too; none is left waiting."""

    def full(line: CaseLine) -> None:
        if line.row == 1:
            raise NotRecorded(Path("record.jsonl"), "a case", OSError(28, "No space left"))

    monkeypatch.setattr(writer, "case", full)

    async def scene(engine: Engine) -> list[Any]:
        told: list[Any] = []
        over = asyncio.Event()

        def hear(it: Any) -> None:
            told.append(it)
            if len(told) == 3:
                over.set()

        engine.add([(case, hear, hear) for case in many(3, StandIn(["OK"] * 3))])
        await asyncio.wait_for(over.wait(), 5)
        return told

    told = engaged(scene, writer, 1)
    assert [type(each) for each in told] == [Finished, NotRecorded, NotRecorded]


def test_a_skipped_case_is_not_sent(writer: RunWriter):
    """Its line has the reason and no turns."""
    target = StandIn([], facts(model="gpt-4.1"))
    planned = cases("needs: [reasoning]", target)
    (line,) = engaged(lambda engine: done(engine, planned), writer)

    assert (line.verdict, line.turns, target.requests) == (Verdict.SKIPPED, (), [])
    assert "documented as absent" in (line.reason or "")


class Silent(StandIn):
    """A target that never answers."""

    async def send(self, request: Request) -> Exchange:
        self.requests.append(request)
        await asyncio.Event().wait()
        raise AssertionError


def test_stop_drops_what_is_under_way(writer: RunWriter):
    """No task is left, nobody is told of a case that was not finished, and nothing waiting is begun."""
    target = Silent([])
    told: list[Any] = []

    async def scene(engine: Engine) -> None:
        engine.add([(case, told.append, told.append) for case in many(6, target)])
        while len(target.requests) < 2:
            await asyncio.sleep(0)
        await engine.stop()
        assert asyncio.all_tasks() == {asyncio.current_task()}
        await engine.stop()

    engaged(scene, writer, 2)
    assert told == []
    assert len(target.requests) == 2


def test_the_line_of_a_case_tells_its_turns(writer: RunWriter):
    """Asked, said, status, tokens, and where the exchange stands: readable again from the files."""
    text = "turns: [{id: one, user: Hello, expect: {text: other}}]\n"
    (line,) = engaged(lambda engine: done(engine, cases(text, StandIn(["Good day"]))), writer)
    writer.close()

    assert line.verdict is Verdict.FAILED
    (turn,) = line.turns
    assert turn.asked == [{"type": "message", "role": "user", "content": "Hello"}]
    assert (turn.id, turn.action, turn.status, turn.said[0]["type"]) == ("one", "user", "completed", "message")
    assert (line.usage.total_tokens, turn.usage.input_tokens, turn.usage.cached_tokens) == (43, 31, 0)
    (finding,) = line.findings
    assert (finding.rule, finding.turn, finding.actual) == ("expect.text", "one", "Good day")
    assert finding.source_line is not None
    assert "text: other" in finding.source_line
    kept = Run.read(writer.directory)
    assert kept.exchange(turn.exchanges[0]).case == line.case
    assert kept.cases[0].findings[0].place == finding.place
    assert set(line.applied_rules) <= {rule.name for rule in harness.rules.RULES}
