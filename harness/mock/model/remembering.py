"""What outlives a compaction: facts, and what was thought; not the words, not the instructions of one call.

The essence of a context is sealed into a compaction item. Whoever sees that item knows what is in the essence, and
nothing else of what stood before it.
"""

from typing import Final

from harness.mock.model.context import JSON, Context
from harness.mock.model.recall import known

KEPT: Final = 200
"""How many facts a compaction keeps, the newest ones."""


def essence(context: Context) -> JSON:
    """The state that a compaction item stands for. The context must be without instructions."""
    thoughts = {name: value for name, value in context.memory.items() if name != "facts"}
    return {**thoughts, "facts": [[fact.name, fact.value] for fact in known(context).values()][-KEPT:]}
