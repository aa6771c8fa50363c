"""What GitHub would obey in a run's output, it does not hear.

A runner of GitHub Actions looks for commands in every line that a step writes. No text from outside begins a line of
ours, and what acts in the middle of one is broken up; this is the second wall: from the first scenario file on, until
all is told, commands are stopped with a token that nobody can guess.
"""

import os
import secrets
from typing import Any

import pytest


class Unheard:
    """Stops commands in the output of a pytest process, and lets them be heard again at its very end."""

    def __init__(self, config: pytest.Config, token: str | None = None) -> None:
        self._terminal: Any = config.pluginmanager.get_plugin("terminalreporter")
        self._token = token or f"unheard-{secrets.token_hex(16)}"
        self._tell(f"::stop-commands::{self._token}")

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        self._tell(f"::{self._token}::")

    def _tell(self, command: str) -> None:
        if self._terminal is not None:
            self._terminal.write(f"\n{command}\n")  # the line before may not have ended yet


def obeyed() -> bool:
    """Whether somebody reads commands in what is written: `GITHUB_ACTIONS` says so."""
    return os.environ.get("GITHUB_ACTIONS") == "true"
