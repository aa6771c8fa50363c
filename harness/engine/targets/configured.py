"""An operator's targets, with their credentials from the environment, as targets of the engine."""

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any

from harness.engine.clock import Clock
from harness.engine.targets.auth import Credential, Fixed, Tokens, end_of
from harness.engine.targets.entra import Entra
from harness.engine.targets.facts import Facts
from harness.engine.targets.live import LiveTarget, key_header, live_target
from harness.engine.targets.unsealing import Held
from harness.targets.spec import Auth, SecretSpec, TargetSpec
from harness.wire.limits import LIMITS
from harness.wire.redact import Redactor, Secret


class Credentials:
    """All credentials of a run. Targets that want the same tokens share their provider.

    Every value is told to the redactor before it can be sent.
    """

    def __init__(self, environment: Mapping[str, str], redactor: Redactor, clock: Clock | None = None) -> None:
        self._environment = environment
        self._redactor = redactor
        self._clock = clock or Clock()
        self._providers: dict[Auth, tuple[Tokens, Callable[[], AbstractAsyncContextManager[Any]]]] = {}

    def live(self, spec: TargetSpec) -> LiveTarget:
        """The target of a live endpoint; `facts.missing` says why it cannot be used, where it cannot."""
        facts = Facts.of(spec)
        if spec.auth.kind == "entra":
            tokens, opened = self._provider(spec.auth)
            return LiveTarget(facts, tokens, spec.api_version, opened)
        credential: Credential | None = None
        if spec.auth.variable is not None:
            secret = self.secret(spec.auth.variable, spec.auth.kind)
            if isinstance(secret, str):
                return LiveTarget(replace(facts, missing=secret), None, spec.api_version)
            header = key_header(spec.endpoint) if spec.auth.kind == "key" else "Authorization"
            credential = Fixed(secret, header)
        return LiveTarget(facts, credential, spec.api_version)

    def named(
        self, endpoint: str, deployment: str, variable: str | None, *, model: str | None, region: str | None
    ) -> LiveTarget:
        """The target that is named by its address, with the key in an environment variable, if it needs one.

        Raises:
            ValueError: the address is unsafe, or there is no key to be used; the message says why.
        """
        key = None if variable is None else self.secret(variable)
        if isinstance(key, str):
            raise ValueError(key)
        return live_target(endpoint, deployment, key, model=model, region=region)

    def held(self, secrets: Iterable[SecretSpec]) -> Mapping[str, Held]:
        """The operator's secrets that are there, by name."""
        return {
            each.name: Held(value, each.hosts)
            for each in secrets
            if isinstance(value := self.secret(each.variable), Secret)
        }

    def secret(self, variable: str, kind: str = "key") -> Secret | str:
        """The secret in an environment variable, or why there is none to be used."""
        value = self._environment.get(variable)
        if not value:
            return f"the variable {variable} is not set"
        try:
            secret = Secret(variable, value)
        except ValueError as error:
            return str(error)
        self._redactor.add(secret)
        if kind == "token" and (told := self._ending(variable, value)):
            return told
        return secret

    def _ending(self, variable: str, token: str) -> str | None:
        """Why a token that is handed over ends too early: nothing can replace it, and a turn may take its time."""
        end, now = end_of(token), self._clock.wall()
        if end is None or end > now + LIMITS.turn:
            return None
        at = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(end))
        if end <= now:
            return f"the token in {variable} ended at {at}: get another one"
        left = f"in {(end - now) / 60:.0f} min, and a turn may take {LIMITS.turn / 60:.0f}"
        return f"the token in {variable} ends at {at}, {left}: get another one, or let `entra` replace it"

    def _provider(self, auth: Auth) -> tuple[Tokens, Callable[[], AbstractAsyncContextManager[Any]]]:
        if auth not in self._providers:
            entra = Entra(auth)
            self._providers[auth] = Tokens(str(auth), entra.fetch, self._clock, self._redactor.add), entra.open
        return self._providers[auth]
