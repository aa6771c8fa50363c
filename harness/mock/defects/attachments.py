"""Defects of what is attached and of what is drawn: not read, not limited, not checked, not what it says it is."""

import base64
from collections.abc import Callable
from typing import Final

from harness.mock.defects import streams
from harness.mock.defects.base import JSON, Defect, OfEvents, OfResponse, Way
from harness.mock.drawn import Drawn
from harness.mock.writing import Event

GIF: Final = base64.b64decode("R0lGODlhAQABAIAAAP8AAAAAACwAAAAAAQABAAACAkQBADs=")
PAGE: Final = b"<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>"


def on_pictures(edit: Callable[[bytes], bytes]) -> Callable[[JSON], None]:
    """Changes the bytes of every finished picture; partial ones stay as they are."""

    def change(response: JSON) -> None:
        for item in response["output"]:
            if item.get("type") == "image_generation_call" and item.get("result"):
                was = item["result"]
                made = base64.b64encode(edit(base64.b64decode(was))).decode()
                item["result"] = Drawn.of([*was.partials, made]) if isinstance(was, Drawn) else made

    return change


def one_partial_more(events: list[Event]) -> None:
    """The last partial picture comes once more, as the next one."""
    found = streams.places(events, streams.PARTIAL_IMAGE)
    if found:
        last = events[found[-1]]
        events.insert(found[-1] + 1, {**last, "partial_image_index": last["partial_image_index"] + 1})


def way(row: str, slug: str, title: str, finding: str, **changes: str) -> Way:
    """A row of the table below."""
    return Way(id=row, slug=slug, title=title, base="X12", findings=(finding,), changes=changes)


def picture(row: str, slug: str, title: str, edit: Callable[[bytes], bytes]) -> OfResponse:
    """Another row."""
    return OfResponse(
        id=row, slug=slug, title=title, base="X11", findings=("sem.image_type",), change=on_pictures(edit)
    )


TABLE: Final[tuple[Defect, ...]] = (
    picture("B60a", "image-of-another-type", "the image is of another type", lambda raw: GIF),
    picture("B60b", "image-cut-short", "the image is cut short", lambda raw: raw[: len(raw) * 2 // 3]),
    picture("B60c", "image-is-a-page", "the image is a page of HTML", lambda raw: PAGE),
    OfEvents(
        id="B61",
        slug="partial-image-too-many",
        title="a partial image more than was asked for",
        base="X11",
        findings=("sem.image_partial",),
        change=streams.renumbered(one_partial_more),
    ),
    way("B63", "attachment-ignored", "what is attached is not read", "sem.attachment_ignored", attachments="ignored"),
    way(
        "B71",
        "image-limits-ignored",
        "101 images, or 50 MB of them, are taken",
        "sem.limit_not_enforced",
        image_limits="ignored",
    ),
    way(
        "B72",
        "image-kinds-unchecked",
        "moving and damaged images and other formats are taken",
        "sem.invalid_accepted",
        image_kinds="any",
    ),
    way("B73", "detail-ignored", "low detail costs as much as high", "sem.detail_ignored", detail="ignored"),
    way(
        "B74a",
        "file-limits-ignored",
        "files of 50 MB and more are taken",
        "sem.limit_not_enforced",
        file_limits="ignored",
    ),
    way(
        "B74b",
        "user-data-accepted",
        "uploads of user_data are taken where that is not supported",
        "sem.limit_not_enforced",
        purposes="any",
    ),
)
