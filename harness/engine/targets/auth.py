"""Credentials of live targets: a key, a token handed over, or tokens of Entra ID that are kept fresh.

A value leaves its `Secret` only as a header line of a request to the origin it belongs to, and never stands in a
`Request`. One provider serves all cases of a run that want the same tokens.
"""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

from harness.engine.clock import Clock, ahead_of
from harness.wire.exchange import Exchange, Headers, Request, Sender
from harness.wire.redact import Secret

EARLY: Final = 300.0
"""Seconds before its end from which a token is replaced."""
PATIENCE: Final = 10.0
"""Seconds between two tries to get a token that is fresh enough."""


class NoCredential(Exception):
    """No token can be had; the message says why and what to do, without any of it."""

    def __init__(self, name: str, why: str) -> None:
        self.name = name
        self.why = why
        super().__init__(f"no token of {name}: {why}")


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token and when it ends: seconds since the epoch by the service's clock, or by ours if it is `ours`."""

    secret: Secret
    ends: float
    ours: bool = False


class Credential(Protocol):
    """What a request is authorized with."""

    async def ready(self) -> None:
        """Makes sure that `lines` are good for a request now. Raises NoCredential where they cannot be."""
        ...

    def lines(self) -> Headers:
        """The header lines of a request that goes out now."""
        ...

    async def renew(self) -> None:
        """The service refused what `lines` said: gets another, if there is another to be had."""
        ...

    def heard(self, exchange: Exchange) -> None:
        """An answer came; it may tell what time the service has."""
        ...


class Fixed:
    """A key or a token as it stands in a variable; the header line never changes."""

    def __init__(self, secret: Secret, header: str = "api-key") -> None:
        self._secret = secret
        self._header = header

    async def ready(self) -> None:
        return

    def lines(self) -> Headers:
        value = self._secret.reveal()
        return ((self._header, f"Bearer {value}" if self._header == "Authorization" else value),)

    async def renew(self) -> None:
        return

    def heard(self, exchange: Exchange) -> None:
        return


class Tokens:
    """Bearer tokens, one at a time, shared by all who ask.

    A token is replaced EARLY seconds before it ends. Whoever asks meanwhile gets the old one while it is good. What
    cannot be had, or is as old as what there was, is asked for again after PATIENCE seconds, not before.

    Args:
        name: of what the tokens are, for messages.
        fetch: gets a token; `afresh` asks for one that no cache holds. What it raises is a failed try.
        seen: is told of each new token before it is used, so that it can be redacted.
    """

    def __init__(
        self, name: str, fetch: Callable[[bool], Awaitable[Token]], clock: Clock, seen: Callable[[Secret], None]
    ) -> None:
        self.name = name
        self.fetched = 0
        self.failures: list[str] = []
        self._fetch = fetch
        self._clock = clock
        self._seen = seen
        self._token: Token | None = None
        self._next_try = 0.0
        self._ahead = 0.0
        self._getting = asyncio.Lock()

    async def ready(self) -> None:
        left = self._left()
        if left > EARLY or (left > 0 and (self._getting.locked() or self._clock.monotonic() < self._next_try)):
            return
        async with self._getting:
            left = self._left()
            if left <= EARLY and self._clock.monotonic() >= self._next_try:
                await self._get(afresh=False)
        if self._left() <= 0:
            raise NoCredential(self.name, self.failures[-1] if self.failures else "it has ended")

    def lines(self) -> Headers:
        if self._token is None:
            raise NoCredential(self.name, "none was asked for")
        return (("Authorization", f"Bearer {self._token.secret.reveal()}"),)

    async def renew(self) -> None:
        """One fetch, however many were refused the same token."""
        refused = self._token
        async with self._getting:
            if self._token is refused and self._clock.monotonic() >= self._next_try:
                await self._get(afresh=True)

    def heard(self, exchange: Exchange) -> None:
        """From now on the end of a token is judged by the service's clock."""
        if (ahead := ahead_of(exchange, self._clock.wall())) is not None:
            self._ahead = ahead

    def _left(self) -> float:
        return self._left_of(self._token) if self._token else 0.0

    def _left_of(self, token: Token) -> float:
        return token.ends - self._clock.wall() + (0.0 if token.ours else self._ahead)

    async def _get(self, afresh: bool) -> None:
        self.fetched += 1
        try:
            token = await self._fetch(afresh)
        except Exception as error:  # whatever a library of credentials raises; its text is all there is to tell
            self.failures.append(_first_line(error))
            self._next_try = self._clock.monotonic() + PATIENCE
            return
        self._seen(token.secret)
        self._token = token
        stale = self._left_of(token) <= EARLY
        self._next_try = self._clock.monotonic() + PATIENCE if stale or afresh else 0.0


def _first_line(error: BaseException) -> str:
    """What went wrong, short: the libraries tell whole pages, and each of their attempts."""
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0][:300]


class Authorized:
    """A sender that has its credential made ready before each request, and tells it what time the service has."""

    def __init__(self, sender: Sender, credential: Credential) -> None:
        self._sender = sender
        self._credential = credential

    async def send(self, request: Request) -> Exchange:
        await self._credential.ready()
        exchange = await self._sender.send(request)
        self._credential.heard(exchange)
        return exchange


def end_of(token: str) -> float | None:
    """When a JSON web token ends, in seconds since the epoch; None where it does not say."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims: Any = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return None
    end = claims.get("exp") if isinstance(claims, dict) else None
    return float(end) if isinstance(end, int | float) and not isinstance(end, bool) else None
