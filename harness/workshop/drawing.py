"""Draws pictures: a coloured ground, a few shapes, words; the same request always gives the same picture."""

import io
import random
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

SHAPES: Final[Mapping[str, int]] = {"low": 3, "medium": 6, "high": 12}
"""How many shapes a quality stands for."""

COARSE: Final = 8
"""Pixels across a block of a partial picture, doubled for each one that is still to come."""

LINE: Final = 28
"""Characters of a line of words."""


def drawn(wanted: Mapping[str, Any]) -> bytes:
    """The bytes of a picture.

    `width`, `height`; `format` PNG, JPEG or WEBP; `quality` low, medium or high; `compression` 0 to 100;
    `transparent`; `colours`, the ground's first, as lists of three numbers; `words` to write; `about`, the text to
    keep in the file; `seed`; `coarseness` 0 for the picture itself, more for one of which less can be seen.
    """
    from PIL import Image, ImageDraw

    dice = random.Random(wanted["seed"])  # noqa: S311
    colours = [tuple(colour) for colour in wanted["colours"]]
    size = (wanted["width"], wanted["height"])
    ground = (0, 0, 0, 0) if wanted["transparent"] else (*colours[0], 255)
    image = Image.new("RGBA", size, ground)
    draw = ImageDraw.Draw(image)
    for number in range(SHAPES[wanted["quality"]]):
        shape(draw, size, colours[1:][number % (len(colours) - 1)], dice)
    write(draw, size, wanted["words"], colours[0])
    if wanted["coarseness"]:
        block = COARSE << wanted["coarseness"]
        image = image.resize((max(1, size[0] // block), max(1, size[1] // block)), resample=0).resize(size, resample=0)
    return encoded(image, wanted)


def shape(draw: "ImageDraw", size: tuple[int, int], colour: Any, dice: random.Random) -> None:
    """One shape somewhere, small enough that the ground remains the main colour."""
    width, height = size
    half = dice.randint(min(size) // 40, min(size) // 14)
    x, y = dice.randint(half, width - half), dice.randint(half, height * 3 // 4 - half)
    box = (x - half, y - half, x + half, y + half)
    fill = (*colour, 255)
    match dice.randrange(3):
        case 0:
            draw.ellipse(box, fill=fill)
        case 1:
            draw.rectangle(box, fill=fill)
        case _:
            draw.polygon([(x, y - half), (x + half, y + half), (x - half, y + half)], fill=fill)


def write(draw: "ImageDraw", size: tuple[int, int], words: str, ground: Sequence[int]) -> None:
    """Words at the foot, dark on light or light on dark."""
    from PIL import ImageFont

    ink = (0, 0, 0, 255) if sum(ground) > 382 else (255, 255, 255, 255)
    height = size[1] // 20
    text = words[:LINE].encode("latin-1", "replace").decode("latin-1")
    draw.text((size[0] // 20, size[1] * 17 // 20), text, fill=ink, font=ImageFont.load_default(height))


def encoded(image: "Image", wanted: Mapping[str, Any]) -> bytes:
    """The picture in its format, with the text that it is about."""
    from PIL import Image, PngImagePlugin

    about, into = wanted["about"], io.BytesIO()
    match wanted["format"]:
        case "PNG":
            notes = PngImagePlugin.PngInfo()
            notes.add_itxt("Description", about)
            made = image if wanted["transparent"] else image.convert("RGB")
            made.save(into, "PNG", pnginfo=notes, compress_level=1)
        case "JPEG":
            image.convert("RGB").save(into, "JPEG", quality=max(1, wanted["compression"]), comment=about.encode())
        case _:
            exif = Image.Exif()
            exif[0x010E] = about.encode()
            made = image if wanted["transparent"] else image.convert("RGB")
            made.save(into, "WEBP", quality=wanted["compression"], method=0, exif=exif)
    return into.getvalue()
