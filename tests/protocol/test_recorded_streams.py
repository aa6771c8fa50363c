"""Real traffic: no error on any of it, and the events spell the response that the last one tells."""

import corpus
from builders.mutants import judge, resumed_after

from harness.findings import Level
from harness.protocol.compare import differences
from harness.protocol.profiles import CORE
from harness.protocol.shape import check_response
from harness.protocol.stream import StreamChecker


def events(record):
    """The events of a recorded stream."""
    return [event["data"] for event in record["response"]["events"] if "data" in event]


def test_no_recorded_stream_has_an_error():
    for record in corpus.streams():
        found = judge(events(record), corpus.profile(record), resumed_after(record))
        assert [finding for finding in found if finding.level is Level.ERROR] == [], record["id"]


def test_streams_of_openai_and_azure_have_no_warning_either():
    """A note is left for recordings of March 2025, which have no numbers."""
    for record in corpus.streams():
        if corpus.profile(record) is CORE:
            found = judge(events(record), CORE, resumed_after(record))
            assert {finding.rule for finding in found} <= {"order.seq_absent"}, record["id"]


def test_no_recorded_plain_response_of_openai_or_azure_is_out_of_shape():
    for record in corpus.records():
        body = record["response"].get("body")
        if isinstance(body, dict) and body.get("object") == "response" and corpus.profile(record) is CORE:
            assert check_response(body, CORE) == [], record["id"]


def test_the_events_of_a_recorded_stream_spell_the_response_that_the_last_one_tells():
    told = 0
    for record in corpus.streams():
        checker = StreamChecker(corpus.profile(record), resumed_after=resumed_after(record))
        stream = events(record)
        for event in stream:
            checker.feed(event)
        final = stream[-1]["response"]
        if resumed_after(record) is not None or not final["output"] or corpus.profile(record).name == "lenient":
            continue
        assert list(differences(checker.fold.response, final)) == [], record["id"]
        told += 1
    assert told > 200


def test_a_recorded_stream_spells_its_texts_before_they_are_closed():
    """The fold of a stream that is cut before any done event holds what the deltas said."""
    told = 0
    for record in corpus.streams():
        if corpus.profile(record).name == "lenient" or resumed_after(record) is not None:
            continue
        checker = StreamChecker(corpus.profile(record))
        text = ""
        for event in events(record):
            if event["type"] in ("response.output_text.done", "response.output_item.done"):
                break
            checker.feed(event)
            text += event["delta"] if event["type"] == "response.output_text.delta" else ""
        if text:
            assert checker.fold.response["output"][-1]["content"][0]["text"] == text, record["id"]
            told += 1
    assert told > 50
