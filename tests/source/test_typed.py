"""A document held against a model: every mistake at its place, none of them in pydantic's words."""

from typing import Annotated, Any, ClassVar, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, field_validator

from harness.source.document import parse
from harness.source.place import Refused
from harness.source.typed import SENTENCES, checked, read


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    noun: ClassVar[str] = "an inner thing"
    later: ClassVar[dict[str, str]] = {"someday": "use `size` until then"}

    size: int = Field(0, ge=1, le=10)
    share: float = Field(0.5, gt=0, lt=1)
    kind: Literal["plain", "stream"] = "plain"


class Thing(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    noun: ClassVar[str] = "a thing"

    name: str = Field(min_length=1, max_length=5)
    flag: bool = False
    inner: Inner = Inner()
    many: list[Inner] = Field([], max_length=2)
    some: list[int] = Field([1], min_length=1)
    kinds: list[Literal["a", "b"]] = []
    free: dict[str, Any] = {}
    named: dict[str, Inner] = {}
    either: Annotated[int, Field(ge=0)] | str | None = None
    checked: str = ""

    @field_validator("checked")
    @classmethod
    def no_colon(cls, value: str) -> str:
        if ":" in value:
            raise ValueError("a colon cannot stand here", "leave it out")
        return value


def told(text: str) -> list[tuple[str, str | None, str]]:
    (document,) = parse(text.encode(), "x.yaml")
    with pytest.raises(Refused) as refused:
        read(document, Thing)
    return [(each.message, each.hint, f"{each.place.line}:{each.place.column}") for each in refused.value.diagnostics]


def test_a_document_becomes_a_value():
    (document,) = parse(b"name: x\nmany: [{size: 2}, {share: 0.25}]\nfree: {a: [1]}", "x.yaml")
    thing = read(document, Thing)
    assert (thing.name, thing.many[0].size, thing.many[1].share, thing.free) == ("x", 2, 0.25, {"a": [1]})


@pytest.mark.parametrize(
    ("text", "message", "hint", "place"),
    [
        ("nam: x\nname: y", "unknown key `nam` in a thing", "did you mean `name`?", "1:1"),
        ("flag: true", "`name` is missing in a thing", None, "1:1"),
        ("name: 12", "`name` must be text, not the number 12", 'text stands in quotes: "12"', "1:7"),
        ("name: true", "`name` must be text, not `true`", 'text stands in quotes: "true"', "1:7"),
        ("name:", "`name` must be text, not empty", "write a text behind it", "1:6"),
        ("name: [a]", "`name` must be text, not a list", None, "1:7"),
        ("name: ''", "`name` must not be empty", None, "1:7"),
        ("name: toolong", "`name` has more than 5 characters", None, "1:7"),
        ("name: x\nflag: no", "`flag` must be true or false, not the text `no`", None, "2:7"),
        ("name: x\ninner: 5", "`inner` must be a mapping, not the number 5", None, "2:8"),
        ("name: x\ninner: {size: 0}", "`size` must be at least 1, not the number 0", None, "2:15"),
        ("name: x\ninner: {size: 11}", "`size` must be at most 10, not the number 11", None, "2:15"),
        ("name: x\ninner: {size: '2'}", "`size` must be a whole number, not the text `2`", None, "2:15"),
        ("name: x\ninner: {size: 2.5}", "`size` must be a whole number, not the number 2.5", None, "2:15"),
        ("name: x\ninner: {share: 0}", "`share` must be above 0.0, not the number 0", None, "2:16"),
        ("name: x\ninner: {share: 1}", "`share` must be below 1.0, not the number 1", None, "2:16"),
        ("name: x\ninner: {share: a}", "`share` must be a number, not the text `a`", None, "2:16"),
        ("name: x\ninner: {kind: strem}", "`kind` cannot be the text `strem`", "did you mean `stream`?", "2:15"),
        ("name: x\ninner: {sise: 1}", "unknown key `sise` in an inner thing", "did you mean `size`?", "2:9"),
        ("name: x\ninner: {someday: 1}", "`someday` is not built yet in this version", "use `size` until then", "2:9"),
        ("name: x\nmany: {a: b}", "`many` must be a list, not a mapping", None, "2:7"),
        ("name: x\nmany: x", "`many` must be a list, not the text `x`", "write `[x]`", "2:7"),
        ("name: x\nmany: [{}, {}, {}]", "`many` must hold at most 2, not 3", None, "2:7"),
        ("name: x\nmany: [1]", "entry 1 of `many` must be a mapping, not the number 1", None, "2:8"),
        ("name: x\nmany: [{}, {sice: 1}]", "unknown key `sice` in an inner thing", "did you mean `size`?", "2:13"),
        ("name: x\nsome: []", "`some` must hold at least 1, not 0", None, "2:7"),
        ("name: x\nsome: [1, b]", "entry 2 of `some` must be a whole number, not the text `b`", None, "2:11"),
        ("name: x\nkinds: [a, c]", "entry 2 of `kinds` cannot be the text `c`", "one of a, b", "2:12"),
        ("name: x\nfree: [a]", "`free` must be a mapping, not a list", None, "2:7"),
        ("name: x\nnamed: {k: {sise: 1}}", "unknown key `sise` in an inner thing", "did you mean `size`?", "2:13"),
        ("name: x\nchecked: 'a:b'", "`checked`: a colon cannot stand here", "leave it out", "2:10"),
        ("[a]", "a thing must be a mapping, not a list", None, "1:1"),
        ("a", "a thing must be a mapping, not the text `a`", None, "1:1"),
    ],
)
def test_each_mistake(text, message, hint, place):
    assert told(text) == [(message, hint, place)]


class Choice(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    one: Inner | Thing


def test_a_mistake_in_one_of_several_models_is_told_of_each():
    """Which of them was meant cannot be known, so nothing is said in the words of one alone."""
    (document,) = parse(b"one: {size: 99, zzz: 1}", "x.yaml")
    _, mistakes = checked(document, Choice)
    assert {each.message for each in mistakes} == {
        "`size` must be at most 10, not the number 99",
        "unknown key `zzz` in `Choice`",
        "`name` is missing in `Choice`",
        "unknown key `size` in `Choice`",
    }
    assert {str(each.place) for each in mistakes} == {"x.yaml:1:6"}


def test_every_mistake_at_once_and_in_file_order():
    places = [place for _, _, place in told("flag: 1\nname: 2\nmany: [{x: 1}, {size: 99}]\nfree: 3\nzzz: 1")]
    assert places == ["1:7", "2:7", "3:9", "3:23", "4:7", "5:1"]


def test_no_sentence_is_pydantics():
    for text in ("name: 12\nmany: x\neither: [1]", "name: x\neither: {a: b}", "- a"):
        for message, hint, _ in told(text):
            assert "Input should" not in message + (hint or "")
            assert "valid" not in message


def test_hidden_characters_are_escaped_in_what_is_told():
    ((message, _, _),) = told('name: x\nfree: "a\\u202e\\x1b[2J"')
    assert "\\u202e" in message
    assert "\\x1b" in message


def test_the_table_knows_pydantics_own_names():
    """A code that pydantic does not have would be a sentence that is never said."""
    import typing

    from pydantic_core import core_schema

    assert set(SENTENCES) <= set(typing.get_args(core_schema.ErrorType))
