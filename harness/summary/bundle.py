"""What somebody needs who is to help, in one ZIP file that holds no secret, no question and no answer.

It names what is installed, which targets there are, and what a run came to: counts, rules, and where in our code a
case was errored. Nothing is copied but a debug log, which never holds what was said.
Everything passes the redactor that knows the credentials of all targets and every variable of the environment that
looks like one; what looks like a key or a token is blanked besides.
"""

import io
import json
import os
import platform
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.metadata import distributions
from pathlib import Path
from typing import Any, Final

from harness.findings import Verdict
from harness.record.environment import mattering
from harness.record.run import Run
from harness.wire.redact import MARK, SHORTEST, Redactor, Secret

NAMES: Final = re.compile(
    r"KEY|TOKEN|SECRET|PASS(?:WORD|WD|PHRASE)?$|CREDENTIAL|COOKIE|AUTH|SIGNATURE|CONNECTION_STRING", re.IGNORECASE
)
"""Variables whose values are taken for secrets, by their names."""
LOOKS: Final = re.compile(
    rb"eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]{4,}){1,2}|\b(?:sk|ghp|gho|ghs|pat)[-_][A-Za-z0-9_-]{16,}"
    rb"|(?i:bearer) +[A-Za-z0-9._~+/-]{8,}=*|(?i:[?&](?:sig|code|key|token)=)[^&\s\"]+"
)
"""What is a key or a token by its looks."""
MOST_CASES: Final = 500
MOST_LOG: Final = 16 * 1024 * 1024


def guarded(redact: Redactor, environment: Mapping[str, str]) -> Redactor:
    """The redactor, knowing every variable that looks like a secret by its name."""
    for name, value in environment.items():
        for piece in value.split() if NAMES.search(name) else ():
            if len(piece) >= SHORTEST and piece.isascii() and piece.isprintable():
                redact.add(Secret(name, piece))
    return redact


def bundle(
    environment: Mapping[str, str],
    targets: Sequence[Mapping[str, Any]],
    run: Run | None,
    log: Path | None,
    redact: Redactor,
) -> bytes:
    """The ZIP file.

    Args:
        targets: their facts, without credentials.
        log: a debug log to take along.

    Raises:
        OSError: the log cannot be read.
    """
    clean = _Cleaner(guarded(redact, environment), environment)
    parts: dict[str, bytes] = {
        "about.json": _json(_about(environment)),
        "targets.json": _json(list(targets)),
    }
    if run is not None:
        parts["run.json"] = _json(_of_run(run))
    if log is not None:
        parts["debug-log.jsonl"] = log.read_bytes()[-MOST_LOG:]
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, clean(data))
    return whole.getvalue()


class _Cleaner:
    """Redacts, blanks what looks like a secret, and takes out who works here."""

    def __init__(self, redact: Redactor, environment: Mapping[str, str]) -> None:
        self._redact = redact
        homes = {environment.get("HOME", ""), environment.get("USERPROFILE", ""), str(Path.home())}
        spelt = {json.dumps(home)[1:-1].encode() for home in homes if len(home) > 1}
        self._homes = sorted(spelt, key=len, reverse=True)

    def __call__(self, data: bytes) -> bytes:
        data = LOOKS.sub(MARK, self._redact(data))
        for home in self._homes:
            data = data.replace(home, b"~")
        return data


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=1, default=str).encode("ascii")


def _about(environment: Mapping[str, str]) -> dict[str, Any]:
    installed = {dist.metadata["Name"]: dist.version for dist in distributions() if dist.metadata["Name"]}
    return {
        "python": sys.version,
        "system": [platform.system(), platform.release(), platform.machine()],
        "processors": os.cpu_count(),
        "encoding": [sys.getfilesystemencoding(), sys.stdout.encoding],
        "variables": list(mattering(environment)),
        "packages": dict(sorted(installed.items())),
    }


def _of_run(run: Run) -> dict[str, Any]:
    head = run.head
    not_passed = [line for line in run.cases if line.verdict not in (Verdict.PASSED, Verdict.SKIPPED)]
    return {
        "run": head.run,
        "started": head.started,
        "versions": dict(head.versions),
        "options": sorted(head.options),
        "settings": sorted(head.settings),
        "planned": len(head.planned),
        "missing": len(run.missing),
        "problems": [str(problem) for problem in run.problems],
        "verdicts": dict(Counter(str(line.verdict) for line in run.cases)),
        "findings": dict(Counter(found.rule for line in run.cases for found in line.findings)),
        "cases": [
            {
                "case": line.case,
                "verdict": str(line.verdict),
                "repeat": line.repeat,
                "attempt": line.attempt,
                "seconds": line.seconds,
                "rules": [found.rule for found in line.findings],
                "where": _where(line.reason) if line.verdict is Verdict.ERRORED else None,
            }
            for line in not_passed[:MOST_CASES]
        ],
    }


def _where(reason: str | None) -> list[str]:
    """The places of a traceback and the kind of its exception; its message may quote what was answered."""
    lines = (reason or "").splitlines()
    places = [line.strip() for line in lines if re.match(r'  File "[^"]*", line \d+, in \S+$', line)]
    kind = re.match(r"[A-Za-z_][\w.]*(?=:|$)", lines[-1]) if places else None
    return [*places, *([kind[0]] if kind else [])]
