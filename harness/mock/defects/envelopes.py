"""Defects of the HTTP envelope: status, content type, another kind of body."""

import json
from typing import Final

from harness.mock import emit, frames
from harness.mock.answers import Answer
from harness.mock.defects.base import Defect, OfAnswer

PAGE: Final = b"<!DOCTYPE html><html><head><title>Welcome</title></head><body><h1>Welcome</h1></body></html>"


def as_json_type(answer: Answer) -> None:
    answer.header("content-type", "application/json")


def html_page(answer: Answer) -> None:
    answer.header("content-type", "text/html; charset=utf-8")
    answer.frames, answer.body = None, PAGE


def not_streamed(answer: Answer) -> None:
    """The JSON of the response that the last event shows, instead of the events."""
    last = json.loads((answer.frames or [b"data: {}"])[-1].partition(b"data: ")[2])
    answer.header("content-type", "application/json")
    answer.frames, answer.body = None, frames.to_bytes(frames.encode_json(last.get("response")))


def no_body(answer: Answer) -> None:
    answer.frames, answer.body = [], b""


def no_content(answer: Answer) -> None:
    answer.status, answer.body = 204, b""
    answer.header("content-type", None)


def accepted(answer: Answer) -> None:
    answer.status = 202


def other_region(answer: Answer) -> None:
    answer.header("x-ms-region", "Atlantis Central")


def other_deployment(answer: Answer) -> None:
    answer.header("x-ms-deployment-name", "somebody-elses")


def other_model(answer: Answer) -> None:
    """Another version of the model says that it answered."""
    served = dict(answer.headers).get("x-ms-served-model")
    if served is not None:
        answer.header("x-ms-served-model", f"{served.rpartition('-20')[0] or served}-2024-01-01")


def unasked_stream(answer: Answer) -> None:
    """Events although streaming was not asked for; a response that has not ended has none yet."""
    response = json.loads(answer.body)
    if response["status"] in emit.FINAL_EVENT:
        answer.header("content-type", "text/event-stream; charset=utf-8")
        answer.frames = frames.frames(emit.events(response))


TABLE: Final[tuple[Defect, ...]] = (
    OfAnswer(
        id="A07",
        slug="stream-called-json",
        title="correct events under content-type application/json",
        findings=("wire.content_type",),
        change=as_json_type,
    ),
    OfAnswer(
        id="A08",
        slug="html-page",
        title="status 200 and an HTML page",
        findings=("wire.content_type", "wire.no_terminal"),
        change=html_page,
    ),
    OfAnswer(
        id="A09",
        slug="not-streamed",
        title="the JSON object instead of events",
        findings=("wire.not_streamed",),
        change=not_streamed,
    ),
    OfAnswer(
        id="A10",
        slug="empty-body",
        title="status 200 and no body",
        findings=("wire.empty_body",),
        change=no_body,
    ),
    OfAnswer(
        id="A11a",
        slug="no-content",
        title="status 204 on create",
        base="X4",
        findings=("wire.bad_status",),
        change=no_content,
    ),
    OfAnswer(
        id="A11b",
        slug="accepted",
        title="status 202 on create",
        base="X4",
        findings=("wire.bad_status",),
        change=accepted,
    ),
    OfAnswer(
        id="A12",
        slug="unasked-stream",
        title="events although streaming was not asked for",
        base="X4",
        findings=("wire.content_type",),
        change=unasked_stream,
    ),
    OfAnswer(
        id="B38",
        slug="model-version-other",
        title="another version of the model answers",
        base="any",
        findings=("sem.model_version",),
        change=other_model,
    ),
    OfAnswer(
        id="B39",
        slug="region-other",
        title="another region says that it answered",
        base="any",
        findings=("sem.region",),
        change=other_region,
    ),
    OfAnswer(
        id="B40",
        slug="deployment-other",
        title="another deployment says that it answered",
        base="any",
        findings=("sem.deployment",),
        change=other_deployment,
    ),
)
