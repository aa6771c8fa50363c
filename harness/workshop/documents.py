"""A PDF's bytes → the text of its pages. Runs in the child: the bytes may be made to harm."""

import io
import logging
from typing import Any, Final

from harness.workshop.wrong import Wrong

MAGIC: Final = b"%PDF-"
FAR: Final = 1024
"""Bytes among which a PDF must say that it is one."""

PAGES: Final = 1_000
CHARACTERS: Final = 2_000_000
"""How much is read of a document."""


def read(raw: bytes) -> dict[str, Any]:
    """The title and the text of each page. Raises `Wrong`, and whatever the reader raises over damaged bytes."""
    if MAGIC not in raw[:FAR]:
        raise Wrong("unknown", "These are not the bytes of a PDF.")
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = PdfReader(io.BytesIO(raw), strict=False)
    if reader.is_encrypted:
        raise Wrong("locked", "The document is encrypted.")
    count = len(reader.pages)
    if not count:
        raise Wrong("damaged", "The document has no pages.")
    if count > PAGES:
        raise Wrong("large", f"The document has more than {PAGES} pages.")
    pages: list[str] = []
    left = CHARACTERS
    for page in reader.pages:
        text = page.extract_text()[:left]
        left -= len(text)
        pages.append(text)
    title = reader.metadata.title if reader.metadata is not None else None
    return {"format": "PDF", "pages": pages, "title": title[:1_000] if title else None}
