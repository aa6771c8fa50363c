"""`--debug-log`: the diary of a pytest process."""

from pathlib import Path

import pytest

from harness.engine.diary import Diary, diary_of_worker, tell
from harness.wire.redact import Redactor


def diary_of(config: pytest.Config, worker: str | None, redact: Redactor) -> Diary | None:
    """The diary that is asked for, open; None where none is.

    Raises:
        pytest.UsageError: its file cannot be written.
    """
    named = config.option.debug_log
    if named is None:
        return None
    try:
        diary = Diary(diary_of_worker(Path(named), worker), redact)
    except OSError as error:
        raise pytest.UsageError(f"--debug-log {named}: {error.strerror or error}") from None
    tell("the log begins", worker=worker, folder=str(config.invocation_params.dir))
    return diary
