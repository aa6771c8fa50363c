"""What remains when nothing else was asked: greetings, short acknowledgements, a few sentences about a topic."""

import re
from typing import Final

from harness.mock.model.context import Context, Draft
from harness.mock.model.language import Phrases
from harness.mock.model.recall import told
from harness.mock.model.sentences import bare, sentences

TOPIC: Final = re.compile(
    r"\b(?:about|on|describing|describe|explain|regarding)\s+(?P<topic>(?:the\s+)?[\w' -]{2,40}?)"
    r"(?:\s+(?:in|with|using|of at|that|for)\b|[.,;:!?]|$)",
    re.IGNORECASE,
)
LENGTH: Final = re.compile(r"\b(\d{2,5})[\s-]+words?\b", re.IGNORECASE)
LONG: Final = re.compile(r"\b(?:long|detailed|essay|story|tale|thorough|at length|as much as)\b", re.IGNORECASE)
GREETING: Final = re.compile(r"^\s*(?:hi|hello|hey|good (?:morning|day|evening)|say hello|greet)\b", re.IGNORECASE)


def chatting(context: Context, phrases: Phrases) -> Draft:
    """Always has something to say."""
    prompt = context.prompt
    if any(True for sentence in sentences(prompt) for _ in told(sentence)):
        return Draft.saying(phrases.noted)
    if not prompt.strip() or GREETING.search(prompt):
        return Draft.saying(phrases.hello)
    match = TOPIC.search(prompt)
    topic = bare(match["topic"]) if match else "this"
    wanted = LENGTH.search(prompt)
    words = int(wanted[1]) if wanted else 150 if LONG.search(prompt) else 12
    lines: list[str] = []
    while sum(len(line.split()) for line in lines) < words:
        lines.append(phrases.about[len(lines) % len(phrases.about)].format(topic=topic))
    return Draft.saying(" ".join(lines))
