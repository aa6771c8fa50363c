"""Draws the pictures of docs/report.md and the small golden ones anew: `make pictures`, then look at them."""

import io
import shutil
import tempfile
from pathlib import Path

from builders import pictures
from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs" / "pictures"
GOLDEN = ROOT / "tests" / "golden" / "report"


def main() -> None:
    DOCS.mkdir(exist_ok=True)
    GOLDEN.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for width, scheme in ((1280, "light"), (390, "dark")):
            with tempfile.TemporaryDirectory() as folder:
                for name, picture in pictures.taken(browser, Path(folder), width, scheme).items():
                    pictures.small(picture).save(GOLDEN / f"{name}-{width}.png", optimize=True)
                    if width == 1280:
                        image = Image.open(io.BytesIO(picture)).convert("P", palette=Image.Palette.ADAPTIVE, colors=160)
                        image.save(DOCS / f"report-{name}.png", optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
