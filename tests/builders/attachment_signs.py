"""Signs of the defects of attachments: each a visit that says whether it shows. JSON and bytes alone."""

from builders.attachments import asking, create, file_part, image_part, moving, pdf, picture, upload
from builders.endpoint import Visitor, text_of


async def reads_nothing(visitor: Visitor) -> bool:
    """The canary is lost, and the tokens are those of the prompt alone."""
    alone = await visitor.create(asking("What is the harbour code?"))
    page = await visitor.create(asking("What is the harbour code?", file_part(pdf("The harbour code is Q-9."))))
    look = await visitor.create(asking("What colour is the image?", image_part(picture())))
    same = page["usage"]["input_tokens"] == alone["usage"]["input_tokens"]
    return same and "Q-9" not in text_of(page) and "teal" not in text_of(look)


def accepted(answer: dict) -> bool:
    return answer.get("status") == "completed"


async def takes_too_many(visitor: Visitor) -> bool:
    small = image_part(picture(size=(1, 1)))
    many = await visitor.create(asking("How many images are there?", *[small] * 101))
    file = await upload(visitor, picture() + bytes(49_000_000))
    heavy = await visitor.create(asking("Look.", *[{"type": "input_image", "file_id": file["id"]}] * 2))
    return accepted(many) and accepted(heavy)


async def takes_any_picture(visitor: Visitor) -> bool:
    wrong = [
        image_part(moving(), "image/gif"),
        image_part(picture(form="BMP"), "image/bmp"),
        image_part(picture(size=(200, 200))[:-50]),
        image_part(b"<html></html>"),
    ]
    return all([accepted(await visitor.create(asking("Look.", part))) for part in wrong])


async def glances_cost_as_much(visitor: Visitor) -> bool:
    raw = picture(size=(1024, 1024))
    low, high = [
        (await visitor.create(asking("Look.", image_part(raw, detail=detail))))["usage"]["input_tokens"]
        for detail in ("low", "high")
    ]
    alone = (await visitor.create(asking("Look.")))["usage"]["input_tokens"]
    return bool(low == high > alone)


async def takes_large_files(visitor: Visitor) -> bool:
    raw = pdf("The harbour code is Q-9.", heavy=50_000_000)
    file = await upload(visitor, raw, "assistants", "a.pdf")
    if "error" in file:
        return False
    by_id = await visitor.create(asking("Read.", {"type": "input_file", "file_id": file["id"]}))
    return accepted(by_id) and accepted(await create(visitor, asking("Read.", file_part(raw))))


async def takes_user_data(visitor: Visitor) -> bool:
    return "id" in await upload(visitor, pdf("x"), "user_data", "a.pdf")


SIGNS = {
    "B63": reads_nothing,
    "B71": takes_too_many,
    "B72": takes_any_picture,
    "B73": glances_cost_as_much,
    "B74a": takes_large_files,
    "B74b": takes_user_data,
}
"""What each row does, seen over the socket."""
