"""The definition of an MCP server in a request: its fields, where it may lie, which of its tools may be called how."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from harness.mock.asked import check_choice, check_type, missing
from harness.mock.errors import invalid
from harness.wire.hosts import is_loopback

FIELDS: Final[Mapping[str, tuple[type, ...]]] = {
    "server_label": (str,),
    "server_url": (str,),
    "connector_id": (str,),
    "server_description": (str,),
    "authorization": (str,),
    "headers": (dict,),
    "allowed_tools": (list, dict),
    "require_approval": (str, dict),
}
"""Fields of a definition and their types; null stands for none."""


def check_definition(tool: Mapping[str, Any], path: str) -> None:
    """Raises `Refused`; `path` is the definition's place."""
    for name, kinds in FIELDS.items():
        if tool.get(name) is not None:
            check_type(f"{path}.{name}", tool[name], kinds)
    if not tool.get("server_label"):
        raise missing(f"{path}.server_label")
    if bool(tool.get("server_url")) == bool(tool.get("connector_id")):
        raise invalid(f"Exactly one of '{path}.server_url' and '{path}.connector_id' must be given.", path)
    check_address(tool.get("server_url"), f"{path}.server_url")
    for name, value in (tool.get("headers") or {}).items():
        check_type(f"{path}.headers.{name}", value, (str,))
        if not (name.isascii() and name.isprintable() and value.isprintable()):
            raise invalid(f"Invalid '{path}.headers': names and values must be printable.", f"{path}.headers")
    check_rules(tool, path)


def check_address(url: str | None, path: str) -> None:
    """TLS, but for servers on this machine. Raises `Refused`."""
    if url is None:
        return
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        parts, host = None, ""
    if parts is None or parts.scheme not in ("http", "https") or not host or parts.username:
        raise invalid(f"Invalid '{path}': expected an https address of an MCP server.", path, "invalid_value")
    if parts.scheme == "http" and not is_loopback(host):
        raise invalid(f"Invalid '{path}': MCP servers must be reached over TLS (https).", path, "invalid_value")


def check_rules(tool: Mapping[str, Any], path: str) -> None:
    """`require_approval` and `allowed_tools`. Raises `Refused`."""
    rule = tool.get("require_approval")
    if isinstance(rule, str):
        check_choice(f"{path}.require_approval", rule, ("always", "never"))
    for name, filters in (
        ("allowed_tools", tool.get("allowed_tools")),
        *(rule if isinstance(rule, dict) else {}).items(),
    ):
        if name not in ("allowed_tools", "always", "never"):
            raise invalid(f"Unknown parameter: '{path}.require_approval.{name}'.", f"{path}.require_approval.{name}")
        names = filters.get("tool_names") if isinstance(filters, dict) else filters
        if names is not None:
            check_type(f"{path}.{name}.tool_names", names, (list,))
            for one in names:
                check_type(f"{path}.{name}.tool_names", one, (str,))


def covers(filters: object, tool: Mapping[str, Any]) -> bool:
    """Whether a filter, a list of names or `{tool_names, read_only}`, takes in a listed tool."""
    if isinstance(filters, Mapping):
        names, read_only = filters.get("tool_names"), filters.get("read_only")
        if read_only is not None and (tool.get("annotations") or {}).get("read_only") is not read_only:
            return False
        return names is None or tool["name"] in names
    return filters is None or (isinstance(filters, Sequence) and tool["name"] in filters)


def needs_approval(definition: Mapping[str, Any], tool: Mapping[str, Any]) -> bool:
    """Whether the client must be asked before this tool is called; always, unless the definition says otherwise."""
    rule = definition.get("require_approval")
    if not isinstance(rule, Mapping):
        return rule != "never"
    if rule.get("never") is not None and covers(rule["never"], tool):
        return False
    return rule.get("always") is None or covers(rule["always"], tool)
