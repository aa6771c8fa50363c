"""Scenarios as the engine reads them: frozen values in which every demand keeps its place in the YAML.

What stands here was checked while it was loaded. Texts are still *templates*: `${name}` and `$$` are resolved by
`harness.scenario.variables.substitute` just before something is sent or compared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from harness.matchers import Matcher
from harness.scenario.actions import ACTIONS
from harness.scenario.attachments import Attachment
from harness.scenario.compiling import compiled
from harness.scenario.repeating import ONCE, Repeats
from harness.scenario.returns import Returns
from harness.scenario.served import Servers
from harness.scenario.variables import names, substitute
from harness.source.document import Path
from harness.source.place import Place, Refused

MAX_ROUNDS: Final = 8
"""Requests of one turn, at most, where calls of tools are answered and nothing else is said."""

ASKING: Final = "carry-over"
"""The id of the turn in which the harness asks for the facts that it planted."""

Combination = tuple[str, str, str]
"""A mode: the names of delivery, state and client."""


@dataclass(frozen=True, slots=True)
class Modes:
    """The ways in which a scenario is run: every delivery with every state and client, less what cannot be.

    `written` names those of the three lists that the author wrote; the others are defaults. `impossible` holds
    the reason of each combination that is left out. `compact_threshold` is the number of tokens above which the
    service compacts by itself, in the state `auto_compacted`.
    """

    delivery: tuple[str, ...] = ("plain",)
    state: tuple[str, ...] = ("chained",)
    client: tuple[str, ...] = ("wire",)
    written: frozenset[str] = frozenset()
    impossible: Mapping[Combination, str] = field(default_factory=dict)
    compact_threshold: int | None = None

    def multiplied(self) -> list[Combination]:
        """Every combination that was asked for, the impossible ones too, in the author's order."""
        return [(d, s, c) for d in self.delivery for s in self.state for c in self.client]

    def combinations(self) -> list[Combination]:
        """What is run."""
        return [mode for mode in self.multiplied() if mode not in self.impossible]

    def by(self, clients: Sequence[str]) -> "Modes":
        """The same by these clients, where the author names none; no combination is impossible for its client."""
        if not clients or "client" in self.written:
            return self
        impossible = {(mode[0], mode[1], client): why for mode, why in self.impossible.items() for client in clients}
        return replace(self, client=tuple(clients), impossible=impossible)

    def left_out(self) -> list[tuple[Combination, str]]:
        """What is not run, and why."""
        return [(mode, self.impossible[mode]) for mode in self.multiplied() if mode in self.impossible]


@dataclass(frozen=True, slots=True)
class Expectation:
    """A demand: what is looked at, what must hold of it, and the line of the YAML that says so.

    `key` is stable and unique on its turn (`text`, `usage/total_tokens`, `path/$.output[0].type`); `part` is what
    stands behind the slash. `raw` is the matcher as it was written, a template. `names` are the variables that
    are still to be put in: while there are any, `matcher` refuses to match.
    """

    key: str
    subject: str
    matcher: Matcher
    raw: Any
    place: Place
    part: str | None = None
    names: frozenset[str] = frozenset()

    def bind(self, bindings: Mapping[str, Any]) -> "Expectation":
        """The same demand with its variables put in, ready to match.

        Raises:
            UnknownVariable: a name has no value.
            harness.source.place.Refused: with this value the matcher is none; the diagnostic points here.
        """
        if not self.names:
            return self
        return replace(self, matcher=compiled(self, substitute(self.raw, bindings)), names=frozenset())

    def partly_bound(self, bindings: Mapping[str, Any]) -> "Expectation":
        """The same with some of its variables put in; the others may come later."""
        if self.names.isdisjoint(bindings):
            return self
        raw = substitute(self.raw, bindings, partly=True)
        left = frozenset(names(raw))
        bound = replace(self, raw=raw, names=left)
        return bound if left else replace(bound, matcher=compiled(self, substitute(raw, {})))


@dataclass(frozen=True, slots=True)
class Allow:
    """Why a rule's findings are lowered in this scenario, and until which day."""

    reason: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn. `action` is a name of `actions.ACTIONS`; `argument` is what stands behind it.

    The argument of `user` is a text, of `input` a list of items, of `retrieve` the id of an earlier turn; of the
    others it is what `written` says. `request` and `headers` are the turn's own: `scenario.request_of(turn)` merges
    them over the scenario's. `expect` likewise: `scenario.expectations_of(turn)`. `attach` are the files of a user
    message, `file` the one that `upload` or `call` sends. `tamper` is what is broken and how: `("drop", "reasoning")`.
    """

    id: str
    action: str
    argument: Any
    place: Place
    request: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    expect: tuple[Expectation, ...] = ()
    capture: Mapping[str, str] = field(default_factory=dict)
    branch_from: str | None = None
    mock: Mapping[str, Any] | None = None
    attach: tuple[Attachment, ...] = ()
    file: Attachment | None = None
    tamper: tuple[str, str] | None = None
    max_rounds: int = MAX_ROUNDS

    @property
    def about(self) -> str | None:
        """The id of the earlier turn that the action is about, or None."""
        if isinstance(self.argument, Mapping):
            return self.argument.get("turn")
        return self.argument if ACTIONS[self.action].names_turn else None


@dataclass(frozen=True, slots=True)
class Scenario:
    """One YAML document: an exchange and what is expected of it.

    `file` is the path as given, with slashes; `digest` the SHA-256 of the file's bytes in hex; `source` the
    document's own text, which begins on line `first_line` (from 0) of the file; `varies` says whether there may be a
    variable in it; `place` is its first key. `rows` are the parameter rows of `cases`, empty where there are none: then
    the scenario runs once; `given` the strategies of
    generated parameters by name, as they are written. `tools` go out verbatim;
    `returns` holds what the harness answers for them, by their names; `mcp` are the
    tool servers that it serves itself. `mock_places` says where each key of every
    `mock:` block stands, by its path from the top of the document. Of a `sensitive` scenario no text is kept or shown.
    """

    title: str
    id: str
    turns: tuple[Turn, ...]
    file: str
    place: Place
    digest: str
    source: str
    about: str = ""
    tags: tuple[str, ...] = ()
    owner: str | None = None
    links: tuple[str, ...] = ()
    sensitive: bool = False
    needs: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    modes: Modes = Modes()
    rows: tuple[Mapping[str, Any], ...] = ()
    given: Mapping[str, Any] = field(default_factory=dict)
    repeats: Repeats = ONCE
    request: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    tools: tuple[Mapping[str, Any], ...] = ()
    returns: Mapping[str, Returns] = field(default_factory=dict)
    mcp: Servers = field(default_factory=dict)
    expect: tuple[Expectation, ...] = ()
    allow: Mapping[str, Allow] = field(default_factory=dict)
    mock: Mapping[str, Any] | None = None
    mock_places: Mapping[Path, Place] = field(default_factory=dict)
    first_line: int = 0
    varies: bool = True

    def line_at(self, place: Place) -> str | None:
        """The line of the YAML at a place in this scenario's file, or None where it stands in another document."""
        lines = self.source.split("\n")
        number = place.line - 1 - self.first_line
        return lines[number].rstrip("\r") if place.file == self.file and 0 <= number < len(lines) else None

    def told(self, refused: Refused) -> str:
        """Mistakes that only showed when values were put in, each with its line of the YAML."""
        lines = [replace(each, line_text=self.line_at(each.place) or "") for each in refused.diagnostics]
        return "\n\n".join(map(str, lines))

    def request_of(self, turn: Turn) -> dict[str, Any]:
        """What the turn's request holds beside its input: the scenario's defaults, the turn's own over them.

        Merged key by key at the top alone: a turn that writes `text:` replaces the scenario's `text:`.
        """
        return {**self.request, **turn.request}

    def headers_of(self, turn: Turn) -> dict[str, str]:
        """The headers of the turn's request, names in lower case."""
        return {**self.headers, **turn.headers}

    def expectations_of(self, turn: Turn) -> tuple[Expectation, ...]:
        """What is expected of the turn: the scenario's demands, except where the turn makes one of the same key.

        Where no response comes back (an upload, a wait) the turn's own alone.
        """
        if turn.id == ASKING:
            return ()
        shared = self._of_turns(self.expect) if ACTIONS[turn.action].answers else ()
        own_keys = {expectation.key for expectation in turn.expect}
        return (*(each for each in shared if each.key not in own_keys), *self._of_turns(turn.expect))

    @staticmethod
    def _of_turns(demands: tuple[Expectation, ...]) -> tuple[Expectation, ...]:
        """The demands but for `carry_over`, which is one on the whole conversation."""
        if not any(each.subject == "carry_over" for each in demands):
            return demands
        return tuple(each for each in demands if each.subject != "carry_over")

    @property
    def carries(self) -> Expectation | None:
        """The demand of `carry_over`, wherever it was written; None where facts are not to be planted."""
        demands = (*self.expect, *(each for turn in self.turns for each in turn.expect))
        return next((each for each in demands if each.subject == "carry_over"), None)
