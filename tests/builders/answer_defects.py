"""Defects of what one answer means, made of streams written by hand. Rows as in `reply_defects.DEFECTS`."""

import json

from builders import streams as s
from builders.streams import changed

SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"], "additionalProperties": False}
FORM = {"text": {"format": {"type": "json_schema", "name": "n", "strict": True, "schema": SCHEMA}}}
WEATHER = {
    "type": "function",
    "name": "weather",
    "strict": True,
    "parameters": {
        "type": "object",
        "properties": {"city": {"enum": ["Paris"]}},
        "required": ["city"],
        "additionalProperties": False,
    },
}
ECHO = {"format": {"type": "json_schema", "name": "n", "strict": True}}
LONG = "word " * 1_200


def says(*deltas: str, **fields: object) -> s.Events:
    """A stream of one message."""
    return s.message(s.Telling(**fields).begin(), *deltas).end()


def used(events: s.Events, output: int) -> s.Events:
    """The stream with so many output tokens counted."""
    events = changed(events, -1, "/response/usage/output_tokens", output)
    return changed(events, -1, "/response/usage/total_tokens", 31 + output)


def calls(*cities: str, **fields: object) -> s.Events:
    """A stream of calls of the weather."""
    telling = s.Telling(**fields).begin()
    for city in cities:
        s.call(telling, json.dumps({"city": city}))
    return telling.end()


def unthought() -> s.Events:
    return changed(s.x3(), -1, "/response/usage/output_tokens_details/reasoning_tokens", 0)


TOOLS = {"tools": [WEATHER]}
OTHER = {"tools": [{**WEATHER, "name": "rain"}]}
DEFECTS = [
    ("B37", unthought(), {}, "sem.reasoning_usage", "note", "/usage/output_tokens_details/reasoning_tokens"),
    ("B41", calls("Paris"), OTHER, "tool.unknown_name", "error", "/output/0/name"),
    ("B42", calls("Rome"), TOOLS, "tool.args_schema", "error", "/output/0/arguments"),
    (
        "B43 none",
        calls("Paris", tool_choice="none"),
        {**TOOLS, "tool_choice": "none"},
        "tool.choice_ignored",
        "error",
        "/output/0",
    ),
    (
        "B43 required",
        says("No.", tool_choice="required"),
        {**TOOLS, "tool_choice": "required"},
        "tool.choice_ignored",
        "error",
        "/output",
    ),
    (
        "B43 named",
        calls("Paris", tool_choice={"type": "function", "name": "rain"}),
        {"tools": [WEATHER, *OTHER["tools"]], "tool_choice": {"type": "function", "name": "rain"}},
        "tool.choice_ignored",
        "error",
        "/output",
    ),
    (
        "B44",
        calls("Paris", "Paris", parallel_tool_calls=False),
        {**TOOLS, "parallel_tool_calls": False},
        "tool.parallel_ignored",
        "error",
        "/output/1",
    ),
    (
        "B55",
        used(says("It ", "is.", max_output_tokens=40), 99),
        {"max_output_tokens": 40},
        "sem.limit_ignored",
        "error",
        "/usage/output_tokens",
    ),
    (
        "B56",
        used(says("It is ", "a da", max_output_tokens=40), 40),
        {"max_output_tokens": 40},
        "sem.truncated_as_completed",
        "error",
        "/status",
    ),
    (
        "B57",
        s.message(s.Telling().begin(), "a", status="incomplete").end(
            "incomplete", incomplete_details={"reason": "fatigue"}
        ),
        {},
        "sem.incomplete_reason",
        "note",
        "/incomplete_details/reason",
    ),
    ("B58 no JSON", says("a is 1", text=ECHO), FORM, "sem.schema_violation", "error", "/output/0/content"),
    ("B58 missing", says("{}", text=ECHO), FORM, "sem.schema_violation", "error", "/output/0/content"),
    ("B58 extra", says('{"a":1,"b":2}', text=ECHO), FORM, "sem.schema_violation", "error", "/output/0/content"),
    ("B58 twice", says('{"a":1,"a":2}', text=ECHO), FORM, "sem.schema_violation", "error", "/output/0/content"),
    ("B59", says("I'm sorry, ", "no.", text=ECHO), FORM, "sem.refusal_shape", "note", "/output"),
    ("B66 no item", s.Telling().begin().end(), {}, "sem.filter_silent", "error", "/output"),
    ("B66 no word", says(), {}, "sem.filter_silent", "error", "/output"),
    ("B68", says("Hi.", temperature=9), {"temperature": 9}, "sem.invalid_accepted", "error", "/temperature"),
    (
        "B69",
        says("Read."),
        {"input": [{"role": "user", "content": LONG}]},
        "sem.silent_truncation",
        "error",
        "/usage/input_tokens",
    ),
]
PASSES = [
    ("a call of what was offered", calls("Paris"), TOOLS),
    ("loose arguments", calls("Rome"), {"tools": [{**WEATHER, "strict": False}]}),
    ("a call that was demanded", calls("Paris", tool_choice="required"), {**TOOLS, "tool_choice": "required"}),
    (
        "the function that was demanded",
        calls("Paris", tool_choice={"type": "function", "name": "weather"}),
        {**TOOLS, "tool_choice": {"type": "function", "name": "weather"}},
    ),
    ("one call at a time", calls("Paris", parallel_tool_calls=False), {**TOOLS, "parallel_tool_calls": False}),
    ("just as many tokens", used(says("It is.", max_output_tokens=40), 40), {"max_output_tokens": 40}),
    ("an answer that fits", says('{"a":1}', text=ECHO), FORM),
    ("bounds of what may be asked", says("Hi.", temperature=2), {"temperature": 2}),
    (
        "too long an input that may be cut",
        says("Read.", truncation="auto"),
        {"input": LONG, "truncation": "auto"},
    ),
]
"""What the same rules must pass: a name, events, what was asked."""
