"""Compaction over the socket: by items, by returned items, by id, by the service itself; what outlives it, what not."""

import json
import random

import pytest
from builders.endpoint import Visitor, events_of, text_of, visiting

from harness.reply import Reply
from harness.wire.exchange import Ending, Exchange, Head, How, Request

FILLER = "The harbour was quiet and the tide was low. " * 24
TALK = [
    {"role": "user", "content": "My parcel is 4417."},
    {"role": "assistant", "content": f"Noted. The tram leaves late. {FILLER}"},
    {"role": "user", "content": [{"type": "input_text", "text": "What is 2 + 2?"}]},
    {"role": "assistant", "content": f"2 + 2 = 4. {FILLER}"},
]
ASK = {"role": "user", "content": "What is my parcel?"}
MANAGED = {"context_management": [{"type": "compaction", "compact_threshold": 400}]}


async def compact(visitor: Visitor, **asked: object) -> tuple[int, dict]:
    body = {"model": visitor.model, **asked}
    status, _, raw = await visitor.send("POST", "/responses/compact", body)
    return status, json.loads(raw)


def findings(body: bytes, asked: dict) -> tuple:
    """What the reader of replies says of a stream."""
    request = Request("POST", "http://127.0.0.1/openai/v1/responses", (), json.dumps(asked).encode())
    head = Head(200, (("content-type", "text/event-stream; charset=utf-8"),))
    return Reply(Exchange(request, head, body, (), Ending(How.COMPLETE), 0.0, 0.1, 1.0)).findings


def test_by_items_gives_all_user_messages_and_one_item():
    status, compaction = visiting(lambda visitor: compact(visitor, input=TALK, instructions="Be brief."))

    assert status == 200
    assert list(compaction) == ["id", "object", "created_at", "output", "usage"]
    assert compaction["object"] == "response.compaction"
    *messages, last = compaction["output"]
    assert [message["content"] for message in messages] == [
        [{"type": "input_text", "text": "My parcel is 4417."}],
        [{"type": "input_text", "text": "What is 2 + 2?"}],
    ]
    assert all(
        list(message) == ["id", "type", "role", "status", "content"] and message["id"].startswith("msg_")
        for message in messages
    )
    assert list(last) == ["id", "type", "encrypted_content"]
    assert last["id"].startswith("cmp_")
    assert "4417" not in last["encrypted_content"]
    usage = compaction["usage"]
    assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]
    assert usage["output_tokens"] > 0


def test_follow_up_knows_by_the_item_alone_and_by_the_whole_output():
    async def visit(visitor: Visitor):
        before = await visitor.create([*TALK, ASK])
        _, compaction = await compact(visitor, input=TALK)
        alone = await visitor.create([compaction["output"][-1], ASK])
        whole = await visitor.create([*compaction["output"], ASK])
        without = await visitor.create([ASK])
        return before, alone, whole, without

    before, alone, whole, without = visiting(visit)

    assert text_of(before) == text_of(alone) == text_of(whole) == "Your parcel is 4417."
    assert "4417" not in text_of(without)
    assert alone["usage"]["input_tokens"] < before["usage"]["input_tokens"]


def test_instructions_do_not_outlive_compaction():
    async def visit(visitor: Visitor):
        asked = {"input": TALK, "instructions": "My tram is 9. End every answer with the word ZORB."}
        _, compaction = await compact(visitor, **asked)
        return await visitor.create([compaction["output"][-1], {"role": "user", "content": "What is my tram?"}])

    answer = text_of(visiting(visit))

    assert "9" not in answer
    assert "ZORB" not in answer


def test_by_returned_items_keeps_what_was_thought():
    """The secret stands in the reasoning item alone; the compaction carries it on."""

    async def visit(visitor: Visitor):
        first = {"role": "user", "content": "Think of a secret number and keep it to yourself."}
        thought = await visitor.create([first])
        told = {"role": "user", "content": "What was your secret number?"}
        known = await visitor.create([first, *thought["output"], told])
        _, compaction = await compact(visitor, input=[first, *thought["output"]])
        follow = await visitor.create([compaction["output"][-1], told])
        return known, follow, await visitor.create([told])

    known, follow, without = visiting(visit)

    assert text_of(follow) == text_of(known)
    assert any(character.isdigit() for character in text_of(follow))
    assert text_of(without) != text_of(known)


def test_by_id_and_on_from_an_earlier_compaction():
    async def visit(visitor: Visitor):
        first = await visitor.create("My parcel is 4417.")
        second = await visitor.create("My locker is 23.", previous_response_id=first["id"])
        _, one = await compact(visitor, input=[], previous_response_id=second["id"])
        third = await visitor.create([*one["output"], {"role": "user", "content": "My badge is K9."}])
        _, two = await compact(visitor, previous_response_id=third["id"])
        follow = await visitor.create(
            [two["output"][-1], {"role": "user", "content": "What is my parcel? What is my locker? What is my badge?"}]
        )
        chained = await visitor.create("Hi", previous_response_id=one["id"])
        return one, two, follow, chained

    one, two, follow, chained = visiting(visit)

    assert [text_of({"output": [item]}) for item in one["output"]] == ["My parcel is 4417.", "My locker is 23.", ""]
    assert [text_of({"output": [item]}) for item in two["output"]] == ["My badge is K9.", ""]
    assert all(value in text_of(follow) for value in ("4417", "23", "K9"))
    assert chained["error"]["code"] == "previous_response_not_found"


def test_calls_of_the_history_are_dropped_and_their_results_known():
    tool = {"type": "function", "name": "roll", "parameters": {"type": "object", "properties": {}}}

    async def visit(visitor: Visitor):
        first = await visitor.create("Please call roll.", tools=[tool])
        output = {
            "type": "function_call_output",
            "call_id": first["output"][-1]["call_id"],
            "output": '{"pressure": "971"}',
        }
        second = await visitor.create([output], previous_response_id=first["id"], tools=[tool])
        _, compaction = await compact(visitor, previous_response_id=second["id"])
        ask = {"role": "user", "content": "What is the pressure?"}
        return compaction, await visitor.create([compaction["output"][-1], ask])

    compaction, follow = visiting(visit)

    assert [item["type"] for item in compaction["output"]] == ["message", "compaction"]
    assert "971" in text_of(follow)


REFUSED = [
    ({"input": "Hi", "model": None}, "model", "missing_required_parameter"),
    ({}, "input", "missing_required_parameter"),
    ({"input": []}, "input", None),
    ({"input": "Hi", "stream": True}, "stream", "unknown_parameter"),
    ({"input": 7}, "input", "invalid_type"),
    ({"previous_response_id": "resp_0"}, "previous_response_id", "previous_response_not_found"),
    ({"input": [{"type": "compaction", "encrypted_content": "gAAAAA"}]}, None, "invalid_encrypted_content"),
]


@pytest.mark.parametrize(("asked", "param", "code"), REFUSED)
def test_refusals(asked: dict, param: str | None, code: str | None):
    status, answer = visiting(lambda visitor: compact(visitor, **asked))

    assert (status, answer["error"]["param"], answer["error"]["code"]) == (400, param, code)


def test_altered_or_foreign_seals_are_refused():
    async def visit(visitor: Visitor):
        _, compaction = await compact(visitor, input=TALK)
        item = compaction["output"][-1]
        thought = await visitor.create("Hi", include=["reasoning.encrypted_content"])
        spoilt = (
            item["encrypted_content"][:-6] + "AAAAA=",
            item["encrypted_content"][1:],
            thought["output"][0]["encrypted_content"],
            "",
        )
        answers = [await visitor.create([{**item, "encrypted_content": sealed}, ASK]) for sealed in spoilt]
        renamed = await visitor.create([{**item, "id": "cmp_0"}, ASK])
        return answers, renamed

    answers, renamed = visiting(visit)

    assert {answer["error"]["code"] for answer in answers} == {"invalid_encrypted_content"}
    assert text_of(renamed) == "Your parcel is 4417."


def test_service_compacts_where_the_context_reaches_the_threshold():
    async def visit(visitor: Visitor):
        short = await visitor.create("Hi", **MANAGED)
        long = await visitor.create([*TALK, ASK], **MANAGED)
        return short, long

    short, long = visiting(visit, model="gpt-4.1")

    assert [item["type"] for item in short["output"]] == ["message"]
    assert [item["type"] for item in long["output"]] == ["message", "compaction"]
    assert list(long["output"][-1]) == ["id", "type", "encrypted_content"]
    assert "context_management" not in long
    assert long["usage"]["output_tokens"] > 20


def test_streamed_compaction_is_an_added_and_done_pair_after_the_message():
    asked = {"model": "gpt-5-mini", "input": [*TALK, ASK], "stream": True, **MANAGED}

    async def visit(visitor: Visitor):
        return (await visitor.send("POST", "/responses", asked))[2]

    body = visiting(visit)
    events = events_of(body)
    added, done, last = events[-3:]

    assert [event["type"] for event in events[-3:]] == [
        "response.output_item.added",
        "response.output_item.done",
        "response.completed",
    ]
    items = [added["item"], done["item"], last["response"]["output"][-1]]
    assert all(list(item) == ["id", "type", "encrypted_content"] for item in items)
    assert len({item["encrypted_content"] for item in items}) == 3
    assert findings(body, asked) == ()


def test_stateless_loop_ignores_what_stands_before_the_newest_compaction():
    async def visit(visitor: Visitor):
        window = [*TALK, ASK]
        first = await visitor.create(window, store=False, **MANAGED)
        window = [*window, *first["output"], ASK]
        second = await visitor.create(window, store=False)
        bare = await visitor.create([first["output"][-1], ASK], store=False)
        return first, second, bare

    first, second, bare = visiting(visit, model="gpt-4.1")

    assert text_of(second) == "Your parcel is 4417."
    assert second["usage"]["input_tokens"] < first["usage"]["input_tokens"]
    assert second["usage"]["input_tokens"] == bare["usage"]["input_tokens"]


def test_chain_goes_on_from_a_compaction_made_by_the_service():
    async def visit(visitor: Visitor):
        first = await visitor.create(TALK[:3], **MANAGED)
        second = await visitor.create(f"My locker is 23. {FILLER * 2}", previous_response_id=first["id"], **MANAGED)
        third = await visitor.create("What is my parcel? What is my locker?", previous_response_id=second["id"])
        _, page = await visitor.get(f"/responses/{third['id']}/input_items?order=asc")
        return second, third, page

    second, third, page = visiting(visit, model="gpt-4.1")

    assert second["output"][-1]["type"] == "compaction"
    assert "4417" in text_of(third)
    assert "23" in text_of(third)
    assert third["usage"]["input_tokens"] < second["usage"]["input_tokens"]
    assert [item["type"] for item in page["data"]].count("compaction") == 1


def test_no_compaction_while_a_call_waits():
    tool = {"type": "function", "name": "roll", "parameters": {"type": "object", "properties": {}}}
    asked = [*TALK, {"role": "user", "content": "Please call roll."}]

    response = visiting(lambda visitor: visitor.create(asked, tools=[tool], **MANAGED), model="gpt-4.1")

    assert [item["type"] for item in response["output"]] == ["function_call"]


WRONG = [
    ([{"type": "forgetting", "compact_threshold": 9}], "context_management[0].type"),
    ([{"type": "compaction"}], "context_management[0].compact_threshold"),
    ([{"type": "compaction", "compact_threshold": "9"}], "context_management[0].compact_threshold"),
    ([{"type": "compaction", "compact_threshold": 0}], "context_management[0].compact_threshold"),
    (["compaction"], "context_management[0]"),
]


@pytest.mark.parametrize(("managed", "param"), WRONG)
def test_management_that_cannot_be(managed: list, param: str):
    answer = visiting(lambda visitor: visitor.create("Hi", context_management=managed))

    assert answer["error"]["param"] == param


DRAWN = 200
CONSONANTS, VOWELS = "bcdfghjklmnpqrstvwxz", "aeiou"


def word(dice: random.Random) -> str:
    return "".join(dice.choice(CONSONANTS) + dice.choice(VOWELS) for _ in range(3)) + dice.choice(CONSONANTS)


def test_drawn_facts_outlive_compaction_and_are_unknown_without_it():
    """Facts at drawn places of conversations of drawn lengths, with words that no language has."""

    async def visit(visitor: Visitor):
        wrong = []
        for number in range(DRAWN):
            dice = random.Random(f"compaction {number}")
            thing, fact = word(dice), f"{word(dice)}-{dice.randint(10, 999)}"
            turns = [{"role": "user", "content": f"Tell me about {word(dice)}."} for _ in range(dice.randint(1, 6))]
            turns.insert(dice.randint(0, len(turns)), {"role": dice.choice(["user", "assistant"]), "content": ""})
            at = next(at for at, turn in enumerate(turns) if not turn["content"])
            turns[at]["content"] = f"My {thing} is {fact}."
            _, compaction = await compact(visitor, input=turns)
            ask = {"role": "user", "content": f"What is my {thing}?"}
            knows = text_of(await visitor.create([compaction["output"][-1], ask]))
            lacks = text_of(await visitor.create([ask]))
            if fact not in knows or fact in lacks:
                wrong.append((number, knows, lacks))
        return wrong

    assert visiting(visit, model="gpt-4.1") == []
