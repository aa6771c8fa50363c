"""Which targets a run is on: those of a file, or the default family, as far as they were asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness.engine.targets.facts import Facts
from harness.engine.targets.family import FAMILY, Awaited, Fetch
from harness.source.place import did_you_mean
from harness.targets.reading import load
from harness.targets.spec import Selection, TargetsFile

if TYPE_CHECKING:  # connections, which the embedded endpoint's targets do without
    from harness.engine.targets.configured import Credentials
    from harness.engine.targets.target import Target

Keys = Callable[[], "Credentials"]
"""Fetches the credentials of live targets, and with them the code that connects to one."""


class NothingChosen(LookupError):
    """No target is meant by what was asked for; the message says what there is."""


class CredentialMissing(ValueError):
    """A target that was named cannot be used; the message says which variable is not set."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The targets of a run, in order.

    `configured` is False where nobody said anything: then a scenario runs on the first that documents what it needs.
    """

    targets: "tuple[Target, ...]"
    configured: bool


def chosen(
    file: Path | None,
    selection: Selection,
    credentials: Keys,
    endpoint: Fetch,
    defects: Sequence[str] = (),
    *,
    usable: bool = True,
) -> Chosen:
    """The targets of a file, or the default family where there is none; nothing is sent.

    `credentials` fetches those of live targets, `endpoint` the embedded one, where a target is on it. `usable`: a
    target that was asked for by its name must have its credential.

    Raises:
        harness.source.place.Refused: the file is wrong.
        NothingChosen: the selection picks none of them, or there is no defect of such a name.
        CredentialMissing: a target was asked for by its name, and its credential is not there.
    """
    try:
        for defect in defects:
            endpoint().check(defect)
    except LookupError as error:
        raise NothingChosen(str(error)) from None
    if file is None:
        family = [Awaited(facts, tuple(defects), endpoint) for facts in FAMILY]
        return Chosen(_picked(family, selection), bool(selection))
    written = load(file, file.as_posix())
    targets = _picked(_of(written, credentials(), endpoint, defects), selection)
    for target in targets:
        if usable and target.facts.missing and selection.named(target.facts.name):
            raise CredentialMissing(f"the target {target.facts.name} cannot be used: {target.facts.missing}")
    return Chosen(targets, True)


def _of(
    written: TargetsFile, credentials: "Credentials", endpoint: Fetch, defects: Sequence[str]
) -> "tuple[Target, ...]":
    secrets = {each.name: each.hosts for each in written.secrets}
    held = credentials.held(written.secrets)
    found: list[Target] = []
    for spec in written.targets:
        if spec.embedded:
            found.append(Awaited(replace(Facts.of(spec), secrets=secrets), tuple(defects), endpoint))
        else:
            live = credentials.live(spec)
            found.append(replace(live, facts=replace(live.facts, secrets=secrets), held=held))
    return tuple(found)


def _picked(targets: "Sequence[Target]", selection: Selection) -> "tuple[Target, ...]":
    found = tuple(
        target
        for target in targets
        if selection.picks(target.facts.name, target.facts.region, target.facts.model, target.facts.deployment)
    )
    if not found:
        raise NothingChosen(f"no target is meant by {selection}{_hint(targets, selection)}")
    return found


def _hint(targets: "Sequence[Target]", selection: Selection) -> str:
    facts = [target.facts for target in targets]
    for asked, known in (
        (selection.names, [fact.name for fact in facts]),
        (selection.regions, [fact.region or "" for fact in facts]),
        (selection.models, [fact.model or fact.deployment for fact in facts]),
    ):
        for glob in asked:
            if glob not in known and (near := did_you_mean(glob, known)):
                return f": did you mean `{near}`?"
    return "; `harness targets` lists them"
