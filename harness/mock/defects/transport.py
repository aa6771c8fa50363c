"""Defects of the transport, which only the raw door can commit; `how` names them to it."""

from typing import Final

from harness.mock.defects.base import Defect, Door

STREAM, PLAIN, BOTH = "X1", "X4", "X1 X4"


def door(row: str, slug: str, title: str, how: str, base: str, *findings: str) -> Door:
    """A row of the table below."""
    return Door(id=row, slug=slug, title=title, how=how, base=base, findings=findings)


CUT, PROTOCOL, ENCODING = "avail.stream_cut", "wire.protocol", "wire.bad_encoding"

TABLE: Final[tuple[Defect, ...]] = (
    door("A02", "fin-mid-stream", "FIN between events, no closing chunk", "fin", STREAM, CUT),
    door("A03", "rst-mid-stream", "RST between events", "rst", STREAM, CUT),
    door(
        "A04",
        "close-delimited-cut",
        "no length, connection: close, FIN between events",
        "close",
        STREAM,
        "wire.no_terminal",
        "wire.close_delimited",
    ),
    door(
        "A05", "fin-mid-event", "FIN in the middle of an event", "fin in event", STREAM, CUT, "wire.unterminated_event"
    ),
    door(
        "A06",
        "fin-for-closing-chunk",
        "complete, but FIN instead of the closing chunk",
        "no closing chunk",
        STREAM,
        "wire.bad_close",
    ),
    door("A13", "body-cut", "a long Content-Length, FIN after 100 bytes", "short body", PLAIN, "avail.body_cut"),
    door("A14", "length-too-short", "Content-Length shorter than the JSON", "short length", PLAIN, "wire.bad_json"),
    door("A15", "gzip-cut", "gzip cut, chunks ended properly", "gzip cut", STREAM, ENCODING),
    door("A16a", "gzip-altered", "four bytes inside gzip altered", "gzip altered", PLAIN, ENCODING),
    door("A16b", "gzip-label", "labelled gzip, plain text", "gzip label", PLAIN, ENCODING),
    door("A17", "gzip-bomb", "300 KB that open to 300 MiB", "gzip bomb", PLAIN, "wire.too_large"),
    door("A18a", "redirect-302", "302 to somewhere else", "redirect 302", BOTH, "wire.redirect"),
    door("A18b", "redirect-307", "307 to somewhere else", "redirect 307", BOTH, "wire.redirect"),
    door("A18c", "redirect-301", "301 to somewhere else", "redirect 301", BOTH, "wire.redirect"),
    door("A18d", "redirect-303", "303 to somewhere else", "redirect 303", BOTH, "wire.redirect"),
    door("A18e", "redirect-308", "308 to somewhere else", "redirect 308", BOTH, "wire.redirect"),
    door("A19", "huge-headers", "a header block of 200 KB", "huge header", PLAIN, PROTOCOL),
    door("A20", "status-line-foo", "status line FOO", "foo", PLAIN, PROTOCOL),
    door("A21", "two-lengths", "Content-Length and Transfer-Encoding disagree", "two lengths", PLAIN, PROTOCOL),
    door("A22", "silence", "silence in mid-stream, connection open", "silence", STREAM, "avail.stall"),
    door("A23", "comments-for-ever", "comments for ever, no event", "comments", STREAM, "avail.no_progress"),
    door("A24", "byte-dribble", "one byte every 0.3 s", "dribble", STREAM, "avail.deadline"),
    door("A25", "burst", "paced by the server, released in one burst", "burst", STREAM, "wire.buffered"),
    door("A42b", "endless-line", "1 GiB of a line without a line end", "endless line", STREAM, "wire.too_large"),
)
