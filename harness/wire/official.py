"""The installed official package, tapped beneath: what it asks goes over our sender, and the bytes are kept.

The package is used as a program uses it, with its own reading, decoding and typed objects, and with its retries and
redirects off. Its transport is the harness's own sender: the same limits, credentials and record as for any other
request, and a reply that the client gives up in the middle is read to its end all the same. What the client gets are
the chunks as they came, one after another, once the exchange is over.
"""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, Final

from harness.wire.exchange import Arrival, Ending, Exchange, How, Request, Sender

if TYPE_CHECKING:
    import httpx2
    import openai

KEPT_OUT: Final = ("host", "content-length", "connection", "accept-encoding", "authorization")
"""Header lines of the client that are the sender's business; its key is a stand-in, the sender has the credential."""
UNDONE: Final = ("content-encoding", "content-length", "transfer-encoding")
"""Header lines of a reply that no longer hold: its body comes with every coding undone."""


class Tap:
    """Beneath an official client: sends what it asks for, and keeps the exchanges in order.

    `halve` has the next stream cut half-way. `again` answers the next request with an exchange that was had before,
    and nothing is sent: another way of the same client to read the same bytes. `broke` is what our own sender raised.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self.exchanges: list[Exchange] = []
        self.halve = False
        self.again: Exchange | None = None
        self.broke: BaseException | None = None

    async def answer(self, asked: "httpx2.Request") -> "httpx2.Response":
        """One request of the client. Raises what the transport of the package would raise."""
        import httpx2

        if self.again is not None:
            exchange, self.again = self.again, None
        else:
            try:
                exchange = await self._sender.send(self._request(asked))
            except BaseException as error:
                self.broke = error
                raise
            self.exchanges.append(exchange)
        if exchange.head is None:
            raise _failure(exchange.ending, asked)
        lines = [
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in exchange.head.headers
            if name.lower() not in UNDONE
        ]
        return httpx2.Response(exchange.head.status, headers=lines, content=_chunks(exchange, asked), request=asked)

    def _request(self, asked: "httpx2.Request") -> Request:
        lines = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in asked.headers.raw)
        headers = tuple(line for line in lines if line[0].lower() not in KEPT_OUT)
        halve, self.halve = self.halve, False
        return Request(asked.method, str(asked.url), headers, asked.content, halve)


async def _chunks(exchange: Exchange, asked: "httpx2.Request") -> AsyncIterator[bytes]:
    """The body as it came, and at its end what the transport would raise."""
    starts = [arrival.offset for arrival in exchange.arrivals or (Arrival(0, 0.0),)]
    for start, end in zip(starts, [*starts[1:], len(exchange.body)], strict=True):
        yield exchange.body[start:end]
    if exchange.ending.how not in (How.COMPLETE, How.CLOSED, How.CUT_BY_US):
        raise _failure(exchange.ending, asked)


def _failure(ending: Ending, asked: "httpx2.Request") -> Exception:
    """What the package's own transport raises where an exchange ends so."""
    import httpx2

    told = ending.detail or str(ending.how)
    if ending.how in (How.CONNECT, How.DNS, How.TLS):
        return httpx2.ConnectError(told, request=asked)
    if ending.how in (How.FIRST_BYTE, How.STALL, How.NO_PROGRESS, How.DEADLINE):
        return httpx2.ReadTimeout(told, request=asked)
    if ending.how is How.BAD_ENCODING:
        return httpx2.DecodingError(told, request=asked)
    return httpx2.RemoteProtocolError(told, request=asked)


def tapped(base: str, tap: Tap) -> "openai.AsyncOpenAI":
    """A client of the official package on this API, over the tap; to be closed by whoever opened it."""
    import httpx2
    import openai

    transport: Any = httpx2.MockTransport(tap.answer)  # the package's name for a transport made of a function
    client = httpx2.AsyncClient(transport=transport, follow_redirects=False, trust_env=False)
    return openai.AsyncOpenAI(base_url=base, api_key="the-sender-has-it", max_retries=0, http_client=client)
