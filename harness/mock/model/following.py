"""Following orders about form: say exactly this, begin or end so, use or avoid a word, case, length.

Orders come from the instructions of this call, from system and developer messages, and from the last user message;
from an earlier user message only where it says "always" or "from now on".
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from harness.mock.model.context import Context, text_of
from harness.mock.model.sentences import bare, sentences

NUMBERS: Final[Mapping[str, int]] = {
    word: number
    for number, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
    )
} | {"a single": 1, "a": 1, "fifteen": 15, "twenty": 20, "fifty": 50}
COUNT: Final = rf"(\d+|{'|'.join(sorted(NUMBERS, key=len, reverse=True))})"
LASTING: Final = re.compile(r"\b(?:always|from now on|every (?:answer|reply|response|message)|for the rest)\b", re.I)

ANSWER: Final = r"(?:repl(?:y|ies)|respond|answers?|say|write|output|print|return)"
EXACT: Final = re.compile(
    rf"\b{ANSWER}\s+(?:to everything\s+|always\s+)?(?:only\s+|just\s+|exactly\s+|simply\s+)*"
    rf"(?:with(?:\s+only|\s+just|\s+exactly|\s+nothing but)?\s*(?:the\s+)?(?:single\s+|exact\s+|one\s+)?"
    rf"(?:word|words|text|phrase|letters?|sentence)?s?\s*:?\s+|exactly:?\s+|only:?\s+(?=[\"'“A-Z0-9])|:\s*(?=[\"'“])|(?=[\"“]))"
    rf"(?P<text>\"[^\"]+\"|'[^']+'|“[^”]+”|.+)$",
    re.IGNORECASE,
)
ECHO: Final = re.compile(r"^(?:please\s+)?(?:repeat after me|echo|say|repeat this)\s*:\s*(?P<text>.+)$", re.IGNORECASE)
NOT_LITERAL: Final = re.compile(
    r"^(?:an?|the|my|your|his|her|its|one|two|three|four|five|\d+|at most|no more|only|just|exactly|in|json|valid|"
    r"yes or no|nothing|what|whatever|whether|it|them|that|this|all|each|care|caution)\b(?!$)",
    re.IGNORECASE,
)
QUOTED: Final = r"[\"'“]?(?P<word>[^\"'”.,;!?]+?)[\"'”]?"
BEGIN: Final = re.compile(
    rf"\b(?:start|begin|open)\s+(?:your|every|each|the|all)?\s*(?:answers?|repl(?:y|ies)|responses?|sentences?)?\s*with\s+"
    rf"(?:the\s+)?(?:words?\s+|text\s+|phrase\s+)?{QUOTED}(?=\s+and\b|[.,;!]|$)",
    re.I,
)
END: Final = re.compile(
    rf"\b(?:end|finish|close|conclude)\s+(?:your|every|each|the|all)?\s*(?:answers?|repl(?:y|ies)|responses?)?\s*with\s+"
    rf"(?:the\s+)?(?:words?\s+|text\s+|phrase\s+)?{QUOTED}(?=\s+and\b|[.,;!]|$)",
    re.I,
)
USE: Final = re.compile(
    rf"\b(?<!not )(?<!n't )(?<!never )(?:use|include|mention|contain|insert)s?\s+the\s+(?:word|term|phrase)\s+{QUOTED}"
    r"(?:\s+(?:in|at|some|once|exactly|somewhere)\b|[.,;!]|$)",
    re.I,
)
AVOID: Final = re.compile(
    rf"\b(?:avoid(?:ing)?|without|(?:do not|don't|never|must not|should not)\s+(?:ever\s+)?(?:use|using|mention|"
    rf"include|say|write))\s+(?:using\s+)?the\s+(?:word|term|phrase)\s+{QUOTED}(?:\s+(?:in|at|any)\b|[.,;!]|$)",
    re.I,
)
UPPER: Final = re.compile(r"\b(?:upper[ -]?case|capital letters|all[ -]caps|in capitals)\b", re.I)
LOWER: Final = re.compile(r"\b(?:lower[ -]?case|small letters|no capital letters)\b", re.I)
SENTENCES: Final = re.compile(
    rf"\b(?:in|of|exactly|only|just|with|write|use)\s+(?:exactly\s+)?{COUNT}\s+(?:short\s+)?sentences?\b", re.I
)
WORDS: Final = re.compile(
    rf"\b(?:in|with|exactly|only|just|use)\s+(?:exactly\s+|just\s+|only\s+)?{COUNT}\s+words?\b", re.I
)
AT_MOST: Final = re.compile(
    rf"\b(?:at most|no more than|not more than|maximum(?: of)?|fewer than|under|up to)\s+{COUNT}\s+words?\b", re.I
)

FILLER: Final = ("There is little more to add.", "That is how it stands.", "This much is certain.", "So much for that.")


def orders(context: Context) -> list[str]:
    """Every sentence that may say how to answer; later ones weigh more."""
    binding = list(context.orders)
    for item in context.items[: max(context.asked_at, 0)]:
        if item.get("type") == "message" and item.get("role") == "user":
            binding += [sentence for sentence in sentences(text_of(item)) if LASTING.search(sentence)]
    return [sentence for text in (*binding, context.prompt) for sentence in sentences(text)]


def literal(said: list[str]) -> str | None:
    """The text that is to be said word for word, if one is asked for; the first such order wins."""
    return next((exact for exact in map(literal_in, said) if exact is not None), None)


@lru_cache(maxsize=2048)
def literal_in(sentence: str) -> str | None:
    """The text that one sentence wants said word for word."""
    match = ECHO.search(sentence) or EXACT.search(sentence)
    if match is None or BEGIN.search(sentence) or END.search(sentence):
        return None
    text = match["text"].strip()
    quoted = text[:1] in "\"'“"
    value = bare(text)
    if quoted or not NOT_LITERAL.match(value):
        return re.sub(r"\s+(?:and nothing else|only|and nothing more)$", "", value, flags=re.I)
    return None


def number(text: str) -> int:
    return int(text) if text.isdecimal() else NUMBERS[text.lower()]


def shaped(text: str, said: list[str]) -> str:
    """The text in the form that the orders ask for; length first, then words, then case."""
    wanted = [matches for sentence in said if (matches := forms(sentence))]
    for at, (_, shape) in enumerate(SHAPES if wanted else ()):
        for matches in wanted:
            match = matches[at]
            if match:
                text = shape(text, match)
    return text


@lru_cache(maxsize=2048)
def forms(sentence: str) -> tuple[re.Match[str] | None, ...]:
    """Where a sentence asks for each of the `SHAPES`; empty where it asks for none."""
    matches = tuple([pattern.search(sentence) for pattern, _ in SHAPES])
    return matches if any(matches) else ()


def in_sentences(text: str, match: re.Match[str]) -> str:
    wanted = number(match[1])
    have = sentences(text)
    while len(have) < wanted:
        have.append(FILLER[len(have) % len(FILLER)])
    return " ".join(have[:wanted])


def in_words(text: str, match: re.Match[str]) -> str:
    wanted = number(match[1])
    words = re.sub(r"[.!?]+(?=\s|$)", "", text).split()
    while len(words) < wanted:
        words.append("indeed")
    if wanted == 1 and len(words) > 1:
        words = words[-1:]  # the answer proper stands last in all of its sentences
    return " ".join(words[:wanted])


def at_most_words(text: str, match: re.Match[str]) -> str:
    words = text.split()
    return text if len(words) <= number(match[1]) else " ".join(words[: number(match[1])])


def begin(text: str, match: re.Match[str]) -> str:
    word = match["word"].strip()
    return text if text.startswith(word) else f"{word} {text}"


def end(text: str, match: re.Match[str]) -> str:
    word = match["word"].strip()
    return text if text.endswith(word) else f"{text} {word}"


def use(text: str, match: re.Match[str]) -> str:
    word = match["word"].strip()
    return text if word.lower() in text.lower() else f"{text} By the way: {word}."


def avoid(text: str, match: re.Match[str]) -> str:
    word = re.escape(match["word"].strip())
    return re.sub(rf"\s*(?<!\w){word}(?!\w)", "", text, flags=re.I).strip()


Shape = Callable[[str, re.Match[str]], str]
SHAPES: Final[tuple[tuple[re.Pattern[str], Shape], ...]] = (
    (SENTENCES, in_sentences),
    (WORDS, in_words),
    (AT_MOST, at_most_words),
    (AVOID, avoid),
    (USE, use),
    (BEGIN, begin),
    (END, end),
    (UPPER, lambda text, match: text.upper()),
    (LOWER, lambda text, match: text.lower()),
)
"""Forms in the order in which they are put on."""
