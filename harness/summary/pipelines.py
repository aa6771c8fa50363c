"""What pipelines read on standard output: annotations for GitHub, logging commands for Azure DevOps.

Untrusted text never starts a line and holds no command: it is on one line, and what the service would obey is broken
up.
"""

from collections.abc import Iterator
from typing import Final

from harness.record.outcome import Outcome
from harness.summary import words
from harness.summary.figures import Summary
from harness.summary.words import tame

SHOWN: Final = 10
"""Annotations of one run: GitHub shows ten of a step."""


def github(summary: Summary) -> Iterator[str]:
    """One annotation for each case that needs eyes, the verdict last."""
    eyes = [told for told in summary.cases if told.needs_eyes]
    for told in eyes[:SHOWN]:
        kind = "warning" if told.outcome == "inconclusive" else "error"
        file, line = _where(told)
        title = attribute(f"{told.outcome}: {told.case.rpartition('::')[2]}")
        yield f"::{kind} file={attribute(file)},line={line},title={title}::{message(words.cause(told))}"
    if len(eyes) > SHOWN:
        yield f"::notice title=harness::{message(f'and {len(eyes) - SHOWN:,} more cases that need eyes')}"
    yield f"::notice title=harness::{message(words.headline(summary))}"


def azure(summary: Summary) -> Iterator[str]:
    """One issue for each case that needs eyes, then the result of the task."""
    for told in [told for told in summary.cases if told.needs_eyes][:SHOWN]:
        kind = "warning" if told.outcome == "inconclusive" else "error"
        file, line = _where(told)
        about = f"type={kind};sourcepath={_field(file)};linenumber={line};code={_field(told.outcome)}"
        yield f"##vso[task.logissue {about}]{_issue(f'{told.case}: {words.cause(told)}')}"
    result = "Succeeded" if summary.exit == 0 else "SucceededWithIssues" if summary.exit == 6 else "Failed"
    yield f"##vso[task.complete result={result};]{_issue(words.headline(summary))}"


def _where(told: Outcome) -> tuple[str, int]:
    place = next((finding.place for finding in told.weighty if finding.place is not None), None)
    if place is not None:
        return place.file, place.line
    return told.case.partition("::")[0], told.shown.line if told.shown is not None else 1


def message(text: str) -> str:
    """A GitHub command's message: on one line, and no `::` in it."""
    return tame(text).replace("%", "%25").replace("::", ": :").replace("::", ": :")


def attribute(text: str) -> str:
    """A GitHub command's property: as a message, and nothing that ends a property either."""
    return tame(text).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")


def _issue(text: str) -> str:
    """An Azure command's message: on one line, and no command in it."""
    return tame(text).replace("%", "%AZP25")


def _field(text: str) -> str:
    """An Azure command's property."""
    return _issue(text).replace(";", "%3B").replace("]", "%5D")
