"""One round of a turn: what its state needs first, then the create in its delivery."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from harness.conversation import Told
from harness.engine.turns.course import CannotGoOn, Course
from harness.engine.turns.delivery import DELIVERIES
from harness.engine.turns.official import OFFICIAL
from harness.engine.turns.state import Past, carried_by
from harness.engine.turns.tampering import door_for, tampered
from harness.reply import Reply, joined
from harness.scenario.model import Turn


@dataclass(frozen=True, slots=True)
class Round:
    """One round: its replies in wire order, the one that says how it ended, and what the next one continues from.

    `final` joins the last replies where they are parts of one stream. `past` grew only if there was a response.
    """

    replies: tuple[Reply, ...]
    final: Reply
    past: tuple[Past, ...]
    told: tuple[Told, ...] = ()


async def take_round(course: Course, turn: Turn, new: Sequence[Any], past: Sequence[Past]) -> Round:
    """Sends these new items as the case's mode wants it. A turn's first round may begin with a compaction."""
    case, door = course.case, door_for(course, turn)
    state = carried_by(case.state, case.scenario.modes)
    opening = not past or past[-1].turn != turn.id
    body, headers = course.request_of(turn, opening=opening), course.headers_of(turn)
    request = state.before(door.base, body, past, headers) if opening else None
    before: tuple[Reply, ...] = ()
    if request is not None:
        before = course.heard((await door.sender.send(request),))
        if before[0].response is None:
            return Round(before, before[0], tuple(past))
    prepared = before[0] if before else None
    sent = tampered(turn, state.carry(body, new, past, prepared), course)
    delivery = (OFFICIAL if case.client == "openai" else DELIVERIES)[case.delivery]
    delivered = await delivery.deliver(sent, headers, door)
    if not delivered.exchanges:
        raise CannotGoOn(f"turn {turn.id}: the official client sent nothing: {delivered.told[-1].raised}")
    replies = course.heard(delivered.exchanges)
    final = joined(replies[-2], replies[-1]) if delivered.parts == 2 else replies[-1]
    told = tuple(replace(each, exchange=each.exchange + replies[0].index) for each in delivered.told)
    went_on = tuple(past)
    if final.response is not None:
        went_on += (Past(turn.id, new, final, state.window(prepared), sent),)
    return Round((*before, *replies), final, went_on, told)
