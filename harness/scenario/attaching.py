"""`attach:`, and the files of `upload:` and `call:`, as they are written → attachments that were read and checked."""

from collections.abc import Sequence
from pathlib import Path as FilePath
from typing import Any, Final

from harness.scenario import attachments
from harness.scenario.actions import Word
from harness.scenario.attachments import Attachment, CannotAttach
from harness.scenario.mistakes import Mistakes
from harness.source.document import Path
from harness.source.place import choice, shown, suggestion

VIA: Final = {
    "data_uri": Word("inside the request, as a `data:` address"),
    "file_id": Word("uploaded first, and named by its id"),
    "url": Word("at an address from which the service fetches it"),
}
"""Ways in which an attachment is sent."""


class Attaching:
    """Reads the attachments of one document, each file once; what is wrong with them goes to `mistakes`."""

    def __init__(self, mistakes: Mistakes, folder: FilePath | None) -> None:
        self.mistakes = mistakes
        self.document = mistakes.document
        self.folder = folder
        self._read: dict[str, tuple[bytes, str] | None] = {}
        self._named = 0
        self._last: Path = ()

    def attached(self, raw: dict[str, Any], path: Path, errs: bool) -> tuple[Attachment, ...]:
        """The attachments of a turn; `errs` says that it expects an error, so that it may break the API's limits."""
        written = raw.get("attach")
        if not isinstance(written, list):
            return ()
        made = []
        for index, entry in enumerate(written):
            if isinstance(entry, dict):
                found = self._entry(entry, (*path, "attach", index), errs)
                made += [found] if found else []
        if not errs:
            self._documented_together(made, (*path, "attach"))
        return tuple(made)

    def sent(self, argument: Any, path: Path, errs: bool) -> Attachment | None:
        """The file that an action sends; None where it sends none, or a wrong one."""
        name = argument.get("file") if isinstance(argument, dict) else None
        return self._file("file", name, (*path, "file"), errs) if isinstance(name, str) and name else None

    def check_together(self) -> None:
        """Nothing more than a scenario may send."""
        if self._named > attachments.MOST_FILES:
            told = f"a scenario sends at most {attachments.MOST_FILES} files, and this one {self._named}"
            self.mistakes.add(self._last, told)
        together = sum(len(found[0]) for found in self._read.values() if found)
        if together > attachments.LARGEST_TOGETHER:
            told = (
                f"the files of a scenario have at most {attachments.LARGEST_TOGETHER // attachments.MIB} MiB together"
            )
            self.mistakes.add(self._last, told)

    def _entry(self, entry: dict[str, Any], path: Path, errs: bool) -> Attachment | None:
        kinds = [kind for kind in ("image", "file") if kind in entry]
        if len(kinds) != 1:
            told = "an attachment is an `image` or a `file`"
            self.mistakes.add(path, told, "write `{image: photo.png}`" if not kinds else "make it two entries")
            return None
        via = self._via(entry.get("via", "data_uri"), (*path, "via"))
        if "detail" in entry and kinds == ["file"]:
            self.mistakes.add((*path, "detail"), "`detail` goes with an `image`", key=True)
        name = entry[kinds[0]]
        if not isinstance(name, str) or not name or not via:
            return None
        detail = entry.get("detail")
        return self._file(kinds[0], name, (*path, kinds[0]), errs, via, detail if isinstance(detail, str) else None)

    def _via(self, written: Any, path: Path) -> tuple[str, ...]:
        listed = written if isinstance(written, list) else [written]
        if not listed:
            self.mistakes.add(path, "`via` needs a way to send it", choice(list(VIA)))
        for index, way in enumerate(listed):
            at = (*path, index) if isinstance(written, list) else path
            if not isinstance(way, str) or way not in VIA:
                self.mistakes.add(at, f"`via` cannot be `{shown(way)}`", suggestion(str(way), list(VIA)))
                return ()
            if way in listed[:index]:
                self.mistakes.add(at, f"`{way}` stands here twice")
        return tuple(listed)

    def _file(
        self,
        kind: str,
        name: str,
        path: Path,
        errs: bool,
        via: Sequence[str] = ("data_uri",),
        detail: str | None = None,
    ) -> Attachment | None:
        self._named, self._last = self._named + 1, path
        if name not in self._read:
            self._read[name] = self._opened(name, path)
        found = self._read[name]
        if found is None:
            return None
        content, digest = found
        breaks = attachments.beyond_documented(kind, name, content)
        if breaks and not errs:
            hint = "allowed where the turn expects an error: `expect: {error: …}`"
            self.mistakes.add(path, f"`{shown(name)}` is {breaks}", hint)
        media_type = attachments.TYPES[name.rpartition(".")[2].lower()]
        place = self.document.place(path)
        return Attachment(kind, name, content, media_type, digest, place, tuple(via), detail, breaks)

    def _opened(self, name: str, path: Path) -> tuple[bytes, str] | None:
        if self.folder is None:
            self.mistakes.add(path, "only a scenario in a file can send files")
            return None
        try:
            return attachments.opened(self.folder, name)
        except CannotAttach as error:
            self.mistakes.add(path, str(error), error.hint)
        return None

    def _documented_together(self, made: Sequence[Attachment], path: Path) -> None:
        """What the API takes in one request."""
        hint = "allowed where the turn expects an error: `expect: {error: …}`"
        for kind in ("image", "file"):
            of_kind = [each for each in made if each.kind == kind]
            together = sum(len(each.content) for each in of_kind)
            if len(of_kind) > 1 and together >= attachments.DOCUMENTED_BYTES:
                most = attachments.DOCUMENTED_BYTES
                told = f"the {kind}s of a request are documented as less than {most} bytes together"
                self.mistakes.add(path, f"{told}, and these are {together}", hint, key=True)
            if kind == "image" and len(of_kind) > attachments.DOCUMENTED_IMAGES:
                told = f"a request has at most {attachments.DOCUMENTED_IMAGES} images, and this one {len(of_kind)}"
                self.mistakes.add(path, told, hint, key=True)
