"""The raw client: sends a request as it is and keeps what comes back as it comes.

aiohttp with everything helpful switched off: no redirect, no cookie, no proxy, no decompression, no second
try behind our back. Bytes and their times are kept; nothing is mended.
"""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Final, Self

import aiohttp
from yarl import URL

from harness.wire.coding import CodingError, Deflated, Plain, TooLarge, decoder
from harness.wire.exchange import Arrival, Ending, Exchange, Head, Headers, How, Request, Sender
from harness.wire.half import HalfWay
from harness.wire.limits import LIMITS, Limits
from harness.wire.trust import verified

_NOT_OURS: Final = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")


class WrongOrigin(Exception):
    """A request with a credential was to go to an address that the credential does not belong to; it was not sent."""

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__(f"the credential does not belong to the address {url[:200]!r}")


class _Lost(Exception):
    """The connection went after the request was on its way; kept from the library, which would try again."""


async def _no_second_try(
    request: aiohttp.ClientRequest, handler: Callable[[aiohttp.ClientRequest], object]
) -> aiohttp.ClientResponse:
    try:
        response: aiohttp.ClientResponse = await handler(request)  # type: ignore[misc]
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _Lost(str(error) or type(error).__name__) from error
    return response


class Client:
    """A `Sender` over real sockets. One for each run; it keeps connections alive between requests.

    It sends no credential; `speaking_for` gives a sender that does.
    """

    def __init__(self, limits: Limits = LIMITS, trust: Callable[[], ssl.SSLContext] = verified) -> None:
        self._limits = limits
        self._trust = trust
        self._context: ssl.SSLContext | None = None
        self._session: aiohttp.ClientSession | None = None
        self._refuses = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes every connection. Without requests there is nothing to close."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def refuse(self) -> None:
        """Sends nothing more: whoever asks for it is cancelled. What is under way goes on."""
        self._refuses = True

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, ttl_dns_cache=60),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                timeout=aiohttp.ClientTimeout(  # all else is watched here
                    total=None, connect=None, sock_read=None, sock_connect=self._limits.connect
                ),
                skip_auto_headers=_NOT_OURS,
                max_line_size=self._limits.header_block,
                max_field_size=self._limits.header_block,
                middlewares=(_no_second_try,),
            )
        return self._session

    async def send(self, request: Request) -> Exchange:
        """Sends the request once and reads the reply to its end, or to a limit.

        Never raises for what the network or the other side does: that is the exchange's ending.
        """
        return await self._exchange(request, request.headers)

    def speaking_for(self, credential: Callable[[], Headers], covers: Callable[[str], bool] | None = None) -> Sender:
        """A sender on the same connections that adds a credential's header lines.

        They never become part of a `Request`, so nothing that keeps requests can keep them. `covers` says whether
        they may go to an address; what may not is not sent at all (WrongOrigin).
        """

        def exchange(request: Request) -> Awaitable[Exchange]:
            if covers is not None and not covers(request.url):
                raise WrongOrigin(request.url)
            return self._exchange(request, request.headers + credential())

        return _Speaker(exchange)

    async def _exchange(self, request: Request, headers: Headers) -> Exchange:
        if self._refuses:
            raise asyncio.CancelledError
        if self._context is None and request.url.startswith("https:"):
            self._context = self._trust()
        return await _Reading(request, self._limits, self._context).run(self._open(), headers)


class _Speaker:
    """A sender made of a function."""

    def __init__(self, exchange: Callable[[Request], Awaitable[Exchange]]) -> None:
        self._exchange = exchange

    async def send(self, request: Request) -> Exchange:
        return await self._exchange(request)


class _Reading:
    """One exchange while it is under way."""

    def __init__(self, request: Request, limits: Limits, trust: ssl.SSLContext | None) -> None:
        self._request = request
        self._limits = limits
        self._trust = trust
        self._clock = asyncio.get_running_loop().time
        self._began = self._clock()
        self._started = time.time()
        self._head: Head | None = None
        self._head_at: float | None = None
        self._body = bytearray()
        self._encoded = 0
        self._fed = 0  # so much of the body was looked at for a half
        self._arrivals: list[Arrival] = []
        self._watch = _Watch(limits, self._began, request.until)
        self._half = HalfWay() if request.halve else None

    async def run(self, session: aiohttp.ClientSession, headers: Headers) -> Exchange:
        self._watch.start()
        try:
            ending = await self._talk(session, headers)
        except asyncio.CancelledError:
            if self._watch.rang is None:
                raise
            task = asyncio.current_task()
            if task is not None:
                task.uncancel()
            ending = Ending(*self._watch.rang)
        finally:
            self._watch.stop()
        coded = self._encoded if self._encoded != len(self._body) else None
        return Exchange(
            self._request,
            self._head,
            bytes(self._body),
            tuple(self._arrivals),
            ending,
            self._started,
            self._head_at,
            self._clock() - self._began,
            coded,
        )

    async def _talk(self, session: aiohttp.ClientSession, headers: Headers) -> Ending:
        try:
            async with session.request(
                self._request.method,
                URL(self._request.url, encoded=True),
                data=self._request.body or None,
                headers=list(headers),
                allow_redirects=False,
                ssl=self._trust or True,
            ) as response:
                return await self._read(response)
        except aiohttp.ClientConnectorDNSError as error:
            return Ending(How.DNS, str(error))
        except (aiohttp.ClientSSLError, ssl.SSLError) as error:
            return Ending(How.TLS, str(error))
        except aiohttp.ConnectionTimeoutError:
            return Ending(How.CONNECT, f"no connection within {self._limits.connect:g} s")
        except aiohttp.ClientConnectorError as error:
            return Ending(How.CONNECT, str(error))
        except (aiohttp.ClientResponseError, aiohttp.http_exceptions.HttpProcessingError) as error:
            return Ending(How.PROTOCOL, error.message)
        except (_Lost, aiohttp.ClientError, OSError) as error:
            how = How.NO_ANSWER if self._head is None else How.CUT
            return Ending(how, str(error) or type(error).__name__)

    async def _read(self, response: aiohttp.ClientResponse) -> Ending:
        self._head_at = self._watch.byte()
        lines = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.raw_headers)
        version = response.version
        self._head = head = Head(
            response.status,
            lines,
            response.reason or "",
            f"{version.major}.{version.minor}" if version else "",
        )
        block = sum(len(name) + len(value) + 4 for name, value in lines)  # the library bounds each line alone
        if block > self._limits.header_block:
            return Ending(How.PROTOCOL, f"a header block of {block} bytes")
        length, chunked = head.header("content-length"), head.header("transfer-encoding")
        if length is not None and chunked is not None:
            return Ending(How.PROTOCOL, "content-length and transfer-encoding in one head")
        coding = decoder(head.header("content-encoding"), self._limits.body)
        try:
            while True:
                try:
                    chunk = await response.content.readany()
                except aiohttp.ClientPayloadError as error:
                    return Ending(How.CUT, str(error))
                if not chunk:
                    if response.content.at_eof():
                        break
                    continue
                self._keep(chunk, coding)
                if self._half is not None and self._cut(self._half.feed(bytes(self._body[self._fed :]))):
                    response.close()
                    return Ending(How.CUT_BY_US, "closed half-way, to be resumed")
            coding.finish()
            if self._half is not None and self._cut(self._half.finish()):
                response.close()
                return Ending(How.CUT_BY_US, "closed half-way, to be resumed")
        except CodingError as error:
            return Ending(How.BAD_ENCODING, str(error))
        except TooLarge:
            return Ending(How.TOO_LARGE, f"stopped reading after {self._encoded} bytes on the wire")
        framed = length is not None or chunked is not None or head.status in (204, 304)
        return Ending(How.COMPLETE if framed else How.CLOSED)

    def _cut(self, end: int | None) -> bool:
        """Keeps nothing after a byte; False where none is told yet."""
        self._fed = len(self._body)
        if end is None:
            return False
        del self._body[end:]
        self._arrivals = [arrival for arrival in self._arrivals if arrival.offset < end]
        return True

    def _keep(self, chunk: bytes, coding: Plain | Deflated) -> None:
        at = self._watch.byte()
        self._encoded += len(chunk)
        decoded = coding.decode(chunk)
        if not decoded:
            return
        offset = len(self._body)
        self._arrivals.append(Arrival(offset, at))
        if self._request.heard is not None:
            self._request.heard(decoded)
        self._body += decoded
        if self._body.find(b"data:", max(0, offset - 4)) >= 0:
            self._watch.event()


class _Watch:
    """One timer for all limits of an exchange; it is set anew only when it rings too early. The loop's clock counts."""

    def __init__(self, limits: Limits, began: float, until: float | None) -> None:
        self._loop = asyncio.get_running_loop()
        self._limits = limits
        self._began = began
        self._left = None if until is None else until - began
        self._last_byte: float | None = None
        self._last_event = 0.0
        self._task: asyncio.Task[object] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.rang: tuple[How, str] | None = None

    def start(self) -> None:
        self._task = asyncio.current_task()
        self._set()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def byte(self) -> float:
        """A byte came; seconds since the request began."""
        now = self._loop.time() - self._began
        first = self._last_byte is None
        self._last_byte = now
        if first:  # from here on the limits are shorter than the one for the first byte
            self._last_event = now
            self.stop()
            self._set()
        return now

    def event(self) -> None:
        """An event was among the bytes."""
        self._last_event = self._last_byte or 0.0

    def _due(self) -> tuple[float, How, str]:
        limits = self._limits
        dues = [(limits.turn, How.DEADLINE, f"not over after {limits.turn:g} s")]
        if self._left is not None:
            dues.append((self._left, How.DEADLINE, "not over when the time of the scenario was"))
        if self._last_byte is None:
            dues.append((limits.first_byte, How.FIRST_BYTE, f"no answer within {limits.first_byte:g} s"))
        else:
            dues.append((self._last_byte + limits.silence, How.STALL, f"silent for {limits.silence:g} s"))
            dues.append((self._last_event + limits.no_event, How.NO_PROGRESS, f"no event for {limits.no_event:g} s"))
        return min(dues, key=lambda due: due[0])

    def _set(self) -> None:
        due = self._due()[0]
        self._timer = self._loop.call_at(max(self._loop.time(), self._began + due), self._ring)

    def _ring(self) -> None:
        due, how, detail = self._due()
        if self._loop.time() - self._began < due:
            self._set()
            return
        self.rang = (how, detail)
        if self._task is not None:
            self._task.cancel()
