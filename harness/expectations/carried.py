"""The subject `compaction`: whether it happened, what it saved, what is still known."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from harness.conversation import TurnTaken
from harness.pointer import MISSING
from harness.reply import Reply

ITEMS: Final = ("compaction", "compaction_summary")


def compaction(taken: TurnTaken, earlier: Sequence[TurnTaken], part: str | None) -> Any:
    """`happened`: in this turn. `saved_tokens`: input tokens that the turn has less than it would have had.

    Without a compaction it would have had those of the turn before it, and that one's visible output. `keeps` looks
    at the turn's answer.
    """
    if taken.final is None or taken.final.response is None:
        return MISSING
    seen = {
        "happened": any(True for _ in _made(taken)),
        "saved_tokens": _saved(taken, earlier),
        "keeps": taken.final.text,
    }
    if part is None:
        return {name: value for name, value in seen.items() if value is not None}
    value = seen.get(part)
    return MISSING if value is None else value


def _made(taken: TurnTaken) -> Iterator[Any]:
    """The compaction items that the turn's replies made."""
    return (item for reply in taken.answers for item in reply.output if item.get("type") in ITEMS)


def _saved(taken: TurnTaken, earlier: Sequence[TurnTaken]) -> int | None:
    """None where there is no turn before, or where tokens were not counted."""
    before = next((each.final for each in reversed(earlier) if _creates(each)), None)
    now = _count(taken.final, "input_tokens")
    if not _creates(taken) or before is None or now is None:
        return None
    counted, output = _count(before, "input_tokens"), _count(before, "output_tokens")
    return None if counted is None or output is None else counted + output - _thought(before) - now


def _creates(taken: TurnTaken) -> bool:
    return any(reply.operation == "create" for reply in taken.replies)


def _count(reply: Reply | None, name: str) -> int | None:
    value = ((reply.usage if reply else None) or {}).get(name)
    return value if type(value) is int else None


def _thought(reply: Reply) -> int:
    """The reasoning tokens, which the next turn does not see."""
    details = (reply.usage or {}).get("output_tokens_details")
    value = details.get("reasoning_tokens") if isinstance(details, dict) else None
    return value if type(value) is int else 0
