"""Addresses that a scenario has the service fetch: what is refused before anything is sent.

The harness fetches none of them. A scenario of somebody else's must not send the service to places that only its own
network reaches, whatever way the address is spelt.
"""

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from harness.source.document import Path
from harness.source.place import shown

KEYS: Final = frozenset({"image_url", "file_url", "server_url"})
"""Keys of input items and tools behind which an address stands."""
SCHEMES: Final = ("https", "http", "data")
_INNER: Final = ("localhost", ".localhost", ".local", ".internal", ".localdomain")


def address_mistake(address: str) -> str | None:
    """Why the service is not sent to an address; None where it may be, or where a variable is still to come."""
    if "${" in address:
        return None
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return f"`{shown(address)}` is no address"
    if parts.scheme not in SCHEMES:
        return f"`{shown(address)}` is no address that the service is sent to: it begins with https:// or data:"
    if parts.scheme == "data":
        return None
    if not host or parts.username is not None:
        return f"`{shown(address)}` is no address of a host alone"
    if host in _INNER or host.endswith(_INNER[1:]) or _is_inner(host):
        return f"`{shown(host)}` lies in a network that the service is not sent into"
    return None


def _is_inner(host: str) -> bool:
    """Whether a host is a number, in any spelling that a resolver takes, of a network that is not public."""
    try:
        number: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(host)
    except ValueError:
        try:
            number = ipaddress.IPv4Address(socket.inet_aton(host))  # 2130706433, 0x7f.1, 0177.0.0.1
        except (OSError, ValueError, UnicodeError):
            return False
    if isinstance(number, ipaddress.IPv6Address):
        number = number.ipv4_mapped or number.sixtofour or number
    return not number.is_global or number.is_multicast


def fetched(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every address in input items or tools that the service is to fetch, with the path to it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in KEYS:
                address = inner.get("url") if isinstance(inner, dict) else inner
                if isinstance(address, str):
                    yield (*path, key), address
            else:
                yield from fetched(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from fetched(inner, (*path, index))
