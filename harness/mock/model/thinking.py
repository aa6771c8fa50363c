"""Thinking: what is decided now and told only later stands in the reasoning item and nowhere else.

"Think of a secret number and keep it to yourself" is answered without it; "What was your secret number?" finds it
only if the reasoning item is back in context. A model that does not reason has nowhere to keep it.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from harness.mock.model.context import JSON, Context, Draft
from harness.mock.model.language import Phrases
from harness.mock.model.sentences import bare, key, sentences

CHOOSE: Final = re.compile(
    r"\b(?:think of|choose|pick|make up|invent|decide on|come up with|draw)\s+(?:an?|one|some|your)\s+(?:own\s+)?"
    r"(?P<thing>(?:[a-z][\w-]*\s+){0,3}?(?:number|word|colou?r|city|animal|code|name|letter|password|card|fruit))\b"
    r"(?:\s+(?:between|from)\s+(?P<low>\d+)\s+(?:and|to)\s+(?P<high>\d+))?",
    re.IGNORECASE,
)
SILENT: Final = re.compile(
    r"\b(?:keep it|secret|do not (?:tell|reveal|say|show)|don't (?:tell|reveal|say|show)|without (?:telling|revealing)|"
    r"to yourself|in your head|silently)\b",
    re.IGNORECASE,
)
REVEAL: Final = re.compile(
    r"\b(?:what|which|reveal|tell|name|say|show)\b.*?\b(?P<thing>number|word|colou?r|city|animal|code|name|letter|password|"
    r"card|fruit)\b.*",
    re.IGNORECASE,
)
YOURS: Final = re.compile(r"\b(?:you|your)\b", re.IGNORECASE)
MINE: Final = re.compile(r"\b(?:i|my)\b", re.IGNORECASE)

SYLLABLES: Final = tuple(re.findall(r"\w+", "ba ce di fo gu ha je ki lo mu na pe qui ro su ta ve wi xo zu"))
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "colour": ("teal", "crimson", "ochre", "indigo", "maroon", "turquoise", "lavender", "amber"),
    "city": ("Lisbon", "Osaka", "Quito", "Tallinn", "Nairobi", "Perth", "Bergen", "Antalya"),
    "animal": ("otter", "heron", "lynx", "badger", "gecko", "walrus", "ibis", "marmot"),
    "fruit": ("quince", "papaya", "lychee", "mulberry", "guava", "damson", "pomelo", "kumquat"),
    "letter": tuple("BCDFGHJKLMNPQRSTVWXZ"),
    "card": tuple(f"{value} of {suit}" for value in ("two", "seven", "queen") for suit in ("hearts", "spades")),
}


def head(thing: str) -> str:
    """The kind of thing: the last word, in one spelling."""
    return key(thing).split()[-1].replace("color", "colour")


def drawn(context: Context, kind: str, low: str | None, high: str | None) -> str:
    """Something of that kind, drawn by the seed."""
    dice = context.random
    if kind == "number":
        return str(dice.randint(int(low or 1000), max(int(low or 1000), int(high or 9999))))
    if kind in CHOICES:
        return dice.choice(CHOICES[kind])
    word = "".join(dice.choices(SYLLABLES, k=3))
    return f"{word}-{dice.randint(100, 999)}" if kind in ("code", "password") else word


@lru_cache(maxsize=512)
def choosing(prompt: str) -> re.Match[str] | None:
    """Where a prompt asks to choose something in secret."""
    match = CHOOSE.search(prompt)
    return match if match and SILENT.search(prompt) else None


@lru_cache(maxsize=2048)
def asked_of(sentence: str) -> str | None:
    """The kind of thing whose choice a sentence asks to tell."""
    match = REVEAL.search(bare(sentence))
    if match is None or not YOURS.search(sentence) or MINE.search(sentence):
        return None
    return head(match["thing"])


def thinking(context: Context, phrases: Phrases) -> Draft | None:
    """Chooses in secret, or tells what was chosen, if it still knows."""
    prompt = context.prompt
    match = choosing(prompt)
    if match:
        kind = head(match["thing"])
        secret = drawn(context, kind, match["low"], match["high"])
        draft = Draft.saying(phrases.chosen)
        draft.state = {"secrets": {**context.memory.get("secrets", {}), kind: secret}}
        draft.summary = f"**Choosing a {kind}**\n\nI will keep the {kind} to myself."
        draft.steps = 3
        return draft
    return revealing(context, phrases)


def revealing(context: Context, phrases: Phrases) -> Draft | None:
    """What was chosen, where it is asked for and there was a choosing in the conversation."""
    for sentence in sentences(context.prompt):
        kind = asked_of(sentence)
        if kind is None:
            continue
        secrets: JSON = context.memory.get("secrets", {})
        if kind in secrets:
            return Draft.saying(phrases.recalled.format(owner="My", key=kind, value=secrets[kind]))
        if any(CHOOSE.search(text) for text in context.told):
            return Draft.saying(f"I no longer know which {kind} I chose.")
    return None
