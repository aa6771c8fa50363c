"""Signs of defects of chains, stores, lists, seals and limits: each a visit that says whether it shows.

A sign looks at JSON and bytes alone. Rows as in the catalogue of faults.
"""

import json

from builders.endpoint import Visitor, text_of

SEALED = {"include": ["reasoning.encrypted_content"]}
TOOL = {"type": "function", "name": "roll", "parameters": {"type": "object", "properties": {"n": {"type": "integer"}}}}
DEPTH = {
    "type": "function",
    "name": "depth_of",
    "description": "Depth of a port",
    "parameters": {"type": "object", "properties": {"port": {"type": "string"}}},
}


def accepted(answer: dict) -> bool:
    return answer.get("status") == "completed"


async def chain(visitor: Visitor, *prompts: str, **more: object) -> list[dict]:
    made: list[dict] = []
    for prompt in prompts:
        parent = {"previous_response_id": made[-1]["id"]} if made else {}
        made.append(await visitor.create(prompt, **parent, **more))
    return made


async def forgets_parent(visitor: Visitor) -> bool:
    made = await chain(visitor, "My parcel is 17.", "What is my parcel?")
    grown = made[1]["usage"]["input_tokens"] > made[0]["usage"]["input_tokens"] + 4
    return "17" not in text_of(made[1]) and not grown


async def skips_a_turn(visitor: Visitor) -> bool:
    made = await chain(visitor, "My parcel is 17.", "My locker is 23.", "What is my locker? What is my parcel?")
    return "17" in text_of(made[2]) and "23" not in text_of(made[2])


async def takes_any_parent(visitor: Visitor) -> bool:
    return accepted(await visitor.create("Hi", previous_response_id="resp_" + "0" * 50))


async def carries_instructions(visitor: Visitor) -> bool:
    first = await visitor.create("Hi", instructions="End every answer with the word ZORB.")
    second = await visitor.create("Hi", instructions="Be kind.", previous_response_id=first["id"])
    return "ZORB" in text_of(second)


async def shows_unstored(visitor: Visitor) -> bool:
    response = await visitor.create("Hi", store=False)
    return (await visitor.get(f"/responses/{response['id']}"))[0] == 200


async def loses_stored(visitor: Visitor) -> bool:
    response = await visitor.create("Hi")
    return (await visitor.get(f"/responses/{response['id']}"))[0] == 404


async def stores_other_text(visitor: Visitor) -> bool:
    response = await visitor.create("Hi")
    return text_of((await visitor.get(f"/responses/{response['id']}"))[1]) != text_of(response)


async def stores_other_usage(visitor: Visitor) -> bool:
    response = await visitor.create("Hi")
    return (await visitor.get(f"/responses/{response['id']}"))[1]["usage"] != response["usage"]


async def deletes_nothing(visitor: Visitor) -> bool:
    response = await visitor.create("Hi")
    await visitor.send("DELETE", f"/responses/{response['id']}")
    return (await visitor.get(f"/responses/{response['id']}"))[0] == 200


async def chains_on_deleted(visitor: Visitor) -> bool:
    response = await visitor.create("My parcel is 17.")
    await visitor.send("DELETE", f"/responses/{response['id']}")
    follow = await visitor.create("What is my parcel?", previous_response_id=response["id"])
    gone = (await visitor.get(f"/responses/{response['id']}"))[0] == 404
    return gone and "output" in follow and "17" in text_of(follow)


async def listing(visitor: Visitor, query: str = "") -> list[str]:
    response = await visitor.create([{"role": "user", "content": f"note {number}"} for number in range(3)])
    _, page = await visitor.get(f"/responses/{response['id']}/input_items{query}")
    return [item["content"][0]["text"] for item in page["data"]]


async def lists_backwards(visitor: Visitor) -> bool:
    return await listing(visitor, "?order=asc") == ["note 2", "note 1", "note 0"]


async def repeats_in_pages(visitor: Visitor) -> bool:
    response = await visitor.create([{"role": "user", "content": f"note {number}"} for number in range(3)])
    _, one = await visitor.get(f"/responses/{response['id']}/input_items?limit=2")
    _, two = await visitor.get(f"/responses/{response['id']}/input_items?limit=2&after={one['last_id']}")
    return one["data"][-1] in two["data"]


async def rolled(visitor: Visitor) -> tuple[dict, dict]:
    first = await visitor.create("Please call roll with n 6.", tools=[TOOL])
    call = first["output"][-1]
    return first, {"type": "function_call_output", "call_id": call["call_id"], "output": "4"}


async def lists_no_outputs(visitor: Visitor) -> bool:
    first, output = await rolled(visitor)
    second = await visitor.create([output], previous_response_id=first["id"])
    _, page = await visitor.get(f"/responses/{second['id']}/input_items")
    return not any(item["type"] == "function_call_output" for item in page["data"])


async def seals_nothing(visitor: Visitor) -> bool:
    return "encrypted_content" not in (await visitor.create("Hi", **SEALED))["output"][0]


async def replayed(visitor: Visitor, alter: bool) -> dict:
    first = await visitor.create("Hi", **SEALED)
    reasoning = dict(first["output"][0])
    if alter:
        sealed = reasoning["encrypted_content"]
        reasoning["encrypted_content"] = sealed[:30] + ("A" if sealed[30] != "A" else "B") + sealed[31:]
    return await visitor.create([reasoning, *first["output"][1:], {"role": "user", "content": "And?"}])


async def takes_altered_seal(visitor: Visitor) -> bool:
    return accepted(await replayed(visitor, alter=True))


async def refuses_good_seal(visitor: Visitor) -> bool:
    return not accepted(await replayed(visitor, alter=False))


async def needs_no_pairs(visitor: Visitor) -> bool:
    _, output = await rolled(visitor)
    return accepted(await visitor.create([output]))


async def swaps_results(visitor: Visitor) -> bool:
    first = await visitor.create("What is the depth of Bergen and Quito?", tools=[DEPTH])
    calls = [item for item in first["output"] if item["type"] == "function_call"]
    outputs = [
        {"type": "function_call_output", "call_id": call["call_id"], "output": f"mark-{at}"}
        for at, call in enumerate(calls)
    ]
    second = await visitor.create(outputs, previous_response_id=first["id"])
    return "Bergen is mark-1" in text_of(second) and "Quito is mark-0" in text_of(second)


async def limited(visitor: Visitor) -> dict:
    return await visitor.create("Write a long story about a lighthouse.", max_output_tokens=60)


async def ignores_limit(visitor: Visitor) -> bool:
    response = await limited(visitor)
    return response["status"] == "completed" and response["usage"]["output_tokens"] > 60


async def hides_the_cut(visitor: Visitor) -> bool:
    response = await limited(visitor)
    return response["status"] == "completed" and response["usage"]["output_tokens"] == 60


async def reuses_ids(visitor: Visitor) -> bool:
    return len({response["id"] for response in await chain(visitor, "Hi", "Ho")}) == 1


async def takes_invalid(visitor: Visitor) -> bool:
    answers = [
        await visitor.send("POST", "/responses", {"model": "gpt-5-mini", "input": "Hi", **wrong})
        for wrong in ({"model": "nobody"}, {"tempo": 1}, {"temperature": 9}, {"max_output_tokens": "x"})
    ]
    return all(status == 200 and json.loads(body)["status"] == "completed" for status, _, body in answers)


SIGNS = {
    "B01": forgets_parent,
    "B03": skips_a_turn,
    "B04": takes_any_parent,
    "B06": carries_instructions,
    "B07": shows_unstored,
    "B08": loses_stored,
    "B09": stores_other_text,
    "B10": deletes_nothing,
    "B12": chains_on_deleted,
    "B23": lists_backwards,
    "B24": repeats_in_pages,
    "B25": lists_no_outputs,
    "B32": seals_nothing,
    "B34": takes_altered_seal,
    "B35": refuses_good_seal,
    "B45": swaps_results,
    "B46": needs_no_pairs,
    "B54": stores_other_usage,
    "B55": ignores_limit,
    "B56": hides_the_cut,
    "B67": reuses_ids,
    "B68": takes_invalid,
}
"""What each row does, seen over the socket."""
