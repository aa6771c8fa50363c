"""`mcp:` of a scenario: tool servers that the harness itself serves while a case runs, and what their tools answer."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from harness.scenario.mistakes import Mistakes
from harness.scenario.returns import Returns, outcomes_of
from harness.source.document import Path
from harness.source.place import shown

LABEL: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
"""What a server may be called: its name stands in variables, and in the address."""
TOOL: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
KIND: Final = "mcp"


@dataclass(frozen=True, slots=True)
class Served:
    """One tool: what is listed of it, and what it returns."""

    returns: Returns
    description: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    read_only: bool = False

    def bound(self, row: Mapping[str, Any]) -> "Served":
        """The same with some variables put into what it returns."""
        return replace(self, returns=self.returns.bound(row))


Servers = Mapping[str, Mapping[str, Served]]
"""The tools of every server, by its label and theirs."""


def bound(servers: Servers, row: Mapping[str, Any]) -> Servers:
    """The same with some variables put in."""
    return {label: {name: tool.bound(row) for name, tool in tools.items()} for label, tools in servers.items()}


def address_name(label: str) -> str:
    """The variable that holds the address of a server."""
    return f"mcp.{label}.url"


def read(raw: Any, mistakes: Mistakes) -> Servers:
    """The servers under `mcp:`; what is no mapping is told elsewhere."""
    return {label: dict(tools(label, server, mistakes)) for label, server in mapping(raw).items()}


def tools(label: str, server: Any, mistakes: Mistakes) -> Iterator[tuple[str, Served]]:
    """The tools of one server."""
    if not LABEL.fullmatch(label):
        hint = "letters, digits, `_` and `-`, a letter first"
        mistakes.add(("mcp", label), f"`{shown(label)}` is no name for a server", hint, key=True)
    for name, tool in mapping(mapping(server).get("tools")).items():
        path: Path = ("mcp", label, "tools", name)
        if not TOOL.fullmatch(name):
            mistakes.add(path, f"`{shown(name)}` is no name for a tool", "letters, digits, `_` and `-`", key=True)
        tool = mapping(tool)

        def report(within: Path, message: str, hint: str | None, key: bool, at: Path = (*path, "returns")) -> None:
            mistakes.add((*at, *within), message, hint, key=key)

        place = mistakes.document.place(path, key=True)
        returns = Returns(KIND, outcomes_of(tool.get("returns"), report), place)
        parameters = mapping(tool.get("parameters"))
        yield name, Served(returns, tool.get("description"), parameters, tool.get("read_only") is True)


def mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
