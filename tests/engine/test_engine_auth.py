"""Tokens over hours, in virtual time: none that has ended is sent, and none is fetched twice."""

import asyncio
import base64
import json
import random
import time
from functools import partial

import pytest
from builders.virtual import EPOCH, VirtualClock, virtually

from harness.engine.targets.auth import EARLY, Authorized, Fixed, NoCredential, Token, Tokens, end_of
from harness.engine.targets.configured import Credentials
from harness.engine.targets.entra import Entra
from harness.engine.targets.live import key_header
from harness.targets.reading import read
from harness.targets.spec import Auth
from harness.wire.exchange import Ending, Exchange, How, Request
from harness.wire.redact import Redactor, Secret

HOUR = 3600.0


class Issuer:
    """Gives tokens that say when they end; `life` in seconds, `broken` says until when it refuses."""

    def __init__(self, life: float = HOUR) -> None:
        self.life = life
        self.asked: list[float] = []
        self.afresh = 0
        self.broken_until = 0.0

    async def fetch(self, afresh: bool) -> Token:
        now = asyncio.get_running_loop().time()
        self.asked.append(now)
        self.afresh += afresh
        await asyncio.sleep(0.3)
        if now < self.broken_until:
            raise OSError("the token service is away\nwith a page of details")
        return Token(Secret("test", f"token-{len(self.asked):04d}-{now + self.life:.0f}"), EPOCH + now + self.life)


def tokens(issuer: Issuer) -> Tokens:
    return Tokens("the test", issuer.fetch, VirtualClock(), lambda secret: None)


def sent(provider: Tokens) -> str:
    ((name, value),) = provider.lines()
    assert name == "Authorization"
    return value.removeprefix("Bearer ")


def ends(token: str) -> float:
    return float(token.rsplit("-", 1)[1])


async def cases(provider: Tokens, count: int, hours: float) -> list[tuple[float, str]]:
    """What so many cases send over so many hours, each at its own pace, with the times."""
    loop = asyncio.get_running_loop()
    drawn = random.Random(7)
    seen: list[tuple[float, str]] = []

    async def case(pace: float) -> None:
        while loop.time() < hours * HOUR:
            await provider.ready()
            seen.append((loop.time(), sent(provider)))
            await asyncio.sleep(pace)

    await asyncio.gather(*(case(drawn.choice((60.0, 90.0, 120.0, 200.0))) for _ in range(count)))
    return seen


def test_three_hours_of_sixty_minute_tokens():
    """200 cases at once: no token that has ended is sent, and one fetch an expiry."""
    issuer = Issuer()
    seen = virtually(lambda: cases(tokens(issuer), 200, 3))

    assert len(seen) > 200 * 45
    assert [at for at, token in seen if ends(token) <= at] == []
    assert len(issuer.asked) == len({token for _, token in seen}) == 4


def test_all_at_once_wait_for_one_fetch():
    issuer = Issuer()

    async def visit() -> set[str]:
        provider = tokens(issuer)
        await asyncio.gather(*(provider.ready() for _ in range(20)))
        return {sent(provider)}

    assert len(virtually(visit)) == 1
    assert len(issuer.asked) == 1


def test_a_failed_refresh_is_survived_while_the_old_token_is_good():
    """With 200 seconds left the old one is sent on; the next try comes after 10 seconds, not with each request."""
    issuer = Issuer()

    async def visit() -> list[str]:
        provider = tokens(issuer)
        await provider.ready()
        await asyncio.sleep(HOUR - 200)
        issuer.broken_until = HOUR - 150
        used = []
        for _ in range(120):
            await provider.ready()
            used.append(sent(provider))
            await asyncio.sleep(1)
        return used

    used = virtually(visit)

    assert len(set(used)) == 2
    assert used[0].startswith("token-0001")
    waits = [b - a for a, b in zip(issuer.asked[1:], issuer.asked[2:], strict=False)]
    assert min(waits) >= 10
    assert len(issuer.asked) <= 8


def test_without_any_good_token_the_reason_is_told():
    """In one line, without the value of anything."""
    issuer = Issuer()
    issuer.broken_until = HOUR

    async def visit() -> None:
        await tokens(issuer).ready()

    with pytest.raises(NoCredential, match=r"no token of the test: the token service is away$"):
        virtually(visit)


def test_tokens_that_are_old_when_they_come():
    """A service that gives tokens with two minutes left is asked every ten seconds at most."""
    issuer = Issuer(life=EARLY - 180)

    async def visit() -> None:
        provider = tokens(issuer)
        for _ in range(600):
            await provider.ready()
            assert ends(sent(provider)) > asyncio.get_running_loop().time()
            await asyncio.sleep(0.1)

    virtually(visit)

    assert len(issuer.asked) <= 7


def test_a_refused_token_is_renewed_once():
    """However many requests were refused it, and past the library's cache."""
    issuer = Issuer()

    async def visit() -> None:
        provider = tokens(issuer)
        await provider.ready()
        await asyncio.gather(*(provider.renew() for _ in range(30)))
        assert sent(provider).startswith("token-0002")

    virtually(visit)

    assert (len(issuer.asked), issuer.afresh) == (2, 1)


def test_azure_identity_itself(monkeypatch):
    """Its managed identity, asking a service on loopback over real HTTP, three hours of 60-minute tokens."""
    served: list[float] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"resource=https%3A%2F%2Fai.azure.com" in head or b"resource=https://ai.azure.com" in head
        assert b"x-identity-header: not-a-secret" in head.lower()
        now = asyncio.get_running_loop().time()
        served.append(now)
        token = f"token-{len(served):04d}-{now + HOUR:.0f}"
        body = json.dumps(
            {
                "access_token": token,
                "expires_on": str(int(EPOCH + now + HOUR)),
                "resource": "https://ai.azure.com",
                "token_type": "Bearer",
            }
        ).encode()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n" % len(body))
        writer.write(b"connection: close\r\n\r\n" + body)
        await writer.drain()
        writer.close()

    async def visit() -> list[tuple[float, str]]:
        loop = asyncio.get_running_loop()
        monkeypatch.setattr(time, "time", lambda: EPOCH + loop.time())
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"http://127.0.0.1:{port}/token")
        monkeypatch.setenv("IDENTITY_HEADER", "not-a-secret")
        entra = Entra(Auth("entra", None, "managed_identity"))
        async with server, entra.open():
            return await cases(Tokens("Entra ID", entra.fetch, VirtualClock(), lambda secret: None), 200, 3)

    seen = virtually(visit)

    assert [at for at, token in seen if ends(token) <= at] == []
    assert len(served) == len({token for _, token in seen}) == 4


@pytest.mark.parametrize("source", ["managed_identity", "default"])
def test_no_proxy_of_the_environment_sees_what_a_token_is_asked_for_with(source, monkeypatch):
    asked: list[str] = []

    async def visit() -> Token:
        async def answer(name: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            asked.append(name)
            told = {"access_token": "a-token-of-it", "expires_on": str(int(time.time() + HOUR)), "token_type": "Bearer"}
            body = json.dumps({**told, "resource": "https://ai.azure.com"}).encode()
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n" % len(body))
            writer.write(b"connection: close\r\n\r\n" + body)
            writer.close()

        servers = {
            name: await asyncio.start_server(partial(answer, name), "127.0.0.1", 0) for name in ("identity", "proxy")
        }
        ports = {name: server.sockets[0].getsockname()[1] for name, server in servers.items()}
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"http://127.0.0.1:{ports['identity']}/token")
        monkeypatch.setenv("IDENTITY_HEADER", "not-a-secret")
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{ports['proxy']}")
        entra = Entra(Auth("entra", None, source))
        async with servers["identity"], servers["proxy"], entra.open():
            return await entra.fetch(afresh=False)

    assert asyncio.run(visit()).secret.reveal() == "a-token-of-it"
    assert asked == ["identity"]


def test_a_sender_makes_its_credential_ready_first():
    """So a token that ends between two requests of a case is not sent with the second."""
    issuer = Issuer()

    class Paper:
        def __init__(self, provider: Tokens) -> None:
            self.provider = provider
            self.heard: list[str] = []

        async def send(self, request: Request) -> Exchange:
            self.heard.append(sent(self.provider))
            return Exchange(request, None, b"", (), Ending(How.CONNECT))

    async def visit() -> list[str]:
        provider = tokens(issuer)
        paper = Paper(provider)
        sender = Authorized(paper, provider)
        for _ in range(2):
            await sender.send(Request("GET", "https://r.openai.azure.com/"))
            await asyncio.sleep(HOUR)
        return paper.heard

    assert [token[:10] for token in virtually(visit)] == ["token-0001", "token-0002"]


FILE = """
targets:
  - {name: key, endpoint: "https://r.openai.azure.com/", deployment: d, auth: {api_key_env: A_KEY}}
  - {name: token, endpoint: "https://r.openai.azure.com/", deployment: d, auth: {token_env: A_TOKEN}}
  - {name: entra, endpoint: "https://r.openai.azure.com/", deployment: d, auth: entra}
  - {name: again, endpoint: "https://r.services.ai.azure.com/", deployment: d, auth: entra}
  - {name: near, endpoint: "http://127.0.0.1:1/", deployment: d, auth: {api_key_env: A_KEY}}
"""


def web_token(end: float) -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in ({"alg": "x"}, {"exp": end})]
    return b".".join([*parts, b"signature"]).decode()


def configured(redactor: Redactor, **environment: str):
    credentials = Credentials(environment, redactor)
    return {spec.name: credentials.live(spec) for spec in read(FILE.encode()).targets}


def test_credentials_from_the_environment():
    redactor = Redactor()
    token = web_token(time.time() + HOUR)
    found = configured(redactor, A_KEY="key-of-twelve-and-more", A_TOKEN=token)

    assert found["key"].credential.lines() == (("api-key", "key-of-twelve-and-more"),)
    assert found["token"].credential.lines() == (("Authorization", f"Bearer {token}"),)
    assert found["near"].credential.lines() == (("Authorization", "Bearer key-of-twelve-and-more"),)
    assert found["entra"].credential is found["again"].credential, "one provider for all who want the same tokens"
    assert redactor(b"x key-of-twelve-and-more " + token.encode()) == b"x [redacted] [redacted]"


@pytest.mark.parametrize(
    ("environment", "missing"),
    [
        ({}, "the variable A_KEY is not set"),
        ({"A_KEY": ""}, "the variable A_KEY is not set"),
        ({"A_KEY": "short"}, "the value of A_KEY has fewer than 8 characters"),
        ({"A_KEY": "with-a-line-end\nand-more"}, "the value of A_KEY holds a line end or a character"),
        ({"A_KEY": "schlüssel-und-mehr"}, "the value of A_KEY holds a line end or a character"),
    ],
)
def test_a_key_that_cannot_be_used(environment, missing):
    told = configured(Redactor(), **environment)["key"].facts.missing

    assert told.startswith(missing)
    assert not any(value in told for value in environment.values() if value)


def test_a_token_that_has_ended_is_not_sent():
    told = configured(Redactor(), A_TOKEN=web_token(1_700_000_000))["token"].facts.missing

    assert told == "the token in A_TOKEN ended at 2023-11-14 22:13 UTC: get another one"


@pytest.mark.parametrize(("minutes", "usable"), [(10, False), (16, True)])
def test_a_token_that_ends_before_a_turn_may(minutes, usable):
    """D16: nothing can replace it."""
    token = web_token(time.time() + 60 * minutes + 1)
    told = configured(Redactor(), A_TOKEN=token)["token"].facts.missing

    assert (told is None) == usable
    if told:
        assert told.endswith("in 10 min, and a turn may take 15: get another one, or let `entra` replace it")
        assert token not in told


@pytest.mark.parametrize("token", ["", "a.b", "a.b.c", "a.e30.c", "a.bnVsbA.c", "x" * 40])
def test_tokens_that_do_not_say_when_they_end(token):
    assert end_of(token) is None


def test_where_a_key_stands():
    assert key_header("https://r.openai.azure.com/openai/v1/") == "api-key"
    assert key_header("https://api.example.com/v1/") == "Authorization"
    assert key_header("https://r.openai.azure.com.example.com/v1/") == "Authorization"
    assert Fixed(Secret("k", "a-long-value")).lines() == (("api-key", "a-long-value"),)
