"""Texts in sentences, and words as they are compared: how the abilities read."""

import re
from functools import lru_cache
from typing import Final

SENTENCE: Final = re.compile(r"(?<=[.!?。])[\"')\]]*\s+|\n+|;\s+")
LONGEST: Final = 1_000
"""Characters of a sentence; nobody says more in one breath, and patterns stay quick."""

KEPT: Final = 5_000
"""Characters of a text up to which its sentences are remembered: what is kept stays small."""

ARTICLES: Final = re.compile(r"^(?:(?:my|the|your|our|this|that|its|a|an)\s+)+", re.IGNORECASE)
QUOTES: Final = "\"'“”‘’`«»"
TRIVIA: Final = re.compile(r"[^\w\s'-]")


def sentences(text: str) -> list[str]:
    """The sentences of a text, with their closing marks; what is too long to be one is no sentence."""
    return list(split_anew(text) if len(text) > KEPT else split_once(text))


def split_anew(text: str) -> tuple[str, ...]:
    found = (sentence.strip() for sentence in SENTENCE.split(text))
    return tuple([sentence for sentence in found if 0 < len(sentence) <= LONGEST])


split_once = lru_cache(maxsize=1024)(split_anew)
"""A chain brings the same texts again with every turn, and every ability reads the prompt."""


def bare(value: str) -> str:
    """A value without the sentence's closing mark and its quotes."""
    value = value.strip()
    if value[-1:] in ".!?,;" and not value.endswith("..."):
        value = value[:-1].rstrip()
    if len(value) > 1 and value[0] in QUOTES and value[-1] in QUOTES:
        value = value[1:-1]
    return value.strip()


def key(phrase: str) -> str:
    """A thing's name as it is compared: no articles, no case, no punctuation."""
    phrase = TRIVIA.sub(" ", phrase.replace("’", "'").replace("_", " ").strip().strip(QUOTES))
    return " ".join(ARTICLES.sub("", phrase.strip()).lower().split())
