"""`--resume`: a run taken up again by the options that it was begun with."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from harness.engine.planning.sharding import Shard
from harness.engine.traces.resuming import CannotResume, Earlier, take_up

ASKED: Final = (
    *("endpoint", "deployment", "api_key_env", "target_model", "target_region"),
    *("targets", "target", "region", "model", "probe", "defect", "set", "examples", "repeat"),
)
"""Options that decide what a run is made of. They hold no secret: a key is named by its variable."""

PATHS: Final = "paths"
"""Under which the paths are kept that were named."""

_UNSET: Final[tuple[Any, ...]] = (None, [], False)


def asked(config: pytest.Config) -> dict[str, Any]:
    """The options of this run that one that takes it up again needs, as far as they were given."""
    given = {name: value for name in ASKED if (value := getattr(config.option, name, None)) not in _UNSET}
    if config.args_source is pytest.Config.ArgsSource.ARGS:
        given[PATHS] = list(config.args)
    return given


def prepare(config: pytest.Config) -> Earlier:
    """Reads what there is of a run that is taken up again, and gives this one its options.

    Raises:
        pytest.UsageError: there is nothing to take up, or an option says something else than it did.
    """
    option = config.option
    try:
        shard = Shard.read(option.shard).name if option.shard else None
        earlier = take_up(Path(option.resume), shard)
    except (CannotResume, ValueError) as error:
        raise pytest.UsageError(f"--resume {option.resume}: {error}") from None
    if option.run_id not in (None, earlier.head.run):
        raise pytest.UsageError(f"--resume: this run is called {earlier.head.run}, and not {option.run_id}")
    option.run_id = earlier.head.run
    _restore(option, earlier.head.options)
    paths = earlier.head.options.get(PATHS)
    if config.args_source is not pytest.Config.ArgsSource.ARGS and paths:
        config.args[:] = [str(path) for path in paths]
    return earlier


def _restore(option: Any, was: Mapping[str, Any]) -> None:
    """Every option that decides what the run is made of, as it was; what is given anew must be the same."""
    for name in ASKED:
        now, then = getattr(option, name, None), was.get(name)
        if now in _UNSET and then is not None:
            if "[redacted]" in str(then):
                raise pytest.UsageError(f"--resume: give {_spelt(name)} again; it is not kept in the record")
            setattr(option, name, then)
        elif now not in _UNSET and now != then and "[redacted]" not in str(then):
            was_given = f"it was begun with {then!r}" if then is not None else "it was begun without it"
            raise pytest.UsageError(f"--resume: {_spelt(name)} {now!r} would make it another run: {was_given}")


def _spelt(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def still_the_same(differences: Sequence[str], changed: bool) -> None:
    """Whether a run may go on.

    Raises:
        pytest.UsageError: something is not as it was, and nobody said that it may be.
    """
    if differences and not changed:
        told = "\n".join(f"  {each}" for each in differences)
        raise pytest.UsageError(
            f"--resume: this would not be the same run, and nothing was sent\n{told}\n"
            "begin another one, or go on all the same with --resume-changed: "
            "the cases of what was changed run again, beside what was recorded of them"
        )
