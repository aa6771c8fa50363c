"""Where a live target's requests and credential go, over real sockets: to its origin, once, and nowhere else."""

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from builders.streams import response
from builders.unreachable import FAULTS, closed_port, tls_listener
from cryptography.hazmat.primitives import serialization

from harness.engine.pace.steadiness import Steadiness
from harness.engine.targets.auth import Fixed
from harness.engine.targets.facts import Facts
from harness.engine.targets.grounds import RunGrounds
from harness.engine.targets.live import LiveTarget
from harness.wire.client import Client, WrongOrigin
from harness.wire.exchange import Exchange, How, Request
from harness.wire.redact import Secret
from harness.wire.trust import verified

KEY = "a-key-of-many-letters"


class Heard:
    """A server that keeps the heads of its requests and answers with these lines."""

    def __init__(self, status: str = "200 OK", *lines: str) -> None:
        self.status = status
        self.lines = lines
        self.heads: list[str] = []

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).decode():
                self.heads.append(head)
                length = next((int(line[15:]) for line in head.lower().split("\r\n") if "content-length:" in line), 0)
                await reader.readexactly(length)
                body = json.dumps(response("completed")).encode()
                fields = (f"HTTP/1.1 {self.status}", "content-type: application/json", *self.lines)
                head_lines = "\r\n".join((*fields, f"content-length: {len(body)}", "", ""))
                writer.write(head_lines.encode() + body)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


async def at(server: Heard, visit: Callable[[int], Awaitable[Any]]) -> Any:
    listening = await asyncio.start_server(server.talk, "127.0.0.1", 0)
    async with listening:
        return await visit(listening.sockets[0].getsockname()[1])


def target(base: str) -> LiveTarget:
    return LiveTarget(Facts("t", "live", base, "d", region="here"), Fixed(Secret("k", KEY), "Authorization"))


async def sent(base: str, times: int = 1, url: str | None = None) -> list[Exchange]:
    """Requests through the door of a live target, as a run opens it."""
    grounds = RunGrounds(steadiness=Steadiness(drawn=lambda: 0.0))
    live = target(base)
    try:
        async with live.open(grounds, None) as opened:
            door = grounds.steady(live, opened)
            asked = Request("POST", url or base + "responses", (), b'{"model": "d", "input": "secret prompt"}')
            return [await door.sender.send(asked) for _ in range(times)]
    finally:
        await grounds.close()


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_no_redirect_is_followed(status):
    """The other server hears nothing: neither key nor prompt."""
    other = Heard()

    async def scene(port: int) -> int:
        first = Heard(status, f"location: http://127.0.0.1:{port}/responses")
        (exchange,) = await at(first, lambda own: sent(f"http://127.0.0.1:{own}/"))
        assert len(first.heads) == 1
        return exchange.status

    assert asyncio.run(at(other, scene)) == int(status[:3])
    assert other.heads == []


def test_no_cookie_comes_back():
    server = Heard("200 OK", "set-cookie: affinity=1; Path=/")

    asyncio.run(at(server, lambda port: sent(f"http://127.0.0.1:{port}/", 3)))

    assert len(server.heads) == 3
    assert not any("cookie:" in head.lower() for head in server.heads)


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"])
def test_no_proxy_of_the_environment(variable, monkeypatch):
    proxy, server = Heard(), Heard()

    async def scene(port: int) -> None:
        monkeypatch.setenv(variable, f"http://127.0.0.1:{port}")
        await at(server, lambda own: sent(f"http://127.0.0.1:{own}/"))

    asyncio.run(at(proxy, scene))

    assert (len(proxy.heads), len(server.heads)) == (0, 1)
    assert f"Bearer {KEY}" in server.heads[0]


@pytest.mark.parametrize("url", ["http://127.0.0.1:{other}/responses", "http://localhost:{own}/", "http://evil.tld/"])
def test_the_credential_belongs_to_its_origin(url):
    """A request to another scheme, host or port is not sent at all."""
    other = Heard()

    async def scene(port: int) -> None:
        with pytest.raises(WrongOrigin):
            await at(Heard(), lambda own: sent(f"http://127.0.0.1:{own}/", url=url.format(own=own, other=port)))

    asyncio.run(at(other, scene))

    assert other.heads == []


def test_a_closed_port_is_tried_four_times():
    async def scene() -> list[Exchange]:
        return await sent(f"http://127.0.0.1:{await closed_port()}/")

    (exchange,) = asyncio.run(scene())

    assert exchange.ending.how is How.CONNECT
    assert len(exchange.earlier) == 3


def test_no_authority_of_the_environment_is_trusted(monkeypatch, tmp_path):
    """A server whose authority is named there is trusted no more than any other; Python's usual way does trust it."""

    async def scene() -> tuple[list[Exchange], int]:
        async with tls_listener(None) as listener:
            there = tmp_path / "authority.pem"
            there.write_bytes(listener.authority.certificate().public_bytes(serialization.Encoding.PEM))
            monkeypatch.setenv("SSL_CERT_FILE", str(there))
            assert len(ssl.create_default_context().get_ca_certs()) == 1
            return await sent(f"{listener.url}/"), listener.requests

    (exchange,), requests = asyncio.run(scene())

    assert exchange.ending.how is How.TLS
    assert requests == 0


def test_no_keys_are_written_where_the_environment_says(monkeypatch, tmp_path):
    """With them, whoever listens on the way could read along."""
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))

    assert verified().keylog_filename is None
    assert ssl.create_default_context().keylog_filename == str(tmp_path / "keys")


def test_an_authority_of_this_system_is_trusted():
    """The right certificate of an authority that is trusted: so that the tests above can fail."""

    async def scene() -> Exchange:
        async with tls_listener(None) as listener, Client(trust=listener.authority.trusted) as client:
            return await client.send(Request("GET", f"{listener.url}/"))

    assert asyncio.run(scene()).status == 200


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("variable", ["PYTHONHTTPSVERIFY", "NODE_TLS_REJECT_UNAUTHORIZED", "CURL_INSECURE"])
def test_no_certificate_that_is_wrong_is_trusted(fault, variable, monkeypatch):
    """Once, not again; and nothing in the environment turns the check off."""
    monkeypatch.setenv(variable, "0")

    async def scene() -> tuple[list[Exchange], int]:
        async with tls_listener(fault) as listener:
            return await sent(f"{listener.url}/"), listener.requests

    (exchange,), requests = asyncio.run(scene())

    assert exchange.ending.how is How.TLS
    assert (exchange.earlier, requests) == ((), 0)
