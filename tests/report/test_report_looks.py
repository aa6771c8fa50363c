"""The page for everybody: an accessibility checker finds nothing, a keyboard sees where it is, and it looks as it did.

Small pictures of four views are kept, wide and narrow.
"""

from pathlib import Path
from typing import Any

import pytest
from builders import axe, pictures, runs, wired

from harness.comparison.comparison import compare
from harness.findings import Verdict
from harness.gate.decide import decide
from harness.gate.policy import Policy, Read
from harness.record.run import Run

GOLDEN = Path(__file__).parents[1] / "golden" / "report"
TOLERANCE = 8.0
"""Mean difference of the greys of two pictures (of 255) that another font or another browser may make."""


def compared() -> tuple[Run, Run]:
    """A base in which everything passed, and a run in which some of it fails."""
    ids = [runs.case_id(f"stream-stateless-{n}") for n in range(12)]
    base = Run(runs.head(ids, run="base"), tuple(runs.case(id_) for id_ in ids))
    lines = [
        runs.case(id_, Verdict.FAILED if n < 4 else Verdict.PASSED, findings=(runs.finding(),) if n < 4 else ())
        for n, id_ in enumerate(ids)
    ]
    return base, Run(runs.head(ids), tuple(lines))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_checker_of_accessibility_finds_nothing(opened: Any, every: Run, tmp_path: Path, scheme: str):
    base, new = compared()
    comparison = compare(base, new)
    gated = decide(new, Read(Policy(), None), comparison)
    found = {}

    shown = opened(new, comparison=comparison, gated=gated, color_scheme=scheme)
    found["overview"] = axe.violations(shown.page)
    shown.page.fill("#query", "verdict:passed")
    shown.wait("!document.getElementById('measured').hidden")
    found["filtered"] = axe.violations(shown.page)
    shown = opened(every, "#case=5", color_scheme=scheme)
    shown.page.wait_for_selector("#case h1")
    found["case"] = axe.violations(shown.page)
    shown = opened(wired.wrong_streams(tmp_path / "run", 2), "#case=0&finding=0", color_scheme=scheme)
    shown.page.wait_for_selector("#case mark.on")
    found["wire"] = axe.violations(shown.page)

    assert {view: wrong for view, wrong in found.items() if wrong} == {}
    assert list(found) == ["overview", "filtered", "case", "wire"]


UNMARKED = """() => {
  const focused = document.activeElement;
  const style = getComputedStyle(focused);
  const box = focused.getBoundingClientRect();
  const bar = document.querySelector(".parts").getBoundingClientRect();
  const hidden = !focused.closest(".parts") && box.bottom <= bar.bottom && bar.height > 0;
  return [focused.outerHTML.slice(0, 80), parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== "none", hidden];
}"""


@pytest.mark.parametrize("width", [1280, 390])
def test_focus_is_seen_wherever_a_keyboard_goes(opened: Any, width: int):
    """Every stop of the tab key has a mark of two pixels, and none lies under the line that stays on top."""
    base, new = compared()
    comparison = compare(base, new)
    gated = decide(new, Read(Policy(), None), comparison)
    shown = opened(new, comparison=comparison, gated=gated, viewport={"width": width, "height": 700})
    stops = []
    for _ in range(60):
        shown.page.keyboard.press("Tab")
        name, marked, hidden = shown.page.evaluate(UNMARKED)
        if name.startswith("<body"):
            break
        assert marked, name
        assert not hidden, name
        stops.append(name)
    assert len(set(stops)) > 20
    for back in range(20):
        shown.page.keyboard.press("Shift+Tab")
        assert not shown.page.evaluate(UNMARKED)[2], back


def test_tables_have_names_and_heads_and_nothing_moves_by_itself(opened: Any):
    """Each table is named, each of its rows and columns has a head; no style moves anything."""
    base, new = compared()
    shown = opened(new, comparison=compare(base, new))
    unnamed = shown.page.evaluate(
        """() => [...document.querySelectorAll("table")].filter((table) => !table.caption?.textContent.trim()
            || [...table.tHead.rows[0].cells].some((cell) => !cell.matches("th[scope=col]")))
          .map((table) => table.outerHTML.slice(0, 90))"""
    )
    headless = shown.page.evaluate(
        """() => [...document.querySelectorAll("table:not(.scroll table) tbody tr")]
          .filter((line) => !line.querySelector("th[scope=row]")).map((line) => line.outerHTML.slice(0, 90))"""
    )
    moved = shown.page.evaluate(
        """() => [...document.querySelectorAll("*")].map((one) => getComputedStyle(one))
          .filter((style) => style.animationName !== "none" || style.transitionDuration !== "0s"
            || style.scrollBehavior !== "auto").length"""
    )

    assert (unnamed, headless, moved) == ([], [], 0)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_page_looks_as_it_did(browser: Any, tmp_path: Path, width: int, scheme: str):
    """`make pictures` draws them anew after a deliberate change."""
    image = pytest.importorskip("PIL.Image", reason="Pillow is not installed")
    chops = pytest.importorskip("PIL.ImageChops")
    for name, picture in pictures.taken(browser, tmp_path, width, scheme).items():
        shown, golden = pictures.small(picture), image.open(GOLDEN / f"{name}-{width}.png")
        assert shown.size == golden.size
        histogram = chops.difference(shown, golden).histogram()
        mean = sum(value * count for value, count in enumerate(histogram)) / (shown.width * shown.height)
        assert mean < TOLERANCE, f"{name} at {width} pixels differs by {mean:.1f} of 255"
