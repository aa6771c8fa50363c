"""A drawn picture as it stands in an item."""


class Drawn(str):
    """The picture as base64; `partials` are the coarser ones that a stream shows on the way to it."""

    partials: tuple[str, ...] = ()

    @classmethod
    def of(cls, pictures: list[str]) -> "Drawn":
        """The last of these, with those before it."""
        made = cls(pictures[-1])
        made.partials = tuple(pictures[:-1])
        return made
