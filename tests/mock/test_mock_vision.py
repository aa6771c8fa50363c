"""Pictures that are attached to a request: by data, by file id, by address; seen, counted, refused."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from builders.attachments import asking, create, image_part, moving, picture, promising, upload, uri
from builders.client import using
from builders.endpoint import NOW, Visitor, text_of, visiting
from hypothesis import given, settings
from hypothesis import strategies as st
from openai import AsyncOpenAI
from PIL import PngImagePlugin

from harness.mock import MockServer
from harness.workshop.colours import COLOURS

BYTE = st.integers(0, 255)
MODEL = "gpt-5-mini"


def answered(prompt: str, *parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = visiting(lambda visitor: visitor.create(asking(prompt, *parts), **more))
    return answer


def refusal(*parts: dict[str, Any]) -> tuple[str | None, str | None]:
    error = answered("What is in the image?", *parts)["error"]
    assert error["type"] == "invalid_request_error"
    return error["code"], error["param"]


class Hits(list[str]):
    """A server of pictures on this machine, and what was asked of it."""

    async def __aenter__(self) -> "Hits":
        app = web.Application()
        app.router.add_get("/{name}", self.serve)
        self.runner = web.AppRunner(app)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.runner.cleanup()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.append(f"{request.path} {'authorization' in request.headers or 'api-key' in request.headers}")
        match request.match_info["name"]:
            case "teal.png":
                return web.Response(body=picture(size=(320, 200)), content_type="image/png")
            case "page.html":
                return web.Response(text="<html><script>alert(1)</script></html>", content_type="text/html")
            case "away":
                raise web.HTTPFound("/teal.png")
            case "large":
                return web.Response(body=bytes(50_000_002))
        raise web.HTTPNotFound


# flows of the guide


def test_image_by_address_with_the_official_client():
    async def program(client: AsyncOpenAI):
        async with Hits() as hits:
            url = f"http://127.0.0.1:{hits.port}/teal.png"
            content: Any = [
                {"type": "input_text", "text": "What is in this image?"},
                {"type": "input_image", "image_url": url},
            ]
            made = await client.responses.create(model=MODEL, input=[{"role": "user", "content": content}])
            return made.output_text, list(hits)

    text, hits = using(program)

    assert text == "The image is a PNG of 320x200 pixels; its main colour is teal (#008080)."
    assert hits == ["/teal.png False"]


def test_image_by_data_with_the_official_client():
    async def program(client: AsyncOpenAI):
        content: Any = [
            {"type": "input_text", "text": "Which colour is this picture?"},
            {
                "type": "input_image",
                "image_url": uri(picture((220, 20, 60), form="JPEG"), "image/jpeg"),
                "detail": "low",
            },
        ]
        return await client.responses.create(model=MODEL, input=[{"role": "user", "content": content}])

    assert "crimson" in using(program).output_text


def test_image_by_file_id_with_the_official_client():
    async def program(client: AsyncOpenAI):
        file = await client.files.create(file=("a.webp", picture(form="WEBP", size=(33, 44))), purpose="vision")
        content: Any = [
            {"type": "input_text", "text": "What size is the image?"},
            {"type": "input_image", "file_id": file.id, "detail": "auto"},
        ]
        first = await client.responses.create(model=MODEL, input=[{"role": "user", "content": content}])
        await client.files.delete(file.id)
        second = await client.responses.create(
            model=MODEL, input="What format has the image?", previous_response_id=first.id
        )
        return first.output_text, second.output_text

    assert using(program) == ("The image is 33 pixels wide and 44 pixels high (33x44 pixels).", "The image is a WEBP.")


def test_images_with_plain_http():
    async def visit(visitor: Visitor):
        async with Hits() as hits:
            file = await upload(visitor, picture((0, 0, 128)))
            sources = [
                {"image_url": f"http://localhost:{hits.port}/teal.png"},
                {"image_url": uri(picture((255, 165, 0)))},
                {"file_id": file["id"]},
            ]
            parts = [{"type": "input_image", **source} for source in sources]
            one_by_one = [
                text_of(await visitor.create(asking("What colour is the image?", part), store=False)) for part in parts
            ]
            return one_by_one, text_of(await visitor.create(asking("What colour have the images?", *parts)))

    one_by_one, together = visiting(visit)

    assert one_by_one == [
        f"The image is {colour}." for colour in ("teal (#008080)", "orange (#ffa500)", "navy (#000080)")
    ]
    assert together == "Image 1 is teal (#008080). Image 2 is orange (#ffa500). Image 3 is navy (#000080)."


# a fact that is drawn, found with the picture and not without


def asked_in_one_room(questions: list[tuple[str, tuple[dict[str, Any], ...]]]) -> list[str]:
    async def visit(visitor: Visitor):
        return [text_of(await visitor.create(asking(prompt, *parts), store=False)) for prompt, parts in questions]

    found: list[str] = visiting(visit)
    return found


DRAWN = st.tuples(st.tuples(BYTE, BYTE, BYTE), st.tuples(st.integers(1, 1200), st.integers(1, 1200)))


@settings(max_examples=10, deadline=None)
@given(drawn=st.lists(DRAWN, min_size=20, max_size=20))
def test_two_hundred_drawn_colours_and_sizes(drawn: list[Any]):
    """Each is known with its picture, and unknown without."""
    prompt = "What colour and what size is the image?"
    parts = [image_part(picture(colour, size)) for colour, size in drawn]
    known = asked_in_one_room([(prompt, (part,)) for part in parts])
    unknown = asked_in_one_room([(prompt, ()) for _ in drawn])

    for (colour, (width, height)), told in zip(drawn, known, strict=True):
        assert "#{:02x}{:02x}{:02x}".format(*colour) in told
        assert f"{width}x{height} pixels" in told
    assert set(unknown) == {"I do not see any image."}


@pytest.mark.parametrize("name", COLOURS)
def test_colours_have_their_names(name: str):
    assert text_of(answered("Which colour is it? Look at the image.", image_part(picture(COLOURS[name])))).startswith(
        f"The image is {name} ("
    )


# what can be asked


PNG_WITH_TEXT = PngImagePlugin.PngInfo()
PNG_WITH_TEXT.add_text("Description", "The locker code is Q-4417.")
SAID = [
    ("What does the image say?", "The image says: The locker code is Q-4417."),
    ("What is the locker code?", "The locker code is Q-4417."),
    ("Describe the picture.", "a PNG of 64x48 pixels"),
    ("Which file type is the attached image?", "The image is a PNG."),
    ("How many images do you see?", "There is 1 image."),
    ("What is the width of the image? Answer in one word.", "64x48"),
    ("What colour is the second image?", "I do not see that image."),
]


@pytest.mark.parametrize(("prompt", "answer"), SAID)
def test_what_can_be_asked_of_a_picture(prompt: str, answer: str):
    assert answer in text_of(answered(prompt, image_part(picture(pnginfo=PNG_WITH_TEXT))))


def test_pictures_by_their_number():
    parts = [image_part(picture(COLOURS[name])) for name in ("teal", "red", "gold")]

    def told(prompt: str) -> str:
        return text_of(answered(prompt, *parts))

    assert told("What colour is the second image?") == "The second image is red (#ff0000)."
    assert told("What colour is image 3?") == "Image 3 is gold (#ffd700)."
    assert told("What colour is the last picture?") == "The last image is gold (#ffd700)."


def test_pictures_fill_a_schema():
    fields = {"colour": {"type": "string"}, "width": {"type": "integer"}, "format": {"type": "string"}}
    schema = {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
    form = {"format": {"type": "json_schema", "name": "look", "schema": schema}}

    made = answered("Look at the image.", image_part(picture(size=(320, 10))), text=form)

    assert json.loads(text_of(made)) == {"colour": "teal", "width": 320, "format": "PNG"}


def test_pictures_of_a_tool_and_of_a_conversation():
    async def visit(visitor: Visitor):
        tool = {"type": "function", "name": "snap", "parameters": {"type": "object", "properties": {}}}
        first = await visitor.create("Please call snap.", tools=[tool])
        call_id = first["output"][-1]["call_id"]
        output = {"type": "function_call_output", "call_id": call_id, "output": [image_part(picture((255, 0, 0)))]}
        second = await visitor.create([output], previous_response_id=first["id"], tools=[tool])
        third = await visitor.create("What colour is the image?", previous_response_id=second["id"])
        _, _, raw = await visitor.send("POST", "/conversations", {"items": asking("Look.", image_part(picture()))})
        talk = await visitor.create("What colour is the image?", conversation=json.loads(raw)["id"])
        return text_of(third), text_of(talk)

    assert visiting(visit) == ("The image is red (#ff0000).", "The image is teal (#008080).")


def test_what_was_seen_outlives_a_compaction():
    async def visit(visitor: Visitor):
        said = asking("Look at this.", image_part(picture()))
        _, _, raw = await visitor.send("POST", "/responses/compact", {"model": visitor.model, "input": said})
        sealed = json.loads(raw)["output"][-1:]
        return text_of(await visitor.create([*sealed, {"role": "user", "content": "What is the colour of the image?"}]))

    assert "teal (#008080)" in visiting(visit)


def test_over_a_socket():
    async def visit(visitor: Visitor):
        lines = {"api-key": visitor.room.key}
        async with visitor.session.ws_connect(f"{visitor.room.url}/responses", headers=lines) as socket:
            asked = {"model": visitor.model, "input": asking("What colour is the image?", image_part(picture()))}
            await socket.send_str(json.dumps({"type": "response.create", **asked}))
            while True:
                event = json.loads((await socket.receive()).data)
                if event["type"] == "response.completed":
                    return text_of(event["response"])

    assert visiting(visit) == "The image is teal (#008080)."


def test_lists_do_not_give_the_bytes_back():
    async def visit(visitor: Visitor):
        part = image_part(picture(), detail="low")
        made = await visitor.create(asking("Look.", part))
        path = f"/responses/{made['id']}/input_items"
        _, plain = await visitor.get(path)
        _, whole = await visitor.get(f"{path}?include[]=message.input_image.image_url")
        return part, plain["data"][0]["content"][1], whole["data"][0]["content"][1]

    part, plain, whole = visiting(visit)

    assert plain == {"type": "input_image", "detail": "low", "file_id": None, "image_url": None}
    assert whole == {**plain, "image_url": part["image_url"]}


# tokens


def spent(*parts: dict[str, Any], **opening: Any) -> int:
    made = visiting(lambda visitor: visitor.create(asking("Look.", *parts)), **opening)
    return int(made["usage"]["input_tokens"])


@pytest.mark.parametrize(
    ("size", "detail", "cost"),
    [
        ((64, 48), "low", 85),
        ((64, 48), "auto", 85),
        ((64, 48), "high", 85 + 170),
        ((1024, 1024), "low", 85),
        ((1024, 1024), "high", 765),
        ((1024, 1024), "auto", 765),
        ((2048, 4096), "high", 1105),
    ],
)
def test_tokens_of_a_picture(size: tuple[int, int], detail: str, cost: int):
    """The figures of the guide to vision: 765 for a square of 1024, 1105 for 2048 by 4096, 85 at low detail."""
    assert spent(image_part(picture(size=size), detail=detail)) - spent() == cost


def test_counting_agrees_with_the_bill():
    async def visit(visitor: Visitor):
        said = asking("Look.", image_part(picture(size=(900, 900))))
        counted = await visitor.send("POST", "/responses/input_tokens", {"model": visitor.model, "input": said})
        return json.loads(counted[2])["input_tokens"], (await visitor.create(said))["usage"]["input_tokens"]

    counted, billed = visiting(visit)

    assert counted == billed


# what is refused


PATH = "input[0].content[1]"
WRONG: Mapping[str, tuple[dict[str, Any], tuple[str | None, str | None]]] = {
    "html": (image_part(b"<html></html>"), ("invalid_image_format", f"{PATH}.image_url")),
    "svg": (image_part(b"<svg/>", "image/svg+xml"), ("invalid_value", f"{PATH}.image_url")),
    "bmp": (image_part(picture(form="BMP"), "image/bmp"), ("invalid_value", f"{PATH}.image_url")),
    "bmp as png": (image_part(picture(form="BMP")), ("invalid_image_format", f"{PATH}.image_url")),
    "moving": (image_part(moving(), "image/gif"), ("invalid_image_format", f"{PATH}.image_url")),
    "cut short": (image_part(picture(size=(200, 200))[:-50]), ("image_parse_error", f"{PATH}.image_url")),
    "bomb": (image_part(promising(65_535, 65_535)), ("image_too_large", f"{PATH}.image_url")),
    "empty": (image_part(b""), ("empty_image_file", f"{PATH}.image_url")),
    "no base64": (
        {"type": "input_image", "image_url": "data:image/png;base64,@@@"},
        ("invalid_base64_image", f"{PATH}.image_url"),
    ),
    "no type": ({"type": "input_image", "image_url": "data:,x"}, ("invalid_value", f"{PATH}.image_url")),
    "unknown file": ({"type": "input_image", "file_id": "file-0"}, ("image_file_not_found", f"{PATH}.file_id")),
    "nothing": ({"type": "input_image"}, ("missing_required_parameter", f"{PATH}.image_url")),
    "no text": ({"type": "input_image", "image_url": 7}, ("invalid_type", f"{PATH}.image_url")),
    "both": (
        {"type": "input_image", "image_url": uri(picture()), "file_id": "file-0"},
        ("mutually_exclusive_parameters", PATH),
    ),
    "detail": (image_part(picture(), detail="fine"), ("invalid_value", f"{PATH}.detail")),
}


@pytest.mark.parametrize("name", WRONG)
def test_refused_pictures(name: str):
    part, expected = WRONG[name]

    assert refusal(part) == expected


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_formats_that_are_taken(form: str):
    told = text_of(answered("Which format has the image?", image_part(picture(form=form), f"image/{form.lower()}")))

    assert told == f"The image is a {form}."


def test_a_hundred_pictures_and_one_more():
    part = image_part(picture())

    async def visit(visitor: Visitor):
        enough = await visitor.create(asking("How many images are there?", *[part] * 100), store=False)
        return text_of(enough), await visitor.create(asking("How many images are there?", *[part] * 101))

    enough, more = visiting(visit)

    assert enough == "There are 100 images."
    assert (more["error"]["code"], more["error"]["param"]) == ("too_many_images", "input")


def padded(size: int) -> bytes:
    """A picture of so many bytes: what follows its end is nobody's."""
    raw = picture()
    return raw + bytes(size - len(raw))


def test_fifty_megabytes_each_and_in_all():
    async def visit(visitor: Visitor):
        file = await upload(visitor, padded(49_999_999))
        part = {"type": "input_image", "file_id": file["id"]}
        alone = await visitor.create(asking("Look.", part))
        together = await visitor.create(asking("Look.", part, image_part(picture())))
        whole = await create(visitor, asking("Look.", image_part(padded(50_000_000))))
        return alone["status"], together["error"]["code"], whole["error"]["code"]

    assert visiting(visit) == ("completed", "image_file_too_large", "image_file_too_large")


def test_model_that_cannot_see():
    made = visiting(lambda visitor: visitor.create(asking("Look.", image_part(picture()))), model="o3-mini")

    assert made["error"]["param"] == PATH


def test_image_files_as_a_known_issue():
    async def visit(visitor: Visitor):
        file = await upload(visitor, picture())
        return await visitor.create(asking("Look.", {"type": "input_image", "file_id": file["id"]}))

    assert visiting(visit, script={"issues": ["images-not-as-files"]})["error"]["param"] == f"{PATH}.file_id"


@pytest.mark.parametrize(("purpose", "taken"), [("vision", True), ("assistants", True), ("batch", False)])
def test_purposes_of_images(purpose: str, taken: bool):
    async def visit(visitor: Visitor):
        file = await upload(visitor, picture(), purpose)
        return await visitor.create(asking("Look.", {"type": "input_image", "file_id": file["id"]}))

    assert ("error" not in visiting(visit) or visiting(visit)["error"] is None) == taken


def test_expired_files_are_gone():
    async def visit(visitor: Visitor):
        file = await upload(visitor, picture())
        visitor.room.store.files[file["id"]].shown["expires_at"] = int(NOW) - 1
        return await visitor.create(asking("Look.", {"type": "input_image", "file_id": file["id"]}))

    assert visiting(visit)["error"]["code"] == "image_file_not_found"


# addresses


ELSEWHERE = [
    "http://169.254.169.254/latest/meta-data",
    "http://2130706433:{port}/teal.png",
    "http://[::ffff:10.0.0.1]:{port}/teal.png",
    "http://0x7f.1:{port}/teal.png",
    "http://10.0.0.1:{port}/teal.png",
    "http://127.0.0.1.nip.io:{port}/teal.png",
    "http://localhost.example:{port}/teal.png",
    "http://user@127.0.0.1:{port}/teal.png",
    "https://example.org/teal.png",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/teal.png",
    "ftp://127.0.0.1:{port}/teal.png",
    "//127.0.0.1:{port}/teal.png",
    "teal.png",
    "http://127.0.0.1:{port}/away",
    "http://127.0.0.1:{port}/missing",
    "http://127.0.0.1:1/teal.png",
]


@pytest.mark.parametrize("url", ELSEWHERE)
def test_addresses_that_are_not_followed(url: str):
    async def visit(visitor: Visitor):
        async with Hits() as hits:
            part = {"type": "input_image", "image_url": url.replace("{port}", str(hits.port))}
            return await visitor.create(asking("Look.", part)), list(hits)

    made, hits = visiting(visit)

    assert (made["error"]["code"], made["error"]["param"]) == ("failed_to_download_image", f"{PATH}.image_url")
    assert [hit for hit in hits if "teal" in hit] == []


@pytest.mark.parametrize(
    ("name", "code"), [("page.html", "invalid_image_format"), ("large", "failed_to_download_image")]
)
def test_what_an_address_gives_is_checked_too(name: str, code: str):
    async def visit(visitor: Visitor):
        async with Hits() as hits:
            part = {"type": "input_image", "image_url": f"http://127.0.0.1:{hits.port}/{name}"}
            return await visitor.create(asking("Look.", part))

    assert visiting(visit)["error"]["code"] == code


def test_other_requests_are_answered_while_a_picture_is_fetched():
    """A picture that does not come holds up nobody else."""

    async def run() -> list[str]:
        async with MockServer(nonce="slow") as server, aiohttp.ClientSession() as session:
            visitor = Visitor(server, server.rooms.open(clock=lambda: NOW), session)
            gate, order = asyncio.Event(), list[str]()

            async def serve(request: web.Request) -> web.Response:
                await gate.wait()
                return web.Response(body=picture())

            app = web.Application()
            app.router.add_get("/slow.png", serve)
            runner = web.AppRunner(app)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
            part = {"type": "input_image", "image_url": f"http://127.0.0.1:{port}/slow.png"}

            async def look() -> None:
                await visitor.create(asking("Look.", part))
                order.append("looked")

            waiting = asyncio.create_task(look())
            await visitor.create("Hi")
            order.append("answered")
            gate.set()
            await waiting
            await runner.cleanup()
            return order

    assert asyncio.run(run()) == ["answered", "looked"]
