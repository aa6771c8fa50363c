"""A real browser, and the report of a run in it: what it shows, and everything that it did beyond showing itself."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from builders import runs

from harness.comparison.comparison import Comparison
from harness.comparison.gated import Gated
from harness.record.run import Run
from harness.report import page as report

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@dataclass
class Opened:
    """A page in the browser, and everything that it did beyond showing itself."""

    page: Any
    did: list[str] = field(default_factory=list)

    def text(self, selector: str) -> str:
        found: str = self.page.locator(selector).first.text_content()
        return found

    def count(self, selector: str) -> int:
        found: int = self.page.locator(selector).count()
        return found

    def wait(self, expression: str) -> None:
        """Waits until an expression of the page's own language holds."""
        frame = "new Promise((go) => requestAnimationFrame(go))"
        until = "performance.now() + 10000"
        self.page.evaluate(
            f"async () => {{ const end = {until}; while (!({expression})) {{ await {frame};"
            " if (performance.now() > end) throw new Error('waited in vain'); } }"
        )

    def rows(self, number: int) -> None:
        """Waits until so many rows are drawn."""
        self.wait(f"document.querySelectorAll('#rows tr').length === {number}")

    def go(self, hash_: str, selector: str = "#case h1") -> None:
        """Goes to another address of the page and waits for what must be there."""
        self.page.evaluate("hash => { location.hash = hash }", hash_)
        self.page.wait_for_selector(selector)

    def quiet(self) -> bool:
        """Whether it asked for nothing, broke no policy and stumbled over nothing."""
        assert self.did == []
        assert self.page.evaluate("window.violations") == []
        return True


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """Writes a run's page and opens it; options are those of a browser context."""
    contexts = []

    def open_page(
        run: Run, hash_: str = "", comparison: Comparison | None = None, gated: Gated | None = None, **options: Any
    ) -> Opened:
        target = tmp_path / "report.html"
        report.write(run, target, comparison, gated)
        context = browser.new_context(**options)
        contexts.append(context)
        context.set_default_timeout(10_000)
        opened = Opened(context.new_page())
        page = target.as_uri()
        opened.page.add_init_script(WATCH)
        opened.page.on("request", lambda request: request.url == page or opened.did.append(request.url))
        opened.page.on("console", lambda message: opened.did.append(message.text))
        opened.page.on("pageerror", lambda error: opened.did.append(str(error)))
        opened.page.on("dialog", lambda dialog: (opened.did.append("dialog"), dialog.dismiss()))
        opened.page.goto(page + hash_)
        if options.get("java_script_enabled", True):
            opened.page.wait_for_selector("html[data-ready]")
        return opened

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def every() -> Run:
    head, lines = runs.every_verdict()
    return Run(head, lines)
