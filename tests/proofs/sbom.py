"""A bill of materials of what is installed: CycloneDX 1.6, from a lock file.

Run `PYTHONPATH=tests python tests/proofs/sbom.py build` from the checkout (`make sbom`): it writes `sbom.cdx.json`, of
what `make run` installs, and `sbom-dev.cdx.json`, of what the tests need too. Names, versions and SHA-256 of every file
that may be installed come from the lock; licences and what needs what from what is installed here. The same
lock gives the same bytes.
"""

import argparse
import json
import re
import tomllib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).parents[2]
LOCKS: Final = {"sbom.cdx.json": "requirements.lock", "sbom-dev.cdx.json": "requirements-dev.lock"}
SPACE: Final = uuid.UUID("6f0e2f0e-56a5-5c3e-9d3b-0c1f2b7a9e11")
"""Serial numbers are made below this one, of what the bill says."""


@dataclass(frozen=True, slots=True)
class Pinned:
    """One entry of a lock; `marker` says where it is installed, "" everywhere. Hashes are SHA-256 in hex."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]

    @property
    def reference(self) -> str:
        """The package URL."""
        return f"pkg:pypi/{self.name}@{self.version}"


def locked(text: str) -> list[Pinned]:
    """The entries of a lock file.

    Raises:
        ValueError: an entry is not pinned to one version, or to no hash.
    """
    found = []
    for entry in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE):
        if not entry.strip() or entry.startswith("#"):
            continue
        head = entry.partition("\n")[0].rstrip("\\ ")
        hashes = tuple(re.findall(r"--hash=sha256:([0-9a-f]{64})\b", entry))
        try:
            wanted = Requirement(head)
            version = re.fullmatch(r"==([^,*]+)", str(wanted.specifier))
        except InvalidRequirement as error:
            raise ValueError(f"no entry of a lock: {head}") from error
        if version is None or not hashes:
            raise ValueError(f"not pinned to one version and its hashes: {head}")
        found.append(Pinned(canonicalize_name(wanted.name), version[1], str(wanted.marker or ""), hashes))
    return found


def project() -> Mapping[str, Any]:
    """What pyproject.toml says of the package."""
    said: Mapping[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return said


def bill(pins: Sequence[Pinned]) -> dict[str, Any]:
    """The bill of materials of these pins, with the package itself at its top."""
    own = project()
    top = f"pkg:pypi/{canonicalize_name(own['name'])}@{own['version']}"
    direct = {canonicalize_name(Requirement(each).name) for each in own["dependencies"]}
    by_name: dict[str, list[Pinned]] = {}
    for each in pins:
        by_name.setdefault(each.name, []).append(each)
    graph = [{"ref": top, "dependsOn": _references(by_name, direct)}]
    graph += [{"ref": each.reference, "dependsOn": _references(by_name, _needs(each))} for each in pins]
    said = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": top,
                "name": own["name"],
                "version": own["version"],
                "purl": top,
                "licenses": [{"license": {"id": own["license"]}}],
            },
        },
        "components": [_component(each) for each in pins],
        "dependencies": graph,
    }
    return {**said, "serialNumber": uuid.uuid5(SPACE, json.dumps(said, sort_keys=True)).urn}


def _component(pin: Pinned) -> dict[str, Any]:
    told: dict[str, Any] = {
        "type": "library",
        "bom-ref": pin.reference,
        "name": pin.name,
        "version": pin.version,
        "purl": pin.reference,
        "externalReferences": [
            {
                "type": "distribution",
                "url": pin.reference,
                "hashes": [{"alg": "SHA-256", "content": each} for each in pin.hashes],
            }
        ],
    }
    if pin.marker:
        told["properties"] = [{"name": "python:marker", "value": pin.marker}]
    if installed := _installed(pin):
        licence = installed.get("License-Expression")
        if licence:
            told["licenses"] = [{"expression": licence}]
        elif named := [each for each in installed.get_all("Classifier") or () if each.startswith("License :: ")]:
            told["licenses"] = [{"license": {"name": each.rpartition(" :: ")[2]}} for each in named]
    return told


def _installed(pin: Pinned) -> Any:
    """The metadata of a pin, where it is installed in this version."""
    try:
        found = metadata.distribution(pin.name)
    except metadata.PackageNotFoundError:
        return None
    return found.metadata if found.version == pin.version else None


def _needs(pin: Pinned) -> set[str]:
    """The names of what a pin needs; nothing where it is not installed here."""
    installed = _installed(pin)
    wanted = [Requirement(each) for each in (installed.get_all("Requires-Dist") or ())] if installed else []
    return {
        canonicalize_name(each.name) for each in wanted if each.marker is None or each.marker.evaluate({"extra": ""})
    }


def _references(by_name: Mapping[str, Sequence[Pinned]], names: set[str]) -> list[str]:
    return sorted(pin.reference for name in names for pin in by_name.get(name, ()))


def main(folder: Path) -> None:
    """Writes both bills into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, lock in LOCKS.items():
        pins = locked((ROOT / lock).read_text(encoding="utf-8"))
        (folder / name).write_text(json.dumps(bill(pins), indent=1, sort_keys=True) + "\n", encoding="utf-8")
        print(f"{folder / name}: {len(pins)} packages, {sum(len(pin.hashes) for pin in pins)} files")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    main(parser.parse_args().folder)
