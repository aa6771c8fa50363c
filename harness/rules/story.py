"""What the exchanges of a conversation say together: which responses there were, what each could know, what became
of it.

A story is read from what went over the wire alone, so that old records are read as new ones are. What a rule needs to
know that no exchange tells (facts that the harness planted, what other cases of the run saw) comes with the
conversation.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any, Final
from urllib.parse import unquote

from harness.conversation import Conversation, TurnTaken
from harness.reading.asked import split
from harness.reply import Reply
from harness.scenario.durations import seconds

Item = Mapping[str, Any]

TERMINAL: Final = frozenset({"completed", "failed", "cancelled", "incomplete"})
"""Statuses after which nothing changes any more."""

_NAMED: Final = re.compile(r"/responses/([^/]+)(?:/(?:cancel|input_items))?/?\Z")


@dataclass(frozen=True, slots=True)
class Step:
    """One exchange in its place: what was asked about which response, in which turn (counted from 0)."""

    reply: Reply
    turn: int
    taken: TurnTaken
    about: str | None
    query: Mapping[str, Sequence[str]]

    @property
    def operation(self) -> str:
        return self.reply.operation

    @property
    def http(self) -> int | None:
        """The HTTP status."""
        return self.reply.exchange.status

    def asked(self, name: str, default: str | None = None) -> str | None:
        """A parameter of the query."""
        return self.query.get(name, [default])[0]


@dataclass(slots=True)
class Created:
    """A create request and what came of it.

    `input` are its own input items. `context` are all items that the model could see before it answered, None where
    they cannot be known: a parent of before the conversation, a conversation object, a compaction by id.
    """

    step: Step
    body: Mapping[str, Any]
    input: list[Item]
    parent: "Created | None" = None
    context: list[Item] | None = None
    final: Reply | None = field(default=None)

    @property
    def reply(self) -> Reply:
        return self.step.reply

    @property
    def id(self) -> str | None:
        return self.reply.id

    @property
    def accepted(self) -> bool:
        """Whether a response came of it that did not fail."""
        return self.id is not None and self.reply.status != "failed" and (self.step.http or 200) < 400

    @property
    def stored(self) -> bool:
        return self.body.get("store") is not False

    @property
    def ended(self) -> Reply:
        """The reply with its outcome: that of its turn's last reply where it was polled or resumed."""
        return self.final or self.reply

    @property
    def whole(self) -> list[Item] | None:
        """What the next turn can see: the context and the output."""
        return None if self.context is None else [*self.context, *self.ended.output]

    def tokens(self, name: str) -> int | None:
        """A count of its usage, or None."""
        value = (self.ended.usage or {}).get(name)
        return value if type(value) is int else None

    @property
    def thought(self) -> int:
        """Its reasoning tokens."""
        details = (self.ended.usage or {}).get("output_tokens_details")
        value = details.get("reasoning_tokens") if isinstance(details, dict) else None
        return value if type(value) is int else 0


class Story:
    """A conversation, read once for all rules that look at several exchanges together."""

    def __init__(self, conversation: Conversation) -> None:
        self.conversation = conversation

    @cached_property
    def steps(self) -> list[Step]:
        """Every exchange in wire order."""
        return [
            _step(reply, number, taken)
            for number, taken in enumerate(self.conversation.turns)
            for reply in taken.replies
        ]

    def of(self, *operations: str) -> Iterator[Step]:
        """The exchanges of some operations."""
        return (step for step in self.steps if step.operation in operations)

    @cached_property
    def created(self) -> list[Created]:
        """Every create request whose body is known, in wire order."""
        made: list[Created] = []
        for step in self.of("create"):
            if step.reply.request is not None:
                made.append(self._created(step, step.reply.request, made))
        return made

    def _created(self, step: Step, body: Mapping[str, Any], made: Sequence[Created]) -> Created:
        new = items_of(body.get("input"))
        parent_id = body.get("previous_response_id")
        parent = next((each for each in reversed(made) if parent_id and each.id == parent_id), None)
        context: list[Item] | None = None
        if body.get("conversation") is None and (parent_id is None or parent is not None):
            before = [] if parent is None else parent.whole
            context = None if before is None else [*before, *new]
        return Created(step, body, new, parent, context, self._outcome(step))

    @staticmethod
    def _outcome(step: Step) -> Reply | None:
        """The last reply about the same response in its turn, in whole where it came in parts."""
        if step.taken.final is not None and step.taken.final.id == step.reply.id:
            return step.taken.final
        found = None
        for reply in step.taken.replies:
            if reply.index > step.reply.index and reply.operation == "create":
                break
            if reply.operation == "retrieve" and reply.response is not None and reply.id == step.reply.id:
                found = reply
        return found

    @cached_property
    def by_id(self) -> dict[str, Created]:
        """The first create that gave out each id."""
        found: dict[str, Created] = {}
        for each in self.created:
            if each.id is not None:
                found.setdefault(each.id, each)
        return found

    def after(self, made: Created, *operations: str) -> Iterator[Step]:
        """The later exchanges about a response."""
        for step in self.of(*operations):
            if step.about is not None and step.about == made.id and step.reply.index > made.reply.index:
                yield step

    def deleted_before(self, response_id: str | None, step: Step) -> bool:
        """Whether a response had been deleted with success before an exchange."""
        return any(
            each.about == response_id and each.http == 200 and each.reply.index < step.reply.index
            for each in self.of("delete")
        )

    def demands_error(self, step: Step) -> bool:
        """Whether the scenario demands that the step's turn is refused."""
        scenario, turn = self.conversation.scenario, step.taken.turn
        if scenario is None or turn is None:
            return False
        return any(each.subject == "error" for each in scenario.expectations_of(turn))

    def elapsed(self, earlier: Reply, later: Step) -> float:
        """Seconds between two exchanges: the most that our clock, the service's (Date) or the script's waits say.

        On the embedded endpoint waiting moves its own clock alone.
        """
        begun = earlier.exchange.started + earlier.exchange.ended_at
        dates = _date(earlier), _date(later.reply)
        told = dates[1] - dates[0] if dates[0] is not None and dates[1] is not None else 0.0
        waited = 0.0
        for number, taken in enumerate(self.conversation.turns):
            mine = any(reply.index == earlier.index for reply in taken.replies)
            if mine:
                waited = 0.0
            elif taken.turn is not None and taken.turn.action == "wait" and number < later.turn:
                waited += seconds(str(taken.turn.argument)) or 0.0
        return max(waited, told, later.reply.exchange.started - begun)


def _date(reply: Reply) -> float | None:
    """The service's clock when it answered."""
    told = reply.exchange.head.header("date") if reply.exchange.head else None
    try:
        return parsedate_to_datetime(told).timestamp() if told else None
    except (ValueError, TypeError, OverflowError, OSError):
        return None


def _step(reply: Reply, number: int, taken: TurnTaken) -> Step:
    path, query = split(reply.exchange.request.url)
    named = _NAMED.search(path)
    about = (
        unquote(named[1]) if named and reply.operation not in ("create", "compact", "input_tokens", "other") else None
    )
    return Step(reply, number, taken, about, query)


def items_of(given: Any) -> list[Item]:
    """Input items as a list: a bare text is a user message."""
    if isinstance(given, str):
        return [{"type": "message", "role": "user", "content": given}]
    return [item for item in given if isinstance(item, dict)] if isinstance(given, list) else []


def kind(item: Item) -> str:
    """The type of an item; what has none is a message."""
    found = item.get("type", "message")
    return found if isinstance(found, str) else ""


def text_of(item: Item) -> str:
    """All that an item says: a message's texts, a call's arguments, an output."""
    content = item.get("content")
    if isinstance(content, str):
        return content
    parts = [part.get("text") for part in content if isinstance(part, dict)] if isinstance(content, list) else []
    texts = [text for text in parts if isinstance(text, str)]
    for name in ("arguments", "input", "output"):
        value = item.get(name)
        if isinstance(value, str):
            texts.append(value)
        elif isinstance(value, list | dict):
            texts.append(json.dumps(value, ensure_ascii=False))
    return "\n".join(texts)


def said(items: Sequence[Item] | None) -> str:
    """All that some items say."""
    return "\n".join(text_of(item) for item in items or ())
