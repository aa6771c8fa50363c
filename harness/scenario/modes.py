"""`modes:` as it is written → the combinations that are run, and why others are not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from harness.scenario.actions import ACTIONS, MODES, WITHOUT_STORAGE, WITHOUT_STREAM, Word, built
from harness.scenario.model import Combination, Expectation, Modes, Turn
from harness.scenario.subjects import needs_stream
from harness.source.document import Document
from harness.source.place import Diagnostic, Place, choice, did_you_mean, shown

DEFAULTS: Final = Modes()


@dataclass(frozen=True, slots=True)
class Needs:
    """What of a scenario cannot go with every mode, and where that stands; None where nothing does."""

    stream: Expectation | None
    storage: Turn | None

    @classmethod
    def of(cls, expectations: Sequence[Expectation], turns: Sequence[Turn]) -> "Needs":
        stream = next((each for each in expectations if needs_stream(each.subject, each.part)), None)
        stored = (turn for turn in turns if turn.action in ACTIONS and ACTIONS[turn.action].needs_storage)
        return cls(stream, next(stored, None))

    def against(self, mode: Combination) -> tuple[str, Place] | None:
        """Why the scenario cannot run in a mode, and what asks for it; None where it can."""
        delivery, state, _ = mode
        if self.stream is not None and delivery in WITHOUT_STREAM:
            key = self.stream.key
            return f"`{shown(key)}` looks at a stream, and with delivery `{delivery}` there is none", self.stream.place
        if self.storage is not None and state in WITHOUT_STORAGE:
            action = self.storage.action
            return f"`{action}` needs a stored response, and with state `{state}` none is kept", self.storage.place
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
    modes = Modes(lists["delivery"], lists["state"], lists["client"], frozenset(block.keys() & MODES.keys()))
    reasons = {mode: against for mode in modes.multiplied() if (against := needs.against(mode)) is not None}
    if mistakes or len(reasons) < len(set(modes.multiplied())):
        impossible = {mode: reason for mode, (reason, _) in reasons.items()}
        return replace(modes, impossible=impossible), mistakes
    for reason, place in dict(reasons.values()).items():
        remedy = "add a mode in which it can run: `modes: {delivery: [stream]}`"
        if "state" in reason:
            remedy = "add a mode in which it can run: `modes: {state: [chained]}`"
        mistakes.append(document.lines.diagnostic(place, reason, remedy))
    return modes, mistakes


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
