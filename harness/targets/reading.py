"""`targets.yaml` → targets, or every mistake at its place. Reads no variable of the environment and asks nobody."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path as FilePath
from typing import Any, Final

from harness.catalogue import Catalogue, Unlisted
from harness.source.document import LIMITS, Document, Path, examine
from harness.source.place import Diagnostic, Place, Refused, shown, suggestion
from harness.source.typed import checked
from harness.targets.origins import SERVICE_HOSTS, UnsafeEndpoint, origin_of, safe_base
from harness.targets.spec import MOCK, SCOPE, Auth, Quota, SecretSpec, TargetsFile, TargetSpec
from harness.targets.written import DEPLOYMENT, NAME, VARIABLE, WrittenTargets
from harness.wire.hosts import is_loopback

FILE: Final = "targets.yaml"
"""What the file is called where none is named."""
MOST_TARGETS: Final = 5_000

_API_VERSION: Final = re.compile(r"v1|preview|[0-9]{4}-[0-9]{2}-[0-9]{2}(?:-preview)?")
_SCOPE: Final = re.compile(r"https://[a-z0-9.-]+/\.default")
_VALUE: Final = re.compile(
    r"((?i:key|token|secret|password|env)[\w-]*[\"']?\s*:\s*[\"']?)"
    r"(?![A-Z][A-Z0-9_]*(?:[\s\"',}]|$))([^\s\"',{}\[\]]+)"
)
"""A value behind a key that promises a credential, unless it is spelt as a variable is."""
_IN_FAMILY: Final = re.compile(r"\$\{([^}]*)\}")
_FAMILY_NAMES: Final = ("region", "model", "version")


def load(path: FilePath, name: str | None = None) -> TargetsFile:
    """The targets of a file; `name` is what it is called in messages.

    Raises:
        Refused: something in it is wrong, or it cannot be read; every mistake, in file order.
    """
    called = name or path.as_posix()
    try:
        with path.open("rb") as file:
            text = file.read(LIMITS.file_bytes + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise Refused([Diagnostic(Place(called, 1, 1), f"the file cannot be read: {reason}")]) from None
    return read(text, called)


def read(text: bytes, name: str = FILE) -> TargetsFile:
    """The targets in the bytes of a file.

    Raises:
        Refused: something in it is wrong; every mistake, in file order.
    """
    documents, mistakes = examine(text, name)
    if len(documents) > 1:
        second = documents[1]
        mistakes.append(second.diagnostic((), "a targets file is one document", "write all targets under `targets`"))
    found: TargetsFile | None = None
    if documents:
        written, wrong = checked(documents[0], WrittenTargets)
        mistakes += wrong
        if written is not None:
            reader = _Reader(documents[0])
            found = reader.file()
            mistakes += reader.mistakes
    if mistakes or found is None:
        raise Refused(map(_without_values, sorted(set(mistakes))))
    return found


def _without_values(mistake: Diagnostic) -> Diagnostic:
    """The mistake without what may be a key that somebody wrote where its variable's name belongs."""
    return replace(mistake, line_text=_VALUE.sub(lambda mark: mark[1] + "*" * len(mark[2]), mistake.line_text))


class _Reader:
    """One document whose shape is right: what its values mean."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.raw: Mapping[str, Any] = document.value
        self.mistakes: list[Diagnostic] = []
        self.hosts = (*SERVICE_HOSTS, *(host.lower() for host in self.raw.get("hosts") or ()))
        self.catalogue = Catalogue.load()
        self._told: set[tuple[Path, str]] = set()

    def wrong(self, path: Path, message: str, hint: str | None = None) -> None:
        """Notes a mistake, once for each place."""
        if (path, message) not in self._told:
            self._told.add((path, message))
            self.mistakes.append(self.document.diagnostic(path, message, hint))

    def file(self) -> TargetsFile:
        defaults = self.raw.get("defaults") or {}
        targets: list[TargetSpec] = []
        for index, own in enumerate(self.raw["targets"]):
            targets += _Entry(self, ("targets", index), own, defaults).members()
            if len(targets) > MOST_TARGETS:
                self.wrong(("targets", index), f"the families make more than {MOST_TARGETS} targets")
                break
        first: dict[str, Place | None] = {}
        for target in targets:
            folded = target.name.casefold()
            if folded in first:
                at = self._entry_of(target)
                self.wrong(at, f"there are two targets `{shown(target.name)}`", "names differ, whatever their case")
            first[folded] = target.place
        return TargetsFile(tuple(targets), self._secrets())

    def _entry_of(self, target: TargetSpec) -> Path:
        places = [self.document.place(("targets", index, "name")) for index in range(len(self.raw["targets"]))]
        return ("targets", places.index(target.place) if target.place in places else 0, "name")

    def _secrets(self) -> tuple[SecretSpec, ...]:
        found = []
        for name, raw in (self.raw.get("secrets") or {}).items():
            path: Path = ("secrets", name)
            if not re.fullmatch(NAME, name):
                self.wrong(path, f"`{shown(name)}` is no name for a secret", "letters, digits, `-`, `_` and dots")
            self.variable((*path, "env"), raw["env"])
            found.append(SecretSpec(name, raw["env"], tuple(host.lower() for host in raw["hosts"])))
        return tuple(found)

    def variable(self, path: Path, name: str) -> None:
        """An environment variable's name; whoever wrote the value itself is not shown it again."""
        if not re.fullmatch(VARIABLE, name) or (len(name) > 40 and not name.isupper()):
            self.wrong(path, "this is no name of an environment variable", "the name, never the value itself")

    def mcp(self, path: Path, raw: Mapping[str, str]) -> None:
        """Tool servers by label: https, no user information."""
        for label, address in raw.items():
            if not re.fullmatch(NAME, label):
                self.wrong((*path, label), f"`{shown(label)}` is no label", "letters, digits, `-`, `_` and dots")
            try:
                safe_base(address)
            except UnsafeEndpoint as error:
                self.wrong((*path, label), str(error), error.hint)

    def attachments(self, path: Path, raw: Mapping[str, str]) -> None:
        """Addresses from which the service fetches what scenarios attach by `via: url`."""
        for name, address in raw.items():
            if not address.startswith("https://") or re.search(r"[\s\x00-\x1f\x7f@#]", address):
                told = f"`{shown(address)}` is no https address without user information"
                self.wrong((*path, name), told, "the service fetches it from outside")


class _Entry:
    """One entry of `targets`, with what `defaults` say where it says nothing."""

    def __init__(self, reader: _Reader, path: Path, own: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
        self.reader = reader
        self.path = path
        self.own = own
        self.defaults = defaults
        shared = {**(reader.raw.get("mcp") or {}), **(defaults.get("mcp") or {}), **(own.get("mcp") or {})}
        self.said = {**defaults, **own, "mcp": shared}

    def at(self, key: str) -> Path:
        """Where a key's value stands: here, or among the defaults."""
        return ("defaults", key) if key not in self.own and key in self.defaults else (*self.path, key)

    def wrong(self, key: str, message: str, hint: str | None = None) -> None:
        self.reader.wrong(self.at(key), message, hint)

    def members(self) -> list[TargetSpec]:
        """The target, or each member of the family."""
        name = self.own["name"]
        if not re.fullmatch(NAME, name):
            self.wrong("name", f"`{shown(name)}` cannot be a target's name", "letters, digits, `-`, `_` and dots")
            return []
        if "endpoint" not in self.said:
            self.reader.wrong(self.path, f"the target `{name}` has no `endpoint`", "an address, or `mock`")
            return []
        auth, quota = self._auth(), Quota(**(self.said.get("limits") or {}))
        self._words()
        self.reader.mcp(self.at("mcp") if "mcp" in self.own or "mcp" in self.defaults else ("mcp",), self.said["mcp"])
        self.reader.attachments(self.at("attachments"), self.said.get("attachments") or {})
        regions, models = _listed(self.said.get("region")), _listed(self.said.get("model"))
        family = isinstance(self.said.get("region"), list) or isinstance(self.said.get("model"), list)
        found = []
        for region, model in product(regions, models):
            target = self._member(name, family, region, model, auth, quota)
            if target is not None:
                found.append(target)
        return found

    def _member(
        self, name: str, family: bool, region: str | None, model: str | None, auth: Auth, quota: Quota
    ) -> TargetSpec | None:
        written = model
        model, _, version = (model or "").partition("@")
        version = version or self.said.get("version") or ""
        endpoint = self._filled("endpoint", self.said["endpoint"], region, model, version)
        deployment = self.said.get("deployment") or model
        if not deployment:
            self.reader.wrong(self.path, f"the target `{name}` has neither `deployment` nor `model`")
            return None
        deployment = self._filled("deployment", deployment, region, model, version)
        base = self._base(endpoint)
        self._known(region, model, version, base == MOCK)
        if base is None or deployment is None:
            return None
        return TargetSpec(
            "/".join(label for label in (name, region, written) if label) if family else name,
            base,
            deployment,
            model or None,
            version or None,
            region,
            self.said.get("deployment_type"),
            auth,
            quota,
            self.said.get("api_version"),
            self.said.get("image_deployment"),
            self.said["mcp"],
            self.said.get("attachments") or {},
            self._clients(),
            self.reader.document.place((*self.path, "name")),
        )

    def _clients(self) -> tuple[str, ...]:
        """By what requests are made, one word or several."""
        written = self.said.get("client") or ()
        clients = (written,) if isinstance(written, str) else tuple(written)
        if len(set(clients)) < len(clients):
            self.wrong("client", "a client stands here twice")
        return clients

    def _filled(self, key: str, text: str, region: str | None, model: str, version: str) -> str | None:
        """A text with `${region}`, `${model}` and `${version}` put in."""
        values = {"region": region, "model": model, "version": version}
        for name in _IN_FAMILY.findall(text):
            if name not in _FAMILY_NAMES:
                hint = suggestion(name, _FAMILY_NAMES)
                self.wrong(key, f"`${{{shown(name)}}}` cannot stand here", hint)
                return None
            if not values[name]:
                self.wrong(key, f"`${{{name}}}` has no value: the target says no `{name}`")
                return None
        return _IN_FAMILY.sub(lambda mark: str(values[mark[1]]), text)

    def _base(self, endpoint: str | None) -> str | None:
        if endpoint is None or endpoint == MOCK:
            return endpoint
        try:
            return safe_base(endpoint, self.reader.hosts)
        except UnsafeEndpoint as error:
            hint = error.hint if "://" in endpoint else "an https address, or `mock`"
            self.wrong("endpoint", str(error), hint)
            return None

    def _known(self, region: str | None, model: str, version: str, embedded: bool) -> None:
        """Names that the catalogue must know: all of the embedded endpoint; elsewhere those that are nearly right."""
        catalogue = self.reader.catalogue
        for key, value, look in (("region", region, catalogue.region), ("model", model, catalogue.model)):
            try:
                if value:
                    look(value)
            except Unlisted as unlisted:
                if embedded or unlisted.near:
                    hint = f"did you mean `{unlisted.near}`?" if unlisted.near else "`harness catalogue` lists them"
                    self.wrong(key, f"there is no {key} `{shown(value or '')}`", hint)
                return
        if version and model and version not in catalogue.versions(model) and embedded:
            self.wrong("version" if "version" in self.said else "model", f"`{model}` has no version `{shown(version)}`")
        if embedded and not model:
            self.reader.wrong(self.path, "a target on `mock` needs a `model`")

    def _words(self) -> None:
        """Texts that become part of an address or a body."""
        for key in ("deployment", "image_deployment"):
            if (text := self.said.get(key)) and not re.fullmatch(DEPLOYMENT, text):
                self.wrong(key, f"`{shown(text)}` is no name of a deployment", "letters, digits, `-`, `_` and dots")
        version = self.said.get("api_version")
        if version and not _API_VERSION.fullmatch(version):
            self.wrong("api_version", f"`{shown(version)}` is no API version", "`v1`, `preview` or a date")
        kind = self.said.get("deployment_type")
        if kind and kind not in self.reader.catalogue.types:
            hint = suggestion(kind, tuple(self.reader.catalogue.types))
            self.wrong("deployment_type", f"there is no deployment type `{shown(kind)}`", hint)

    def _auth(self) -> Auth:
        raw, endpoint = self.said.get("auth"), self.said["endpoint"]
        if endpoint == MOCK:
            if "auth" in self.own:
                self.wrong("auth", "the embedded endpoint takes no credential")
            return Auth()
        if raw is None:
            if not _on_loopback(endpoint):
                hint = "`auth: entra`, or {api_key_env: AZURE_OPENAI_API_KEY}"
                self.reader.wrong(self.path, f"the target `{shown(self.own['name'])}` has no `auth`", hint)
            return Auth()
        return self._written_auth({"entra": "default"} if raw == "entra" else raw)

    def _written_auth(self, raw: Mapping[str, Any]) -> Auth:
        ways = [key for key in ("api_key_env", "token_env", "entra") if key in raw]
        if len(ways) != 1:
            self.wrong("auth", "`auth` takes one of api_key_env, token_env and entra")
            return Auth()
        if ways != ["entra"]:
            for key in {"scope", "client_id"} & raw.keys():
                self.reader.wrong((*self.at("auth"), key), f"`{key}` goes with `entra`")
            self.reader.variable((*self.at("auth"), ways[0]), raw[ways[0]])
            return Auth("key" if ways == ["api_key_env"] else "token", raw[ways[0]])
        scope = raw.get("scope", SCOPE)
        if not _SCOPE.fullmatch(scope):
            self.reader.wrong((*self.at("auth"), "scope"), f"`{shown(scope)}` is no scope", f"such as {SCOPE}")
        return Auth("entra", None, raw["entra"], scope, raw.get("client_id"))


def _listed(value: Any) -> Sequence[str | None]:
    return value if isinstance(value, list) else [value]


def _on_loopback(endpoint: str) -> bool:
    try:
        return is_loopback(origin_of(endpoint).host)
    except ValueError:
        return False
