"""Rules of pictures and of limits: what is drawn is a picture, low detail is cheaper, too much is refused."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from harness.protocol.spans import word
from harness.reply import Reply
from harness.rules.looking import ReplyRule, Wrong
from harness.rules.pictures import SHORTENED, type_of, unpacked, whole
from harness.rules.story import Created, Item, Step, Story, items_of, kind, said
from harness.rules.telling import Amiss, StoryRule


def tool(reply: Reply, type_: str) -> Mapping[str, Any] | None:
    """The first tool of a type, as it was asked for."""
    tools = (reply.request or {}).get("tools")
    found = tools if isinstance(tools, list) else []
    return next((each for each in found if isinstance(each, dict) and each.get("type") == type_), None)


def parts_of(items: list[Item], *types: str) -> list[Mapping[str, Any]]:
    """The parts of some types in the messages among items."""
    contents = [item.get("content") for item in items if kind(item) == "message"]
    parts = [part for content in contents if isinstance(content, list) for part in content]
    return [part for part in parts if isinstance(part, dict) and part.get("type") in types]


class PictureIsOne(ReplyRule):
    """A generated image is a whole picture of the type that was asked for: png, unless the request says otherwise.

    Base64 of an error page, or of half a picture, has the right shape and shows nothing.

    Shown by defect B60.
    """

    name = "sem.image_type"

    def concerns(self, reply: Reply) -> bool:
        return reply.request is not None and any(True for _ in self._drawn(reply))

    @staticmethod
    def _drawn(reply: Reply) -> Iterator[tuple[int, str]]:
        for index, item in enumerate(reply.output):
            result = item.get("result")
            if item.get("type") == "image_generation_call" and isinstance(result, str) and SHORTENED not in result:
                yield index, result

    def look(self, reply: Reply) -> Iterator[Wrong]:
        asked = (tool(reply, "image_generation") or {}).get("output_format")
        for index, result in self._drawn(reply):
            wanted = asked or reply.output[index].get("output_format") or "png"
            data = unpacked(result)
            found = type_of(data) if data is not None else None
            pointer = f"/output/{index}/result"
            if data is None or found is None:
                yield Wrong(pointer, "the generated image is no picture", wanted, result[:40])
            elif found != wanted:
                yield Wrong(pointer, "the generated image is of another type than was asked for", wanted, found)
            elif not whole(data):
                yield Wrong(pointer, "the generated image is cut short", f"the end of a {wanted}", len(data))


class PartialsAsAsked(ReplyRule):
    """No more partial images come than were asked for, and the finished one.

    OpenAI was recorded sending the finished image as one more partial image.

    Shown by defect B61.
    """

    name = "sem.image_partial"

    event: Final = "response.image_generation_call.partial_image"

    def concerns(self, reply: Reply) -> bool:
        return reply.streamed and self.event in reply.seen and tool(reply, "image_generation") is not None

    def look(self, reply: Reply) -> Iterator[Wrong]:
        most = (tool(reply, "image_generation") or {}).get("partial_images") or 0
        told: dict[Any, list[Any]] = {}
        for event in reply.events:
            if event.get("type") == self.event:
                told.setdefault(word(event, "item_id"), []).append(event.get("partial_image_b64"))
        finished = {word(item, "id"): item.get("result") for item in reply.output}
        for item_id, images in told.items():
            partial = images[:-1] if images[-1] == finished.get(item_id) else images
            if type(most) is int and len(partial) > most:
                yield Wrong("/output", f"more partial images of {item_id} than were asked for", most, len(partial))


def notes(reply: Reply) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The annotations of a reply's messages with the index of their item."""
    for index, item in enumerate(reply.output):
        for part in _list(item.get("content")):
            for note in _list(part.get("annotations")) if isinstance(part, dict) else ():
                if isinstance(note, dict):
                    yield index, note


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


class DetailCounts(StoryRule):
    """A picture at low detail costs fewer tokens than at high detail.

    A note. Looked at where two requests differ in nothing but the detail.

    Shown by defect B73.
    """

    name = "sem.detail_ignored"

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        seen: dict[tuple[str, str], Created] = {}
        for made in story.created:
            images = parts_of(made.input, "input_image")
            details = {str(part.get("detail")) for part in images}
            if made.context is None or len(made.context) != len(made.input) or details not in ({"low"}, {"high"}):
                continue
            alike = repr([{**part, "detail": None} for part in images]) + said(made.input)
            (detail,) = details
            seen[alike, detail] = made
            low, high = seen.get((alike, "low")), seen.get((alike, "high"))
            if low is not None and high is not None:
                cheap, dear = low.tokens("input_tokens"), high.tokens("input_tokens")
                if cheap is not None and dear is not None:
                    message = "low detail costs as many tokens as high detail"
                    pointer = "/usage/input_tokens"
                    yield Amiss(low.ended, pointer, message, f"below {dear}", cheap) if cheap >= dear else None


class LimitsAreEnforced(StoryRule):
    """What is beyond a documented limit is refused: more than a hundred images, more than 50 MB of them.

    So is an upload of a purpose that is not supported, where the scenario demands that.

    Shown by defects B71 and B74.
    """

    name = "sem.limit_not_enforced"

    images: Final = 100
    size: Final = 50_000_000
    purpose: Final = re.compile(rb'name="purpose"\r\n(?:[^\r\n]+\r\n)*\r\nuser_data\r\n')

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        uploaded = {step.reply.id: len(step.reply.exchange.request.body) for step in self._uploads(story)}
        for made in story.created:
            attached = parts_of(items_of(made.body.get("input")), "input_image", "input_file")
            pictures = [part for part in attached if part["type"] == "input_image"]
            inline = [part.get("image_url") or part.get("file_data") for part in attached]
            size = sum(len(value) for value in inline if isinstance(value, str) and value.startswith("data:")) * 3 // 4
            size += sum(uploaded.get(word(part, "file_id"), 0) for part in attached)
            if attached:
                many = len(pictures) > self.images
                message = f"{len(pictures)} images were accepted" if many else f"{size} bytes were accepted"
                beyond = made.accepted and (many or size > self.size)
                yield Amiss(made.reply, "/input", message, "a refusal", made.step.http) if beyond else None
        for step in self._uploads(story):
            body = step.reply.exchange.request.body
            if story.demands_error(step) and self.purpose.search(body[:8192] + body[-8192:]) is not None:
                message = "the purpose user_data was accepted"
                yield Amiss(step.reply, "", message, "a refusal", step.http) if step.http == 200 else None

    @staticmethod
    def _uploads(story: Story) -> Iterator[Step]:
        """The uploads of files."""
        for step in story.of("other"):
            request = step.reply.exchange.request
            if request.method == "POST" and request.url.rstrip("/").endswith("/v1/files"):
                yield step


MEDIA_RULES: Final = (
    PictureIsOne(),
    PartialsAsAsked(),
    DetailCounts(),
    LimitsAreEnforced(),
)
"""Rules of family `sem` about pictures and files."""
