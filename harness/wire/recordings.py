"""Recordings made elsewhere → exchanges, one at a time: SSE text, a JSON response, HAR, VCR cassettes.

A recording is data of unknown origin: nothing in it is run, nothing is expanded beyond bounds, and of a file with
many exchanges no more than one is in memory. What was not recorded is left empty: text alone has no head and no
request.
"""

import base64
import binascii
import codecs
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

from harness.wire.cassettes import interactions
from harness.wire.coding import CodingError, TooLarge, decoder
from harness.wire.exchange import Ending, Exchange, Head, Headers, How, Request
from harness.wire.limits import LIMITS, Limits
from harness.wire.source import Source, Unreadable
from harness.wire.sse import looks_like_stream
from harness.wire.strict_json import looks_like_json

__all__ = ["Unreadable", "read"]

_SPACE: Final = rb"(?:\xef\xbb\xbf)?\s*"
_HAR: Final = re.compile(_SPACE + rb'\{\s*"log"\s*:\s*\{')
_ENTRIES: Final = re.compile(r'"entries"\s*:\s*\[')
_CASSETTE: Final = re.compile(_SPACE + rb'\{\s*(?:"version"\s*:\s*\d+\s*,\s*)?"(?:http_)?interactions"\s*:\s*\[')
_INTERACTIONS: Final = re.compile(r'"(?:http_)?interactions"\s*:\s*\[')
_YAML: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:(?:#[^\n]*|---[^\n]*)?\r?\n)*(?:http_)?(?:interactions|version|recorded_with):"
)
_SOME_LINE: Final = re.compile(rb"^(?:data|event):", re.MULTILINE)
_PREFACE: Final = 1 << 24
"""How much may stand before a list of exchanges."""
_GZIP: Final = b"\x1f\x8b"


def read(source: Path | BinaryIO, limits: Limits = LIMITS) -> Iterator[Exchange]:
    """The exchanges of a recording, in its order.

    Raises:
        Unreadable: it is none of the forms, or breaks off; what was read before it has been given out.
        OSError: it cannot be read.
    """
    if isinstance(source, Path):
        with source.open("rb") as file:
            yield from _exchanges(Source(file, limits.body), limits)
    else:
        yield from _exchanges(Source(source, limits.body), limits)


def _exchanges(source: Source, limits: Limits) -> Iterator[Exchange]:
    head = source.head
    if _HAR.match(head):
        for entry in _elements(source, _ENTRIES):
            yield from _har(entry, limits)
    elif _CASSETTE.match(head):
        for interaction in _elements(source, _INTERACTIONS):
            yield _vcr(interaction, limits)
    elif _YAML.match(head):
        for interaction in interactions(source):
            yield _vcr(interaction, limits)
    elif not head or head[:2] in (b"\xff\xfe", b"\xfe\xff") or _looks_like_a_body(head):
        body, more = source.whole()
        ending = Ending(How.TOO_LARGE, f"more than {limits.body} bytes") if more else Ending(How.COMPLETE)
        yield Exchange(Request("", ""), None, body, (), ending)
    else:
        raise Unreadable("neither events, JSON, HAR nor a cassette")


def _looks_like_a_body(head: bytes) -> bool:
    return looks_like_stream(head) or looks_like_json(head) or b"\0" in head[:8] or bool(_SOME_LINE.search(head))


def _elements(source: Source, start: re.Pattern[str]) -> Iterator[Any]:
    """The elements of the JSON array that begins where `start` ends, each parsed when it is there as a whole."""
    text = _Text(source)
    while not text.begin(start):
        if len(text) > _PREFACE or not text.more():
            raise Unreadable("the list of exchanges does not begin")
    while text.skip(" \t\r\n,") != "]":
        yield text.value()


class _Text:
    """A window of a source's text that grows while a value is not complete."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._decode = codecs.getincrementaldecoder("utf-8-sig")("surrogateescape").decode
        self._parse = json.JSONDecoder(parse_int=_bounded_int).raw_decode
        self._kept = ""
        self._at = 0

    def __len__(self) -> int:
        return len(self._kept)

    def more(self, size: int = 1 << 16) -> bool:
        """Takes some more in; False at the end."""
        chunk = self._source.read(size)
        self._kept = self._kept[self._at :] + self._decode(chunk, not chunk)
        self._at = 0
        return bool(chunk)

    def begin(self, start: re.Pattern[str]) -> bool:
        """Whether the window holds the beginning; what comes next is after it."""
        found = start.search(self._kept)
        self._at = found.end() if found else 0
        return found is not None

    def skip(self, letters: str) -> str:
        """The next letter that is none of these, not taken."""
        while True:
            while self._at < len(self._kept):
                letter = self._kept[self._at]
                if letter not in letters:
                    return letter
                self._at += 1
            if not self.more():
                raise Unreadable("the list of exchanges breaks off")

    def value(self) -> Any:
        """The JSON value that begins here, taken."""
        size = 1 << 16
        while True:
            try:
                value, self._at = self._parse(self._kept, self._at)
            except RecursionError:
                raise Unreadable("an exchange is nested too deep") from None
            except ValueError as error:
                if len(self._kept) > self._source.limit or not self.more(size):
                    raise Unreadable(f"an exchange is not JSON: {error}") from None
                size = max(size, len(self._kept))  # twice as much each time: parsing again stays in proportion
            else:
                return value


def _bounded_int(text: str) -> int | str:
    return int(text) if len(text) <= 40 else text


def _har(entry: Any, limits: Limits) -> Iterator[Exchange]:
    """One entry; none where the recorder left the body out."""
    if not isinstance(entry, dict):
        return
    asked, answer = _part(entry, "request"), _part(entry, "response")
    content = _part(answer, "content")
    status = answer.get("status")
    if "text" not in content and (content.get("size") or 0) not in (0, -1):
        return
    body = _encoded(content.get("text"), content.get("encoding"))
    lines = _lines(answer.get("headers"))
    request = Request(
        str(asked.get("method") or ""),
        str(asked.get("url") or ""),
        _lines(asked.get("headers")),
        _encoded(_part(asked, "postData").get("text"), None),
    )
    took = _seconds(entry.get("time"))
    if not isinstance(status, int) or status <= 0:
        yield Exchange(request, None, b"", (), Ending(How.NO_ANSWER, "recorded without a status"), ended_at=took)
        return
    head = Head(status, lines, str(answer.get("statusText") or ""))
    began = _epoch(entry.get("startedDateTime"))
    yield Exchange(request, head, *_decoded(head, body, limits), began, ended_at=took)


def _vcr(interaction: Any, limits: Limits) -> Exchange:
    """One interaction of a cassette, of the Python or of the Ruby kind."""
    asked, answer = _part(interaction, "request"), _part(interaction, "response")
    status = answer.get("status")
    code = status.get("code") if isinstance(status, dict) else status
    request = Request(
        str(asked.get("method") or "").upper(),
        str(asked.get("uri") or asked.get("url") or ""),
        _lines(asked.get("headers")),
        _vcr_body(asked),
    )
    body = _vcr_body(answer)
    if not isinstance(code, int):
        return Exchange(request, None, body, (), Ending(How.COMPLETE))
    reason = status.get("message") if isinstance(status, dict) else ""
    head = Head(code, _lines(answer.get("headers")), str(reason or ""))
    return Exchange(request, head, *_decoded(head, body, limits))


def _vcr_body(side: Mapping[str, Any]) -> bytes:
    if "parsed_body" in side:
        return json.dumps(side["parsed_body"], ensure_ascii=False).encode("utf-8", "surrogatepass")
    body = side.get("body", side.get("content"))
    if isinstance(body, dict):
        if "base64_string" in body:
            return _encoded(body["base64_string"], "base64")
        body = body.get("string")
    return _encoded(body, None)


def _decoded(head: Head, body: bytes, limits: Limits) -> tuple[bytes, tuple[()], Ending]:
    """Body, arrivals and ending, with a content coding undone that the recorder left in place."""
    if not body.startswith(_GZIP):
        return body, (), Ending(How.COMPLETE)
    coding = decoder(head.header("content-encoding"), limits.body)
    try:
        opened = coding.decode(body)
        coding.finish()
    except CodingError as error:
        return b"", (), Ending(How.BAD_ENCODING, str(error))
    except TooLarge:
        return b"", (), Ending(How.TOO_LARGE, f"more than {limits.body} bytes when opened")
    return opened, (), Ending(How.COMPLETE)


def _encoded(text: Any, encoding: Any) -> bytes:
    """A recorded text as the bytes that it was."""
    if isinstance(text, bytes):
        return text
    if not isinstance(text, str):
        return b"" if text is None else json.dumps(text).encode()
    if encoding == "base64":
        try:
            return base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, ValueError) as error:
            raise Unreadable(f"a body's base64 is none: {error}") from None
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _lines(headers: Any) -> Headers:
    """Header lines of a list of names and values, or of a mapping to a value or a list of values."""
    if isinstance(headers, dict):
        pairs = [
            (name, value)
            for name, values in headers.items()
            for value in (values if isinstance(values, list) else [values])
        ]
    elif isinstance(headers, list):
        pairs = [(line.get("name"), line.get("value")) for line in headers if isinstance(line, dict)]
    else:
        pairs = []
    return tuple((str(name), str(value)) for name, value in pairs)


def _part(value: Any, name: str) -> dict[str, Any]:
    inner = value.get(name) if isinstance(value, dict) else None
    return inner if isinstance(inner, dict) else {}


def _seconds(milliseconds: Any) -> float:
    return milliseconds / 1000 if isinstance(milliseconds, int | float) and milliseconds > 0 else 0.0


def _epoch(when: Any) -> float:
    try:
        return datetime.fromisoformat(when).timestamp()
    except (TypeError, ValueError, OverflowError, OSError):
        return 0.0
