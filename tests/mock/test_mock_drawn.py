"""Each ability of the simulated model over 200 drawn cases: it succeeds with what it needs in context, and fails
without it."""

import json
from pathlib import Path
from typing import Any

import pytest
from builders.drawn import CUES, DRAWN, HARMLESS, ORDERS, dice_for, drawn_fact, functions, record, value, word
from builders.endpoint import Visitor, text_of, visiting

SPECS = Path(__file__).parents[2] / "specs"
JSON = dict[str, Any]


def test_drawn_words_stand_in_no_scenario():
    written = "".join(path.read_text(encoding="utf-8") for path in SPECS.rglob("*.yaml")).lower()
    drawn = {drawn_fact(number)[2].lower() for number in range(DRAWN)}
    drawn |= {word(dice_for(kind, number)) for kind in ORDERS for number in range(DRAWN)}

    assert written
    assert {one for one in drawn if one in written} == set()


def test_facts_are_recalled_with_the_context_and_not_without_it():
    """Each fact twice: chained by id, and asked of a model that was never told; other facts stand in between."""

    async def visit(visitor: Visitor):
        lost, guessed = [], []
        for number in range(DRAWN):
            told, asked, wanted, dice = drawn_fact(number)
            parent = (await visitor.create(told))["id"]
            for _ in range(dice.randint(0, 5)):
                other = f"My {word(dice)} is {value(dice)}."
                parent = (await visitor.create(other, previous_response_id=parent))["id"]
            with_it = text_of(await visitor.create(asked, previous_response_id=parent))
            without_it = text_of(await visitor.create(asked))
            if wanted not in with_it:
                lost.append((told, asked, with_it))
            if wanted in without_it:
                guessed.append((asked, without_it))
        return lost, guessed

    assert visiting(visit) == ([], [])


def test_facts_carried_by_hand_are_recalled():
    async def visit(visitor: Visitor):
        lost, guessed = [], []
        for number in range(DRAWN):
            told, asked, wanted, _ = drawn_fact(number)
            window = [{"role": "user", "content": told}]
            sealed = {"store": False, "include": ["reasoning.encrypted_content"]}
            first = await visitor.create(window, **sealed)
            window += [*first["output"], {"role": "user", "content": asked}]
            answer = text_of(await visitor.create(window, **sealed))
            without = text_of(await visitor.create(window[1:], **sealed))
            if wanted not in answer:
                lost.append((told, asked, answer))
            if wanted in without:
                guessed.append((asked, without))
        return lost, guessed

    assert visiting(visit) == ([], [])


THINGS = ("number", "word", "colour", "city", "animal", "code", "fruit")


def test_secrets_live_in_the_reasoning_item_alone():
    """Chained, and by hand: the secret is there; without the reasoning item, sealed or stored, it is gone."""

    async def visit(visitor: Visitor):
        lost, leaked = [], []
        for number in range(DRAWN):
            dice = dice_for("secret", number)
            thing = f"{word(dice, 2)} {dice.choice(THINGS)}"
            prompt = f"Think of a secret {thing} and keep it to yourself. Reply with {word(dice)}."
            asked = f"What was the {thing} that you chose?"
            window = [{"role": "user", "content": prompt}]
            stored = await visitor.create(prompt, include=["reasoning.encrypted_content"])
            by_id = text_of(await visitor.create(asked, previous_response_id=stored["id"]))
            known = by_id.rstrip(".").rpartition(" is ")[2]
            by_hand = text_of(await visitor.create([*window, *stored["output"], {"role": "user", "content": asked}]))
            message = [item for item in stored["output"] if item["type"] == "message"]
            without = text_of(await visitor.create([*window, *message, {"role": "user", "content": asked}]))
            if not known or known not in by_hand:
                lost.append((thing, by_id, by_hand))
            if known in without or known in json.dumps(stored["output"][1:]):
                leaked.append((thing, known, without))
        return lost, leaked

    assert visiting(visit) == ([], [])


async def ordered(visitor: Visitor, order: str, prompt: str, channel: int) -> str:
    """The answer to the prompt, with the order given through one of the channels by which it binds."""
    match channel:
        case 0:
            return text_of(await visitor.create(f"{prompt} {order}"))
        case 1:
            return text_of(await visitor.create(prompt, instructions=order))
        case 2:
            said = [{"role": "developer", "content": order}, {"role": "user", "content": prompt}]
            return text_of(await visitor.create(said))
        case _:
            parent = None
            for turn in [f"From now on, {order[0].lower()}{order[1:]}", *["Hello"] * (channel - 3)]:
                parent = (await visitor.create(turn, previous_response_id=parent))["id"]
            return text_of(await visitor.create(prompt, previous_response_id=parent))


@pytest.mark.parametrize("kind", ORDERS)
def test_orders_about_form_are_followed_and_nothing_is_followed_unasked(kind: str):
    """In the prompt, in instructions, by the developer, or some turns ago and for good."""
    order, prompt, holds = ORDERS[kind]

    async def visit(visitor: Visitor):
        wrong, unasked = [], []
        for number in range(DRAWN):
            dice = dice_for(kind, number)
            drawn = {"w": word(dice), "n": dice.choice([1, 3, 4, 5, 6, 7, 8, 9, 10, 11])}
            said = await ordered(visitor, order.format(**drawn), prompt.format(**drawn), dice.randrange(7))
            without = text_of(await visitor.create(prompt.format(**drawn)))
            if not holds(said, **drawn):
                wrong.append((drawn, said))
            if holds(without, **drawn):
                unasked.append((drawn, without))
        return wrong, unasked

    assert visiting(visit) == ([], [])


def test_instructions_bind_their_call_alone():
    async def visit(visitor: Visitor):
        failures = []
        for number in range(DRAWN):
            dice = dice_for("bound", number)
            mark = word(dice).upper()
            orders = (f"End every answer with the word {mark}.", f"Always answer with the word {mark}.")
            first = await visitor.create("Hello", instructions=dice.choice(orders))
            second = await visitor.create("Hello", previous_response_id=first["id"])
            if mark not in text_of(first) or mark in text_of(second):
                failures.append((mark, text_of(first), text_of(second)))
        return failures

    assert visiting(visit) == []


def calls_of(response: JSON) -> list[tuple[str, Any]]:
    return [(i["name"], json.loads(i["arguments"])) for i in response["output"] if i["type"] == "function_call"]


def test_functions_are_called_with_their_arguments_and_their_outputs_used():
    """Without the function nothing is called; without its output nobody knows what it said."""

    async def visit(visitor: Visitor):
        failures = []
        for number in range(DRAWN):
            dice = dice_for("call", number)
            tool, prompt, wanted = functions(dice)
            decoy = functions(dice_for("decoy", number))[0]
            first = await visitor.create(prompt, tools=[decoy, tool])
            without = await visitor.create(prompt, tools=[decoy])
            if calls_of(first) != [(tool["name"], wanted)] or calls_of(without):
                failures.append((prompt, wanted, calls_of(first), calls_of(without)))
                continue
            report, other = value(dice), "nothing to report"
            call = next(item for item in first["output"] if item["type"] == "function_call")
            told = []
            for output in (report, other):
                item = {"type": "function_call_output", "call_id": call["call_id"], "output": output}
                more = {"previous_response_id": first["id"], "tools": [tool]}
                told.append(text_of(await visitor.create([item], **more)))
            if report not in told[0] or report in told[1]:
                failures.append((report, told))
        return failures

    assert visiting(visit) == []


def test_schemas_are_filled_from_the_prompt_and_from_nothing_else():
    async def visit(visitor: Visitor):
        failures = []
        for number in range(DRAWN):
            form, said, wanted = record(dice_for("schema", number))
            answer = await visitor.create(f"Extract the record. {said}.", text={"format": form})
            unsaid = json.loads(text_of(await visitor.create("Extract the record.", text={"format": form})))
            if json.loads(text_of(answer)) != wanted:
                failures.append((said, wanted, text_of(answer)))
            text, amount, *_ = wanted
            if list(unsaid) != list(wanted) or unsaid[text] == wanted[text] or unsaid[amount] == wanted[amount]:
                failures.append(("unsaid", unsaid, wanted))
        return failures

    assert visiting(visit) == []


def refusals(response: JSON) -> list[str]:
    return [part["type"] for item in response["output"] for part in item.get("content") or ()]


def test_what_is_to_be_refused_is_refused_and_nothing_else():
    """Also in the middle of a conversation; what follows is answered again."""

    async def visit(visitor: Visitor):
        failures = []
        for number in range(DRAWN):
            dice = dice_for("refusal", number)
            drawn = word(dice)
            parent = None
            for _ in range(dice.randint(0, 4)):
                parent = (await visitor.create("Hello", previous_response_id=parent))["id"]
            cued = await visitor.create(dice.choice(CUES).format(w=drawn), previous_response_id=parent)
            after = await visitor.create(dice.choice(HARMLESS).format(w=drawn), previous_response_id=cued["id"])
            if (refusals(cued), refusals(after)) != (["refusal"], ["output_text"]):
                failures.append((drawn, refusals(cued), refusals(after)))
        return failures

    assert visiting(visit) == []


def test_tokens_run_out_where_they_do_and_nowhere_else():
    """A limit below the cost cuts the answer and says so; at the cost and above nothing is cut."""

    async def visit(visitor: Visitor):
        failures = []
        for number in range(DRAWN):
            dice = dice_for("tokens", number)
            prompt = f"Write {dice.randint(40, 300)} words about {word(dice)}."
            whole = await visitor.create(prompt)
            cost = whole["usage"]["output_tokens"]
            limit = dice.randint(16, cost - 1)
            cut = await visitor.create(prompt, max_output_tokens=limit)
            enough = await visitor.create(prompt, max_output_tokens=dice.randint(cost, 2 * cost))
            if enough["status"] != "completed" or text_of(enough) != text_of(whole):
                failures.append((prompt, "enough", enough["status"]))
            said = cut["status"], cut["incomplete_details"], cut["completed_at"]
            if said != ("incomplete", {"reason": "max_output_tokens"}, None):
                failures.append((prompt, limit, said))
            if cut["usage"]["output_tokens"] > limit or not text_of(whole).startswith(text_of(cut)):
                failures.append((prompt, limit, cut["usage"], text_of(cut)))
        return failures

    assert visiting(visit) == []


def test_sums_are_reckoned_from_the_numbers_that_are_said():
    """Without any tool; where the numbers are not said, or were said long ago, nobody reckons."""

    async def visit(visitor: Visitor):
        failures = []
        for number in range(DRAWN):
            dice = dice_for("sum", number)
            sign, work = dice.choice([("+", int.__add__), ("-", int.__sub__), ("*", int.__mul__)])
            one, other = dice.randint(100, 999), dice.randint(100, 999)
            asks = dice.choice(["What is {}?", "Compute {}.", "How much is {}?", "{} ="])
            said = await visitor.create(asks.format(f"{one} {sign} {other}"))
            unsaid = await visitor.create(
                "What is the result?", previous_response_id=said["id"] if number % 2 else None
            )
            wanted = f"= {work(one, other)}"
            if not text_of(said).endswith(wanted) or wanted in text_of(unsaid):
                failures.append((one, sign, other, text_of(said), text_of(unsaid)))
        return failures

    assert visiting(visit) == []
