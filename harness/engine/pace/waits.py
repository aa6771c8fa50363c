"""How long a service asks to be left alone: `retry-after` in its spellings, and when a quota is whole again."""

import math
import re
from email.utils import parsedate_to_datetime
from typing import Final

from harness.wire.exchange import Head

_NUMBER: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")
_SPAN: Final = re.compile(
    r"(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m(?!s))?(?:([0-9]{1,9}(?:\.[0-9]{1,9})?)s)?(?:([0-9]{1,9}(?:\.[0-9]{1,9})?)ms)?"
)


def asked_wait(head: Head) -> float | None:
    """The seconds that a refusal asks to wait; None where it asks for none that makes sense.

    Zero, less than zero, no number, a date that has passed and two values at once are all as if nothing stood there.
    A date is measured from the reply's own `Date`: the clock of this machine has no say.
    """
    precise = _only(head, "retry-after-ms")
    if precise is not None and (number := _number(precise)) is not None:
        return number / 1000
    value = _only(head, "retry-after")
    if value is None:
        return None
    return _number(value) if re.match(r"[-+]?[0-9.]", value) else _until(value, _only(head, "date"))


def whole_again(text: str) -> float | None:
    """Seconds until a quota is renewed: `7`, `2ms`, `6m0s`; None where it cannot be read."""
    if _NUMBER.fullmatch(text):
        return float(text)
    found = _SPAN.fullmatch(text)
    if found is None or not text:
        return None
    hours, minutes, seconds, thousandths = (float(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1000


def _only(head: Head, name: str) -> str | None:
    """The value of a header that stands there once."""
    values = [value.strip() for key, value in head.headers if key.lower() == name]
    return values[0] if len(values) == 1 else None


def _number(text: str) -> float | None:
    number = float(text) if _NUMBER.fullmatch(text) else 0.0
    return number if number > 0 and math.isfinite(number) else None


def _until(text: str, now: str | None) -> float | None:
    try:
        seconds = (parsedate_to_datetime(text) - parsedate_to_datetime(now or "")).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return seconds if seconds > 0 else None
