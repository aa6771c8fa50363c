"""Scenarios for tests, from a few lines of YAML."""

from datetime import date
from pathlib import Path
from textwrap import dedent

from harness.scenario.load import read
from harness.scenario.model import Scenario
from harness.source.place import Diagnostic

TODAY = date(2026, 11, 22)
ENDING = "turns: [{user: Hello, expect: {status: completed}}]\n"

FOLDER = Path(__file__).parent
"""Where the scenarios of tests lie; `attachments/` below it holds what they send."""


def scenarios(text: str, *, settings: tuple[str, ...] = ()) -> list[Scenario]:
    """The scenarios of a file; a mistake in it fails the test."""
    found, mistakes = read(dedent(text).encode(), "a.yaml", settings=settings, today=TODAY, folder=FOLDER)
    assert not mistakes, "\n\n".join(map(str, mistakes))
    return found


def scenario(text: str, *, settings: tuple[str, ...] = ()) -> Scenario:
    """The one scenario of a file; what it lacks of title and turns is added."""
    (found,) = scenarios(completed(text), settings=settings)
    return found


def mistakes(text: str, *, settings: tuple[str, ...] = ()) -> list[Diagnostic]:
    """What is wrong with a file, completed in the same way."""
    return read(completed(text).encode(), "a.yaml", settings=settings, today=TODAY, folder=FOLDER)[1]


def told(text: str, *, settings: tuple[str, ...] = ()) -> list[str]:
    """The messages of what is wrong, with their hints."""
    return [f"{each.message} | {each.hint or ''}".rstrip(" |") for each in mistakes(text, settings=settings)]


def completed(text: str) -> str:
    text = dedent(text).lstrip("\n")
    if not any(line.startswith(("scenario:", "- ", "{")) for line in text.splitlines()):
        text = f"scenario: A title\n{text}"
    if not any(line.startswith("turns:") for line in text.splitlines()):
        text = f"{text}{'' if text.endswith(chr(10)) else chr(10)}{ENDING}"
    return text
