"""Pictures of the report in a browser: for the docs, and small ones that a test holds the page to."""

import io
from pathlib import Path
from typing import Any, Final

from builders.showcase import showcase

from harness.report import page

VIEWS: Final = {
    "answer": ("#", "h1"),
    "changes": ("#changes", "#changes"),
    "regions": ("#regions", "#regions"),
    "case": ("#case=0&finding=0", "#case mark.on"),
}
"""Name → address, and what must be there before the picture is taken."""


def taken(browser: Any, folder: Path, width: int, scheme: str) -> dict[str, bytes]:
    """Every view as PNG at a width, in light or dark."""
    run, comparison, gated = showcase(folder)
    target = folder / "report.html"
    page.write(run, target, comparison, gated)
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce", device_scale_factor=1
    )
    pictures = {}
    for name, (hash_, selector) in VIEWS.items():
        shown = context.new_page()
        shown.goto(target.as_uri() + hash_)
        shown.wait_for_selector("html[data-ready]")
        shown.wait_for_selector(selector)
        shown.evaluate("document.activeElement?.blur()")
        pictures[name] = shown.screenshot()
        shown.close()
    context.close()
    return pictures


def small(picture: bytes) -> Any:
    """A quarter of a picture, in greys: what a change of the design changes, and another font does not."""
    from PIL import Image

    image = Image.open(io.BytesIO(picture)).convert("L")
    return image.resize((image.width // 4, image.height // 4), Image.Resampling.BOX)
