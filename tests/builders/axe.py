"""axe-core, the accessibility checker: installed by npm into a cache once, so that tests can run it in a page."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

VERSION = "4.14.1"
FOLDER = Path(os.environ.get("AXE_FOLDER") or Path(tempfile.gettempdir()) / f"harness-axe-{VERSION}")


def source() -> str:
    """The checker's script. Skips the test where it cannot be had."""
    script = FOLDER / "node_modules" / "axe-core" / "axe.min.js"
    if not script.exists():
        _install()
    return script.read_text(encoding="utf-8")


def _install() -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("axe-core is not checked: npm is not installed")
    FOLDER.mkdir(parents=True, exist_ok=True)
    command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(FOLDER)]
    try:
        done = subprocess.run([*command, f"axe-core@{VERSION}"], capture_output=True, timeout=120)
    except subprocess.TimeoutExpired:
        pytest.skip("axe-core is not checked: npm did not bring it in two minutes")
    if done.returncode:
        pytest.skip(f"axe-core is not checked: npm said {done.stderr[-200:]!r}")


def violations(page: Any) -> list[str]:
    """What the checker finds wrong in a page, each with the first element."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(source())
    asked = "{resultTypes: ['violations'], rules: {'target-size': {enabled: true}}}"  # WCAG 2.2; off as axe comes
    found = page.evaluate(f"axe.run(document, {asked}).then((result) => result.violations)")
    return [f"{one['id']}: {one['help']} ({one['nodes'][0]['html'][:200]})" for one in found]
