"""Recall: facts told in the context are given back when they are asked for, and only then.

Told: "My parcel number is 4417.", "The colour of the door is teal.", "Remember: locker = 12", "Anna's badge is K9".
Asked: "What is my parcel number?", "Tell me the colour of the door.", "Which locker did I mention?"
A later telling replaces an earlier one. What was never told is not known.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from harness.mock.model.context import Context, Draft
from harness.mock.model.language import Phrases
from harness.mock.model.looks import looks
from harness.mock.model.sentences import ARTICLES, bare, key, sentences
from harness.workshop import Picture

LEAD_IN: Final = re.compile(
    r"^(?:(?:please|also|and|now|hi|hello|ok(?:ay)?|so|note that|by the way|for the record|fyi)[,:!]?\s+)*"
    r"(?P<remember>(?:please\s+)?(?:remember|note|memori[sz]e|keep in mind|store|save|learn|here is a fact|fact)"
    r"(?:\s+(?:that|this|the following))*\s*[:,-]?\s+)?",
    re.IGNORECASE,
)
IS: Final = re.compile(
    r"^(?P<key>(?:(?:my|the|our|your|this)\s+)?[^=:?]{1,80}?)\s+(?:is called|is named|is now|is|was|are|equals)\s+"
    r"(?P<value>.+)$",
    re.IGNORECASE,
)
EQUALS: Final = re.compile(r"^(?P<key>[^=:?]{1,80}?)\s*(?:=|:|->|→)\s*(?P<value>\S.*)$")
SELVES: Final = (
    (re.compile(r"^(?:i am called|i'm called|call me|people call me)\s+(.+)$", re.IGNORECASE), "name"),
    (re.compile(r"^i live in\s+(.+)$", re.IGNORECASE), "city"),
    (re.compile(r"^i work (?:as|for|at)\s+(?:an?\s+)?(.+)$", re.IGNORECASE), "job"),
    (re.compile(r"^i am\s+(\d+) years old$", re.IGNORECASE), "age"),
)
OWNED: Final = re.compile(r"^(?:my|the|our|your)\s|'s\s|’s\s", re.IGNORECASE)
SEVERAL: Final = re.compile(r",?\s+and\s+(?=(?:my|the|our)\s)", re.IGNORECASE)
NOT_KEYS: Final = re.compile(
    r"^(?:what|which|who|where|when|why|how|it|this|that|there|here|he|she|they|we|you|i)$", re.I
)

QUESTION: Final = re.compile(
    r"^(?:(?:and|so|now|then|please|again|ok(?:ay)?|hi|hello)[,:]?\s+)*(?:"
    r"(?:what|which|who|where|when)(?:'s|’s|\s+(?:is|was|are|were))\s+(?P<a>.+)"
    r"|(?:tell|give|remind|show|send)\s+me\s+(?:of\s+|about\s+(?=my\s)|again\s+|once more\s+)*(?:what\s+)?(?P<b>.+)"
    r"|(?:do|can|could|would)\s+you\s+(?:still\s+|please\s+)*(?:remember|know|recall|tell me|repeat)\s+"
    r"(?:what\s+)?(?P<c>.+)"
    r"|(?:repeat|state|recall|name|quote|output|print|write)\s+(?P<d>(?:my|the)\s.+)"
    r"|(?:what|which)\s+(?P<e>.+?)\s+(?:did|have|had|do|does)\s+(?:i|we)\b.*"
    r")$",
    re.IGNORECASE,
)
TRAILING: Final = re.compile(
    r"(?:,?\s+(?:please|again|exactly|now|then|once more|right|though))+$"
    r"|\s+(?:that\s+|which\s+)?(?:i|we)\s+(?:just\s+)?(?:told|gave|mentioned|said|asked|have|had|shared|set|chose)\b.*$"
    r"|\s+(?:from|in|during)\s+(?:the\s+|our\s+|my\s+)?(?:earlier|before|beginning|start|first|previous|last|conversation)"
    r"\b.*$"
    r"|\s+(?:is|was|are|called|named)$"
    r"|\s+(?:in|with|as)\s+(?:one|a single|exactly|just|only|few)\b.*$",
    re.IGNORECASE,
)
OPEN: Final = re.compile(r"about\s", re.IGNORECASE)
JUST: Final = re.compile(
    r"\b(?:only|just|nothing else|nothing but|bare|no other (?:words|text)|one word|single word)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Fact:
    """A thing as it was named, and its value."""

    name: str
    value: str


def facts(texts: Iterable[str]) -> dict[str, Fact]:
    """Everything told, by the thing's key; later ones replace earlier ones."""
    found: dict[str, Fact] = {}
    for text in texts:
        for sentence in sentences(text):
            for fact in told(sentence):
                found.pop(key(fact.name), None)
                found[key(fact.name)] = fact
    return found


@lru_cache(maxsize=4096)
def told(sentence: str) -> tuple[Fact, ...]:
    """The facts that a sentence tells."""
    return tuple(telling(sentence))


def telling(sentence: str, written: bool = False) -> Iterator[Fact]:
    """Those facts, one by one; in what is `written`, a line `thing: value` tells one too."""
    if sentence.endswith("?"):
        return
    lead = LEAD_IN.match(sentence)
    rest = sentence[lead.end() :] if lead else sentence
    explicit = written or bool(lead and lead["remember"])
    for clause in SEVERAL.split(rest):
        clause = bare(clause)
        for pattern, name in SELVES:
            match = pattern.match(clause)
            if match:
                yield Fact(name, bare(match[1]))
        match = IS.match(clause)
        if match and (explicit or OWNED.search(match["key"])) and not NOT_KEYS.match(key(match["key"])):
            yield Fact(match["key"].strip(), bare(match["value"]))
            continue
        match = EQUALS.match(clause)
        if match and (explicit or "=" in clause or OWNED.search(match["key"])):
            yield Fact(match["key"].strip(), bare(match["value"]))


def from_outputs(context: Context) -> Iterator[str]:
    """What tools reported, told as sentences."""
    for item in context.items:
        if not item["type"].endswith(("_output", "mcp_call")) or not isinstance(item.get("output"), str):
            continue
        try:
            reported = json.loads(item["output"])
        except ValueError:
            continue
        if isinstance(reported, dict):
            yield from (f"the {name} is {value}." for name, value in reported.items() if not isinstance(value, dict))


def written(text: str) -> dict[str, Fact]:
    """Everything that a document, or the text of a picture, tells, by the thing's key."""
    return {key(fact.name): fact for line in sentences(text) for fact in telling(line, written=True)}


def from_attachments(context: Context) -> Iterator[dict[str, Fact]]:
    """What pictures show and documents say, one after the other."""
    number = 0
    for part in context.shown:
        if isinstance(part.reading, Picture):
            number += 1
            for name, value in looks(part.reading, number):
                yield {key(name): Fact(name, value)}
            yield written(part.reading.words)
        elif part.reading is not None:
            yield from map(written, part.reading.pages)


def known(context: Context) -> dict[str, Fact]:
    """Every fact by its key: kept by a compaction, shown, reported by tools, told; later ones win."""
    kept = {key(name): Fact(name, value) for name, value in context.memory.get("facts") or ()}
    for shown in from_attachments(context):
        kept.update(shown)
    for name, fact in facts([*from_outputs(context), *context.told]).items():
        kept.pop(name, None)
        kept[name] = fact
    return kept


def questions(text: str) -> list[str]:
    """The things asked for, as they are named in the question."""
    return [name for sentence in sentences(text) for name in asked_in(sentence)]


@lru_cache(maxsize=2048)
def asked_in(sentence: str) -> tuple[str, ...]:
    """The things that one sentence asks for."""
    asked: list[str] = []
    match = QUESTION.match(bare(sentence)) or QUESTION.match(bare(sentence.partition(":")[2].strip() or "-"))
    if match is None:
        return ()
    phrase = next(group for group in match.groups() if group is not None)
    for part in SEVERAL.split(phrase):
        name = bare(part)
        while (shorter := TRAILING.sub("", name)) != name:
            name = shorter
        if name:
            asked.append(name)
    return tuple(asked)


def lookup(known: dict[str, Fact], name: str) -> Fact | None:
    """The fact of that name; else the newest whose name has all the words asked for, or the other way round."""
    wanted = key(name)
    if wanted in known:
        return known[wanted]
    words = set(wanted.split())
    for stored, fact in reversed(known.items()):
        have = set(stored.split())
        if words and have and (words <= have or have <= words):
            return fact
    return None


def recalling(context: Context, phrases: Phrases) -> Draft | None:
    """Answers questions for facts; says so where one is not known."""
    asked = questions(context.prompt)
    if not asked:
        return None
    remembered = known(context)
    bare_value = bool(JUST.search(context.prompt))
    lines: list[str] = []
    for name in asked:
        fact = lookup(remembered, name)
        shown = ARTICLES.sub("", name)
        owner = phrases.yours if re.match(r"my\b", name, re.IGNORECASE) else phrases.the
        if fact is None and OPEN.match(name):
            continue  # something can be said of what was never mentioned
        if fact is None:
            lines.append(phrases.unknown.format(owner=owner.lower(), key=shown))
        elif bare_value:
            lines.append(fact.value)
        else:
            lines.append(phrases.recalled.format(owner=owner, key=shown, value=fact.value))
    return Draft.saying(" ".join(lines)) if lines else None
