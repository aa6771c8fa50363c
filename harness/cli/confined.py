"""What the process of `harness run --untrusted` may not: loaded there as a plugin of pytest, and nowhere else."""

import ipaddress
import resource
import sys
from typing import Any, Final

import pytest

MEMORY: Final = 6 << 30
"""Bytes of address space."""
MOST_CASES: Final = 2_000
FORBIDDEN: Final = frozenset({"os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "pty.spawn"})
OUTWARD: Final = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
ASKING: Final = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})


class NotHere(PermissionError):
    """Something was tried that scenarios of somebody else have no need of."""

    def __init__(self, event: str) -> None:
        super().__init__(f"{event} is not for scenarios that are not trusted")


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuses what leaves this machine, and other programs than our own interpreter.

    Raises:
        NotHere: it is refused.
    """
    if event in FORBIDDEN:
        raise NotHere(event)
    if event == "subprocess.Popen" and arguments[0] != sys.executable:
        raise NotHere(event)
    if event in OUTWARD and not stays(arguments[1]):
        raise NotHere(event)
    if event in ASKING and not stays((arguments[0],)):
        raise NotHere(event)


def stays(address: object) -> bool:
    """Whether an address is of this machine, by number; a name could resolve to anything."""
    if not isinstance(address, tuple):
        return address is None or isinstance(address, str | bytes)  # a socket of this machine's own file system
    host = address[0]
    try:
        return host is None or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def pytest_configure(config: pytest.Config) -> None:
    """Before anything is collected."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    sys.addaudithook(watch)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A run of somebody else's scenarios is a small one.

    Raises:
        pytest.UsageError: it is not.
    """
    if len(items) > MOST_CASES:
        raise pytest.UsageError(f"{len(items):,} cases; at most {MOST_CASES:,} are run untrusted: choose with -k")
