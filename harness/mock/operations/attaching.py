"""What is attached to a request, read before the model sees it: pictures and documents, by data, file id or address.

Checked as documented: PNG, JPEG, WEBP and GIFs that do not move; at most 100 images; less than 50 MB each and in all,
images and files apart; PDFs, and plain texts. Addresses are those of this machine, see `harness.mock.errands`.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from harness.mock import asked, tokens
from harness.mock.attached import Attached, Reading
from harness.mock.errands import Errand
from harness.mock.errors import Refused, invalid
from harness.mock.operations.contents import Content, content_of
from harness.mock.rooms import Room
from harness.mock.store import JSON
from harness.mock.ways import Ways
from harness.workshop import Document, Picture, Unreadable, workshop

MOST_IMAGES: Final = 100
LARGEST: Final = 50_000_000
"""Bytes of one image or file, and of all of them together: documented as less than 50 MB."""

DETAILS: Final = ("low", "high", "auto", "original")

KINDS: Final = frozenset({"input_image", "input_file"})

Place = tuple[int, str, int]
"""Where a part stands: item, field, part."""

Held = Mapping[Place, Attached]
"""Every attachment of a request by its place."""

Reads = Generator[Errand, Any, Held]


@dataclass(frozen=True, slots=True)
class Part:
    """A part that attaches something; `path` names it in refusals."""

    place: Place
    path: str
    json: JSON

    @property
    def is_image(self) -> bool:
        return bool(self.json["type"] == "input_image")


@dataclass(frozen=True, slots=True)
class Look:
    """The errand of reading one attachment → `Picture`, `Document`, or why it is none."""

    raw: bytes
    image: bool

    async def carry_out(self) -> Reading | Unreadable:
        try:
            return await (workshop().picture(self.raw) if self.image else workshop().document(self.raw))
        except Unreadable as unreadable:
            return unreadable


def held(room: Room, items: object, ways: Ways) -> Reads:
    """Everything attached to the items of a request. Raises `Refused`; what else is wrong with items it leaves."""
    found = list(parts(items))
    if not found:
        return {}
    if ways.image_limits == "kept" and sum(part.is_image for part in found) > MOST_IMAGES:
        message = f"Too many images in the request: at most {MOST_IMAGES} are accepted."
        raise invalid(message, "input", "too_many_images")
    contents: list[Content] = []
    for part in found:
        content = yield from content_of(room, part.json, part.path, ways)
        contents.append(content)
    check_sizes(found, contents, ways)
    made: dict[Place, Attached] = {}
    for part, content in zip(found, contents, strict=True):
        reading = yield from read(part, content, ways)
        seen = reading if ways.attachments == "read" else None
        made[part.place] = Attached(part.json, seen, cost(part, reading, ways))
    return made


def parts(items: object) -> Iterator[Part]:
    """Every part that attaches something, of messages and of what tools returned."""
    for at, item in enumerate(items if isinstance(items, list) else ()):
        for field in ("content", "output"):
            inner = item.get(field) if isinstance(item, dict) else None
            for number, part in enumerate(inner if isinstance(inner, list) else ()):
                if isinstance(part, dict) and part.get("type") in KINDS:
                    yield Part((at, field, number), f"input[{at}].{field}[{number}]", part)


def check_sizes(found: Sequence[Part], contents: Sequence[Content], ways: Ways) -> None:
    """Each and all below the limit, images and files apart."""
    for image, kept in ((True, ways.image_limits), (False, ways.file_limits)):
        sizes = [len(content.raw) for part, content in zip(found, contents, strict=True) if part.is_image is image]
        if kept == "kept" and sum(sizes) >= LARGEST:
            noun, code = ("image", "image_file_too_large") if image else ("file", "file_too_large")
            which = "The" if max(sizes) >= LARGEST else "Together the"
            message = f"{which} {noun} data is too large: less than {LARGEST} bytes are accepted."
            raise invalid(message, "input", code)


def read(part: Part, content: Content, ways: Ways) -> Generator[Errand, Any, Reading | None]:
    """What stands in it. Raises `Refused` where it cannot be read."""
    if content.text is not None:
        return Document("text", (content.text,))
    found = yield Look(content.raw, part.is_image)
    if part.is_image and ways.image_kinds == "any":
        return None if isinstance(found, Unreadable) else found
    if isinstance(found, Unreadable):
        raise unreadable_image(found, content) if part.is_image else unreadable_file(found, content)
    if isinstance(found, Picture) and found.animated and found.format == "GIF":
        raise invalid(f"{NOT_SUPPORTED} Animated GIFs are not supported.", content.path, "invalid_image_format")
    return found  # type: ignore[no-any-return]


NOT_SUPPORTED: Final = (
    "You uploaded an unsupported image. Please make sure your image is of one of these formats: "
    "['png', 'jpeg', 'gif', 'webp']."
)


def unreadable_image(why: Unreadable, content: Content) -> Refused:
    if why.kind == "unknown":
        return invalid(NOT_SUPPORTED, content.path, "invalid_image_format")
    if why.kind in ("large", "slow"):
        return invalid(f"The image is too large. {why.message}", content.path, "image_too_large")
    return invalid("The image data does not represent a valid image.", content.path, "image_parse_error")


def unreadable_file(why: Unreadable, content: Content) -> Refused:
    if why.kind == "unknown":
        return unsupported_file()
    return invalid(f"The file could not be read. {why.message}", content.path, "invalid_file")


def unsupported_file() -> Refused:
    """A kind of file that no model reads, as recorded."""
    message = "The file type you uploaded is not supported. Please try again with a pdf"
    return invalid(message, "input", "unsupported_file")


def cost(part: Part, reading: Reading | None, ways: Ways) -> int:
    """Tokens of it. Raises `Refused` for a detail that there is not."""
    detail = part.json.get("detail") or "auto"
    asked.check_choice(f"{part.path}.detail", detail, DETAILS)
    if ways.attachments == "ignored":
        return 0
    if isinstance(reading, Picture):
        return tokens.of_picture(reading, "high" if ways.detail == "ignored" else detail)
    return tokens.IMAGE if reading is None else tokens.of_document(reading)
