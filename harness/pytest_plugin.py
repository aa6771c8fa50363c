"""The pytest plugin's door: options, and the question whether a YAML file is ours.

It is imported by every pytest run of an environment that has the package, so it imports nothing heavy: what does
the work is registered when the first of our files is collected.
"""

import gc
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from harness.scenario.files import is_scenario_file

if TYPE_CHECKING:
    from harness.engine.replay.cassette import Cassette
    from harness.engine.targets.configured import Credentials
    from harness.engine.targets.family import Endpoint
    from harness.engine.traces.resuming import Earlier
    from harness.running.collecting import Harness
    from harness.running.ending import Gate, PageWriter
    from harness.running.run import Execution
    from harness.wire.redact import Redactor


CHECKED = (
    *("endpoint", "deployment", "api_key_env", "targets", "target", "region", "model"),
    *("defect", "set", "run_id", "shard", "balance", "gate", "policy", "baseline", "map", "resume", "debug_log"),
    *("record", "replay", "rejudge"),
)
"""Options that are checked where they are given, even if no scenario is collected."""
_RESTING: Final = pytest.StashKey[bool]()
"""Whether the garbage collector was told to rest."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("harness", "scenarios of the Responses API")
    group.addoption("--endpoint", metavar="URL", help="run on this endpoint (base address of the API) and no other")
    group.addoption("--deployment", metavar="NAME", help="what is sent as `model` to --endpoint")
    group.addoption("--api-key-env", metavar="VAR", help="the environment variable that holds the key of --endpoint")
    group.addoption("--target-model", metavar="MODEL", help="the catalogue's name of the model behind --endpoint")
    group.addoption("--target-region", metavar="REGION", help="the region of --endpoint")
    group.addoption(
        "--targets", metavar="FILE", help="the file of targets (targets.yaml in the project, if there is one)"
    )
    group.addoption(
        "--target", metavar="GLOB", action="append", default=[], help="only targets of such a name; may be repeated"
    )
    group.addoption(
        "--region", metavar="GLOB", action="append", default=[], help="only targets in such a region; may be repeated"
    )
    group.addoption(
        "--model", metavar="GLOB", action="append", default=[], help="only targets of such a model; may be repeated"
    )
    group.addoption(
        "--probe", action="store_true", help="also run what is documented as absent on a target, to find drift"
    )
    group.addoption("--concurrency", metavar="N", type=int, help="how many cases are in flight at once (32)")
    group.addoption(
        "--max-requests", metavar="N", type=int, help="refuse a run that may send more to live targets (10000)"
    )
    group.addoption("--reports", metavar="DIR", help="where runs are recorded (reports)")
    group.addoption("--run-id", metavar="NAME", help="what the run is called (its time and four letters)")
    group.addoption("--debug-log", metavar="FILE", help="what the harness does, as JSON lines without secrets")
    group.addoption("--resume", metavar="RUN", help="take up the interrupted run in this folder: what is not finished")
    group.addoption(
        "--resume-changed", action="store_true", help="take it up even if scenarios or targets changed since"
    )
    group.addoption("--record", metavar="DIR", help="keep the run in this folder as well, to be played again")
    group.addoption("--replay", metavar="DIR", help="send nothing: what was recorded there answers the same requests")
    group.addoption(
        "--rejudge", metavar="DIR", help="send nothing: hold what was recorded there to the scenarios of today"
    )
    group.addoption("--shard", metavar="I/N", help="only the I-th of N parts of the plan; needs --run-id")
    group.addoption("--balance", metavar="RECORD", help="an earlier run whose durations make the shards even")
    group.addoption("--gate", action="store_true", help="hold the run to a policy; its exit status is the gate's")
    group.addoption("--policy", metavar="FILE", help="the policy of --gate (gate.yaml, if there is one)")
    group.addoption("--baseline", metavar="RECORD", help="the earlier run that --gate compares with")
    group.addoption(
        "--map", metavar="OLD=NEW", action="append", default=[], help="a target of --baseline and the one in its place"
    )
    group.addoption("--set", metavar="NAME=VALUE", action="append", default=[], help="a variable, as ${NAME}")
    group.addoption(
        "--repeat", metavar="N", type=int, help="run each case so often, all of them, instead of as its scenario says"
    )
    group.addoption(
        "--examples", metavar="N", type=int, help="examples of each case with generated parameters (25; live: 5)"
    )
    group.addoption(
        "--defect", metavar="ID", action="append", default=[], help="make the embedded endpoint wrong in this way"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Options of ours that were used are checked before anything is collected."""
    option = config.option
    if any(getattr(option, name) for name in CHECKED) or option.examples is not None or option.repeat is not None:
        harness_of(config)


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """The garbage collector, which rests from the first of our files on, goes on."""
    try:
        return (yield)
    finally:
        if session.config.stash.get(_RESTING, False):
            gc.enable()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if not is_scenario_file(file_path, parent.config.rootpath):
        return None
    if gc.isenabled():
        gc.disable()  # what is collected lives as long as the run: to look through it again and again finds nothing
        parent.config.stash[_RESTING] = True
    return harness_of(parent.config).file(file_path, parent)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """A worker of pytest-xdist is about to start: it records under the run of this process."""
    harness = harness_of(node.config)
    harness.worker_begins()
    node.workerinput["harness_run"] = harness.run


def harness_of(config: pytest.Config) -> "Harness":
    """What does the work in this pytest process; made when it is first asked for.

    Raises:
        pytest.UsageError: the options do not say on what to run.
    """
    plugin: Any = config.pluginmanager.get_plugin("harness-run")
    if plugin is None:
        plugin = _made(config)
        config.pluginmanager.register(plugin, "harness-run")
    return plugin  # type: ignore[no-any-return]


def _made(config: pytest.Config) -> "Harness":
    from harness.running import collecting, commands, options

    if commands.obeyed() and not hasattr(config, "workerinput"):
        config.pluginmanager.register(commands.Unheard(config))
    options.check_recording(config.option)
    cassette, earlier = _cassette(config), _earlier(config)
    if cassette is None:
        ground = options.ground_of(config, _endpoint, _credentials)
    else:
        ground = options.ground_of_recording(cassette.targets())
    gate, durations = _gate(config), _durations(config)
    return collecting.Harness(
        config, ground, lambda harness: _execution(harness, gate, earlier, cassette), earlier, cassette, durations
    )


def _cassette(config: pytest.Config) -> "Cassette | None":
    """What is played again.

    Raises:
        pytest.UsageError: it cannot be.
    """
    if config.option.replay is None and config.option.rejudge is None:
        return None
    from harness.running import replay

    return replay.cassette_of(config)


def _earlier(config: pytest.Config) -> "Earlier | None":
    """What the run had come to, where it is taken up again.

    Raises:
        pytest.UsageError: it cannot be.
    """
    if config.option.resume is None:
        return None
    from harness.running import resume

    return resume.prepare(config)


def _durations(config: pytest.Config) -> "Mapping[str, float]":
    """What shards are balanced by; empty where no record is named.

    Raises:
        pytest.UsageError: it cannot be read.
    """
    if config.option.balance is None or config.option.shard is None:
        return {}
    from harness.running import balancing

    return balancing.durations_of(config.option.balance)


def _execution(
    harness: "Harness", gate: "Gate | None", earlier: "Earlier | None", cassette: "Cassette | None"
) -> "Execution":
    """What executes what was collected; imported when that is done."""
    from harness.running.run import Execution

    return Execution(harness, _page_writer, gate, earlier, cassette)


def _endpoint() -> "Endpoint":
    """The embedded endpoint; imported when a case or a script first needs it, and not to collect."""
    from harness.engine.targets.embedded import Embedded

    return Embedded()


def _credentials(environment: Mapping[str, str], redact: "Redactor") -> "Credentials":
    """The credentials of live targets; imported, with what connects to them, where there is one."""
    from harness.engine.targets.configured import Credentials

    return Credentials(environment, redact)


def _page_writer() -> "PageWriter":
    """What writes the report; imported while cases are under way, when this thread only waits."""
    from harness.report.page import write

    return write


def _gate(config: pytest.Config) -> "Gate | None":
    """What holds the finished run to its policy, which is read now: a wrong one is told before anything is sent.

    Raises:
        pytest.UsageError: the policy or the baseline cannot be read, or is named without --gate.
    """
    option = config.option
    if not option.gate:
        if option.policy or option.baseline or option.map:
            raise pytest.UsageError("--policy, --baseline and --map go with --gate")
        return None
    from harness.running import gate

    return gate.gate_of(option)
