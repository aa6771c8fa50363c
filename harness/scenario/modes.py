"""`modes:` as it is written → the combinations that are run, and why others are not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from harness.scenario.actions import (
    ACTIONS,
    IN_ONE_LINE,
    MODES,
    STORED,
    WITH_BACKGROUND_STREAM,
    WITHOUT_STORAGE,
    WITHOUT_STREAM,
    Word,
    built,
)
from harness.scenario.model import Combination, Expectation, Modes, Turn
from harness.scenario.subjects import needs_stream
from harness.scenario.tampering import state_reason
from harness.source.document import Document
from harness.source.place import Diagnostic, Place, choice, did_you_mean, shown

DEFAULTS: Final = Modes()

REMEDIES: Final[Mapping[str, str]] = {
    "background stream": "{delivery: [background_stream]}",
    "by hand": "{state: [stateless]}",
    "state": "{state: [chained]}",
    "stream": "{delivery: [stream]}",
}
"""A word of the reason why no mode is left → one in which the scenario can run."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What of a scenario cannot go with every mode, and where that stands; None where nothing does."""

    stream: Expectation | None
    storage: Turn | None
    tampered: tuple[Turn, ...] = ()
    resumed: Turn | None = None
    branching: Turn | None = None

    @classmethod
    def of(cls, expectations: Sequence[Expectation], turns: Sequence[Turn]) -> "Needs":
        stream = next((each for each in expectations if needs_stream(each.subject, each.part)), None)
        stored = (turn for turn in turns if turn.action in ACTIONS and ACTIONS[turn.action].needs_storage)
        resumed = next((turn for turn in turns if turn.action == "resume"), None)
        tampered = tuple(turn for turn in turns if turn.tamper and turn.action)
        branching = next((turn for turn in turns if turn.branch_from or turn.action == "compact"), None)
        return cls(stream, next(stored, None), tampered, resumed, branching)

    def against(self, mode: Combination, modes: Place) -> tuple[str, Place] | None:
        """Why the scenario cannot run in a mode, and what asks for it; None where it can.

        `modes` is where its modes are written.
        """
        delivery, state, _ = mode
        if delivery in STORED and state in WITHOUT_STORAGE:
            return f"delivery `{delivery}` needs a stored response, and with state `{state}` none is kept", modes
        if self.stream is not None and delivery in WITHOUT_STREAM:
            key = self.stream.key
            return f"`{shown(key)}` looks at a stream, and with delivery `{delivery}` there is none", self.stream.place
        if self.storage is not None and state in WITHOUT_STORAGE:
            action = self.storage.action
            return f"`{action}` needs a stored response, and with state `{state}` none is kept", self.storage.place
        if self.resumed is not None and delivery not in WITH_BACKGROUND_STREAM:
            reason = f"`resume` needs a background stream, and with delivery `{delivery}` there is none"
            return reason, self.resumed.place
        if self.branching is not None and state in IN_ONE_LINE:
            what = "branch_from" if self.branching.branch_from else self.branching.action
            return f"`{what}` begins another line, and with state `{state}` there is one alone", self.branching.place
        for turn in self.tampered:
            if turn.tamper and (told := state_reason(turn.tamper[0], turn.action, state)):
                return told, turn.place
        return None


def modes_of(document: Document, raw: Mapping[str, Any], needs: Needs) -> tuple[Modes, list[Diagnostic]]:
    """The modes of a scenario, and what is wrong with them."""
    block = raw.get("modes")
    block = block if isinstance(block, dict) else {}
    mistakes: list[Diagnostic] = []
    lists: dict[str, tuple[str, ...]] = {}
    for key, words in MODES.items():
        written = block.get(key)
        names = [each for each in written if isinstance(each, str)] if isinstance(written, list) else []
        mistakes += _names(document, key, names, words)
        lists[key] = tuple(names) or getattr(DEFAULTS, key)
    threshold = block.get("compact_threshold")
    mistakes += _threshold(document, lists["state"], threshold)
    modes = Modes(
        lists["delivery"],
        lists["state"],
        lists["client"],
        frozenset(block.keys() & MODES.keys()),
        compact_threshold=threshold if type(threshold) is int else None,
    )
    where = document.place(("modes",), key=True) if "modes" in raw else document.place(())
    reasons = {mode: told for mode in modes.multiplied() if (told := needs.against(mode, where)) is not None}
    if mistakes or len(reasons) < len(set(modes.multiplied())):
        impossible = {mode: reason for mode, (reason, _) in reasons.items()}
        return replace(modes, impossible=impossible), mistakes
    for reason, place in dict(reasons.values()).items():
        remedy = next(modes for sign, modes in REMEDIES.items() if sign in reason)
        mistakes.append(document.lines.diagnostic(place, reason, f"add a mode in which it can run: `modes: {remedy}`"))
    return modes, mistakes


def _threshold(document: Document, states: Sequence[str], threshold: Any) -> list[Diagnostic]:
    """What is wrong with `compact_threshold`: it and the state `auto_compacted` need each other."""
    if "auto_compacted" in states and threshold is None:
        at = ("modes", "state", states.index("auto_compacted"))
        remedy = "write `compact_threshold:` beside `state:`, for example 2000"
        return [document.diagnostic(at, "state `auto_compacted` needs a number of tokens to compact above", remedy)]
    if threshold is not None and "auto_compacted" not in states:
        told = "`compact_threshold` is for the state `auto_compacted`, which is not among these"
        return [document.diagnostic(("modes", "compact_threshold"), told, "add the state, or remove the number")]
    return []


def _names(document: Document, key: str, names: Sequence[str], words: Mapping[str, Word]) -> list[Diagnostic]:
    mistakes = []
    for index, name in enumerate(names):
        told: tuple[str, str | None] | None = None
        if name not in words:
            meant = did_you_mean(name, words)
            told = f"unknown {key} `{shown(name)}`", f"did you mean `{meant}`?" if meant else choice(built(words))
        elif not words[name].built:
            told = f"{key} `{name}` is not built yet in this version", choice(built(words))
        elif name in names[:index]:
            told = f"{key} `{name}` stands here twice", None
        if told:
            mistakes.append(document.diagnostic(("modes", key, index), *told))
    return mistakes
