"""What stands in a record: the lines' frozen values. Format version 1.

A record file (`record.jsonl`, or `record-<shard>.jsonl` where several processes write) holds a Head, then one
CaseLine for each finished attempt at a case. Beside it an exchanges file holds one ExchangeLine for each exchange;
case lines refer to them by Where, so that comparing and gating never read them. How a line is framed, summed and
chained is told in `harness.record.chain`.

A report of an old run is shown in the words of its day: the head carries the rules' titles and pages.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from harness.findings import Finding, Level, Verdict
from harness.record.bounds import plain
from harness.source.place import Place

FORMAT: Final = 1
"""The newest format that is written and understood. Older ones are read, newer ones refused."""


@dataclass(frozen=True, slots=True)
class TargetLine:
    """A target as it was used. `kind` is `embedded`, `live` or `replay`; the endpoint is without credentials.

    Of a replay all else is that of the target that was recorded.
    """

    name: str
    kind: str
    endpoint: str = ""
    deployment: str | None = None
    model: str | None = None
    version: str | None = None
    region: str | None = None
    deployment_type: str | None = None
    image_deployment: str | None = None


@dataclass(frozen=True, slots=True)
class ScenarioLine:
    """A scenario that took part; `digest` is the SHA-256 of its own text, in hex.

    Each of its cases is repeated `repeat` times, of which `at_least` must pass; None: all of them. Of a
    `sensitive` one no texts are kept, see `harness.record.withholding`.
    """

    id: str
    file: str
    line: int
    title: str
    about: str | None = None
    tags: tuple[str, ...] = ()
    digest: str = ""
    owner: str | None = None
    links: tuple[str, ...] = ()
    repeat: int = 1
    at_least: int | None = None
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What was not planned although it was asked for (a mode, a target), and why."""

    scenario: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule in the words of the day; `page` is the explanation that `harness explain` prints."""

    level: Level
    source: str
    title: str
    page: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The first line of a record, on disk before the first request.

    `started` is ISO 8601 in UTC; `versions` names harness, python and the packages that matter; `planned` holds
    the ids of all planned cases, in order, so that an interrupted run is seen by counting. `options` are those
    of its command that decide what it is made of: with them it is taken up again. `replayed` and `rejudged`
    name the run whose exchanges were answered again, strictly or for new rules. `environment` names the variables
    that were set and may change what a run does. `collected` is a sum of the ids of all cases before shards parted
    them: shards of different sums are no parts of one plan.
    """

    run: str
    started: str
    versions: Mapping[str, str] = field(default_factory=dict)
    seed: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)
    targets: tuple[TargetLine, ...] = ()
    scenarios: tuple[ScenarioLine, ...] = ()
    planned: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    rules: Mapping[str, RuleLine] = field(default_factory=dict)
    shard: str | None = None
    format: int = FORMAT
    replayed: str | None = None
    rejudged: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    environment: tuple[str, ...] = ()
    collected: str = ""


@dataclass(frozen=True, slots=True)
class Where:
    """Where an exchange stands: the file beside the record, and its line's first byte and length there."""

    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the service counted them; None where it said nothing."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    total_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None

    @classmethod
    def over(cls, parts: Iterable["Usage"]) -> "Usage":
        """The sum of several; a figure that none of them has stays None."""
        sums: dict[str, int | None] = dict.fromkeys(cls.__slots__)
        for part in parts:
            for name in cls.__slots__:
                value = getattr(part, name)
                if value is not None:
                    sums[name] = (sums[name] or 0) + value
        return cls(**sums)


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds from the request to the first event, to the first visible token, and to the end; None: there was none."""

    first_event: float | None = None
    first_token: float | None = None
    total: float | None = None

    @classmethod
    def over(cls, parts: Iterable["Latency"]) -> "Latency":
        """Of a case: the slowest first event and first token of its turns, and the turns' totals added up."""
        known = tuple(parts)
        events = [part.first_event for part in known if part.first_event is not None]
        tokens = [part.first_token for part in known if part.first_token is not None]
        totals = [part.total for part in known if part.total is not None]
        return cls(max(events, default=None), max(tokens, default=None), sum(totals) if totals else None)


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding as it is kept: the rule, where on the wire, where in the YAML, and both values.

    `exchange` counts within the case from 0, `event` the frames of its stream from 0, `offset` is a byte offset in
    the body. `expected` and `actual` are plain JSON values, cut by the writer where they are too long (see
    `harness.record.bounds`). `source_line` is the YAML's own line; `allowed` the reason for which the scenario
    lowered the rule; `difference` shows line by line (`-` expected, `+` actual) what is not seen at a glance.
    """

    rule: str
    level: Level
    message: str
    turn: str | None = None
    exchange: int = 0
    event: int | None = None
    offset: int | None = None
    pointer: str = ""
    expected: Any = None
    actual: Any = None
    place: Place | None = None
    source_line: str | None = None
    allowed: str | None = None
    difference: str = ""

    @classmethod
    def of(cls, finding: Finding, *, source_line: str | None = None, allowed: str | None = None) -> "FindingLine":
        """A finding as it is kept, its values made plain; the writer cuts what is too long."""
        wire = finding.wire
        return cls(
            finding.rule,
            finding.level,
            finding.message,
            finding.turn,
            wire.exchange,
            wire.event,
            wire.offset,
            wire.pointer,
            plain(finding.expected),
            plain(finding.actual),
            finding.place,
            source_line,
            allowed,
            finding.difference,
        )


@dataclass(frozen=True, slots=True)
class TurnLine:
    """A turn as a person reads it: what was asked (the new input items, or a short description), what was said.

    `asked` and `said` are plain JSON (for `said`: the output items); `status` is the response's, or None where
    there was no response. `served` counts the calls that came to the scenario's own tool servers meanwhile, by label
    and tool.
    """

    id: str
    action: str
    asked: Any = None
    said: tuple[Any, ...] = ()
    status: str | None = None
    exchanges: tuple[Where, ...] = ()
    usage: Usage = Usage()
    latency: Latency = Latency()
    served: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One finished attempt at a case. Case, repeat and attempt together occur once in a run.

    `case` is the node id; `row` the index of the parameter row and `values` what it holds; `repeat` counts from 0,
    `attempt` from 1. `reason` says why it was skipped, errored or inconclusive. `applied_rules` counts how often
    each rule had something to judge, `applied_expectations` the same under `<turn id>/<expectation key>`.
    `started` is ISO 8601 in UTC, `seconds` how long it took. Where parameters were generated, `examples` says how many
    examples ran, and `values` and all else are those of the smallest that failed, or of the last where none did.
    `spared` stands in the last line of a case whose further repeats could not change its verdict: so many did not run.
    `outline` stands in the line of a case that the other modes of its scenario are compared with: what it came to,
    without its words; empty where there is nothing to compare. `made` holds what the harness made up for the case and
    sent: `base`, the API's address; `addresses` of its own tool servers; `published` files by name; `files`, the names
    of uploads.
    """

    case: str
    scenario: str
    file: str
    line: int
    title: str
    target: str
    verdict: Verdict
    region: str | None = None
    model: str | None = None
    delivery: str = "plain"
    state: str = "chained"
    client: str = "wire"
    row: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    repeat: int = 0
    attempt: int = 1
    reason: str | None = None
    findings: tuple[FindingLine, ...] = ()
    turns: tuple[TurnLine, ...] = ()
    applied_rules: Mapping[str, int] = field(default_factory=dict)
    applied_expectations: Mapping[str, int] = field(default_factory=dict)
    usage: Usage = Usage()
    latency: Latency = Latency()
    started: str = ""
    seconds: float = 0.0
    examples: int | None = None
    spared: int | None = None
    outline: Mapping[str, Any] | None = None
    made: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Body:
    """Bytes in one of three forms: as text where they are UTF-8, else in base64, or in a file of their own.

    `sha256` names that file under `bodies/`; `length` is in bytes. Of a sensitive scenario's bodies nothing is kept but
    the length and, under `withheld`, the SHA-256.
    """

    length: int
    text: str | None = None
    base64: str | None = None
    sha256: str | None = None
    withheld: str | None = None


@dataclass(frozen=True, slots=True)
class ExchangeLine:
    """One exchange as it is kept. Times and offsets are those of `harness.wire.exchange.Exchange`.

    `turn` is the turn's id, `number` counts the exchanges of the case from 0. `arrivals` are pairs of a chunk's
    first byte in the body and the seconds since the request began. `sent` counts from 1 how often the same request had
    been sent by then: it was refused and repeated.
    """

    case: str
    turn: str
    number: int
    method: str
    url: str
    request_headers: tuple[tuple[str, ...], ...]
    request_body: Body
    status: int | None
    reason: str
    version: str
    headers: tuple[tuple[str, ...], ...]
    body: Body
    arrivals: tuple[tuple[float, ...], ...]
    ending: str
    ending_detail: str
    started: float
    head_at: float | None
    ended_at: float
    encoded: int | None
    sent: int = 1


@dataclass(frozen=True, slots=True)
class ExchangesHead:
    """The first line of an exchanges file: to which run and shard it belongs."""

    run: str
    shard: str | None = None
    format: int = FORMAT


KINDS: Final[Mapping[str, type]] = {
    "head": Head,
    "case": CaseLine,
    "exchanges": ExchangesHead,
    "exchange": ExchangeLine,
}
"""What a line can hold, by the name under `kind`."""
