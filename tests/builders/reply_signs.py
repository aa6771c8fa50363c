"""Signs of defects of what is said: echoes, usage, header lines, calls, forms, pictures. Each a visit that says whether
it shows, by JSON, header lines and bytes alone. Rows as in the catalogue of faults.
"""

import base64
import json
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any

from builders.endpoint import Visitor, events_of, text_of

from harness.mock.offered import MODELS

JSON = dict[str, Any]
TOOL = {"type": "function", "name": "roll", "parameters": {"type": "object", "properties": {"n": {"type": "integer"}}}}
FIELDS = {"name": {"type": "string"}, "age": {"type": "integer"}}
SCHEMA = {"type": "object", "properties": FIELDS, "required": ["name", "age"], "additionalProperties": False}
FORMAT = {"format": {"type": "json_schema", "name": "n", "schema": SCHEMA}}
SET: JSON = {"metadata": {"a": "b"}, "temperature": 0.7}
ROLL = "Please call roll with n 6."


# echoes, usage, reasons


async def followed(visitor: Visitor) -> tuple[JSON, JSON]:
    first = await visitor.create("Hi")
    return first, await visitor.create("Ho", previous_response_id=first["id"])


async def parent_null(visitor: Visitor) -> bool:
    return (await followed(visitor))[1]["previous_response_id"] is None


async def parent_other(visitor: Visitor) -> bool:
    first, second = await followed(visitor)
    return second["previous_response_id"] not in (None, first["id"])


async def settings(visitor: Visitor) -> tuple[bool, bool, bool]:
    """Whether metadata, temperature and effort come back changed."""
    cool = await visitor.create("Hi", model="gpt-4.1", **SET)
    thoughtful = await visitor.create("Hi", reasoning={"effort": "medium"})
    changed = [cool[name] != value for name, value in SET.items()]
    return changed[0], changed[1], thoughtful["reasoning"]["effort"] != "medium"


def settings_changed(*wanted: bool) -> Callable[[Visitor], Any]:
    async def sign(visitor: Visitor) -> bool:
        visitor.room.deployments = MODELS
        return await settings(visitor) == wanted

    return sign


async def counted(visitor: Visitor) -> tuple[int, int, int, int] | None:
    """Tokens of input, of those cached, of output, of those thought; of an answer that was thought about."""
    response = await visitor.create("Hi", reasoning={"effort": "medium"})
    assert response["output"][0]["type"] == "reasoning"
    if (usage := response["usage"]) is None:
        return None
    cached, thought = usage["input_tokens_details"], usage["output_tokens_details"]
    return usage["input_tokens"], cached["cached_tokens"], usage["output_tokens"], thought["reasoning_tokens"]


async def no_thinking_counted(visitor: Visitor) -> bool:
    tokens = await counted(visitor)
    return tokens is not None and tokens[3] == 0


async def too_much_cached(visitor: Visitor) -> bool:
    tokens = await counted(visitor)
    return tokens is not None and tokens[1] > tokens[0]


async def too_much_thought(visitor: Visitor) -> bool:
    tokens = await counted(visitor)
    return tokens is not None and tokens[3] > tokens[2]


async def no_usage(visitor: Visitor) -> bool:
    response = await visitor.create("Hi")
    return response["status"] == "completed" and response["usage"] is None


async def other_reason(visitor: Visitor) -> bool:
    cut = await visitor.create("Write a long story about a lighthouse.", max_output_tokens=60)
    return cut["incomplete_details"]["reason"] not in ("max_output_tokens", "content_filter")


async def dearer_in_background(visitor: Visitor) -> bool:
    plain = await visitor.create("Hi")
    promised = await visitor.create("Hi", background=True)
    for _ in range(3):
        _, promised = await visitor.get(f"/responses/{promised['id']}")
    return bool(promised["usage"] and promised["usage"]["input_tokens"] >= plain["usage"]["input_tokens"] + 1000)


# who answered, and when


async def headed(visitor: Visitor) -> tuple[Any, JSON]:
    _, lines, body = await visitor.send("POST", "/responses", {"model": visitor.model, "input": "Hi"})
    return lines, json.loads(body)


async def other_model(visitor: Visitor) -> bool:
    return (await headed(visitor))[0]["x-ms-served-model"] != visitor.room.deployments[visitor.model].served


async def other_region(visitor: Visitor) -> bool:
    return (await headed(visitor))[0]["x-ms-region"] != "Sweden Central"


async def other_deployment(visitor: Visitor) -> bool:
    return (await headed(visitor))[0]["x-ms-deployment-name"] != visitor.model


async def wrong_clock(visitor: Visitor) -> bool:
    lines, response = await headed(visitor)
    return abs(parsedate_to_datetime(lines["date"]).timestamp() - response["created_at"]) > 300


# calls and forms


def kinds(response: JSON) -> list[str]:
    return [item["type"] for item in response["output"] if item["type"] != "reasoning"]


async def called(visitor: Visitor) -> tuple[str, JSON]:
    """Name and arguments of the call that was asked for."""
    response = await visitor.create(ROLL, tools=[TOOL])
    call = next(item for item in response["output"] if item["type"] == "function_call")
    return call["name"], json.loads(call["arguments"])


async def unknown_name(visitor: Visitor) -> bool:
    return (await called(visitor))[0] != "roll"


async def breaks_schema(visitor: Visitor) -> bool:
    return set((await called(visitor))[1]) != {"n"}


async def choice_ignored(visitor: Visitor) -> bool:
    """Neither where a call was demanded nor where none was allowed."""
    demanded = await visitor.create(ROLL, tools=[TOOL], tool_choice="required")
    forbidden = await visitor.create("Hi", tools=[TOOL], tool_choice="none")
    return (kinds(demanded), kinds(forbidden)) == (["message"], ["function_call"])


async def two_at_a_time(visitor: Visitor) -> bool:
    return kinds(await visitor.create(ROLL, tools=[TOOL], parallel_tool_calls=False)) == ["function_call"] * 2


async def filled(visitor: Visitor) -> set[str] | None:
    """The fields of the answer, None if it is no JSON."""
    said = text_of(await visitor.create("name Zorvik, age 41", text=FORMAT))
    return set(json.loads(said)) if said.startswith("{") else None


async def no_json(visitor: Visitor) -> bool:
    return await filled(visitor) is None


async def field_missing(visitor: Visitor) -> bool:
    return await filled(visitor) == {"age"}


async def field_extra(visitor: Visitor) -> bool:
    return len(await filled(visitor) or ()) == 3


async def refusal_as_text(visitor: Visitor) -> bool:
    response = await visitor.create("Please refuse this request.")
    return response["output"][-1]["content"][0]["type"] == "output_text"


# pictures

DEPLOYED = {"x_ms_oai_image_generation_deployment": "gpt-image-1"}
END = b"IEND\xaeB`\x82"


async def drawn(visitor: Visitor, **more: Any) -> bytes:
    """The body of an answer that draws."""
    tool = {"type": "image_generation", **({"partial_images": 2} if more else {})}
    asked = {"model": visitor.model, "input": "Draw a teal boat.", "tools": [tool], **more}
    return (await visitor.send("POST", "/responses", asked, **DEPLOYED))[2]


def picture_of(response: JSON) -> bytes:
    call = next(item for item in response["output"] if item["type"] == "image_generation_call")
    return base64.b64decode(call["result"])


def spoilt_picture(is_spoilt: Callable[[bytes], bool]) -> Callable[[Visitor], Any]:
    """Whether the picture is spoilt in that way, plain and at the end of a stream."""

    async def sign(visitor: Visitor) -> bool:
        visitor.room.issues = frozenset({"image-streaming"})
        plain = picture_of(json.loads(await drawn(visitor)))
        streamed = picture_of(events_of(await drawn(visitor, stream=True))[-1]["response"])
        return is_spoilt(plain) and is_spoilt(streamed)

    return sign


async def one_partial_more(visitor: Visitor) -> bool:
    visitor.room.issues = frozenset({"image-streaming"})
    events = events_of(await drawn(visitor, stream=True))
    shown = [event["partial_image_index"] for event in events if event["type"].endswith("partial_image")]
    return shown == [0, 1, 2] and [event["sequence_number"] for event in events] == list(range(len(events)))


SIGNS = {
    "B02a": parent_null,
    "B02b": parent_other,
    "B37": no_thinking_counted,
    "B38": other_model,
    "B39": other_region,
    "B40": other_deployment,
    "B41": unknown_name,
    "B42": breaks_schema,
    "B43": choice_ignored,
    "B44": two_at_a_time,
    "B52a": too_much_cached,
    "B52b": too_much_thought,
    "B53": no_usage,
    "B57": other_reason,
    "B58a": no_json,
    "B58b": field_missing,
    "B58c": field_extra,
    "B59": refusal_as_text,
    "B60a": spoilt_picture(lambda raw: raw[:4] == b"GIF8"),
    "B60b": spoilt_picture(lambda raw: raw[:4] == b"\x89PNG" and raw[-8:] != END),
    "B60c": spoilt_picture(lambda raw: raw[:1] == b"<"),
    "B61": one_partial_more,
    "B62": settings_changed(True, True, True),
    "B62b": settings_changed(True, False, False),
    "B62c": settings_changed(False, True, False),
    "B62d": settings_changed(False, False, True),
    "B70": wrong_clock,
    "B79": dearer_in_background,
}
"""What each row does, seen over the socket."""
