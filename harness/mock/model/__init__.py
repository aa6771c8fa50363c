"""The simulated model: deterministic, and it knows only what is in its context."""

from harness.mock.model.context import Context, Draft
from harness.mock.model.mind import answer
from harness.mock.model.remembering import essence

__all__ = ["Context", "Draft", "answer", "essence"]
