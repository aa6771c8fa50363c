"""Defects of refusals: one kind of wrong request is answered as if all were well, and nothing else is wrong.

No rule can know what a scenario sends wrongly on purpose, so they are found by its expectation of an error alone.
"""

from typing import Final

from harness.mock.defects.base import Defect, Way


def answered(number: int, slug: str, title: str, lenient: str) -> Way:
    """A row of the table below."""
    return Way(
        id=f"F{number:02d}",
        slug=slug,
        title=title,
        base="refusal",
        findings=("expect.answered", "expect.error"),
        any_of=True,
        changes={"lenient": lenient},
    )


TABLE: Final[tuple[Defect, ...]] = (
    answered(1, "unknown-names-taken", "parameters that there are not are passed over", "names"),
    answered(2, "unknown-words-taken", "words that are none of the choices are passed over", "words"),
    answered(3, "ranges-open", "numbers out of their ranges are passed over", "ranges"),
    answered(4, "metadata-unbounded", "metadata beyond its bounds is passed over", "metadata"),
    answered(5, "schemas-unchecked", "schemas that cannot be kept are passed over", "schemas"),
    answered(6, "settings-unchecked", "settings that the model has not are passed over", "settings"),
    answered(7, "tools-unchecked", "tools that are not well formed are passed over", "tools"),
    answered(8, "pairs-taken", "parameters that exclude each other are both taken", "pairs"),
    answered(9, "any-deployment", "a deployment that there is not answers", "deployments"),
    answered(10, "any-key", "whoever comes is let in", "keys"),
    answered(11, "anything-cancelled", "a response that is not in the background is cancelled", "cancelling"),
)
