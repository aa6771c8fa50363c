"""Looking at pictures: their format, size, main colours, and the text that stands in their bytes.

"What colour is the image?", "How large is the second picture?", "Describe the image.", "What does the image say?",
"How many images are there?". Of what was not shown nothing is known.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from harness.mock.model import looks
from harness.mock.model.context import Context, Draft
from harness.mock.model.language import Phrases
from harness.mock.model.recall import JUST
from harness.workshop import Picture

NOUN: Final = r"(?:images?|pictures?|photos?|photographs?|screenshots?)"
SPOKEN_OF: Final = re.compile(rf"\b{NOUN}\b", re.IGNORECASE)
POINTED_AT: Final = re.compile(rf"\b(?:the|this|that|these|those|each|both|attached|my)\s+(?:\w+\s+)?{NOUN}\b", re.I)
ASKING: Final = re.compile(
    r"\?|^\s*(?:(?:please|now|and)\s+)*(?:what|which|how|describe|tell|name|give|read|list|identify|state|say)\b"
    r"|[.!:,]\s+(?:please\s+)?(?:what|which|how|describe|tell|name|give|read|list|identify|state|answer|reply)\b",
    re.IGNORECASE,
)
DRAWING: Final = re.compile(
    rf"\b(?:draw|paint|sketch|generate|create|make|produce|render|design)\b.{{0,40}}\b{NOUN}\b", re.IGNORECASE
)
WHICH: Final = re.compile(
    rf"\b(?:(?P<word>{'|'.join(looks.ORDINALS)}|last)\s+{NOUN}|{NOUN}\s+(?:number\s+|no\.?\s*|#)?(?P<number>\d{{1,3}}))\b",
    re.IGNORECASE,
)
COUNT: Final = re.compile(rf"\bhow many {NOUN}\b", re.IGNORECASE)

Say = Callable[[Picture, str], str]
Bare = Callable[[Picture], str]

ASPECTS: Final[Sequence[tuple[re.Pattern[str], Bare, Say]]] = (
    (
        re.compile(r"\bcolou?rs?\b", re.I),
        lambda picture: looks.colours(picture),
        lambda picture, name: (
            f"{name} is {looks.colours(picture)}."
            if len(picture.colours) == 1
            else f"The main colours of {name[0].lower()}{name[1:]} are {looks.colours(picture)}."
        ),
    ),
    (
        re.compile(r"\b(?:size|dimensions?|resolution|width|height|pixels?|how (?:large|big|wide|tall|high))\b", re.I),
        lambda picture: f"{picture.width}x{picture.height}",
        lambda picture, name: (
            f"{name} is {picture.width} pixels wide and {picture.height} pixels high ({looks.size(picture)})."
        ),
    ),
    (
        re.compile(r"\b(?:format|(?:file|image|picture) type|(?:type|kind) of (?:file|image|picture))\b", re.I),
        lambda picture: picture.format,
        lambda picture, name: f"{name} is a {picture.format}.",
    ),
    (
        re.compile(r"\b(?:texts?|words?|says?|written|write|caption|reads?|letters?)\b", re.I),
        lambda picture: looks.one_line(picture.words),
        lambda picture, name: (
            f"{name} says: {looks.one_line(picture.words)}" if picture.words else f"{name} has no text."
        ),
    ),
)
"""What can be asked of a picture: how it is asked, the bare value, a sentence."""

WHOLE: Final = re.compile(
    rf"\b(?:describe|what(?:'s|’s| is| are| do you see| can you see| you see| is shown| does it show)?\s*"
    rf"(?:shown\s+|happening\s+)?(?:in|on|this|that|these)?\s*(?:the|this|these|my|attached)?\s*{NOUN}?)\b"
    rf"|\bsee\b|\bshows?\b|\blook(?:s|ing)?\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=1024)
def asks(prompt: str) -> bool:
    """Whether a prompt asks about pictures, and not for a new one."""
    return bool(SPOKEN_OF.search(prompt) and ASKING.search(prompt)) and not DRAWING.search(prompt)


def seeing(context: Context, phrases: Phrases) -> Draft | None:
    """Says what pictures look like; that there is none, where one is pointed at."""
    prompt = context.prompt
    if not asks(prompt) or context.since_asked:
        return None
    pictures = [part.reading for part in context.shown if isinstance(part.reading, Picture)]
    if COUNT.search(prompt):
        return Draft.saying(f"There {'is 1 image' if len(pictures) == 1 else f'are {len(pictures)} images'}.")
    wanted = [(bare, say) for pattern, bare, say in ASPECTS if pattern.search(without_form(prompt))]
    if not wanted and not WHOLE.search(prompt):
        return None
    if not pictures:
        remembered = any(SPOKEN_OF.search(name) for name, _ in context.memory.get("facts") or ())
        return Draft.saying("I do not see any image.") if POINTED_AT.search(prompt) and not remembered else None
    chosen = choose(context, pictures)
    if not chosen:
        return Draft.saying("I do not see that image.")
    if JUST.search(prompt) and len(wanted) == 1:
        return Draft.saying(", ".join(wanted[0][0](picture) for picture in chosen.values()))
    lines = [line for name, picture in chosen.items() for line in said_of(name, picture, wanted)]
    return Draft.saying(" ".join(lines))


FORM: Final = re.compile(r"\b(?:in|with|exactly|just|only|at most)\s+(?:\w+\s+)?(?:words?|sentences?)\b", re.IGNORECASE)


@lru_cache(maxsize=1024)
def without_form(prompt: str) -> str:
    """The prompt without what it says about the form of the answer."""
    return FORM.sub(" ", prompt)


def seen(context: Context) -> dict[str, str]:
    """What the newest picture looks like, by the names that a form may have for it; nothing without one."""
    pictures = [part.reading for part in context.shown if isinstance(part.reading, Picture)]
    if not pictures or not SPOKEN_OF.search(context.prompt):
        return {}
    picture = pictures[-1]
    colour = picture.colours[0].name if picture.colours else "none"
    looks_like = {"width": str(picture.width), "height": str(picture.height), "format": picture.format}
    return {**looks_like, **dict.fromkeys(("colour", "color", "main colour", "main color"), colour)}


def choose(context: Context, pictures: list[Picture]) -> Mapping[str, Picture]:
    """The pictures that are meant, each with what it is called: one by its number, else those shown last."""
    named = WHICH.search(context.prompt)
    if named is not None:
        word = (named["word"] or "").lower()
        at = int(named["number"]) if named["number"] else len(pictures)
        at = looks.ORDINALS.index(word) + 1 if word in looks.ORDINALS else at
        name = f"Image {at}" if named["number"] else f"The {word} image"
        return {name: pictures[at - 1]} if 0 < at <= len(pictures) else {}
    newest = shown_last(context)
    if len(newest) == 1:
        return {"The image": newest[0]}
    first = len(pictures) - len(newest) + 1
    return {f"Image {number}": picture for number, picture in enumerate(newest, first)}


def shown_last(context: Context) -> list[Picture]:
    """The pictures of the newest item that has any."""
    for item in reversed(context.items):
        found = Context([item], {}, context.model, None, (), context.random).shown
        pictures = [part.reading for part in found if isinstance(part.reading, Picture)]
        if pictures:
            return pictures
    return []


def said_of(name: str, picture: Picture, wanted: Sequence[tuple[Bare, Say]]) -> list[str]:
    """What was asked of one picture; everything, where nothing in particular was."""
    if wanted:
        return [say(picture, name) for _, say in wanted]
    lines = [f"{name} is a {picture.format} of {looks.size(picture)}; its main colour is {looks.colours(picture)}."]
    if len(picture.colours) != 1:
        lines = [f"{name} is a {picture.format} of {looks.size(picture)} in {looks.colours(picture)}."]
    return [*lines, f"It says: {looks.one_line(picture.words)}"] if picture.words else lines
