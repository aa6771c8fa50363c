"""One document of YAML → a scenario, or every mistake in it.

The models of `written` check shapes; here names are resolved, and whatever one part of a scenario says is held
against the others. All checks run even where some fail, so that a file is mended in one go.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Any, Final

from harness.catalogue import Catalogue
from harness.findings import CODES
from harness.scenario import headers, naming
from harness.scenario.actions import ACTIONS
from harness.scenario.compiling import jsonpath_mistake
from harness.scenario.expecting import Expecting
from harness.scenario.mistakes import MOST, Enough, Mistakes
from harness.scenario.model import Allow, Expectation, Scenario, Turn
from harness.scenario.modes import Needs, modes_of
from harness.scenario.scope import Scope
from harness.scenario.written import WrittenScenario, WrittenTurn
from harness.source.document import Document, Path
from harness.source.place import did_you_mean, shown, suggestion
from harness.source.typed import checked

OWNED: Final[Mapping[str, str]] = {
    "stream": "write `modes: {delivery: [stream]}`",
    "input": "the turn's action says it: `user:` or `input:`",
}
"""Keys of a request that are not the scenario's to write, and where what they say stands instead."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a scenario's meaning hangs on beside its text: names of `--set`, the day, the file's digest."""

    settings: frozenset[str]
    today: date
    digest: str


class Reader:
    """Reads one document; `scenario()` answers None where `mistakes` has found any."""

    def __init__(self, document: Document, circumstances: Circumstances) -> None:
        self.document = document
        self.circumstances = circumstances
        self.mistakes = Mistakes(document)
        self.raw: dict[str, Any] = document.value if isinstance(document.value, dict) else {}

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        return [row for row in _list(self.raw.get("cases")) if isinstance(row, dict)]

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
        scope = Scope(self.mistakes, frozenset(self._columns()), self.circumstances.settings, self._promised())
        expecting = Expecting(self.document, self.rows, self.mistakes)
        identity = self._identity()
        self._request(())
        self._tools()
        shared = expecting.block(self.raw.get("expect"), ("expect",))
        allow = self._allow()
        turns = self._turns(scope, expecting)
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
            needs=tuple(written.needs),
            targets=tuple(written.targets),
            modes=modes,
            rows=tuple(self.rows),
            request=written.request,
            headers={name.lower(): value for name, value in written.headers.items()},
            tools=tuple(written.tools),
            expect=shared,
            allow=allow,
            mock=written.mock,
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

    def _columns(self) -> list[str]:
        """The columns of `cases`: every row has the same ones."""
        if not self.rows:
            return []
        first = self.rows[0]
        for number, row in enumerate(self.rows):
            for column in row.keys() - first.keys():
                self._mistake(("cases", number, column), f"row 1 has no column `{shown(column)}`", key=True)
            for column in first.keys() - row.keys():
                self._mistake(("cases", number), f"this row lacks the column `{shown(column)}`")
        for column in first:
            if told := Scope.name_mistake(column):
                self._mistake(("cases", 0, column), *told, key=True)
        if not first:
            self._mistake(("cases", 0), "a row without columns")
        return list(first)

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

    def _tools(self) -> None:
        """What this version does not do for a tool must not be sent to the service as if it were the API's."""
        for index, tool in enumerate(_list(self.raw.get("tools"))):
            if "returns" in _mapping(tool):
                remedy = "send the output as a `function_call_output` item of the next turn's `input`"
                self._mistake(
                    ("tools", index, "returns"), "`returns` is not built yet in this version", remedy, key=True
                )

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

    def _turns(self, scope: Scope, expecting: Expecting) -> list[Turn]:
        turns: list[Turn] = []
        for index, raw in enumerate(_list(self.raw.get("turns"))):
            if not isinstance(raw, dict):
                continue
            path: Path = ("turns", index)
            action = self._action(raw, path)
            self._request(path)
            expect = expecting.block(raw["expect"], (*path, "expect")) if "expect" in raw else ()
            captures = self._captures(raw, path, scope)
            turn = Turn(
                id=self._turn_id(raw, path, turns),
                action=action or "",
                argument=raw.get(action) if action else None,
                place=self.document.place((*path, action), key=True) if action else self.document.place(path),
                request=_mapping(raw.get("request")),
                headers={name.lower(): value for name, value in _mapping(raw.get("headers")).items()},
                expect=expect,
                capture=captures,
                branch_from=branch if isinstance(branch := raw.get("branch_from"), str) else None,
                mock=raw.get("mock"),
            )
            self._references(turn, turns, path)
            scope.check_turn(raw, path)
            scope.capture(captures, turn.id)
            turns.append(turn)
        return turns

    def _action(self, raw: dict[str, Any], path: Path) -> str | None:
        """The turn's one action that this version runs, or None; a turn with none or several is a mistake."""
        actions = [key for key in raw if key in ACTIONS]
        for second in actions[1:]:
            told = f"a turn has one action, and this one has `{actions[0]}` already"
            self._mistake((*path, second), told, "make it a turn of its own", key=True)
        if not actions and not any(self._meant_action(key) for key in islice(raw, MOST)):
            built = [f"`{name}`" for name, action in ACTIONS.items() if action.built]
            self._mistake(path, "this turn has no action", f"one of {', '.join(built)}")
        return next((key for key in actions if ACTIONS[key].built), None)

    @staticmethod
    def _meant_action(key: str) -> bool:
        """Whether an unknown key is a misspelt action, so that its own diagnostic says all."""
        return key not in WrittenTurn.model_fields and suggestion(key, list(ACTIONS)) is not None

    def _turn_id(self, raw: dict[str, Any], path: Path, turns: Sequence[Turn]) -> str:
        given = raw.get("id")
        made = given if isinstance(given, str) else f"turn-{int(path[-1]) + 1}"
        at = (*path, "id") if "id" in raw else path
        if isinstance(given, str) and (told := naming.id_mistake(given)):
            self._mistake(at, *told)
        elif any(turn.id == made for turn in turns):
            self._mistake(at, f"the turn id `{shown(made)}` stands here twice")
        return made

    def _captures(self, raw: dict[str, Any], path: Path, scope: Scope) -> dict[str, str]:
        captures = {name: at for name, at in _mapping(raw.get("capture")).items() if isinstance(at, str)}
        for name, jsonpath in captures.items():
            if told := Scope.name_mistake(name) or scope.taken(name):
                self._mistake((*path, "capture", name), *told, key=True)
            if problem := jsonpath_mistake(jsonpath):
                self._mistake((*path, "capture", name), problem)
        return captures

    def _references(self, turn: Turn, earlier: Sequence[Turn], path: Path) -> None:
        """Turns that are named come earlier and have what is asked of them."""
        action = ACTIONS.get(turn.action)
        if action is not None and action.names_turn and isinstance(turn.argument, str):
            self._reference(turn.argument, earlier, (*path, turn.action))
        if turn.branch_from is not None:
            if action is not None and not action.creates:
                told = f"`branch_from` says from where a response continues, and `{turn.action}` creates none"
                self._mistake((*path, "branch_from"), told, key=True)
            self._reference(turn.branch_from, earlier, (*path, "branch_from"))

    def _reference(self, name: str, earlier: Sequence[Turn], path: Path) -> None:
        found = next((turn for turn in earlier if turn.id == name), None)
        if found is None:
            ids = [turn.id for turn in earlier if turn.action in ACTIONS and ACTIONS[turn.action].creates]
            later = any(isinstance(each, dict) and each.get("id") == name for each in _list(self.raw.get("turns")))
            told = "comes no earlier than this one" if later else "is not there"
            self._mistake(path, f"the turn `{shown(name)}` {told}", suggestion(name, ids))
        elif found.action in ACTIONS and not ACTIONS[found.action].creates:
            self._mistake(path, f"the turn `{shown(name)}` is a `{found.action}` and creates no response")

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
