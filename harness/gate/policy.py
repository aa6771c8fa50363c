"""`gate.yaml`: what a run must show before a release. Every key has a default; none at all is a policy too."""

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field, WithJsonSchema, field_validator

from harness.matchers.numbers import quantity
from harness.source.document import Document, parse
from harness.source.place import Diagnostic, Place, Refused
from harness.source.typed import checked
from harness.source.written import Written, schema_of

FILE: Final = "gate.yaml"
"""The policy that is taken where none is named."""

Glob = Annotated[str, Field(min_length=1, max_length=300)]
Text = Annotated[str, Field(min_length=1, max_length=2000)]
Rate = Annotated[float, Field(ge=0, le=1)]
Sure = Annotated[float, Field(ge=0.5, lt=1)]
Choice = Literal["refuse", "allow"]


Amount = Annotated[
    float, WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^[0-9.]+ *(ms|s|m)$"}]})
]
"""A number, or a duration in seconds."""


class PassRate(Written):
    """How much of all that was observed must have passed."""

    noun: ClassVar[str] = "`pass_rate`"

    at_least: Rate = Field(1.0, description="share of observed attempts that must pass")
    confidence: Sure | None = Field(
        None, description="how surely the true rate must be that high; without it the observed rate counts"
    )


class Regression(Written):
    """How much worse than its baseline a run may be."""

    noun: ClassVar[str] = "`regression`"

    alpha: Annotated[float, Field(gt=0, le=0.5)] = Field(
        0.05, description="risk of shutting the gate although nothing changed"
    )
    margin: Annotated[float, Field(gt=0, le=1)] | None = Field(
        None, description="largest fall of the pass rate that is acceptable; it must be shown to be smaller"
    )


class Budget(Written):
    """Bounds of a figure's distribution over the cases that passed."""

    noun: ClassVar[str] = "a budget"

    p50: Amount | None = Field(None, description="half of the cases stay within")
    p95: Amount | None = Field(None, description="19 of 20 cases stay within")

    @field_validator("p50", "p95", mode="before")
    @classmethod
    def read(cls, value: Any) -> Any:
        """A number, or a duration such as `500ms`, in seconds."""
        if not isinstance(value, str):
            return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
        known = quantity(value)
        if known is None or known[1] != "duration":
            raise ValueError(f"`{value}` is no duration", "such as `500ms`, `2s`, `1m`")
        return known[0]


class Latency(Written):
    """Budgets of time."""

    noun: ClassVar[str] = "`latency`"

    first_token: Budget = Field(Budget(), description="from the request to the first visible token")
    total: Budget = Field(Budget(), description="from the first request of a case to the end of its last")


class Tokens(Written):
    """Budgets of tokens."""

    noun: ClassVar[str] = "`tokens`"

    run: Annotated[int, Field(gt=0)] | None = Field(None, description="of all cases together")
    case: Budget = Field(Budget(), description="of one case")


class Known(Written):
    """A failure that somebody knows of and answers for, until a day."""

    noun: ClassVar[str] = "an entry of `known`"

    scenario: Glob = Field(description="glob over scenario ids, or over `file::id`")
    rule: Glob = Field(description="glob over the codes of the findings that are known")
    owner: Text = Field(description="who answers for it")
    reason: Text = Field(description="why it may stand")
    until: str = Field(description="the last day on which it may stand", examples=["2027-03-31"])

    @field_validator("until")
    @classmethod
    def day(cls, value: str) -> str:
        try:
            datetime.date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"`{value}` is no date", "a date is written 2027-03-31") from None
        return value

    @property
    def last_day(self) -> datetime.date:
        return datetime.date.fromisoformat(self.until)


class Policy(Written):
    """What a run must show. The defaults are those of a gate without a file."""

    noun: ClassVar[str] = "a gate policy"

    must_pass: list[Glob] = Field(
        [],
        max_length=1000,
        description="scenarios of which every attempt must pass: globs over ids, `file::id`, `tag:NAME`",
    )
    pass_rate: PassRate = Field(PassRate(), description="how much of what was observed must have passed")
    regression: Regression = Field(Regression(), description="how much worse than the baseline it may be")
    latency: Latency = Field(Latency(), description="budgets of time, over the cases that passed")
    tokens: Tokens = Field(Tokens(), description="budgets of tokens")
    drift: Choice = Field("refuse", description="whether documented ≠ observed shuts the gate")
    inconclusive: Rate = Field(0.0, description="share of cases that may be inconclusive")
    flaky: Choice = Field("allow", description="whether attempts that disagree shut the gate")
    skipped: Choice = Field("allow", description="whether a skipped case shuts the gate")
    live: bool = Field(False, description="whether every target must have been live: neither embedded nor replayed")
    known: list[Known] = Field([], max_length=1000, description="failures that may stand until a day")


@dataclass(frozen=True, slots=True)
class Read:
    """A policy and where it came from; `file` is None for the defaults."""

    policy: Policy
    file: str | None
    document: Document | None = None

    def place(self, *path: str | int) -> Place | None:
        """Where a key of the policy stands; None for a default."""
        return self.document.place(path, key=True) if self.document is not None else None


def read(path: Path) -> Read:
    """The policy of a file.

    Raises:
        harness.source.place.Refused: it is none; every mistake at its place.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        place = Place(path.as_posix(), 1, 1)
        raise Refused([Diagnostic(place, f"it cannot be read: {error.strerror or error}")]) from error
    documents = parse(text, path.as_posix())
    if len(documents) > 1:
        raise Refused([documents[1].diagnostic((), "a policy is one document", "write what belongs together")])
    if not documents or documents[0].value is None:
        return Read(Policy(), path.as_posix())
    policy, mistakes = checked(documents[0], Policy)
    if policy is None:
        raise Refused(mistakes)
    return Read(policy, path.as_posix(), documents[0])


def schema() -> dict[str, Any]:
    """The policy as a JSON Schema, for editors."""
    return schema_of(Policy, "A gate policy")
