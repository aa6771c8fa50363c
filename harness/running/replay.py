"""Runs that are played again, and kept to be: `--record`, `--replay`, `--rejudge`."""

import shlex
from pathlib import Path
from typing import Final

import pytest

from harness.engine.replay.cassette import Cassette
from harness.record.chain import NotRecorded
from harness.record.joining import NotOneRun, join
from harness.record.unsound import Unsound
from harness.running.telling import shown_path

NOT_WITH: Final = (
    *("endpoint", "deployment", "api_key_env", "targets", "target", "region", "model"),
    *("defect", "probe", "resume", "repeat", "examples", "max_requests"),
)
"""Options that say on what or how often to run; a recording has said that."""


def cassette_of(config: pytest.Config) -> Cassette:
    """What `--replay` or `--rejudge` names.

    The run gets the variables of that day, and its files where no path is named.

    Raises:
        pytest.UsageError: it holds no sound record, or does not go with another option.
    """
    option = config.option
    if option.replay is not None and option.rejudge is not None:
        raise pytest.UsageError("--replay asks for the same requests, --rejudge does not: choose one")
    named = option.replay or option.rejudge
    for name in NOT_WITH:
        if getattr(option, name):
            how = "replay" if option.replay else "rejudge"
            told = f"--{how} takes that from the recording"
            raise pytest.UsageError(f"--{name.replace('_', '-')} does not go with --{how}: {told}")
    try:
        cassette = Cassette.read(Path(named), strict=option.replay is not None)
    except Unsound as problem:
        raise pytest.UsageError(f"{named}: {problem}") from None
    given = {each.partition("=")[0] for each in option.set}
    option.set = [*option.set, *(each for each in cassette.settings() if each.partition("=")[0] not in given)]
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args[:] = _files(cassette, config.invocation_params.dir)
    return cassette


def _files(cassette: Cassette, root: Path) -> list[str]:
    """The files whose scenarios were recorded.

    Raises:
        pytest.UsageError: one is not there.
    """
    files = list(dict.fromkeys(line.file for line in cassette.head.scenarios))
    for file in files:
        if not (root / file).is_file():
            raise pytest.UsageError(f"{file} was recorded and is not here: name the paths that are to be played")
    return [str(root / file) for file in files]


def kept(directory: Path, record: str | None) -> str | None:
    """Keeps a finished run as a cassette, where that is wanted; why it could not be, or None."""
    if record is None:
        return None
    try:
        join([directory], Path(record))
    except (NotOneRun, NotRecorded, Unsound) as error:
        return f"the cassette was not kept: {error}"
    return None


def again(directory: Path, node: str, cassette: Cassette | None) -> str:
    """The command that plays one case of a run again, without a call."""
    how = "run --replay" if cassette is None or cassette.strict else "rejudge"
    return f"again, without a call: harness {how} {shlex.quote(shown_path(directory))} {shlex.quote(node)}"
