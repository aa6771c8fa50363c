"""What a plain scalar means: the core schema of YAML 1.2.2, section 10.3.2, and nothing beyond it.

`no`, `on`, `12:30:45`, `1_000` and dates are text, as they are written. So is an integer with a leading zero
(`017`): a parcel number must not lose its zero, and YAML 1.1 would read it as octal.
"""

import math
import re
from typing import Any, Final

LONGEST_NUMBER: Final = 40
"""Characters that a number may have; JSON readers differ on anything longer."""

CONSTANTS: Final[dict[str, Any]] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_BEGINS_NUMBER: Final = frozenset("+-.0123456789")
_INTEGER: Final = re.compile(r"[-+]?[0-9]+")
_LEADING_ZERO: Final = re.compile(r"[-+]?0[0-9]+")
_BASED: Final = re.compile(r"0o([0-7]+)|0x([0-9a-fA-F]+)")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


class BadNumber(ValueError):
    """A scalar spells a number that JSON cannot carry; the message says which kind."""


def plain(text: str) -> Any:
    """The value of a plain (unquoted) scalar: None, bool, int, float or the text itself.

    Raises:
        BadNumber: it is infinite, not a number, or too long.
    """
    if text in CONSTANTS:
        return CONSTANTS[text]
    return _number(text) if text[0] in _BEGINS_NUMBER else text


def spelt(scalar: Any) -> str:
    """A scalar as YAML spells it: `null`, `true`, a number, or the text itself."""
    if scalar is None:
        return "null"
    return str(scalar).lower() if isinstance(scalar, bool) else str(scalar)


def _number(text: str) -> Any:
    if _INTEGER.fullmatch(text):
        if _LEADING_ZERO.fullmatch(text):
            return text
        return int(_not_too_long(text))
    if based := _BASED.fullmatch(text):
        octal, hexadecimal = based.groups()
        return int(_not_too_long(octal or hexadecimal), 8 if octal else 16)
    if _FLOAT.fullmatch(text):
        number = float(_not_too_long(text))
        if math.isinf(number):
            raise BadNumber("is too large for a number")
        return number
    if _NOT_FINITE.fullmatch(text):
        raise BadNumber("is no number that can be sent")
    return text


def _not_too_long(digits: str) -> str:
    if len(digits.lstrip("+-")) > LONGEST_NUMBER:
        raise BadNumber(f"has more than {LONGEST_NUMBER} digits")
    return digits
