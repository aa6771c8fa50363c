"""One document of YAML → a scenario, or every mistake in it.

The models of `written` check shapes; here names are resolved, and whatever one part of a scenario says is held
against the others. All checks run even where some fail, so that a file is mended in one go.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from itertools import islice
from pathlib import Path as FilePath
from typing import Any, Final

from harness.catalogue import Catalogue
from harness.findings import CODES
from harness.matchers.base import Report
from harness.scenario import headers, naming, repeating, served
from harness.scenario.addresses import address_mistake, fetched
from harness.scenario.expecting import Expecting
from harness.scenario.generate import Given
from harness.scenario.mistakes import MOST, Enough, Mistakes
from harness.scenario.model import Allow, Expectation, Scenario, Turn
from harness.scenario.modes import Needs, modes_of
from harness.scenario.returns import ANSWERED, Returns, outcomes_of
from harness.scenario.rows import Rows
from harness.scenario.scope import Scope
from harness.scenario.turns import Turns
from harness.scenario.written import WrittenScenario
from harness.source.document import Document, Path
from harness.source.place import Place, did_you_mean, shown, suggestion
from harness.source.typed import checked

OWNED: Final[Mapping[str, str]] = {
    "stream": "write `modes: {delivery: [stream]}`",
    "input": "the turn's action says it: `user:` or `input:`",
}
"""Keys of a request that are not the scenario's to write, and where what they say stands instead."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a scenario's meaning hangs on beside its text: names of `--set`, the day, the file's digest and folder."""

    settings: frozenset[str]
    today: date
    digest: str
    folder: FilePath | None = None


class Reader:
    """Reads one document; `scenario()` answers None where `mistakes` has found any."""

    def __init__(self, document: Document, circumstances: Circumstances) -> None:
        self.document = document
        self.circumstances = circumstances
        self.mistakes = Mistakes(document)
        self.raw: dict[str, Any] = document.value if isinstance(document.value, dict) else {}

    def scenario(self) -> Scenario | None:
        """The scenario, or None."""
        try:
            return self._scenario()
        except Enough:
            return None

    def _scenario(self) -> Scenario | None:
        written, misshapen = checked(self.document, WrittenScenario)
        for each in misshapen:
            self.mistakes.note(each)
        if not self.raw:
            return None
        self._names()
        table = Rows(self.mistakes, self.circumstances.folder)
        rows = table.read(self.raw)
        given = Given(self.mistakes).read(self.raw.get("given"), table.columns)
        repeats = repeating.read(self.raw, self.mistakes)
        servers = served.read(self.raw.get("mcp"), self.mistakes)
        settings = self.circumstances.settings | {served.address_name(label) for label in servers}
        scope = Scope(self.mistakes, table.columns | given.keys(), settings, self._promised())
        expecting = Expecting(self.document, rows, self.mistakes)
        identity = self._identity()
        self._request(())
        tools, returns = self._tools()
        shared = expecting.block(self.raw.get("expect"), ("expect",))
        allow = self._allow()
        written_turns = _list(self.raw.get("turns"))
        turns = Turns(self.mistakes, scope, expecting, self.circumstances.folder).read(written_turns)
        for index, each in enumerate(written_turns):
            if isinstance(each, dict):
                self._request(("turns", index))
        self._addresses()
        scope.check_shared(self.raw)
        modes, told = modes_of(self.document, self.raw, self._needs(shared, turns))
        for each in told:
            self.mistakes.note(each)
        self._demands_something(shared, turns)
        if written is None or self.mistakes.found:
            return None
        return Scenario(
            title=written.scenario,
            id=identity,
            turns=tuple(turns),
            file=self.document.file,
            place=self.document.place(("scenario",), key=True),
            digest=self.circumstances.digest,
            source=self.document.text,
            first_line=self.document.first_line,
            about=written.about,
            tags=tuple(written.tags),
            owner=written.owner,
            links=tuple(written.links),
            sensitive=written.sensitive,
            needs=tuple(written.needs),
            targets=tuple(written.targets),
            modes=modes,
            rows=tuple(rows),
            given=given,
            repeats=repeats,
            request=written.request,
            headers={name.lower(): value for name, value in written.headers.items()},
            tools=tools,
            returns=returns,
            mcp=servers,
            expect=shared,
            allow=allow,
            mock=written.mock,
            mock_places=self._mock_places(),
            varies=not scope.bare,
        )

    def _mistake(self, path: Path, message: str, hint: str | None = None, *, key: bool = False) -> None:
        self.mistakes.add(path, message, hint, key=key)

    def _identity(self) -> str:
        """The scenario's id, as written or from its title; empty where there is none."""
        given, title = self.raw.get("id"), self.raw.get("scenario")
        if isinstance(given, str):
            if told := naming.id_mistake(given):
                self._mistake(("id",), *told)
            return given
        made = naming.slug(title) if isinstance(title, str) else ""
        if not made and "id" not in self.raw and isinstance(title, str) and title.strip():
            self._mistake(("scenario",), "this title gives no id", "add one: `id: short-name-in-ascii`")
        return made

    def _names(self) -> None:
        """Names and texts that are shown as they are hold nothing hidden."""
        for key in ("scenario", "owner"):
            if isinstance(name := self.raw.get(key), str) and name and (told := naming.name_mistake(name)):
                self._mistake((key,), f"`{key}` {told}")
        for key in ("tags", "needs", "targets", "links"):
            for index, name in enumerate(_list(self.raw.get(key))):
                if not isinstance(name, str) or not name:
                    continue
                if told := naming.name_mistake(name):
                    self._mistake((key, index), f"this entry of `{key}` {told}")
                elif key in ("tags", "needs") and not naming.TAG.fullmatch(name):
                    self._mistake((key, index), f"`{shown(name)}` cannot stand in `{key}`", "letters, digits, `_.:-`")
                elif key == "needs" and name not in Catalogue.load().vocabulary:
                    remedy = suggestion(name, list(Catalogue.load().vocabulary)) or "`harness catalogue` lists them all"
                    self._mistake((key, index), f"unknown feature `{shown(name)}`", remedy)
                elif key == "tags" and name in naming.MARKS_OF_PYTEST:
                    self._mistake((key, index), f"`{name}` is a mark with which pytest does something", "another word")
                elif key == "links" and not naming.LINK.fullmatch(name):
                    self._mistake((key, index), f"`{shown(name)}` is no address", "it begins with `https://`")

    def _promised(self) -> dict[str, str]:
        """Every name that some turn captures, with the turn's id."""
        promised: dict[str, str] = {}
        for index, turn in enumerate(_list(self.raw.get("turns"))):
            for name in _mapping(_mapping(turn).get("capture")):
                promised.setdefault(name, str(turn.get("id", f"turn-{index + 1}")))
        return promised

    def _request(self, path: Path) -> None:
        """Nothing in a request or in headers that is not the scenario's to say."""
        around = self._at(path)
        for key, remedy in OWNED.items():
            request = _mapping(around.get("request"))
            if key in request and (key != "stream" or isinstance(request[key], bool)):
                self._mistake((*path, "request", key), f"`{key}` is not for `request` to say", remedy, key=True)
        seen: set[str] = set()
        for name, value in _mapping(around.get("headers")).items():
            at = (*path, "headers", name)
            if told := headers.name_mistake(name):
                self._mistake(at, *told, key=True)
            if name.lower() in seen:
                self._mistake(at, f"the header `{shown(name)}` stands here twice", key=True)
            seen.add(name.lower())
            if isinstance(value, str) and "${" not in value and (problem := headers.value_mistake(value)):
                self._mistake(at, problem)

    def _tools(self) -> tuple[tuple[dict[str, Any], ...], dict[str, Returns]]:
        """The tools as they are sent, and by name what the harness answers for those that have `returns`."""
        sent: list[dict[str, Any]] = []
        returns: dict[str, Returns] = {}
        for index, tool in enumerate(_list(self.raw.get("tools"))):
            tool = _mapping(tool)
            sent.append({key: value for key, value in tool.items() if key != "returns"})
            for key in tool.keys() - {"returns"}:
                if get_close_matches(key.lower(), ["returns"], cutoff=0.85):
                    self._mistake(
                        ("tools", index, key), f"`{shown(key)}` is no key of a tool", "write `returns`", key=True
                    )
            if "returns" not in tool:
                continue
            path: Path = ("tools", index, "returns")
            kind, name = tool.get("type"), tool.get("name")
            if not isinstance(kind, str) or kind not in ANSWERED or not isinstance(name, str):
                told = "`returns` answers calls of a function or a custom tool that has a name"
                self._mistake(path, told, f"`type` is one of {', '.join(ANSWERED)}", key=True)
            elif name in returns:
                self._mistake((*path[:2], "name"), f"there is a tool `{shown(name)}` with `returns` already")
            else:
                outcomes = outcomes_of(tool["returns"], self._below(path))
                returns[name] = Returns(str(kind), outcomes, self.document.place(path, key=True))
        return tuple(sent), returns

    def _below(self, path: Path) -> Report:
        """Takes mistakes whose paths begin at a node."""

        def report(within: Path, message: str, hint: str | None, key: bool) -> None:
            self._mistake((*path, *within), message, hint, key=key)

        return report

    def _addresses(self) -> None:
        """Nothing that is sent has the service fetch what it must not."""
        asked: list[tuple[Path, Any]] = [(("tools",), self.raw.get("tools")), (("request",), self.raw.get("request"))]
        for index, turn in enumerate(_list(self.raw.get("turns"))):
            asked += [(("turns", index, key), _mapping(turn).get(key)) for key in ("input", "request")]
        for path, value in asked:
            for at, address in fetched(value, path):
                if told := address_mistake(address):
                    self._mistake(at, told)

    def _mock_places(self) -> dict[Path, Place]:
        """Where every key of the `mock:` blocks stands."""
        blocks: list[tuple[Path, Any]] = [(("mock",), self.raw.get("mock"))]
        for index, turn in enumerate(_list(self.raw.get("turns"))):
            blocks.append((("turns", index, "mock"), _mapping(turn).get("mock")))
        found: dict[Path, Place] = {}
        for path, block in blocks:
            if isinstance(block, dict):
                found[path] = self.document.place(path, key=True)
                for at in _keys(block, path):
                    found[at] = self.document.place(at, key=isinstance(at[-1], str))
        return found

    def _at(self, path: Path) -> dict[str, Any]:
        value: Any = self.raw
        for token in path:
            value = value[token]
        return _mapping(value)

    def _allow(self) -> dict[str, Allow]:
        allowed: dict[str, Allow] = {}
        for code, entry in _mapping(self.raw.get("allow")).items():
            path = ("allow", code)
            if code not in CODES:
                self._mistake(path, f"there is no rule `{shown(code)}`", suggestion(code, list(CODES)), key=True)
            elif not CODES[code].can_be_lowered:
                self._mistake(path, f"the rule `{code}` cannot be lowered", key=True)
            if not isinstance(entry, dict):
                continue
            until, reason = entry.get("until"), entry.get("reason")
            day = self._day(until, (*path, "until")) if isinstance(until, str) else None
            allowed[code] = Allow(reason if isinstance(reason, str) else "", day)
        return allowed

    def _day(self, text: str, path: Path) -> date | None:
        try:
            day = date.fromisoformat(text) if len(text) == 10 else None
        except ValueError:
            day = None
        if day is None:
            self._mistake(path, f"`{shown(text)}` is no day", "write it as 2027-03-31")
        elif day < self.circumstances.today:
            self._mistake(path, f"{text} is past", "look whether the rule holds by now; if not, set a new day")
        return day

    def _needs(self, shared: Sequence[Expectation], turns: Sequence[Turn]) -> Needs:
        expectations = [*shared, *(each for turn in turns for each in turn.expect)]
        return Needs.of(expectations, turns)

    def _demands_something(self, shared: Sequence[Expectation], turns: Sequence[Turn]) -> None:
        """There is an expectation; one that is wrong has been told, and counts."""
        written = _list(self.raw.get("turns"))
        if shared or not written or any(turn.expect for turn in turns):
            return
        keys = dict.fromkeys(key for each in (self.raw, *written) for key in _mapping(each))
        if not any(did_you_mean(key, WrittenScenario.model_fields) == "expect" for key in islice(keys, MOST)):
            remedy = "add `expect:` to a turn or the scenario"
            self._mistake(("scenario",), "nothing is expected here", remedy, key=True)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _keys(value: Any, path: Path) -> Iterator[Path]:
    """The path of everything below a value."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield (*path, key)
        yield from _keys(inner, (*path, key))
