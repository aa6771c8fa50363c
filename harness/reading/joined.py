"""Two parts of one stream, put together: as if it had never been cut."""

from harness.wire.exchange import Arrival, Exchange
from harness.wire.sse import frames


def joined(first: Exchange, second: Exchange) -> tuple[Exchange, int, int]:
    """The whole exchange, and how many bytes and frames of it the first part gave.

    A frame at whose end the first part was cut is left out: the second part has it whole. It looks as the request of
    the first would have been answered; times go on from when the first part ended.
    """
    kept = [frame for frame in frames(first.body) if not frame.odd("unterminated")]
    size = kept[-1].end if kept else 0
    arrivals = [arrival for arrival in first.arrivals if arrival.offset < size]
    arrivals += [Arrival(size + arrival.offset, first.ended_at + arrival.at) for arrival in second.arrivals]
    whole = Exchange(
        first.request,
        first.head,
        first.body[:size] + second.body,
        tuple(arrivals),
        second.ending,
        first.started,
        first.head_at,
        first.ended_at + second.ended_at,
    )
    return whole, size, len(kept)
