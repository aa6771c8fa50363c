"""What the structure promises: where own modules may be imported, and that no registry or machine is named."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

import harness

ROOT = Path(__file__).parents[1]
PACKAGE = Path(harness.__file__).parent
MAY_IMPORT_INSIDE = ("cli/", "pytest_plugin.py", "__main__.py")
MODULES = sorted(PACKAGE.rglob("*.py"))


def inner_imports(tree: ast.Module) -> list[ast.stmt]:
    """Imports that stand inside a function."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [node for each in functions for node in ast.walk(each) if isinstance(node, ast.Import | ast.ImportFrom)]


def is_ours(node: ast.stmt) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.level > 0 or (node.module or "").split(".")[0] == "harness"
    return isinstance(node, ast.Import) and any(alias.name.split(".")[0] == "harness" for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_own_modules_are_imported_at_the_top(path: Path):
    """An import inside a function hides a cycle; only the doors may have one, to stay light."""
    if str(path.relative_to(PACKAGE)).startswith(MAY_IMPORT_INSIDE):
        return
    assert [node.lineno for node in inner_imports(ast.parse(path.read_text())) if is_ours(node)] == []


def test_the_check_of_imports_can_fail():
    """A planted import inside a function is seen."""
    tree = ast.parse("def f():\n    from harness.findings import Level\n")

    assert [is_ours(node) for node in inner_imports(tree)] == [True]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_say_what_they_are_for(path: Path):
    """Every module has a docstring."""
    assert ast.get_docstring(ast.parse(path.read_text()))


def test_nothing_unsafe_is_called():
    """No code from data: neither pickle nor eval nor an unsafe YAML loader in the package."""
    banned = re.compile(
        r"\b(?:pickle|marshal|shelve)\b|(?<![\w.])(?:eval|exec)\(|yaml\.(?:unsafe_|full_)?load\((?!.*SafeLoader)"
    )
    hits = [
        f"{path.relative_to(PACKAGE)}:{number}"
        for path in MODULES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if banned.search(line.partition("#")[0]) and not line.strip().startswith(('"', "'", "*"))
    ]
    assert hits == []


def test_files_name_no_machine_and_no_registry():
    """What is tracked speaks of the project alone."""
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.split()
    banned = re.compile("py" + r"pi\.org|python" + r"hosted\.org|registry\.npm" + r"js|/wo" + "rk/main")
    hits = [name for name in names if banned.search((ROOT / name).read_bytes().decode("utf-8", "replace"))]
    assert hits == []
