"""Regions, models and versions: what can be had where, what a model cannot do, what is known to go wrong."""

import base64
import io
import json
import time
from typing import Any

import pytest
from builders.container_signs import uploaded
from builders.endpoint import Visitor, text_of, visiting

from harness.catalogue import Catalogue, Documented
from harness.mock.bases import PICTURE
from harness.mock.issues import ISSUES
from harness.mock.offered import MODELS, REGIONS, named

SCHEMA = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
FORMAT = {"format": {"type": "json_schema", "name": "n", "schema": SCHEMA}}
TOOL = {"type": "function", "name": "roll", "parameters": {"type": "object", "properties": {}}}
IMAGE = [{"role": "user", "content": [{"type": "input_image", "image_url": f"data:image/png;base64,{PICTURE}"}]}]


async def ask(visitor: Visitor, prompt: object = "Hi", **more: Any) -> tuple[int, Any, dict]:
    asked = {"model": visitor.model, "input": prompt, **more}
    status, lines, body = await visitor.send("POST", "/responses", asked)
    return status, lines, json.loads(body)


def test_table_of_models_agrees_with_the_catalogue():
    """Two hands: whatever is documented of a model in the table is what the table says."""
    catalogue = Catalogue.load()
    efforts = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
    wrong = []
    for name, model in MODELS.items():
        for effort in efforts:
            told = catalogue.documents(f"effort_{effort}", name).answer
            if told is not Documented.UNKNOWN and (told is Documented.YES) != (effort in model.efforts):
                wrong.append((name, effort))
        for feature, has in (("reasoning", model.reasons), ("parallel_functions", model.parallel)):
            told = catalogue.documents(feature, name).answer
            if told is not Documented.UNKNOWN and (told is Documented.YES) != has:
                wrong.append((name, feature))
        for version in catalogue.model(name).versions:
            dated = named(f"{name}@{version.name}")
            for stated, own in ((version.context, dated.context_window), (version.output, dated.max_output_tokens)):
                if stated is not None and stated.value != own:
                    wrong.append((name, version.name, stated.value))
    assert wrong == []


def test_every_model_and_region_of_the_guide_is_here():
    catalogue = Catalogue.load()
    texts = {name for name in catalogue.models if catalogue.documents("text", name).answer is not Documented.NO}

    assert texts <= set(MODELS)
    assert {one.id: one.name for one in catalogue.regions.values() if one.listed}.items() <= REGIONS.items()


@pytest.mark.parametrize(
    ("model", "region", "status"),
    [
        ("gpt-5-mini", "swedencentral", 200),
        ("gpt-5-mini@2025-08-07", "eastus2", 200),
        ("gpt-5-mini@2025-08-07:global_standard", "swedencentral", 200),
        ("gpt-5-mini@2025-08-07:regional_batch", "swedencentral", 404),
        ("gpt-5-mini@1999-01-01", "swedencentral", 200),
        ("computer-use-preview", "eastus2", 200),
        ("computer-use-preview", "italynorth", 404),
        ("gpt-5-mini", "atlantis", 404),
    ],
)
def test_deployments_exist_where_the_catalogue_offers_them(model: str, region: str, status: int):
    got, _, body = visiting(ask, model=model, deployments={"mine": model}, region=region)

    assert got == status
    assert status == 200 or body["error"]["code"] == "DeploymentNotFound"


def test_header_says_which_version_was_served():
    async def visit(visitor: Visitor):
        return [(await ask(visitor, model=name))[1]["x-ms-served-model"] for name in visitor.room.deployments]

    served = visiting(visit, deployments={"a": "gpt-4.1", "b": "o3@2025-04-16", "c": "something-new"})

    assert served == ["gpt-4.1-2025-04-14", "o3-2025-04-16", "something-new"]


CANNOT = [
    ("o3-mini", {"prompt": IMAGE}, "input[0].content[0]"),
    ("o3-mini", {"reasoning": {"summary": "auto"}}, "reasoning.summary"),
    ("gpt-4.1", {"reasoning": {"summary": "auto"}}, "reasoning.summary"),
    ("gpt-4.1", {"reasoning": {"effort": "low"}}, "reasoning.effort"),
    ("gpt-5-mini", {"reasoning": {"effort": "none"}}, "reasoning.effort"),
    ("gpt-5-mini", {"reasoning": {"mode": "pro"}}, "reasoning.mode"),
    ("gpt-5-pro", {"stream": True}, "stream"),
    ("gpt-5-pro", {"reasoning": {"effort": "low"}}, "reasoning.effort"),
    ("o3", {"temperature": 1}, "temperature"),
    ("o1", {"stream": True}, "stream"),
    ("gpt-4o@2024-05-13", {"text": FORMAT}, "text.format"),
    (
        "o3-mini",
        {"prompt": [{"role": "user", "content": [{"type": "input_file", "file_id": "f"}]}]},
        "input[0].content[0]",
    ),
]


@pytest.mark.parametrize(("model", "asked", "param"), CANNOT)
def test_what_a_model_cannot_do_is_refused(model: str, asked: dict, param: str):
    places = [name for name, shown in REGIONS.items() if shown]
    name = model.partition("@")[0]
    region = next(one for one in places if Catalogue.load().documents("text", name, one).answer is not Documented.NO)

    status, _, body = visiting(lambda visitor: ask(visitor, **asked), model=model, region=region)

    assert (status, body["error"]["param"]) == (400, param), body
    assert body["error"]["type"] == "invalid_request_error"


def test_what_a_model_can_do_is_not():
    async def visit(visitor: Visitor):
        asked = ({"prompt": IMAGE}, {"text": FORMAT}, {"tools": [TOOL]}, {"reasoning": {"summary": "auto"}})
        return [(await ask(visitor, **one))[0] for one in asked]

    assert visiting(visit) == [200] * 4


def test_images_as_files_are_a_known_issue():
    async def visit(visitor: Visitor):
        file_id = await uploaded(visitor, "dot.png", base64.b64decode(PICTURE))
        image = [{"role": "user", "content": [{"type": "input_image", "file_id": file_id}]}]
        return await ask(visitor, image)

    status, _, body = visiting(visit, script={"issues": ["images-not-as-files"]})

    assert (status, body["error"]["param"]) == (400, "input[0].content[0].file_id")
    assert visiting(visit)[0] == 200


def test_compactions_that_can_be_continued_are_a_known_issue():
    async def visit(visitor: Visitor):
        asked = {"model": visitor.model, "input": "My parcel is 4417."}
        compaction = json.loads((await visitor.send("POST", "/responses/compact", asked))[2])
        follow = await ask(visitor, "What is my parcel?", previous_response_id=compaction["id"])
        return follow, await visitor.get(f"/responses/{compaction['id']}")

    follow, read = visiting(visit, script={"issues": ["chain-on-compaction"]})

    assert "4417" in text_of(follow[2])
    assert read[0] == 404
    assert visiting(visit)[0][0] == 400


def test_encrypted_reasoning_by_default_is_a_known_issue():
    async def visit(visitor: Visitor):
        return [(await visitor.create("Hi", store=store))["output"][0] for store in (True, False)]

    def sealed(**opening: Any) -> list[bool]:
        return ["encrypted_content" in item for item in visiting(visit, **opening)]

    assert sealed(script={"issues": ["encrypted-by-default"]}) == [False, True]
    assert sealed() == [False, False]


def test_large_tool_definitions_are_a_known_issue():
    tool = {**TOOL, "description": "long " * 250_000}

    async def visit(visitor: Visitor):
        body = io.BytesIO(json.dumps({"model": visitor.model, "input": "Hi", "tools": [tool]}).encode())
        lines = {"api-key": visitor.room.key}
        async with visitor.session.post(f"{visitor.room.url}/responses", data=body, headers=lines) as reply:
            return reply.status, (await ask(visitor, tools=[TOOL]))[0]

    script = {"issues": ["large-tools-fail"]}

    assert visiting(visit, model="gpt-4.1", script=script) == (500, 200)


def test_parallel_calls_without_tools_are_a_known_issue():
    async def visit(visitor: Visitor):
        asked = [{"parallel_tool_calls": False}, {"parallel_tool_calls": False, "tools": [TOOL]}, {}]
        return [(await ask(visitor, **one))[0] for one in asked]

    assert visiting(visit, script={"issues": ["parallel-without-tools"]}) == [400, 200, 200]
    assert visiting(visit) == [200, 200, 200]


def test_slow_background_streams_are_a_known_issue():
    async def visit(visitor: Visitor):
        return (await visitor.send("POST", "/responses", {**ASKED, "model": visitor.model}))[0]

    began = time.perf_counter()
    assert visiting(visit, script={"issues": ["background-stream-slow"]}) == 200
    assert time.perf_counter() - began > 0.2


ASKED = {"input": "Hi", "background": True, "stream": True}


def test_issues_are_named_or_refused():
    assert {"user-data", "chain-on-compaction"} <= set(ISSUES)
    with pytest.raises(ValueError, match="did you mean `user-data`"):
        visiting(ask, script={"issues": ["userdata"]})
    with pytest.raises(ValueError, match="list of names"):
        visiting(ask, script={"issues": "user-data"})
