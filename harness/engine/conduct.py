"""One case, first turn to last, then rules and expectations."""

import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from harness.conversation import Conversation, TurnTaken
from harness.engine.actions import ABOUT, CREATES
from harness.engine.delivery import DELIVERIES
from harness.engine.plan import Case
from harness.engine.state import STATES, Past
from harness.engine.target import Door, Grounds
from harness.expectations import expect
from harness.expectations.subjects import LOOKS
from harness.findings import CODES, Finding, Level
from harness.pointer import MISSING
from harness.protocol.profiles import CORE
from harness.reply import Reply
from harness.rules import Judgement, judge
from harness.scenario.headers import value_mistake
from harness.scenario.model import Expectation, Turn
from harness.scenario.variables import substitute
from harness.source.place import Refused
from harness.wire.exchange import Exchange, Headers

TOLD_AS_ERROR: Final = frozenset(
    {"avail.auth", "avail.stream_error", "avail.throttled", "avail.quota", "avail.server_error"}
)
"""What an error that the service tells of itself is found as; where a scenario expects that error, it is a note."""


@dataclass(frozen=True, slots=True)
class Conducted:
    """A case that was run: what was said, what was found, and how often each rule and expectation applied.

    `asked` holds each turn's new input by turn id; `allowed` the reason for which a finding was lowered, by code;
    `error` says why the harness or its input is at fault, None where it is not.
    """

    conversation: Conversation
    findings: tuple[Finding, ...]
    applied_rules: Mapping[str, int]
    applied_expectations: Mapping[str, int]
    asked: Mapping[str, Any]
    error: str | None = None


@dataclass(slots=True)
class _Course:
    """A case while it runs."""

    case: Case
    door: Door
    past: list[Past] = field(default_factory=list)
    past_of: dict[str, list[Past]] = field(default_factory=dict)  # by turn, with the turn itself
    excused: set[str] = field(default_factory=set)  # turns that were refused as they should be
    taken: list[TurnTaken] = field(default_factory=list)
    captured: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    applied: dict[str, int] = field(default_factory=dict)
    exchanges: int = 0
    error: str | None = None


async def conduct(case: Case, grounds: Grounds) -> Conducted:
    """Runs a case: its turns in order, until one is not answered.

    What the endpoint or the network does wrong is a finding. Whatever else is raised is a bug of ours.
    """
    async with case.target.open(grounds, script(case)) as door:
        course = _Course(case, door, applied=_nothing_applied(case))
        for turn in case.scenario.turns:
            if not await _take(course, turn):
                break
    mode = {"delivery": case.delivery, "state": case.state, "client": case.client}
    conversation = Conversation(tuple(course.taken), case.scenario, mode)
    try:
        judgement = judge(conversation)
    except Exception as error:  # a rule of ours is wrong; what was exchanged is evidence all the same
        judgement = Judgement((), {})
        course.error = "".join(traceback.format_exception(error, limit=-8))
    findings = [_placed(course, conversation, finding) for finding in judgement.findings]
    return Conducted(
        conversation,
        (*findings, *course.findings),
        judgement.applied,
        course.applied,
        course.asked,
        course.error,
    )


def script(case: Case) -> Mapping[str, Any] | None:
    """The scenario's script for the embedded endpoint, with that of its turns under `turns`."""
    scenario = case.scenario
    if not any(turn.mock for turn in scenario.turns):
        return scenario.mock
    turns = [turn.mock or {} for turn in scenario.turns if turn.action in CREATES]
    return {**(scenario.mock or {}), "turns": turns}


def _nothing_applied(case: Case) -> dict[str, int]:
    """Every expectation of the case, looked at not once: what stays so is told."""
    scenario = case.scenario
    return {
        f"{turn.id}/{expectation.key}": 0 for turn in scenario.turns for expectation in scenario.expectations_of(turn)
    }


async def _take(course: _Course, turn: Turn) -> bool:
    """Takes one turn; False where the conversation cannot go on after it."""
    bindings = {**course.case.target.facts.variables(), **course.captured}
    argument = substitute(turn.argument, bindings)
    headers = _headers(course.case.scenario.headers_of(turn), bindings)
    if turn.action in CREATES:
        past = course.past if turn.branch_from is None else course.past_of[turn.branch_from]
        new = CREATES[turn.action](argument)
        body = {"model": course.case.target.facts.deployment, **course.case.scenario.request_of(turn)}
        if course.case.scenario.tools:
            body.setdefault("tools", [dict(tool) for tool in course.case.scenario.tools])
        body = STATES[course.case.state].carry(substitute(body, bindings), new, past)
        course.asked[turn.id] = new
        delivery = DELIVERIES[course.case.delivery]
        exchanges = await delivery.deliver(course.door.base + "responses", body, headers, course.door.sender)
        taken = _taken(course, turn, exchanges)
        course.past = [*past, Past(turn.id, new, taken.replies[-1])] if taken.replies[-1].response else past
        course.past_of[turn.id] = course.past
    else:
        earlier = next(each for each in course.taken if each.id == argument)
        response_id = earlier.final.id if earlier.final else None
        course.asked[turn.id] = {turn.action: argument}
        if response_id is None:
            course.error = f"turn {turn.id}: the response of {argument} has no id"
            return False
        request = ABOUT[turn.action](course.door.base, turn, response_id, headers)
        taken = _taken(course, turn, (await course.door.sender.send(request),))
    return _hold_to(course, turn, taken)


def _headers(lines: Mapping[str, str], bindings: Mapping[str, Any]) -> Headers:
    """The turn's own header lines with their variables put in.

    Raises:
        ValueError: a value cannot stand in a header; what is captured is only known now.
    """
    headers = tuple((name, str(substitute(value, bindings))) for name, value in lines.items())
    for name, value in headers:
        if mistake := value_mistake(value):
            raise ValueError(f"the header {name}: {mistake}")
    return headers


def _taken(course: _Course, turn: Turn, exchanges: Sequence[Exchange]) -> TurnTaken:
    replies = tuple(
        Reply(exchange, course.exchanges + number, profile=CORE) for number, exchange in enumerate(exchanges)
    )
    course.exchanges += len(replies)
    return TurnTaken(turn.id, replies, turn, replies[-1])


def _hold_to(course: _Course, turn: Turn, taken: TurnTaken) -> bool:
    """Captures, and holds the turn to what is expected of it; False where it was not answered."""
    expectations = course.case.scenario.expectations_of(turn)
    reply = taken.final
    refused = None
    if reply is None or _unobserved(reply):
        observed = _refused_as_expected(course, taken, expectations)
    else:
        refused = expect.answers(taken, expectations)
        observed = reply.response is not None or reply.error is not None
    if refused is not None or not observed:
        course.taken.append(taken)
        course.findings.extend([refused] if refused else [])
        return False
    captured = {}
    for name, path in turn.capture.items():
        value = LOOKS["path"](taken, path)
        if value is MISSING:
            course.error = f"turn {turn.id}: nothing to capture as {name} at {path}"
        captured[name] = value
    course.captured.update(captured)
    course.taken.append(replace(taken, captured=captured))
    bindings = {**course.case.target.facts.variables(), **course.captured}
    for expectation in expectations:
        course.applied[f"{turn.id}/{expectation.key}"] = 1
        try:
            course.findings.extend(expect.judge(taken, expectation, bindings))
        except Refused as refusal:
            course.error = str(refusal)
    return course.error is None


def _unobserved(reply: Reply) -> bool:
    """Whether the endpoint could not be observed: what is expected would fail for that cause alone."""
    return any(found.rule.startswith("avail.") and found.level is Level.ERROR for found in reply.findings)


def _refused_as_expected(course: _Course, taken: TurnTaken, expectations: Sequence[Expectation]) -> bool:
    """Whether the turn expects an error, and it is this one."""
    bindings = {**course.case.target.facts.variables(), **course.captured}
    errors = [each for each in expectations if each.subject == "error"]
    if not errors or any(True for each in errors for _ in expect.judge(taken, each, bindings)):
        return False
    course.excused.add(taken.id)
    return True


def _placed(course: _Course, conversation: Conversation, finding: Finding) -> Finding:
    """A rule's finding with its turn, lowered where the scenario allows it or demanded just that."""
    turn_id = conversation.turn_of(finding)
    if finding.rule in TOLD_AS_ERROR and finding.level is Level.ERROR and turn_id in course.excused:
        finding = replace(finding, level=Level.NOTE, message=f"{finding.message} (an error was expected)")
    allow = course.case.scenario.allow.get(finding.rule)
    if allow is not None and finding.level is Level.ERROR and CODES[finding.rule].can_be_lowered:
        finding = replace(finding, level=Level.WARNING, message=f"{finding.message} (allowed: {allow.reason})")
    return replace(finding, turn=turn_id)
