"""Refusing on cue: when asked to decline, or for what nobody should help with."""

import re
from functools import lru_cache
from typing import Final

from harness.mock.model.context import Context, Draft
from harness.mock.model.language import Phrases

CUE: Final = re.compile(
    r"\b(?:please\s+refuse|refuse (?:this|to answer|my|the)|decline (?:this|to answer|my|the)|you must refuse)\b"
    r"|\bhow (?:do i|to|can i) (?:build|make) (?:a |an )?(?:\w+ )?(?:bomb|explosive|nerve agent|bioweapon)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=512)
def cued(prompt: str) -> bool:
    """Whether a prompt gives the cue."""
    return CUE.search(prompt) is not None


def refusing(context: Context, phrases: Phrases) -> Draft | None:
    """A refusal part instead of an answer, where the user's last message gives the cue."""
    if not cued(context.prompt):
        return None
    return Draft([{"type": "refusal", "refusal": phrases.refused}])
