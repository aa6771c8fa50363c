"""Real recorded traffic: read whole, and no rule of the wire speaks up about it."""

from collections import Counter

import corpus
import pytest

from harness.findings import Level
from harness.wire.sse import Decoder, frames


def test_no_error_on_any_recorded_exchange():
    """Every record by its provider's profile: not one finding of level error, of any family but `avail`."""
    wrong = Counter(
        (finding.rule, record["id"])
        for record in corpus.records()
        for finding in corpus.reply(record).findings
        if finding.level is Level.ERROR and not finding.rule.startswith("avail.")
    )

    assert not wrong


def test_no_warning_about_the_wire_of_openai_and_azure():
    """Their envelope and framing are as documented; recordings without `event:` lines say so in a note."""
    kept_names = [record for record in corpus.streams() if "no-event-names" not in record["fidelity"]]
    said = Counter(
        finding.rule
        for record in kept_names
        if record["provider"] in ("openai", "azure")
        for finding in corpus.reply(record).findings
        if finding.rule.startswith("wire.")
    )

    assert len(kept_names) > 200
    assert not said


def test_every_recorded_event_is_read():
    """As many events, of the same types, as were recorded."""
    for record in corpus.streams():
        events = [event["data"] for event in record["response"]["events"] if "data" in event]
        reply = corpus.reply(record)

        assert reply.streamed
        assert reply.seen == Counter(event["type"] for event in events)
        assert list(reply.events) == events
        assert reply.response == events[-1].get("response")


@pytest.mark.parametrize("step", [1, 7, 64])
def test_chunks_do_not_matter_to_recorded_streams(step):
    """The frames of some recorded streams, fed in small pieces."""
    shortest = sorted(corpus.streams(), key=lambda record: len(record["response"]["events"]))[:12]
    for record in shortest:
        body = corpus.exchange(record).body
        decoder = Decoder()
        found = [frame for n in range(0, len(body), step) for frame in decoder.feed(body[n : n + step])]
        assert found + decoder.finish() == frames(body)
