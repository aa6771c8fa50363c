"""Servers that others wrote, where they are installed: nothing is found there that the page does not list."""

import pytest
from proofs import other_servers


@pytest.mark.parametrize("name", ["aimock", "litellm"])
def test_what_is_found_is_listed(name):
    program = {"aimock": "aimock/node_modules/.bin/llmock", "litellm": "litellm/venv/bin/litellm"}[name]
    if not (other_servers.HOME / program).exists():
        pytest.skip(f"{name} is not installed: `make other-servers` does it")

    try:
        with getattr(other_servers, name)() as (address, deployment):
            assert other_servers.tried(name, address, deployment) == 0
    except other_servers.NotInstalled as why:
        pytest.skip(f"{name} does not start here: {why}")
