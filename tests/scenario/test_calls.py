"""Where a `call:` and an address in a request may lead: below the base address, and into no inner network."""

from urllib.parse import unquote

import pytest
from builders.scenarios import told
from hypothesis import given
from hypothesis import strategies as st

from harness.scenario.addresses import address_mistake
from harness.scenario.calls import LeadsOut, address, checked, path_mistake

BASE = "https://service.example/openai/v1/"


@pytest.mark.parametrize(
    ("path", "whole"),
    [
        ("files", "files"),
        ("/files", "files"),
        ("containers/c-1/files?limit=2&order=asc", "containers/c-1/files?limit=2&order=asc"),
        ("files/a%20b", "files/a%20b"),
        ("responses/resp_1:cancel", "responses/resp_1:cancel"),
    ],
)
def test_below_the_base(path: str, whole: str):
    assert address(BASE, path) == BASE + whole


@pytest.mark.parametrize(
    "path",
    [
        *("../deployments", "files/../../x", "files/..", "..", ".", "./files", "files/./x", "files/...", "files//x"),
        *("//elsewhere.example/x", "https://elsewhere.example/x", "http:x/../..", "\\\\elsewhere\\x", "files\\..\\x"),
        *("%2e%2e/x", "files/%2E%2E/x", "files/.%2e/x", "%252e%252e/x", "files%2f..%2fx", "files/%5c..", "files/..;/x"),
        *("files/%00", "files/%3fx", "files/%23x", "files/a b", "files/\n", "files#x", "?x", "", "/", "files/%zz"),
        *("@elsewhere.example/", "files/ü", "files/%25", "a" * 2_001),
    ],
)
def test_no_way_out(path: str):
    """Neither by dots nor by an address, nor by any of them in disguise."""
    try:
        whole = address(BASE, path)
    except LeadsOut:
        return
    assert path == "@elsewhere.example/"  # a part like any other: it stands behind the base's slash
    assert whole.startswith(BASE)


@given(st.text(alphabet="./%2eEfF\\?#@:a;", max_size=24))
def test_whatever_is_let_through_lies_below(path: str):
    """A law: decoded as often as one likes, no part of the path climbs."""
    try:
        plain = checked(path).partition("?")[0]
    except LeadsOut:
        return
    for _ in range(4):
        assert ".." not in plain.split("/")
        assert "\\" not in plain
        assert not plain.startswith("/")
        plain = unquote(plain)


def test_a_path_with_variables_is_judged_by_what_is_written():
    assert path_mistake("containers/${id}/files") is None
    assert path_mistake("../${id}") is not None
    assert path_mistake("$$") is None


@pytest.mark.parametrize(
    "value",
    [
        *("http://169.254.169.254/latest", "http://127.0.0.1/x", "http://2130706433/x", "http://0x7f.1/x"),
        *("http://0177.0.0.1/x", "http://[::1]/x", "http://[::ffff:10.0.0.1]/x", "http://[fd00::1]/x"),
        *(
            "http://10.0.0.1/",
            "https://192.168.1.1/a.png",
            "http://localhost/",
            "http://a.localhost/",
            "http://x.internal/",
        ),
        *("http://0.0.0.0/", "http://224.0.0.1/", "http://100.64.0.1/", "http://localhost./"),
    ],
)
def test_E36_the_service_is_sent_into_no_inner_network(value: str):
    """However the address is spelt."""
    assert "lies in a network" in str(address_mistake(value))


@pytest.mark.parametrize(
    "value", ["file:///etc/passwd", "gopher://x/1", "ftp://x/a.png", "javascript:x", "x.png", "//x/y"]
)
def test_E37_other_schemes_are_refused(value: str):
    assert "is no address that the service is sent to" in str(address_mistake(value))


@pytest.mark.parametrize("value", ["https://u:p@example.com/a", "https://", "https://[", "http:///x"])
def test_an_address_names_a_host_alone(value: str):
    assert address_mistake(value) is not None


@pytest.mark.parametrize(
    "value", ["https://example.com/a.png", "http://93.184.215.14/a.png", "data:image/png;base64,AA", "${mcp.label.url}"]
)
def test_what_the_service_may_fetch(value: str):
    assert address_mistake(value) is None


def test_addresses_are_looked_for_wherever_they_stand():
    """In items, in tools and in a request, each told at its place."""
    text = """
    tools: [{type: mcp, server_label: a, server_url: "http://10.0.0.1/mcp"}]
    request: {tools: [{type: mcp, server_url: "http://10.0.0.2/mcp"}]}
    turns:
      - input: [{role: user, content: [{type: input_image, image_url: {url: "http://10.0.0.3/"}}]}]
        expect: {error: {status: 400}}
    """
    assert [each.partition("`")[2].partition("`")[0] for each in told(text)] == ["10.0.0.1", "10.0.0.2", "10.0.0.3"]


def test_E13_nothing_is_included():
    """There is no such key: a file is what is written in it."""
    assert "unknown key `include` in a scenario" in told("include: ../../other.yaml")[0]


def test_E23_no_number_is_beyond_what_a_run_can_do():
    assert told("turns: [{wait: 999999999h}, {user: a, expect: {text: a}}]")[0].startswith(
        "`999999999h` is no time to wait"
    )
    assert "must hold at most 128" in told(f"tools: [{', '.join(['{type: x}'] * 129)}]")[0]
    assert "must be at most 50" in told("turns: [{user: a, max_rounds: 1000000000, expect: {text: a}}]")[0]
