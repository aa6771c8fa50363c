"""What the package never does, or does in named places alone, so that each new place is looked at by somebody.

Calls and names are read from the syntax trees, so that words in texts (the endpoint's model writes Python, too) do not
count.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

import harness

PACKAGE: Final = Path(harness.__file__).parent
NOWHERE: Final[Mapping[str, str]] = {}

PLACES: Final[Mapping[str, tuple[frozenset[str], Mapping[str, str]]]] = {
    "code out of data": (
        frozenset({"eval", "exec", "__import__", "compile", "code.interact", "runpy.run_path", "runpy.run_module"}),
        {"scenario/compiling.py": "`compile` of our matchers"},
    ),
    "formats that run": (
        frozenset(
            {
                *(
                    "import pickle",
                    "import marshal",
                    "import shelve",
                    "import dill",
                    "import joblib",
                    "import jsonpickle",
                ),
                *("yaml.load_all", "yaml.unsafe_load", "yaml.full_load", "yaml.Loader", "yaml.UnsafeLoader"),
            }
        ),
        NOWHERE,
    ),
    "a shell": (
        frozenset({"os.system", "os.popen", "shell=True", "asyncio.create_subprocess_shell", "os.execv", "os.fork"}),
        NOWHERE,
    ),
    "other processes": (
        frozenset({"import subprocess", "import multiprocessing", "asyncio.create_subprocess_exec", "os.spawnv"}),
        {
            "workshop/bench.py": "decoders of pictures and documents run apart, with our own interpreter",
            "cli/untrusted.py": "what nobody vouches for runs apart, with our own interpreter",
        },
    ),
    "a module by a name": (
        frozenset({"importlib.import_module"}),
        {
            "cli/__init__.py": "the name is a key of COMMANDS",
            "mock/errands.py": "the names stand in the code",
            "engine/exploring.py": "likewise",
        },
    ),
    "archives": (
        frozenset({"import zipfile", "import tarfile", "shutil.unpack_archive", "import rarfile"}),
        {"summary/bundle.py": "written, never unpacked"},
    ),
    "files of any name, for a moment": (
        frozenset({"tempfile.mktemp", "import tempfile"}),
        {"cli/untrusted.py": "a folder with mode 0700, by TemporaryDirectory"},
    ),
    "the environment": (
        frozenset({"os.environ", "os.getenv", "os.environb", "os.getenvb"}),
        {
            "running/options.py": "names that the operator gave",
            "cli/doctor.py": "for the bundle that helps others: names alone, and values to be redacted",
            "cli/gate.py": "GITHUB_STEP_SUMMARY, a path",
            "cli/gc.py": "names that the operator gave",
            "cli/mock.py": "likewise",
            "cli/targets.py": "likewise",
            "engine/heading.py": "which of the settings that change a run are set, see `harness.record.environment`",
            "running/collecting.py": "whether a setting makes a run unsafe, by its name",
            "cli/untrusted.py": "what is handed on, by a list of harmless names",
            "running/commands.py": "whether GitHub reads commands in what is written",
            "running/progress.py": "whether a pipeline looks on, and which",
        },
    ),
    "the terminal, past everything that escapes": (
        frozenset({"print", "sys.stdout.write", "sys.stderr.write"}),
        {"cli/streams.py": "that the output could not be written, and the system's reason"},
    ),
    "whom to trust, from the environment or not at all": (
        frozenset({"trust_env=True", "verify=False", "ssl=False", "ssl._create_unverified_context", "ssl.CERT_NONE"}),
        NOWHERE,
    ),
    "redirects": (frozenset({"follow_redirects=True", "allow_redirects=True"}), NOWHERE),
    "templates around escaping": (
        frozenset({"Markup", "markupsafe.Markup", "autoescape=False", "import string.Template", "string.Template"}),
        NOWHERE,
    ),
    "tables for programs that calculate": (
        frozenset({"csv.writer", "csv.DictWriter"}),
        {"mock/interpreter/tables.py": "a file of the simulated container; nothing of it is the report's"},
    ),
    "files that are removed": (
        frozenset({"shutil.rmtree", "shutil.move", "os.unlink", "os.remove", "os.rmdir", ".unlink", ".rmdir"}),
        {
            "cli/records.py": "half of a file that could not be written",
            "engine/exploring.py": "the smallest values that failed, where none fail any more",
            "engine/traces/retention.py": "runs that are older than the operator says",
            "record/joining.py": "half of what could not be joined, and an empty folder in the place of the whole",
            "record/lock.py": "the lock, when it is given back",
            "report/page.py": "half of a page that could not be written",
        },
    ),
    "files that are written": (
        frozenset({".write_text", ".write_bytes", "open for writing", "os.open", "shutil.copyfile", "shutil.copy"}),
        {
            "cli/gate.py": "the page of a pipeline's summary, bounded and escaped",
            "cli/init.py": "the starting set, never over a file that is there",
            "cli/mock.py": "the log of the endpoint by itself: no query, header or body",
            "cli/records.py": "summaries made of a record, which is redacted",
            "cli/schema.py": "the schema of the language",
            "cli/streams.py": "the null device, where a standard stream was closed",
            "cli/untrusted.py": "settings for pytest in a folder of our own",
            "engine/diary.py": "see `harness.engine.diary`: times and names",
            "engine/exploring.py": "the smallest values that failed, for the next run",
            "engine/ledger.py": "ids and names of what was created",
            "engine/traces/retention.py": "a run's folder, opened to be emptied",
            "record/chain.py": "the record, whose lines are redacted by its writer",
            "record/exchanges.py": "bodies, redacted by the writer",
            "record/joining.py": "records as they are",
            "record/lock.py": "who writes a record",
            "record/schema.py": "the schema of the record",
            "record/writer.py": "a folder, to be put on disk",
            "report/page.py": "the page, made of a record",
            "scenario/attachments.py": "opened for reading, by descriptor",
            "scenario/contributed.py": "the copy of contributed data",
        },
    ),
}
"""What is guarded: names of calls, attributes, imports, keyword arguments; and where each may stand, and why."""

WRITING: Final = frozenset("wax+")


def words(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """What a module does, in the words of `PLACES`, with the line."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((f"import {alias.name}", node.lineno) for alias in names)
            case ast.ImportFrom(module=str(module), names=names):
                yield f"import {module}", node.lineno
                yield from ((f"{module}.{alias.name}", node.lineno) for alias in names)
            case ast.Call(func=func, keywords=keywords):
                yield from ((f"{each.arg}={ast.unparse(each.value)}", node.lineno) for each in keywords)
                if isinstance(func, ast.Name):
                    yield func.id, node.lineno
                elif isinstance(func, ast.Attribute):
                    yield f".{func.attr}", node.lineno
                if opens_for_writing(node):
                    yield "open for writing", node.lineno
            case ast.Attribute():
                yield ast.unparse(node), node.lineno


def opens_for_writing(call: ast.Call) -> bool:
    """Whether a call is `open` with a mode that writes; of the built-in, a mode that is no literal counts as one.

    Other things have a method `open`, too.
    """
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    if name != "open":
        return False
    alone = isinstance(call.func, ast.Name)
    given = [each.value for each in call.keywords if each.arg == "mode"]
    modes = [mode.value if isinstance(mode, ast.Constant) else None for mode in given or call.args[alone:][:1]]
    return any(alone if mode is None else isinstance(mode, str) and bool(WRITING & set(mode)) for mode in modes)


MODULES: Final = {
    str(path.relative_to(PACKAGE)): tuple(words(ast.parse(path.read_text(encoding="utf-8"))))
    for path in sorted(PACKAGE.rglob("*.py"))
}


@pytest.mark.parametrize("what", PLACES)
def test_guarded(what: str):
    guarded, places = PLACES[what]
    found = {name: [(word, line) for word, line in said if word in guarded] for name, said in MODULES.items()}

    assert {name: hits for name, hits in found.items() if hits and name not in places} == {}
    assert [name for name in places if not found.get(name)] == []


PLANTED = """
import os, pickle, subprocess
from pathlib import Path
from importlib import import_module as get
eval("1")
os.system("a"); subprocess.run("a", shell=True)
print(os.environ["KEY"])
open("a", mode="w"); Path("b").open("ab"); Path("b").write_text("c"); Path("b").unlink()
get(name); session(trust_env=True)
"""


def test_what_is_planted_is_seen():
    found = {word for word, _ in words(ast.parse(PLANTED))}
    guarded = {what for what, (names, _) in PLACES.items() if names & found}

    assert guarded == {
        "code out of data",
        "formats that run",
        "a shell",
        "other processes",
        "a module by a name",
        "the environment",
        "the terminal, past everything that escapes",
        "whom to trust, from the environment or not at all",
        "files that are removed",
        "files that are written",
    }


def test_what_reads_or_is_of_another_kind_is_not_meant():
    innocent = 're.compile("a"); open("a"); open("a", "rb"); door.open(item); Path("a").open("rb"); yaml.compose(text)'
    found = {word for word, _ in words(ast.parse(innocent))}

    assert [what for what, (names, _) in PLACES.items() if names & found] == []


def test_yaml_is_loaded_by_the_safe_loaders_alone():
    """Our own catalogue, by the safe loader; what others write, from the parser's events."""
    loads = [
        ast.unparse(node)
        for name in MODULES
        for node in ast.walk(ast.parse((PACKAGE / name).read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "yaml.load"
    ]

    assert loads
    assert [call for call in loads if "SafeLoader" not in call] == []


def test_no_file_of_a_pipeline_is_written_but_its_summary():
    """GITHUB_ENV, GITHUB_OUTPUT and GITHUB_PATH change what later steps do."""
    said = "".join((PACKAGE / name).read_text(encoding="utf-8") for name in MODULES)

    assert "GITHUB_STEP_SUMMARY" in said
    assert [
        name for name in ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "##vso[task.setvariable") if name in said
    ] == []
