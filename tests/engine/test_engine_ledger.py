"""The ledger: what is meant to be made is on disk before the request goes out, and every id as soon as it is read."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.engine.ledger import Entry, Ledger, left_behind, read
from harness.engine.pace.breaker import NotSent
from harness.engine.targets.auth import NoCredential
from harness.engine.targets.target import Door
from harness.engine.traces.cleaning import cleaned, removed, sweep
from harness.engine.traces.remembering import Remembering
from harness.wire.exchange import Ending, Exchange, Head, How, Request

BASE = "https://service.invalid/openai/v1/"


class Service:
    """Answers by method and path; keeps what it was asked, and what the ledger held at that moment."""

    def __init__(self, ledger: Path, answers: dict[str, tuple[int, Any]]) -> None:
        self.ledger = ledger
        self.answers = answers
        self.asked: list[str] = []
        self.known: list[int] = []

    async def send(self, request: Request) -> Exchange:
        name = f"{request.method} {request.url.removeprefix(BASE)}"
        self.asked.append(name)
        self.known.append(len(self.ledger.read_text().splitlines()) if self.ledger.exists() else 0)
        status, answer = self.answers.get(name, (404, {}))
        if status == 0:
            return Exchange(request, None, b"", (), Ending(How.CONNECT))
        return Exchange(request, Head(status), json.dumps(answer).encode(), (), Ending(How.COMPLETE))


def post(path: str, body: Any = None) -> Request:
    return Request("POST", BASE + path, (), b"" if body is None else json.dumps(body).encode())


def sent(tmp_path: Path, answers: dict[str, tuple[int, Any]], *requests: Request) -> tuple[Service, list[Entry]]:
    """These requests through a remembering sender; the service, and what the ledger then holds."""
    path = tmp_path / "ledger.jsonl"
    service = Service(path, answers)

    async def scene() -> None:
        remembering = Remembering(service, Ledger(path, "run-1"), BASE, "t", "c")
        for request in requests:
            await remembering.send(request)

    asyncio.run(scene())
    return service, read(path)[0] if path.exists() else []


@pytest.mark.parametrize(
    ("path", "kind"), [("responses", "response"), ("conversations", "conversation"), ("containers", "container")]
)
def test_written_before_it_is_made(tmp_path: Path, path: str, kind: str):
    """The line is there when the request arrives; the id is there when it has been answered."""
    id_ = "resp_1" if kind == "response" else "x_1"
    service, entries = sent(tmp_path, {f"POST {path}": (200, {"id": id_})}, post(path, {}))

    assert service.known == [1]
    assert [(entry.kind, entry.ids, entry.settled, entry.gone) for entry in entries] == [(kind, (id_,), True, False)]


def test_an_upload_is_known_by_its_name(tmp_path: Path):
    form = b'--b\r\nContent-Disposition: form-data; name="file"; filename="att-run-1-1.txt"\r\n\r\na\r\n--b--\r\n'
    _, entries = sent(tmp_path, {"POST files": (200, {"id": "file-1"})}, Request("POST", BASE + "files", (), form))

    assert [(entry.name, entry.ids) for entry in entries] == [("att-run-1-1.txt", ("file-1",))]


@pytest.mark.parametrize(
    "request_", [post("responses", {"store": False}), post("responses/compact", {}), post("responses/input_tokens", {})]
)
def test_what_keeps_nothing_is_not_noted(tmp_path: Path, request_: Request):
    assert sent(tmp_path, {}, request_)[1] == []


@pytest.mark.parametrize(("status", "gone"), [(400, True), (429, True), (0, True), (500, False), (504, False)])
def test_what_was_refused_was_not_made(tmp_path: Path, status: int, gone: bool):
    """Nor what never left this machine; after an error of the service nobody knows."""
    _, (entry,) = sent(tmp_path, {"POST responses": (status, {"error": {}})}, post("responses", {}))

    assert entry.gone == gone


def test_containers_of_the_tool_are_noted_too(tmp_path: Path):
    output = [{"type": "code_interpreter_call", "container_id": "cntr_1"}, {"container_id": "cntr_1"}]
    answer = {"id": "resp_1", "output": output}
    _, entries = sent(tmp_path, {"POST responses": (200, answer)}, post("responses", {}))

    assert [(entry.kind, entry.ids) for entry in entries] == [("response", ("resp_1",)), ("container", ("cntr_1",))]


def test_what_a_turn_removes_itself_is_gone(tmp_path: Path):
    answers = {"POST conversations": (200, {"id": "conv_1"}), "DELETE conversations/conv_1": (200, {})}
    gone = Request("DELETE", BASE + "conversations/conv_1")
    _, (entry,) = sent(tmp_path, answers, post("conversations", {}), gone)

    assert entry.gone


def test_an_id_is_noted_while_the_answer_comes(tmp_path: Path):
    """A run that is killed in the middle of a stream knows what it was told in the first event."""
    path = tmp_path / "ledger.jsonl"

    class Stream:
        async def send(self, request: Request) -> Exchange:
            assert request.heard is not None
            for chunk in (b'data: {"response":{"i', b'd": "resp_', b'1","x', b'":1}}\n\n'):
                request.heard(chunk)
            self.seen = read(path)[0]
            return Exchange(request, Head(200), b"", (), Ending(How.CUT))

    stream = Stream()
    asyncio.run(Remembering(stream, Ledger(path, "run-1"), BASE, "t", "c").send(post("responses", {})))

    assert [entry.ids for entry in stream.seen] == [("resp_1",)]


def test_everything_is_removed_when_a_case_ends(tmp_path: Path):
    """Responses before files; also where the case broke off; what is not found was gone before."""
    path = tmp_path / "ledger.jsonl"
    answers = {
        "POST conversations": (200, {"id": "conv_1"}),
        "POST responses": (200, {"id": "resp_1"}),
        "DELETE responses/resp_1": (200, {}),
    }
    service = Service(path, answers)

    async def scene() -> None:
        async with cleaned(Door(BASE, service, lasting=True), Ledger(path, "run-1"), "t", "c") as door:
            await door.sender.send(post("conversations", {}))
            await door.sender.send(post("responses", {}))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(scene())
    assert service.asked[2:] == ["DELETE responses/resp_1", "DELETE conversations/conv_1"]
    assert left_behind(tmp_path) == 0


@pytest.mark.parametrize("why", [NotSent("avail.server_error", "the region is down"), NoCredential("Entra ID", "away")])
def test_what_cannot_be_removed_now_is_left_to_the_ledger(tmp_path: Path, why: Exception):
    """A region that goes down, or tokens that cannot be had any more, at the end of a case make it no other case."""
    path = tmp_path / "ledger.jsonl"
    service = Service(path, {"POST responses": (200, {"id": "resp_1"})})
    send = service.send

    async def refusing(request: Request) -> Exchange:
        if request.method == "DELETE":
            raise why
        return await send(request)

    service.send = refusing

    async def scene() -> None:
        async with cleaned(Door(BASE, service, lasting=True), Ledger(path, "run-1"), "t", "c") as door:
            await door.sender.send(post("responses", {}))

    asyncio.run(scene())
    assert left_behind(tmp_path) == 1


def test_behind_a_door_that_does_not_last_nothing_is_noted(tmp_path: Path):
    """A room of the embedded endpoint goes with all that is in it."""
    path = tmp_path / "ledger.jsonl"
    service = Service(path, {})

    async def scene() -> None:
        async with cleaned(Door(BASE, service), Ledger(path, "run-1"), "t", "c") as door:
            await door.sender.send(post("responses", {}))

    asyncio.run(scene())
    assert not path.exists()


ENTRY = Entry(1, "file", BASE, "t", "c", "att-1.txt")


@pytest.mark.parametrize(
    ("answers", "done"),
    [
        (
            {
                "GET files?limit=100": (200, {"data": [{"id": "f1", "filename": "att-1.txt"}]}),
                "DELETE files/f1": (200, {}),
            },
            True,
        ),
        ({"GET files?limit=100": (200, {"data": [{"id": "f2", "filename": "other.txt"}]})}, True),
        ({"GET files?limit=100": (500, {})}, False),
        (
            {
                "GET files?limit=100": (200, {"data": [{"id": "f2"}], "has_more": True}),
                "GET files?limit=100&after=f2": (200, {"data": [{"id": "f1", "filename": "att-1.txt"}]}),
                "DELETE files/f1": (500, {}),
            },
            False,
        ),
    ],
)
def test_a_file_without_id_is_looked_for_by_its_name(tmp_path: Path, answers: dict[str, tuple[int, Any]], done: bool):
    """On all pages; where the list cannot be read, or the file not be removed, it is left."""
    assert asyncio.run(removed(Service(tmp_path / "x", answers), BASE, ENTRY)) == done


def test_what_becomes_of_each_entry(tmp_path: Path):
    entries = [
        Entry(1, "response", BASE, "t", "c", held=True),
        Entry(2, "response", BASE, "t", "c"),
        Entry(3, "conversation", BASE, "t", "c", ids=("conv_1",)),
        Entry(4, "file", BASE, "t", "c", "a", ids=("f1",)),
    ]
    answers = {"DELETE conversations/conv_1": (200, {}), "DELETE files/f1": (500, {})}
    gone: list[int] = []

    swept = asyncio.run(sweep(Service(tmp_path / "x", answers), BASE, entries, gone.append))

    assert [[entry.number for entry in some] for some in (swept.removed, swept.left, swept.stopped, swept.unknown)] == [
        *([3], [4], [1], [2]),
    ]
    assert sorted(gone) == [1, 3]


def test_a_run_that_is_taken_up_again_goes_on_in_its_ledger(tmp_path: Path):
    """Numbers and names are not given twice, and half a line spoils no other."""
    path = tmp_path / "ledger.jsonl"
    first = Ledger(path, "run-1")
    first.intend(replace(ENTRY, number=0, name=first.file_name("txt")))
    first.close()
    with path.open("ab") as file:
        file.write(b'{"entry":2,"ki')

    second = Ledger(path, "run-1")
    entry = second.intend(replace(ENTRY, number=0, name=second.file_name("txt")))
    second.made(entry.number, "f2")
    second.close()

    entries, torn = read(path)
    assert (entry.number, torn) == (2, 1)
    assert [(each.number, each.name, each.ids) for each in entries] == [
        (1, "att-run-1-1.txt", ()),
        (2, "att-run-1-2.txt", ("f2",)),
    ]
