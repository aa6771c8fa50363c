"""Rules of availability: whether the endpoint could be observed at all.

A case that breaks only these is inconclusive: nothing was learned of what the endpoint promises. Those about
refusals that may be repeated (throttling, faults of the service, connecting) are seen on each exchange; whether a
turn is judged by them is for whoever repeats it.
"""

from collections.abc import Iterator
from typing import Final

from harness.conversation import Conversation, TurnTaken
from harness.findings import Finding, OnWire
from harness.reply import Reply
from harness.rules.base import ReadingRule, Rule
from harness.rules.looking import ReplyRule, Wrong
from harness.rules.state_stored import StoredInTime


class Auth(ReadingRule):
    """The credential is accepted.

    With a key that is refused nothing is learned of the service: check the key, the token's scope
    (https://ai.azure.com/.default) and that both belong to this resource. A scenario may ask for a 401.
    """

    name = "avail.auth"


class BodyCut(ReadingRule):
    """A plain answer comes whole.

    The connection ended before the length that was promised, or before the closing chunk, and what came is no
    complete JSON.
    """

    name = "avail.body_cut"


class Connect(ReadingRule):
    """The endpoint accepts a connection."""

    name = "avail.connect"


class Deadline(ReadingRule):
    """A turn is over within its time, 900 seconds by default, however steadily bytes trickle in."""

    name = "avail.deadline"


class Dns(ReadingRule):
    """The endpoint's name resolves."""

    name = "avail.dns"


class FirstByte(ReadingRule):
    """An answer begins in time, 300 seconds by default."""

    name = "avail.first_byte"


class NoAnswer(ReadingRule):
    """A request that was sent is answered.

    The connection ended after the request and before a head: whether the service did the work is unknown, so the
    request is not sent again behind anyone's back.
    """

    name = "avail.no_answer"


class NoProgress(Rule):
    """Events keep coming, at least one in 120 seconds by default, and what is made in the background gets finished.

    Keep-alives do not count: a service that sends nothing else for ever would keep a client waiting for ever. A
    background response is asked for until a turn's time is up, 900 seconds by default.

    Shown by defects A23 and B18.
    """

    name = "avail.no_progress"

    def applied(self, conversation: Conversation) -> int:
        polled = sum(1 for taken in conversation.turns if self._polls(taken))
        return polled + sum(1 for reply in conversation.replies if reply.streamed)

    def judge(self, conversation: Conversation) -> Iterator[Finding]:
        """What never gets finished; a stream that says nothing is found while it is read."""
        for taken in conversation.turns:
            if taken.final is not None and taken.unfinished:
                message = f"still {taken.final.status} when the time was up, asked for {self._polls(taken)} times"
                where = OnWire(taken.final.index, pointer="/status")
                level = taken.final.profile.level(self.name)
                yield Finding(self.name, level, message, where, "a final status", taken.final.status)

    @staticmethod
    def _polls(taken: TurnTaken) -> int:
        asked = any(reply.operation == "create" for reply in taken.replies)
        return sum(1 for reply in taken.replies if asked and reply.operation == "retrieve" and not reply.streamed)


class Quota(ReadingRule):
    """The quota is not used up.

    Waiting does not help, unlike with throttling: the error's code is `insufficient_quota`.
    """

    name = "avail.quota"


class Retried(ReplyRule):
    """A request is answered when it is sent for the first time.

    A note: it was refused for a moment (its rate, a fault of the service, no connection, a token that had ended, a
    stored response that was not known yet) and sent again, few times and slowly. All attempts are in the record.

    Shown by defects C12 and C25.
    """

    name = "avail.retried"

    def concerns(self, reply: Reply) -> bool:
        return bool(reply.exchange.earlier)

    def look(self, reply: Reply) -> Iterator[Wrong]:
        earlier = reply.exchange.earlier
        refusals = ", ".join(str(each.status or each.ending.how) for each in earlier)
        seconds = reply.exchange.started - earlier[0].started
        message = f"sent {len(earlier) + 1} times over {max(0.0, seconds):.1f} s; before: {refusals}"
        yield Wrong("", message, 1, len(earlier) + 1)


class ServerError(ReadingRule):
    """The service answers without a fault of its own (status 500 and above)."""

    name = "avail.server_error"


class Stall(ReadingRule):
    """An answer that has begun goes on: no silence of more than 60 seconds by default."""

    name = "avail.stall"


class StreamCut(ReadingRule):
    """The connection lasts until the last event.

    It ended before: by FIN without the closing chunk, or by RST. Behind load balancers this befalls long silent
    turns; background mode avoids it.
    """

    name = "avail.stream_cut"


class StreamError(ReadingRule):
    """A stream has no `error` event.

    The status is 200 by then, so no client repeats the request by itself. The finding carries the service's code.
    """

    name = "avail.stream_error"


class Throttled(ReadingRule):
    """The service does not refuse the request for its rate (status 429)."""

    name = "avail.throttled"


class Tls(ReadingRule):
    """The endpoint's certificate is valid for its name.

    Never repeated, and there is no switch that turns the check off.
    """

    name = "avail.tls"


AVAIL_RULES: Final[tuple[Rule, ...]] = (
    Dns(),
    Connect(),
    Tls(),
    Auth(),
    Throttled(),
    Quota(),
    Retried(),
    ServerError(),
    NoAnswer(),
    FirstByte(),
    Stall(),
    NoProgress(),
    Deadline(),
    StreamCut(),
    BodyCut(),
    StreamError(),
    StoredInTime(),
)
"""The rules of this family, in report order."""
