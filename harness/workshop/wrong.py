"""Why something cannot be read, as the child says it."""


class Wrong(Exception):
    """`kind`: `unknown` (not of such a format), `large`, `locked` (encrypted), `damaged`."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
