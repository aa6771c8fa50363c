"""Image generation: pictures drawn by a second deployment, which the request names in a header.

    x-ms-oai-image-generation-deployment: my-gpt-image-1

The picture is a real one, of the size, format, background and quality asked for. Its ground is the first colour that
the prompt names, its words stand at the foot, and the whole of what it is about stands in the file, so that a model
that is shown it can tell. Streaming is documented as not supported and refused; with the issue `image-streaming` it
goes as recorded, with as many partial pictures as are asked for.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from harness.catalogue import Catalogue, Documented
from harness.mock.asked import JSON_NAMES, check_choice, check_type
from harness.mock.drawn import Drawn
from harness.mock.errands import Undone, Work
from harness.mock.errors import broken, invalid, no_deployment
from harness.mock.hosted.base import HostedTool, Job, calling, closing, demanded, speaks_of, used
from harness.mock.model.context import JSON, Context, Draft
from harness.mock.offered import Model, named
from harness.workshop import Unreadable, workshop
from harness.workshop.colours import COLOURS

HEADER: Final = "x-ms-oai-image-generation-deployment"

SIZES: Final[Mapping[str, tuple[int, int]]] = {
    "1024x1024": (1024, 1024),
    "1536x1024": (1536, 1024),
    "1024x1536": (1024, 1536),
}
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "size": ("auto", *SIZES),
    "quality": ("auto", "low", "medium", "high"),
    "background": ("auto", "opaque", "transparent"),
    "output_format": ("png", "jpeg", "webp"),
    "moderation": ("auto", "low"),
    "input_fidelity": ("low", "high"),
    "action": ("auto", "generate"),
}
RANGES: Final[Mapping[str, tuple[int, int]]] = {"output_compression": (0, 100), "partial_images": (0, 3), "n": (1, 1)}
OTHERS: Final[Mapping[str, tuple[type, ...]]] = {"model": (str,), "input_image_mask": (dict,)}

ASKED: Final = re.compile(
    r"\b(?:draw|paint|sketch|illustrate)\b"
    r"|\b(?:generate|create|make|produce|render|design)\b.{0,60}?"
    r"\b(?:image|picture|photo|drawing|illustration|painting|logo|icon|sketch)s?\b",
    re.IGNORECASE,
)
LEAD: Final = re.compile(
    r"^.*?\b(?:draw|paint|sketch|illustrate|generate|create|make|produce|render|design)\s+(?:me\s+|us\s+)?"
    r"(?:(?:an?|the|some)\s+(?:[\w-]+\s+){0,2}?(?:image|picture|photo|drawing|illustration|painting|sketch)s?\s+"
    r"(?:of|showing|with|that shows)\s+)?",
    re.IGNORECASE | re.DOTALL,
)
WIDE: Final = re.compile(r"\b(?:landscape format|wide|panorama)\b", re.IGNORECASE)
TALL: Final = re.compile(r"\b(?:portrait format|tall|upright)\b", re.IGNORECASE)
COLOUR: Final = re.compile(rf"\b({'|'.join(COLOURS)}|gray)\b", re.IGNORECASE)
ABOUT: Final = 400
"""Characters of what a picture is about."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """The errand of drawing one picture."""

    wanted: Mapping[str, Any]

    async def carry_out(self) -> bytes:
        """Raises `Undone`."""
        try:
            return await workshop().drawn(**self.wanted)
        except Unreadable as unreadable:
            raise Undone(unreadable.message) from unreadable


class ImageGeneration(HostedTool):
    """A second model that draws."""

    items: ClassVar[frozenset[str]] = frozenset({"image_generation_call"})

    def check(self, tool: Mapping[str, Any], path: str, job: Job) -> None:
        """A header that names a deployment of an image model, no stream, settings that there are. Raises `Refused`."""
        check_settings(tool, path)
        if job.model.lacks("image_generation"):
            raise invalid(f"Tool 'image_generation' is not supported with '{job.model.name}'.", path)
        check_deployment(job, path)
        if job.body.get("stream") and "image-streaming" not in job.room.issues:
            message = "Streaming is not supported together with the tool 'image_generation'."
            raise invalid(message, "stream", "unsupported_value")

    def plan(self, tool: Mapping[str, Any], context: Context) -> Draft | None:
        """One picture for a prompt that asks for one."""
        if used(context, self.items) or not (speaks_of(context, ASKED) or demanded(context)):
            return None
        return calling("image_generation", prompt=context.prompt, definition=tool)

    def run(self, call: Mapping[str, Any], job: Job, context: Context) -> Work[list[JSON]]:
        """The finished call. Raises `Refused` where drawing fails."""
        tool, prompt = call["definition"], call["prompt"]
        subject = about(prompt)
        item = looks(tool, prompt)
        colours = palette(subject, job)
        width, height = SIZES[item["size"]]
        compression = tool.get("output_compression")
        wanted = {
            "width": width,
            "height": height,
            "format": item["output_format"].upper(),
            "quality": item["quality"],
            "compression": 100 if compression is None else compression,
            "transparent": item["background"] == "transparent",
            "colours": colours,
            "words": subject,
            "about": subject,
            "seed": str(job.room.ids.random.getrandbits(64)),
        }
        partial = int(tool.get("partial_images") or 0) if job.body.get("stream") else 0
        pictures: list[str] = []
        for left in range(partial, -1, -1):
            try:
                raw: bytes = yield Drawing({**wanted, "coarseness": left})
            except Undone:
                raise broken() from None
            pictures.append(base64.b64encode(raw).decode())
        item["status"] = closing(job, "generating")
        return [{**item, "result": Drawn.of(pictures), "revised_prompt": subject}]

    def tell(self, item: Mapping[str, Any]) -> str | None:
        """That it is there, and what it shows."""
        shown = str(item.get("revised_prompt") or "")
        return f"Here is the image: {shown[:1].lower()}{shown[1:]}." if shown else "Here is the image."


def check_settings(tool: Mapping[str, Any], path: str) -> None:
    """Fields, their types and values, and what does not go together. Raises `Refused`."""
    for name, value in tool.items():
        here = f"{path}.{name}"
        if name != "type" and name not in (*CHOICES, *RANGES, *OTHERS):
            raise invalid(f"Unknown parameter: '{here}'.", here, "unknown_parameter")
        if value is None or name == "type":
            continue
        if name in CHOICES:
            check_choice(here, value, CHOICES[name])
        elif name in RANGES:
            check_type(here, value, (int,))
            low, high = RANGES[name]
            if not low <= value <= high:
                message = f"Invalid '{here}': expected {JSON_NAMES[int]} from {low} to {high}, but got {value} instead."
                raise invalid(message, here, "invalid_value")
        else:
            check_type(here, value, OTHERS[name])
    if tool.get("model") is not None and not draws(named(tool["model"])):
        raise invalid(f"The model '{tool['model'][:64]}' does not make images.", f"{path}.model", "invalid_value")
    if tool.get("background") == "transparent" and tool.get("output_format") == "jpeg":
        message = "A transparent background needs the output format 'png' or 'webp'."
        raise invalid(message, f"{path}.background", "invalid_value")


def check_deployment(job: Job, path: str) -> None:
    """The header names a deployment whose model draws; image models are deployed under their own names too."""
    name = job.headers.get(HEADER, "").strip()
    if not name:
        message = f"The tool 'image_generation' needs the header '{HEADER}' with the name of an image deployment."
        raise invalid(message, path, "missing_required_parameter")
    model = job.room.deployments.get(name)
    if model is None:
        model = named(name)
        if not draws(model):
            raise no_deployment()
    if not draws(model):
        message = f"The deployment '{name[:64]}' named in the header '{HEADER}' does not make images."
        raise invalid(message, path, "invalid_value")
    if Catalogue.load().documents("image_model", model.name, job.room.region, model.version).answer is Documented.NO:
        raise no_deployment()


def draws(model: Model) -> bool:
    """Whether a model makes images."""
    return Catalogue.load().documents("image_model", model.name).answer is Documented.YES


def looks(tool: Mapping[str, Any], prompt: str) -> JSON:
    """The item with what was left open decided, in the field order of the wire."""
    size = tool.get("size") or "auto"
    if size == "auto":
        size = "1536x1024" if WIDE.search(prompt) else "1024x1536" if TALL.search(prompt) else "1024x1024"
    quality, background = tool.get("quality") or "auto", tool.get("background") or "auto"
    item: JSON = {"type": "image_generation_call", "status": "completed"}
    if tool.get("action") is not None:
        item["action"] = "generate"
    return {
        **item,
        "background": "transparent" if background == "transparent" else "opaque",
        "output_format": tool.get("output_format") or "png",
        "quality": "high" if quality == "auto" else quality,
        "result": None,
        "revised_prompt": None,
        "size": size,
    }


def about(prompt: str) -> str:
    """What is to be drawn: the prompt without the asking."""
    subject = " ".join(LEAD.sub("", prompt, count=1).split()).rstrip(".!? ")[:ABOUT] or "a picture"
    return subject[0].upper() + subject[1:]


def palette(subject: str, job: Job) -> list[tuple[int, int, int]]:
    """The ground's colour, then those of the shapes: as the prompt names them, else as the dice fall."""
    said = [found.lower().replace("gray", "grey") for found in COLOUR.findall(subject)]
    named_first = list(dict.fromkeys(said))
    dice = job.room.ids.random
    others = [name for name in COLOURS if name not in named_first]
    drawn = dice.sample(others, 3)
    return [COLOURS[name] for name in (*named_first, *drawn)][:6]
