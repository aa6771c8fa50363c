"""Addresses to which credentials go: https, a host on the operator's list, nothing hidden in them.

Compared is the host as the name service will see it, label by label; what looks like a host and is none, or like
another one, is refused.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from harness.source.place import shown
from harness.wire.hosts import is_loopback

SERVICE_HOSTS: Final = ("*.openai.azure.com", "*.services.ai.azure.com")
"""Whose resources are known as such: a `*` stands for one label. Others are named under `hosts`."""

_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
_PATTERN: Final = re.compile(rf"(?:\*\.)?{_LABEL.pattern}(?:\.{_LABEL.pattern})*", re.IGNORECASE)
_PATH: Final = re.compile(r"(?:/[A-Za-z0-9._~-]+)*/?")


class UnsafeEndpoint(ValueError):
    """An address to which no key is sent; the message says what is wrong with it, `hint` what to write."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        self.hint = hint
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port: what a credential belongs to."""

    scheme: str
    host: str
    port: int

    @property
    def on_loopback(self) -> bool:
        return is_loopback(self.host)

    def covers(self, url: str) -> bool:
        """Whether an address lies at this origin."""
        try:
            return origin_of(url) == self
        except ValueError:
            return False


def origin_of(url: str) -> Origin:
    """The origin of an address.

    Raises:
        ValueError: it has none.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError("no http(s) address")
    return Origin(parts.scheme, host, parts.port or (443 if parts.scheme == "https" else 80))


def safe_base(address: str, hosts: Collection[str] | None = None) -> str:
    """The base address of an API with one slash at its end.

    `hosts` are patterns of hosts to which credentials may go beside loopback; None where the operator names the
    address itself on the command line.

    Raises:
        UnsafeEndpoint: something about it is not plain.
    """
    _plain(address)
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise UnsafeEndpoint(f"`{shown(address)}` is no address") from None
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        raise UnsafeEndpoint(f"`{shown(address)}` is no http(s) address", "https://HOST/openai/v1/")
    if "@" in parts.netloc or "?" in address or "#" in address:
        raise UnsafeEndpoint("the endpoint is the base address alone, without user information, query or fragment")
    if not _PATH.fullmatch(parts.path) or any(part in (".", "..") for part in parts.path.split("/")):
        raise UnsafeEndpoint("the path holds something that is no plain name", "for example /openai/v1/")
    if is_loopback(host):
        if port == 0:
            raise UnsafeEndpoint("0 is no port")
        return address.rstrip("/") + "/"
    _remote(parts.scheme, host, port, hosts)
    return address.rstrip("/") + "/"


def _plain(address: str) -> None:
    if not address.isascii():
        raise UnsafeEndpoint("the address holds letters that are not ASCII", "they may look like others and are not")
    if not address.isprintable() or " " in address or "\\" in address or "%" in address:
        raise UnsafeEndpoint("the address holds a space, a backslash, `%` or a character that cannot be seen")


def _remote(scheme: str, host: str, port: int | None, hosts: Collection[str] | None) -> None:
    """An address that is not on loopback."""
    if scheme != "https":
        raise UnsafeEndpoint(f"a key is sent over https only, and {host!r} is not on loopback", "write https://")
    if port not in (None, 443):
        raise UnsafeEndpoint(f"the port {port} is not 443")
    labels = host.split(".")
    if _looks_numeric(host) or len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        raise UnsafeEndpoint(f"`{shown(host)}` is no host name of a service")
    if any(label.startswith("xn--") for label in labels):
        raise UnsafeEndpoint(f"`{shown(host)}` is an international name", "it may look like another one and is not")
    if hosts is not None and not on_list(host, hosts):
        raise UnsafeEndpoint(f"the host {shown(host)} is not on the list", "name it under `hosts`, if it is yours")


def _looks_numeric(host: str) -> bool:
    """Whether some resolver would read the host as a number: `2130706433`, `0x7f.1`, `[::1]`."""
    last = host.rsplit(".", 1)[-1]
    return ":" in host or last.isdigit() or bool(re.fullmatch(r"0[xX][0-9a-fA-F]*", last))


def on_list(host: str, patterns: Collection[str]) -> bool:
    """Whether a host is one of the patterns', compared by labels; `*` as the first label stands for exactly one."""
    labels = host.lower().split(".")
    return any(_fits(labels, pattern.lower().split(".")) for pattern in patterns)


def _fits(labels: list[str], pattern: list[str]) -> bool:
    if pattern[0] == "*":
        return len(labels) == len(pattern) and labels[1:] == pattern[1:]
    return labels == pattern


def host_pattern(text: str) -> str:
    """A host or `*.` and a domain of at least two labels.

    Raises:
        UnsafeEndpoint: it is neither.
    """
    if not _PATTERN.fullmatch(text) or (text.startswith("*.") and text.count(".") < 2) or "xn--" in text.lower():
        raise UnsafeEndpoint(f"`{shown(text)}` is no host name", "`api.example.com`, or `*.example.com` for one label")
    return text.lower()
