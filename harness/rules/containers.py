"""Rules of the code interpreter's containers: each is its own, ends in time, and what is made in it is cited."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from harness.rules.sem_media import notes
from harness.rules.story import Created, Step, Story, kind
from harness.rules.telling import Amiss, StoryRule

_PATH: Final = re.compile(r"/containers/([^/]+)(/files)?(?:/|\Z)")


def _about(step: Step) -> tuple[str, bool] | None:
    """The container that an operation is about, and whether it lists its files."""
    path = urlsplit(step.reply.exchange.request.url).path.rstrip("/")
    found = _PATH.search(path)
    return (found[1], path.endswith("/files")) if found else None


def _listed(step: Step) -> list[Mapping[str, Any]]:
    data = (step.reply.response or {}).get("data")
    return [each for each in data if isinstance(each, dict)] if isinstance(data, list) else []


def _listings(story: Story) -> Iterator[tuple[Step, str, list[Mapping[str, Any]]]]:
    """Every list of a container's files that was answered."""
    for step in story.of("other"):
        about = _about(step)
        if about and about[1] and step.http == 200 and step.reply.exchange.request.method == "GET":
            yield step, about[0], _listed(step)


class MadeIsCited(StoryRule):
    """A file that was made in a container is cited in the answer.

    Without the citation nobody knows its id, and it goes with the container.

    Shown by defect B78.
    """

    name = "sem.citation_missing"

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        cited = {note.get("file_id") for step in story.of("create") for _, note in notes(step.reply)}
        for step, _, files in _listings(story):
            made = [each for each in files if each.get("source") == "assistant"]
            missing = [each.get("path") or each.get("id") for each in made if each.get("id") not in cited]
            message = "a file that was made in the container is cited nowhere"
            if made:
                yield Amiss(step.reply, "/data", message, "a citation", missing) if missing else None


class ContainersAreApart(StoryRule):
    """A container holds what this conversation put or made there, and nothing of another.

    Seen by the facts that the harness plants in other cases, and by files that nobody here put there.

    Shown by defect B65.
    """

    name = "state.container_leak"

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        foreign = story.conversation.knowledge.foreign
        sent = b"".join(step.reply.exchange.request.body for step in story.steps).decode("utf-8", "replace")
        told = "".join(
            step.reply.exchange.body.decode("utf-8", "replace")
            for step in story.of("other")
            if step.reply.exchange.request.method == "POST"
        )
        for step, _, files in _listings(story):
            strange = [each.get("path") for each in files if self._strange(each, sent, told)]
            message = "a container has files that nobody of this conversation put there"
            yield Amiss(step.reply, "/data", message, [], strange) if strange else None
        for made in story.created:
            logs = "".join(self._logs(made))
            if logs:
                heard = next((value for value in foreign if value in logs), None)
                message = "a container knows what another case put there"
                yield Amiss(made.ended, "/output", message, None, heard) if heard else None

    @staticmethod
    def _strange(file: Mapping[str, Any], sent: str, told: str) -> bool:
        """Whether a file that the user is said to have put there was never sent."""
        name = str(file.get("path") or "").rpartition("/")[2]
        known = str(file.get("id")) in told or any(part and part in sent for part in (name, str(file.get("file_id"))))
        return file.get("source") == "user" and not known

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
        ids = {item.get("container_id") for item in step.reply.output if kind(item) == "code_interpreter_call"}
        made = (step.reply.response or {}).get("id") if step.operation == "other" else None
        return {each for each in (*ids, made) if isinstance(each, str)}


CONTAINER_RULES: Final = (ContainersAreApart(), ContainersEnd())
"""Rules of family `state` about containers."""
