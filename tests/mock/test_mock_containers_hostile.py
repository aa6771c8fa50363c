"""Containers, their files and the tool that names them: whatever is sent is answered or refused."""

import asyncio
import json
from collections.abc import Generator
from typing import Any

import pytest
from builders.container_signs import form
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.mock.errands import done
from harness.mock.errors import Refused
from harness.mock.operations import containers, creating
from harness.mock.rooms import Room, Rooms

scalars = st.none() | st.booleans() | st.integers(-5, 90) | st.floats(allow_nan=False) | st.text(max_size=8)
anything = st.recursive(
    scalars | st.sampled_from(["auto", "1g", "last_active_at", "cntr_0"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
expiry = st.fixed_dictionaries({}, optional={"anchor": anything, "minutes": anything}) | anything
SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def room() -> Room:
    return Rooms(nonce="hostile").open(model="gpt-4.1")


def status_of(work: Any) -> int:
    """The status of the answer or of the refusal; what is neither is a fault of ours."""
    try:
        made = work()
        return int((asyncio.run(done(made)) if isinstance(made, Generator) else made).status)
    except Refused as refused:
        return refused.status


@SETTINGS
@given(
    body=st.fixed_dictionaries(
        {}, optional={"name": anything, "expires_after": expiry, "file_ids": anything, "memory_limit": anything}
    )
)
def test_any_container(body: dict[str, Any]):
    assert status_of(lambda: containers.create(room(), json.dumps(body).encode())) in (200, 400, 404)


@SETTINGS
@given(
    container=st.fixed_dictionaries(
        {"type": st.just("auto")}, optional={"file_ids": anything, "memory_limit": anything}
    )
    | anything,
    prompt=st.sampled_from(["Calculate 2 * 3", "Hello", "What is the a of b in the csv?"]) | st.text(max_size=40),
)
def test_any_tool(container: object, prompt: str):
    tool = {"type": "code_interpreter", "container": container}
    body = json.dumps({"model": "gpt-4.1", "input": prompt, "tools": [tool]}).encode()

    assert status_of(lambda: creating.create(room(), body)) in (200, 400, 404)


@SETTINGS
@given(raw=st.binary(max_size=80) | st.builds(form, st.text(max_size=12).map(repr), st.binary(max_size=20)))
def test_any_file(raw: bytes):
    visited = room()
    made = json.loads(containers.create(visited, b'{"name": "a"}').body)

    assert status_of(lambda: containers.add_file(visited, made["id"], raw)) in (200, 400, 404)


TEXTS = st.text(alphabet="ab0123456789.,;|\n\"'=[]{}:- \ufeff\x00é", max_size=120)


@SETTINGS
@given(text=TEXTS, ending=st.sampled_from([".csv", ".json", ".txt", ".xlsx"]), prompt=TEXTS)
def test_any_table(text: str, ending: str, prompt: str):
    """Whatever stands in a file and is asked of it, an answer is made."""
    visited = room()
    made = json.loads(containers.create(visited, b'{"name": "a"}').body)
    added = containers.add_file(visited, made["id"], form(f"t{ending}", text.encode()))
    tool = {"type": "code_interpreter", "container": made["id"]}
    asked = {"model": "gpt-4.1", "input": f"Use python on the file: {prompt}", "tools": [tool]}

    assert added.status == 200
    assert status_of(lambda: creating.create(visited, json.dumps(asked).encode())) == 200


@pytest.mark.parametrize(
    "prompt",
    [
        "Calculate " + "9" * 3_000 + " * " + "9" * 900,
        "Calculate " + "(" * 1_500 + "1 + 1" + ")" * 1_500,
        "Solve " + "x + " * 900 + "x = 4",
        "Solve " + "(" * 900 + "x" + ")" * 900 + " = 4",
        "mean of " + "1, " * 1_200 + "1",
        "What is " + "1 + " * 900 + "1?",
        "Calculate 9 ** 9 ** 9 ** 9",
        "Save " + "a" * 3_000 + ".txt",
        "= " * 1_900,
        "- " * 1_900 + "= 1",
        "x " * 1_900 + "= 1",
    ],
    ids=range(11),
)
def test_prompts_that_want_too_much(prompt: str):
    asked = {
        "model": "gpt-4.1",
        "input": prompt,
        "tools": [{"type": "code_interpreter", "container": {"type": "auto"}}],
    }

    assert status_of(lambda: creating.create(room(), json.dumps(asked).encode())) == 200
