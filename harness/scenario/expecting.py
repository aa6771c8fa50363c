"""An `expect:` block as it stands in the YAML → expectations, one for each subject or inner key of one."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.matchers import MATCHERS
from harness.scenario.compiling import Unbound, compiled, jsonpath_mistake, matcher_for
from harness.scenario.mistakes import Mistakes
from harness.scenario.model import Expectation
from harness.scenario.subjects import SUBJECTS, Subject
from harness.scenario.variables import drafted, holds_marks, names, substitute
from harness.source.document import Document, Path
from harness.source.place import Refused, shown, suggestion


class Expecting:
    """Reads the blocks of one document; what is wrong in them goes to `mistakes`."""

    def __init__(self, document: Document, rows: Sequence[Mapping[str, Any]], mistakes: Mistakes) -> None:
        self.document = document
        self.rows = rows
        self.mistakes = mistakes

    def block(self, written: Any, path: Path) -> tuple[Expectation, ...]:
        """The expectations of the block at `path`; anything but a mapping is told elsewhere."""
        if not isinstance(written, dict):
            return ()
        if not written:
            self._mistake(path, "an empty `expect` demands nothing", "write a subject, such as `status: completed`")
        return tuple(made for name, raw in written.items() for made in self._subject(name, raw, (*path, name)))

    def _mistake(self, path: Path, message: str, hint: str | None = None, *, key: bool = True) -> None:
        self.mistakes.add(path, message, hint, key=key)

    def _subject(self, name: str, raw: Any, path: Path) -> Iterator[Expectation]:
        subject = SUBJECTS.get(name)
        if subject is None:
            hint = suggestion(name, list(SUBJECTS)) or "other fields of the response stand under `path:`"
            self._mistake(path, f"unknown subject `{shown(name)}` in `expect`", hint)
        elif not subject.built:
            self._mistake(path, f"`{name}` is not built yet in this version")
        elif name == "same_as" and path[0] == "expect":
            self._mistake(path, "`same_as` is a demand on one turn", "write it in that turn's own `expect`")
        elif subject.open_parts is not None or (subject.parts and _has_parts(subject, raw)):
            yield from self._parts(name, subject, raw, path)
        else:
            yield self._expectation(name, None, raw, path)

    def _parts(self, name: str, subject: Subject, raw: Any, path: Path) -> Iterator[Expectation]:
        if not isinstance(raw, dict) or not raw:
            self._mistake(path, f"`{name}` needs a mapping of {subject.open_parts} and matcher")
            return
        seen: set[str] = set()
        for key, inner in raw.items():
            part, at = key, (*path, key)
            if subject.open_parts == "JSONPath":
                if told := jsonpath_mistake(key):
                    self._mistake(at, told)
                    continue
            elif subject.open_parts == "header":
                part = key.lower()
                if part in seen:
                    self._mistake(at, f"the header `{shown(part)}` stands here twice")
                seen.add(part)
            elif subject.open_parts is None and key not in subject.parts:
                self._mistake(at, f"unknown key `{shown(key)}` in `{name}`", suggestion(key, list(subject.parts)))
                continue
            yield self._expectation(name, part, inner, at)

    def _expectation(self, name: str, part: str | None, raw: Any, path: Path) -> Expectation:
        def report(within: Path, message: str, hint: str | None, key: bool) -> None:
            self._mistake((*path, *within), message, hint, key=key)

        place = self.document.place(path, key=True)
        open_names = frozenset(names(raw)) if holds_marks(raw) else frozenset()
        key = name if part is None else f"{name}/{part}"
        if open_names:
            before = len(self.mistakes.found)
            matcher_for(name, part, drafted(raw), report, draft=True)
            demand = Expectation(key, name, Unbound(), raw, place, part, open_names)
            if len(self.mistakes.found) == before:
                self._try_rows(demand, path)
            return demand
        value = substitute(raw, {}) if holds_marks(raw) else raw
        return Expectation(key, name, matcher_for(name, part, value, report), raw, place, part)

    def _try_rows(self, demand: Expectation, path: Path) -> None:
        """Where the rows alone give all the values, the matcher is tried with each before anything runs."""
        for number, row in enumerate(self.rows):
            if not demand.names <= row.keys():
                return
            try:
                compiled(demand, substitute(demand.raw, row))
            except Refused as refused:
                for each in refused.diagnostics:
                    self._mistake(path, f"with row {number + 1} of `cases`: {each.message}", each.hint, key=False)
                return


def _has_parts(subject: Subject, raw: Any) -> bool:
    """Whether a mapping names parts of the subject, rather than matchers of it as a whole."""
    return isinstance(raw, dict) and (not raw.keys() <= MATCHERS.keys() or bool(raw.keys() & subject.parts.keys()))
