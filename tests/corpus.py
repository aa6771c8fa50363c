"""The recorded corpus of real traffic: where it lies, its records, and each as the exchange that it was.

It is no part of the project. The directory is named by RESPONSES_CORPUS, or stands beside the checkout; without it
the tests that need it are skipped.
"""

import gzip
import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from harness.protocol.profiles import CODEX, CORE, LENIENT, Profile
from harness.reply import Reply
from harness.wire.exchange import Ending, Exchange, Head, How, Request

FOLDER = Path(os.environ.get("RESPONSES_CORPUS") or Path(__file__).parents[2] / "shared" / "corpus")


@cache
def records() -> tuple[dict[str, Any], ...]:
    """Every record of the corpus, in the order of files and lines; skips the test where there is none."""
    files = sorted(FOLDER.glob("*.jsonl.gz"))
    if not files:
        pytest.skip(f"no recorded corpus: RESPONSES_CORPUS is not set, and {FOLDER} holds none")
    return tuple(json.loads(line) for file in files for line in gzip.open(file, "rt", encoding="utf-8"))


def streams() -> Iterator[dict[str, Any]]:
    """The records that are event streams."""
    return (record for record in records() if record["response"]["stream"])


def profile(record: dict[str, Any]) -> Profile:
    """The profile by which a record's provider is judged."""
    provider = record["provider"]
    if provider in ("openai", "azure"):
        return CORE
    return CODEX if provider == "other:chatgpt-codex" else LENIENT


def exchange(record: dict[str, Any]) -> Exchange:
    """A record as the exchange that it was; what was not recorded is left empty."""
    response = record["response"]
    body = stream_bytes(response["events"]) if response["stream"] else as_json(response["body"])
    head = None
    if response["status"] is not None:
        kind = response["content_type"]
        lines = [*response["headers"].items(), *([("content-type", kind)] if kind else [])]
        head = Head(response["status"], tuple((name, str(value)) for name, value in lines))
    return Exchange(request(record), head, body, (), Ending(How.COMPLETE))


def request(record: dict[str, Any]) -> Request:
    """A record's request; without method where it was not recorded."""
    asked = record["request"]
    if "no-request" in record["fidelity"] or not asked.get("method"):
        return Request("", "")
    query = urlencode(asked["query"], doseq=True)
    url = "https://recorded.invalid" + asked["path"] + (f"?{query}" if query else "")
    return Request(asked["method"], url, (), as_json(asked["body"]) if asked["body"] is not None else b"")


def reply(record: dict[str, Any]) -> Reply:
    """A record as a reply, judged by its provider's profile."""
    return Reply(exchange(record), profile=profile(record))


def stream_bytes(events: list[dict[str, Any]]) -> bytes:
    """Recorded events as the bytes of a stream."""
    return b"".join(map(_block, events))


def _block(event: dict[str, Any]) -> bytes:
    if "comment" in event:
        return b": " + event["comment"].encode() + b"\n\n"
    name = f"event: {event['event']}\n".encode() if event.get("event") is not None else b""
    data = event["data_raw"].encode() if "data_raw" in event else as_json(event["data"])
    return name + b"data: " + data + b"\n\n"


def as_json(value: Any) -> bytes:
    """A value as services write it."""
    if isinstance(value, str):
        return value.encode()
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
