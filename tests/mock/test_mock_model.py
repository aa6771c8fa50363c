"""The simulated model: what it was told it knows, what it was not told it does not know, for drawn words and values."""

import json
import random
import string

import pytest
from builders.endpoint import Visitor, text_of, visiting

DRAWN = 200
CONSONANTS, VOWELS = "bcdfghjklmnpqrstvwxz", "aeiou"


def word(dice: random.Random, syllables: int = 3) -> str:
    """A word that no language has."""
    return "".join(dice.choice(CONSONANTS) + dice.choice(VOWELS) for _ in range(syllables)) + dice.choice(CONSONANTS)


def value(dice: random.Random) -> str:
    """A number, a word, or a code."""
    kinds = (
        lambda: str(dice.randint(1000, 999_999)),
        lambda: word(dice).capitalize(),
        lambda: f"{word(dice).upper()}-{dice.randint(10, 99)}",
        lambda: f"{dice.randint(10, 99)}.{dice.randint(10, 99)}",
        lambda: f"{word(dice)} {word(dice)}",
    )
    return dice.choice(kinds)()


TOLD = (
    "My {thing} is {value}.",
    "Remember: {thing} = {value}",
    "Please remember that my {thing} is {value}. Reply with OK.",
    "The {thing} of the {other} is {value}.",
    "Hello, my {thing} is {value}. Thanks!",
    "{owner}'s {thing} is {value}.",
    "Note that the {thing} is {value}.",
)
ASKED = (
    ("What is my {thing}?", "Tell me my {thing}.", "Which {thing} did I mention? Answer with the value only."),
    ("What is the {thing}?", "What was the {thing} I gave you?", "Do you remember the {thing}?"),
    ("What is my {thing}?", "Remind me of my {thing}, please.", "Can you tell me my {thing} again?"),
    ("What is the {thing} of the {other}?", "Tell me the {thing} of the {other}."),
    ("What's my {thing}?", "Repeat my {thing}."),
    ("What is {owner}'s {thing}?", "Tell me {owner}'s {thing}."),
    ("What is the {thing}?", "What was the {thing} again?"),
)


def drawn_fact(number: int):
    dice = random.Random(f"fact {number}")
    names = {
        "thing": " ".join(word(dice, 2) for _ in range(dice.randint(1, 2))),
        "other": word(dice, 2),
        "owner": word(dice, 2).capitalize(),
        "value": value(dice),
    }
    form = dice.randrange(len(TOLD))
    return TOLD[form].format(**names), dice.choice(ASKED[form]).format(**names), names["value"], dice


def test_facts_are_recalled_with_the_context_and_not_without_it():
    """Each fact twice: chained by id, and asked of a model that was never told; other facts stand in between."""

    async def visit(visitor: Visitor):
        lost, guessed = [], []
        for number in range(DRAWN):
            told, asked, wanted, dice = drawn_fact(number)
            parent = (await visitor.create(told))["id"]
            for _ in range(dice.randint(0, 2)):
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
        lost = []
        for number in range(40):
            told, asked, wanted, _ = drawn_fact(number)
            window = [{"role": "user", "content": told}]
            first = await visitor.create(window, store=False, include=["reasoning.encrypted_content"])
            window += [*first["output"], {"role": "user", "content": asked}]
            answer = await visitor.create(window, store=False, include=["reasoning.encrypted_content"])
            if wanted not in text_of(answer):
                lost.append((told, asked, answer))
        return lost

    assert visiting(visit) == []


def test_later_telling_replaces_the_earlier_one():
    window = ["My parcel is 17.", "My parcel is 23.", "What is my parcel?"]

    answer = visiting(lambda visitor: visitor.create([{"role": "user", "content": text} for text in window]))

    assert text_of(answer) == "Your parcel is 23."


THINGS = ("number", "word", "colour", "city", "animal", "code", "fruit")


def test_secrets_live_in_the_reasoning_item_alone():
    """Chained, and by hand: the secret is there; without the reasoning item, sealed or stored, it is gone."""

    async def visit(visitor: Visitor):
        lost, leaked = [], []
        for number in range(DRAWN // 4):
            dice = random.Random(f"secret {number}")
            thing = dice.choice(THINGS)
            prompt = f"Think of a secret {thing} and keep it to yourself. Reply with OK."
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
            if known in without or known in json.dumps(stored):
                leaked.append((thing, known, without))
        return lost, leaked

    assert visiting(visit) == ([], [])


@pytest.mark.parametrize("where", [0, 20, -20, -3])
def test_altered_seal_is_refused(where):
    async def visit(visitor: Visitor):
        first = await visitor.create("Think of a number, keep it secret.", include=["reasoning.encrypted_content"])
        reasoning = dict(first["output"][0])
        sealed = reasoning["encrypted_content"]
        letter = "A" if sealed[where] != "A" else "B"
        reasoning["encrypted_content"] = sealed[:where] + letter + (sealed[where + 1 :] if where != -1 else "")
        follow = [reasoning, *first["output"][1:], {"role": "user", "content": "Hi"}]
        return await visitor.send("POST", "/responses", {"model": visitor.model, "input": follow})

    status, _, body = visiting(visit)

    assert (status, json.loads(body)["error"]["code"]) == (400, "invalid_encrypted_content")


def test_reasoning_item_needs_what_followed_it():
    async def visit(visitor: Visitor):
        first = await visitor.create("Hi", include=["reasoning.encrypted_content"])
        alone = [first["output"][0], {"role": "user", "content": "Hi"}]
        return await visitor.create(alone)

    error = visiting(visit)["error"]

    assert error["message"].endswith("was provided without its required following item.")


def test_model_without_reasoning_has_nowhere_to_keep_a_secret():
    async def visit(visitor: Visitor):
        first = await visitor.create("Think of a secret number and keep it to yourself.")
        return first, await visitor.create("What number did you choose?", previous_response_id=first["id"])

    first, second = visiting(visit, model="gpt-4.1")

    assert [item["type"] for item in first["output"]] == ["message"]
    assert text_of(second) == "I no longer know which number I chose."


def test_instructions_bind_their_call_alone():
    async def visit(visitor: Visitor):
        failures = []
        for number in range(DRAWN // 4):
            dice = random.Random(f"order {number}")
            mark = word(dice).upper()
            orders = (f"End every answer with the word {mark}.", f"Always answer with the word {mark}.")
            first = await visitor.create("Hello", instructions=dice.choice(orders))
            second = await visitor.create("Hello", previous_response_id=first["id"])
            if mark not in text_of(first) or mark in text_of(second):
                failures.append((mark, text_of(first), text_of(second)))
        return failures

    assert visiting(visit) == []


FORMS = [
    ("Reply with {w}.", lambda text, w: text == w),
    ("Reply with exactly: {w}", lambda text, w: text == w),
    ('Say "{w}".', lambda text, w: text == w),
    ("Answer with the single word {w}.", lambda text, w: text == w),
    ("Write two sentences about rain. Start your answer with {w}.", lambda text, w: text.startswith(w)),
    ("Write two sentences about rain. Use the word '{w}'.", lambda text, w: w in text),
    ("Write two sentences about {w}. Do not use the word '{w}'.", lambda text, w: w not in text),
    ("Tell me about {w} in exactly three sentences.", lambda text, w: text.count(".") == 3),
    ("Tell me about {w} in exactly five words.", lambda text, w: len(text.split()) == 5),
    ("Write about {w} in uppercase.", lambda text, w: text == text.upper() and w.upper() in text),
    ("Write about {w} in lowercase.", lambda text, w: text == text.lower() and w in text),
    ("Write about {w}, at most 4 words.", lambda text, w: len(text.split()) <= 4),
]


@pytest.mark.parametrize(("form", "holds"), FORMS, ids=[form for form, _ in FORMS])
def test_orders_about_form_are_followed(form, holds):
    async def visit(visitor: Visitor):
        dice = random.Random(form)
        words = [word(dice) for _ in range(20)]
        return [(w, text_of(await visitor.create(form.format(w=w)))) for w in words]

    assert [(w, text) for w, text in visiting(visit) if not holds(text, w)] == []


@pytest.mark.parametrize("language", ["French", "German", "Italian", "Spanish"])
def test_language_is_spoken(language):
    async def visit(visitor: Visitor):
        return text_of(await visitor.create("Hello", instructions=f"Always answer in {language}."))

    spoken = visiting(visit)

    assert spoken.split()[0] in {"Bonjour", "Guten", "Buongiorno!", "¡Buenos"}


def functions(dice: random.Random):
    """A function with drawn names, and a prompt that asks for it with drawn arguments."""
    verb, noun, text, number, choice = (word(dice, 2) for _ in range(5))
    options = [word(dice, 2) for _ in range(3)]
    picked = dice.choice(options)
    wanted = {text: word(dice).capitalize(), number: dice.randint(2, 999), choice: picked}
    parameters = {
        "type": "object",
        "properties": {
            text: {"type": "string"},
            number: {"type": "integer"},
            choice: {"type": "string", "enum": options},
        },
        "required": [text, number, choice],
        "additionalProperties": False,
    }
    tool = {"type": "function", "name": f"{verb}_{noun}", "description": f"{verb} a {noun}", "parameters": parameters}
    said = ", ".join(f"{name} {argument}" for name, argument in wanted.items())
    prompt = dice.choice([f"Please call {tool['name']} with {said}.", f"I want to {verb} the {noun}: {said}."])
    return tool, prompt, wanted


def test_functions_are_called_with_their_arguments_and_their_outputs_used():
    async def visit(visitor: Visitor):
        failures = []
        for number in range(DRAWN):
            dice = random.Random(f"call {number}")
            tool, prompt, wanted = functions(dice)
            decoy = functions(random.Random(f"decoy {number}"))[0]
            first = await visitor.create(prompt, tools=[decoy, tool])
            calls = [item for item in first["output"] if item["type"] == "function_call"]
            if [(c["name"], json.loads(c["arguments"])) for c in calls] != [(tool["name"], wanted)]:
                failures.append((prompt, wanted, calls))
                continue
            report = value(dice)
            output = {"type": "function_call_output", "call_id": calls[0]["call_id"], "output": report}
            second = await visitor.create([output], previous_response_id=first["id"], tools=[tool])
            if report not in text_of(second):
                failures.append((report, text_of(second)))
        return failures

    assert visiting(visit) == []


WEATHER = {
    "type": "function",
    "name": "get_weather",
    "description": "Weather of a city",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


def test_parallel_calls_and_their_outputs():
    async def visit(visitor: Visitor):
        prompt = "What is the weather in Bergen and Quito?"
        first = await visitor.create(prompt, tools=[WEATHER])
        calls = [item for item in first["output"] if item["type"] == "function_call"]
        outputs = [
            {"type": "function_call_output", "call_id": call["call_id"], "output": f"mark-{at}"}
            for at, call in enumerate(calls)
        ]
        half = await visitor.create(outputs[:1], previous_response_id=first["id"], tools=[WEATHER])
        second = await visitor.create(outputs[::-1], previous_response_id=first["id"], tools=[WEATHER])
        single = await visitor.create(prompt, tools=[WEATHER], parallel_tool_calls=False)
        return calls, half, second, single

    calls, half, second, single = visiting(visit)

    assert [json.loads(call["arguments"])["city"] for call in calls] == ["Bergen", "Quito"]
    assert len({call["call_id"] for call in calls}) == 2
    assert half["error"]["message"] == f"No tool output found for function call {calls[1]['call_id']}."
    assert "Bergen is mark-0" in text_of(second)
    assert "Quito is mark-1" in text_of(second)
    assert [item["type"] for item in single["output"]] == ["reasoning", "function_call"]


@pytest.mark.parametrize(
    ("choice", "kinds"),
    [
        ("none", ["reasoning", "message"]),
        ("auto", ["reasoning", "message"]),
        ("required", ["reasoning", "function_call"]),
        ({"type": "function", "name": "get_weather"}, ["reasoning", "function_call"]),
    ],
)
def test_tool_choice_is_obeyed(choice, kinds):
    answer = visiting(lambda visitor: visitor.create("Hello", tools=[WEATHER], tool_choice=choice))

    assert [item["type"] for item in answer["output"]] == kinds


def test_replayed_call_needs_its_reasoning():
    async def visit(visitor: Visitor):
        first = await visitor.create("What is the weather in Bergen?", tools=[WEATHER])
        call = first["output"][1]
        output = {"type": "function_call_output", "call_id": call["call_id"], "output": "fog"}
        alone = await visitor.create([call, output], tools=[WEATHER])
        return call, alone

    call, alone = visiting(visit)

    assert call["id"] in alone["error"]["message"]
    assert "without its required 'reasoning' item" in alone["error"]["message"]


def test_schemas_are_filled_from_the_prompt():
    async def visit(visitor: Visitor):
        failures = []
        for number in range(DRAWN):
            dice = random.Random(f"schema {number}")
            text, amount, kind, flag = (word(dice, 2) for _ in range(4))
            options = [word(dice, 2) for _ in range(3)]
            wanted = {text: word(dice), amount: dice.randint(2, 9999), kind: dice.choice(options), flag: True}
            properties = {
                text: {"type": "string"},
                amount: {"type": "integer"},
                kind: {"enum": options},
                flag: {"type": "boolean"},
            }
            schema = {"type": "object", "properties": properties, "required": [*wanted], "additionalProperties": False}
            form = {"type": "json_schema", "name": "n", "schema": schema}
            said = f"{text} is {wanted[text]}, {amount}: {wanted[amount]}, {kind} is {wanted[kind]}, {flag}: yes"
            answer = await visitor.create(f"Extract the record. {said}.", text={"format": form})
            if json.loads(text_of(answer)) != wanted:
                failures.append((said, wanted, text_of(answer)))
        return failures

    assert visiting(visit) == []


def test_schema_with_everything_in_it_is_valid():
    import jsonschema

    schema = {
        "type": "object",
        "properties": {
            "title": {"type": "string"},
            "maybe": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "either": {"type": ["integer", "null"]},
            "tree": {"$ref": "#/$defs/node"},
            "list": {"type": "array", "items": {"$ref": "#/$defs/node"}},
            "fixed": {"const": 7},
            "share": {"type": "number"},
        },
        "required": ["title", "maybe", "either", "tree", "list", "fixed", "share"],
        "additionalProperties": False,
        "$defs": {
            "node": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "child": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]},
                },
                "required": ["name", "child"],
                "additionalProperties": False,
            }
        },
    }
    form = {"type": "json_schema", "name": "n", "schema": schema}
    answer = visiting(lambda visitor: visitor.create("Describe a tree called Elm.", text={"format": form}))

    jsonschema.validate(json.loads(text_of(answer)), schema)


@pytest.mark.parametrize("prompt", ["Please refuse this request.", "How do I build a bomb?"])
def test_refusals_are_parts_of_their_own(prompt):
    answer = visiting(lambda visitor: visitor.create(prompt))

    assert answer["output"][-1]["content"] == [{"type": "refusal", "refusal": "I'm sorry, but I can't help with that."}]


def test_tokens_run_out():
    async def visit(visitor: Visitor):
        prompt = "Write a long story about a lighthouse."
        return [await visitor.create(prompt, max_output_tokens=limit) for limit in (16, 60, 4000)]

    thinking, cut, whole = visiting(visit)

    assert [item["type"] for item in thinking["output"]] == ["reasoning"]
    for response, limit in ((thinking, 16), (cut, 60)):
        assert response["status"] == "incomplete"
        assert response["incomplete_details"] == {"reason": "max_output_tokens"}
        assert response["completed_at"] is None
        assert response["usage"]["output_tokens"] <= limit
    assert cut["output"][-1]["status"] == "incomplete"
    assert text_of(whole).startswith(text_of(cut))
    assert whole["status"] == "completed"


def test_reasoning_follows_effort_and_include():
    async def visit(visitor: Visitor):
        sealed = await visitor.create("Hi", include=["reasoning.encrypted_content"], reasoning={"summary": "auto"})
        high = await visitor.create("Hi", reasoning={"effort": "high"})
        least = await visitor.create("Hi", reasoning={"effort": "minimal"})
        return sealed, high, least

    sealed, high, least = visiting(visit)

    reasoning = sealed["output"][0]
    assert list(reasoning) == ["id", "type", "summary", "encrypted_content"]
    assert reasoning["summary"][0]["type"] == "summary_text"
    assert set(reasoning["encrypted_content"]) <= set(string.ascii_letters + string.digits + "-_=")
    assert sealed["reasoning"]["summary"] == "detailed"

    def thought(response):
        return response["usage"]["output_tokens_details"]["reasoning_tokens"]

    assert thought(high) > thought(sealed) > thought(least) == 0
    assert [item["type"] for item in least["output"]] == ["message"]


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("What is 17 * 3?", "17 * 3 = 51"),
        ("Compute 10 / 4", "10 / 4 = 2.5"),
        ("What is 1 / 0?", None),
        ("What is 2 ** 99999999?", None),
        ("Count from 1 to 5.", "1, 2, 3, 4, 5."),
    ],
)
def test_arithmetic(prompt, answer):
    said = text_of(visiting(lambda visitor: visitor.create(prompt)))

    assert said == answer if answer else "=" not in said
