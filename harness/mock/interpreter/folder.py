"""The files that code sees, as a mapping from path to bytes; what it writes is noted."""

from collections.abc import Mapping
from typing import Final

from harness.mock.interpreter.wrong import Wrong

HOME: Final = "/mnt/data/"
LARGEST: Final = 1_000_000
"""Bytes of a file that code may write."""


class Folder:
    """`/mnt/data` of a container; `made` are the paths that code wrote."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = dict(files)
        self.made: dict[str, bytes] = {}

    def read(self, path: str) -> bytes:
        """Raises `Wrong`."""
        if path not in self.files:
            raise Wrong("FileNotFoundError", f"[Errno 2] No such file or directory: '{path}'")
        return self.files[path]

    def write(self, path: str, text: str) -> None:
        """Raises `Wrong` for a path elsewhere, and for what is too large."""
        name = path.removeprefix(HOME)
        if not path.startswith(HOME) or not name or "/" in name or name in (".", ".."):
            raise Wrong("PermissionError", f"[Errno 13] Permission denied: '{path}'")
        content = text.encode("utf-8", "surrogatepass")
        if len(content) > LARGEST:
            raise Wrong("OSError", "[Errno 28] No space left on device")
        self.files[path] = self.made[path] = content

    def names(self) -> list[str]:
        """The names of all files, sorted."""
        return sorted(path.removeprefix(HOME) for path in self.files)
