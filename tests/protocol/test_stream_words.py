"""What is said of a wrong stream, letter by letter: where, in which words, with which values.

After a deliberate change `python tests/protocol/test_stream_words.py` (with `tests` on the path) writes the golden text
anew, for review.
"""

from functools import partial
from typing import Any

import pytest
from builders import said
from builders.stream_controls import CONTROLS
from builders.stream_corners import CORNERS
from builders.stream_defects import ROWS

from harness.protocol.profiles import CORE, Profile
from harness.protocol.stream import StreamChecker


def told(events: list[Any], profile: Profile = CORE, cut: bool = False, **more: Any) -> list[str]:
    """The findings in a stream; None among the events is a frame that could not be read."""
    checker = StreamChecker(profile, **more)
    found = [one for event in events for one in (checker.skip() if event is None else checker.feed(event))]
    return [said.line(one) for one in (*found, *checker.finish(cut=cut))]


STREAMS = said.named(
    [
        *((row.id, partial(told, row.events, resumed_after=row.resumed_after, request=row.request)) for row in ROWS),
        *((name, partial(told, events, resumed_after=after)) for name, events, after, notes in CONTROLS if notes),
        *((row.about, partial(told, row.events, **row.more)) for row in CORNERS),
    ]
)
GOLDEN = said.read("streams") if __name__ != "__main__" else {}


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_is_spoken_of_as_its_golden_lines_say(name):
    assert STREAMS[name]() == GOLDEN[name]


def test_there_is_no_golden_section_too_many():
    assert list(GOLDEN) == list(STREAMS)


if __name__ == "__main__":
    said.write("streams", STREAMS)
