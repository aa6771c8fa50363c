"""A random walk over the endpoint beside a small model of what it must hold: no two steps may disagree.

The model keeps, of every response, what its chain was told, its parent, its status and whether it is still there. It
knows nothing of how the endpoint keeps them.
"""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any, ClassVar

import aiohttp
from builders.endpoint import NOW, Visitor, events_of, text_of
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from harness.mock import MockServer

FILLER = "The harbour was quiet and the tide was low. " * 6
THINGS = ("parcel", "locker", "badge")
FACTS = st.tuples(st.sampled_from(THINGS), st.integers(1000, 9999))


@dataclass
class Known:
    """One response, as it must be: `facts` are what its chain was told, `texts` all the user's words in it.

    `hidden` of them stand before the newest compaction.
    """

    id: str
    body: dict[str, Any]
    facts: dict[str, int]
    texts: list[str]
    status: str = "completed"
    background: bool = False
    hidden: int = 0
    events: list[dict[str, Any]] = field(default_factory=list)


class Endpoint(RuleBasedStateMachine):
    """Creates, chains, branches, deletes, retrieves, cancels, resumes, compacts, counts."""

    responses: Bundle[Known] = Bundle("responses")
    dead: Bundle[str] = Bundle("dead")
    defects: ClassVar[tuple[str, ...]] = ()
    windows: Bundle[tuple[list[Any], dict[str, int]]] = Bundle("windows")

    @initialize()
    def open(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.server = MockServer(nonce="machine")
        self.run(self.server.start())
        self.session = self.run(self.begin())
        self.visitor = Visitor(
            self.server, self.server.rooms.open(defects=self.defects, clock=lambda: NOW), self.session
        )
        self.alive: dict[str, Known] = {}
        self.ids: set[str] = set()

    async def begin(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(auto_decompress=False)

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        if hasattr(self, "loop"):
            self.run(self.session.close())
            self.run(self.server.stop())
            self.loop.close()

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        status, _, raw = self.run(self.visitor.send(method, path, body))
        return status, json.loads(raw)

    def note(self, body: dict[str, Any], facts: dict[str, int], texts: list[str], **more: Any) -> Known:
        """A new response: its id is new, and from now on it must be there."""
        assert body["id"] not in self.ids
        self.ids.add(body["id"])
        known = Known(body["id"], body, facts, texts, **more)
        self.alive[known.id] = known
        return known

    @rule(target=responses, fact=FACTS, stream=st.booleans())
    def create(self, fact: tuple[str, int], stream: bool) -> Known:
        thing, value = fact
        text = f"My {thing} is {value}. {FILLER}"
        if stream:
            body = events_of(self.run(self.visitor.stream(text)))[-1]["response"]
        else:
            body = self.run(self.visitor.create(text))
        assert body["previous_response_id"] is None
        return self.note(body, {thing: value}, [text])

    @rule(target=responses, parent=responses, fact=FACTS)
    def chain(self, parent: Known, fact: tuple[str, int]) -> Any:
        """Goes on from any response; from one that many go on from, branches."""
        thing, value = fact
        text = f"My {thing} is {value}."
        body = self.run(self.visitor.create(text, previous_response_id=parent.id))
        if parent.id not in self.alive:
            assert body["error"]["code"] == "previous_response_not_found"
            return multiple()
        assert body["previous_response_id"] == parent.id
        return self.note(body, {**parent.facts, thing: value}, [*parent.texts, text], hidden=parent.hidden)

    @rule(parent=responses)
    def ask_for_all(self, parent: Known) -> None:
        self.all_is_known(parent)

    def all_is_known(self, parent: Known) -> None:
        """What the chain was told is known, what it was not told is not; nobody else's is."""
        text = " ".join(f"What is my {thing}?" for thing in THINGS)
        body = self.run(self.visitor.create(text, previous_response_id=parent.id, store=False))
        if parent.id not in self.alive:
            assert body["error"]["code"] == "previous_response_not_found"
            return
        said = text_of(body)
        for thing in THINGS:
            expected = parent.facts.get(thing)
            assert (f"{thing} is {expected}" in said) == (expected is not None), (parent.facts, said)
        self.ids.add(body["id"])
        assert self.ask("GET", f"/responses/{body['id']}")[0] == 404

    @rule(known=responses)
    def retrieve(self, known: Known) -> None:
        status, body = self.ask("GET", f"/responses/{known.id}")
        if known.id not in self.alive:
            assert status == 404
        elif known.background and known.status != "cancelled":
            assert body["status"] in ("queued", "in_progress", "completed")
            order = ("queued", "in_progress", "completed")
            assert order.index(body["status"]) >= order.index(known.status)
            known.status = body["status"]
        else:
            assert (status, body) == (200, known.body)

    @rule(known=responses)
    def list_input(self, known: Known) -> None:
        """Everything that the chain was told, in order, in pages that neither repeat nor skip."""
        if known.id not in self.alive:
            assert self.ask("GET", f"/responses/{known.id}/input_items")[0] == 404
            return
        listed: list[Any] = []
        after = ""
        while True:
            _, page = self.ask("GET", f"/responses/{known.id}/input_items?order=asc&limit=3{after}")
            listed += page["data"]
            if not page["has_more"]:
                break
            after = f"&after={page['last_id']}"
        told = [item["content"][0]["text"] for item in listed if item.get("role") == "user"]
        assert told == known.texts
        assert len({item["id"] for item in listed}) == len(listed)

    @rule(target=dead, known=consumes(responses))
    def delete(self, known: Known) -> str:
        status, body = self.ask("DELETE", f"/responses/{known.id}")
        if known.id in self.alive:
            assert (status, body) == (200, {"id": known.id, "object": "response.deleted", "deleted": True})
            del self.alive[known.id]
        else:
            assert status == 404
        return known.id

    @rule(name=dead)
    def stays_dead(self, name: str) -> None:
        assert self.ask("GET", f"/responses/{name}")[0] == 404
        assert self.ask("DELETE", f"/responses/{name}")[0] == 404
        assert self.ask("POST", f"/responses/{name}/cancel")[0] == 404

    @rule(target=responses, fact=FACTS)
    def background(self, fact: tuple[str, int]) -> Known:
        text = f"My {fact[0]} is {fact[1]}."
        body = self.run(self.visitor.create(text, background=True))
        assert (body["status"], body["output"], body["usage"]) == ("queued", [], None)
        return self.note(body, dict([fact]), [text], status="queued", background=True)

    @rule(target=responses, fact=FACTS)
    def background_stream(self, fact: tuple[str, int]) -> Known:
        text = f"My {fact[0]} is {fact[1]}."
        events = events_of(self.run(self.visitor.stream(text, background=True)))
        assert [event["type"] for event in events[:2]] == ["response.created", "response.queued"]
        return self.note(events[-1]["response"], dict([fact]), [text], events=events)

    @rule(known=responses, after=st.integers(-1, 20))
    def resume(self, known: Known, after: int) -> None:
        path = f"/responses/{known.id}?stream=true&starting_after={after}"
        status, _, raw = self.run(self.visitor.send("GET", path))
        if known.id not in self.alive:
            assert status == 404
        elif not known.events:
            assert status == 400
        else:
            assert events_of(raw) == known.events[after + 1 :]

    @rule(known=responses)
    def cancel(self, known: Known) -> None:
        status, body = self.ask("POST", f"/responses/{known.id}/cancel")
        if known.id not in self.alive:
            assert status == 404
        elif not (known.background or known.events):
            assert status == 400
        elif known.status in ("queued", "in_progress"):
            assert (status, body["status"], body["output"], body["usage"]) == (200, "cancelled", [], None)
            known.status, known.body = "cancelled", body
            assert self.ask("GET", f"/responses/{known.id}") == (200, body)
        else:
            assert (status, body["status"]) == (200, known.status)
            assert self.ask("POST", f"/responses/{known.id}/cancel") == (status, body)

    @rule(target=windows, known=responses)
    def compact(self, known: Known) -> Any:
        asked = {"model": self.visitor.model, "previous_response_id": known.id}
        status, body = self.ask("POST", "/responses/compact", asked)
        if known.id not in self.alive:
            assert (status, body["error"]["code"]) == (400, "previous_response_not_found")
            return multiple()
        *messages, item = body["output"]
        assert [message["content"][0]["text"] for message in messages] == known.texts[known.hidden :]
        assert item["type"] == "compaction"
        assert self.ask("GET", f"/responses/{body['id']}")[0] == 404
        return body["output"], known.facts

    @rule(target=responses, window=windows, whole=st.booleans(), fact=FACTS)
    def go_on_from_window(self, window: tuple[list[Any], dict[str, int]], whole: bool, fact: tuple[str, int]) -> Known:
        """A new chain, which knows what the window stands for. Before its newest item nothing is in sight."""
        items, facts = window
        text = f"My {fact[0]} is {fact[1]}."
        sent = [*(items if whole else items[-1:]), {"role": "user", "content": text}]
        body = self.run(self.visitor.create(sent))
        assert body["previous_response_id"] is None
        before = [item["content"][0]["text"] for item in items[:-1]] if whole else []
        known = self.note(body, {**facts, fact[0]: fact[1]}, [*before, text], hidden=len(before))
        self.all_is_known(known)
        return known

    @invariant()
    def nobody_is_forgotten(self) -> None:
        if hasattr(self, "server"):
            assert set(self.visitor.room.store.responses) == set(self.alive)
