"""What our options say: the targets of a run, and the variables of `--set`."""

import json
import os
import re
import secrets
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from harness.engine.planning.examples import MOST_EXAMPLES
from harness.engine.planning.sharding import Shard
from harness.engine.targets.choosing import Chosen, CredentialMissing, NothingChosen, chosen
from harness.engine.targets.family import Fetch
from harness.scenario.repeating import MOST as MOST_REPEATS
from harness.source.place import Refused, did_you_mean
from harness.targets.reading import FILE
from harness.targets.spec import Selection
from harness.wire.redact import Redactor

if TYPE_CHECKING:  # connections, which only live targets need
    from harness.engine.targets.configured import Credentials
    from harness.engine.targets.target import Target

Keys = Callable[[Mapping[str, str], Redactor], "Credentials"]
"""Makes credentials of an environment, which tell the redactor of every value."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a run stands on: its targets, and the redactor that knows every credential of theirs."""

    chosen: Chosen
    redact: Redactor


def ground_of(config: pytest.Config, endpoint: Fetch, keys: Keys) -> Ground:
    """The targets that the options mean; `endpoint` fetches the embedded one, `keys` the credentials of live ones.

    Raises:
        pytest.UsageError: something is missing, wrong or unsafe; the message says what.
    """
    option = config.option
    redact = Redactor()
    selection = Selection(tuple(option.target), tuple(option.region), tuple(option.model))
    if option.endpoint is not None:
        if selection or option.targets:
            raise pytest.UsageError(
                "--endpoint names one target: --targets, --target, --region, --model do not go with it"
            )
        return Ground(Chosen((named_on_the_command_line(option, keys(os.environ, redact)),), True), redact)
    if option.deployment or option.api_key_env:
        raise pytest.UsageError("--deployment and --api-key-env go with --endpoint")
    file = targets_file(option.targets, config.rootpath)
    try:
        return Ground(chosen(file, selection, lambda: keys(os.environ, redact), endpoint, option.defect), redact)
    except (NothingChosen, CredentialMissing) as error:
        raise pytest.UsageError(str(error)) from None
    except Refused as refused:
        raise pytest.UsageError(f"nothing was sent\n{refused}") from None


def ground_of_recording(targets: "Sequence[Target]") -> Ground:
    """What a run stands on that is played again: the targets of that day, and no credential."""
    return Ground(Chosen(tuple(targets), True), Redactor())


def check_recording(option: Any) -> None:
    """Whether `--record` names a place where nothing is yet.

    Raises:
        pytest.UsageError: it does not.
    """
    if option.record is None:
        return
    folder = Path(option.record)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise pytest.UsageError(f"--record {folder}: something is there already; choose another folder, or remove it")


def targets_file(named: str | None, root: Path) -> Path | None:
    """The file that was named, else the project's own, else None."""
    if named is not None:
        return Path(named)
    usual = root / FILE
    return usual if usual.is_file() else None


def named_on_the_command_line(option: Any, credentials: "Credentials") -> "Target":
    """The target of --endpoint and its companions.

    Raises:
        pytest.UsageError: something is missing or unsafe.
    """
    if option.deployment is None:
        raise pytest.UsageError("--endpoint needs --deployment: what is sent as `model`")
    if option.api_key_env is not None and not os.environ.get(option.api_key_env):
        raise pytest.UsageError(f"the variable {option.api_key_env} (--api-key-env) is not set")
    try:
        return credentials.named(
            *(option.endpoint, option.deployment, option.api_key_env),
            model=option.target_model,
            region=option.target_region,
        )
    except ValueError as error:
        raise pytest.UsageError(str(error)) from None


def check_examples(wanted: int | None) -> None:
    """Whether `--examples` is a number that proves something and comes to an end.

    Raises:
        pytest.UsageError: it is not.
    """
    if wanted is not None and not 1 <= wanted <= MOST_EXAMPLES:
        raise pytest.UsageError(f"--examples {wanted}: between 1 and {MOST_EXAMPLES}")


def check_repeat(wanted: int | None) -> None:
    """Whether `--repeat` is a number of runs.

    Raises:
        pytest.UsageError: it is not.
    """
    if wanted is not None and not 1 <= wanted <= MOST_REPEATS:
        raise pytest.UsageError(f"--repeat {wanted}: between 1 and {MOST_REPEATS}")


def check_settings(settings: Mapping[str, Any], wanted: Collection[str]) -> None:
    """Whether every variable of `--set` stands in some scenario.

    Raises:
        pytest.UsageError: one stands in none; the message suggests what was meant.
    """
    for name in settings:
        if name not in wanted:
            own = sorted(each for each in wanted if "." not in each)
            hint = did_you_mean(name, own)
            told = f"; did you mean {hint}?" if hint else ""
            raise pytest.UsageError(f"--set {name}: no scenario of this run has ${{{name}}}{told}")


def settings_of(pairs: Sequence[str]) -> dict[str, Any]:
    """`--set name=value` as variables; a value that is JSON keeps its type, anything else is text.

    Raises:
        pytest.UsageError: an argument is not of the form `name=value`.
    """
    settings: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            raise pytest.UsageError(f"--set {pair!r}: write NAME=VALUE")
        try:
            settings[name] = json.loads(value)
        except ValueError:
            settings[name] = value
    return settings


RUN_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


@dataclass(frozen=True, slots=True)
class Naming:
    """What a run is called, which shard of it this is (None: all of it), and which worker of pytest-xdist."""

    run: str
    shard: Shard | None
    worker: str | None


def naming_of(config: pytest.Config) -> Naming:
    """The names that the options mean.

    Raises:
        pytest.UsageError: one of them cannot be one, or a shard has no run to be part of.
    """
    option = config.option
    worker = getattr(config, "workerinput", None)
    try:
        shard = Shard.read(option.shard) if option.shard else None
    except ValueError as error:
        raise pytest.UsageError(f"--shard {error}") from None
    if option.balance and shard is None:
        raise pytest.UsageError("--balance goes with --shard")
    if option.run_id is None:
        if shard is not None:
            raise pytest.UsageError("--shard needs --run-id: the shards of one run bear its name, to be joined again")
        return Naming(worker["harness_run"] if worker else new_run_id(), None, worker["workerid"] if worker else None)
    if not RUN_ID.fullmatch(option.run_id):
        raise pytest.UsageError(f"--run-id {option.run_id!r}: letters, digits, `_`, `.` and `-`, at most 100")
    return Naming(option.run_id, shard, worker["workerid"] if worker else None)


def new_run_id() -> str:
    """An id that sorts by time: `20260131-235959-1f3a`."""
    return time.strftime("%Y%m%d-%H%M%S", time.gmtime()) + "-" + secrets.token_hex(2)
