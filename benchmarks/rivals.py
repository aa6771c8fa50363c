"""The rivals of a run, each a whole process: `python benchmarks/rivals.py raw|official|pytest PORT COUNT AT_ONCE`.

raw       R: aiohttp, three checks on each answer
official  O: a gather over the official client with a semaphore, no checks
pytest    X: writes and runs one pytest test a scenario with the official client
"""

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path


async def raw(port: int, count: int, at_once: int) -> None:
    import aiohttp

    gate = asyncio.Semaphore(at_once)

    async def one(session: aiohttp.ClientSession) -> None:
        async with (
            gate,
            session.post(
                f"http://127.0.0.1:{port}/openai/v1/responses", json={"model": "gpt-5-mini", "input": "Reply with OK."}
            ) as response,
        ):
            answer = await response.json()
            assert response.status == 200
            assert answer["status"] == "completed"
            assert "OK" in answer["output"][0]["content"][0]["text"]

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(one(session) for _ in range(count)))


async def official(port: int, count: int, at_once: int) -> None:
    from openai import AsyncOpenAI

    gate = asyncio.Semaphore(at_once)
    client = AsyncOpenAI(base_url=f"http://127.0.0.1:{port}/openai/v1", api_key="benchmark-key", max_retries=0)

    async def one() -> None:
        async with gate:
            await client.responses.create(model="gpt-5-mini", input="Reply with OK.")

    await asyncio.gather(*(one() for _ in range(count)))


TEST = """
import pytest
from openai import OpenAI

client = OpenAI(base_url="http://127.0.0.1:{port}/openai/v1", api_key="benchmark-key", max_retries=0)

@pytest.mark.parametrize("number", range({count}))
def test_scenario(number):
    response = client.responses.create(model="gpt-5-mini", input="Reply with OK.")
    assert response.status == "completed"
    assert "OK" in response.output_text
"""


def with_pytest(port: int, count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "test_scenarios.py")
        path.write_text(TEST.format(port=port, count=count))
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:harness.pytest_plugin", str(path)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)


if __name__ == "__main__":
    rival, port, count, at_once = sys.argv[1], *map(int, sys.argv[2:5])
    if rival == "pytest":
        with_pytest(port, count)
    else:
        asyncio.run({"raw": raw, "official": official}[rival](port, count, at_once))
