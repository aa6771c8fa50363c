"""Rules of pictures and files: what is drawn is a picture, what is cited was there, what is attached is read."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from harness.reply import Reply
from harness.rules.looking import ReplyRule, Wrong
from harness.rules.pictures import SHORTENED, type_of, unpacked, whole
from harness.rules.story import Created, Item, Story, items_of, kind, said
from harness.rules.telling import Amiss, StoryRule

FILE_ID: Final = re.compile(r"\b(?:file|assistant)-[A-Za-z0-9_]{6,}\b")


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
        counts: dict[Any, int] = {}
        for event in reply.events:
            if event.get("type") == self.event:
                counts[event.get("item_id")] = counts.get(event.get("item_id"), 0) + 1
        for item_id, count in counts.items():
            if type(most) is int and count > most + 1:
                yield Wrong("/output", f"more partial images of {item_id} than were asked for", most, count)


class AttachmentIsRead(StoryRule):
    """What is attached counts as input.

    A short prompt with a document or a picture that counts no more tokens than the prompt alone: the attachment was
    not looked at. Said where that is certain: prompts of at most 300 bytes, nothing else in context.

    Shown by defect B63.
    """

    name = "sem.attachment_ignored"

    longest: Final = 300
    smallest: Final = 3_000
    """Bytes from which on a picture or document is surely worth more tokens than the doubt in the estimate."""

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        for made in story.created:
            counted, text = made.tokens("input_tokens"), said(made.input).encode()
            if (
                made.context is None
                or made.context != made.input
                or counted is None
                or made.ended.status != "completed"
            ):
                continue
            alone = not made.body.get("instructions") and not made.body.get("tools") and len(text) <= self.longest
            if alone and self._large(made):
                most = len(text) // 3 + 16
                message = f"{counted} input tokens leave no room for what was attached"
                pointer = "/usage/input_tokens"
                yield Amiss(made.ended, pointer, message, f"above {most}", counted) if counted <= most else None

    def _large(self, made: Created) -> bool:
        for part in parts_of(made.input, "input_image", "input_file"):
            value = part.get("image_url") or part.get("file_data")
            if isinstance(value, str) and value.startswith("data:") and len(value) >= self.smallest:
                return part.get("detail") != "low"
        return False


class CitedFilesAreKnown(StoryRule):
    """A file that is cited was attached, uploaded or found.

    Looked at where files of the conversation are known by their ids.

    Shown by defect B64.
    """

    name = "sem.citation_unknown"

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        known: set[str] = set()
        containers: set[str] = set()
        for step in story.steps:
            asked = step.reply.exchange.request
            known |= set(FILE_ID.findall(asked.body.decode("utf-8", "replace") + asked.url))
            if step.operation == "other":
                known |= set(FILE_ID.findall(step.reply.exchange.body.decode("utf-8", "replace")))
            for item in step.reply.output:
                known |= {str(each.get("file_id")) for each in _list(item.get("results")) if isinstance(each, dict)}
                if kind(item) == "code_interpreter_call" and isinstance(item.get("container_id"), str):
                    containers.add(item["container_id"])
            if step.operation == "create":
                for index, note in notes(step.reply):
                    file_id, container = note.get("file_id"), note.get("container_id")
                    if note.get("type") == "container_file_citation" and containers:
                        unknown = container not in containers
                    elif note.get("type") == "file_citation" and known:
                        unknown = file_id not in known
                    else:
                        continue
                    message = "a file is cited that was not there"
                    yield Amiss(step.reply, f"/output/{index}", message, sorted(known), dict(note)) if unknown else None


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
    size: Final = 50 * 1024 * 1024
    purpose: Final = re.compile(rb'name="purpose"\r\n(?:[^\r\n]+\r\n)*\r\nuser_data\r\n')

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        for made in story.created:
            attached = parts_of(items_of(made.body.get("input")), "input_image", "input_file")
            pictures = [part for part in attached if part["type"] == "input_image"]
            inline = [part.get("image_url") or part.get("file_data") for part in attached]
            size = sum(len(value) for value in inline if isinstance(value, str) and value.startswith("data:")) * 3 // 4
            if attached:
                many = len(pictures) > self.images
                message = f"{len(pictures)} images were accepted" if many else f"{size} bytes were accepted"
                beyond = made.accepted and (many or size > self.size)
                yield Amiss(made.reply, "/input", message, "a refusal", made.step.http) if beyond else None
        for step in story.of("other"):
            body = step.reply.exchange.request.body
            path = step.reply.exchange.request.url.rstrip("/")
            if path.endswith("/files") and step.reply.exchange.request.method == "POST":
                large = len(body) > 512 * 1024 * 1024 or (b"%PDF-" in body[:4096] and len(body) > self.size + 4096)
                demanded = story.demands_error(step) and self.purpose.search(body[:8192] + body[-8192:]) is not None
                message = "a file beyond the limit was accepted" if large else "the purpose user_data was accepted"
                wrong = step.http == 200 and (large or demanded)
                yield Amiss(step.reply, "", message, "a refusal", step.http) if wrong else None


MEDIA_RULES: Final = (
    PictureIsOne(),
    PartialsAsAsked(),
    AttachmentIsRead(),
    CitedFilesAreKnown(),
    DetailCounts(),
    LimitsAreEnforced(),
)
"""Rules of family `sem` about pictures and files."""
