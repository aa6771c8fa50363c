"""Which ability answers: each is asked in turn whether the context is for it."""

from harness.mock.model.context import Context, Draft


def answer(context: Context) -> Draft:
    """What the model says to its context."""
    return Draft.saying("Hello, I am here.")
