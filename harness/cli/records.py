"""Records as arguments of commands: read, and refused in the same words everywhere."""

from pathlib import Path

import click

from harness.record.run import Run
from harness.record.unsound import Unsound
from harness.source.place import escaped


class Refused(click.ClickException):
    """What was asked cannot be done; nothing was written."""

    exit_code = 4


class NotKept(click.ClickException):
    """What was made could not be written, or the record is not wholly what was written."""

    exit_code = 3


def read(path: Path) -> Run:
    """The run of a directory or of one of its record files. Raises `Refused` where it cannot be read."""
    try:
        return Run.read(path)
    except Unsound as problem:
        raise Refused(escaped(f"{path}: {problem}")) from problem


def written(path: Path, text: str | bytes) -> None:
    """Writes a file whole or not at all. Raises `NotKept`."""
    data = text.encode("utf-8", "replace") if isinstance(text, str) else text
    half = path.with_name(f".{path.name}.part")
    try:
        half.write_bytes(data)
        half.replace(path)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise NotKept(escaped(f"{path} was not written: {error.strerror or error}")) from error
