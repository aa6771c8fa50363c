"""What goes wrong in code while it is evaluated."""


class Wrong(Exception):
    """An error of the code itself; `kind` is what Python calls it."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind
