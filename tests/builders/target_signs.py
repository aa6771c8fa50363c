"""Conversations with a target that is not what its operator or the documentation says; written by hand."""

from dataclasses import replace

from builders.replies import plain

from harness.conversation import Conversation, Promised
from harness.reply import Reply
from harness.wire.exchange import Exchange, Head

MODEL, VERSION, REGION = "gpt-4.1", "2025-04-14", "swedencentral"
OPERATOR = Promised(model=MODEL, version=VERSION, region=REGION, in_region=True)
"""What an operator says of a deployment that is bound to its region."""
TOLD = {"x-ms-served-model": f"{MODEL}-{VERSION}", "x-ms-region": "Sweden Central", "x-ms-deployment-name": "m"}
"""The headers of an answer that is from where it should be."""


def held(promised: Promised, *replies: Reply) -> Conversation:
    """A case whose answers are held to a promise."""
    return replace(Conversation.recorded(replies), promised=promised)


def answered(**headers: str) -> Reply:
    """An answer of the right model, with other values for some headers, `_` for the hyphens of their names."""
    changed = {name.replace("_", "-"): value for name, value in headers.items()}
    return plain(headers={**TOLD, **changed}, model=MODEL)


def again() -> Reply:
    """An answer to a request that was refused for its rate before."""
    last = answered().exchange
    refused = Exchange(last.request, Head(429, (("retry-after", "1"),)), b"", (), last.ending)
    return Reply(replace(last, earlier=(refused,)))


DENIED = replace(OPERATOR, denied=("vision",))

DEFECTS: tuple[tuple[str, Conversation], ...] = (
    ("B38", held(OPERATOR, answered(x_ms_served_model=f"{MODEL}-2025-09-01"))),
    ("B38 untold", held(OPERATOR, plain(model=MODEL))),
    ("B39", held(OPERATOR, answered(x_ms_region="East US 2"))),
    ("B40", held(OPERATOR, answered(x_ms_deployment_name="another"))),
    ("A124", held(DENIED, answered())),
    ("C12", held(OPERATOR, again())),
)

CONTROLS: tuple[Conversation, ...] = (
    held(OPERATOR, answered()),
    held(Promised(), answered(x_ms_region="East US 2", x_ms_served_model=f"{MODEL}-2025-09-01")),
    held(replace(OPERATOR, in_region=False), answered(x_ms_region="East US 2")),
    held(OPERATOR, answered(x_ms_deployment_name="another", x_ms_is_spilled_over="true")),
    held(replace(OPERATOR, documented=("vision",)), answered()),
)
