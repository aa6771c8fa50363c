"""The outside of a reply: what its status, content type, first bytes and ending say before anything is read.

Decides in which form the body is read, and tells what is wrong with the envelope. Knows nothing of events. Where
there is no head (a recording that kept the body alone) only the body speaks.
"""

from enum import StrEnum
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from harness.wire.exchange import Exchange, How
from harness.wire.sse import looks_like_stream
from harness.wire.strict_json import looks_like_json

STREAM_TYPE: Final = "text/event-stream"
JSON_TYPE: Final = "application/json"

# How an exchange ended → the rule that it breaks, where nothing that was read says more. `complete`, `closed` and
# `cut_by_us` break none; `cut` and `bad_close` depend on what was there when the connection went.
_ENDINGS: Final[dict[How, str]] = {
    How.CONNECT: "avail.connect",
    How.DNS: "avail.dns",
    How.TLS: "avail.tls",
    How.NO_ANSWER: "avail.no_answer",
    How.FIRST_BYTE: "avail.first_byte",
    How.STALL: "avail.stall",
    How.NO_PROGRESS: "avail.no_progress",
    How.DEADLINE: "avail.deadline",
    How.PROTOCOL: "wire.protocol",
    How.TOO_LARGE: "wire.too_large",
    How.BAD_ENCODING: "wire.bad_encoding",
}
_WHOLE: Final = (How.COMPLETE, How.CLOSED)
_WORDS: Final[dict[str, str]] = {
    "avail.connect": "no connection could be made",
    "avail.dns": "the host's name could not be resolved",
    "avail.tls": "the TLS handshake failed",
    "avail.no_answer": "the connection ended before anything was answered",
    "avail.first_byte": "no answer came in time",
    "avail.stall": "the service fell silent in the middle of its answer",
    "avail.no_progress": "bytes came, but no event",
    "avail.deadline": "the turn's time was up before the answer was complete",
    "wire.protocol": "this is not HTTP",
    "wire.too_large": "reading stopped at a limit",
    "wire.bad_encoding": "the content encoding is broken or not at its end",
}


class Form(StrEnum):
    """As what a body is read."""

    STREAM = "stream"
    JSON = "json"
    ERROR = "error"  # an HTTP error: JSON if it can be, and nothing wrong if it cannot
    NOTHING = "nothing"


class Trouble(NamedTuple):
    """A broken rule of the envelope, without level and exchange."""

    rule: str
    message: str
    expected: object = None
    actual: object = None


class Envelope(NamedTuple):
    """As what the body is to be read, and what is wrong already. `whole`: the transport brought all there was."""

    form: Form
    troubles: tuple[Trouble, ...] = ()
    whole: bool = True


def envelope(exchange: Exchange, operation: str, asked: bool | None) -> Envelope:
    """Looks at an exchange from outside. `asked`: whether streaming was asked for, None where that is unknown."""
    ending = exchange.ending
    whole = ending.how in _WHOLE
    rule = _ENDINGS.get(ending.how)
    ended = (Trouble(rule, _told(_WORDS[rule], ending.detail)),) if rule else ()
    if exchange.head is None and (ended or not whole):
        return Envelope(Form.NOTHING, ended, whole=False)
    status = 200 if exchange.head is None else exchange.head.status
    if ending.how is How.PROTOCOL:
        return Envelope(Form.NOTHING, ended, whole=False)
    if status >= 400:
        return Envelope(Form.ERROR, (*_refused(exchange, status), *ended), whole)
    if 300 <= status < 400:
        return Envelope(Form.NOTHING, (_redirect(exchange, status),), whole)
    if status != 200 and operation != "other":
        trouble = Trouble("wire.bad_status", f"status {status}, not 200", 200, status)
        return Envelope(Form.NOTHING, (trouble, *ended), whole)
    if not exchange.body:
        return _empty(operation, asked, whole, ended)
    form, troubles = _form(exchange, operation, asked)
    return Envelope(form, (*troubles, *ended), whole)


def _empty(operation: str, asked: bool | None, whole: bool, ended: tuple[Trouble, ...]) -> Envelope:
    if not whole:
        form = Form.STREAM if asked else Form.JSON
        return Envelope(form if not ended else Form.NOTHING, ended, whole)
    if operation in ("other", "delete"):
        return Envelope(Form.NOTHING)
    return Envelope(Form.NOTHING, (Trouble("wire.empty_body", "status 200, but no body"),))


def _form(exchange: Exchange, operation: str, asked: bool | None) -> tuple[Form, tuple[Trouble, ...]]:
    """As what a body that is there is read; every trouble is one about its content type, or about streaming.

    Other operations than those on responses may answer with anything.
    """
    body, type_ = exchange.body, exchange.content_type
    if operation == "other":
        return (Form.JSON if looks_like_json(body) else Form.NOTHING), ()
    if body[:2] in (b"\xff\xfe", b"\xfe\xff") or body[:8].count(0) >= 3:
        return Form.NOTHING, (Trouble("wire.bad_utf8", "the body is UTF-16, not UTF-8"),)
    if looks_like_json(body):
        if asked or (asked is None and type_ == STREAM_TYPE):
            return Form.JSON, (Trouble("wire.not_streamed", "one JSON object instead of a stream of events"),)
        if type_ and not type_.endswith("json"):
            return Form.JSON, (_content_type(JSON_TYPE, type_),)
        return Form.JSON, ()
    if looks_like_stream(body) or type_ == STREAM_TYPE:
        if asked is False:
            words = "a stream of events, although streaming was not asked for"
            return Form.STREAM, (Trouble("wire.content_type", words, JSON_TYPE, type_),)
        return Form.STREAM, (_content_type(STREAM_TYPE, type_),) if type_ not in ("", STREAM_TYPE) else ()
    if asked:
        missing = Trouble("wire.no_terminal", "no event came at all")
        return Form.NOTHING, (_content_type(STREAM_TYPE, type_), missing)
    if type_ and not type_.endswith("json"):
        return Form.NOTHING, (_content_type(JSON_TYPE, type_),)
    return Form.JSON, ()


def _content_type(expected: str, actual: str) -> Trouble:
    return Trouble("wire.content_type", f"content type {actual[:80] or 'missing'}, not {expected}", expected, actual)


def _refused(exchange: Exchange, status: int) -> tuple[Trouble, ...]:
    """An error status is an answer; refused credentials, throttling and faults alone keep a turn from being seen."""
    if status == 401:
        return (Trouble("avail.auth", "the credential was refused", actual=status),)
    if status == 429:
        if b"insufficient_quota" in exchange.body[:65536]:
            return (Trouble("avail.quota", "the quota is used up", actual=status),)
        return (Trouble("avail.throttled", "too many requests", actual=status),)
    if status >= 500:
        return (Trouble("avail.server_error", f"the service answered {status}", actual=status),)
    return ()


def _redirect(exchange: Exchange, status: int) -> Trouble:
    assert exchange.head is not None
    try:
        target = urlsplit(exchange.head.header("location") or "")._replace(query="", fragment="").geturl()
    except ValueError:
        target = ""
    return Trouble("wire.redirect", f"status {status} leads elsewhere; it was not followed", actual=target[:200])


def _told(words: str, detail: str) -> str:
    return f"{words}: {detail}" if detail else words
