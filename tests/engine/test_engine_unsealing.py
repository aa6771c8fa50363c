"""`${secret.name}`: put in where it may stand, for hosts on its list, and kept nowhere."""

import json
from typing import Any

import pytest
from builders.virtual import virtually

from harness.engine.targets.unsealing import Held, SecretNotSent, Unsealing
from harness.record.run import Run
from harness.wire.exchange import Ending, Exchange, How, Request
from harness.wire.redact import Secret

VALUE = "ghp-a-secret-of-many-letters"
HELD = {"github": Held(Secret("GITHUB", VALUE), ("r.openai.azure.com", "*.example.com"))}
TOOL = {
    "type": "mcp",
    "server_label": "g",
    "server_url": "https://api.example.com/mcp",
    "authorization": "${secret.github}",
}


class Wire:
    """Keeps what goes out."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    async def send(self, request: Request) -> Exchange:
        self.bodies.append(request.body)
        return Exchange(request, None, b"", (), Ending(How.CONNECT))


def sent(*tools: dict[str, Any], host: str = "r.openai.azure.com", **fields: Any) -> tuple[Any, Request, Request]:
    wire = Wire()
    asked = Request("POST", f"https://{host}/responses", (), json.dumps({"tools": list(tools), **fields}).encode())
    exchange = virtually(lambda: Unsealing(wire, HELD).send(asked))
    return json.loads(wire.bodies[0]), asked, exchange.request


@pytest.mark.parametrize(
    "tool", [TOOL, {**TOOL, "authorization": "x", "headers": {"X-Key": "${secret.github}", "X-Other": "1"}}]
)
def test_the_value_goes_out_and_is_not_kept(tool):
    body, asked, kept = sent(tool)

    assert VALUE in json.dumps(body)
    assert kept == asked


@pytest.mark.parametrize(
    ("tool", "fields"),
    [
        ({**TOOL, "authorization": "Bearer ${secret.github}"}, {}),
        ({**TOOL, "authorization": "x", "server_description": "${secret.github}"}, {}),
        ({"type": "function", "authorization": "${secret.github}"}, {}),
        ({**TOOL, "authorization": "x"}, {"input": "${secret.github}", "metadata": {"a": "${secret.github}"}}),
    ],
)
def test_elsewhere_it_stays_a_name(tool, fields):
    body, *_ = sent(tool, **fields)

    assert VALUE not in json.dumps(body)


@pytest.mark.parametrize(
    ("tool", "host", "told"),
    [
        ({**TOOL, "server_url": "https://evil.tld/mcp"}, "r.openai.azure.com", "the host evil.tld is not on its list"),
        (TOOL, "other.openai.azure.com", "the host other.openai.azure.com is not on its list"),
        ({**TOOL, "server_url": "https://api.example.com.evil.tld/"}, "r.openai.azure.com", "is not on its list"),
        ({**TOOL, "server_url": "api.example.com"}, "r.openai.azure.com", "no address"),
        ({**TOOL, "authorization": "${secret.other}"}, "r.openai.azure.com", "does not declare it"),
    ],
)
def test_where_it_may_not_go_nothing_is_sent(tool, host, told):
    with pytest.raises(SecretNotSent, match=told):
        sent(tool, host=host)


SCENARIO = """\
scenario: A tool behind a key
tools:
  - {type: mcp, server_label: g, server_url: "https://api.example.com/mcp", authorization: "${secret.github}"}
turns: [{user: Reply with OK., expect: {text: {contains: OK}}}]
"""


def test_in_a_scenario(pytester, monkeypatch):
    """Skipped where the secret may not go or is not declared; refused where it stands elsewhere."""
    monkeypatch.setenv("G_TOKEN", VALUE)
    monkeypatch.setenv("A_KEY", "a-key-of-the-target")
    targets = (
        "targets: [{name: t, endpoint: 'https://r.openai.azure.com/', deployment: d, auth: {api_key_env: A_KEY}}]\n"
    )
    (pytester.path / "specs").mkdir()
    (pytester.path / "specs" / "a.yaml").write_text(SCENARIO)
    (pytester.path / "targets.yaml").write_text(targets)

    undeclared = pytester.runpytest("specs", "-rs")
    (pytester.path / "targets.yaml").write_text(
        f"secrets: {{github: {{env: G_TOKEN, hosts: [x.example.com]}}}}\n{targets}"
    )
    elsewhere = pytester.runpytest("specs", "-rs")
    (pytester.path / "specs" / "a.yaml").write_text(SCENARIO.replace("Reply with OK.", '"${secret.github}"'))
    misplaced = pytester.runpytest("specs")

    undeclared.assert_outcomes(skipped=1)
    undeclared.stdout.fnmatch_lines(["*needs the secret github, which targets.yaml does not declare*"])
    elsewhere.assert_outcomes(skipped=1)
    elsewhere.stdout.fnmatch_lines(["*the secret github may not be sent to t: its host is not on the secret's list*"])
    assert misplaced.ret == 4
    misplaced.stdout.fnmatch_lines(["*`${secret.github}` cannot stand here*"])
    for folder in (pytester.path / "reports").iterdir():
        assert [line.verdict for line in Run.read(folder).cases] == ["skipped"]
