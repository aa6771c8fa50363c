"""Which variables are known where in a scenario; a name that is not known there is a mistake of its author."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from harness.scenario.mistakes import Mistakes
from harness.scenario.variables import NAME, PLAIN_NAME, RESERVED, TARGET_NAMES, occurrences
from harness.source.document import Path
from harness.source.place import did_you_mean, shown

SHARED: Final = ("request", "headers", "tools", "mcp", "expect")
"""The keys of a scenario in which variables are put in."""
OF_TURN: Final = (
    *("user", "input", "request", "headers", "expect"),
    *("count_tokens", "upload", "delete_file", "call"),
)
"""The keys of a turn in which variables are put in."""


class Scope:
    """The names known so far, turn after turn."""

    def __init__(
        self, mistakes: Mistakes, columns: frozenset[str], settings: frozenset[str], promised: Mapping[str, str]
    ) -> None:
        """`promised` are all names that any turn captures, with the turn's id."""
        self.mistakes = mistakes
        self.document = mistakes.document
        self.columns = columns
        self.known: set[str] = {*columns, *settings, *TARGET_NAMES}
        self.captured: dict[str, str] = {}
        self.promised = promised
        text = self.document.text
        self.bare = "${" not in text and "$$" not in text and "\\" not in text  # no variable in it: spare the walk

    @staticmethod
    def name_mistake(name: str) -> tuple[str, str | None] | None:
        """Why a name cannot be given to a column or capture, and a hint; None where it can."""
        if not PLAIN_NAME.fullmatch(name):
            return f"`{shown(name)}` is no name for a variable", "letters, digits, `_` and `-`, a letter first"
        return (f"the name `{name}` is the harness's own", None) if name in RESERVED else None

    def taken(self, name: str) -> tuple[str, str | None] | None:
        """Why a capture cannot bear a name that something else has; None where it is free."""
        if name in self.columns:
            return f"`{shown(name)}` is a column of `cases` already", None
        if name in self.captured:
            return f"`{shown(name)}` is captured by the turn `{shown(self.captured[name])}` already", None
        return None

    def capture(self, names: Mapping[str, str], turn: str) -> None:
        """From here on these names are known."""
        self.captured.update(dict.fromkeys(names, turn))
        self.known.update(names)

    def check_turn(self, raw: Mapping[str, Any], path: Path) -> None:
        """Every variable of a turn is known before it."""
        if not self.bare:
            for key in OF_TURN:
                self._check(raw.get(key), (*path, key), self.known)

    def check_shared(self, raw: Mapping[str, Any]) -> None:
        """Every variable that all turns share is known before the first; called when all turns were read."""
        if not self.bare:
            for key in SHARED:
                self._check(raw.get(key), (key,), self.known - self.captured.keys())

    def _check(self, value: Any, path: Path, known: set[str]) -> None:
        for at, name in occurrences(value, path):
            if name.startswith("secret."):
                if not _may_be_secret(at):
                    message = f"`${{{shown(name)}}}` cannot stand here"
                    remedy = "a secret is the whole `authorization`, or a header, of a tool of type `mcp`"
                    place = self.document.place_of_text(at, f"${{{name}")
                    self.mistakes.note(self.document.lines.diagnostic(place, message, remedy))
            elif name not in known and not _is_argument(at, name):
                message, hint = self._unknown(name, known)
                place = self.document.place_of_text(at, f"${{{name}")
                self.mistakes.note(self.document.lines.diagnostic(place, message, hint))
        for at in _keys_with_marks(value, path):
            self.mistakes.add(at, "a variable cannot stand in a key", "`${…}` is put into values alone", key=True)

    def _unknown(self, name: str, known: set[str]) -> tuple[str, str | None]:
        message = f"unknown variable `{shown(name)}`"
        if name in self.promised:
            return message, f"the turn `{shown(self.promised[name])}` captures it: only turns after that know it"
        if not NAME.fullmatch(name):
            return message, "inside `${…}` stands a name and nothing else; a dollar sign is written `$$`"
        if meant := did_you_mean(name, sorted(known)):
            return message, f"did you mean `{meant}`?"
        return message, "names come from `cases`, `capture`, the target and `--set`; the environment cannot be read"


def _is_argument(path: Path, name: str) -> bool:
    """Whether a name stands for what a tool is called with, and stands where that is known."""
    of_tool = path[:1] == ("tools",) and path[2:3] == ("returns",)
    of_server = path[:1] == ("mcp",) and path[4:5] == ("returns",)
    return (of_tool or of_server) and name.partition(".")[0] == "arguments"


def _may_be_secret(at: Path) -> bool:
    """Whether a text is a remote tool's `authorization` or one of its header lines."""
    return (len(at) > 2 and at[-3] == "tools" and at[-1] == "authorization") or (
        len(at) > 3 and at[-4] == "tools" and at[-2] == "headers"
    )


def _keys_with_marks(value: Any, path: Path) -> Iterator[Path]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if "${" in key:
                yield (*path, key)
            yield from _keys_with_marks(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _keys_with_marks(inner, (*path, index))
