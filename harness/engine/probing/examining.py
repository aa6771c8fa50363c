"""Why a target would not work, step by step: name, certificate, credential, deployment, model, region, clock, quota.

Each step says what was seen and, where something is wrong, what to do. What cannot be looked at because of an earlier
step is left out.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from harness.engine.clock import SKEW, Clock, ahead_of, told_ahead
from harness.engine.pace.steadiness import ADVICE
from harness.engine.targets.auth import NoCredential
from harness.engine.targets.facts import Facts
from harness.engine.targets.target import Grounds, Target
from harness.engine.turns.delivery import post
from harness.protocol.profiles import CORE
from harness.reply import Reply
from harness.rules.identity import served_model
from harness.targets.origins import origin_of
from harness.wire.exchange import Exchange, How

_LIMITS: Final = ("x-ratelimit-limit-requests", "x-ratelimit-limit-tokens")


class State(StrEnum):
    """How a step came out."""

    GOOD = "ok"
    BAD = "wrong"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was looked at: what was seen, and what to do about it."""

    name: str
    state: State
    seen: str
    advice: str = ""


async def examine(target: Target, grounds: Grounds, clock: Clock | None = None) -> AsyncIterator[Step]:
    """The steps for a target, as they are taken. One small request is sent."""
    facts = target.facts
    if facts.missing:
        yield Step("credential", State.BAD, facts.missing, "Set the variable in the environment that runs this.")
        return
    if facts.kind != "embedded":
        name = await _name(facts)
        yield name
        if name.state is State.BAD:
            return
    try:
        async with target.open(grounds, None) as door:
            body = {"model": facts.deployment, "input": "Reply with OK.", "max_output_tokens": 16, "store": False}
            exchange = await door.sender.send(post(door.base + "responses", body))
    except NoCredential as missing:
        yield Step("credential", State.BAD, str(missing), "Log in (`az login`), or run where the identity is known.")
        return
    reached = _reached(exchange)
    yield reached
    if reached.state is not State.GOOD:
        return
    reply = Reply(exchange, 0, profile=CORE)
    for step in (_credential(reply), _deployment(reply, facts)):
        yield step
        if step.state is not State.GOOD:
            return
    yield _model(reply, facts)
    yield _region(reply, facts)
    yield _time(exchange, clock or Clock())
    yield _quota(exchange, facts)


async def _name(facts: Facts) -> Step:
    origin = origin_of(facts.endpoint)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM)
    except OSError as error:
        advice = "Check the resource's name in `endpoint`, and that this machine may ask for names outside."
        return Step("name", State.BAD, f"{origin.host} does not resolve: {error.strerror or error}", advice)
    addresses = sorted({str(each[4][0]) for each in found})
    return Step("name", State.GOOD, f"{origin.host} is {', '.join(addresses[:3])}")


def _reached(exchange: Exchange) -> Step:
    ending = exchange.ending
    if exchange.head is not None:
        secure = "with a valid certificate" if exchange.request.url.startswith("https:") else "without TLS, on loopback"
        return Step("connection", State.GOOD, f"answered {exchange.status} in {exchange.ended_at:.1f} s, {secure}")
    advice = {
        How.TLS: "The certificate is not valid for this name: a proxy that opens TLS, or a wrong address. The check "
        "cannot be turned off; add your organisation's authority to the system's store.",
        How.CONNECT: "Nothing listens there, or a firewall is in between: check address, port and network rules.",
        How.DNS: "Check the resource's name in `endpoint`.",
    }.get(ending.how, "Try again; if it stays so, ask who runs the network between here and the service.")
    return Step("connection", State.BAD, f"{ending.how}: {ending.detail}", advice)


def _credential(reply: Reply) -> Step:
    status = reply.exchange.status or 0
    told = (reply.error or {}).get("message") or ""
    if status in (401, 403):
        name = "role" if status == 403 else "credential"
        return Step(name, State.BAD, f"refused with {status}: {told}"[:300], ADVICE[status])
    return Step("credential", State.GOOD, "accepted")


def _deployment(reply: Reply, facts: Facts) -> Step:
    status = reply.exchange.status or 0
    told = (reply.error or {}).get("message") or ""
    if status == 404:
        return Step("deployment", State.BAD, f"{facts.deployment} is not there: {told}"[:300], ADVICE[404])
    if status == 429:
        advice = "Wait, or lower `limits`; somebody else may use the same deployment."
        return Step("deployment", State.UNSURE, f"throttled: {told}"[:300], advice)
    if status >= 400:
        return Step("deployment", State.UNSURE, f"answered {status}: {told}"[:300], "Run a scenario to see more.")
    return Step("deployment", State.GOOD, f"{facts.deployment} answers, status {reply.status}")


def _model(reply: Reply, facts: Facts) -> Step:
    served = served_model(reply)
    expected = "-".join(part for part in (facts.model, facts.version) if part)
    if served is None:
        seen = f"the answer does not tell; it says {reply.model}"
        return Step(
            "model", State.UNSURE, seen, "The version cannot be held to: leave `version` out, or ask the provider."
        )
    if not facts.model:
        return Step("model", State.GOOD, f"{served} (the target says none)")
    if served == expected or (not facts.version and served.startswith(f"{facts.model}-20")):
        return Step("model", State.GOOD, served)
    advice = "Correct `model` and `version` of the target, or the deployment: an upgrade may have been automatic."
    return Step("model", State.BAD, f"{served}, not {expected}", advice)


def _region(reply: Reply, facts: Facts) -> Step:
    head = reply.exchange.head
    told = head.header("x-ms-region") if head else None
    if not told:
        return Step("region", State.UNSURE, "the answer does not tell")
    same = "".join(told.lower().split()) == facts.region
    if facts.region is None or same:
        return Step("region", State.GOOD, told)
    advice = "Right for a global or data-zone deployment; else correct `region`."
    return Step("region", State.UNSURE, f"{told}, not {facts.region}", advice)


def _time(exchange: Exchange, clock: Clock) -> Step:
    skew = ahead_of(exchange, clock.wall())
    if skew is None:
        return Step("clock", State.UNSURE, "the answer bears no date")
    if abs(skew) <= SKEW:
        return Step("clock", State.GOOD, f"within {max(1.0, abs(skew)):.0f} s of the service's")
    return Step("clock", State.BAD, told_ahead(skew), "Set this machine's clock: tokens are judged by it.")


def _quota(exchange: Exchange, facts: Facts) -> Step:
    head = exchange.head
    told = [head.header(name) if head else None for name in _LIMITS]
    if not any(told):
        return Step("quota", State.UNSURE, "the answer does not tell; pace follows its refusals, or `limits`")
    seen = f"{told[0] or '?'} requests and {told[1] or '?'} tokens a minute"
    asked = (facts.quota.requests_per_minute, facts.quota.tokens_per_minute)
    for limit, mine, name in zip(told, asked, ("requests_per_minute", "tokens_per_minute"), strict=True):
        if mine and limit and limit.isdigit() and mine > int(limit):
            return Step("quota", State.BAD, f"{seen}, but {name} is {mine}", f"Lower `limits: {{{name}: {limit}}}`.")
    return Step("quota", State.GOOD, seen)
