"""The turns of a scenario as they are written → turns as the engine takes them, or every mistake in them."""

from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path as FilePath
from typing import Any, Final

from harness.scenario import calls, naming, variants
from harness.scenario.actions import ACTIONS
from harness.scenario.attaching import Attaching
from harness.scenario.compiling import jsonpath_mistake
from harness.scenario.durations import LONGEST, seconds
from harness.scenario.expecting import Expecting
from harness.scenario.mistakes import MOST, Mistakes
from harness.scenario.model import MAX_ROUNDS, Turn
from harness.scenario.scope import Scope
from harness.scenario.tampering import TAMPERS, action_mistake
from harness.scenario.written import WrittenTurn
from harness.source.document import Path
from harness.source.place import shown, suggestion

WITH_USER: Final = ("attach",)
"""Keys that go with the action `user` alone."""


class Turns:
    """Reads the turns of one document, in order; what is wrong in them goes to `mistakes`."""

    def __init__(self, mistakes: Mistakes, scope: Scope, expecting: Expecting, folder: FilePath | None) -> None:
        """`folder` is where the scenario's file lies, None where it is none: then nothing can be attached."""
        self.mistakes = mistakes
        self.document = mistakes.document
        self.scope = scope
        self.expecting = expecting
        self.attaching = Attaching(mistakes, folder)

    def read(self, written: Sequence[Any]) -> list[Turn]:
        """The turns; those that are no mappings are told elsewhere."""
        turns: list[Turn] = []
        for index, raw in enumerate(written):
            if isinstance(raw, dict):
                turns.append(self._turn(raw, ("turns", index), turns, written))
        self.attaching.check_together()
        if (ways := variants.count(turns)) > variants.MOST:
            last = next(turn for turn in reversed(turns) if turn.attach)
            told = f"these attachments would be sent in {ways} ways together, and at most {variants.MOST} are tried"
            self.mistakes.note(self.document.lines.diagnostic(last.place, told, "name fewer ways in `via`"))
        return turns

    def _turn(self, raw: dict[str, Any], path: Path, turns: Sequence[Turn], written: Sequence[Any]) -> Turn:
        action = self._action(raw, path)
        expect = self.expecting.block(raw["expect"], (*path, "expect")) if "expect" in raw else ()
        captures = self._captures(raw, path)
        errs = any(expectation.subject == "error" for expectation in expect)
        argument = raw.get(action) if action else None
        turn = Turn(
            id=self._turn_id(raw, path, turns),
            action=action or "",
            argument=argument,
            place=self.document.place((*path, action), key=True) if action else self.document.place(path),
            request=_mapping(raw.get("request")),
            headers={name.lower(): value for name, value in _mapping(raw.get("headers")).items()},
            expect=expect,
            capture=captures,
            branch_from=branch if isinstance(branch := raw.get("branch_from"), str) else None,
            mock=raw.get("mock"),
            attach=self.attaching.attached(raw, path, errs),
            file=self.attaching.sent(argument, (*path, action), errs) if action in ("upload", "call") else None,
            tamper=self._tamper(raw, path, action),
            max_rounds=rounds if isinstance(rounds := raw.get("max_rounds"), int) else MAX_ROUNDS,
        )
        self._references(turn, turns, path, written)
        self._same_as(raw, turns, path, written)
        self._argument(turn, turns, path)
        self._fitting(raw, turn, path)
        self.scope.check_turn(raw, path)
        self.scope.capture(captures, turn.id)
        return turn

    def _mistake(self, path: Path, message: str, hint: str | None = None, *, key: bool = False) -> None:
        self.mistakes.add(path, message, hint, key=key)

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

    def _captures(self, raw: dict[str, Any], path: Path) -> dict[str, str]:
        captures = {name: at for name, at in _mapping(raw.get("capture")).items() if isinstance(at, str)}
        for name, jsonpath in captures.items():
            if told := Scope.name_mistake(name) or self.scope.taken(name):
                self._mistake((*path, "capture", name), *told, key=True)
            if problem := jsonpath_mistake(jsonpath):
                self._mistake((*path, "capture", name), problem)
        return captures

    def _tamper(self, raw: dict[str, Any], path: Path, action: str | None) -> tuple[str, str] | None:
        """What is broken and how; None where nothing is."""
        written = raw.get("tamper")
        if not isinstance(written, dict):
            return None
        at = (*path, "tamper")
        if len(written) != 1:
            self._mistake(at, "`tamper` breaks one thing", f"one of {', '.join(TAMPERS)}", key=True)
            return None
        ((what, how),) = written.items()
        if what not in TAMPERS:
            self._mistake(
                (*at, what), f"`tamper` cannot break `{shown(what)}`", suggestion(what, list(TAMPERS)), key=True
            )
            return None
        if not isinstance(how, str) or how not in TAMPERS[what]:
            ways = list(TAMPERS[what])
            told = f"`{what}` cannot be `{shown(how)}`"
            self._mistake((*at, what), told, suggestion(str(how), ways))
            return None
        if action is not None and (told_why := action_mistake(what, action)):
            self._mistake((*at, what), told_why, key=True)
        return what, how

    def _references(self, turn: Turn, earlier: Sequence[Turn], path: Path, written: Sequence[Any]) -> None:
        """Turns that are named come earlier and have what is asked of them."""
        action = ACTIONS.get(turn.action)
        if action is not None and isinstance(turn.argument, str) and action.names_turn:
            self._reference(turn.argument, earlier, (*path, turn.action), written)
        elif turn.action == "resume" and isinstance(name := _mapping(turn.argument).get("turn"), str):
            self._reference(name, earlier, (*path, "resume", "turn"), written)
        if turn.branch_from is not None:
            if action is not None and not action.creates and turn.action not in ("compact", "count_tokens"):
                told = f"`branch_from` says from where a response continues, and `{turn.action}` creates none"
                self._mistake((*path, "branch_from"), told, key=True)
            self._reference(turn.branch_from, earlier, (*path, "branch_from"), written, may_compact=True)

    def _same_as(self, raw: dict[str, Any], earlier: Sequence[Turn], path: Path, written: Sequence[Any]) -> None:
        """The turn to which this one is compared comes earlier."""
        named = _mapping(raw.get("expect")).get("same_as")
        at: Path = (*path, "expect", "same_as")
        if isinstance(named, dict):
            named, at = named.get("turn"), (*at, "turn")
        if isinstance(named, str) and named and "$" not in named:
            self._reference(named, earlier, at, written)

    def _reference(
        self, name: str, earlier: Sequence[Turn], path: Path, written: Sequence[Any], *, may_compact: bool = False
    ) -> None:
        found = next((turn for turn in earlier if turn.id == name), None)
        if found is None:
            ids = [turn.id for turn in earlier if turn.action in ACTIONS and ACTIONS[turn.action].creates]
            later = any(isinstance(each, dict) and each.get("id") == name for each in written)
            told = "comes no earlier than this one" if later else "is not there"
            self._mistake(path, f"the turn `{shown(name)}` {told}", suggestion(name, ids))
        elif may_compact and found.action == "compact":
            return
        elif found.action in ACTIONS and not ACTIONS[found.action].creates:
            self._mistake(path, f"the turn `{shown(name)}` is a `{found.action}` and creates no response")

    def _argument(self, turn: Turn, earlier: Sequence[Turn], path: Path) -> None:
        """What the types of `written` cannot say of an argument."""
        argument, at = turn.argument, (*path, turn.action)
        if turn.action == "wait" and isinstance(argument, str):
            if (found := seconds(argument)) is None or found > LONGEST:
                self._mistake(at, f"`{shown(argument)}` is no time to wait", "such as `500ms`, `2s`, `1m`, `24h`")
        elif turn.action == "count_tokens" and len(_mapping(argument)) > 1:
            self._mistake((*at, "input"), "`count_tokens` counts one message: `user` or `input`", key=True)
        elif turn.action == "call" and isinstance(argument, dict):
            self._call(argument, at)
        elif turn.action == "delete_file" and isinstance(argument, str) and "${" not in argument:
            uploads = [each.id for each in earlier if each.action == "upload"]
            if argument not in uploads:
                hint = (
                    suggestion(argument, uploads) or "name a turn that uploads, or write `${name}` of what was captured"
                )
                self._mistake(at, f"no earlier turn `{shown(argument)}` uploads a file", hint)
        elif turn.action in ("approve", "compact"):
            if not any(each.action in ACTIONS and ACTIONS[each.action].creates for each in earlier):
                what = "could ask for approval" if turn.action == "approve" else "could be compacted"
                self._mistake(at, f"there is no turn before this one that {what}", key=True)
            if turn.action == "compact" and argument:
                self._mistake(at, "`compact` takes nothing", "write `compact: {}`; what is sent stands in `request:`")

    def _call(self, argument: Mapping[str, Any], at: Path) -> None:
        path = argument.get("path")
        if isinstance(path, str) and (told := calls.path_mistake(path)):
            self._mistake((*at, "path"), told)
        if "body" in argument and "file" in argument:
            self._mistake((*at, "file"), "a call sends a `body` or a `file`, not both", key=True)
        if argument.get("method") == "GET" and argument.keys() & {"body", "file"}:
            key = "body" if "body" in argument else "file"
            self._mistake((*at, key), "a GET sends nothing", key=True)

    def _fitting(self, raw: Mapping[str, Any], turn: Turn, path: Path) -> None:
        """Keys that say something to this action."""
        if not turn.action:
            return
        action = ACTIONS[turn.action]
        for key in WITH_USER:
            if key in raw and turn.action != "user":
                self._mistake((*path, key), f"`{key}` goes with `user`, and this turn is a `{turn.action}`", key=True)
        if "max_rounds" in raw and not action.creates:
            told = f"`max_rounds` bounds the rounds of a response, and `{turn.action}` creates none"
            self._mistake((*path, "max_rounds"), told, key=True)
        if turn.action == "wait":
            for key in ("expect", "capture", "request", "headers"):
                if key in raw:
                    self._mistake((*path, key), f"a `wait` sends nothing, so `{key}` says nothing", key=True)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
