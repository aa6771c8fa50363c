"""Rules of the code interpreter's containers: each is its own and ends in time."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from harness.protocol.spans import word
from harness.reading.asked import split
from harness.rules.story import Created, Step, Story, kind
from harness.rules.telling import Amiss, StoryRule

_PATH: Final = re.compile(r"/containers/([^/]+)(/files)?(?:/|\Z)")


def _about(step: Step) -> tuple[str, bool] | None:
    """The container that an operation is about, and whether it lists its files."""
    path, _ = split(step.reply.exchange.request.url)
    found = _PATH.search(path)
    return (found[1], path.endswith("/files")) if found else None


def listed(step: Step) -> list[Mapping[str, Any]]:
    data = (step.reply.response or {}).get("data")
    return [each for each in data if isinstance(each, dict)] if isinstance(data, list) else []


def listings(story: Story) -> Iterator[tuple[Step, str, list[Mapping[str, Any]]]]:
    """Every list of a container's files that was answered."""
    for step in story.of("other"):
        about = _about(step)
        if about and about[1] and step.http == 200 and step.reply.exchange.request.method == "GET":
            yield step, about[0], listed(step)


def given(story: Story, container: str) -> list[str]:
    """What this conversation put into a container: the ids of files that a request named, and of files sent there."""
    found: list[str] = []
    for made in story.created:
        shown = {word(item, "container_id") for item in made.ended.output if kind(item) == "code_interpreter_call"}
        tools = made.body.get("tools")
        for tool in tools if isinstance(tools, list) else ():
            wanted = tool.get("container") if isinstance(tool, dict) else None
            ids = wanted.get("file_ids") if isinstance(wanted, dict) else None
            if container in shown and isinstance(ids, list):
                named = dict.fromkeys(each for each in ids if isinstance(each, str))
                found += [each for each in named if each not in found]
    for step in story.of("other"):
        about = _about(step)
        if about == (container, True) and step.reply.exchange.request.method == "POST" and step.http == 200:
            found.append(step.reply.id or "")
    return found


class ContainersAreApart(StoryRule):
    """A container holds what this conversation put or made there, and nothing of another.

    Seen by the facts that the harness plants in other cases, and by more files than were put there.

    Shown by defect B65.
    """

    name = "state.container_leak"

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        foreign = story.conversation.knowledge.foreign
        for step, container, files in listings(story):
            theirs = [each.get("path") for each in files if each.get("source") == "user"]
            wanted = given(story, container)
            message = "a container has more files than this conversation put there"
            yield Amiss(step.reply, "/data", message, wanted, theirs) if len(theirs) > len(wanted) else None
        for made in story.created:
            logs = "".join(self._logs(made))
            if logs:
                heard = next((value for value in foreign if value in logs), None)
                message = "a container knows what another case put there"
                yield Amiss(made.ended, "/output", message, None, heard) if heard else None

    @staticmethod
    def _logs(made: Created) -> Iterator[str]:
        for item in made.ended.output:
            outputs = item.get("outputs") if kind(item) == "code_interpreter_call" else None
            for each in outputs if isinstance(outputs, list) else ():
                if isinstance(each, dict) and isinstance(each.get("logs"), str):
                    yield each["logs"]


class ContainersEnd(StoryRule):
    """A container cannot be used any more 20 minutes after its last use.

    Shown by defect B75.
    """

    name = "state.container_not_expired"

    after: Final = 1_200.0

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        used: dict[str, Step] = {}
        for step in story.steps:
            ids = self._uses(step)
            for container in ids:
                last = used.get(container)
                if last is not None and (idle := story.elapsed(last.reply, step)) >= self.after:
                    works = step.http == 200 and step.reply.status != "failed"
                    message = f"a container works {idle / 60:.0f} minutes after its last use"
                    yield Amiss(step.reply, "", message, "a refusal", step.http) if works else None
            for container in ids | self._shown(step):
                used[container] = step

    @staticmethod
    def _uses(step: Step) -> set[str]:
        """The containers that a request means to use: by their id, or below their address."""
        about = _about(step)
        if about is not None:
            # looking at the container itself tells its status, and is allowed
            return {about[0]} if about[1] or "/files" in step.reply.exchange.request.url else set()
        tools = (step.reply.request or {}).get("tools")
        found = [tool.get("container") for tool in tools if isinstance(tool, dict)] if isinstance(tools, list) else []
        return {each for each in found if isinstance(each, str)}

    @staticmethod
    def _shown(step: Step) -> set[str]:
        ids = {word(item, "container_id") for item in step.reply.output if kind(item) == "code_interpreter_call"}
        made = (step.reply.response or {}).get("id") if step.operation == "other" else None
        return {each for each in (*ids, made) if isinstance(each, str)}


_TYPES: Final = re.compile(
    r"c|cs|cpp|csv|docx?|html|java|json|md|pdf|php|pptx|py|rb|tex|txt|css|js|sh|ts|jpe?g|gif|pkl|png|tar|xlsx|xml|zip"
)
"""Endings of the files that the code interpreter is documented to take."""
_FILENAME: Final = re.compile(rb'filename="[^"\r\n]*\.([A-Za-z0-9]{1,8})"')


def documented_files(story: Story) -> Iterator[tuple[Step, str]]:
    """Every attempt to put a file of a documented type into a container, with its ending."""
    for step in story.of("other"):
        about, request = _about(step), step.reply.exchange.request
        ending = _FILENAME.search(request.body[:8192])
        if about and about[1] and request.method == "POST" and ending and not story.demands_error(step):
            kind_ = ending[1].decode().lower()
            if _TYPES.fullmatch(kind_):
                yield step, kind_


CONTAINER_RULES: Final = (ContainersAreApart(), ContainersEnd())
"""Rules of family `state` about containers."""
