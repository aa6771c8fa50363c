"""Reading documents: what they say of a thing, which page says it, what stands on a page, how many there are.

"What is the harbour code according to the report?", "What is the depth on page 2?", "What does page 3 say?",
"How many pages has the document?", "What is the title?". Facts of documents are known to recall too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Final

from harness.mock.model.context import Context, Draft
from harness.mock.model.language import Phrases
from harness.mock.model.looks import ORDINALS, one_line
from harness.mock.model.recall import JUST, Fact, lookup, questions, written
from harness.mock.model.sentences import ARTICLES, sentences
from harness.workshop import Document

NOUN: Final = (
    r"(?:documents?|files?|pdfs?|reports?|attachments?|papers?|letters?|contracts?|invoices?|memos?|manuals?|pages?)"
)
SPOKEN_OF: Final = re.compile(rf"\b{NOUN}\b", re.IGNORECASE)
PAGE: Final = re.compile(
    rf"\bpages?\s+(?:number\s+|no\.?\s*)?(?P<number>\d{{1,4}})\b|\b(?P<word>{'|'.join(ORDINALS)}|last)\s+page\b", re.I
)
COUNT: Final = re.compile(r"\bhow many pages\b|\bnumber of pages\b", re.IGNORECASE)
TITLE: Final = re.compile(r"\btitle\b", re.IGNORECASE)
CONTENT: Final = re.compile(
    r"\b(?:summari[sz]e|summary|quote|read|describe|what(?:'s|’s| is| does| stands)?\s+(?:in|on|the|this|it|page)?)\b",
    re.IGNORECASE,
)
SOURCE: Final = re.compile(
    rf"[,(]? ?(?:according to|as (?:stated|given|written|told) (?:in|on)|(?:that|which) stands (?:in|on)"
    rf"|mentioned (?:in|on)|in|on|of|from|by)\s+"
    r"(?:(?:the|this|that|my|your|our|attached|enclosed|second|first|last|\w+th|third)\s+)*"
    rf"(?:{NOUN}(?:\s+(?:number\s+|no\.?\s*)?\d+)?|[\w.-]+\.\w{{2,4}})\b.*$",
    re.IGNORECASE,
)
LONGEST: Final = 600
"""Characters of a page that are quoted."""

STEM: Final = 4
"""Letters from which on a file's name is recognised without its ending."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page with the name and the number of pages of its document."""

    file: str
    number: int
    of: int
    text: str


def perusing(context: Context, phrases: Phrases) -> Draft | None:
    """Answers from documents, where the prompt speaks of one."""
    prompt = context.prompt
    found = list(pages(context)) if mentions(prompt) or context.shown else []
    if not found or context.since_asked:
        return None
    named = [page for page in found if names(prompt, page.file)]
    if not named and not mentions(prompt):
        return None
    chosen, asked_page = of_page(named or found, prompt)
    if COUNT.search(prompt):
        counts = dict.fromkeys((page.file, page.of) for page in named or found)
        return Draft.saying(" ".join(f"{file} has {of} page{'s' if of > 1 else ''}." for file, of in counts))
    if not chosen:
        return Draft.saying(f"There is no {asked_page}.")
    wanted = [SOURCE.sub("", one_line(name)).strip() for name in questions(prompt)]
    things = [name for name in wanted if name and not SPOKEN_OF.fullmatch(ARTICLES.sub("", name))]
    if things:
        return answered(things, chosen, asked_page, context)
    return quoted(chosen) if CONTENT.search(prompt) else None


@lru_cache(maxsize=1024)
def mentions(prompt: str) -> bool:
    """Whether a prompt speaks of a document."""
    return SPOKEN_OF.search(prompt) is not None


def names(prompt: str, file: str) -> bool:
    """Whether a prompt names a file, with its ending or, where that is a word of some length, without."""
    stem = PurePosixPath(file).stem.lower()
    spoken = [file.lower(), stem] if len(stem) >= STEM else [file.lower()]
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", prompt.lower()) for name in spoken)


def pages(context: Context) -> Iterator[Page]:
    """Every page in sight; of files of one name the newest."""
    newest: dict[str, Document] = {}
    for part in context.shown:
        if isinstance(part.reading, Document):
            newest[str(part.get("filename") or part.get("file_id") or part.get("file_url"))] = part.reading
    for file, document in newest.items():
        for number, text in enumerate(document.pages, 1):
            titled = f"The title is {document.title}.\n{text}" if document.title and number == 1 else text
            yield Page(file, number, len(document.pages), titled)


def of_page(found: list[Page], prompt: str) -> tuple[list[Page], str | None]:
    """The pages that are meant, and how the prompt names the one, where it names one."""
    match = PAGE.search(prompt)
    if match is None:
        return found, None
    word = (match["word"] or "").lower()
    if word == "last":
        return [page for page in found if page.number == page.of], "last page"
    number = int(match["number"]) if match["number"] else ORDINALS.index(word) + 1
    return [page for page in found if page.number == number], f"page {number}"


def answered(things: list[str], chosen: list[Page], asked_page: str | None, context: Context) -> Draft | None:
    """What the pages say of these things; None where they say nothing of any of them and no page was named."""
    lines: list[str] = []
    for thing in things:
        found = next(((page, fact) for page in chosen if (fact := on_page(page, thing)) is not None), None)
        shown = ARTICLES.sub("", thing)
        if found is None:
            where = f"{asked_page.capitalize()} does" if asked_page else "The text does"
            lines.append(f"{where} not say what the {shown} is.")
        elif JUST.search(context.prompt):
            lines.append(found[1].value)
        else:
            lines.append(f"The {shown} is {found[1].value} ({found[0].file}, page {found[0].number}).")
    missing = sum(line.endswith(" is.") and " not say what " in line for line in lines)
    return None if missing == len(things) and asked_page is None else Draft.saying(" ".join(lines))


def on_page(page: Page, thing: str) -> Fact | None:
    """What a page says of a thing."""
    return lookup(written(page.text), thing)


def quoted(chosen: list[Page]) -> Draft:
    """A page in its own words; of several the first sentence each."""
    if len(chosen) == 1:
        return Draft.saying(f"{chosen[0].file}, page {chosen[0].number}: {one_line(chosen[0].text)[:LONGEST]}")
    starts = [next(iter(sentences(page.text)), "") for page in chosen]
    lines = [f"Page {page.number}: {one_line(start)}" for page, start in zip(chosen, starts, strict=True) if start]
    return Draft.saying(" ".join(lines) or "The document has no text.")
