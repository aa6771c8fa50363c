"""What only the service may read: state sealed into `encrypted_content`, and opened again if nobody touched it.

Authenticated encryption (Fernet), so that an altered value is refused instead of being half understood, and sealed
anew each time, so that two seals of one state never look alike, as on the wire.
"""

import base64
import hashlib
import json
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

BLOCK: Final = 16
"""Bytes from which on a seal grows by a block of its cipher."""


class Altered(Exception):
    """A sealed value did not come back as it was given out, or was sealed by somebody else."""


class Seal:
    """Seals and opens with a key of its own. `secret` is any bytes; who knows it can open."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    @cached_property
    def _fernet(self) -> "Fernet":
        from cryptography.fernet import Fernet  # costs 20 ms, and most rooms never seal anything

        return Fernet(base64.urlsafe_b64encode(hashlib.sha256(self._secret).digest()))

    def close(self, state: object) -> str:
        """Any JSON value → an opaque text, longer than that of nothing."""
        return self._fernet.encrypt(json.dumps(state, ensure_ascii=False).encode().ljust(BLOCK)).decode("ascii")

    def nothing(self) -> str:
        """What is announced before there is a state: sealed like one, short, and opened as an empty one."""
        return self._fernet.encrypt(b"{}").decode("ascii")

    def open(self, sealed: str) -> Any:
        """The value again. Raises `Altered`."""
        from cryptography.fernet import InvalidToken

        try:
            return json.loads(self._fernet.decrypt(sealed.encode("utf-8", "replace")))
        except (InvalidToken, ValueError) as error:
            raise Altered from error

    def again(self, sealed: str) -> str:
        """The same state in a fresh seal."""
        return self.close(self.open(sealed))
