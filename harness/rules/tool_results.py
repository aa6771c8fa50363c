"""Rules of what tools reported: each output belongs to its call, and every call has one."""

from collections.abc import Iterator
from typing import Any, Final

from harness.protocol.spans import word
from harness.rules.story import Created, Item, Story, kind
from harness.rules.telling import Amiss, StoryRule
from harness.wire.strict_json import NotStrict, decode

PAIRS: Final = {"function_call": "function_call_output", "custom_tool_call": "custom_tool_call_output"}


class OutputsHaveCalls(StoryRule):
    """An output without its call, and a call without its output, are refused.

    Looked at where all that the model could see is known.

    Shown by defect B46.
    """

    name = "tool.pairing_not_enforced"

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        for made in story.created:
            items = made.context
            if items is None or not any(kind(item) in (*PAIRS, *PAIRS.values()) for item in items):
                continue
            asked = {word(item, "call_id") for item in items if not kind(item).endswith("_output")}
            told = {word(item, "call_id") for item in items if kind(item).endswith("_output")}
            calls = {word(item, "call_id") for item in items if kind(item) in PAIRS}
            outputs = {word(item, "call_id") for item in items if kind(item) in PAIRS.values()}
            lonely = sorted(map(str, (calls - told) | (outputs - asked)))
            message = "a call without its output, or an output without its call, was accepted"
            wrong = bool(lonely) and made.accepted and not made.body.get("context_management")
            yield Amiss(made.reply, "/input", message, 400, lonely) if wrong else None


class ResultsAreNotSwapped(StoryRule):
    """The output of a call is taken for what that call returned, not for another's.

    Seen where two calls differ in one argument, each output is a text that no other has, and the answer tells them in
    turn: argument, output, argument, output.

    Shown by defect B45.
    """

    name = "tool.results_swapped"

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        for made in story.created:
            if made.context is None or made.ended.status != "completed":
                continue
            pairs = self._pairs(made)
            order = [self._told(made.ended.text, *pair) for pair in pairs]
            places = sorted((at, who, what) for who, found in enumerate(order) for what, at in enumerate(found))
            if len(pairs) < 2 or any(at < 0 for at, _, _ in places):
                continue
            spoken = [(who, what) for _, who, what in places]
            if [what for _, what in spoken] != [0, 1] * len(pairs):
                continue
            swapped = any(spoken[at][0] != spoken[at + 1][0] for at in range(0, len(spoken), 2))
            message = "the outputs of parallel calls were taken for one another's"
            yield Amiss(made.ended, "/output", message, pairs, made.ended.text[:400]) if swapped else None

    @staticmethod
    def _told(text: str, argument: str, output: str) -> tuple[int, int]:
        """Where argument and output stand in a text, -1 where one does not, or more than once."""
        once = text.count(argument) == 1 and text.count(output) == 1
        return (text.find(argument), text.find(output)) if once else (-1, -1)

    def _pairs(self, made: Created) -> list[tuple[str, str]]:
        """Argument and output of each call that was just answered, where every one is a text of its own."""
        calls: dict[Any, Item] = {word(item, "call_id"): item for item in made.context or () if kind(item) in PAIRS}
        pairs = []
        for item in made.input:
            call = calls.get(word(item, "call_id"))
            if kind(item) in PAIRS.values() and call is not None:
                argument, output = self._only(call.get("arguments")), self._only(item.get("output"))
                if argument is None or output is None:
                    return []
                pairs.append((argument, output))
        texts = [text for pair in pairs for text in pair]
        apart = all(one is other or one not in other for one in texts for other in texts)
        return pairs if apart and len(set(texts)) == len(texts) else []

    @staticmethod
    def _only(value: Any) -> str | None:
        """The one text of a JSON object, or a text that is no JSON; None where there is not just one."""
        if not isinstance(value, str):
            return None
        try:
            told = decode(value.encode("utf-8", "surrogatepass"))
        except NotStrict:
            return value if len(value) >= 4 else None
        texts = [str(inner) for inner in told.values()] if isinstance(told, dict) else [str(told)]
        return texts[0] if len(texts) == 1 and len(texts[0]) >= 4 else None


RESULT_RULES: Final = (OutputsHaveCalls(), ResultsAreNotSwapped())
"""Rules of family `tool` about outputs."""
