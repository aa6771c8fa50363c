"""The code interpreter: what can be worked out is written as code, and the code is evaluated in a container.

    container: {"type": "auto", "file_ids": […]}   the container of the newest call in the context, or a new one
    container: "cntr_…"                            that one; refused where it is gone

So every chain has a session of its own. Files among the input are put into an `auto` container by themselves. What
code writes is a file of the container, and the next message that links to it cites it.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

from harness.mock import containers
from harness.mock.asked import check_choice, check_type, missing
from harness.mock.errors import Refused, invalid
from harness.mock.hosted.base import HostedTool, Job, calling, demanded, used
from harness.mock.interpreter import HOME, run
from harness.mock.model.coding import asks, code_for
from harness.mock.model.context import JSON, Context, Draft
from harness.mock.model.recall import JUST, known, lookup, questions
from harness.mock.operations import files
from harness.mock.store import Container, File

CALL: Final = "code_interpreter_call"
OUTPUTS: Final = "code_interpreter_call.outputs"
MEMORY: Final = ("1g", "4g", "16g", "64g")
MOST_LOGS: Final = 2_000
"""Characters of what code printed that the model reads out."""

WANTED: Final = re.compile(
    r"\b(?:calculat\w*|comput\w*|python|code interpreter|(?:run|write|execute) (?:\w+ ){0,3}code|analy[sz]\w+|solve|"
    r"csv|spreadsheet|data ?set|factorial|square root)\b",
    re.IGNORECASE,
)
ABOUT_FILES: Final = re.compile(
    r"\b(?:file|table|rows?|columns?|lines?|total|sum|average|mean|median|max\w*|min\w*|highest|lowest|largest|smallest|"
    r"how many|how (?:large|big)|bytes)\b",
    re.IGNORECASE,
)
WROTE: Final = re.compile(rf'"{HOME}([^"/]+)"(?:\)\.write_text\(|, index=False\))')
LINK: Final = re.compile(rf"sandbox:{HOME}([^)\s\"]+)")
FAILED: Final = re.compile(r"^\w+Error: .*|^\w+Error$", re.MULTILINE)
NAMELESS: Final = "cfile_" + "0" * 32
"""The id of a file that there is not."""


class CodeInterpreter(HostedTool):
    """Code in a container."""

    items: ClassVar[frozenset[str]] = frozenset({CALL})

    def check(self, tool: Mapping[str, Any], path: str, job: Job) -> None:
        """A container that there is, files that it takes. Raises `Refused`."""
        container, place = tool.get("container"), f"{path}.container"
        if container is None:
            raise missing(place)
        check_type(place, container, (str, dict))
        if isinstance(container, str):
            containers.used(job.room, container, job.ways, place)
            return
        check_choice(f"{place}.type", container.get("type"), ("auto",))
        if container.get("memory_limit") is not None:
            check_choice(f"{place}.memory_limit", container["memory_limit"], MEMORY)
        uploads(container, f"{place}.file_ids", job)

    def plan(self, tool: Mapping[str, Any], context: Context) -> Draft | None:
        if used(context, self.items):
            return bare_answer(context)
        if demanded(context) or wants(tool, context):
            return calling("code_interpreter", prompt=context.prompt)
        return None

    def run(self, call: Mapping[str, Any], job: Job, context: Context) -> list[JSON]:
        definition = next(one for one in job.body["tools"] if one.get("type") == "code_interpreter")
        container = session(definition["container"], job, context)
        code = code_for(call["prompt"], container.contents)
        outcome = run(code, container.names, container.contents)
        for path, content in outcome.made.items():
            containers.put(job.room, container, path, content, "assistant")
        logs = "\n".join(text for text in (outcome.printed, outcome.error) if text)
        outputs = [{"type": "logs", "logs": logs}] if logs else []
        return [{"type": CALL, "code": code, "container_id": container.shown["id"], "outputs": outputs}]

    def tell(self, item: Mapping[str, Any]) -> str | None:
        if item.get("outputs") is None:
            return None
        logs = printed(item)
        links = [f"[{name}](sandbox:{HOME}{name})" for name in WROTE.findall(str(item.get("code")))]
        if FAILED.search(logs):
            return f"The code failed: {logs.splitlines()[-1]}."
        told = read_out(logs)
        return f"{told} You can download it: {', '.join(links)}." if links else told

    def shown(self, items: list[JSON], job: Job) -> list[JSON]:
        """Messages with their citations; calls without their outputs, unless these were asked for."""
        cite(items, job)
        if OUTPUTS in (job.body.get("include") or ()):
            return items
        return [{**item, "outputs": None} if item["type"] == CALL else item for item in items]


# when it is wanted


def wants(tool: Mapping[str, Any], context: Context) -> bool:
    """Whether the prompt asks for what can be worked out, or for what is not known and may stand in a file."""
    prompt = context.prompt
    if WANTED.search(prompt) or asks(prompt):
        return True
    if not has_files(tool, context):
        return False
    asked = questions(prompt)
    told = known(context)
    return bool(ABOUT_FILES.search(prompt)) or any(lookup(told, name) is None for name in asked)


def has_files(tool: Mapping[str, Any], context: Context) -> bool:
    """Whether there may be files in the container, as far as the model can see."""
    container = tool["container"]
    given = isinstance(container, str) or bool(container.get("file_ids"))
    return given or any(item["type"] == CALL for item in context.items) or any(True for _ in attached(context.items))


# where it runs


def session(wanted: str | Mapping[str, Any], job: Job, context: Context) -> Container:
    """The container in which this thread's code runs, with its files. Raises `Refused`."""
    if isinstance(wanted, str):
        return containers.used(job.room, wanted, job.ways, "tools")
    container = earlier(job, context.items) or containers.made(job.room, job.ways, memory=wanted.get("memory_limit"))
    container = containers.used(job.room, container.shown["id"], job.ways)
    if job.ways.container_files == "taken":
        containers.put_uploaded(job.room, container, uploads(wanted, "tools.container.file_ids", job))
        for name, content in inline(job, context.items):
            if HOME + name not in container.contents:
                containers.put(job.room, container, HOME + name, content, "user")
    return container


def earlier(job: Job, items: Sequence[JSON]) -> Container | None:
    """The container of the newest call in the context that is still there."""
    for item in reversed(items):
        if item["type"] == CALL:
            container = job.room.store.containers.get(str(item.get("container_id")))
            alive = container is not None and not containers.is_gone(job.room, container, job.ways)
            return container if alive else None
    return None


def uploads(container: Mapping[str, Any], path: str, job: Job) -> list[File]:
    """The uploaded files that a definition names. Raises `Refused`."""
    file_ids = container.get("file_ids") or []
    check_type(path, file_ids, (list,))
    found = []
    for at, file_id in enumerate(file_ids):
        check_type(f"{path}[{at}]", file_id, (str,))
        try:
            found.append(files.find(job.room, file_id))
        except Refused:
            raise invalid(f"No such File object: {file_id}", f"{path}[{at}]") from None
        containers.check_kind(found[-1].shown["filename"], job.ways, f"{path}[{at}]")
    return found


def attached(items: Sequence[JSON]) -> Iterator[JSON]:
    """The files among the content of messages."""
    for item in items:
        content = item.get("content")
        for part in content if isinstance(content, list) else ():
            if isinstance(part, dict) and part.get("type") == "input_file":
                yield part


def inline(job: Job, items: Sequence[JSON]) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of the files that came with messages, as far as a container takes them."""
    for part in attached(items):
        file = job.room.store.files.get(str(part.get("file_id")))
        if file is not None:
            name, content = f"{file.shown['id']}-{containers.base_name(file.shown['filename'])}", file.content
        else:
            name = containers.base_name(part.get("filename") or "file")
            try:
                content = base64.b64decode(str(part.get("file_data") or "").partition(",")[2], validate=True)
            except (binascii.Error, ValueError):
                continue
        if "." + name.rpartition(".")[2].lower() in containers.TYPES:
            yield name, content


# what came of it


def printed(item: Mapping[str, Any]) -> str:
    """What the code of a call printed."""
    return "\n".join(str(one.get("logs", "")) for one in item.get("outputs") or ())


def whole(text: str) -> str:
    """Whole numbers without a fraction, and nought without a sign."""
    return re.sub(r"(?<![\w.])(?:-(?=0\.0(?!\d)))?(-?\d+)\.0(?![\d.])", r"\1", text)


def read_out(logs: str) -> str:
    """What code printed, in words."""
    if not logs:
        return "The code ran and printed nothing."
    if logs == "[]":
        return "There is no file in the container, and nothing to work out."
    lines = whole(logs[:MOST_LOGS]).splitlines()
    return f"The code printed: {'; '.join(lines)}."


def bare_answer(context: Context) -> Draft | None:
    """The value alone, where that is what the prompt wants and code made nothing else."""
    newest = next(item for item in reversed(context.since_asked) if item["type"] == CALL)
    logs = whole(printed(newest))
    if not JUST.search(context.prompt) or "\n" in logs or " = " not in logs or WROTE.search(str(newest.get("code"))):
        return None
    return Draft.saying(logs.rpartition(" = ")[2])


def cite(items: list[JSON], job: Job) -> None:
    """Puts citations on the messages after a call that made files: where they link to them, else at their beginning."""
    made: dict[str, File] = {}
    for item in items:
        if item["type"] == CALL:
            container = job.room.store.containers.get(str(item.get("container_id")))
            names = set(WROTE.findall(str(item.get("code"))))
            for file in container.files.values() if container is not None else ():
                name = file.shown["path"].removeprefix(HOME)
                if name in names:
                    made[name] = file
        elif item["type"] == "message" and made and job.ways.citations != "missing":
            part = next((part for part in item["content"] if part["type"] == "output_text"), None)
            if part is not None:
                part["annotations"] = [*part["annotations"], *citations(part["text"], made, job.ways.citations)]
                made = {}


def citations(text: str, made: Mapping[str, File], way: str) -> Iterator[JSON]:
    """One for each file that was made, with the place of its link."""
    links = {match[1]: match.span() for match in LINK.finditer(text)}
    for name, file in made.items():
        start, end = links.get(name, (0, 0))
        yield {
            "type": "container_file_citation",
            "container_id": file.shown["container_id"],
            "end_index": end,
            "file_id": NAMELESS if way == "unknown" else file.shown["id"],
            "filename": name,
            "start_index": start,
        }
