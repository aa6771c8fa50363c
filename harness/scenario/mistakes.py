"""The mistakes of one document as they are found, up to a number that a person can still read."""

from typing import Final

from harness.source.document import Document, Path
from harness.source.place import Diagnostic

MOST: Final = 100
"""How many mistakes of a document are told. Each costs a search for what was meant, so there has to be an end."""


class Enough(Exception):
    """So many mistakes were found that it is no use to look further."""


class Mistakes:
    """Gathers what is wrong with a document; `found` holds it in the order of finding."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.found: list[Diagnostic] = []

    def add(self, path: Path, message: str, hint: str | None = None, *, key: bool = False) -> None:
        """Notes a mistake at a node, or at its key.

        Raises:
            Enough: there are MOST of them now.
        """
        self.note(self.document.diagnostic(path, message, hint, key=key))

    def note(self, diagnostic: Diagnostic) -> None:
        """Notes a mistake whose place is known already; raises as `add` does."""
        self.found.append(diagnostic)
        if len(self.found) >= MOST:
            raise Enough
