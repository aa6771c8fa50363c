"""How strictly a service is judged, and in which known ways it may differ, as data with evidence.

A *dialect* is one known deviation of a real service. A *profile* is a set of dialects under a name that a user can
choose: `core` for OpenAI and Azure, `codex` for the back end of the Codex product, `lenient` for other
implementations of the API, whose deviations are reported as warnings.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from harness.findings import CODES, Level


@dataclass(frozen=True, slots=True)
class Dialect:
    """One known deviation of a real service.

    `levels`: the level that a code's findings have instead of their own. `closes_as`: item types with the status
    under which they may close before their last phase. `overlaps`: item types that may be open beside other items,
    and of which all but the last may stay open. `runs_on`: item types that may close `in_progress` if a program
    called them. `announced_as`: item types with a settled status under which they may be announced.
    `may_end_empty`: the terminal `output` may be empty. `whole_at_once`: levels whose text may settle without having
    grown.
    """

    name: str
    evidence: str
    levels: Mapping[str, Level] = field(default_factory=dict)
    closes_as: frozenset[tuple[str, str]] = frozenset()
    overlaps: frozenset[str] = frozenset()
    runs_on: frozenset[str] = frozenset()
    announced_as: frozenset[tuple[str, str]] = frozenset()
    may_end_empty: bool = False
    whole_at_once: frozenset[str] = frozenset()


def _warned(*codes: str) -> Mapping[str, Level]:
    return dict.fromkeys(codes, Level.WARNING)


AZURE_HOSTED = Dialect(
    "azure-hosted-tools",
    "Azure, recorded November 2025: web_search_call stays `searching` and image_generation_call `generating`; the "
    "completed event is never sent. The plain answer of the same service says completed.",
    closes_as=frozenset({("web_search_call", "searching"), ("image_generation_call", "generating")}),
)
PARALLEL_LISTS = Dialect(
    "parallel-mcp-lists",
    "OpenAI, recorded June 2026: with several MCP servers their lists are open at the same time and finish in any "
    "order; output_item.done is left out for all of them but the last.",
    overlaps=frozenset({"mcp_list_tools"}),
)
PROGRAM_CALLS = Dialect(
    "calls-of-programs",
    "OpenAI, recorded July 2026: a function_call whose caller is a program is closed with status in_progress.",
    runs_on=frozenset({"function_call"}),
)
PRO_MODE = Dialect(
    "pro-mode",
    "OpenAI, recorded 2026 with gpt-5.6 and reasoning.mode pro: messages are announced as completed (6 streams).",
    announced_as=frozenset({("message", "completed")}),
)
EMPTY_OUTPUT = Dialect(
    "empty-final-output",
    "Back end of ChatGPT Codex: 25 of 128 recorded streams end with `output: []` after having streamed items.",
    may_end_empty=True,
)
ROTATING_IDS = Dialect(
    "rotating-ids",
    "GitHub Copilot gives every event a new response id and item id; OpenRouter gives the items of the last event "
    "new ids. 7 recorded streams.",
    levels=_warned("order.response_id_changed", "order.item_mismatch"),
)
OVERLAPPING_ITEMS = Dialect(
    "overlapping-items",
    "xAI has several tool calls open at once; OpenRouter opens the message before the reasoning ends.",
    levels=_warned("order.items_overlap"),
)
NO_DELTAS = Dialect(
    "no-deltas",
    "LM Studio sends function_call_arguments.done without a delta before it (2 of 16 recorded streams of others).",
    whole_at_once=frozenset({"arguments"}),
)
NO_PHASES = Dialect(
    "no-phases",
    "xAI was recorded sending none of the three phase events of a web search.",
    levels=_warned("order.hosted_phase"),
)
OWN_SHAPE = Dialect(
    "own-shape",
    "xAI, GitHub Copilot, llama.cpp, mistral.rs and LM Studio leave out fields that OpenAI and Azure always send, "
    "among them error, instructions and parallel_tool_calls, or send another type.",
    levels=_warned("reply.shape", "state.echo_mismatch"),
)
OWN_SNAPSHOTS = Dialect(
    "own-snapshots",
    "OpenRouter and GitHub Copilot tell other settings at the end than at the start, and other items than they closed.",
    levels=_warned("order.snapshot_changed", "text.final_mismatch"),
)
OWN_LIMITS = Dialect(
    "own-limits",
    "xAI was recorded completing with 112 to 165 output tokens where 16 were allowed (6 answers).",
    levels=_warned("sem.limit_ignored"),
)


@dataclass(frozen=True)
class Profile:
    """A named strictness: the dialects that it knows."""

    name: str
    about: str
    dialects: tuple[Dialect, ...]

    @cached_property
    def levels(self) -> Mapping[str, Level]:
        """The level of a code's findings, where a dialect gives it another one than its own."""
        return {code: level for dialect in self.dialects for code, level in dialect.levels.items()}

    @cached_property
    def closes_as(self) -> frozenset[tuple[str, str]]:
        return frozenset().union(*(dialect.closes_as for dialect in self.dialects))

    @cached_property
    def overlaps(self) -> frozenset[str]:
        return frozenset().union(*(dialect.overlaps for dialect in self.dialects))

    @cached_property
    def runs_on(self) -> frozenset[str]:
        return frozenset().union(*(dialect.runs_on for dialect in self.dialects))

    @cached_property
    def may_end_empty(self) -> bool:
        return any(dialect.may_end_empty for dialect in self.dialects)

    @cached_property
    def announced_as(self) -> frozenset[tuple[str, str]]:
        return frozenset().union(*(dialect.announced_as for dialect in self.dialects))

    @cached_property
    def whole_at_once(self) -> frozenset[str]:
        return frozenset().union(*(dialect.whole_at_once for dialect in self.dialects))

    def level(self, code: str) -> Level:
        """The level of a code's findings under this profile."""
        return self.levels.get(code) or CODES[code].level


_EVERYWHERE = (AZURE_HOSTED, PARALLEL_LISTS, PROGRAM_CALLS, PRO_MODE)

CORE: Final = Profile("core", "OpenAI and Azure endpoints", _EVERYWHERE)
CODEX: Final = Profile("codex", "the back end of the ChatGPT Codex product", (*_EVERYWHERE, EMPTY_OUTPUT))
LENIENT: Final = Profile(
    "lenient",
    "any other implementation of the API",
    (
        *_EVERYWHERE,
        EMPTY_OUTPUT,
        ROTATING_IDS,
        OVERLAPPING_ITEMS,
        NO_DELTAS,
        NO_PHASES,
        OWN_SHAPE,
        OWN_SNAPSHOTS,
        OWN_LIMITS,
    ),
)

PROFILES: Final[Mapping[str, Profile]] = {profile.name: profile for profile in (CORE, CODEX, LENIENT)}
"""Every profile by the name that a user writes."""
