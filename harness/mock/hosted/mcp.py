"""Tools of remote MCP servers: listed, approved where that is asked for, called.

    nothing listed yet       mcp_list_tools, one item a server, before anything is thought
    a tool is wanted         mcp_approval_request, and the client's turn; or, where no approval is needed, mcp_call
    mcp_approval_response    approved: mcp_call with `approval_request_id`; denied: no call, and the model says so

Lists, requests and answers stay in the context, by `previous_response_id` as well as by hand. A server that fails
while a tool is called fails that call alone (wire: `error`, `output: null`); one whose tools cannot be listed fails
the request.
"""

import json
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, ClassVar

from harness.mock.errands import Undone, Work
from harness.mock.errors import Refused, invalid
from harness.mock.hosted.base import HostedTool, Job, call_of, demanded, offered
from harness.mock.hosted.mcp_errands import Called, CallTool, ListTools, Remote
from harness.mock.hosted.mcp_rules import check_definition, covers, needs_approval
from harness.mock.model.context import JSON, Context, Draft
from harness.mock.model.tool_use import calls_of, fitting, reported


class Mcp(HostedTool):
    """A remote server; its tools are the model's as far as `allowed_tools` and `require_approval` let them be."""

    items: ClassVar[frozenset[str]] = frozenset({"mcp_list_tools", "mcp_approval_request", "mcp_call"})

    def check(self, tool: Mapping[str, Any], path: str, job: Job) -> None:
        """A label of its own, one address, TLS unless on loopback, rules that can be read. Raises `Refused`."""
        check_definition(tool, path)
        labels = [one.get("server_label") for one in job.body["tools"] if one.get("type") == "mcp"]
        if labels.count(tool["server_label"]) > 1:
            raise invalid(f"Duplicate server_label '{tool['server_label']}' found in tools.", "tools")

    def plan(self, tool: Mapping[str, Any], context: Context) -> Draft | None:
        servers = [one for one in offered(context) if one.get("type") == "mcp"]
        unlisted = [one["server_label"] for one in servers if listed(context, one) is None]
        if unlisted:
            return Draft([call_of("mcp", label=label, name=None) for label in unlisted], steps=0)
        label = tool["server_label"]
        answered = [*answers(context, label)]
        if answered:
            return granted(label, answered)
        if any(item.get("server_label") == label and "arguments" in item for item in context.since_asked):
            return None
        wanted = wanted_now(tool, servers, context)
        if not wanted:
            return None
        parallel = context.request.get("parallel_tool_calls") is not False and context.model.parallel
        made = [call for one in wanted for call in calls_of(one, context, parallel)]
        calls = [call_of("mcp", label=label, name=one["name"], arguments=one["arguments"]) for one in made]
        summary = f"**Calling {calls[0]['name']}**\n\nThe server {label} has a tool for this."
        return Draft(calls if parallel else calls[:1], summary=summary, steps=2)

    def run(self, call: Mapping[str, Any], job: Job, context: Context) -> Work[list[JSON]]:
        definition = next(one for one in job.body["tools"] if one.get("server_label") == call["label"])
        if call["name"] is None:
            return listing(definition)
        return calling(definition, call, job, context)

    def tell(self, item: Mapping[str, Any]) -> str | None:
        if item["type"] != "mcp_call":
            return None
        if item.get("error"):
            return f"The call of {item['name']} failed: {failure(item['error'])}."
        return reported(item, item.get("output"))


# what the context tells


def listed(context: Context, definition: Mapping[str, Any]) -> list[JSON] | None:
    """The tools of a server by its newest list, as many as are allowed now; None where it has not been listed."""
    for item in reversed(context.items):
        if item["type"] == "mcp_list_tools" and item.get("server_label") == definition["server_label"]:
            return [tool for tool in item.get("tools") or [] if covers(definition.get("allowed_tools"), tool)]
    return None


def as_function(tool: Mapping[str, Any]) -> JSON:
    """A listed tool in the form in which the model knows functions."""
    return {"name": tool["name"], "description": tool.get("description"), "parameters": tool.get("input_schema")}


def wanted_now(definition: Mapping[str, Any], servers: list[JSON], context: Context) -> list[JSON]:
    """The tools of this server that the prompt asks for, before all other tools and functions that there are."""
    own = [as_function(tool) for tool in listed(context, definition) or ()]
    choice = context.request.get("tool_choice")
    if isinstance(choice, Mapping) and choice.get("type") == "mcp" and choice.get("name") is not None:
        own = [tool for tool in own if tool["name"] == choice["name"]]
    others = [
        as_function(tool)
        for server in servers
        if server["server_label"] != definition["server_label"]
        for tool in listed(context, server) or ()
    ]
    functions = [one for one in offered(context) if one.get("type") == "function"]
    fit = fitting([*own, *others, *functions], context.prompt)
    return [tool for tool in own if tool in fit] or (own[:1] if demanded(context) else [])


def answers(context: Context, label: str) -> Iterator[tuple[JSON, bool]]:
    """Approval requests of this server that the client has answered just now, and how; those carried out left out."""
    requests = {item["id"]: item for item in context.items if item["type"] == "mcp_approval_request"}
    used = {item.get("approval_request_id") for item in context.items if item["type"] == "mcp_call"}
    later = (at for at, item in enumerate(context.items) if item["type"] == "mcp_call" or is_said(item))
    for item in context.items[max(later, default=-1) + 1 :]:
        if item["type"] != "mcp_approval_response":
            continue
        request = requests.get(item["approval_request_id"])
        if request is not None and request.get("server_label") == label and request["id"] not in used:
            yield request, item["approve"]


def is_said(item: Mapping[str, Any]) -> bool:
    """Whether an item is something that the model said."""
    return item["type"] == "message" and item.get("role") == "assistant"


def granted(label: str, answered: list[tuple[JSON, bool]]) -> Draft | None:
    """The calls that were approved; words where none was."""
    calls = [
        call_of("mcp", label=label, name=request["name"], arguments=request["arguments"], approved=request["id"])
        for request, approve in answered
        if approve
    ]
    if calls:
        return Draft(calls, steps=0)
    names = " and ".join(dict.fromkeys(request["name"] for request, _ in answered))
    return Draft.saying(f"I did not call {names}, because you did not approve it.")


# carrying out


def remote(definition: Mapping[str, Any]) -> Remote:
    """The server with its headers; an access token goes as a bearer."""
    lines = tuple((definition.get("headers") or {}).items())
    token = definition.get("authorization")
    if token is not None:
        lines = (*((name, value) for name, value in lines if name.lower() != "authorization"),)
        lines = (*lines, ("Authorization", f"Bearer {token}"))
    return Remote(str(definition.get("server_url")), lines)


def listing(definition: Mapping[str, Any]) -> Work[list[JSON]]:
    """The list of a server's tools. Raises `Refused` where it cannot be had."""
    label = definition["server_label"]
    try:
        if definition.get("connector_id"):
            raise Undone("Connectors are not served here.")
        tools = yield ListTools(remote(definition))
    except Undone as undone:
        raise unreachable(label, undone) from undone
    kept = [tool for tool in tools if covers(definition.get("allowed_tools"), tool)]
    return [{"type": "mcp_list_tools", "server_label": label, "tools": kept}]


def unreachable(label: str, undone: Undone) -> Refused:
    """A server whose tools could not be listed."""
    status = HTTPStatus(undone.status or HTTPStatus.FAILED_DEPENDENCY)
    message = (
        f"Error retrieving tool list from MCP server: '{label}'. Http status code: {status.value} ({status.phrase})."
    )
    error = {"message": message, "type": "external_connector_error", "param": "tools", "code": "http_error"}
    return Refused(HTTPStatus.FAILED_DEPENDENCY, {"error": error})


def calling(definition: Mapping[str, Any], call: Mapping[str, Any], job: Job, context: Context) -> Work[list[JSON]]:
    """The request for an approval, or the call itself."""
    name, label, text, way = call["name"], call["label"], call["arguments"], job.ways.approval
    approved = call.get("approved")
    tool = next((one for one in listed(context, definition) or () if one["name"] == name), {"name": name})
    if approved is None and needs_approval(definition, tool) and way != "skipped":
        return [{"type": "mcp_approval_request", "arguments": text, "name": name, "server_label": label}]
    if approved is not None and way == "altered":
        text = json.dumps(altered(json.loads(text)), ensure_ascii=False)
    made = []
    for _ in range(2 if approved is not None and way == "reused" else 1):
        called = yield from called_once(definition, name, text)
        made.append(
            {
                "type": "mcp_call",
                "status": "failed" if called.error else "completed",
                "approval_request_id": None if way == "unlinked" else approved,
                "arguments": text,
                "error": called.error,
                "name": name,
                "output": called.output,
                "server_label": label,
            }
        )
    return made


def called_once(definition: Mapping[str, Any], name: str, text: str) -> Work[Called]:
    """One call; a server that cannot be reached fails it."""
    try:
        called: Called = yield CallTool(remote(definition), name, json.loads(text))
    except Undone as undone:
        code = undone.status or HTTPStatus.FAILED_DEPENDENCY.value
        return Called(None, {"type": "http_error", "code": code, "message": f"{code}: {undone.message}"})
    return called


def altered(arguments: JSON) -> JSON:
    """Other arguments than were approved."""
    changed = {
        name: value + 1 if type(value) is int else f"{value}~" if isinstance(value, str) else value
        for name, value in arguments.items()
    }
    return changed if changed != arguments else {**arguments, "also": True}


def failure(error: object) -> str:
    """What an error says, in words."""
    if not isinstance(error, Mapping):
        return str(error)
    parts = error.get("content")
    told = [str(part.get("text")) for part in parts if isinstance(part, Mapping)] if isinstance(parts, list) else []
    return " ".join(told) or str(error.get("message", "unknown reason"))
