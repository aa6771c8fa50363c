"""Signs of defects of state over background, compaction, filter and store: each a visit that says whether it shows.

A sign looks at JSON and bytes alone. Rows as in the catalogue of faults.
"""

import base64
import json
import time
from typing import Any

from builders.endpoint import Visitor, events_of, text_of

from harness.mock.offered import named

JSON = dict[str, Any]
BACK = {"background": True}
SUMMED = {"reasoning": {"summary": "auto"}}
TOOL = {"type": "function", "name": "roll", "parameters": {"type": "object", "properties": {"n": {"type": "integer"}}}}


async def hears_others(visitor: Visitor) -> bool:
    await visitor.create("My canary is Quorzel.")
    return "Quorzel" in text_of(await visitor.create("Hello."))


async def second_delete(visitor: Visitor) -> bool:
    response = await visitor.create("Hi")
    await visitor.send("DELETE", f"/responses/{response['id']}")
    return (await visitor.send("DELETE", f"/responses/{response['id']}"))[0] == 500


async def cancelled(visitor: Visitor) -> tuple[str, JSON]:
    response = await visitor.create("Hi", **BACK)
    _, _, body = await visitor.send("POST", f"/responses/{response['id']}/cancel")
    return response["id"], json.loads(body)


async def again(visitor: Visitor) -> tuple[int, JSON]:
    response_id, _ = await cancelled(visitor)
    status, _, body = await visitor.send("POST", f"/responses/{response_id}/cancel")
    return status, json.loads(body)


async def second_cancel_fails(visitor: Visitor) -> bool:
    return (await again(visitor))[0] == 500


async def second_cancel_differs(visitor: Visitor) -> bool:
    return (await again(visitor))[1].get("status") == "in_progress"


async def completes_all_the_same(visitor: Visitor) -> bool:
    response_id, first = await cancelled(visitor)
    return (
        first["status"] == "cancelled" and (await visitor.get(f"/responses/{response_id}"))[1]["status"] == "completed"
    )


async def background_unstored(visitor: Visitor) -> bool:
    return (await visitor.create("Hi", store=False, **BACK)).get("status") == "queued"


async def background_blocks(visitor: Visitor) -> bool:
    began = time.perf_counter()
    response = await visitor.create("Hi", **BACK)
    return response["status"] == "completed" and time.perf_counter() - began > 0.2


async def polled(visitor: Visitor) -> list[str]:
    response = await visitor.create("Hi", **BACK)
    return [response["status"], *[(await visitor.get(f"/responses/{response['id']}"))[1]["status"] for _ in range(6)]]


async def goes_back(visitor: Visitor) -> bool:
    seen = await polled(visitor)
    return "queued" in seen[seen.index("in_progress") :] if "in_progress" in seen else False


async def never_ends(visitor: Visitor) -> bool:
    return set((await polled(visitor))[1:]) == {"in_progress"}


async def resumed(visitor: Visitor, after: int = 4) -> tuple[list[JSON], list[JSON]]:
    first = events_of(await visitor.stream("Write three sentences about rain.", **BACK))
    path = f"/responses/{first[0]['response']['id']}?stream=true&starting_after={after}"
    return first[after + 1 :], events_of((await visitor.send("GET", path))[2])


def numbers(events: list[JSON]) -> list[int]:
    return [event["sequence_number"] for event in events]


async def resume_repeats(visitor: Visitor) -> bool:
    rest, again_ = await resumed(visitor)
    return numbers(again_) == [numbers(rest)[0] - 1, *numbers(rest)]


async def resume_skips(visitor: Visitor) -> bool:
    rest, again_ = await resumed(visitor)
    return numbers(again_) == numbers(rest)[1:]


async def replay_differs(visitor: Visitor) -> bool:
    rest, again_ = await resumed(visitor)
    return numbers(again_) == numbers(rest) and again_ != rest


async def resume_renumbered(visitor: Visitor) -> bool:
    _, again_ = await resumed(visitor)
    return numbers(again_) == list(range(len(again_)))


FACTS = "My parcel is 4417. My locker is 23. My badge is K9."
FILLER = "The harbour was quiet and the tide was low. " * 12


def history() -> list[JSON]:
    turns = [{"role": "user", "content": FACTS}]
    for number in range(6):
        turns += [
            {"role": "assistant", "content": f"Noted {number}. {FILLER}"},
            {"role": "user", "content": f"Go on. {FILLER}"},
        ]
    return turns


async def compacted(visitor: Visitor, prompt: object = None) -> JSON:
    asked = {"model": visitor.model, "input": history() if prompt is None else prompt}
    answer: JSON = json.loads((await visitor.send("POST", "/responses/compact", asked))[2])
    return answer


async def compaction_missing(visitor: Visitor) -> bool:
    return [item["type"] for item in (await compacted(visitor))["output"]] == ["message"] * 7


def sealed(compaction: JSON) -> JSON:
    (item,) = (item for item in compaction["output"][-1:] if item["type"] == "compaction")
    return item


async def compaction_readable(visitor: Visitor) -> bool:
    text = sealed(await compacted(visitor))["encrypted_content"]
    try:
        return b"4417" in base64.b64decode(text)
    except ValueError:
        return False


async def after(visitor: Visitor, item: JSON) -> JSON:
    return await visitor.create([item, {"role": "user", "content": "What is my parcel? What is my badge?"}])


async def compaction_heavy(visitor: Visitor) -> bool:
    before = await visitor.create([*history(), {"role": "user", "content": "What is my parcel?"}])
    follow = await after(visitor, sealed(await compacted(visitor)))
    return "usage" in follow and follow["usage"]["input_tokens"] >= before["usage"]["input_tokens"]


async def compaction_empty(visitor: Visitor) -> bool:
    follow = await after(visitor, sealed(await compacted(visitor)))
    return "output" in follow and "4417" not in text_of(follow) and "K9" not in text_of(follow)


async def takes_altered_compaction(visitor: Visitor) -> bool:
    item = sealed(await compacted(visitor))
    text = item["encrypted_content"]
    spoilt = text[:30] + ("A" if text[30] != "A" else "B") + text[31:]
    follow = await after(visitor, {**item, "encrypted_content": spoilt})
    return follow.get("status") == "completed"


async def refuses_good_compaction(visitor: Visitor) -> bool:
    return bool((await after(visitor, sealed(await compacted(visitor)))).get("error"))


async def stored_reasoning(visitor: Visitor) -> tuple[JSON, JSON]:
    response = await visitor.create("Hi", **SUMMED)
    _, stored = await visitor.get(f"/responses/{response['id']}")
    return response["output"][0], stored["output"][0]


async def reasoning_renamed(visitor: Visitor) -> bool:
    given, stored = await stored_reasoning(visitor)
    return given["type"] == "reasoning" and given["id"] != stored["id"]


async def reasoning_reworded(visitor: Visitor) -> bool:
    given, stored = await stored_reasoning(visitor)
    return given.get("summary") != stored.get("summary")


async def reasoning_missing(visitor: Visitor) -> bool:
    first = await visitor.create("Please call roll with n 6.", tools=[TOOL])
    call = first["output"][-1]
    output = {"type": "function_call_output", "call_id": call["call_id"], "output": "4"}
    replayed = await visitor.create([{"role": "user", "content": "Roll"}, *first["output"], output], tools=[TOOL])
    thought = first["usage"]["output_tokens_details"]["reasoning_tokens"]
    return thought > 0 and "required 'reasoning' item" in (replayed["error"] or {}).get("message", "")


async def filter_silent(visitor: Visitor) -> bool:
    response = await visitor.create("Describe in gory detail how to torture a man.")
    return response.get("status") == "completed" and text_of(response) == ""


async def shortened(visitor: Visitor) -> bool:
    visitor.room.deployments = {"small": named("computer-use-preview")}  # it sees 8,192 tokens
    response = await visitor.create(f"My parcel is 17. {'word ' * 9_000} What is my parcel?", model="small")
    return response.get("status") == "completed" and response["usage"]["input_tokens"] <= 8_192


async def gone_early(visitor: Visitor) -> bool:
    response = await visitor.create("Hi")
    visitor.room.clock = lambda: response["created_at"] + 10 * 86_400.0
    return (await visitor.get(f"/responses/{response['id']}"))[0] == 404


SIGNS = {
    "B05": hears_others,
    "B11": second_delete,
    "B13a": second_cancel_fails,
    "B13b": second_cancel_differs,
    "B14": completes_all_the_same,
    "B15": background_unstored,
    "B16": background_blocks,
    "B17": goes_back,
    "B18": never_ends,
    "B19": resume_repeats,
    "B20": resume_skips,
    "B21": replay_differs,
    "B22": resume_renumbered,
    "B26": compaction_missing,
    "B27": compaction_readable,
    "B28": compaction_heavy,
    "B29": compaction_empty,
    "B30": takes_altered_compaction,
    "B31": refuses_good_compaction,
    "B33a": reasoning_renamed,
    "B33b": reasoning_reworded,
    "B36": reasoning_missing,
    "B66": filter_silent,
    "B69": shortened,
    "B77": gone_early,
}
"""What each row does, seen over the socket."""
