"""Rules of remote MCP: nothing is called that was not approved, and what is called is what was approved.

Seen by the items, and by how often the harness's own tool servers were really called: a call that is not shown counts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from harness.protocol.spans import word
from harness.reply import Reply
from harness.rules.base import Rule
from harness.rules.story import Created, Item, Story, kind
from harness.rules.telling import Amiss, StoryRule
from harness.wire.strict_json import NotStrict, decode


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a remote tool: where it is shown, and the definition of its server in the request."""

    made: Created
    reply: Reply
    index: int
    item: Item
    server: Mapping[str, Any] | None

    @property
    def pointer(self) -> str:
        return f"/output/{self.index}"

    @property
    def approval(self) -> str | None:
        """The id of the approval that it names."""
        found = word(self.item, "approval_request_id")
        return found if isinstance(found, str) and found else None

    @property
    def needs_approval(self) -> bool:
        return self.server is not None and needs_approval(self.server, word(self.item, "name"))


@dataclass
class Dealings:
    """What was asked, approved and called in a conversation."""

    story: Story
    requests: dict[str, Item] = field(default_factory=dict)
    answers: dict[str, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for made in self.story.created:
            for item in (*(made.context or made.input), *made.ended.output):
                item_id, about = word(item, "id"), word(item, "approval_request_id")
                if kind(item) == "mcp_approval_request" and isinstance(item_id, str):
                    self.requests[item_id] = item
                elif kind(item) == "mcp_approval_response" and isinstance(about, str):
                    self.answers[about] = item.get("approve") is True

    @cached_property
    def calls(self) -> list[Call]:
        """Every call that an answer shows, once."""
        found, seen = [], set()
        for made in self.story.created:
            for index, item in enumerate(made.ended.output):
                if kind(item) == "mcp_call" and word(item, "id") not in seen:
                    seen.add(word(item, "id"))
                    found.append(Call(made, made.ended, index, item, server_of(made, word(item, "server_label"))))
        return found

    def approved(self, call: Call) -> list[str]:
        """Approved requests for such a call that no call names."""
        named = {other.approval for other in self.calls}
        return [
            request_id
            for request_id, request in self.requests.items()
            if self.answers.get(request_id) and request_id not in named
            if (word(request, "name"), word(request, "server_label"))
            == (word(call.item, "name"), word(call.item, "server_label"))
        ]

    def answered(self, made: Created, label: Any) -> list[bool]:
        """How the requests of a server were answered in one request to create a response."""
        about = [item for item in made.input if kind(item) == "mcp_approval_response"]
        return [
            item.get("approve") is True
            for item in about
            if self.requests.get(str(word(item, "approval_request_id")), {}).get("server_label") == label
        ]

    def really_called(self) -> Iterator[tuple[Created, str, int, list[bool]]]:
        """Servers of ours all of whose tools need an approval: how often they were called, how requests were answered.

        Only turns of one request are looked at: with several it cannot be told in which of them a call was made.
        """
        for made in self.story.created:
            requests = [one for one in self.story.created if one.step.turn == made.step.turn]
            for label, counts in made.step.taken.served.items() if len(requests) == 1 else ():
                server = server_of(made, label)
                if server is not None and all(needs_approval(server, name) for name in counts):
                    yield made, label, sum(counts.values()), self.answered(made, label)


def server_of(made: Created, label: Any) -> Mapping[str, Any] | None:
    """The definition of a server in a request."""
    tools = made.body.get("tools")
    for tool in tools if isinstance(tools, list) else ():
        if isinstance(tool, dict) and tool.get("type") == "mcp" and word(tool, "server_label") == label:
            return tool
    return None


def needs_approval(server: Mapping[str, Any], name: Any) -> bool:
    """Whether a tool may be called only after an approval; that is so unless the request says otherwise."""
    wanted = server.get("require_approval")
    if isinstance(wanted, str):
        return wanted != "never"
    if not isinstance(wanted, dict):
        return True
    never, always = wanted.get("never"), wanted.get("always")
    if _names(never, name):
        return False
    return always is None or _names(always, name) or never is not None


def _names(chosen: Any, name: Any) -> bool:
    """Whether a filter of tools names one; a filter by `read_only` may."""
    if not isinstance(chosen, dict):
        return False
    names = chosen.get("tool_names")
    return name in names if isinstance(names, list) else "read_only" in chosen


class AskedFirst(StoryRule):
    """A tool that needs an approval is not called without one.

    An approval is needed unless the request says `require_approval: never`.

    Shown by defect B47.
    """

    name = "mcp.unapproved_call"

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        dealings = Dealings(story)
        for call in dealings.calls:
            if call.needs_approval and call.made.context is not None:
                unasked = call.approval is None and not dealings.approved(call)
                message = "a tool was called without an approval"
                yield (
                    Amiss(call.reply, call.pointer, message, "an approval", word(call.item, "name"))
                    if unasked
                    else None
                )
        for made, label, count, answered in dealings.really_called():
            shown = any(call.made is made for call in dealings.calls)
            if not answered and not shown:
                message = f"the server {label} was called without an approval, and no item says so"
                yield Amiss(made.ended, "/output", message, 0, count) if count else None


class DeniedIsNotCalled(StoryRule):
    """A tool whose call was denied is not called.

    Shown by defect B48.
    """

    name = "mcp.denied_call"

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        dealings = Dealings(story)
        for call in dealings.calls:
            if call.approval in dealings.answers:
                denied = not dealings.answers[call.approval]
                message = "a denied call was made"
                yield Amiss(call.reply, call.pointer, message, "no call", word(call.item, "name")) if denied else None
        for made, label, count, answered in dealings.really_called():
            shown = any(call.made is made for call in dealings.calls)
            if answered and not any(answered) and not shown:
                message = f"the server {label} was called although the call was denied, and no item says so"
                yield Amiss(made.ended, "/output", message, 0, count) if count else None


class CallNamesItsApproval(StoryRule):
    """A call that was approved names its approval.

    It is how an auditor finds out who allowed what.

    Shown by defect B49.
    """

    name = "mcp.approval_unlinked"

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        dealings = Dealings(story)
        for call in dealings.calls:
            waiting = dealings.approved(call) if call.approval is None else []
            unknown = bool(dealings.requests) and call.approval is not None and call.approval not in dealings.requests
            if call.made.context is None or not (waiting or call.approval):
                continue
            expected = waiting or sorted(dealings.requests)
            pointer, message = f"{call.pointer}/approval_request_id", "an approved call does not name its approval"
            yield Amiss(call.reply, pointer, message, expected, call.approval) if waiting or unknown else None


class CallIsTheApprovedOne(StoryRule):
    """A call has the arguments that were approved.

    Shown by defect B50.
    """

    name = "mcp.args_changed"

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        dealings = Dealings(story)
        for call in dealings.calls:
            request = dealings.requests.get(call.approval or "")
            if request is not None:
                told, made = request.get("arguments"), call.item.get("arguments")
                pointer, message = f"{call.pointer}/arguments", "other arguments than those that were approved"
                yield None if _parsed(told) == _parsed(made) else Amiss(call.reply, pointer, message, told, made)


def _parsed(arguments: Any) -> Any:
    try:
        return decode(str(arguments).encode("utf-8", "surrogatepass"))
    except NotStrict:
        return arguments


class ApprovalIsForOneCall(StoryRule):
    """An approval allows one call.

    Shown by defect B51.
    """

    name = "mcp.approval_reused"

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        dealings = Dealings(story)
        used: set[str] = set()
        again = False
        for call in dealings.calls:
            if call.approval is not None:
                twice = call.approval in used
                again = again or twice
                used.add(call.approval)
                message = "an approval was used for a second call"
                pointer = f"{call.pointer}/approval_request_id"
                yield Amiss(call.reply, pointer, message, "one call", call.approval) if twice else None
        for made, label, count, answered in dealings.really_called():
            if any(answered) and not again:
                more = count > sum(answered)
                message = f"the server {label} was called more often than was approved"
                yield Amiss(made.ended, "/output", message, sum(answered), count) if more else None


MCP_RULES: Final[tuple[Rule, ...]] = (
    AskedFirst(),
    DeniedIsNotCalled(),
    CallNamesItsApproval(),
    CallIsTheApprovedOne(),
    ApprovalIsForOneCall(),
)
"""The rules of this family, in report order."""
