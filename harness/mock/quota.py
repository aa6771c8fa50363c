"""The budget of each deployment: requests and tokens a minute, estimated before the work as the service does it.

Spent beyond it, a request gets 429 with the seconds until the minute is over. Two bodies are in use for that:
`v1` (type `too_many_requests`, code `rate_limit_exceeded`) and `classic` (code `429`, the wait in words).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from harness.mock.errors import Refused

MINUTE: Final = 60.0
SHAPES: Final = ("v1", "classic")


UNCHANGING: Final = (
    ("x-ratelimit-renewalperiod-requests", "60"),
    ("x-ratelimit-renewalperiod-tokens", "60"),
    ("x-ratelimit-abusepenalty-active", "False"),
)


@dataclass(slots=True)
class Spent:
    """What a deployment has used since its minute began."""

    since: float
    requests: int = 0
    tokens: int = 0


class Quotas:
    """The budgets of one room. `limits` are requests and tokens a minute, for every deployment alike."""

    def __init__(self, requests: int = 10_000, tokens: int = 10_000_000, shape: str = "v1") -> None:
        self.requests = requests
        self.tokens = tokens
        self.shape = shape
        self._spent: dict[str, Spent] = {}

    @classmethod
    def read(cls, raw: Mapping[str, Any] | None) -> "Quotas":
        """`{requests, tokens, shape}`, each may be left out. Raises ValueError."""
        raw = raw or {}
        whole = all(type(raw.get(name, 1)) is int and raw.get(name, 1) > 0 for name in ("requests", "tokens"))
        if not set(raw) <= {"requests", "tokens", "shape"} or not whole or raw.get("shape", "v1") not in SHAPES:
            raise ValueError("`quota` takes whole numbers `requests` and `tokens` a minute, and `shape` v1 or classic")
        return cls(**raw)

    def of(self, deployment: str, now: float) -> Spent:
        """What was spent in the minute that runs now."""
        spent = self._spent.get(deployment)
        if spent is None or now - spent.since >= MINUTE:
            spent = self._spent[deployment] = Spent(now)
        return spent

    def spend(self, deployment: str, tokens: int, now: float) -> None:
        """Takes a request of so many tokens off the budget. Raises `Refused` (429) where it is used up."""
        spent = self.of(deployment, now)
        if spent.requests >= self.requests:
            raise self.refusal(deployment, "call rate", now)
        if spent.tokens + tokens > self.tokens:
            raise self.refusal(deployment, "token rate", now)
        spent.requests += 1
        spent.tokens += tokens

    def refusal(self, deployment: str, what: str, now: float) -> Refused:
        """429 with the wait in header lines and, in the older shape, in words."""
        left = MINUTE - (now - self.of(deployment, now).since)
        wait = max(1, math.ceil(left))
        lines = (
            ("retry-after", str(wait)),
            ("retry-after-ms", str(max(1, math.ceil(left * 1000)))),
            *self.lines(deployment, now),
        )
        message = f"Requests to this deployment have exceeded its {what} limit. Please retry after {wait} seconds."
        if self.shape == "classic":
            return Refused(429, {"error": {"code": "429", "message": message}}, lines)
        error = {"message": message, "type": "too_many_requests", "param": None, "code": "rate_limit_exceeded"}
        return Refused(429, {"error": error}, lines)

    def lines(self, deployment: str, now: float) -> tuple[tuple[str, str], ...]:
        """The header lines that tell what is left; resets are bare seconds, as Azure spells them."""
        spent = self.of(deployment, now)
        reset = str(max(0, math.ceil(MINUTE - (now - spent.since))))
        return (
            ("x-ratelimit-key", deployment),
            ("x-ratelimit-limit-requests", str(self.requests)),
            ("x-ratelimit-limit-tokens", str(self.tokens)),
            ("x-ratelimit-remaining-requests", str(max(0, self.requests - spent.requests))),
            ("x-ratelimit-remaining-tokens", str(max(0, self.tokens - spent.tokens))),
            ("x-ratelimit-reset-requests", reset),
            ("x-ratelimit-reset-tokens", reset),
            *UNCHANGING,
        )
