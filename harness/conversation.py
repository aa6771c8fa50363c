"""A case as it was scripted beside what came back: what rules and expectations look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.findings import Finding
from harness.outline import Outline, TurnOutline
from harness.reply import JoinedReply, Reply
from harness.scenario.model import Scenario, Turn


@dataclass(frozen=True, slots=True)
class Told:
    """What an official client said to its user of one exchange or stream.

    `way` is the call by which it was asked, such as `responses.create`; `exchange` the number of the last exchange
    that it is about, counted as in `Reply.index`. `text` is the visible answer, `streamed` the same added up from its
    deltas (None where none were seen), `items` and `usage` as plain JSON. `raised` is the exception instead: its
    class and message.
    """

    way: str
    exchange: int = 0
    text: str | None = None
    streamed: str | None = None
    items: tuple[Any, ...] | None = None
    usage: Mapping[str, Any] | None = None
    raised: str | None = None


@dataclass(frozen=True, slots=True)
class TurnTaken:
    """One turn as it was taken: the turn of the scenario (None for a recording) and its replies in wire order.

    A turn has several replies where it was polled, resumed or took several rounds of tool calls; `final` is the
    one that ended it. `rounds` are those that ended a round: one, or more where calls of functions were answered
    within the turn. `captured` is what its `capture:` took. Where the answer came in parts, `final` is the parts
    joined (see `harness.reply.joined`), while `replies` are what was on the wire. `told` is what the official client
    said, where it sent the turn. `served` is how often the harness's own tool servers were called in the turn, by
    label and tool; empty where it serves none.
    """

    id: str
    replies: tuple[Reply, ...]
    turn: Turn | None = None
    final: Reply | None = None
    captured: Mapping[str, Any] = field(default_factory=dict)
    rounds: tuple[Reply, ...] = ()
    told: tuple[Told, ...] = ()
    served: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def unfinished(self) -> bool:
        """Whether it was asked for again and again what was still being made, until the time was up."""
        reply = self.final
        if reply is None or reply.operation != "retrieve" or reply.status not in ("queued", "in_progress"):
            return False
        return any(earlier.operation == "create" for earlier in self.replies)

    @property
    def answers(self) -> tuple[Reply, ...]:
        """The replies that say something: every one but the first half of a stream that was cut, each stream whole."""
        whole = {reply.parts[1].index: reply for reply in self.joined}
        halves = {reply.parts[0].index for reply in self.joined}
        return tuple(whole.get(reply.index, reply) for reply in self.replies if reply.index not in halves)

    @property
    def joined(self) -> tuple[JoinedReply, ...]:
        """The streams of the turn that came in parts, each as a whole."""
        ended = dict.fromkeys((*self.rounds, *([self.final] if self.final else [])))
        return tuple(reply for reply in ended if isinstance(reply, JoinedReply))


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known of a case that no exchange of it tells.

    `planted` are facts that the harness had told to the model: the value of each, by the turn in which it was told.
    `asked` are the values that a turn must bring back, by turn. `foreign` are values in the case's answers that other
    cases of the run planted, `given` the ids of responses that other cases of the run were given; both by value, with
    the case's id.
    """

    planted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    asked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    foreign: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Promised:
    """What the operator and the documentation say of the target of a case; None or empty where nothing is said.

    `in_region`: it answers in its own region and nowhere else. `documented` are the features that the scenario needs
    and that the catalogue documents, `denied` those that it documents as absent.
    """

    model: str | None = None
    version: str | None = None
    region: str | None = None
    in_region: bool = False
    documented: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """All turns of a case, in order, and how the case was run.

    `mode` names delivery, state and client; it is empty for a recording, where `scenario` is None. `others` are the
    outlines of cases that differ from this one in their mode alone, by case id.
    """

    turns: tuple[TurnTaken, ...]
    scenario: Scenario | None = None
    mode: Mapping[str, str] = field(default_factory=dict)
    knowledge: Knowledge = Knowledge()
    others: Mapping[str, Outline] = field(default_factory=dict)
    promised: Promised | None = None

    @classmethod
    def recorded(cls, replies: Sequence[Reply]) -> "Conversation":
        """A conversation of exchanges that were recorded elsewhere, one turn each."""
        return cls(tuple(TurnTaken(f"exchange-{n}", (reply,), final=reply) for n, reply in enumerate(replies)))

    @property
    def replies(self) -> tuple[Reply, ...]:
        """Every reply of every turn, in wire order."""
        return tuple(reply for turn in self.turns for reply in turn.replies)

    @property
    def served(self) -> Mapping[str, Mapping[str, int]]:
        """How often each tool of the harness's own servers was really called, by label and tool; empty without any.

        The calls of single turns stand there (`TurnTaken.served`).
        """
        total: dict[str, dict[str, int]] = {}
        for turn in self.turns:
            for label, tools in turn.served.items():
                counted = total.setdefault(label, {})
                for name, count in tools.items():
                    counted[name] = counted.get(name, 0) + count
        return total

    @property
    def outline(self) -> Outline:
        """What the case came to, without its words."""
        turns = []
        for taken in self.turns:
            created = next((reply for reply in taken.replies if reply.operation == "create"), None)
            if created is not None and taken.final is not None:
                wanted = self.knowledge.asked.get(taken.id, ())
                turns.append(TurnOutline.of(taken.id, taken.rounds, taken.final, created.request, wanted))
        return Outline(self.mode, tuple(turns))

    def turn_of(self, finding: Finding) -> str | None:
        """The id of the turn in which the finding's exchange stands."""
        for taken in self.turns:
            if any(reply.index == finding.wire.exchange for reply in taken.replies):
                return taken.id
        return None
