"""Defects of what the model puts out: calls nobody offered, schemas not kept, refusals in the wrong place."""

import copy
import json
from collections.abc import Callable
from typing import Final

from harness.mock.defects.base import JSON, Defect, OfResponse

Change = Callable[[JSON], None]


def on_calls(edit: Change) -> Change:
    """Changes every function call."""

    def change(response: JSON) -> None:
        for item in response["output"]:
            if item.get("type") == "function_call":
                edit(item)

    return change


def unknown_name(call: JSON) -> None:
    call["name"] = f"{call['name']}_2"


def extra_argument(call: JSON) -> None:
    arguments = json.loads(call["arguments"])
    call["arguments"] = json.dumps({**arguments, "unexpected": 1}, ensure_ascii=False, separators=(",", ":"))


def message_of(part: JSON, like: str) -> JSON:
    """A message with one part, whose id is made from another item's."""
    item_id = f"msg_{like.rpartition('_')[2]}"
    return {"id": item_id, "type": "message", "status": "completed", "content": [part], "role": "assistant"}


def text_part(text: str) -> JSON:
    return {"type": "output_text", "annotations": [], "logprobs": [], "text": text}


def choice_ignored(response: JSON) -> None:
    """Text where a call was demanded, a call where none was allowed."""
    choice, output = response["tool_choice"], response["output"]
    names = [tool["name"] for tool in response["tools"] if tool.get("type") == "function"]
    if choice == "none" and names:
        last = output[-1]
        call = {"id": f"fc_{last['id'].rpartition('_')[2]}", "type": "function_call", "status": "completed"}
        output[-1] = {**call, "arguments": "{}", "call_id": "call_000000000000000000000000", "name": names[0]}
    elif choice not in ("none", "auto"):
        calls = [item for item in output if item.get("type") == "function_call"]
        if calls:
            said = message_of(text_part("I would rather not call anything."), calls[0]["id"])
            response["output"] = [item for item in output if item.get("type") != "function_call"] + [said]


def one_call_more(response: JSON) -> None:
    """Two calls although only one at a time was allowed."""
    calls = [item for item in response["output"] if item.get("type") == "function_call"]
    if response["parallel_tool_calls"] is False and len(calls) == 1:
        more = copy.deepcopy(calls[0])
        more["id"] = more["id"][:-1] + ("0" if more["id"][-1] != "0" else "1")
        more["call_id"] = more["call_id"][:-1] + ("0" if more["call_id"][-1] != "0" else "1")
        response["output"].append(more)


def on_json(edit: Callable[[JSON], object]) -> Change:
    """Changes the JSON object that was asked for with a schema."""

    def change(response: JSON) -> None:
        if response["text"]["format"]["type"] != "json_schema":
            return
        for item in response["output"]:
            for part in item.get("content") or ():
                if part.get("type") == "output_text":
                    made = edit(json.loads(part["text"]))
                    part["text"] = made if isinstance(made, str) else json.dumps(made, ensure_ascii=False)

    return change


def chatty(value: JSON) -> str:
    return f"Here you are: {json.dumps(value, ensure_ascii=False)}"


def without_first(value: JSON) -> JSON:
    return dict(list(value.items())[1:])


def with_more(value: JSON) -> JSON:
    return {**value, "unexpected": True}


def refusal_as_text(response: JSON) -> None:
    for item in response["output"]:
        for at, part in enumerate(item.get("content") or ()):
            if part.get("type") == "refusal":
                item["content"][at] = text_part(part["refusal"])


def wrong(row: str, slug: str, title: str, change: Change, base: str, finding: str) -> OfResponse:
    """A row of the table below."""
    return OfResponse(id=row, slug=slug, title=title, base=base, findings=(finding,), change=change)


SCHEMA: Final = "sem.schema_violation"

TABLE: Final[tuple[Defect, ...]] = (
    wrong("B41", "call-unknown", "nobody offered that function", on_calls(unknown_name), "X2", "tool.unknown_name"),
    wrong("B42", "call-breaks-schema", "arguments not as declared", on_calls(extra_argument), "X2", "tool.args_schema"),
    wrong("B43", "tool-choice-ignored", "tool_choice is not obeyed", choice_ignored, "X2", "tool.choice_ignored"),
    wrong("B44", "parallel-ignored", "two calls although one at a time", one_call_more, "X2", "tool.parallel_ignored"),
    wrong("B58a", "answer-not-json", "an answer that is not JSON", on_json(chatty), "X10", SCHEMA),
    wrong("B58b", "answer-field-missing", "a required field is missing", on_json(without_first), "X10", SCHEMA),
    wrong("B58c", "answer-field-extra", "a field too many", on_json(with_more), "X10", SCHEMA),
    wrong("B59", "refusal-as-text", "a refusal as plain text", refusal_as_text, "refusal", "sem.refusal_shape"),
)
