"""One case, first turn to last, then rules and expectations."""

import traceback
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from typing import Any, Final

from harness.conversation import Conversation, TurnTaken
from harness.engine.grading import grade
from harness.engine.pace.breaker import NotSent
from harness.engine.pace.hours import Hours
from harness.engine.pace.steadiness import cannot_work
from harness.engine.planning.alike import Alike
from harness.engine.planning.plan import Case
from harness.engine.planning.planting import Planting, Plot
from harness.engine.planning.promises import promised
from harness.engine.planning.scripts import script
from harness.engine.planning.stalls import Serving, since, stall_for
from harness.engine.replay.tape import ReplayTarget
from harness.engine.targets.auth import NoCredential
from harness.engine.targets.target import Grounds
from harness.engine.targets.unsealing import SecretNotSent
from harness.engine.traces.cleaning import cleaned
from harness.engine.turns.actions import ACTIONS
from harness.engine.turns.course import CannotGoOn, Course
from harness.engine.turns.tampering import BREAKS
from harness.expectations import expect
from harness.expectations.subjects import GRADED, LOOKS
from harness.findings import CODES, Finding, Level
from harness.matchers import TooLong
from harness.pointer import MISSING
from harness.reply import Reply
from harness.rules import Judgement, judge
from harness.scenario.model import Expectation, Turn
from harness.scenario.variables import substitute
from harness.source.place import Refused
from harness.wire.client import WrongOrigin

TOLD_AS_ERROR: Final = frozenset(
    {"avail.auth", "avail.stream_error", "avail.throttled", "avail.quota", "avail.server_error"}
)
"""What an error that the service tells of itself is found as; where a scenario expects that error, it is a note."""


@dataclass(frozen=True, slots=True)
class Conducted:
    """A case that was run: what was said, what was found, and how often each rule and expectation applied.

    `asked` holds each turn's new input by turn id; `allowed` the reason for which a finding was lowered, by code;
    `error` says why the harness or its input is at fault, None where it is not. `graded` are the exchanges in which a
    model graded an answer, beside the conversation. `made` is what the harness made up for the case and sent.
    """

    conversation: Conversation
    findings: tuple[Finding, ...]
    applied_rules: Mapping[str, int]
    applied_expectations: Mapping[str, int]
    asked: Mapping[str, Any]
    error: str | None = None
    graded: tuple[TurnTaken, ...] = ()
    made: Mapping[str, Any] = field(default_factory=dict)


async def conduct(
    case: Case, grounds: Grounds, alike: Alike | None = None, planting: Planting | None = None
) -> Conducted:
    """Runs a case: its turns in order, until one is not answered.

    `alike` knows what the case's other modes came to, `planting` what was planted in all cases of the run. What the
    endpoint or the network does wrong is a finding. Whatever else is raised is a bug of ours.
    """
    facts = case.target.facts
    planting = planting or Planting()
    plot = planting.begin(case)
    hours = Hours(grounds.limits.scenario)
    async with (
        serving_for(case, grounds) as serving,
        case.target.open(grounds, script(case, planting.seed)) as opened,
        cleaned(
            grounds.steady(case.target, hours.at_wire(opened)), grounds.ledger, facts.name, case.id, facts.region
        ) as behind,
    ):
        door = hours.at_front(behind)
        course = Course(case, door, hours, applied=_nothing_applied(case, plot), serving=serving, plot=plot)
        scripted = any(turn.mock for turn in case.scenario.turns)
        for number, turn in enumerate(case.scenario.turns):
            if scripted and door.begin is not None:
                door.begin(number)
            if not await _take(course, turn, grounds):
                break
        else:
            await _ask_for_planted(course, grounds)
    mode = {"delivery": case.delivery, "state": case.state, "client": case.client}
    others = await alike.others(case) if alike is not None else {}
    knowledge = planting.knowledge(case, plot, course.taken)
    conversation = Conversation(
        tuple(course.taken), case.scenario, mode, knowledge, others=others, promised=promised(case)
    )
    try:
        judgement = judge(conversation)
    except Exception as error:  # a rule of ours is wrong; what was exchanged is evidence all the same
        judgement = Judgement((), {})
        course.error = "".join(traceback.format_exception(error, limit=-8))
    findings = [_placed(course, conversation, finding) for finding in judgement.findings]
    return Conducted(
        conversation,
        tuple(_without_echo([*findings, *course.findings])),
        judgement.applied,
        course.applied,
        course.asked,
        course.error,
        tuple(course.graded),
        course.made,
    )


def serving_for(case: Case, grounds: Grounds) -> AbstractAsyncContextManager[Serving]:
    """The tool servers of a case: those of the day where it is a recorded one."""
    if isinstance(case.target, ReplayTarget):
        return case.target.serving()
    facts = case.target.facts
    return stall_for(case.scenario, facts, facts.variables(), grounds)


def _without_echo(findings: Sequence[Finding]) -> Sequence[Finding]:
    """The findings; where a case is wrong by itself, not also that it differs from its other modes."""
    if any(found.level is Level.ERROR and found.rule != "modes.differ" for found in findings):
        return [found for found in findings if found.rule != "modes.differ"]
    return findings


async def _ask_for_planted(course: Course, grounds: Grounds) -> None:
    """Asks for the facts that were planted, as one more turn in the state of the case."""
    question, demand = course.plot.question, course.case.scenario.carries
    if question is not None and demand is not None and course.past:
        if course.door.begin is not None:
            course.door.begin(len(course.case.scenario.turns))
        await _take(course, question, grounds)
        course.applied[f"{question.id}/{demand.key}"] = 1


def _nothing_applied(case: Case, plot: Plot) -> dict[str, int]:
    """Every expectation of the case, looked at not once: what stays so is told."""
    scenario = case.scenario
    demands = {
        f"{turn.id}/{expectation.key}": 0 for turn in scenario.turns for expectation in scenario.expectations_of(turn)
    }
    if plot.question is not None and scenario.carries is not None:
        demands[f"{plot.question.id}/{scenario.carries.key}"] = 0
    return demands


async def _take(course: Course, turn: Turn, grounds: Grounds) -> bool:
    """Takes one turn; False where the conversation cannot go on after it."""
    argument = substitute(turn.argument, course.bindings)
    before = course.serving.hits()
    if course.door.insist is not None:
        course.door.insist(not any(each.subject == "error" for each in course.case.scenario.expectations_of(turn)))
    try:
        took = await ACTIONS[turn.action](course, turn, argument)
    except (CannotGoOn, NoCredential, SecretNotSent, WrongOrigin) as reason:
        course.asked[turn.id] = {turn.action: argument}
        course.error = str(reason)
        return False
    except NotSent as unsent:
        course.asked[turn.id] = {turn.action: argument}
        course.findings.append(Finding(unsent.rule, Level.ERROR, unsent.why, turn=turn.id))
        return False
    course.asked[turn.id] = took.asked
    course.past = took.past
    course.past_of[turn.id] = took.past
    final = took.final or (took.replies[-1] if took.replies else None)
    served = since(before, course.serving.hits())
    taken = TurnTaken(turn.id, took.replies, turn, final, rounds=took.rounds, told=took.told, served=served)
    if turn.tamper and turn.tamper[0] in BREAKS and turn.id not in course.broken:
        course.error = f"turn {turn.id}: there was nothing to break for `tamper: {{{': '.join(turn.tamper)}}}`"
    if took.stops or not took.replies or course.error:
        course.taken.append(taken)
        return not took.stops and course.error is None
    return await _hold_to(course, turn, taken, grounds)


async def _hold_to(course: Course, turn: Turn, taken: TurnTaken, grounds: Grounds) -> bool:
    """Captures, and holds the turn to what is expected of it; False where it was not answered."""
    expectations = course.case.scenario.expectations_of(turn)
    reply = taken.final
    refused = None
    if reply is None or taken.unfinished or _unobserved(reply):
        observed = _refused_as_expected(course, taken, expectations)
    else:
        refused = expect.answers(taken, expectations)
        if refused is not None and (why := cannot_work(taken.replies)) is not None:
            refused, course.error, observed = None, why, False
            grounds.stop(course.case.target.facts, why)
            course.taken.append(taken)
            return False
        observed = reply.response is not None or reply.error is not None or _other(reply)
    if refused is not None or not observed:
        course.taken.append(taken)
        course.findings.extend([refused] if refused else [])
        return False
    captured = {}
    for name, path in turn.capture.items():
        try:
            value = LOOKS["path"](taken, path)
        except TooLong as error:
            value, course.error = MISSING, f"turn {turn.id}: {name} cannot be captured: {error}"
        if value is MISSING:
            course.error = course.error or f"turn {turn.id}: nothing to capture as {name} at {path}"
        captured[name] = value
    course.captured.update(captured)
    course.taken.append(replace(taken, captured=captured))
    bindings = course.bindings
    for expectation in expectations:
        course.applied[f"{turn.id}/{expectation.key}"] = 1
        try:
            if expectation.subject in GRADED:
                await grade(course, grounds, taken, expectation)
            else:
                course.findings.extend(expect.judge(taken, expectation, bindings, course.taken[:-1]))
        except Refused as refusal:
            course.error = course.case.scenario.told(refusal)
        except CannotGoOn as reason:
            course.error = str(reason)
    return course.error is None


def _other(reply: Reply) -> bool:
    """Whether something was answered that is no object of the API, such as a file's content."""
    status = reply.exchange.status
    return reply.operation in ("other", "delete") and status is not None and 200 <= status < 300


def _unobserved(reply: Reply) -> bool:
    """Whether the endpoint could not be observed: what is expected would fail for that cause alone."""
    return any(found.rule.startswith("avail.") and found.level is Level.ERROR for found in reply.findings)


def _refused_as_expected(course: Course, taken: TurnTaken, expectations: Sequence[Expectation]) -> bool:
    """Whether the turn expects an error, and it is this one."""
    errors = [each for each in expectations if each.subject == "error"]
    try:
        if not errors or any(True for each in errors for _ in expect.judge(taken, each, course.bindings)):
            return False
    except Refused as refusal:
        course.error = course.case.scenario.told(refusal)
        return False
    course.excused.add(taken.id)
    return True


def _placed(course: Course, conversation: Conversation, finding: Finding) -> Finding:
    """A rule's finding with its turn, lowered where the scenario allows it or demanded just that."""
    turn_id = conversation.turn_of(finding)
    if finding.rule in TOLD_AS_ERROR and finding.level is Level.ERROR and turn_id in course.excused:
        finding = replace(finding, level=Level.NOTE, message=f"{finding.message} (an error was expected)")
    allow = course.case.scenario.allow.get(finding.rule)
    if allow is not None and finding.level is Level.ERROR and CODES[finding.rule].can_be_lowered:
        finding = replace(finding, level=Level.WARNING, message=f"{finding.message} (allowed: {allow.reason})")
    return replace(finding, turn=turn_id)
