"""Puts defects over what is about to go out; a correct exchange goes in, a spoilt one comes out.

The live mock calls these on its way out; `spoil` also works on the events of a recording.
"""

import copy
from collections.abc import Iterable, Sequence

from harness.mock import frames
from harness.mock.answers import Answer
from harness.mock.defects.base import JSON, Defect, Door, OfAnswer, OfBody, OfEvents, OfFrames, OfResponse
from harness.mock.writing import Event


def of_response(response: JSON, defects: Iterable[Defect]) -> None:
    """Changes a response object in place, before it is stored and shown."""
    for defect in defects:
        if isinstance(defect, OfResponse):
            defect.change(response)


def of_events(events: Sequence[Event], defects: Iterable[Defect]) -> list[Event]:
    """The events with the defects in them; what came in stays as it was."""
    changes = [defect.change for defect in defects if isinstance(defect, OfEvents)]
    if not changes:
        return list(events)
    spoilt = [copy.deepcopy(event) for event in events]
    for change in changes:
        change(spoilt)
    return spoilt


def of_stream(events: Sequence[Event], defects: Sequence[Defect]) -> list[bytes]:
    """The frames that the events of an already spoilt response make under these defects."""
    spelled = frames.frames(of_events(events, defects))
    for defect in defects:
        if isinstance(defect, OfFrames):
            spelled = defect.change(spelled)
    return spelled


def spoil(events: Sequence[Event], defects: Iterable[Defect] = ()) -> list[bytes]:
    """A correct, recorded stream → its frames under these defects; joined, they are the body of the stream."""
    defects = tuple(defects)
    responses = [defect for defect in defects if isinstance(defect, OfResponse)]
    if responses:
        events = [copy.deepcopy(event) for event in events]
        for event in events:
            if isinstance(event.get("response"), dict):
                of_response(event["response"], responses)
    return of_stream(events, defects)


def of_body(response: JSON, defects: Iterable[Defect]) -> JSON:
    """The JSON of a plain answer; the stored response stays as it was."""
    changes = [defect.change for defect in defects if isinstance(defect, OfBody)]
    if not changes:
        return response
    spoilt = copy.deepcopy(response)
    for change in changes:
        change(spoilt)
    return spoilt


def of_answer(answer: Answer, defects: Iterable[Defect]) -> None:
    """Changes an answer's head, or tells the raw door what to do with it."""
    for defect in defects:
        if isinstance(defect, OfAnswer) and defect.touches(answer):
            defect.change(answer)
        elif isinstance(defect, Door) and defect.touches(answer):
            answer.door = defect.how
