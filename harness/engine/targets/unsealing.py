"""Secrets of the operator in requests: put in where they may stand, at the last moment, and never kept.

A request that is recorded holds `${secret.name}`; what goes out holds the value. It may be the whole value of a remote
tool's `authorization` or of one of its header lines, and both the target's host and the tool server's must be on the
secret's list.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from harness.scenario.variables import SECRET
from harness.targets.origins import on_list, origin_of
from harness.wire.exchange import Exchange, Request, Sender
from harness.wire.redact import Secret


class SecretNotSent(Exception):
    """A secret was to go where it may not; the request was not sent."""

    def __init__(self, name: str, why: str) -> None:
        self.name = name
        super().__init__(f"the secret {name} was not sent: {why}")


@dataclass(frozen=True, slots=True)
class Held:
    """A secret's value, and the patterns of the hosts to which it may go."""

    value: Secret
    hosts: tuple[str, ...]


class Unsealing:
    """A sender that puts secrets in; the exchange that it brings back holds the request without them."""

    def __init__(self, sender: Sender, held: Mapping[str, Held]) -> None:
        self._sender = sender
        self._held = held

    async def send(self, request: Request) -> Exchange:
        if b"${secret." not in request.body:
            return await self._sender.send(request)
        exchange = await self._sender.send(replace(request, body=self._unsealed(request)))
        return replace(exchange, request=request)

    def _unsealed(self, request: Request) -> bytes:
        try:
            body = json.loads(request.body)
        except ValueError:
            return request.body
        target = origin_of(request.url).host
        for tool in body.get("tools") or () if isinstance(body, dict) else ():
            for owner, key, name in _places(tool):
                owner[key] = self._value(name, target, str(tool.get("server_url") or ""))
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()

    def _value(self, name: str, target: str, server: str) -> str:
        held = self._held.get(name)
        if held is None:
            raise SecretNotSent(name, "its variable is not set, or targets.yaml does not declare it")
        try:
            server_host = origin_of(server).host
        except ValueError:
            raise SecretNotSent(name, "the tool has no address to which it would go") from None
        for host in (target, server_host):
            if not on_list(host, held.hosts):
                raise SecretNotSent(name, f"the host {host} is not on its list in targets.yaml")
        return held.value.reveal()


def _places(tool: Any) -> Iterator[tuple[dict[str, Any], str, str]]:
    """Where a tool names a secret: the mapping, its key, and the secret's name."""
    if not isinstance(tool, dict) or tool.get("type") != "mcp":
        return
    headers = tool.get("headers")
    places = [(tool, "authorization")]
    places += [(headers, key) for key in headers] if isinstance(headers, dict) else []
    for owner, key in places:
        value = owner.get(key)
        if isinstance(value, str) and (found := SECRET.fullmatch(value)):
            yield owner, key, found[1]
