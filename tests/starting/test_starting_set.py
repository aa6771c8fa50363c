"""`harness init`: what it makes passes the linters of its services, and runs as it is."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from harness.cli import main
from harness.gate.policy import read
from harness.targets.reading import read as read_targets

BIN = Path(sys.executable).parent


def init(folder: Path, *arguments: str) -> str:
    done = CliRunner().invoke(main, ["init", str(folder), *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def tool(name: str, *arguments: object) -> None:
    done = subprocess.run([BIN / name, *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def project(tmp_path):
    init(tmp_path, "--ci", "github")
    return tmp_path


def test_workflows_of_github_are_valid_and_safe(project):
    workflows = sorted((project / ".github" / "workflows").iterdir())
    assert len(workflows) == 4
    tool("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows)
    tool("check-jsonschema", "--builtin-schema", "custom.github-workflows-require-timeout", *workflows)
    tool("zizmor", "--offline", "--no-progress", "--persona", "regular", project / ".github")


def test_linter_sees_an_unsafe_workflow(project):
    """A title of a pull request that is put into a script runs as one."""
    bad = project / ".github" / "workflows" / "responses.yml"
    bad.write_text(bad.read_text().replace("harness lint", 'echo "${{ github.event.pull_request.title }}"'))
    with pytest.raises(AssertionError, match="template-injection"):
        tool("zizmor", "--offline", "--no-progress", project / ".github")


def test_contributed_scenarios_meet_no_secret(project):
    """The workflow for forks runs untrusted, on the event without secrets, with no more than reading."""
    text = (project / ".github" / "workflows" / "responses-contributed.yml").read_text()
    workflow = yaml.load(text, yaml.BaseLoader)
    (job,) = workflow["jobs"].values()
    runs = [step["run"] for step in job["steps"] if "run" in step]

    assert list(workflow["on"]) == ["pull_request"]
    assert (workflow["permissions"], job["permissions"]) == ({}, {"contents": "read"})
    assert (
        [run for run in runs if run.startswith("harness run ")] == [run for run in runs if "--untrusted" in run] != []
    )
    assert "secrets." not in text
    assert "env" not in {*workflow, *job, *(key for step in job["steps"] for key in step)}


def test_pipelines_of_azure_are_valid(tmp_path):
    init(tmp_path, "--ci", "azure")
    arguments = ("--builtin-schema", "vendor.azure-pipelines", "--regex-variant", "python")
    tool("check-jsonschema", *arguments, tmp_path / "azure-pipelines.yml")


def test_what_is_made_runs_as_it_is(project):
    for command in (["lint"], ["run", "--run-id", "first"], ["gate", "reports/first"]):
        done = subprocess.run(
            [sys.executable, "-m", "harness", *command],
            cwd=project,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert (project / "reports" / "first" / "report.html").exists()


def test_policy_and_targets_are_read(project):
    assert read(project / "gate.yaml").policy.must_pass == ["tag:smoke"]
    assert read_targets((project / "targets.yaml").read_bytes())


def test_what_is_there_is_kept(tmp_path):
    (tmp_path / "targets.yaml").write_text("mine")
    assert f"kept  {tmp_path / 'targets.yaml'}" in init(tmp_path)
    assert (tmp_path / "targets.yaml").read_text() == "mine"
    assert "made" not in init(tmp_path)


def test_schema_of_the_first_scenario_lies_beside_it(project):
    assert "scenario.schema.json" in (project / "specs" / "first.yaml").read_text()
    tool(
        "check-jsonschema", "--schemafile", project / "specs" / "scenario.schema.json", project / "specs" / "first.yaml"
    )


def test_commands_that_workflows_call_exist(project, tmp_path):
    """Every `harness` command and option of a workflow is one."""
    from harness.cli import COMMANDS

    init(tmp_path, "--ci", "azure")
    files = [*(project / ".github" / "workflows").iterdir(), tmp_path / "azure-pipelines.yml"]
    for file in files:
        words = file.read_text().split()
        called = {words[at + 1] for at, word in enumerate(words[:-1]) if word == "harness"}
        assert called <= set(COMMANDS), file
        assert called


def test_folder_that_is_none(tmp_path):
    (tmp_path / "file").write_text("")
    done = CliRunner().invoke(main, ["init", str(tmp_path / "file")])
    assert done.exit_code == 4


def test_what_was_recorded_is_kept_whatever_came_of_the_job(tmp_path):
    """Every step that keeps reports runs after a failure, and after the job was cancelled (D42)."""
    init(tmp_path / "github", "--ci", "github")
    init(tmp_path / "azure", "--ci", "azure")
    conditions = []
    for path in (tmp_path / "github" / ".github" / "workflows").iterdir():
        for job in yaml.load(path.read_text(), yaml.BaseLoader)["jobs"].values():
            uploads = [step for step in job["steps"] if "upload-artifact" in step.get("uses", "")]
            conditions += [(path.name, step["if"]) for step in uploads]
    assert {name for name, _ in conditions} == {
        path.name for path in (tmp_path / "github" / ".github" / "workflows").iterdir()
    }
    stages = yaml.load((tmp_path / "azure" / "azure-pipelines.yml").read_text(), yaml.BaseLoader)["stages"]
    steps = [step for stage in stages for job in stage["jobs"] for step in job["steps"]]
    conditions += [("azure", step["condition"]) for step in steps if "publish" in step]

    assert len(conditions) == 8
    assert {condition.strip("${} ") for _, condition in conditions} == {"always()"}
