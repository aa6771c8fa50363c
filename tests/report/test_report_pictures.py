"""The page looks as it was looked at: small pictures of four views, wide and narrow, light and dark."""

from pathlib import Path
from typing import Any

import pytest
from builders import pictures

GOLDEN = Path(__file__).parents[1] / "golden" / "report"
TOLERANCE = 8.0
"""Mean difference of the greys of two pictures (of 255) that another font or another browser may make."""


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
