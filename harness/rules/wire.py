"""Rules of the wire: envelope, framing and JSON of every reply. Found while a reply is read; here are their pages."""

from typing import Final

from harness.rules.base import ReadingRule, Rule


class BadClose(ReadingRule):
    """A complete answer also ends as HTTP ends.

    The last event or the last brace came, but the closing chunk did not: a proxy on the way gave up early, or the
    connection stayed open. What was said still counts, so this is a note; clients with strict transports raise here.
    """

    name = "wire.bad_close"


class BadEncoding(ReadingRule):
    """A compressed body opens, to its very end.

    A compressed stream that is cut can still end properly as HTTP: only the decoder knows that it is not at its end.
    A body that is labelled with a coding that it does not have is lost altogether.
    """

    name = "wire.bad_encoding"


class BadJson(ReadingRule):
    """Every payload is strictly JSON.

    Raw control characters, NaN and Infinity, trailing commas, two objects in one event: some readers let them pass,
    others end the stream there. The finding's offset is the byte at which it shows.
    """

    name = "wire.bad_json"


class BadNumber(ReadingRule):
    """No number is longer than forty characters, or beyond what a float can hold.

    Readers lose such numbers without a word, or spend time on them that grows with the square of their length.
    """

    name = "wire.bad_number"


class BadStatus(ReadingRule):
    """An answer that succeeds has status 200 and is what was asked for.

    Clients hand on a 202, a 204 or an error object under status 200 as if it were a response, with every field
    missing.
    """

    name = "wire.bad_status"


class BadType(ReadingRule):
    """Every field of an event has the JSON type that the reference gives it.

    An index that is a string or a delta that is a number passes through clients that do not validate, and fails in
    the program behind them.
    """

    name = "wire.bad_type"


class BadUtf8(ReadingRule):
    """Every byte is part of UTF-8.

    Event streams and JSON have no other encoding. A character cut in half between two events is such a fault, one
    cut between two chunks is none.
    """

    name = "wire.bad_utf8"


class Buffered(ReadingRule):
    """Events arrive as they are made, not in one burst at the end.

    A proxy that collects the stream takes away what streaming is for. Said where the first delta comes after nine
    tenths of the turn and twenty events within ten milliseconds.
    """

    name = "wire.buffered"


class CloseDelimited(ReadingRule):
    """The end of a body is told by a length or by chunks, not by the end of the connection.

    Without either, an answer that was cut looks like one that is complete. Said only where the last event is
    missing, for then nothing can tell which of the two it was.
    """

    name = "wire.close_delimited"


class ContentType(ReadingRule):
    """The content type is that of what was asked for.

    Clients choose by it how they read the body: events labelled as JSON, or events where none were asked for, come
    out as one long text.
    """

    name = "wire.content_type"


class DoneSentinelEarly(ReadingRule):
    """Nothing follows `[DONE]`.

    The Responses API ends with its last event, and `[DONE]` after it does no harm. Before the end it does: the
    official clients stop reading there and lose the rest without an error.
    """

    name = "wire.done_sentinel_early"


class DuplicateKey(ReadingRule):
    """No JSON object has a key twice.

    Which of the two values counts depends on the reader, so two programs see two different answers.
    """

    name = "wire.duplicate_key"


class EmptyBody(ReadingRule):
    """An answer with status 200 has a body."""

    name = "wire.empty_body"


class EventNameMismatch(ReadingRule):
    """The `event:` line names the type of its event.

    Clients that dispatch by name and clients that dispatch by type would go different ways.
    """

    name = "wire.event_name_mismatch"


class EventNameMissing(ReadingRule):
    """Every event has an `event:` line.

    The type stands in the payload as well, so its absence is a note; a browser's EventSource would call every such
    event `message`. Said once for each reply.
    """

    name = "wire.event_name_missing"


class LoneSurrogate(ReadingRule):
    """No text holds half a surrogate pair.

    An escaped pair may be split over two deltas; once joined, a half without its other half is no Unicode and cannot
    be encoded again.
    """

    name = "wire.lone_surrogate"


class MissingType(ReadingRule):
    """Every event has a `type`, and it is a string.

    Without it no client knows what the event is.
    """

    name = "wire.missing_type"


class NoTerminal(ReadingRule):
    """A stream that ends properly ends with completed, incomplete or failed.

    Clients that loop over events do not notice: the program takes half an answer for a whole one.
    """

    name = "wire.no_terminal"


class NotObject(ReadingRule):
    """Every payload is a JSON object."""

    name = "wire.not_object"


class NotStreamed(ReadingRule):
    """What was asked for as a stream is answered as a stream.

    A client that waits for events finds none in a plain JSON answer and reports nothing at all.
    """

    name = "wire.not_streamed"


class Protocol(ReadingRule):
    """The answer is HTTP: one status line, header lines of bounded size, one way to tell the length.

    Two lengths that disagree are how one request is smuggled behind another.
    """

    name = "wire.protocol"


class Redirect(ReadingRule):
    """No operation of the API redirects.

    A redirect is not followed here: it would carry key and prompt to wherever it points. The finding names the
    target without its query.
    """

    name = "wire.redirect"


class TooDeep(ReadingRule):
    """No payload is nested deeper than 64 levels.

    Readers that use recursion fail on deep nesting, some by ending their process.
    """

    name = "wire.too_deep"


class TooLarge(ReadingRule):
    """No event, body or stream passes the limits of size.

    An event has at most 16 MiB, a body 256 MiB after decompression, a stream 200,000 events. What is above is
    dropped, so that no service can fill the memory of who tests it.
    """

    name = "wire.too_large"


class UnknownField(ReadingRule):
    """A block without data has no line of a field that SSE does not know.

    Such a line is ignored by every reader; where it was meant as `data`, its event is lost without a trace.
    """

    name = "wire.unknown_field"


class UnterminatedEvent(ReadingRule):
    """The last event has its blank line.

    Without it a reader that follows the standard never hands the event on.
    """

    name = "wire.unterminated_event"


class UnusualFraming(ReadingRule):
    """Framing is as documented: an event line, one data line, a blank line, and nothing else.

    A byte-order mark, `id:` and `retry:` lines, blocks without data, data over several lines, `[DONE]` at the end are
    all legal; no recording of OpenAI or Azure has them, and some break widely used clients. Each kind is said once for
    each reply.
    """

    name = "wire.unusual_framing"


WIRE_RULES: Final[tuple[Rule, ...]] = (
    Protocol(),
    Redirect(),
    BadStatus(),
    EmptyBody(),
    ContentType(),
    NotStreamed(),
    BadEncoding(),
    TooLarge(),
    BadUtf8(),
    UnknownField(),
    UnterminatedEvent(),
    BadJson(),
    DuplicateKey(),
    LoneSurrogate(),
    TooDeep(),
    BadNumber(),
    NotObject(),
    MissingType(),
    BadType(),
    EventNameMismatch(),
    EventNameMissing(),
    DoneSentinelEarly(),
    NoTerminal(),
    CloseDelimited(),
    BadClose(),
    Buffered(),
    UnusualFraming(),
)
"""The rules of this family, in report order."""
