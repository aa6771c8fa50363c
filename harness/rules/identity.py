"""Rules of identity: who answered is who was asked. They look at what the operator says stands behind a target."""

import re
from abc import abstractmethod
from collections.abc import Iterator
from typing import Final

from harness.conversation import Conversation, Promised
from harness.findings import Finding, OnWire
from harness.reply import Reply
from harness.rules.base import Rule

_DATED: Final = re.compile(r".+-\d{4}-\d{2}-\d{2}")


class _Identity(Rule):
    """A rule about each answer to a create request, where the operator says what to expect."""

    def applied(self, conversation: Conversation) -> int:
        return sum(1 for _ in self._told(conversation))

    def judge(self, conversation: Conversation) -> Iterator[Finding]:
        for reply, expected, actual in self._told(conversation):
            if expected.casefold() != actual.casefold():
                message = f"{self.what}: {actual}, not {expected}"
                yield Finding(self.name, self.level, message, OnWire(reply.index), expected, actual)

    what = ""

    def _told(self, conversation: Conversation) -> Iterator[tuple[Reply, str, str]]:
        promised = conversation.promised
        for reply in conversation.replies if promised else ():
            if promised and reply.operation == "create" and reply.exchange.status == 200:
                yield from self.pairs(reply, promised)

    @abstractmethod
    def pairs(self, reply: Reply, promised: Promised) -> Iterator[tuple[Reply, str, str]]:
        """The reply with what was promised and what it tells; nothing where either is silent."""


class ModelVersion(_Identity):
    """The model's version that answers is the one that was deployed.

    An upgrade that nobody decided changes answers, prices and limits. Told by the header x-ms-served-model, else by a
    `model` in the answer that ends in a date; where neither tells, see `avail.version_untold`.

    Shown by defect B38.
    """

    name = "sem.model_version"
    what = "another version of the model answered"

    def pairs(self, reply: Reply, promised: Promised) -> Iterator[tuple[Reply, str, str]]:
        served = served_model(reply)
        if promised.model and promised.version and served:
            yield reply, f"{promised.model}-{promised.version}", served


class VersionTold(_Identity):
    """Where a version is to be held to, the answer tells which one answered.

    Without it the case proves nothing of the version: neither x-ms-served-model nor a dated `model` came.
    """

    name = "avail.version_untold"
    what = "the answer does not tell which version of the model it is of"

    def pairs(self, reply: Reply, promised: Promised) -> Iterator[tuple[Reply, str, str]]:
        if promised.model and promised.version:
            expected = f"{promised.model}-{promised.version}"
            yield reply, expected, expected if served_model(reply) else "untold"


class Region(_Identity):
    """A deployment that is bound to its region is answered for there.

    For deployments of regional type alone: global ones and those of a data zone are answered for elsewhere, rightly.
    Told by the header x-ms-region, in which spelling ever; without it nothing is said.

    Shown by defect B39.
    """

    name = "sem.region"
    what = "another region answered"

    def pairs(self, reply: Reply, promised: Promised) -> Iterator[tuple[Reply, str, str]]:
        told = _header(reply, "x-ms-region")
        if promised.region and promised.in_region and told:
            yield reply, promised.region, re.sub(r"[^a-z0-9]", "", told.lower())


class Deployment(_Identity):
    """The deployment that answers is the one that was asked.

    Told by the header x-ms-deployment-name; without it nothing is said, nor where the service tells that the request
    was spilled over to another deployment, as its operator configured it.

    Shown by defect B40.
    """

    name = "sem.deployment"
    what = "another deployment answered"

    def pairs(self, reply: Reply, promised: Promised) -> Iterator[tuple[Reply, str, str]]:
        told = _header(reply, "x-ms-deployment-name")
        asked = (reply.request or {}).get("model")
        if told and isinstance(asked, str) and (_header(reply, "x-ms-is-spilled-over") or "").lower() != "true":
            yield reply, asked, told


def served_model(reply: Reply) -> str | None:
    """Model and version that answered, as the reply tells it."""
    told = _header(reply, "x-ms-served-model")
    if told:
        return told
    return reply.model if reply.model and _DATED.fullmatch(reply.model) else None


def _header(reply: Reply, name: str) -> str | None:
    head = reply.exchange.head
    value = head.header(name) if head else None
    return value.strip() if value and value.strip() else None


IDENTITY_RULES: Final[tuple[Rule, ...]] = (ModelVersion(), VersionTold(), Region(), Deployment())
"""The rules of this family, in report order."""
