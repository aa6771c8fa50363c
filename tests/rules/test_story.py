"""What is read from items and exchanges, in whichever form they come."""

import pytest

from harness.rules.story import items_of, kind, said, text_of


@pytest.mark.parametrize(
    ("given", "items"),
    [
        ("Hi.", [{"type": "message", "role": "user", "content": "Hi."}]),
        ("", [{"type": "message", "role": "user", "content": ""}]),
        ([{"a": 1}, "b", None, {"c": 2}], [{"a": 1}, {"c": 2}]),
        (None, []),
        ({"type": "message"}, []),
    ],
)
def test_input_as_items(given, items):
    assert items_of(given) == items


@pytest.mark.parametrize(
    ("item", "type_"), [({}, "message"), ({"type": "reasoning"}, "reasoning"), ({"type": None}, ""), ({"type": 7}, "")]
)
def test_the_kind_of_an_item(item, type_):
    assert kind(item) == type_


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ({"content": "Hi."}, "Hi."),
        ({"content": "Hi.", "output": "x"}, "Hi."),
        ({"content": [{"text": "a"}, {"text": 7}, "b", {"refusal": "c"}, {"text": "d"}]}, "a\nd"),
        ({"arguments": '{"a": 1}'}, '{"a": 1}'),
        ({"input": "print(1)"}, "print(1)"),
        ({"output": [{"text": "é"}]}, '[{"text": "é"}]'),
        ({"output": {"a": 1}, "arguments": "x"}, 'x\n{"a": 1}'),
        ({"content": None, "output": 7}, ""),
    ],
)
def test_all_that_an_item_says(item, text):
    assert text_of(item) == text


def test_all_that_items_say():
    assert said([{"content": "a"}, {"output": "b"}]) == "a\nb"
    assert said(None) == said([]) == ""
