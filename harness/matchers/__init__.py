"""What must hold of a value: `match(value)` yields where it differs, and nothing where it holds.

Knows plain JSON values, and nothing of scenarios or the wire.
"""

from harness.matchers.base import ANY, UNKNOWN, BadMatcher, Matcher, Mismatch, TooLong
from harness.matchers.table import MATCHERS, compile

__all__ = ["ANY", "MATCHERS", "UNKNOWN", "BadMatcher", "Matcher", "Mismatch", "TooLong", "compile"]
