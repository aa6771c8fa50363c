"""`harness check`: the rules over recordings, no endpoint needed."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from harness.cli.formats import Checked, Format, GitHub, Json, Sarif, Text, excerpt
from harness.conversation import Conversation
from harness.findings import Level
from harness.protocol.profiles import PROFILES, Profile
from harness.reading.files import exchanges
from harness.reply import Reply
from harness.rules import RULES, judge
from harness.wire.source import Unreadable

TOGETHER: Final = 8 * 1024 * 1024
"""Bytes of bodies that are judged as one conversation; a longer file is judged in several."""


def _format(name: str) -> Format:
    match name:
        case "json":
            return Json()
        case "github":
            return GitHub()
        case "sarif":
            return Sarif({rule.name: rule.title for rule in RULES})
        case _:
            return Text()


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--format", "name", type=click.Choice(["text", "json", "sarif", "github"]), default="text")
@click.option(
    "--profile", "strictness", type=click.Choice(list(PROFILES)), default="core", help="How strictly to judge."
)
def command(files: tuple[str, ...], name: str, strictness: str) -> None:
    """Hold recordings to every rule that needs no scenario.

    FILE is SSE text, a JSON response, a HAR file, a VCR cassette (YAML), a record of a run or its directory; `-`
    reads standard input.

    Exit codes: 0 no error found, 1 errors found, 4 a file cannot be read.
    """
    out, code = _format(name), 0
    for file in files:
        checked = check(file, PROFILES[strictness])
        for line in out.file(checked):
            click.echo(line)
        code = max(code, 4 if checked.unreadable is not None else 1 if checked.count(Level.ERROR) else 0)
    for line in out.end():
        click.echo(line)
    sys.exit(code)


def check(file: str, profile: Profile) -> Checked:
    """Everything found in one file. Never raises for what is in it."""
    checked = Checked(file)
    try:
        for replies in _together(file, profile):
            checked.exchanges += len(replies)
            _judge(checked, replies)
    except Unreadable as error:
        checked.unreadable = error.why
    except OSError as error:
        checked.unreadable = error.strerror or str(error)
    return checked


def _together(file: str, profile: Profile) -> Iterator[list[Reply]]:
    """Replies that are judged as one conversation. Exchanges with other services are left out."""
    source = sys.stdin.buffer if file == "-" else Path(file)
    replies: list[Reply] = []
    size = others = ours = 0
    broken: Unreadable | None = None
    found = enumerate(exchanges(source))
    while True:
        try:
            index, exchange = next(found)
        except StopIteration:
            break
        except Unreadable as error:
            broken = error
            break
        reply = Reply(exchange, index, profile=profile)
        if reply.operation == "other" and exchange.request.method:
            others += 1
            continue
        ours += 1
        if replies and size + len(exchange.body) > TOGETHER:
            yield replies
            replies, size = [], 0
        replies.append(reply)
        size += len(exchange.body)
    if replies:
        yield replies
    if broken:
        raise broken
    if not ours:
        raise Unreadable("it holds no exchange with the Responses API" if others else "it holds no exchange")


def _judge(checked: Checked, replies: list[Reply]) -> None:
    bodies = {reply.index: reply.exchange.body for reply in replies}
    checked.events += sum(reply.event_count for reply in replies)
    for finding in judge(Conversation.recorded(replies)).findings:
        checked.findings.append(finding)
        checked.excerpts.append(excerpt(bodies.get(finding.wire.exchange, b""), finding.wire.offset))
