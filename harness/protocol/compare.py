"""Whether two tellings of the same item agree."""

from collections.abc import Iterator
from typing import Any, Final

from harness.pointer import MISSING, extend

SEALED: Final = frozenset({"encrypted_content", "fingerprint"})
"""Fields that are encrypted anew each time they are told: never compared."""

ROUNDING: Final = 1e-6
"""Log probabilities are rounded to six decimals in closed items."""

Difference = tuple[str, Any, Any]
"""A JSON pointer, and the values of the first and the second telling (MISSING where there is none)."""


def differences(first: Any, second: Any, pointer: str = "") -> Iterator[Difference]:
    """Where two tellings of an item, or of a part, differ, in document order; the sealed fields left out.

    Equal is what Python finds equal, so that alike tellings cost little: 1, 1.0 and true are not told apart.
    """
    if first == second:
        return
    if isinstance(first, dict) and isinstance(second, dict):
        for key in (*first, *(key for key in second if key not in first)):
            if key in SEALED:
                continue
            if key == "logprobs":
                if not same_logprobs(first.get(key), second.get(key)):
                    yield extend(pointer, key), first.get(key), second.get(key)
                continue
            yield from differences(first.get(key, MISSING), second.get(key, MISSING), extend(pointer, key))
    elif isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        for index, (one, other) in enumerate(zip(first, second, strict=True)):
            yield from differences(one, other, extend(pointer, index))
    else:
        yield pointer, first, second


def same_logprobs(first: Any, second: Any) -> bool:
    """Whether two lists of token probabilities name the same tokens, with values that agree but for rounding."""
    if first == second or (not first and not second):
        return True  # missing, null and empty say the same
    kind = type(first)
    if kind is float or kind is int:
        return type(second) in (int, float) and bool(abs(first - second) <= ROUNDING)
    if kind is not type(second) or kind not in (dict, list) or len(first) != len(second):
        return False
    for key in first if kind is dict else range(len(first)):
        if kind is dict and key not in second:
            return False
        one, other = first[key], second[key]
        if one != other and not same_logprobs(one, other):
            return False
    return True
