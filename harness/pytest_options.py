"""What our options say: the target of `--endpoint`, and the variables of `--set`."""

import json
import os
import re
from collections.abc import Sequence
from typing import Any

import pytest

from harness.engine.target import Target, live_target
from harness.targets.origins import UnsafeEndpoint
from harness.wire.redact import Secret


def named_on_the_command_line(option: Any) -> tuple[Target, Secret | None]:
    """The target of --endpoint and its companions, and its key.

    Raises:
        pytest.UsageError: something is missing or unsafe; the message says what.
    """
    if option.deployment is None:
        raise pytest.UsageError("--endpoint needs --deployment: what is sent as `model`")
    key = None
    try:
        if option.api_key_env is not None:
            value = os.environ.get(option.api_key_env)
            if not value:
                raise pytest.UsageError(f"the variable {option.api_key_env} (--api-key-env) is not set")
            key = Secret(option.api_key_env, value)
        target = live_target(
            option.endpoint, option.deployment, key, model=option.target_model, region=option.target_region
        )
    except (UnsafeEndpoint, ValueError) as error:
        raise pytest.UsageError(str(error)) from None
    return target, key


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
