"""Rules of support: what the documentation says that a target can do, beside what it did."""

import re
from collections.abc import Iterator
from typing import Final

from harness.conversation import Conversation
from harness.findings import Finding, OnWire
from harness.reply import Reply
from harness.rules.base import Rule
from harness.rules.containers import documented_files
from harness.rules.story import Story

REFUSALS: Final = re.compile(
    r"unsupported|not supported|not available|does not support|not enabled|unknown (?:url|path|route)|not found", re.I
)
"""In which words a service says that it does not do something."""
_STATUSES: Final = (400, 404, 405, 501)


class Missing(Rule):
    """What is documented for a model in a region works there.

    The scenario needs a feature that the catalogue documents for the target, and the target refuses it as something
    that it does not support. Either the documentation is ahead, or a deployment is behind: drift.

    A file of a type that the code interpreter is documented to take is taken, too.

    Shown by defects A123 and B76.
    """

    name = "support.missing"

    def applied(self, conversation: Conversation) -> int:
        files = sum(1 for _ in documented_files(Story(conversation)))
        return files + (len(conversation.promised.documented) if conversation.promised else 0)

    def judge(self, conversation: Conversation) -> Iterator[Finding]:
        promised = conversation.promised
        for step, ending in documented_files(Story(conversation)):
            if refuses(step.reply):
                message = f"a file of type {ending} is refused by the code interpreter, which is documented to take it"
                yield Finding(self.name, self.level, message, OnWire(step.reply.index), 200, step.reply.error)
        if promised is None or not promised.documented:
            return
        for taken in conversation.turns:
            expects_error = taken.turn is not None and any(each.subject == "error" for each in taken.turn.expect)
            if taken.final is None or expects_error or not refuses(taken.final) or taken.final.operation == "other":
                continue
            told = (taken.final.error or {}).get("message")
            features = ", ".join(promised.documented)
            message = f"documented for this target ({features}), but refused: {str(told)[:200]}"
            yield Finding(self.name, self.level, message, OnWire(taken.final.index), list(promised.documented), told)


class Undocumented(Rule):
    """What is documented as absent does not work.

    A note, and only where it was asked for all the same (`--probe`): the documentation is behind the service.

    Shown by defect A124.
    """

    name = "support.undocumented"

    def applied(self, conversation: Conversation) -> int:
        return len(conversation.promised.denied) if conversation.promised else 0

    def judge(self, conversation: Conversation) -> Iterator[Finding]:
        promised = conversation.promised
        finals = [taken.final for taken in conversation.turns]
        if promised is None or not promised.denied or not finals:
            return
        if all(final is not None and final.status == "completed" for final in finals):
            features = ", ".join(promised.denied)
            message = f"documented as absent for this target ({features}), but it works"
            yield Finding(self.name, self.level, message, OnWire(), list(promised.denied), "works")


def refuses(reply: Reply) -> bool:
    """Whether a reply says that the service does not do what was asked."""
    error = reply.error
    if error is None or error.get("status") not in _STATUSES:
        return False
    code = str(error.get("code") or "")
    if code in ("previous_response_not_found", "DeploymentNotFound", "model_not_found"):
        return False
    return bool(REFUSALS.search(code) or REFUSALS.search(str(error.get("message") or "")))


SUPPORT_RULES: Final[tuple[Rule, ...]] = (Missing(), Undocumented())
"""The rules of this family, in report order."""
