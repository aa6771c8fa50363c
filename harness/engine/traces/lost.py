"""Cases whose process died under them: errored, with their names, in a record beside that of the process."""

from pathlib import Path
from typing import Final

from harness.findings import Verdict
from harness.record.lines import CaseLine, Head
from harness.record.run import Run
from harness.record.writer import Redact, RunWriter

LOST: Final = "lost"
"""The part of a run that holds such cases."""


class Lost:
    """Writes them; the record begins with the first.

    Args:
        shard: the shard of the run, whose part this is a part of.
    """

    def __init__(self, directory: Path, shard: str | None, redact: Redact) -> None:
        self._directory, self._redact = directory, redact
        self._part = "-".join(filter(None, (shard, LOST)))
        self._writer: RunWriter | None = None

    def note(self, item: str, why: str) -> CaseLine | None:
        """A case is lost; `item` is its id as the process that died knew it. None where it was finished all the same.

        Raises:
            NotRecorded: it could not be kept.
            Unsound: there is no record of the run that would know the case.
            LookupError: it is no case of this run.
        """
        run = Run.read(self._directory)
        case = _planned(run.head, item)
        if case is None:
            raise LookupError(item)
        if case in run.attempts:
            return None
        if self._writer is None:
            self._writer = RunWriter(self._directory, run.head, redact=self._redact, shard=self._part, again=True)
        line = lost(run.head, case, why)
        self._writer.case(line)
        return line

    def close(self) -> None:
        """Puts on disk what was written; a second time does nothing.

        Raises:
            NotRecorded: it could not.
        """
        if self._writer is not None:
            self._writer.close()


def lost(head: Head, case: str, why: str) -> CaseLine:
    """What is known of a case by its id alone."""
    file, _, name = case.partition("::")
    scenario, _, mode = name.partition("[")
    known = next((line for line in head.scenarios if (line.file, line.id) == (file, scenario)), None)
    targets = [line for line in head.targets if mode.startswith(f"{line.name}-")]
    target = max(targets, key=lambda line: len(line.name), default=None)
    return CaseLine(
        case,
        scenario,
        file,
        known.line if known else 0,
        known.title if known else scenario,
        target.name if target else "",
        Verdict.ERRORED,
        region=target.region if target else None,
        model=(target.model or target.deployment) if target else None,
        reason=why,
    )


def _planned(head: Head, item: str) -> str | None:
    """The planned case of a pytest item, whose file is named from pytest's own root."""
    if item in head.planned:
        return item
    return next((case for case in head.planned if item.endswith(f"/{case}") or case.endswith(f"/{item}")), None)
