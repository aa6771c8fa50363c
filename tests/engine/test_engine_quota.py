"""A quota that is configured, enforced by the embedded endpoint over real HTTP, in virtual time."""

import asyncio
from collections import Counter

from builders.virtual import VirtualClock, virtually

from harness.engine.pace.steadiness import Steadiness
from harness.engine.targets.auth import Fixed
from harness.engine.targets.facts import Facts
from harness.engine.targets.grounds import RunGrounds
from harness.engine.targets.live import LiveTarget
from harness.mock import MockServer
from harness.targets.spec import Quota
from harness.wire.exchange import Request
from harness.wire.redact import Secret


def test_six_hundred_cases_within_three_hundred_a_minute():
    """At least 95 % of the quota is used, and less than 1 % of what is sent is refused."""
    statuses: Counter[int | None] = Counter()

    async def visit() -> float:
        clock, loop = VirtualClock(), asyncio.get_running_loop()
        async with MockServer(nonce="quota") as server:
            script = {"quota": {"requests": 300, "tokens": 10_000_000}}
            room = server.rooms.open(script, model="gpt-4.1", clock=clock.wall)
            base = f"{room.url}/"
            facts = Facts("t", "live", base, "gpt-4.1", quota=Quota(requests_per_minute=300, concurrency=32))
            live = LiveTarget(facts, Fixed(Secret("k", room.key)))
            grounds = RunGrounds(steadiness=Steadiness(clock=clock))
            left = iter(range(600))

            async def case() -> None:
                async with live.open(grounds, None) as opened:
                    door = grounds.steady(live, opened)
                    for _ in left:
                        asked = b'{"model": "gpt-4.1", "input": "Reply with OK.", "store": false}'
                        lines = (("content-type", "application/json"),)
                        exchange = await door.sender.send(Request("POST", f"{base}responses", lines, asked))
                        for each in (*exchange.earlier, exchange):
                            statuses[each.status] += 1

            began = loop.time()
            await asyncio.gather(*(case() for _ in range(32)))
            took = loop.time() - began
            await grounds.close()
            return took

    took = virtually(visit)

    assert statuses[200] == 600
    assert statuses[429] < 0.01 * statuses.total()
    assert 600 / (took / 60) / 300 >= 0.95
