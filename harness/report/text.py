"""Text for people: numbers with their units, and characters that must not act shown as what they are.

Whatever comes from a model, a service or a file may hold characters that move the cursor, turn the direction of
writing or cannot be seen; they are spelled (`\\u202e`). Letters of every language stay as they are.
"""

import re
from typing import Final

UNSEEN: Final = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters but tab and line feed
    r"\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # no width, or a direction
    r"\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2"  # formats of scripts
    r"\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"  # no characters at all
)
"""The inside of a character class; the page's script has the same one. Characters beyond U+FFFF: TAGS."""

TAGS: Final = "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
"""Characters beyond U+FFFF that cannot be seen."""

_UNSEEN: Final = re.compile(f"[{UNSEEN}{TAGS}]")


def spelled(match: re.Match[str]) -> str:
    """A character as an escape."""
    code = ord(match[0])
    return f"\\u{{{code:x}}}" if code > 0xFFFF else f"\\u{code:04x}"


def visible(text: str) -> str:
    """A text in which nothing is unseen and nothing acts; it may have several lines."""
    return _UNSEEN.sub(spelled, text)


def number(value: int) -> str:
    """12345 as `12,345`."""
    return f"{value:,}"


def counted(value: int, one: str, many: str | None = None) -> str:
    """`1 case`, `2 cases`."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"


def seconds(value: float | None) -> str:
    """A span of time with its unit; an empty text for None."""
    if value is None:
        return ""
    if value < 1:
        return f"{value * 1000:.0f} ms"
    if value < 60:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
