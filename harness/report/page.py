"""A Run as one HTML file that opens anywhere: nothing from the network, nothing that acts.

All text from models, services and files is untrusted. Three walls stand before it: every template escapes what it
is given (there is no way around it: no `safe` filter, no markup made here), data for the script lie in JSON blocks
and become text nodes, and the page's own policy allows no script or style but the two whose hashes it names.
"""

import base64
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from harness.comparison.comparison import Comparison
from harness.comparison.gated import Gated
from harness.record.run import Run, uncollected
from harness.report.evidence import Evidence
from harness.report.minimal import minimal
from harness.report.panels import answer, cases, changes, conversation, gaps, measures, modes, regions
from harness.report.text import visible


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the page; its template is `panels/<name>.html.j2`."""

    name: str
    build: Callable[[Evidence], dict[str, Any]]


PANELS: Final = (
    Panel("answer", answer.build),
    Panel("changes", changes.build),
    Panel("regions", regions.build),
    Panel("modes", modes.build),
    Panel("measures", measures.build),
    Panel("gaps", gaps.build),
    Panel("cases", cases.build),
    Panel("conversation", conversation.build),
)
"""The parts in page order. The table of cases has no end in sight, so nothing stands below it."""


class NotReported(OSError):
    """The page could not be written; the one that was there before is as it was."""

    def __init__(self, path: Path, error: OSError) -> None:
        self.path, self.error = path, error
        super().__init__(f"{path}: the report could not be written ({error.strerror or error}); the record is whole")


class PageBroke(Exception):
    """Making the page failed, which is a fault of ours; a plain text was written in its place."""

    def __init__(self, text: Path) -> None:
        self.text = text
        super().__init__(f"the page could not be made; a summary in plain text stands in {text}")


def _finalize(value: Any) -> Any:
    """The last step before escaping: nothing unseen reaches the page."""
    return visible(value) if type(value) is str else value


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.policies["json.dumps_kwargs"] = {"sort_keys": False, "separators": (",", ":")}
    return environment


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def html(run: Run, comparison: Comparison | None = None, gated: Gated | None = None) -> str:
    """The page. The same run, comparison and gate give the same text."""
    evidence = Evidence(run, comparison, gated)
    environment = _environment()
    page = environment.get_template("page.html.j2")
    style = environment.get_template("style.css").render()
    script = environment.get_template("script.js").render()
    panels = {panel.name: panel.build(evidence) for panel in PANELS}
    return page.render(
        run=run.head.run,
        panels=panels,
        names=[panel.name for panel in PANELS],
        style_hash=_hash(style),
        script_hash=_hash(script),
    )


def write(run: Run, target: Path, comparison: Comparison | None = None, gated: Gated | None = None) -> None:
    """Writes the page; what was there before is replaced at once or not at all.

    With a comparison it tells what changed, with a gate whether it is open.

    Raises:
        NotReported: it could not be written.
        PageBroke: it could not be made; a text with the same name and `.txt` stands beside.
    """
    try:
        with uncollected():
            text = html(run, comparison, gated)
    except Exception as error:  # whatever a panel stumbles over, the reader gets the result
        beside = target.with_suffix(".txt")
        _replace(beside, minimal(run))
        raise PageBroke(beside) from error
    _replace(target, text)


def _replace(target: Path, text: str) -> None:
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise NotReported(target, error) from error
