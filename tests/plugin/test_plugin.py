"""`pytest` with scenarios: everything that its users know works, and the exit codes say what they should."""

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from xml.etree import ElementTree

import pytest

import harness.engine.targets.embedded
import harness.report.page
import harness.running.run  # imported once here, not by each pytest that the tests start
from harness.record.run import Run

GOOD = """
scenario: Recall {name}
id: recall-{name}
tags: [{name}]
turns:
  - user: My {name} number is {number}. Reply with OK.
  - user: What is my {name} number?
    expect: {{text: {{contains: "{number}"}}}}
"""
WRONG_ANSWER = """
scenario: Never so
id: never-so
turns:
  - user: Reply with OK.
    expect: {text: {contains: quite another word}}
"""
MISSPELT = """
scenario: Misspelt
turns:
  - user: Reply with OK.
    expct: {status: completed}
"""


def good(name: str = "parcel", number: int = 4417) -> str:
    return GOOD.format(name=name, number=number)


def specs(pytester: pytest.Pytester, **files: str) -> None:
    """Scenario files below `specs/`; an `__` in a name is a folder."""
    for name, text in files.items():
        path = pytester.path / "specs" / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_inprocess("--rootdir=.", *arguments)


def records(pytester: pytest.Pytester) -> list[Path]:
    return sorted(pytester.path.glob("reports/*/record.jsonl"))


def cases(pytester: pytest.Pytester) -> dict[str, str]:
    """Case id → verdict, as recorded by the one run there was."""
    (record,) = records(pytester)
    lines = [json.loads(line) for line in record.read_text().splitlines()]
    return {line["body"]["case"]: line["body"]["verdict"] for line in lines if line["kind"] == "case"}


def test_a_scenario_passes_and_is_recorded(pytester: pytest.Pytester):
    """Record, exchanges and report are there, under the case's readable id."""
    specs(pytester, area__recall=good())
    result = run(pytester, "specs")

    result.assert_outcomes(passed=1)
    assert result.ret == 0
    name = "specs/area/recall.yaml::recall-parcel[mock/swedencentral/gpt-5-mini-plain-chained]"
    assert cases(pytester) == {name: "passed"}
    directory = records(pytester)[0].parent
    assert {path.name for path in directory.iterdir()} >= {"record.jsonl", "exchanges.jsonl", "report.html"}
    assert "4417" in (directory / "exchanges.jsonl").read_text()


def test_a_failure_shows_its_line_and_both_values(pytester: pytest.Pytester):
    """The YAML's line with carets, what was expected, what came; never a traceback of ours."""
    specs(pytester, wrong=WRONG_ANSWER)
    result = run(pytester, "specs")

    assert result.ret == 1
    output = result.stdout.str()
    assert " --> specs/wrong.yaml:6:" in output
    assert "expect: {text: {contains: quite another word}}" in output
    assert "quite another word" in output
    assert "Traceback" not in output


def test_a_wrong_scenario_is_refused_and_nothing_is_sent(pytester: pytest.Pytester):
    """One bad file refuses the run, good ones beside it or not: exit 4, its diagnostics, no record."""
    specs(pytester, a_good=good(), b_bad=MISSPELT)
    result = run(pytester, "specs")

    assert result.ret == 4
    result.stdout.fnmatch_lines(["*unknown key `expct`*", "*specs/b_bad.yaml:5:5*", "*did you mean `expect`?*"])
    assert not (pytester.path / "reports").exists()


def test_a_script_that_cannot_be_followed_is_refused(pytester: pytest.Pytester):
    """A misspelt key under `mock:` is the author's mistake: exit 4, at its own line, and nothing is sent."""
    specs(pytester, scripted=good() + "mock: {repli: OK}\n")
    result = run(pytester, "specs")

    assert result.ret == 4
    result.stdout.fnmatch_lines(["*unknown key `repli` in mock; did you mean `reply`?*", "*specs/scripted.yaml:9:8*"])
    assert not (pytester.path / "reports").exists()


def test_a_wrong_scenario_is_refused_when_only_collecting(pytester: pytest.Pytester):
    """`--co` checks too."""
    specs(pytester, bad=MISSPELT)

    assert run(pytester, "specs", "--co").ret == 4


def test_collecting_alone_sends_nothing(pytester: pytest.Pytester):
    """`--co` lists the cases and leaves no trace."""
    specs(pytester, recall=good())
    result = run(pytester, "specs", "--co", "-q")

    result.stdout.fnmatch_lines(["specs/recall.yaml::recall-parcel*"])
    assert not (pytester.path / "reports").exists()


def test_selection_by_word_mark_and_id(pytester: pytest.Pytester):
    """-k, -m and --deselect run what they select and nothing else."""
    specs(pytester, one=good("parcel"), two=good("locker"))

    run(pytester, "specs", "-k", "locker", "--reports", "r1").assert_outcomes(passed=1, deselected=1)
    run(pytester, "specs", "-m", "parcel", "--reports", "r2").assert_outcomes(passed=1, deselected=1)
    run(pytester, "specs", "--deselect", "specs/one.yaml", "--reports", "r3").assert_outcomes(passed=1, deselected=1)
    result = run(pytester, "specs", "-k", "nothing", "--reports", "r4")
    assert result.ret == 5
    for number in (1, 2, 3):
        (record,) = pytester.path.glob(f"r{number}/*/record.jsonl")
        assert sum('"kind":"case"' in line for line in record.read_text().splitlines()) == 1


def test_x_stops_and_lf_runs_what_failed(pytester: pytest.Pytester):
    """-x ends after the first failure; --lf then runs just that."""
    specs(pytester, a_wrong=WRONG_ANSWER, b_good=good())
    first = run(pytester, "specs", "-x", "--reports", "r1")
    first.assert_outcomes(failed=1)
    assert first.ret == 1

    run(pytester, "specs", "--lf", "--reports", "r2").assert_outcomes(failed=1)


def test_without_the_cache_plugin(pytester: pytest.Pytester):
    """Nothing of ours needs an optional plugin."""
    specs(pytester, recall=good())

    run(pytester, "specs", "-p", "no:cacheprovider", "-p", "no:junitxml").assert_outcomes(passed=1)


def test_junit_holds_the_case(pytester: pytest.Pytester):
    """pytest's own JUnit file names each case and its failure."""
    specs(pytester, good=good(), wrong=WRONG_ANSWER)
    run(pytester, "specs", "--junitxml=junit.xml")

    suite = ElementTree.parse(pytester.path / "junit.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")


def test_fixtures_surround_their_case(pytester: pytest.Pytester):
    """An autouse fixture is set up before its case is sent, and torn down after."""
    pytester.makeconftest(
        """
        import pytest
        from pathlib import Path

        @pytest.fixture(autouse=True)
        def log(request):
            seen = Path("log.txt")
            assert not list(Path("reports").glob("*/exchanges.jsonl")) or "n\\":1" not in next(
                Path("reports").glob("*/exchanges.jsonl")).read_text()
            seen.write_text("set up " + request.node.name)
            yield
            seen.write_text(seen.read_text() + ", torn down")
        """
    )
    specs(pytester, recall=good())
    run(pytester, "specs").assert_outcomes(passed=1)

    log = (pytester.path / "log.txt").read_text()
    assert log.startswith("set up recall-parcel[")
    assert log.endswith(", torn down")


def test_a_case_that_is_not_sent_sets_up_no_fixture(pytester: pytest.Pytester):
    """It is recorded, and skipped with its reason, in the order of the files."""
    pytester.makeconftest(
        "import pytest, pathlib\n@pytest.fixture(autouse=True)\n"
        "def noted(request):\n    pathlib.Path('noted-' + request.node.path.stem).touch()\n"
    )
    specs(pytester, absent=good() + "needs: [multi_agent]\n", sent=good().replace("recall-parcel", "recall-again"))
    done = run(pytester, "specs", "-rs", "--junitxml=junit.xml")
    done.assert_outcomes(passed=1, skipped=1)

    assert (pytester.path / "noted-sent").exists()
    assert not (pytester.path / "noted-absent").exists()
    record = Run.read(next((pytester.path / "reports").iterdir())).sound()
    case = next(line for line in record.cases if line.scenario == "recall-parcel")
    assert (case.verdict, bool(case.reason)) == ("skipped", True)
    done.stdout.fnmatch_lines([f"SKIPPED*{case.reason}*"])
    suite = ElementTree.parse(pytester.path / "junit.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("skipped")) == ("2", "1")


def test_fixtures_of_one_folder_are_not_those_of_another(pytester: pytest.Pytester):
    specs(pytester, first=good(), second=good().replace("recall-parcel", "recall-again"))
    for name in ("noted", "plain"):
        folder = pytester.path / "specs" / name
        folder.mkdir()
        for number in range(2):
            (folder / f"{number}.yaml").write_text(good().replace("recall-parcel", f"recall-{name}-{number}"))
    (pytester.path / "specs" / "noted" / "conftest.py").write_text(
        "import pytest, pathlib\n@pytest.fixture(autouse=True)\n"
        "def noted(request):\n    pathlib.Path(request.node.path.parent.name + request.node.path.stem).touch()\n"
    )
    run(pytester, "specs").assert_outcomes(passed=6)

    assert {path.name for path in pytester.path.iterdir() if path.is_file()} >= {"noted0", "noted1"}
    assert not {path.name for path in pytester.path.iterdir()} & {"plain0", "plain1", "specsfirst", "specssecond"}


def test_named_fixtures_of_the_configuration(pytester: pytest.Pytester):
    """`usefixtures` in the configuration holds for scenarios as for any test."""
    pytester.makeini("[pytest]\nusefixtures = wanted\n")
    pytester.makeconftest(
        "import pytest, pathlib\n@pytest.fixture\ndef wanted():\n    pathlib.Path('wanted.txt').write_text('yes')\n"
    )
    specs(pytester, recall=good())
    run(pytester, "specs").assert_outcomes(passed=1)

    assert (pytester.path / "wanted.txt").read_text() == "yes"


def test_other_yaml_is_left_alone(pytester: pytest.Pytester):
    """A YAML file outside `specs/` that is no scenario is not collected; plain tests run beside ours."""
    (pytester.path / "compose.yaml").write_text("services: {scenario: {image: x}}\n")
    (pytester.path / "elsewhere.yaml").write_text(good())
    pytester.makepyfile(test_plain="def test_plain(): pass")
    result = run(pytester)

    result.assert_outcomes(passed=2)
    assert [case.partition("::")[0] for case in cases(pytester)] == ["elsewhere.yaml"]


def test_two_workers_share_one_run(pytester: pytest.Pytester):
    """With -n 2 each worker writes a record of its own; together they are one run with one report."""
    specs(pytester, **{f"recall_{name}": good(name, 100 + n) for n, name in enumerate(["parcel", "locker", "badge"])})
    result = pytester.runpytest_subprocess("--rootdir=.", "-n", "2", "specs")

    result.assert_outcomes(passed=3)
    assert result.ret == 0
    (directory,) = (pytester.path / "reports").iterdir()
    assert sorted(path.name for path in directory.glob("record*")) == ["record-gw0.jsonl", "record-gw1.jsonl"]
    assert len(Run.read(directory).verdicts) == 3
    assert "All 3 cases passed" in (directory / "report.html").read_text()
    result.stdout.fnmatch_lines([f"record: *{directory.name} (2 files)", f"report: *{directory.name}?report.html"])


LEFT_OUT = """
scenario: Left out
id: left-out
modes: {state: [chained, stateless]}
turns:
  - {id: a, user: Reply with OK., expect: {status: completed}}
  - {retrieve: a}
"""


def test_workers_tell_what_was_left_out(pytester: pytest.Pytester):
    """The process that they report to collected nothing: it reads it in their records."""
    specs(pytester, recall=good(), left=LEFT_OUT)
    alone, shared = run(pytester, "specs"), run(pytester, "specs", "-n", "2")

    told = [line for line in alone.stdout.lines if line.startswith("  specs/left.yaml::left-out ")]
    assert len(told) == 1
    assert [line for line in shared.stdout.lines if line.startswith("  specs/left.yaml::left-out ")] == told


@pytest.mark.parametrize("taken", ["record-gw0.jsonl", "pace.sqlite"])
def test_a_worker_in_which_the_run_cannot_begin(pytester: pytest.Pytester, taken: str):
    """It says why, once, in a line of ours; nothing is sent from there, and nothing is green."""
    specs(pytester, one=good("one"), two=good("two"))
    (pytester.path / "reports" / "x" / taken).mkdir(parents=True)
    result = run(pytester, "specs", "-n", "2", "--run-id", "x")

    everywhere = taken == "pace.sqlite"
    assert result.ret == (4 if everywhere else 3)
    output = result.stdout.str()
    assert "INTERNALERROR" not in output
    assert "Traceback" not in output
    result.stdout.fnmatch_lines([f"the case was not sent: *{taken}*", f"problem: *{taken}*"])
    read = Run.read(pytester.path / "reports" / "x") if everywhere else None
    assert read is None or (read.cases, len(read.missing)) == ((), 2)


@pytest.mark.parametrize("others", [{}, {"good": good()}], ids=["alone", "beside a good one"])
def test_workers_refuse_a_wrong_scenario(pytester: pytest.Pytester, others: dict[str, str]):
    """The case of another file that a worker is given all the same is not sent, and no mistake of ours is shown."""
    specs(pytester, wrong=MISSPELT, **others)
    result = run(pytester, "specs", "-n", "2")

    assert result.ret == 4
    result.stdout.fnmatch_lines(["*unknown key `expct`*", "*specs/wrong.yaml:5:5*"])
    assert "AssertionError" not in result.stdout.str()
    assert not (pytester.path / "reports").exists()


def test_workers_refuse_what_one_process_refuses(pytester: pytest.Pytester):
    """A run that may send too much is refused with exit 4, by whoever would send it."""
    specs(pytester, one=good("one"), two=good("two"))
    live = ("--endpoint", "http://127.0.0.1:9/", "--deployment", "d", "--max-requests", "1")
    alone, shared = run(pytester, "specs", *live), run(pytester, "specs", *live, "-n", "2")

    assert (alone.ret, shared.ret) == (4, 4)
    shared.stdout.fnmatch_lines(["the case was not sent: this run may send 4 requests to live targets, more than 1*"])
    assert not records(pytester)


def test_a_defect_turns_the_run_red(pytester: pytest.Pytester):
    """The same scenario on an endpoint that is wrong in one way: exit 1, and the rule is named."""
    specs(pytester, recall=good())
    result = run(pytester, "specs", "--defect", "A102")

    assert result.ret == 1
    result.stdout.fnmatch_lines(["*error*sem.usage_sum*"])


def test_an_endpoint_that_cannot_be_observed_is_inconclusive(pytester: pytest.Pytester):
    """Nobody listens: exit 6, never a pass and never a failure of the service."""
    specs(pytester, recall=good())
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        port = server.server_port
    result = run(pytester, "specs", "--endpoint", f"http://127.0.0.1:{port}/", "--deployment", "d")

    assert result.ret == 6
    assert set(cases(pytester).values()) == {"inconclusive"}
    result.stdout.fnmatch_lines(["*specs?recall.yaml I*", "*avail.connect*"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--endpoint", "http://example.com/v1", "--deployment", "d"], "over https only"),
        (["--endpoint", "https://example.com/v1"], "needs --deployment"),
        (["--deployment", "d"], "go with --endpoint"),
        (["--endpoint", "ftp://x", "--deployment", "d"], "no http"),
        (["--endpoint", "https://a@b.c/v1", "--deployment", "d"], "without user information"),
        (["--endpoint", "https://b.c", "--deployment", "d", "--api-key-env", "NOT_SET_HERE"], "NOT_SET_HERE"),
        (["--set", "9=1"], "NAME=VALUE"),
        (["--defect", "A999"], "A999"),
    ],
)
def test_wrong_use_is_refused_before_anything_is_sent(pytester: pytest.Pytester, arguments: list[str], message: str):
    """Exit 4 and a sentence that says what to do; no record is begun."""
    specs(pytester, recall=good())
    result = run(pytester, "specs", *arguments)

    assert result.ret == 4
    assert message in result.stdout.str() + result.stderr.str()
    assert not (pytester.path / "reports").exists()


def test_a_key_reaches_the_endpoint_and_no_file(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    """The key is sent as a bearer token; an answer that repeats it is recorded without it."""
    key = "sk-planted-7f3a9c51d2"
    seen = []

    class Echo(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append(self.headers["authorization"])
            self.rfile.read(int(self.headers["content-length"]))
            body = json.dumps(
                {"error": {"message": f"bad key {key}", "code": "x", "type": "y", "param": None}}
            ).encode()
            self.send_response(400)
            self.send_header("content-type", "application/json")
            self.send_header("x-echo", key)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    monkeypatch.setenv("PLANTED_KEY", key)
    specs(pytester, recall=good())
    with HTTPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}/v1"
        result = run(pytester, "specs", "--endpoint", base, "--deployment", "d", "--api-key-env", "PLANTED_KEY")
        server.shutdown()

    assert seen == [f"Bearer {key}"]
    assert result.ret == 1
    for path in pytester.path.glob("reports/**/*"):
        assert not path.is_file() or key.encode() not in path.read_bytes()
    assert key not in result.stdout.str()


def test_a_page_that_breaks_takes_nothing_with_it(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    """Exit 3 and a sentence; the record with its verdicts stays."""

    def broken(run: object) -> str:
        raise ZeroDivisionError("a bug in a panel")

    monkeypatch.setattr(harness.report.page, "html", broken)
    specs(pytester, recall=good())
    result = run(pytester, "specs")

    assert result.ret == 3
    result.stdout.fnmatch_lines(["problem: the report was not written: *"])
    assert set(cases(pytester).values()) == {"passed"}


def test_the_plugin_imports_nothing_heavy():
    """A pytest run without scenarios pays for neither aiohttp nor pydantic nor openai."""
    code = (
        "import sys, pytest; before = set(sys.modules); import harness.pytest_plugin; "
        "print(*sorted(set(sys.modules) - before))"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert set(output) == {"harness", "harness.pytest_plugin", "harness.scenario", "harness.scenario.files"}


def test_a_case_that_starts_anew(pytester: pytest.Pytester):
    """What may have been accepted is not sent again: the case starts once more, and both attempts are kept."""
    (pytester.path / "specs").mkdir()
    text = "scenario: A\nmodes: {delivery: [stream]}\nturns: [{user: Reply with OK., expect: {status: completed}}]\n"
    (pytester.path / "specs" / "a.yaml").write_text(text)

    result = pytester.runpytest("specs", "--defect", "C23")

    assert result.ret == 6
    (folder,) = (pytester.path / "reports").iterdir()
    run = Run.read(folder)
    assert [(line.attempt, line.verdict) for line in run.cases] == [(1, "inconclusive"), (2, "inconclusive")]
    assert not run.problems
