"""Documents that are attached to a request: PDFs and plain texts; read, counted, refused."""

import json
from typing import Any

import pytest
from builders.attachments import asking, create, file_part, image_part, locked, pdf, picture, upload, uri
from builders.client import using
from builders.endpoint import Visitor, text_of, visiting
from hypothesis import given, settings
from hypothesis import strategies as st
from openai import AsyncOpenAI

MODEL = "gpt-5-mini"
PATH = "input[0].content[1]"
REPORT = pdf(
    "Report of the harbour\nThe harbour code is K-4417.",
    "Depth: 12 metres\nThe keeper of the light is Anna Berg.",
    "Nothing else is known.",
    title="Tides of Bergen",
)


HEAVY = pdf("x", heavy=49_999_000)
HEAVY += b"\n" * (49_999_999 - len(HEAVY))


def answered(prompt: str, *parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = visiting(lambda visitor: visitor.create(asking(prompt, *parts), **more))
    return answer


def refusal(*parts: dict[str, Any]) -> tuple[str | None, str | None]:
    error = answered("What does the file say?", *parts)["error"]
    assert error["type"] == "invalid_request_error"
    return error["code"], error["param"]


# flows of the guide


def test_pdf_by_data_with_the_official_client():
    async def program(client: AsyncOpenAI):
        content: Any = [
            {"type": "input_file", "filename": "report.pdf", "file_data": uri(REPORT, "application/pdf")},
            {"type": "input_text", "text": "What is the harbour code according to the report?"},
        ]
        return await client.responses.create(model=MODEL, input=[{"role": "user", "content": content}])

    assert using(program).output_text == "The harbour code is K-4417 (report.pdf, page 1)."


def test_pdf_by_file_id_with_the_official_client():
    async def program(client: AsyncOpenAI):
        file = await client.files.create(file=("report.pdf", REPORT), purpose="assistants")
        content: Any = [
            {"type": "input_file", "file_id": file.id},
            {"type": "input_text", "text": "What is the depth on page 2?"},
        ]
        first = await client.responses.create(model=MODEL, input=[{"role": "user", "content": content}])
        await client.files.delete(file.id)
        second = await client.responses.create(
            model=MODEL, input="Who is the keeper of the light?", previous_response_id=first.id
        )
        return first.output_text, second.output_text

    first, second = using(program)

    assert first.startswith("The depth is 12 metres (assistant-")
    assert second == "The keeper of the light is Anna Berg."


def test_pdf_with_plain_http():
    async def visit(visitor: Visitor):
        file = await upload(visitor, REPORT, "assistants", "tides.pdf")
        said = asking("What is the harbour code?", {"type": "input_file", "file_id": file["id"]})
        return text_of(await visitor.create(said)), text_of(await visitor.create("What is the harbour code?"))

    assert visiting(visit) == (
        "The harbour code is K-4417.",
        "I do not know the harbour code, it was not mentioned.",
    )


# a fact that is drawn, found with the document and not without


WORD = st.text("abcdefghijklmnopqrstuvwxyz", min_size=5, max_size=9)
FACT = st.tuples(WORD, st.integers(100_000, 999_999), st.integers(1, 4))


@settings(max_examples=10, deadline=None)
@given(drawn=st.lists(FACT, min_size=20, max_size=20))
def test_two_hundred_drawn_facts_on_a_page(drawn: list[tuple[str, int, int]]):
    """Each is known with its document, on its page alone, and unknown without the document."""

    async def visit(visitor: Visitor):
        found = []
        for thing, value, at in drawn:
            pages = ["Tides and harbours."] * 4
            pages[at - 1] += f"\nThe {thing} code is {value}."
            part = file_part(pdf(*pages))
            other = at % 4 + 1
            asked = [
                asking(f"What is the {thing} code?", part),
                asking(f"What is the {thing} code on page {at}?", part),
                asking(f"What is the {thing} code on page {other}?", part),
                asking(f"What is the {thing} code?"),
            ]
            found.append([text_of(await visitor.create(said, store=False)) for said in asked])
        return found

    for (thing, value, at), told in zip(drawn, visiting(visit), strict=True):
        assert told[0].startswith(f"The {thing} code is {value}")
        assert told[1] == f"The {thing} code is {value} (report.pdf, page {at})."
        assert told[2] == f"Page {at % 4 + 1} does not say what the {thing} code is."
        assert str(value) not in told[3]


# what can be asked


SAID = [
    ("How many pages does the document have?", "report.pdf has 3 pages."),
    ("What is the title of the document?", "The title is Tides of Bergen (report.pdf, page 1)."),
    ("What does page 3 say?", "Nothing else is known."),
    ("What stands on the last page?", "report.pdf, page 3: Nothing else is known."),
    ("What does page 9 say?", "There is no page 9."),
    ("Summarise the report.", "Page 3: Nothing else is known."),
    ("What is the depth according to the report? Answer with only the value.", "12 metres"),
    ("What is the tariff according to the report?", "I do not know"),
    ("What is the harbour code in report.pdf?", "The harbour code is K-4417 (report.pdf, page 1)."),
]


@pytest.mark.parametrize(("prompt", "answer"), SAID)
def test_what_can_be_asked_of_a_document(prompt: str, answer: str):
    assert answer in text_of(answered(prompt, file_part(REPORT)))


def test_documents_by_their_names():
    parts = [file_part(pdf(f"The code is {code}."), filename=f"{code}.pdf") for code in ("alder", "birch")]

    assert text_of(answered("What is the code in alder.pdf?", *parts)) == "The code is alder (alder.pdf, page 1)."
    assert text_of(answered("What is the code in birch.pdf?", *parts)) == "The code is birch (birch.pdf, page 1)."


def test_documents_fill_a_schema():
    fields = {"depth": {"type": "string"}, "harbour_code": {"type": "string"}}
    schema = {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
    form = {"format": {"type": "json_schema", "name": "report", "schema": schema}}

    made = answered("Fill in the form.", file_part(REPORT), text=form)

    assert json.loads(text_of(made)) == {"depth": "12 metres", "harbour_code": "K-4417"}


def test_what_was_read_outlives_a_compaction():
    async def visit(visitor: Visitor):
        said = asking("Read this.", file_part(REPORT))
        _, _, raw = await visitor.send("POST", "/responses/compact", {"model": visitor.model, "input": said})
        sealed = json.loads(raw)["output"][-1:]
        return text_of(await visitor.create([*sealed, {"role": "user", "content": "What is the harbour code?"}]))

    assert visiting(visit) == "The harbour code is K-4417."


@pytest.mark.parametrize(
    ("kind", "filename"),
    [("text/plain", "a.txt"), ("text/markdown", "a.md"), ("text/csv", "a.csv"), ("application/json", "a.json")],
)
def test_plain_texts(kind: str, filename: str):
    raw = "The harbour code is Zürich-7.".encode()

    async def visit(visitor: Visitor):
        file = await upload(visitor, raw, "assistants", filename)
        parts = [file_part(raw, kind, filename), {"type": "input_file", "file_id": file["id"]}]
        return [text_of(await visitor.create(asking("What is the harbour code?", part))) for part in parts]

    assert visiting(visit) == ["The harbour code is Zürich-7."] * 2


def test_pictures_and_documents_together():
    told = answered("What colour is the image?", file_part(REPORT), image_part(picture()))
    both = answered("What is the harbour code?", file_part(REPORT), image_part(picture()))

    assert (text_of(told), text_of(both)) == ("The image is teal (#008080).", "The harbour code is K-4417.")


def test_lists_do_not_give_the_bytes_back():
    """As recorded: file_id null, the name, nothing else."""

    async def visit(visitor: Visitor):
        made = await visitor.create(asking("Read this.", file_part(REPORT)))
        return (await visitor.get(f"/responses/{made['id']}/input_items"))[1]["data"][0]["content"][1]

    assert visiting(visit) == {"type": "input_file", "file_id": None, "filename": "report.pdf"}


def test_more_text_costs_more():
    def spent(*parts: dict[str, Any]) -> int:
        return int(answered("Read.", *parts)["usage"]["input_tokens"])

    plain, short, long = spent(), spent(file_part(pdf("a" * 40))), spent(file_part(pdf("a" * 80)))

    assert (short - plain, long - short) == (85 + 10, 10)


# what is refused


WRONG: dict[str, tuple[dict[str, Any], tuple[str | None, str | None]]] = {
    "encrypted": (file_part(locked(REPORT)), ("invalid_file", f"{PATH}.file_data")),
    "broken": (file_part(b"%PDF-1.7 tides"), ("invalid_file", f"{PATH}.file_data")),
    "too many pages": (file_part(pdf("x", kids=[0] * 1_001)), ("invalid_file", f"{PATH}.file_data")),
    "a script that says it is a PDF": (file_part(b"#!/bin/sh\nrm -rf /"), ("unsupported_file", "input")),
    "sound": (file_part(b"ID3", "audio/mpeg", "a.mp3"), ("invalid_value", f"{PATH}.file_data")),
    "no type": (
        {"type": "input_file", "filename": "a.pdf", "file_data": "JVBERi0="},
        ("invalid_value", f"{PATH}.file_data"),
    ),
    "no base64": (
        {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,@"},
        ("invalid_value", f"{PATH}.file_data"),
    ),
    "no name": (
        {"type": "input_file", "file_data": uri(REPORT, "application/pdf")},
        ("missing_required_parameter", f"{PATH}.filename"),
    ),
    "nothing": ({"type": "input_file"}, ("missing_required_parameter", f"{PATH}.file_data")),
    "unknown file": ({"type": "input_file", "file_id": "assistant-0"}, (None, f"{PATH}.file_id")),
    "an address elsewhere": (
        {"type": "input_file", "file_url": "http://169.254.169.254/a.pdf"},
        (None, f"{PATH}.file_url"),
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_refused_documents(name: str):
    part, expected = WRONG[name]

    assert refusal(part) == expected


@pytest.mark.parametrize("purpose", ["assistants", "vision", "batch", "user_data"])
def test_purposes_of_documents(purpose: str):
    """`assistants` alone; `user_data` cannot even be uploaded."""

    async def visit(visitor: Visitor):
        file = await upload(visitor, REPORT, purpose, "a.pdf")
        if "error" in file:
            return file["error"]["param"]
        made = await visitor.create(asking("Read.", {"type": "input_file", "file_id": file["id"]}))
        return made["status"] if made.get("status") else made["error"]["param"]

    expected = {"assistants": "completed", "user_data": "purpose"}.get(purpose, f"{PATH}.file_id")
    assert visiting(visit) == expected


def test_files_that_no_model_reads():
    async def visit(visitor: Visitor):
        file = await upload(visitor, b"PK\3\4", "assistants", "a.docx")
        return await visitor.create(asking("Read.", {"type": "input_file", "file_id": file["id"]}))

    assert visiting(visit)["error"]["code"] == "unsupported_file"


def test_fifty_megabytes_each_and_in_all():
    async def visit(visitor: Visitor):
        file = await upload(visitor, HEAVY, "assistants", "a.pdf")
        part = {"type": "input_file", "file_id": file["id"]}
        together = await visitor.create(asking("Read.", part, file_part(REPORT)))
        whole = await create(visitor, asking("Read.", file_part(HEAVY + b"\n")))
        return together["error"]["code"], whole["error"]["code"]

    assert visiting(visit) == ("file_too_large", "file_too_large")


def test_model_that_cannot_read_them():
    made = visiting(lambda visitor: visitor.create(asking("Read.", file_part(REPORT))), model="o3-mini")

    assert made["error"]["param"] == PATH
