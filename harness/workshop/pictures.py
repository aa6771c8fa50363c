"""A picture's bytes → what it is. Runs in the child: the bytes may be made to harm."""

import io
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from harness.workshop.colours import RGB, name_of, spelled
from harness.workshop.wrong import Wrong

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF")
PIXELS: Final = 64_000_000
"""More are not decoded, whatever the picture's few bytes promise."""

SAMPLE: Final = 128
"""Pixels of a side to which a picture is reduced to look at its colours."""

MAIN: Final = 0.1
"""Share of the picture from which on a colour is a main one."""

SAID: Final = ("Title", "Description", "Comment", "comment")
"""Where PNG, JPEG and GIF keep text."""

EXIF: Final = (0x010E,)
"""ImageDescription."""

WORDS: Final = 10_000
"""Characters of text that are read."""


def read(raw: bytes) -> dict[str, Any]:
    """Format, size, colours, words. Raises `Wrong`, and whatever the decoder raises over damaged bytes."""
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = PIXELS
    try:
        image = Image.open(io.BytesIO(raw), formats=FORMATS)
    except UnidentifiedImageError as error:
        raise Wrong("unknown", "These are not the bytes of a PNG, JPEG, WEBP or GIF.") from error
    except Image.DecompressionBombError as error:
        raise Wrong("large", "The picture has too many pixels.") from error
    with image:
        if image.width * image.height > PIXELS:
            raise Wrong("large", "The picture has too many pixels.")
        animated = bool(getattr(image, "is_animated", False))
        image.load()
        return {
            "format": image.format,
            "width": image.width,
            "height": image.height,
            "colours": list(colours(image)),
            "words": "\n".join(words(image))[:WORDS],
            "animated": animated,
        }


def colours(image: "Image") -> Iterator[list[Any]]:
    """The main colours: name, value, share of what is not transparent."""
    small = image.resize((min(image.width, SAMPLE), min(image.height, SAMPLE)), resample=0).convert("RGBA")
    seen: Counter[RGB] = Counter()
    for count, value in small.getcolors(SAMPLE * SAMPLE) or ():
        if isinstance(value, tuple) and value[3] > 0:
            seen[(value[0], value[1], value[2])] += count
    named: dict[str, Counter[RGB]] = {}
    for colour, count in seen.items():
        named.setdefault(name_of(colour), Counter())[colour] += count
    for name, shades in sorted(named.items(), key=lambda entry: -entry[1].total()):
        share = shades.total() / seen.total()
        if share >= MAIN:
            yield [name, spelled(shades.most_common(1)[0][0]), round(share, 3)]


def words(image: "Image") -> Iterator[str]:
    """Every text in the file that describes it."""
    found: list[str] = []
    for key in SAID:
        value = image.info.get(key)
        found.append(value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value or ""))
    exif = image.getexif()
    found += [unmangled(str(exif[tag])) for tag in EXIF if tag in exif]
    yield from dict.fromkeys(text.replace("\0", "").strip() for text in found if text.strip())


def unmangled(text: str) -> str:
    """EXIF is read as Latin-1; nearly everybody writes UTF-8."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text
