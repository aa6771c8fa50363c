"""A drawn picture as it stands in an item."""


class Drawn(str):
    """The picture as base64; `partials` are the pictures that a stream shows on the way to it, the last the same."""

    partials: tuple[str, ...] = ()

    @classmethod
    def of(cls, pictures: list[str]) -> "Drawn":
        """The last of these, with all of them."""
        made = cls(pictures[-1])
        made.partials = tuple(pictures)
        return made
