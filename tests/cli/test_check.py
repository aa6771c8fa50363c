"""`harness check`: what it prints in each form, and its exit code."""

import json
from pathlib import Path

import pytest
from builders import runs
from builders.on_wire import exchange, payload, sse
from builders.streams import changed, renumbered, x1, x2
from click.testing import CliRunner

from harness.cli import COMMANDS
from harness.cli.check import check, command
from harness.cli.formats import Checked, GitHub, Text, excerpt
from harness.findings import Finding, Level, OnWire
from harness.protocol.profiles import CORE
from harness.record.writer import RunWriter

GOLDEN = Path(__file__).parents[1] / "golden" / "check"
CUT = sse(x1()[:-1])
WRONG = sse(renumbered(changed(x1(), 5, "/delta", "\u202e\x1b[31m::error::pwned\n::x")))
EVIL = b'event: a\ndata: {"\x1b]0;title\x07\xe2\x80\xae": \n\n' + sse(x1())


def run(*arguments: str, input: bytes | None = None):
    return CliRunner().invoke(command, arguments, input=input)


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A folder with recordings, good and bad, as the current one."""
    monkeypatch.chdir(tmp_path)
    for name, body in {
        "good.sse": sse(x1()),
        "plain.json": payload(x2()[-1]["response"]),
        "cut.sse": CUT,
        "wrong.sse": WRONG,
        "evil.sse": EVIL,
        "noted.sse": sse(x1()) + b"data: [DONE]\n\n",
        "none.txt": b"hello\n",
    }.items():
        Path(name).write_bytes(body)
    return tmp_path


CODES = [
    (("good.sse",), 0),
    (("good.sse", "plain.json", "noted.sse"), 0),
    (("cut.sse",), 1),
    (("good.sse", "cut.sse", "good.sse"), 1),
    (("none.txt",), 4),
    (("missing.sse",), 4),
    (("cut.sse", "none.txt", "good.sse"), 4),
]


@pytest.mark.parametrize(("arguments", "code"), CODES, ids=[" ".join(row[0]) for row in CODES])
def test_exit_codes(files, arguments, code):
    """Nothing wrong, errors found, unreadable; notes and warnings are nothing wrong."""
    assert run(*arguments).exit_code == code


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
def test_what_is_printed(files, form):
    """Each form, word for word."""
    out = run("good.sse", "cut.sse", "wrong.sse", "evil.sse", "noted.sse", "none.txt", "--format", form).stdout
    if form == "sarif":
        log = json.loads(out)
        log["runs"][0]["tool"]["driver"]["rules"] = log["runs"][0]["tool"]["driver"]["rules"][:1]
        out = json.dumps(log, indent=1) + "\n"

    assert out == (GOLDEN / f"{form}.txt").read_text(encoding="utf-8")


def test_json_is_one_line_a_file(files):
    """The unreadable one too; its findings are there, and why."""
    lines = [json.loads(line) for line in run("cut.sse", "none.txt", "--format", "json").stdout.splitlines()]

    assert [line["file"] for line in lines] == ["cut.sse", "none.txt"]
    assert (lines[0]["events"], lines[1]["events"], lines[1]["findings"]) == (10, 0, [])
    (finding,) = lines[0]["findings"]
    assert list(finding) == ["code", "level", "message", "frame", "offset", "pointer"]
    assert (finding["code"], finding["level"], finding["frame"]) == ("wire.no_terminal", "error", 9)
    assert "error" not in lines[0]
    assert lines[1]["error"]


@pytest.mark.parametrize("form", ["text", "github"])
def test_nothing_from_the_wire_controls_the_terminal_or_the_workflow(files, form):
    """No control or bidi character comes through, and no line that the wire began."""
    out = run("evil.sse", "wrong.sse", "--format", form).stdout

    assert not any(ord(letter) < 32 and letter != "\n" for letter in out)
    assert not set(out) & set("\x7f\u202e\u2066\u200b")
    for line in out.splitlines():
        assert line.startswith(("evil.sse: ", "wrong.sse: ", "  ", "2 files", "::error file=", "::notice file="))
        if form == "github":
            assert line.count("::") == 2


def test_commands_are_escaped():
    """In a message and in a property: percent, line ends, colons and commas."""
    finding = Finding("order.seq_gap", Level.WARNING, "a%::b\r\n::error::c:::", OnWire(event=1))
    (line,) = GitHub().file(Checked("a,b::c\n.sse", 1, 1, [finding], [""]))

    assert line == (
        "::warning file=a%2Cb%3A%3Ac\\n.sse,title=order.seq_gap::a%25: :b\\r\\n: :error: :c: :: (frame 1)"
    ).replace(": ::", ": : :")


def test_values_are_shown_cut():
    """Both values of a finding, each on one line."""
    finding = Finding("a.b", Level.ERROR, "no", OnWire(), expected="x" * 500, actual=None)
    lines = list(Text().file(Checked("f", 1, 1, [finding], [""])))

    assert lines[0] == "f: error: a.b: no"
    assert lines[1].startswith("  = expected 'xxx")
    assert lines[1].endswith("…, got nothing")


def test_an_excerpt_is_on_one_line():
    """From the byte on, cut, with what is hidden escaped."""
    assert excerpt(b"abc\ndef\xff", 2) == "c\\ndef\\xff"
    assert excerpt(b"a" * 200, 0) == "a" * 100 + "…"
    assert excerpt(b"abc", None) == ""


def test_standard_input(files):
    """`-` is standard input."""
    result = run("-", "--format", "json", input=CUT)

    assert (result.exit_code, json.loads(result.stdout)["file"], json.loads(result.stdout)["events"]) == (1, "-", 10)


def test_a_profile_lowers_what_others_may_do(files):
    """What is an error of OpenAI and Azure is a warning about another implementation."""
    events = x1()
    events[-1]["response"]["id"] = "resp_2"
    Path("ids.sse").write_bytes(sse(events))

    assert [run("ids.sse", "--profile", name).exit_code for name in ("core", "codex", "lenient")] == [1, 1, 0]


def test_a_run_of_ours(tmp_path):
    """Its directory, its record and its exchanges file hold the same exchanges; one that was altered is refused."""
    folder = tmp_path / "run"
    with RunWriter(folder, runs.head()) as writer:
        writer.exchanges("case", "turn-1", 0, exchange(CUT))
        writer.exchanges("case", "turn-2", 1, exchange(sse(x2()).replace(b"resp_1", b"resp_2") + b": " + b"x" * 70_000))
    for path in (folder, folder / "record.jsonl", folder / "exchanges.jsonl"):
        checked = check(str(path), CORE)
        assert (checked.exchanges, checked.unreadable) == (2, None)
        assert [(found.rule, found.wire.exchange) for found in checked.findings] == [("wire.no_terminal", 0)]

    kept = folder / "exchanges.jsonl"
    lines = kept.read_bytes().splitlines(keepends=True)
    kept.write_bytes(b"".join([*lines[:2], lines[2].replace(b"turn-2", b"turn-3")]))
    altered = check(str(kept), CORE)
    assert (altered.exchanges, [found.rule for found in altered.findings]) == (1, ["wire.no_terminal"])
    assert "altered" in altered.unreadable
    kept.write_bytes(b"".join([*lines[:2], lines[2][:-9]]))
    assert check(str(kept), CORE).unreadable is None
    assert "without exchanges" in check(str(tmp_path), CORE).unreadable


def har(*pairs: tuple[str, bytes]) -> bytes:
    """A HAR file of answers to POSTs."""
    entries = [
        {
            "request": {"method": "POST", "url": url, "postData": {"text": '{"stream":true}'}},
            "response": {
                "status": 200,
                "headers": [{"name": "content-type", "value": "text/event-stream"}],
                "content": {"size": len(body), "text": body.decode()},
            },
        }
        for url, body in pairs
    ]
    return json.dumps({"log": {"version": "1.2", "entries": entries}}).encode()


def test_other_services_in_a_recording_are_not_judged(tmp_path):
    """Exchanges elsewhere are left out; a recording of nothing else is refused."""
    ours, other = "https://s.invalid/v1/responses", "https://s.invalid/v1/chat/completions"
    both, none = tmp_path / "both.har", tmp_path / "none.har"
    both.write_bytes(har((other, b"data: {}\n\n"), (ours, CUT)))
    none.write_bytes(har((other, b"data: {}\n\n")))

    checked = check(str(both), CORE)
    assert (checked.exchanges, [(f.rule, f.wire.exchange) for f in checked.findings]) == (1, [("wire.no_terminal", 1)])
    assert "no exchange with the Responses API" in check(str(none), CORE).unreadable


def test_a_long_recording_is_judged_in_parts(tmp_path, monkeypatch):
    """What is judged together is bounded; every exchange is judged, under its own number."""
    monkeypatch.setattr("harness.cli.check.TOGETHER", 10_000)
    path = tmp_path / "many.har"
    path.write_bytes(har(*[("https://s.invalid/v1/responses", CUT)] * 20))
    checked = check(str(path), CORE)

    assert (checked.exchanges, checked.events) == (20, 200)
    assert [found.wire.exchange for found in checked.findings] == list(range(20))


def test_the_command_is_in_the_help():
    """`harness check` is one of the commands."""
    assert "check" in COMMANDS
    assert run("--help").exit_code == 0
