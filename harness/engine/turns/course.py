"""What a case knows while it runs, and what a turn's action gives back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.conversation import Told, TurnTaken
from harness.engine.pace.hours import Hours
from harness.engine.planning.plan import Case
from harness.engine.planning.planting import NOTHING, Plot
from harness.engine.planning.stalls import Serving
from harness.engine.targets.target import Door
from harness.engine.turns.state import Past
from harness.findings import Finding
from harness.protocol.profiles import CORE
from harness.reply import Reply
from harness.scenario.attachments import Attachment
from harness.scenario.headers import value_mistake
from harness.scenario.model import Turn
from harness.scenario.variables import substitute
from harness.wire.exchange import Exchange, Headers


class CannotGoOn(Exception):
    """The harness or its input is at fault: the case ends here, errored; the message says why."""


@dataclass(frozen=True, slots=True)
class Took:
    """What an action did: its replies in wire order, what the next turn continues from, and what was asked.

    `rounds` are those of the replies that ended a round, where the action creates a response; `stops` says that the
    case must not go on although everything was answered. `final` is the reply that ended the turn, where it is not
    the last one alone; `told` what an official client said.
    """

    replies: tuple[Reply, ...]
    past: tuple[Past, ...]
    asked: Any
    rounds: tuple[Reply, ...] = ()
    stops: bool = False
    final: Reply | None = None
    told: tuple[Told, ...] = ()


@dataclass(slots=True)
class Course:
    """A case while it runs. Actions read it; `conduct` alone writes to it, but for findings of theirs.

    `past` is what the next turn continues from, `past_of` the same after each turn that creates a response.
    """

    case: Case
    door: Door
    hours: Hours
    past: tuple[Past, ...] = ()
    past_of: dict[str, tuple[Past, ...]] = field(default_factory=dict)
    excused: set[str] = field(default_factory=set)  # turns that were refused as they should be
    broken: set[str] = field(default_factory=set)  # turns of which `tamper` found something to break
    sent_files: int = 0
    taken: list[TurnTaken] = field(default_factory=list)
    captured: dict[str, Any] = field(default_factory=dict)
    plot: Plot = NOTHING
    serving: Serving = field(default_factory=lambda: Serving({}))
    asked: dict[str, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    applied: dict[str, int] = field(default_factory=dict)
    exchanges: int = 0
    graded: list[TurnTaken] = field(default_factory=list)  # exchanges in which a model graded an answer
    error: str | None = None
    published: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)

    @property
    def made(self) -> dict[str, Any]:
        """What the harness made up for the case and sent: whoever plays it again needs the same."""
        made = {"addresses": dict(self.serving.addresses), "published": self.published, "files": self.files}
        return {"base": self.door.base, **{name: value for name, value in made.items() if value}}

    @property
    def bindings(self) -> dict[str, Any]:
        """The variables that are known now."""
        return {**self.case.target.facts.variables(), **self.serving.addresses, **self.captured}

    def past_for(self, turn: Turn) -> tuple[Past, ...]:
        """What the turn continues from."""
        return self.past if turn.branch_from is None else self.past_of[turn.branch_from]

    def earlier(self, name: str) -> TurnTaken:
        """A turn that was taken already, by its id."""
        return next(each for each in self.taken if each.id == name)

    def heard(self, exchanges: Sequence[Exchange]) -> tuple[Reply, ...]:
        """Exchanges as replies, numbered on in the case's wire order."""
        first = self.exchanges
        self.exchanges += len(exchanges)
        return tuple(Reply(exchange, first + number, profile=CORE) for number, exchange in enumerate(exchanges))

    def file_name(self, file: Attachment) -> str:
        """The name under which a file is uploaded; never its own."""
        if self.door.file_name is not None:
            self.files.append(self.door.file_name(file.ending))
            return self.files[-1]
        self.sent_files += 1
        return f"att-{self.sent_files}.{file.ending}"

    def request_of(self, turn: Turn, *, opening: bool = True) -> dict[str, Any]:
        """What the turn's request holds beside its input: model, the scenario's and the turn's own, and the tools.

        In later rounds of a turn no tool is demanded any more: the model could never answer.
        """
        scenario = self.case.scenario
        body = {"model": self.case.target.facts.deployment, **scenario.request_of(turn)}
        if scenario.tools:
            body.setdefault("tools", [dict(tool) for tool in scenario.tools])
        bound: dict[str, Any] = substitute(body, self.bindings)
        if not opening and _demands_a_call(bound.get("tool_choice")):
            del bound["tool_choice"]
        return bound

    def headers_of(self, turn: Turn) -> Headers:
        """The turn's own header lines with their variables put in.

        Raises:
            CannotGoOn: a value cannot stand in a header; what is captured is only known now.
        """
        lines: Mapping[str, str] = self.case.scenario.headers_of(turn)
        headers = tuple((name, str(substitute(value, self.bindings))) for name, value in lines.items())
        for name, value in headers:
            if mistake := value_mistake(value):
                raise CannotGoOn(f"turn {turn.id}: the header {name}: {mistake}")
        return headers


def _demands_a_call(choice: Any) -> bool:
    """Whether a `tool_choice` leaves the model no answer but to call a tool."""
    if isinstance(choice, Mapping):
        return not (choice.get("type") == "allowed_tools" and choice.get("mode") != "required")
    return bool(choice == "required")
