"""Rules about secrets: what was sent with a request must not come back."""

from typing import Final

from harness.reply import Reply
from harness.rules.base import ReadingRule, Rule


class Echo(ReadingRule):
    """No credential comes back: neither in a header line nor in an answer, however it is spelt or cut up.

    Who reads logs, records or answers of such a service could use it. Looked for are the run's own keys and tokens, in
    the forms in which a service might repeat them; they are blanked before anything is written. Only the engine knows
    them: a recording is not held to this rule.
    """

    name = "secret.echo"

    def concerns(self, reply: Reply) -> bool:
        return False


SECRET_RULES: Final[tuple[Rule, ...]] = (Echo(),)
"""The rules of this family, in report order."""
