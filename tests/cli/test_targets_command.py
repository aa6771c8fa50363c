"""`harness targets` and the options that choose targets, as a person uses them."""

import json

import pytest
from click.testing import CliRunner

from harness.cli import main
from harness.record.run import Run

FILE = """\
targets:
  - {name: mock, endpoint: mock, region: [swedencentral, eastus2], model: [gpt-5-mini, gpt-4.1]}
  - name: live
    endpoint: https://r.openai.azure.com/openai/v1/
    deployment: d
    model: o3
    region: eastus2
    auth: {api_key_env: SOME_TEST_KEY}
    limits: {requests_per_minute: 300}
"""
SCENARIO = "scenario: Hello\nturns: [{user: Reply with OK., expect: {text: {contains: OK}}}]\n"


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SOME_TEST_KEY", raising=False)
    return lambda *arguments: CliRunner().invoke(main, list(arguments))


def names(result):
    return [row["name"] for row in json.loads(result.stdout)["targets"]]


def test_without_a_file_nothing_leaves_this_machine(run):
    result = run("targets", "--format", "json")

    assert {row["endpoint"] for row in json.loads(result.stdout)["targets"]} == {"mock"}
    assert run("targets").stdout.startswith("4 targets of the default family\n")


def test_the_file_here_is_used(run, tmp_path):
    (tmp_path / "targets.yaml").write_text(FILE)

    assert names(run("targets", "--format", "json")) == [
        "mock/swedencentral/gpt-5-mini",
        "mock/swedencentral/gpt-4.1",
        "mock/eastus2/gpt-5-mini",
        "mock/eastus2/gpt-4.1",
        "live",
    ]
    assert names(run("targets", "--region", "east*", "--model", "gpt-4*", "--format", "json")) == [
        "mock/eastus2/gpt-4.1"
    ]


def test_a_target_without_its_credential(run, tmp_path, monkeypatch):
    """Passed over with the reason; refused where it was asked for by name; used when the variable is set."""
    (tmp_path / "targets.yaml").write_text(FILE)

    assert "the variable SOME_TEST_KEY is not set" in run("targets").stdout
    named = run("targets", "--target", "live")
    assert (named.exit_code, named.stdout) == (4, "")
    assert named.stderr == "error: the target live cannot be used: the variable SOME_TEST_KEY is not set\n"
    assert run("targets", "--target", "li*").exit_code == 0

    monkeypatch.setenv("SOME_TEST_KEY", "k" * 12)
    result = run("targets", "--target", "live")
    assert result.exit_code == 0
    assert "kkkk" not in result.stdout


def test_what_is_not_there(run, tmp_path):
    (tmp_path / "other.yaml").write_text(FILE)

    result = run("targets", "--targets", "other.yaml", "--target", "mock/eastus2/gpt-41")
    assert result.exit_code == 4
    assert "did you mean `mock/eastus2/gpt-4.1`?" in result.stderr
    assert run("targets", "--targets", "none.yaml").exit_code == 4


def test_a_run_on_targets_of_a_file(pytester, monkeypatch):
    """Every selected target has its case; one without its credential is skipped with the reason."""
    monkeypatch.delenv("SOME_TEST_KEY", raising=False)
    pytester.makefile(".yaml", targets=FILE)
    (pytester.path / "specs").mkdir()
    (pytester.path / "specs" / "hello.yaml").write_text(SCENARIO)

    result = pytester.runpytest("specs", "-rs", "-v")

    result.assert_outcomes(passed=4, skipped=1)
    result.stdout.fnmatch_lines(["*SKIPPED*live cannot be used: the variable SOME_TEST_KEY is not set*"])
    result.stdout.fnmatch_lines(["ran on 5 targets at 2 endpoints in 2 regions"])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--target", "live"], "the target live cannot be used: the variable SOME_TEST_KEY is not set"),
        (["--region", "westus9"], "no target is meant by --region westus9"),
        (
            ["--target", "mock/*", "--endpoint", "http://127.0.0.1:1/", "--deployment", "d"],
            "--endpoint names one target",
        ),
        (["--targets", "nowhere.yaml"], "the file cannot be read"),
    ],
)
def test_a_run_that_is_refused(pytester, monkeypatch, arguments, told):
    monkeypatch.delenv("SOME_TEST_KEY", raising=False)
    pytester.makefile(".yaml", targets=FILE)
    (pytester.path / "specs").mkdir()
    (pytester.path / "specs" / "hello.yaml").write_text(SCENARIO)

    result = pytester.runpytest("specs", *arguments)

    assert result.ret == 4
    assert told in result.stderr.str()
    assert not (pytester.path / "reports").exists()


def test_many_regions_and_models_in_one_run(pytester, monkeypatch):
    """The summary says where what failed, region by region and model by model; skipped cells are told as such."""
    monkeypatch.delenv("SOME_TEST_KEY", raising=False)
    pytester.makefile(".yaml", targets=FILE)
    (pytester.path / "specs").mkdir()
    failing = 'turns: [{user: Reply with OK., expect: {text: {contains: "${target.region}"}}}]\n'
    one = f"scenario: Where\ntargets: [swedencentral]\n{failing}"
    (pytester.path / "specs" / "hello.yaml").write_text(f"{SCENARIO}---\n{one}")

    result = pytester.runpytest("specs")

    result.stdout.fnmatch_lines(
        [
            "passed of      gpt-5-mini      gpt-4.1",
            "swedencentral  1/2 (1 failed)  1/2 (1 failed)",
            "eastus2        1/1             1/1",
            "ran on 5 targets at 2 endpoints in 2 regions",
        ],
        consecutive=True,
    )
    (folder,) = (pytester.path / "reports").iterdir()
    run = Run.read(folder)
    assert {(line.region, line.model) for line in run.cases} == {
        (region, model) for region in ("swedencentral", "eastus2") for model in ("gpt-5-mini", "gpt-4.1")
    } | {("eastus2", "o3")}
    assert {(each.region, each.model, each.deployment) for each in run.head.targets} >= {("eastus2", "o3", "d")}
