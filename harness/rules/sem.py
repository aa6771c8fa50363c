"""Rules of meaning: usage, reasons, clocks. The same for streamed and plain replies."""

from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any, Final

from harness.protocol.spans import at_path
from harness.reply import Reply
from harness.rules.base import Rule
from harness.rules.looking import ReplyRule, Wrong
from harness.rules.sem_answers import ANSWER_RULES
from harness.rules.sem_files import FILE_RULES
from harness.rules.sem_media import MEDIA_RULES
from harness.rules.sem_requests import REQUEST_RULES
from harness.rules.state_chain import RecallIsStrong
from harness.rules.state_stored import StoredUsage


def _count(value: Any) -> int | None:
    return value if type(value) is int else None


class UsageAddsUp(ReplyRule):
    """Input and output tokens add up to the total.

    Cost reports stand on these numbers; parts that disagree with their sum cannot be billed.

    Shown by defect A102.
    """

    name = "sem.usage_sum"

    def concerns(self, reply: Reply) -> bool:
        return reply.usage is not None

    def look(self, reply: Reply) -> Iterator[Wrong]:
        match reply.usage:
            case {"input_tokens": int(i), "output_tokens": int(o), "total_tokens": int(t)} if i + o != t:
                message = "input and output tokens do not add up to the total"
                yield Wrong("/usage/total_tokens", message, i + o, t)


class UsageWithinBounds(ReplyRule):
    """Cached tokens are part of the input tokens, reasoning tokens of the output tokens; none is below zero.

    Shown by defect B52.
    """

    name = "sem.usage_bounds"

    parts: Final = (
        ("input_tokens", "input_tokens_details", "cached_tokens"),
        ("output_tokens", "output_tokens_details", "reasoning_tokens"),
    )

    def concerns(self, reply: Reply) -> bool:
        return reply.usage is not None

    def look(self, reply: Reply) -> Iterator[Wrong]:
        for whole_name, details, part_name in self.parts:
            whole, part = (
                _count(at_path(reply.usage, (whole_name,))),
                _count(at_path(reply.usage, (details, part_name))),
            )
            if whole is not None and whole < 0:
                yield Wrong(f"/usage/{whole_name}", f"{whole_name} is below zero", "≥ 0", whole)
            elif part is not None and not 0 <= part <= (part if whole is None else whole):
                yield Wrong(f"/usage/{details}/{part_name}", f"{part_name} is not within {whole_name}", whole, part)


class UsageIsTold(ReplyRule):
    """A completed response tells its usage.

    Without it nothing can be said of costs. A note: some services leave it out, and a scenario may ask for it.

    Shown by defect B53.
    """

    name = "sem.usage_missing"

    def concerns(self, reply: Reply) -> bool:
        return reply.status == "completed" and reply.operation in ("create", "retrieve")

    def look(self, reply: Reply) -> Iterator[Wrong]:
        if reply.usage is None:
            yield Wrong("/usage", "a completed response without usage", "usage", None)


class IncompleteSaysWhy(ReplyRule):
    """An incomplete response says why in incomplete_details.

    Whether to ask for more tokens or to change the prompt depends on the reason.

    Shown by defect A87.
    """

    name = "sem.incomplete_no_details"

    def concerns(self, reply: Reply) -> bool:
        return reply.status == "incomplete"

    def look(self, reply: Reply) -> Iterator[Wrong]:
        reason = at_path(reply.response, ("incomplete_details", "reason"))
        if not isinstance(reason, str) or not reason:
            message = "an incomplete response does not say why"
            yield Wrong("/incomplete_details", message, "a reason", at_path(reply.response, ("incomplete_details",)))


class FailedSaysWhy(ReplyRule):
    """A failed response says why: in its error object, or in an error event of its stream.

    Shown by defect A103.
    """

    name = "sem.failed_no_error"

    def concerns(self, reply: Reply) -> bool:
        return reply.status == "failed"

    def look(self, reply: Reply) -> Iterator[Wrong]:
        error = at_path(reply.response, ("error",))
        if not isinstance(error, dict) and "error" not in reply.seen:
            yield Wrong("/error", "a failed response does not say why", "an error object or an error event", error)


class Clock(ReplyRule):
    """A response was created at the time that the reply's Date header tells, within five minutes.

    Both are clocks of the service, so the clock of this machine does not matter. A note.

    Shown by defect B70.
    """

    name = "sem.clock"

    within: Final = 300.0
    replaced: Final = 1_000_000_000  # recordings with redacted times have zeros

    def concerns(self, reply: Reply) -> bool:
        return reply.operation == "create" and self._created(reply) > self.replaced and self._date(reply) is not None

    @staticmethod
    def _created(reply: Reply) -> float:
        created = at_path(reply.response, ("created_at",))
        return float(created) if type(created) in (int, float) else 0.0

    @staticmethod
    def _date(reply: Reply) -> float | None:
        told = reply.exchange.head.header("date") if reply.exchange.head else None
        try:
            return parsedate_to_datetime(told).timestamp() if told else None
        except (ValueError, TypeError, OverflowError, OSError):
            return None

    def look(self, reply: Reply) -> Iterator[Wrong]:
        date, created = self._date(reply), self._created(reply)
        # a plain reply's header is written when the work is done
        if date is not None and not -self.within <= date - created <= self.within + reply.exchange.ended_at:
            yield Wrong("/created_at", "created_at is far from the reply's Date header", date, created)


SEM_RULES: Final[tuple[Rule, ...]] = (
    UsageAddsUp(),
    UsageWithinBounds(),
    UsageIsTold(),
    IncompleteSaysWhy(),
    FailedSaysWhy(),
    Clock(),
    *ANSWER_RULES,
    *REQUEST_RULES,
    StoredUsage(),
    RecallIsStrong(),
    *MEDIA_RULES,
    *FILE_RULES,
)
