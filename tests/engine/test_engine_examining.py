"""`harness doctor`: what is seen of a target, and what it says to do."""

import asyncio
from dataclasses import replace
from email.utils import formatdate
from typing import Any

import pytest
from builders.cases import StandIn
from builders.virtual import EPOCH, VirtualClock, virtually
from click.testing import CliRunner

from harness.cli import main
from harness.engine.probing.examining import Step, examine
from harness.engine.targets.facts import Facts
from harness.engine.targets.grounds import RunGrounds
from harness.targets.spec import Quota
from harness.wire.exchange import Exchange, How, Request

FACTS = Facts("t", "live", "http://127.0.0.1:1/v1/", "d-1", "gpt-4.1", "2025-04-14", "eastus2", quota=Quota(300, 1000))
LINES = (
    ("x-ms-served-model", "gpt-4.1-2025-04-14"),
    ("x-ms-region", "East US 2"),
    ("date", formatdate(EPOCH + 2, usegmt=True)),
    ("x-ratelimit-limit-requests", "300"),
    ("x-ratelimit-limit-tokens", "1000"),
)


class Headed(StandIn):
    """A stand-in whose answers have these header lines, too."""

    lines: tuple[tuple[str, str], ...] = LINES

    async def send(self, request: Request) -> Exchange:
        exchange = await super().send(request)
        head = exchange.head and replace(exchange.head, headers=(*exchange.head.headers, *self.lines))
        return replace(exchange, head=head)


def steps(answer: Any, facts: Facts = FACTS, **lines: str | None) -> dict[str, Step]:
    target = Headed([answer], facts)
    changed = {name.replace("_", "-"): value for name, value in lines.items()}
    kept = tuple((name, value) for name, value in LINES if name not in changed)
    target.lines = (*kept, *((name, value) for name, value in changed.items() if value is not None))

    async def run() -> dict[str, Step]:
        grounds = RunGrounds()
        return {step.name: step async for step in examine(target, grounds, VirtualClock())}

    return virtually(run)


def test_a_target_in_order():
    seen = steps("OK")

    assert list(seen) == ["name", "connection", "credential", "deployment", "model", "region", "clock", "quota"]
    assert {step.state for step in seen.values()} == {"ok"}
    assert not any(step.advice for step in seen.values())


@pytest.mark.parametrize(
    ("answer", "last", "advice"),
    [
        ((401, {"message": "no"}), "credential", "https://ai.azure.com/.default"),
        ((403, {"message": "no"}), "role", "Cognitive Services OpenAI User"),
        ((404, {"code": "DeploymentNotFound", "message": "none"}), "deployment", "the deployment's own name"),
        ((429, {"message": "later"}), "deployment", "lower `limits`"),
        (How.TLS, "connection", "The check cannot be turned off"),
        (How.CONNECT, "connection", "firewall"),
        (How.NO_ANSWER, "connection", "Try again"),
    ],
)
def test_where_it_ends(answer, last, advice):
    """The first thing that is wrong is told with its remedy, and nothing behind it."""
    seen = steps(answer)

    assert list(seen)[-1] == last
    assert seen[last].state in ("wrong", "unsure")
    assert advice in seen[last].advice


@pytest.mark.parametrize(
    ("lines", "step", "state", "told"),
    [
        ({"x_ms_served_model": "gpt-4.1-2026-01-01"}, "model", "wrong", "gpt-4.1-2026-01-01, not gpt-4.1-2025-04-14"),
        ({"x_ms_served_model": None}, "model", "unsure", "the answer does not tell"),
        ({"x_ms_region": "West US"}, "region", "unsure", "West US, not eastus2"),
        ({"x_ms_region": None}, "region", "unsure", "does not tell"),
        ({"date": formatdate(EPOCH - 900, usegmt=True)}, "clock", "wrong", "900 s ahead of the service's"),
        ({"date": formatdate(EPOCH + 900, usegmt=True)}, "clock", "wrong", "900 s behind the service's"),
        ({"date": None}, "clock", "unsure", "no date"),
        ({"x_ratelimit_limit_requests": "60"}, "quota", "wrong", "requests_per_minute is 300"),
        (
            {"x_ratelimit_limit_requests": None, "x_ratelimit_limit_tokens": None},
            "quota",
            "unsure",
            "does not tell",
        ),
    ],
)
def test_what_an_answer_tells(lines, step, state, told):
    found = steps("OK", **lines)[step]

    assert found.state == state
    assert told in found.seen


def test_a_credential_that_is_not_there():
    seen = steps("OK", replace(FACTS, missing="the variable A_KEY is not set"))

    assert [step.name for step in seen.values()] == ["credential"]
    assert seen["credential"].seen == "the variable A_KEY is not set"


def test_a_name_that_does_not_resolve(monkeypatch):
    async def visit() -> list[Step]:
        async def nowhere(*arguments: Any, **others: Any) -> Any:
            raise OSError(-2, "Name or service not known")

        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", nowhere)
        target = Headed(["OK"], replace(FACTS, endpoint="https://r.openai.azure.com/"))
        return [step async for step in examine(target, RunGrounds(), VirtualClock())]

    (step,) = virtually(visit)

    assert (step.name, step.state) == ("name", "wrong")
    assert step.seen == "r.openai.azure.com does not resolve: Name or service not known"


def test_the_command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("A_TEST_KEY", raising=False)
    (tmp_path / "targets.yaml").write_text(
        "targets:\n  - {name: m, endpoint: mock, model: o3, region: eastus2}\n"
        "  - {name: k, endpoint: 'http://127.0.0.1:1/', deployment: d, auth: {api_key_env: A_TEST_KEY}}\n"
    )

    good, bad = (CliRunner().invoke(main, ["doctor", name]) for name in "mk")

    assert good.exit_code == 0
    assert "  ok     model       o3-2025-04-16\n" in good.stdout
    assert bad.exit_code == 1
    assert bad.stdout == (
        "k\n  WRONG  credential  the variable A_TEST_KEY is not set\n"
        "                     Set the variable in the environment that runs this.\n"
    )
    assert CliRunner().invoke(main, ["doctor", "x"]).exit_code == 4
