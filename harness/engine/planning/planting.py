"""Facts that the harness plants in a conversation, and what the cases of a run know of one another.

Facts are drawn from the run's seed, the case's id and its repeat: the record keeps the seed, so whoever runs the case
again draws the same. They are told in the first turn that creates a response, one more in each of the next, and asked
for after the last.
"""

import hashlib
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from harness.conversation import Knowledge, TurnTaken
from harness.engine.planning.given import Given
from harness.engine.planning.plan import Case, drawn_from
from harness.scenario.actions import ACTIONS
from harness.scenario.carrying import Keeps, Plants
from harness.scenario.model import ASKING, Scenario, Turn

THINGS: Final = (
    "amber",
    "birch",
    "cobalt",
    "dune",
    "ember",
    "fjord",
    "granite",
    "heron",
    "indigo",
    "juniper",
    "kelp",
    "lichen",
)
LATER: Final = 3
"""Turns after the first that are told one fact each, at most."""
LETTERS: Final = "BCDFGHJKLMNPQRSTVWXZ"
VALUE: Final = re.compile(rf"[0-9]{{5}}-[{LETTERS}]{{2}}")
"""What every value of a fact looks like, so that those of others can be looked up where they may stand."""


def seed_of(run: str) -> int:
    """The seed of a run, the same for all of its processes."""
    return int.from_bytes(hashlib.sha256(run.encode()).digest()[:4], "big")


@dataclass(frozen=True, slots=True)
class Fact:
    """A thing and its value; both mean nothing, and no model could guess the value."""

    name: str
    value: str

    @property
    def told(self) -> str:
        return f"The {self.name} code is {self.value}."

    @property
    def asked(self) -> str:
        return f"What is the {self.name} code?"


@dataclass(frozen=True, slots=True)
class Plot:
    """What is planted in a case: facts by the id of the turn in which they are told, and the turn that asks."""

    facts: Mapping[str, tuple[Fact, ...]] = field(default_factory=dict)
    question: Turn | None = None

    def items(self, turn: Turn) -> list[Any]:
        """The input items that go before a turn's own."""
        facts = self.facts.get(turn.id, ())
        text = " ".join(fact.told for fact in facts)
        return [{"type": "message", "role": "user", "content": f"Remember this. {text}"}] if facts else []

    @property
    def values(self) -> dict[str, tuple[str, ...]]:
        """The planted values by turn."""
        return {turn: tuple(fact.value for fact in facts) for turn, facts in self.facts.items()}


NOTHING: Final = Plot()


def plot(case: Case, seed: int) -> Plot:
    """What is planted in a case: nothing, unless its scenario demands `carry_over`."""
    demand = case.scenario.carries
    telling = [turn for turn in case.scenario.turns if turn.action in ("user", "input")]
    if demand is None or not isinstance(demand.matcher, Plants) or not telling:
        return NOTHING
    dice = random.Random(drawn_from(case, seed))  # noqa: S311 (facts, not secrets)
    first, *others = telling
    names = dice.sample(THINGS, demand.matcher.count + min(len(others), LATER))
    facts = [Fact(name, _value(dice)) for name in names]
    planted = {first.id: tuple(facts[: demand.matcher.count])}
    later = others[-LATER:]  # the last ones tell most of which turn was continued from
    planted |= {turn.id: (fact,) for turn, fact in zip(later, facts[demand.matcher.count :], strict=True)}
    told = [fact for each in planted.values() for fact in each]
    dice.shuffle(told)
    text = " ".join(fact.asked for fact in told)
    question = Turn(ASKING, "user", text, demand.place, request=_plainly(case.scenario))
    return Plot(planted, question)


def _value(dice: random.Random) -> str:
    return f"{dice.randrange(10_000, 100_000)}-{dice.choice(LETTERS)}{dice.choice(LETTERS)}"


def _plainly(scenario: Scenario) -> dict[str, Any]:
    """What the question's request has instead of the scenario's own: plain text, long enough, no calls."""
    asked: dict[str, Any] = {}
    if "text" in scenario.request:
        asked["text"] = {"format": {"type": "text"}}
    if "max_output_tokens" in scenario.request:
        asked["max_output_tokens"] = 2_000
    if "tool_choice" in scenario.request:
        asked["tool_choice"] = "auto"
    return asked


class Planting:
    """What the cases of a run planted and were given, for those that come after: one for a run, in its event loop."""

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self._planted = Given()
        self._given = Given()

    def begin(self, case: Case) -> Plot:
        """What is planted in a case that begins now."""
        made = plot(case, self.seed)
        for values in made.values.values():
            for value in values:
                self._planted.first(value, case.id)
        return made

    def knowledge(self, case: Case, made: Plot, taken: Sequence[TurnTaken]) -> Knowledge:
        """What is known of a case that has ended; what it was given is noted for the others."""
        turns = {each.id for each in taken}
        planted = {turn: values for turn, values in made.values.items() if turn in turns}
        asked = dict(_kept(case.scenario))
        if made.question is not None and made.question.id in turns:
            asked[made.question.id] = tuple(value for values in planted.values() for value in values)
        ids = {
            reply.id for each in taken for reply in each.replies if reply.operation == "create" and reply.id is not None
        }
        given = {id_: other for id_ in ids if (other := self._given.first(id_, case.id)) != case.id}
        return Knowledge(planted, asked, self._foreign(case, taken), given)

    def _foreign(self, case: Case, taken: Sequence[TurnTaken]) -> dict[str, str]:
        """The values in a case's answers that were planted in other cases, each with its case."""
        if not self._planted:
            return {}
        answers = repr([reply.output for each in taken for reply in (*each.replies, *each.joined)])
        found = {value: self._planted.of(value) for value in VALUE.findall(answers)}
        return {value: other for value, other in found.items() if other is not None and other != case.id}


def _kept(scenario: Scenario) -> Mapping[str, tuple[str, ...]]:
    """Facts that a turn must still know after a compaction, as the scenario names them."""
    kept: dict[str, tuple[str, ...]] = {}
    for turn in scenario.turns:
        for each in scenario.expectations_of(turn):
            if each.key == "compaction/keeps" and isinstance(each.matcher, Keeps) and ACTIONS[turn.action].creates:
                kept[turn.id] = each.matcher.facts
    return kept
