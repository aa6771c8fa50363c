"""Targets on the embedded endpoint before it is there: what is known of them without it.

The endpoint brings a web server and a model with it. Whoever only asks which targets there are, or collects scenarios,
does without: it is fetched when a script is to be read or a case opens its door.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from harness.engine.targets.facts import Facts

if TYPE_CHECKING:  # connections, which whoever only plans does without
    from harness.engine.targets.target import Door, Grounds, Target

MODELS: Final = (
    ("gpt-5-mini", "swedencentral"),
    ("gpt-4.1", "eastus2"),
    ("o3", "eastus2"),
    ("computer-use-preview", "eastus2"),
)
"""Models of the embedded endpoint that are used without any configuration, each in a region that documents it."""

FAMILY: Final = tuple(
    Facts(f"mock/{region}/{model}", "embedded", "mock", model, model=model, region=region) for model, region in MODELS
)
"""The default targets: a scenario runs on the first that documents what it needs."""


class Endpoint(Protocol):
    """The embedded endpoint, as those need it who choose targets."""

    def check(self, defect: str) -> None:
        """Raises LookupError where there is no defect of such a name; the message suggests one."""
        ...

    def target(self, facts: Facts, defects: Sequence[str]) -> "Target":
        """A target on it, with these defects switched on."""
        ...


Fetch = Callable[[], Endpoint]
"""Fetches the endpoint, whose code is read only then."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """A target on the embedded endpoint, which is fetched when it is needed."""

    facts: Facts
    defects: tuple[str, ...]
    fetch: Fetch

    def mistake(self, script: Mapping[str, Any] | None) -> tuple[str, tuple[str | int, ...]] | None:
        return None if script is None else self._there().mistake(script)

    def open(self, grounds: "Grounds", script: Mapping[str, Any] | None) -> "AbstractAsyncContextManager[Door]":
        return self._there().open(grounds, script)

    def _there(self) -> "Target":
        return self.fetch().target(self.facts, self.defects)
