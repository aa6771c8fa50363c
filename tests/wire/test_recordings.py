"""Recordings of other tools, written here by hand, as the exchanges that they hold."""

import base64
import gzip
import io
import json
import tracemalloc

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from harness.wire.exchange import How
from harness.wire.limits import Limits
from harness.wire.recordings import Unreadable, read

URL = "https://service.invalid/openai/v1/responses"
SSE = 'event: a\ndata: {"text":"ä €"}\n\n'


def exchanges(data: bytes, **limits):
    return list(read(io.BytesIO(data), Limits(**limits)))


BODIES = [
    SSE.encode(),
    b"\n\n: hello\n\n" + SSE.encode(),
    b'\xef\xbb\xbf{"id":1}',
    b"[1]",
    b"",
    "e: 1\n".encode("utf-16"),
    b"dat: 1\ndata: 2\n\n",
]


@pytest.mark.parametrize("body", BODIES)
def test_a_body_alone_is_an_exchange_without_head_and_request(body):
    """Events, JSON, nothing at all, or another encoding: what it is worth is judged later."""
    (one,) = exchanges(body)

    assert (one.body, one.head, one.request.method, one.ending.how) == (body, None, "", How.COMPLETE)


@pytest.mark.parametrize("data", [b"hello", b"\x89PNG\r\n", b"<html></html>", b"key: value\n", b"- a\n- b\n"])
def test_anything_else_is_refused(data):
    """What is no recording is said to be none."""
    with pytest.raises(Unreadable):
        exchanges(data)


def test_a_body_above_the_limit_is_cut_there():
    """Reading stops at the limit and says so."""
    (one,) = exchanges(b"data: 1\n\n" * 100, body=90)

    assert (one.body, one.ending.how) == (b"data: 1\n\n" * 10, How.TOO_LARGE)


def har(*entries, **log):
    return {"log": {"version": "1.2", "creator": {"name": "x"}, **log, "entries": list(entries)}}


def entry(**response):
    """One entry of a HAR file."""
    return {
        "startedDateTime": "2026-08-01T10:00:00.000Z",
        "time": 1500,
        "request": {
            "method": "POST",
            "url": URL,
            "headers": [{"name": "Content-Type", "value": "application/json"}],
            "postData": {"mimeType": "application/json", "text": '{"stream":true}'},
        },
        "response": {
            "status": 200,
            "statusText": "OK",
            "headers": [{"name": "content-type", "value": "text/event-stream"}, {"name": "X", "value": "1"}],
            "content": {"size": len(SSE), "mimeType": "text/event-stream", "text": SSE},
            **response,
        },
    }


@pytest.mark.parametrize("indent", [None, 2])
def test_har(indent):
    """Request, head, body and duration of each entry."""
    binary = {"text": base64.b64encode(b"\xff\x00").decode(), "encoding": "base64"}
    data = json.dumps(har(entry(), entry(content=binary, status=404), pages=[{"title": '"entries": ['}]), indent=indent)
    first, second = exchanges(data.encode())

    assert (first.request.method, first.request.url, first.request.body) == ("POST", URL, b'{"stream":true}')
    assert (first.status, first.content_type, first.body) == (200, "text/event-stream", SSE.encode())
    assert (first.ended_at, first.started) == (1.5, 1785578400.0)
    assert first.head.headers[1] == ("X", "1")
    assert (second.status, second.body) == (404, b"\xff\x00")


def test_har_without_bodies_or_answers():
    """A body that the recorder left out is not taken for an empty one; an aborted request has no head."""
    left_out = entry(content={"size": 400})
    aborted = entry(status=0, content={"size": 0})
    found = exchanges(json.dumps(har(left_out, aborted, 7)).encode())

    assert [(one.head, one.ending.how) for one in found] == [(None, How.NO_ANSWER)]


@pytest.mark.parametrize(
    ("data", "given_out"),
    [
        (json.dumps(har(entry(), entry()))[:-300], 1),
        (json.dumps(har(entry()))[:-3], 1),
        (json.dumps(har(entry())).replace('"time": 1500', '"time": 15x'), 0),
        ('{"log": {"version": "1.2"}}', 0),
        ('{"log": {"entries": [' + "[" * 100_000, 0),
    ],
    ids=["cut", "no end", "no JSON", "no entries", "deep"],
)
def test_har_that_breaks_off(data, given_out):
    """What is whole is given out first."""
    found = read(io.BytesIO(data.encode()))
    assert [next(found).status for _ in range(given_out)] == [200] * given_out
    with pytest.raises(Unreadable):
        next(found)


def interaction(string=SSE, **response):
    """One interaction of a cassette."""
    headers = {"Content-Type": ["text/event-stream; charset=utf-8"], "Set-Cookie": ["a", "b"]}
    return {
        "request": {"method": "POST", "uri": URL, "headers": {"accept": ["*/*"]}, "body": '{"stream":true}'},
        "response": {
            "status": {"code": 200, "message": "OK"},
            "headers": headers,
            "body": {"string": string},
            **response,
        },
    }


def cassette(*interactions):
    return yaml.safe_dump({"interactions": list(interactions), "version": 1}, allow_unicode=True).encode()


def test_cassette():
    """Text, binary, and a content coding that the recorder left in place."""
    packed = interaction(gzip.compress(SSE.encode()))
    packed["response"]["headers"]["Content-Encoding"] = ["gzip"]
    found = exchanges(cassette(interaction(), interaction(b"\xff\x00"), packed))

    assert [one.body for one in found] == [SSE.encode(), b"\xff\x00", SSE.encode()]
    assert [one.ending.how for one in found] == [How.COMPLETE] * 3
    assert (found[0].request.method, found[0].request.url, found[0].request.body) == ("POST", URL, b'{"stream":true}')
    assert found[0].head.headers[1:] == (("Set-Cookie", "a"), ("Set-Cookie", "b"))
    assert (found[0].status, found[0].head.reason, found[0].content_type) == (200, "OK", "text/event-stream")


def test_cassette_with_a_broken_coding():
    """A packed body that is cut is no body."""
    packed = interaction(gzip.compress(SSE.encode())[:-9])
    packed["response"]["headers"]["Content-Encoding"] = ["gzip"]

    assert [one.ending.how for one in exchanges(cassette(packed))] == [How.BAD_ENCODING]


OTHER_CASSETTES = {
    "json": json.dumps({"version": 1, "interactions": [interaction()]}),
    "ruby": yaml.safe_dump({"http_interactions": [interaction()], "recorded_with": "VCR 6"}),
    "comment first": "# made by hand\n---\n" + cassette(interaction()).decode(),
    "version first": yaml.safe_dump({"version": 1, "interactions": [interaction()]}, sort_keys=False),
    "anchors": "interactions:\n- &one " + json.dumps(interaction()) + "\n- *one\nversion: 1\n",
    "parsed body": yaml.safe_dump({"interactions": [interaction(parsed_body={"id": "ä"})], "version": 1}),
}


@pytest.mark.parametrize("name", OTHER_CASSETTES)
def test_other_ways_to_write_a_cassette(name):
    """The same exchange."""
    found = exchanges(OTHER_CASSETTES[name].encode())

    assert len(found) == (2 if name == "anchors" else 1)
    assert {one.body.decode() for one in found} == {'{"id": "ä"}' if name == "parsed body" else SSE}


HOSTILE = {
    "object": "interactions:\n- !!python/object/apply:os.system [true]\nversion: 1\n",
    "foreign tag": "interactions:\n- request: !secret x\n",
    "depth": "interactions:\n- " + "[" * 60_000,
    "aliases": "interactions:\n- a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"  b{n}: &b{n} [{','.join(['*' + ('a' if n == 0 else f'b{n - 1}')] * 9)}]\n" for n in range(9)),
    "alias of nothing": "interactions:\n- *a\n",
    "itself": "interactions:\n- &a [*a]\n",
    "key": "interactions:\n- ? [a]\n  : 1\n",
    "binary": "interactions:\n- request: !!binary '*'\n",
    "cut": "interactions:\n- request: {method: 'POST\n",
    "no list": "version: 1\n",
    "not UTF-8": b"interactions:\n- request: '\xff'\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_cassette_is_data_or_refused(name):
    """Nothing is built that is not plain data, nothing grows without bound."""
    data = HOSTILE[name]
    if name == "no list":
        assert exchanges(data.encode()) == []
        return
    with pytest.raises(Unreadable):
        exchanges(data if isinstance(data, bytes) else data.encode())


def test_many_exchanges_are_read_one_at_a_time():
    """Memory does not grow with the number of exchanges, in any form that holds several."""
    text = SSE * 500
    forms = [
        json.dumps(har(*[entry(content={"text": text})] * 150)),
        cassette(*[interaction(text + " ") for _ in range(60)]).decode(),
    ]
    for form in forms:
        data = form.encode()
        tracemalloc.start()
        count = sum(1 for _ in read(io.BytesIO(data)))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert count in (150, 60)
        assert peak < len(data) / 3


@given(st.sampled_from([json.dumps(har(entry(), entry())).encode(), cassette(interaction(), interaction())]), st.data())
def test_no_recording_makes_it_stumble(data, draw):
    """Bytes changed at random: exchanges, or one kind of refusal."""
    at = draw.draw(st.integers(0, len(data)))
    size = draw.draw(st.sampled_from([0, 1, 9, 5000]))
    new = draw.draw(
        st.one_of(st.binary(max_size=4), st.sampled_from([b"{", b"[", b"null", b'"', b"&a ", b"*a", b"!!x ", b"\n"]))
    )
    try:
        found = exchanges(data[:at] + new + data[at + size :])
    except Unreadable:
        return
    assert all(isinstance(one.body, bytes) for one in found)
