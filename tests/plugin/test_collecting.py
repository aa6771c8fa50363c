"""Collecting scenarios: what it does to the process around it."""

import gc
import subprocess
import sys
from collections.abc import Iterator

import pytest

SCENARIO = "{{scenario: {name}, turns: [{{user: Reply with OK., expect: {{status: completed}}}}]}}\n"
MISSPELT = "{scenario: Misspelt, turns: [{user: Reply with OK., expct: {status: completed}}]}\n"


def specs(pytester: pytest.Pytester, **files: str) -> None:
    """Scenario files below `specs/`."""
    for name, text in files.items():
        path = pytester.path / "specs" / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.fixture(autouse=True)
def collector_as_it_was() -> Iterator[None]:
    """Whatever a test does to the garbage collector ends with it."""
    was = gc.isenabled()
    yield
    gc.unfreeze()
    (gc.enable if was else gc.disable)()


class Watch:
    """A plugin that looks whether the garbage collector is at work, while items are collected and when they run."""

    def __init__(self) -> None:
        self.collecting: list[bool] = []
        self.running: list[bool] = []

    def pytest_itemcollected(self) -> None:
        self.collecting.append(gc.isenabled())

    def pytest_runtest_logstart(self) -> None:
        self.running.append(gc.isenabled())


def watched(pytester: pytest.Pytester, *arguments: str) -> Watch:
    watch = Watch()
    pytester.runpytest_inprocess("--rootdir=.", *arguments, plugins=[watch])
    return watch


def test_the_garbage_collector_rests_while_scenarios_are_collected_and_no_longer(pytester: pytest.Pytester):
    """Nothing of a scenario is garbage before the run is over; the cases themselves run as ever."""
    specs(pytester, one=SCENARIO.format(name="One"), two=SCENARIO.format(name="Two"))

    watch = watched(pytester, "specs")

    assert (watch.collecting, watch.running, gc.isenabled()) == ([False, False], [True, True], True)


def test_the_garbage_collector_is_left_alone_where_nothing_of_ours_is_collected(pytester: pytest.Pytester):
    """The plugin is there in every run of an environment; a project's own tests meet what they always met."""
    pytester.makepyfile("def test_one(): pass")

    assert watched(pytester).collecting == [True]


def test_the_garbage_collector_goes_on_after_a_refused_file(pytester: pytest.Pytester):
    """A mistake in a file ends the collection; the process may go on to other things."""
    specs(pytester, wrong=MISSPELT)

    pytester.runpytest_inprocess("--rootdir=.", "specs")

    assert gc.isenabled()


def test_a_garbage_collector_that_was_off_stays_off(pytester: pytest.Pytester):
    """Who has switched it off has a reason."""
    specs(pytester, one=SCENARIO.format(name="One"))
    gc.disable()

    watch = watched(pytester, "specs")

    assert (watch.running, gc.isenabled()) == ([False], False)


def test_a_fixture_given_to_one_case_is_given_to_no_other(pytester: pytest.Pytester):
    """The fixtures of a file are found once; what a hook adds to one of its cases stays with that case."""
    specs(pytester, both=SCENARIO.format(name="One") + "---\n" + SCENARIO.format(name="Two"))
    pytester.makeconftest(
        "import pathlib, pytest\n"
        "@pytest.fixture\ndef noted(request):\n"
        "    with pathlib.Path('noted.txt').open('a') as file: print(request.node.name.partition('[')[0], file=file)\n"
        "def pytest_collection_modifyitems(items):\n    items[0].fixturenames.append('noted')\n"
    )

    pytester.runpytest_inprocess("--rootdir=.", "specs").assert_outcomes(passed=2)

    assert (pytester.path / "noted.txt").read_text().split() == ["one"]


@pytest.mark.parametrize(("more", "read"), [("", "False"), (", mock: {turns: [{}]}", "True")])
def test_the_embedded_endpoint_is_not_read_to_collect(pytester: pytest.Pytester, more: str, read: str):
    """It is most of the package; only a script for it has to be held against it before anything is sent."""
    specs(pytester, one=SCENARIO.format(name="One").replace("}]}\n", "}]" + more + "}\n"))
    code = (
        "import sys, pytest; pytest.main(['--rootdir=.', '--co', '-q', 'specs']); print('harness.mock' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=pytester.path)

    *_, collected, last = done.stdout.splitlines()
    assert (collected.partition(" test")[0], last) == ("1", read), done.stdout
