"""What models, services and recordings say is data: nothing of it is run, opened or fetched."""

import json
import os
import pickle
import re
import struct
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from builders.cases import conducted, verdict_of
from click.testing import CliRunner

from harness.cli import main
from harness.findings import Verdict

LOCKS = ("requirements.lock", "requirements-dev.lock")
ROOT = Path(__file__).parents[1]
HOOKED: list[list[str]] = []
"""Hooks of the interpreter cannot be taken away again; what they note goes to the last of these lists."""


def note(event: str, arguments: tuple[Any, ...]) -> None:
    if not HOOKED:
        return
    if event in ("os.system", "os.exec", "os.posix_spawn", "subprocess.Popen", "socket.connect", "socket.getaddrinfo"):
        HOOKED[-1].append(f"{event} {arguments}")
    elif event == "exec" and getattr(arguments[0], "co_filename", "").startswith("<"):
        code = arguments[0]
        if "frozen" not in code.co_filename:
            HOOKED[-1].append(f"exec {code.co_filename} {code.co_name}")
    elif event == "open" and isinstance(arguments[0], str | bytes) and not str(arguments[0]).endswith((".py", ".pyc")):
        HOOKED[-1].append(f"open {arguments[0]!s}")


@contextmanager
def watched() -> Iterator[list[str]]:
    """Programs, connections, files and code of unknown origin, as long as this is open."""
    if not HOOKED:
        sys.addaudithook(note)
    HOOKED.append([])
    try:
        yield HOOKED[-1]
    finally:
        HOOKED.append([])


def test_the_watch_sees_what_happens(tmp_path):
    with watched() as seen:
        exec(compile("a = 1", "<planted>", "exec"))
        (tmp_path / "a").write_text("")

    assert [line.partition(" ")[0] for line in seen] == ["exec", "open"]


def calling(arguments: str) -> list[dict[str, Any]]:
    return [
        {
            "id": "fc_1",
            "type": "function_call",
            "status": "completed",
            "call_id": "c1",
            "name": "look",
            "arguments": arguments,
        }
    ]


TOOLS = """
tools: [{type: function, name: look, parameters: {type: object}, returns: "seen"}]
turns:
  - user: Look there.
    expect: {tool_calls: [{name: look}], text: Done.}
"""
SAID = [
    "$(touch {mark})",
    "; touch {mark}",
    "`touch {mark}`",
    "file:///etc/hostname",
    "/etc/passwd",
    "http://127.0.0.1:9/secret",
    "http://169.254.169.254/latest/meta-data",
    "__import__('os').system('touch {mark}')",
    "!!python/object/apply:os.system ['touch {mark}']",
    "{{ cycler.__init__.__globals__.os.system('touch {mark}') }}",
    "${{jndi:ldap://127.0.0.1:9/a}}",
]


@pytest.mark.parametrize("said", SAID)
def test_E65_arguments_of_calls_are_data(said: str, tmp_path: Path):
    """Whatever a model puts into a call, the answer is the one of the scenario, and nothing else happens."""
    conducted(TOOLS, calling("{}"), "Done.")  # what is loaded once is loaded
    said = said.replace("{mark}", str(tmp_path / "mark"))
    with watched() as seen:
        done, target = conducted(TOOLS, calling(json.dumps({"path": said, "url": said, said: said})), "Done.")

    assert [line for line in seen if re.search(r"mark|etc/|127\.0\.0\.1|169\.254|^os\.|^subprocess|^exec", line)] == []
    assert not (tmp_path / "mark").exists()
    assert verdict_of(done) is Verdict.PASSED
    assert target.bodies[1]["input"][-1]["output"] == "seen"


def image(result: str) -> list[dict[str, Any]]:
    return [{"id": "ig_1", "type": "image_generation_call", "status": "completed", "result": result}]


PICTURE = "turns:\n  - user: Draw a red square.\n    expect: {images: {count: 1}}\n"


@pytest.mark.parametrize(
    "result", ["/etc/passwd", "file:///etc/passwd", "http://127.0.0.1:9/a.png", "../../etc/passwd"]
)
def test_E38_a_path_in_place_of_a_picture_is_not_opened(result: str):
    conducted(PICTURE, image("aGVsbG8="))
    with watched() as seen:
        done, _ = conducted(PICTURE, image(result))

    assert [line for line in seen if "passwd" in line or line.startswith("socket")] == []
    assert verdict_of(done) is Verdict.FAILED


class Marking:
    """What runs when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.mark),)


def pickled(mark: Path, file: Path) -> None:
    file.write_bytes(pickle.dumps(Marking(mark)))


def array_of_objects(mark: Path, file: Path) -> None:
    head = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".ljust(117) + b"\n"
    file.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + pickle.dumps([Marking(mark)]))


def tensor(mark: Path, file: Path) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(Marking(mark)))


def tagged(mark: Path, file: Path) -> None:
    file.write_text(f"interactions:\n- !!python/object/apply:os.mkdir ['{mark}']\nversion: 1\n")


@pytest.mark.parametrize("make", [pickled, array_of_objects, tensor, tagged])
@pytest.mark.parametrize("ending", ["json", "yaml", "pkl", "npy", "pt"])
def test_E39_no_recording_is_a_program(make, ending: str, tmp_path: Path):
    """Whatever its name says: refused, or bytes that are no answer; and what was packed into it does not run."""
    file = tmp_path / f"recorded.{ending}"
    make(tmp_path / "mark", file)

    done = CliRunner().invoke(main, ["check", str(file)])

    assert done.exit_code in (1, 4), done.output
    assert isinstance(done.exception, SystemExit)
    assert not (tmp_path / "mark").exists()


def test_E39_what_was_packed_would_run(tmp_path: Path):
    """So that the test above can fail."""
    pickle.loads(pickle.dumps(Marking(tmp_path / "mark")))

    assert (tmp_path / "mark").is_dir()


@pytest.mark.parametrize("name", LOCKS)
def test_E74_every_dependency_is_held_by_hashes(name: str):
    text = (ROOT / name).read_text(encoding="utf-8")
    entries = re.split(r"^(?=\S)", text, flags=re.MULTILINE)
    pinned = [entry for entry in entries if entry.strip() and not entry.startswith("#")]

    assert len(pinned) > 20
    assert [entry for entry in pinned if "==" not in entry.partition("\n")[0] or "--hash=sha256:" not in entry] == []


def test_E74_what_is_installed_is_checked_against_them():
    """By hashes, and never built from source; no version that is younger than a week is taken up."""
    rules = (ROOT / "Makefile").read_text(encoding="utf-8")
    installing = [line for line in rules.splitlines() if "pip install" in line and " -r " in line]
    compiling = [line for line in rules.splitlines() if "uv pip compile" in line]

    assert len(installing) == len(compiling) == 2
    assert all("--require-hashes --only-binary :all:" in line for line in installing)
    assert all('--exclude-newer "7 days"' in line for line in compiling)


CODE_IN_PATHS = {
    "a1_coverage.pth": "coverage: measures child processes where a variable says so",
    "distutils-precedence.pth": "setuptools: which distutils is found",
    "_virtualenv.pth": "virtualenv: mends distutils",
}
"""What runs at each start of the interpreter, each looked at."""


def test_E74_nothing_unknown_runs_when_python_starts():
    found = {
        path.name
        for folder in sys.path
        if folder.endswith("site-packages")
        for path in Path(folder).glob("*.pth")
        if re.search(r"^import[ \t]", path.read_text(encoding="utf-8"), re.MULTILINE)
    }

    assert found - set(CODE_IN_PATHS) == set()
