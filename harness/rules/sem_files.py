"""Rules of files: what is attached is read, what is cited was there, what was made is cited."""

import re
from collections.abc import Iterator
from typing import Any, Final

from harness.protocol.spans import word
from harness.rules.containers import given, listings
from harness.rules.sem_media import notes, parts_of
from harness.rules.story import Created, Story, kind, said
from harness.rules.telling import Amiss, StoryRule

FILE_ID: Final = re.compile(r"\b(?:file|assistant)-[A-Za-z0-9_]{6,}\b")


class AttachmentIsRead(StoryRule):
    """What is attached counts as input.

    A short prompt with a document or a picture that counts no more tokens than the prompt alone: the attachment was
    not looked at. Said where that is certain: prompts of at most 300 bytes, nothing else in context, no more than a
    token for five bytes and ten around them. (A small PDF was recorded adding 13 tokens to its prompt.) A file that was
    given to a container is among its files.

    Shown by defect B63.
    """

    name = "sem.attachment_ignored"

    longest: Final = 300
    smallest: Final = 3_000
    """Bytes from which on a picture or text is surely worth more tokens than the doubt in the estimate."""

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        for made in story.created:
            counted, text = made.tokens("input_tokens"), said(made.input).encode("utf-8", "surrogatepass")
            if (
                made.context is None
                or made.context != made.input
                or counted is None
                or made.ended.status != "completed"
            ):
                continue
            alone = not made.body.get("instructions") and not made.body.get("tools") and len(text) <= self.longest
            if alone and self._large(made):
                most = len(text) // 5 + 10
                message = f"{counted} input tokens leave no room for what was attached"
                pointer = "/usage/input_tokens"
                yield Amiss(made.ended, pointer, message, f"above {most}", counted) if counted <= most else None

        for step, container, files in listings(story):
            wanted, there = given(story, container), [each for each in files if each.get("source") == "user"]
            if wanted:
                message = "files that were given to the container are not there"
                yield Amiss(step.reply, "/data", message, wanted, there) if len(there) < len(wanted) else None

    def _large(self, made: Created) -> bool:
        for part in parts_of(made.input, "input_image", "input_file"):
            value = part.get("image_url") or part.get("file_data")
            if isinstance(value, str) and value.startswith("data:application/pdf"):
                return True  # every page counts as text and as a picture
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
        held = {container: {word(each, "id") for each in files} for _, container, files in listings(story)}
        for step in story.steps:
            asked = step.reply.exchange.request
            known |= set(FILE_ID.findall(asked.body.decode("utf-8", "replace") + asked.url))
            if step.operation == "other":
                known |= set(FILE_ID.findall(step.reply.exchange.body.decode("utf-8", "replace")))
            for item in step.reply.output:
                known |= {str(word(each, "file_id")) for each in _list(item.get("results")) if isinstance(each, dict)}
                if kind(item) == "code_interpreter_call" and isinstance(word(item, "container_id"), str):
                    containers.add(item["container_id"])
            if step.operation == "create":
                for index, note in notes(step.reply):
                    file_id, container = word(note, "file_id"), word(note, "container_id")
                    if note.get("type") == "container_file_citation" and containers:
                        files = held.get(str(container))
                        unknown = container not in containers or (files is not None and file_id not in files)
                    elif note.get("type") == "file_citation" and known:
                        unknown = file_id not in known
                    else:
                        continue
                    message = "a file is cited that was not there"
                    yield Amiss(step.reply, f"/output/{index}", message, sorted(known), dict(note)) if unknown else None


class MadeIsCited(StoryRule):
    """A file that was made in a container is cited in the answer.

    Without the citation nobody knows its id, and it goes with the container.

    Shown by defect B78.
    """

    name = "sem.citation_missing"

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        cited = {word(note, "file_id") for step in story.of("create") for _, note in notes(step.reply)}
        for step, _, files in listings(story):
            there = {word(each, "id") for each in files}
            made = [each for each in files if each.get("source") == "assistant"]
            if cited - {None} - there:
                continue  # something else is cited: the finding of another rule
            missing = [each.get("path") or word(each, "id") for each in made if word(each, "id") not in cited]
            message = "a file that was made in the container is cited nowhere"
            if made:
                yield Amiss(step.reply, "/data", message, "a citation", missing) if missing else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


FILE_RULES: Final = (AttachmentIsRead(), CitedFilesAreKnown(), MadeIsCited())
"""Rules of family `sem` about files."""
