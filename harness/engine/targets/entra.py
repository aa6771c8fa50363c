"""Tokens of Entra ID, from azure-identity. The library is imported when the first token is wanted."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from harness.engine.targets.auth import Token, end_of
from harness.targets.spec import Auth
from harness.wire.redact import Secret


class Entra:
    """One credential of azure-identity, made anew where a token must not come from its cache."""

    def __init__(self, auth: Auth) -> None:
        self._auth = auth
        self._credential: Any = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Entra"]:
        """Closes its connections at the end of the run."""
        try:
            yield self
        finally:
            await self._close()

    async def fetch(self, afresh: bool) -> Token:
        """A token; what azure-identity raises goes through."""
        if afresh:
            await self._close()
        if self._credential is None:
            self._credential = _made(self._auth)
        access = await self._credential.get_token(self._auth.scope)
        secret, end = Secret("Entra ID", access.token), end_of(access.token)
        return Token(secret, float(access.expires_on), ours=True) if end is None else Token(secret, end)

    async def _close(self) -> None:
        if self._credential is not None:
            await self._credential.close()
            self._credential = None


def _made(auth: Auth) -> Any:
    from azure.identity import aio

    plain: Any = {"use_env_settings": False}  # no proxy of the environment sees what a token is asked for with
    match auth.source:
        case "managed_identity":
            return aio.ManagedIdentityCredential(client_id=auth.client_id, **plain)
        case "environment":
            return aio.EnvironmentCredential(**plain)
        case "cli":
            return aio.AzureCliCredential()
        case _:
            return aio.DefaultAzureCredential(managed_identity_client_id=auth.client_id, **plain)
