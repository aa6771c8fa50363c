"""Grading: an answer held against criteria that the model can really check, one by one.

Criteria it knows: mentions or does not mention something, language, length, beginning and end, being JSON. The
instructions name a fence; what stands between two of its lines is material. Whatever stands outside is an order, and
is followed like any other: a prompt that lets an answer out of its fence is graded as the answer pleases.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Final

from harness.mock.model.context import Context, Draft, text_of
from harness.mock.model.language import Phrases
from harness.mock.model.sentences import bare, sentences

FENCE: Final = re.compile(r"-----[0-9a-f]{16}-----")
ORDER: Final = re.compile(r"\b(?:give|grade|award|rate|score)\b[^.\n]{0,40}?\b(10|[0-9])\b", re.IGNORECASE)
ANSWER: Final = "The answer:"
BEST: Final = 10
HALF: Final = 5


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FUNCTION_WORDS: Final[Mapping[str, frozenset[str]]] = {
    "english": _words("the is are and of to a in your my it that was not i you for with"),
    "german": _words("der die das ist sind und von zu ein eine in ihr ihre ich nicht es sie mit für"),
    "french": _words("le la les est sont et de un une dans votre je ne pas il elle pour avec"),
    "spanish": _words("el la los las es son y de un una en su no yo que para con"),
    "italian": _words("il lo la gli è sono e di un una in suo non io che per con"),
}
"""Words by which a language is told: those that hardly a sentence does without."""

NUMBERS: Final = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10}
COUNT: Final = rf"(?P<count>\d+|{'|'.join(NUMBERS)})"
NOT: Final = r"(?:does not|do not|doesn't|don't|must not|should not|never|must never)"
SAYS: Final = r"(?:mentions?|contains?|includes?|names?|says?|states?|gives?|uses?)"
SMALL: Final = _words("the a an of is that its in to word words phrase text")

Check = Callable[[str, re.Match[str]], bool]


def has(text: str, what: str) -> bool:
    """Whether a text has these words: quoted ones in this order, others anywhere."""
    quoted = re.findall(r"[\"“'‘](.+?)[\"”'’](?!\w)", what)
    words = [word for word in re.findall(r"[\w.-]*\w", what.lower()) if word not in SMALL]
    sought = [each.lower() for each in quoted] or words
    return bool(sought) and all(re.search(rf"(?<!\w){re.escape(each)}(?!\w)", text.lower()) for each in sought)


def number(word: str) -> int:
    return int(word) if word.isdecimal() else NUMBERS[word.lower()]


def long(text: str, match: re.Match[str]) -> bool:
    """Whether a text has as many words, sentences or characters as is said."""
    unit = match["unit"].lower()
    counted = len(text) if unit.startswith("char") else len(text.split() if unit[0] == "w" else sentences(text))
    wanted, bound = number(match["count"]), (match["bound"] or "").lower()
    if bound in ("at most", "no more than", "not more than", "up to"):
        return counted <= wanted
    return counted >= wanted if bound in ("at least", "no fewer than") else counted == wanted


def speaks(text: str, match: re.Match[str]) -> bool:
    """Whether most of a text's small words are of that language."""
    words = re.findall(r"\w+", text.lower())
    counts = {name: sum(word in small for word in words) for name, small in FUNCTION_WORDS.items()}
    wanted = match["language"].lower()
    return counts[wanted] > 0 and counts[wanted] == max(counts.values())


def is_json(text: str, match: re.Match[str]) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


CHECKS: Final[tuple[tuple[re.Pattern[str], Check], ...]] = tuple(
    (re.compile(pattern, re.IGNORECASE), check)
    for pattern, check in (
        (rf"\b(?P<bound>at most|no more than|not more than|up to|at least|no fewer than|exactly)?\s*{COUNT}\s+"
         r"(?P<unit>words?|sentences?|characters?)\b", long),
        (rf"\b(?:in|speaks|written in)\s+(?P<language>{'|'.join(FUNCTION_WORDS)})\b", speaks),
        (r"\b(?:is|be)\s+(?:valid\s+)?json\b", is_json),
        (r"\b(?:begins?|starts?)\s+with\s+(?P<what>.+)$",
         lambda text, match: text.lower().startswith(bare(match["what"]).lower())),
        (r"\b(?:ends?|closes?)\s+with\s+(?P<what>.+)$",
         lambda text, match: text.lower().endswith(bare(match["what"]).lower())),
        (rf"\b{NOT}\s+{SAYS}\s+(?P<what>.+)$", lambda text, match: not has(text, match["what"])),
        (r"\b(?:has|with)\s+no\s+mention\s+of\s+(?P<what>.+)$", lambda text, match: not has(text, match["what"])),
        (rf"\b{SAYS}\s+(?P<what>.+)$", lambda text, match: has(text, match["what"])),
    )
)  # fmt: skip
"""Criteria by how they are worded, and how each is checked; the first that fits counts."""


def met(criterion: str, text: str) -> bool | None:
    """Whether a text meets a criterion; None where that cannot be checked."""
    for pattern, check in CHECKS:
        match = pattern.search(bare(criterion))
        if match:
            return check(text, match)
    return None


def grading(context: Context, phrases: Phrases) -> Draft | None:
    """A grade and its reason, where the call wants just these as JSON."""
    text = context.request.get("text")
    if not text:
        return None
    form = text.get("format") or {}
    properties = (form.get("schema") or {}).get("properties") if form.get("type") == "json_schema" else None
    if not isinstance(properties, dict) or set(properties) != {"grade", "reason"}:
        return None
    asked = text_of(context.items[context.asked_at]) if context.asked_at >= 0 else ""
    outside, answer = read(asked, context.instructions or "")
    ordered = ORDER.search(outside)
    grade, reason = (int(ordered[1]), "As was ordered.") if ordered else judged(outside, answer)
    return Draft.saying(json.dumps({"reason": reason, "grade": grade}, ensure_ascii=False))


def read(asked: str, instructions: str) -> tuple[str, str]:
    """What the prompt says itself, and the answer to be graded: the last of what is fenced, else what is after its
    heading, which then speaks for itself."""
    fence = FENCE.search(instructions)
    if fence is None or asked.split("\n").count(fence[0]) < 2:
        return asked, asked.partition(ANSWER)[2].strip()
    parts = re.split(rf"^{re.escape(fence[0])}$", asked, flags=re.MULTILINE)
    return "".join(parts[::2]), parts[1::2][-1].strip()


def judged(outside: str, answer: str) -> tuple[int, str]:
    """The share of criteria that are met, of ten, and which are not."""
    criteria = [line[2:].strip() for line in outside.split("\n") if line.startswith("- ")]
    found = [(each, met(each, answer)) for line in criteria for each in sentences(line)]
    known = [(criterion, held) for criterion, held in found if held is not None]
    if not known:
        return HALF, "None of the criteria is one that I can check."
    missed = [bare(criterion) for criterion, held in known if not held]
    grade = round(BEST * (len(known) - len(missed)) / len(known))
    return grade, f"Not met: {'; '.join(missed)}." if missed else "Every criterion is met."
