"""What is always true of every exchange and conversation. `RULES` holds them all, in report order."""

from harness.rules.base import ReadingRule, Rule

__all__ = ["RULES", "ReadingRule", "Rule"]

RULES: tuple[Rule, ...] = ()
