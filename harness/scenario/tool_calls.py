"""The matcher behind `tool_calls:`: which functions the model called, with which arguments, in which order."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from harness.matchers.base import UNKNOWN, Matcher, Mismatch, Reading, brief, described, unfit
from harness.matchers.structure import Fields
from harness.matchers.table import MATCHERS, NOTHING, read
from harness.pointer import extend
from harness.source.place import shown, suggestion

KEYS: Final = ("name", "arguments", "count")
ORDERS: Final = ("exact", "any")


@dataclass(frozen=True, slots=True)
class Call:
    """A call that is expected: whose name, with which arguments, how often."""

    name: Matcher
    arguments: Matcher
    count: Matcher
    times: int | None
    written: Any

    def differences(self, call: Any) -> Iterator[Mismatch]:
        """Where a call differs from this one, `count` aside."""
        called = call if isinstance(call, dict) else {}
        for key, matcher in (("name", self.name), ("arguments", self.arguments)):
            for found in matcher.match(called.get(key)):
                at = extend("", key) + found.pointer
                yield replace(found, pointer=at, message=f"{key}: {found.message}")


@dataclass(frozen=True, slots=True)
class ToolCalls(Matcher):
    """These calls and no others; the value is a list of `{"name": …, "arguments": …}` in the order they were made."""

    calls: tuple[Call, ...]
    ordered: bool

    name = "tool_calls"

    @classmethod
    def read(cls, argument: Any, reading: Reading) -> Matcher:
        if argument is UNKNOWN:
            return NOTHING
        ordered = True
        if (
            isinstance(argument, dict)
            and not (argument.keys() & {"calls", "order"})
            and argument.keys() & MATCHERS.keys()
        ):
            return read(argument, reading)
        if isinstance(argument, dict):
            for key in argument.keys() - {"calls", "order"}:
                hint = suggestion(key, ["calls", "order"])
                reading.below(key).mistake(f"unknown key `{shown(key)}` in `tool_calls`", hint, key=True)
            order = argument.get("order", "exact")
            if order not in ORDERS:
                reading.below("order").mistake(f"`order` cannot be {described(order)}", "one of exact, any")
            ordered = order == "exact"
            reading = reading.below("calls") if "calls" in argument else reading
            argument = argument.get("calls")
        if argument == []:
            reading.mistake("`tool_calls` needs a call", "for no call at all write `{count: 0}`")
            return NOTHING
        if not isinstance(argument, list):
            reading.mistake(f"`tool_calls` needs a list of calls, not {described(argument)}", "write `[{name: …}]`")
            return NOTHING
        return cls(tuple(_call(each, reading.below(n), ordered) for n, each in enumerate(argument)), ordered)

    def match(self, value: Any) -> Iterator[Mismatch]:
        if not isinstance(value, list):
            yield unfit("list of calls", value, self.name)
        elif self.ordered:
            yield from self._in_order(value)
        else:
            yield from self._in_any_order(value)

    def _in_order(self, value: list[Any]) -> Iterator[Mismatch]:
        wanted = [call for call in self.calls for _ in range(call.times or 1)]
        for index, (call, made) in enumerate(zip(wanted, value, strict=False)):
            for found in call.differences(made):
                at = extend("", index) + found.pointer
                yield replace(found, pointer=at, message=f"call {index + 1}: {found.message}")
        if len(wanted) != len(value):
            told = f"{len(value)} calls were made, not {len(wanted)}"
            yield Mismatch("", [call.written for call in wanted], value, told)

    def _in_any_order(self, value: list[Any]) -> Iterator[Mismatch]:
        fitting = [[not any(call.differences(made)) for made in value] for call in self.calls]
        for call, fits in zip(self.calls, fitting, strict=True):
            for found in call.count.match(sum(fits)):
                yield Mismatch("", call.written, value, f"calls of {brief(call.written)}: {found.message}")
        for index, made in enumerate(value):
            if not any(fits[index] for fits in fitting):
                yield Mismatch(extend("", index), None, made, f"call {index + 1} was not expected: {brief(made)}")


def _call(written: Any, reading: Reading, ordered: bool) -> Call:
    if not isinstance(written, dict):
        reading.mistake(f"a call is a mapping, not {described(written)}", "write `{name: …}`")
        written = {"name": UNKNOWN}
    for key in written.keys() - set(KEYS):
        reading.below(key).mistake(f"unknown key `{shown(key)}` in a call", suggestion(key, KEYS), key=True)
    if "name" not in written:
        reading.mistake("a call needs a `name`")
    name = reading.below("name", kind="text", name="name").matcher(written.get("name", UNKNOWN))
    arguments: Matcher = NOTHING
    if "arguments" in written:
        arguments = Fields.read(written["arguments"], reading.below("arguments", name="arguments"))
    count, at = written.get("count", 1), reading.below("count", kind="number", name="count")
    if not isinstance(count, dict):
        at.whole(count)
    if ordered and (isinstance(count, dict) or count == 0):
        at.mistake("in exact order `count` is a number from 1 on", "or add `order: any`")
    times = count if isinstance(count, int) else None
    return Call(name, arguments, at.matcher(count), times, written)
