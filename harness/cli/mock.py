"""`harness mock`: the embedded endpoint by itself, on a port of this machine."""

import asyncio
import contextlib
import gc
import json
import os
import re
import secrets
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO

import click

from harness.mock import MockServer, Room
from harness.mock.answers import Answer
from harness.mock.defects import DEFECTS
from harness.mock.offered import MODELS, REGIONS, version_of
from harness.mock.request import Request

GROUPS: Final = {
    "A": "one answer or stream is wrong",
    "B": "what was said before, or is stored, is mistreated",
    "C": "the connection or the service fails",
    "F": "a wrong request is answered as if all were well",
}


def listing(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    """Prints every defect with the codes that it is found under, group by group, and ends."""
    if not wanted or context.resilient_parsing:
        return
    group = ""
    for defect in DEFECTS.values():
        if not defect.id.startswith(group or " "):
            group = defect.id[0]
            click.echo(f"{group}: {GROUPS[group]}")
        codes = (" or " if defect.any_of else ", ").join(defect.findings)
        click.echo(f"  {defect.id:6} {defect.slug:34} {defect.title}" + (f" [{codes}]" if codes else ""))
    context.exit()


@click.command("mock")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0: any free port.")
@click.option("--key-env", metavar="VAR", help="Environment variable that holds the key to accept.")
@click.option("--defect", "defects", multiple=True, metavar="ID", help="Be wrong in this way; may be repeated.")
@click.option(
    "--defects",
    "listed",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=listing,
    help="List what can be wrong, and stop.",
)
@click.option("--region", default="swedencentral", show_default=True)
@click.option(
    "--deployment", "deployments", multiple=True, metavar="NAME=MODEL[@VERSION][:TYPE]", help="May be repeated."
)
@click.option(
    "--quota",
    nargs=2,
    type=click.IntRange(1),
    metavar="REQUESTS TOKENS",
    help="A minute, for each deployment; 10000 and 10000000 without it.",
)
@click.option("--latency", default="0", show_default=True, metavar="TIME", help="Before every answer: 0.2, 200ms.")
@click.option("--log", metavar="FILE", help="A JSON line for every answer; `-` is the standard error.")
@click.option("--seed", type=int, default=0, show_default=True)
def command(
    port: int,
    key_env: str | None,
    defects: tuple[str, ...],
    region: str,
    deployments: tuple[str, ...],
    quota: tuple[int, int] | None,
    latency: str,
    log: str | None,
    seed: int,
) -> None:
    """Serve the simulated Responses API on 127.0.0.1.

    Without --deployment every known model answers under its own name. Without --key-env a key is drawn and printed.
    Stops on Ctrl-C and on SIGTERM.
    """
    key = os.environ.get(key_env, "") if key_env else secrets.token_urlsafe(24)
    if not key or not key.isascii() or not key.isprintable():
        raise Refused(f"--key-env: the variable {key_env} is empty or holds no usable key")
    if region not in REGIONS:
        raise Refused(f"--region: unknown region `{region}`")
    names = dict(named_deployment(text) for text in deployments) or {name: name for name in MODELS}
    server = MockServer(nonce=f"alone/{seed}", latency=duration(latency))
    try:
        script = {"quota": {"requests": quota[0], "tokens": quota[1]}} if quota else None
        room = server.rooms.open(script, defects=defects, region=region, seed=seed, name="", key=key, deployments=names)
    except LookupError as error:
        raise Refused(f"--defect: {error.args[0]}") from error
    with logging_to(server, log):
        asyncio.run(serve(server, room, port, None if key_env else key, key_env))


class Refused(click.ClickException):
    """A setting that cannot be; nothing was served."""

    exit_code = 4


def named_deployment(text: str) -> tuple[str, str]:
    """`NAME=MODEL@VERSION:TYPE`; version and type may be left out, and a model may go by its own name."""
    name, _, offered = text.partition("=")
    offered = offered or name
    model, _, version = offered.partition(":")[0].partition("@")
    if model not in MODELS:
        raise Refused(f"--deployment: unknown model `{model}`")
    if version and version_of(model, version) is None:
        raise Refused(f"--deployment: `{model}` has no version `{version}`; see `harness catalogue --model {model}`")
    return name.partition("@")[0].partition(":")[0], offered


def duration(text: str) -> float:
    """Seconds, from `0.2`, `0.2s` or `200ms`."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s)?", text)
    if found is None:
        raise Refused(f"--latency: `{text}` is no duration such as 200ms or 2s")
    return float(found[1]) * (0.001 if found[2] == "ms" else 1.0)


@contextlib.contextmanager
def logging_to(server: MockServer, path: str | None) -> Iterator[None]:
    """Writes a line for every answer while the server runs, if that was asked for."""
    if path is None:
        yield
        return
    try:
        file = contextlib.nullcontext(sys.stderr) if path == "-" else Path(path).open("a", encoding="utf-8")  # noqa: SIM115
    except OSError as error:
        raise Refused(f"--log: cannot write {path} ({error.strerror})") from error
    with file as lines:
        server.observe(lambda request, answer, seconds: log_line(lines, request, answer, seconds))
        yield


def log_line(lines: TextIO, request: Request, answer: Answer, seconds: float) -> None:
    """What was asked and how it was answered. No query, no header line of the client, no body: they hold secrets."""
    ids = [value for name, value in answer.headers if name == "apim-request-id"]
    entry = {
        "time": round(time.time(), 3),
        "method": request.method,
        "path": request.path,
        "status": answer.status,
        "streamed": answer.streamed,
        "bytes_in": len(request.body),
        "bytes_out": len(answer.whole()),
        "ms": round(seconds * 1000, 3),
        "request_id": ids[0] if ids else None,
    }
    lines.write(json.dumps(entry) + "\n")
    lines.flush()


async def serve(server: MockServer, room: Room, port: int, key: str | None, key_env: str | None) -> None:
    """Until told to stop."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    try:
        await server.start(port)
    except OSError as error:
        raise Refused(f"--port: cannot listen on 127.0.0.1:{port} ({error.strerror})") from error
    # what is stored stays, and requests leave no cycles behind: looking for garbage seldom is a third more answers
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    try:
        click.echo(f"Serving {room.url}")
        click.echo(f"  key         {key or f'the value of {key_env}'} (as `api-key` or Bearer)")
        names = list(room.deployments)
        click.echo(f"  deployments {', '.join(names[:6])}{f' and {len(names) - 6} more' if len(names) > 6 else ''}")
        click.echo(f'  client      OpenAI(base_url="{room.url}", api_key=…)')
        click.echo(f"  alive?      {server.url}/healthz")
        await stopped.wait()
    finally:
        await server.stop()
    click.echo("Stopped.")
