"""Files → scenarios, or every mistake of every file at once.

A file is read once and its digest kept: what runs is what was checked. Loading runs nothing and sends nothing.
"""

import stat
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from harness.scenario import served
from harness.scenario.model import Expectation, Scenario, Turn
from harness.scenario.reading import Circumstances, Reader
from harness.scenario.variables import put_known, spelt, substitute
from harness.source.document import LIMITS, examine
from harness.source.place import Diagnostic, Place, Refused, shown


def load(path: Path, root: Path, *, settings: Collection[str] = (), today: date | None = None) -> list[Scenario]:
    """The scenarios of a file, in order.

    Args:
        path: the file. An absolute path below `root` is shown as the way there from `root`.
        root: the project; nothing outside it is read.
        settings: the names given by `--set`, known as variables everywhere.
        today: the day against which `until:` is held; the system's where none is given.

    Raises:
        Refused: something in it is wrong; every mistake, in file order.
    """
    return load_all([path], root, settings=settings, today=today)


def load_all(
    paths: Iterable[Path],
    root: Path | None = None,
    *,
    settings: Collection[str] = (),
    today: date | None = None,
) -> list[Scenario]:
    """The scenarios of several files, in order; all files are checked before any is refused.

    Raises:
        Refused: something in one of them is wrong; every mistake of every file.
    """
    scenarios: list[Scenario] = []
    mistakes: list[Diagnostic] = []
    for path in paths:
        name = _shown_path(path, root)
        text = _bytes(path, name)
        if isinstance(text, Diagnostic):
            mistakes.append(text)
            continue
        found, wrong = read(text, name, settings=settings, today=today, folder=path.parent)
        scenarios += found
        mistakes += wrong
    if mistakes:
        raise Refused(mistakes)
    return scenarios


def read(
    text: bytes,
    name: str,
    *,
    settings: Collection[str] = (),
    today: date | None = None,
    folder: Path | None = None,
) -> tuple[list[Scenario], list[Diagnostic]]:
    """The scenarios in the bytes of a file that are whole, and every mistake in the others, in file order.

    `folder` is where the file lies, from which attachments are read; None where it is no file.
    """
    documents, mistakes = examine(text, name)
    around = Circumstances(frozenset(settings), today or date.today(), sha256(text).hexdigest(), folder)
    scenarios: list[Scenario] = []
    first: dict[str, Place] = {}
    for document in documents:
        reader = Reader(document, around)
        scenario = reader.scenario()
        mistakes += reader.mistakes.found
        if scenario is None:
            continue
        scenarios.append(scenario)
        folded = scenario.id.casefold()
        if folded in first:
            at = ("id",) if "id" in reader.raw else ("scenario",)
            told = f"the id `{scenario.id}` stands in this file twice"
            mistakes.append(document.diagnostic(at, told, f"first in line {first[folded].line}"))
        first.setdefault(folded, scenario.place)
    return scenarios, sorted(set(mistakes))


def bound(scenario: Scenario, row: Mapping[str, Any]) -> Scenario:
    """The scenario with the values of a row (or any other bindings) put in, wherever variables may stand.

    What the row does not name stays open, for captures and the target. The outcome is a template still: what was
    put in is escaped, so that no later pass reads it. A `mock:` block is not ours to read: there the row's names are
    put in, everything else stays as it is, and no later pass follows.

    Raises:
        Refused: with these values a matcher is none.
    """
    if not row or not scenario.varies:
        return scenario
    return replace(
        scenario,
        request=substitute(scenario.request, row, partly=True),
        headers=_headers(scenario.headers, row),
        tools=tuple(substitute(tool, row, partly=True) for tool in scenario.tools),
        returns={name: each.bound(row) for name, each in scenario.returns.items()},
        mcp=served.bound(scenario.mcp, row),
        turns=tuple(_bound_turn(turn, row) for turn in scenario.turns),
        expect=_expectations(scenario.expect, row),
        mock=put_known(scenario.mock, row),
    )


def _bound_turn(turn: Turn, row: Mapping[str, Any]) -> Turn:
    return replace(
        turn,
        argument=substitute(turn.argument, row, partly=True),
        request=substitute(turn.request, row, partly=True),
        headers=_headers(turn.headers, row),
        expect=_expectations(turn.expect, row),
        mock=put_known(turn.mock, row),
    )


def _headers(headers: Mapping[str, str], row: Mapping[str, Any]) -> Mapping[str, str]:
    return {name: spelt(substitute(value, row, partly=True)) for name, value in headers.items()}


def _expectations(expect: tuple[Expectation, ...], row: Mapping[str, Any]) -> tuple[Expectation, ...]:
    return tuple(expectation.partly_bound(row) for expectation in expect)


def _shown_path(path: Path, root: Path | None) -> str:
    if root is not None and path.is_absolute():
        with suppress(ValueError):  # not below it
            return path.relative_to(root).as_posix()
    return path.as_posix()


def _bytes(path: Path, name: str) -> bytes | Diagnostic:
    """The whole file, or why it cannot be read; never more of it than a file may hold."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            return Diagnostic(Place(name, 1, 1), "the file is no regular file")
        with path.open("rb", buffering=0) as file:
            return file.readall() if found.st_size <= LIMITS.file_bytes else file.read(LIMITS.file_bytes + 1)
    except (FileNotFoundError, NotADirectoryError):
        return Diagnostic(Place(name, 1, 1), "the file does not exist")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return Diagnostic(Place(name, 1, 1), f"the file cannot be read: {shown(reason or 'no reason given')}")
