"""Defects of frames and their bytes: how events are spelled on the wire."""

import re
from collections.abc import Callable
from typing import Final

from harness.mock.defects.base import Defect, OfFrames

Frames = list[bytes]
Change = Callable[[Frames], Frames]


def victim(frames: Frames) -> int:
    """The frame that is spoilt: a delta in the middle, or else the one before the last."""
    found = [at for at, frame in enumerate(frames) if frame.startswith(b"event:") and b".delta\n" in frame[:100]]
    return found[len(found) // 2] if found else max(0, len(frames) - 2)


def replaced(frames: Frames, old: bytes, new: bytes) -> Frames:
    """The spoilt frame with something in it replaced, once."""
    at = victim(frames)
    return [*frames[:at], frames[at].replace(old, new, 1), *frames[at + 1 :]] if frames else frames


def with_field(frames: Frames, field: bytes) -> Frames:
    """The spoilt frame with something more at the end of its object."""
    at = victim(frames)
    if not frames or not frames[at].endswith(b"}\n\n"):
        return frames
    return [*frames[:at], frames[at][:-3] + b"," + field + b"}\n\n", *frames[at + 1 :]]


def no_last_blank_line(frames: Frames) -> Frames:
    return [*frames[:-1], frames[-1][:-1]]


def no_blank_line(frames: Frames) -> Frames:
    at = victim(frames)
    return [*frames[:at], frames[at][:-1], *frames[at + 1 :]]


def other_event_name(frames: Frames) -> Frames:
    return replaced(frames, b".delta\n", b".done\n")


def no_event_names(frames: Frames) -> Frames:
    return [frame[frame.index(b"\n") + 1 :] if frame.startswith(b"event:") else frame for frame in frames]


def misspelt_data(frames: Frames) -> Frames:
    return replaced(frames, b"\ndata: ", b"\ndat: ")


def not_json(frames: Frames) -> Frames:
    return replaced(frames, b"}\n\n", b"\n\n")


def stray_byte(frames: Frames) -> Frames:
    return replaced(frames, b'"delta":"', b'"delta":"\xff')


def half_character(frames: Frames) -> Frames:
    """The event ends after the first byte of a character of two."""
    at = victim(frames)
    head, mark, _ = frames[at].partition(b'"delta":"')
    return [*frames[:at], head + mark + b"\xc3\n\n", *frames[at + 1 :]] if mark else frames


def in_utf16(frames: Frames) -> Frames:
    return [b"".join(frames).decode("utf-8").encode("utf-16")]


def raw_nul(frames: Frames) -> Frames:
    return replaced(frames, b'"delta":"', b'"delta":"\x00')


def inserted(payload: bytes) -> Change:
    """One frame more, with this payload."""

    def change(frames: Frames) -> Frames:
        at = victim(frames)
        return [*frames[:at], b"data: " + payload + b"\n\n", *frames[at:]]

    return change


def added_field(field: bytes) -> Change:
    """The spoilt frame with a field more."""
    return lambda frames: with_field(frames, field)


def key_twice(frames: Frames) -> Frames:
    """A key that stands in the object already, with the same value."""
    found = re.search(rb'"output_index":\d+', frames[victim(frames)]) if frames else None
    return with_field(frames, found[0]) if found else frames


def huge_event(frames: Frames) -> Frames:
    return with_field(frames, b'"ballast":"' + b"x" * (17 * 1024 * 1024) + b'"')


def very_many(frames: Frames) -> Frames:
    """200 001 events: keep-alives, correctly numbered, before the last event."""
    start = len(frames) - 1
    many = [
        b'event: keepalive\ndata: {"type":"keepalive","sequence_number":%d}\n\n' % number
        for number in range(start, 200_001 - 1)
    ]
    last = frames[-1].replace(b'"sequence_number":%d' % start, b'"sequence_number":%d' % (start + len(many)), 1)
    return [*frames[:-1], *many, last]


def early_sentinel(frames: Frames) -> Frames:
    at = victim(frames)
    return [*frames[:at], b"data: [DONE]\n\n", *frames[at:]]


def sentinel_for_terminal(frames: Frames) -> Frames:
    return [*frames[:-1], b"data: [DONE]\n\n"]


def row(id: str, slug: str, title: str, change: Change, *findings: str) -> OfFrames:
    """A row of the table below."""
    return OfFrames(id=id, slug=slug, title=title, change=change, findings=findings)


BAD_JSON, BAD_UTF8, CUT = "wire.bad_json", "wire.bad_utf8", "wire.unterminated_event"

TABLE: Final[tuple[Defect, ...]] = (
    row(
        "A26",
        "last-blank-line-missing",
        "the last event lacks its blank line",
        no_last_blank_line,
        CUT,
        "wire.no_terminal",
    ),
    row("A27", "blank-line-missing", "the blank line between two events is missing", no_blank_line, BAD_JSON),
    row(
        "A28",
        "event-name-differs",
        "the event line names another known type",
        other_event_name,
        "wire.event_name_mismatch",
    ),
    row("A29", "event-names-missing", "no event lines at all", no_event_names, "wire.event_name_missing"),
    row("A30", "data-misspelt", "`dat:` instead of `data:`", misspelt_data, "wire.unknown_field", "order.seq_gap"),
    row("A31", "event-not-json", "an event that is not JSON", not_json, BAD_JSON),
    row("A32", "stray-byte", "byte FF inside a delta", stray_byte, BAD_UTF8),
    row("A33", "half-character", "an event ends within a character", half_character, BAD_UTF8),
    row("A34", "utf-16", "the body in UTF-16", in_utf16, BAD_UTF8),
    row("A35", "raw-nul", "a raw NUL inside a JSON string", raw_nul, BAD_JSON),
    row("A36a", "payload-list", "an event whose payload is a list", inserted(b"[1]"), "wire.not_object"),
    row("A36b", "payload-null", "an event whose payload is null", inserted(b"null"), "wire.not_object"),
    row("A37", "not-a-number", "NaN as a number", added_field(b'"score":NaN'), BAD_JSON),
    row("A38", "key-twice", "a key twice in one object", key_twice, "wire.duplicate_key"),
    row(
        "A39",
        "nested-deep",
        "5 000 nested arrays",
        added_field(b'"deep":' + b"[" * 5000 + b"]" * 5000),
        "wire.too_deep",
    ),
    row("A40", "long-number", "an integer of 5 000 digits", added_field(b'"long":' + b"7" * 5000), "wire.bad_number"),
    row("A41", "huge-event", "an event of 17 MiB", huge_event, "wire.too_large"),
    row("A42a", "too-many-events", "200 001 events", very_many, "wire.too_large"),
    row("A43", "sentinel-early", "`data: [DONE]` in the middle", early_sentinel, "wire.done_sentinel_early"),
    row(
        "A44",
        "sentinel-for-terminal",
        "`data: [DONE]` instead of the last event",
        sentinel_for_terminal,
        "wire.no_terminal",
    ),
)
