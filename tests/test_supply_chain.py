"""What is installed: pinned, above what has known holes, told in a bill of materials, and quiet when it is loaded."""

import json
import subprocess
import sys
import tomllib
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from proofs import sbom

ROOT: Final = Path(__file__).parents[1]
MINIMUM: Final = {
    "openai": ("3.4.0", "sent its key to where a redirect pointed, and wrote prompts to its debug log"),
    "jinja2": ("3.1.6", "ways out of its sandbox, attributes out of `xmlattr`"),
    "h11": ("0.16.0", "took malformed ends of chunks"),
    "urllib3": ("2.7.0", "could be swollen by compressed answers"),
}
"""The oldest version that may be installed, and what is wrong with older ones."""
PINS: Final = {lock: sbom.locked((ROOT / lock).read_text(encoding="utf-8")) for lock in sbom.LOCKS.values()}


def demanded() -> dict[str, Requirement]:
    wanted = map(Requirement, tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"])
    return {canonicalize_name(each.name): each for each in wanted}


def lowest(requirement: Requirement) -> Version:
    """The lower bound; there is one, and it is written as `>=`."""
    (bound,) = [each.version for each in requirement.specifier if each.operator == ">="]
    return Version(bound)


def beside(pins: list[sbom.Pinned], wanted: dict[str, Requirement]) -> list[str]:
    """What is pinned to a version that is not wanted, and what is not pinned at all."""
    there = {pin.name for pin in pins}
    wrong = [pin.reference for pin in pins if pin.name in wanted and pin.version not in wanted[pin.name].specifier]
    return wrong + sorted(wanted.keys() - there)


@pytest.mark.parametrize("name", MINIMUM)
def test_what_has_known_holes_cannot_be_installed(name: str):
    assert lowest(demanded()[name]) >= Version(MINIMUM[name][0])


@pytest.mark.parametrize("lock", PINS)
def test_T21_the_locks_hold_what_the_project_demands(lock: str):
    assert beside(PINS[lock], demanded()) == []
    assert all(lowest(each) for each in demanded().values())


def test_T21_an_old_pin_and_a_missing_one_are_seen():
    old = sbom.Pinned("urllib3", "2.6.3", "", ("0" * 64,))
    pins = [each for each in PINS["requirements.lock"] if each.name not in ("urllib3", "h11")]

    assert beside([*pins, old], demanded()) == ["pkg:pypi/urllib3@2.6.3", "h11"]


def test_T21_both_locks_agree():
    run, develop = ({(pin.name, pin.version, pin.marker) for pin in PINS[lock]} for lock in PINS)

    assert {(name, version) for name, version, _ in run} - {(name, version) for name, version, _ in develop} == set()


def test_T21_what_is_installed_is_what_is_pinned():
    """A marker may choose between versions; what the system does not need is not there."""
    pinned: dict[str, set[str]] = {}
    for pin in PINS["requirements-dev.lock"]:
        pinned.setdefault(pin.name, set()).add(pin.version)
    found = {canonicalize_name(each.name): each.version for each in metadata.distributions()}

    assert {name: found[name] for name in pinned.keys() & found.keys() if found[name] not in pinned[name]} == {}
    assert demanded().keys() - found.keys() == set()


@pytest.mark.parametrize(
    "text",
    [
        "a==1 \\\n    --hash=sha256:00\n",
        "a>=1 \\\n    --hash=sha256:" + "0" * 64 + "\n",
        "a==1,!=2 \\\n    --hash=sha256:" + "0" * 64 + "\n",
        "a\n",
        "https://example.invalid/a.whl\n",
    ],
)
def test_an_entry_without_a_version_or_a_hash_is_refused(text: str):
    with pytest.raises(ValueError, match=r"lock|pinned"):
        sbom.locked(text)


@pytest.mark.parametrize("lock", PINS)
def test_the_bill_names_everything_once_and_is_the_same_each_time(lock: str):
    bill = sbom.bill(PINS[lock])
    names = [each["bom-ref"] for each in bill["components"]]
    top = bill["metadata"]["component"]["bom-ref"]

    assert names == [pin.reference for pin in PINS[lock]]
    assert len(set(names)) == len(names)
    assert [each["ref"] for each in bill["dependencies"]] == [top, *names]
    assert {each for one in bill["dependencies"] for each in one["dependsOn"]} <= set(names)
    assert {each.partition("@")[0].rpartition("/")[2] for each in bill["dependencies"][0]["dependsOn"]} == set(
        demanded()
    )
    assert json.dumps(sbom.bill(PINS[lock])) == json.dumps(bill)
    assert sbom.bill(PINS[lock][1:])["serialNumber"] != bill["serialNumber"]


def test_the_bill_says_what_needs_what():
    needs = {
        each["ref"].partition("@")[0]: each["dependsOn"]
        for each in sbom.bill(PINS["requirements.lock"])["dependencies"]
    }

    assert any(each.startswith("pkg:pypi/markupsafe@") for each in needs["pkg:pypi/jinja2"])


LOOKS_FOR_IPV6: Final = "('::1', 0))"
"""urllib3 binds a port of loopback and gives it back, to know whether there is IPv6."""
LOADING: Final = """
import importlib, sys
seen = []
LOUD = {"os.system", "os.exec", "os.posix_spawn", "os.fork", "subprocess.Popen", "socket.connect", "socket.getaddrinfo",
        "socket.bind", "os.remove", "os.rename", "os.mkdir", "shutil.rmtree"}
def hook(event, arguments):
    if event in LOUD:
        seen.append(f"{event} {arguments}")
    elif event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        seen.append(f"open {arguments}")
sys.dont_write_bytecode = True
sys.addaudithook(hook)
for name in sys.argv[1:]:
    importlib.import_module(name)
print("\\n".join(seen))
"""


def loaded(names: list[str], folder: Path | None = None) -> list[str]:
    """What happens beside loading when modules are imported in a fresh interpreter."""
    start = f"import sys; sys.path.insert(0, {str(folder)!r})\n" if folder else ""
    done = subprocess.run(
        [sys.executable, "-I", "-c", start + LOADING, *names],
        stdout=subprocess.PIPE,
        text=True,
        timeout=100,
        check=True,
    )
    return done.stdout.split("\n")[:-1] if done.stdout.strip() else []


def test_T21_what_is_installed_is_quiet_when_it_is_loaded():
    """No program, no connection, no file written by any package that the run needs, and by none of ours."""
    needed = {pin.name for pin in PINS["requirements.lock"]}
    modules = sorted(
        module
        for module, owners in metadata.packages_distributions().items()
        if {canonicalize_name(owner) for owner in owners} & needed
        and module.isidentifier()
        and (spec := find_spec(module)) is not None
        and "site-packages" in str(spec.origin)
    )

    assert len(modules) > 50
    told = loaded([*modules, "harness.cli.run", "harness.pytest_plugin", "harness.running.run", "harness.report.page"])
    assert [line for line in told if not line.endswith(LOOKS_FOR_IPV6)] == []


def test_T21_a_package_that_acts_is_seen(tmp_path: Path):
    (tmp_path / "planted.py").write_text("import os, socket\nopen(os.devnull, 'w')\nos.system('true')\n")

    assert [line.split()[0] for line in loaded(["planted"], tmp_path)] == ["open", "os.system"]
