"""What there is to be found by searching: a few texts of the harness's own, at addresses that nobody can have.

Nothing is ever fetched. The texts tell of invented places, so that an answer that knows of them has searched.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from harness.mock.model.tool_use import words


@dataclass(frozen=True, slots=True)
class Text:
    """A page or a file: its title, its name or address, what it says."""

    title: str
    name: str
    says: str

    @property
    def host(self) -> str:
        """The host of a page's address; empty for a file."""
        return urlsplit(self.name).hostname or ""


PAGES: Final[Sequence[Text]] = (
    Text(
        "The harbour of Velmora",
        "https://harbours.example/velmora",
        "Velmora's harbour is 31 metres deep at its outer mole. Its lighthouse was lit for the first time in 1873.",
    ),
    Text(
        "Tides at Orrin Sound",
        "https://tides.example/orrin-sound",
        "The tide at Orrin Sound rises 9.4 metres. High water comes twelve minutes after that of Velmora.",
    ),
    Text(
        "News of the Karsten Line ferry",
        "https://news.example/karsten-line",
        "The Karsten Line ferry leaves Velmora at 06:40 and reaches Port Tessaly in three hours.",
    ),
    Text(
        "Weather in Port Tessaly",
        "https://weather.example/port-tessaly",
        "In Port Tessaly the weather is foggy with a light wind from the north; the temperature is 11 degrees.",
    ),
    Text(
        "The museum of knots",
        "https://museums.example/knots",
        "The museum of knots in Orrin shows 412 knots. Admission is 7 crowns, and it is closed on Mondays.",
    ),
)
"""What a search of the web finds."""

STORE: Final = "vs_harness"
"""The vector store that is always there."""
FILES: Final[Sequence[tuple[str, Text]]] = (
    (
        "assistant-000000000000000000000001",
        Text("", "harbour_rules.txt", "Ships longer than 140 metres take a pilot on board at the Brannoch buoy."),
    ),
    (
        "assistant-000000000000000000000002",
        Text("", "crew_handbook.txt", "The crew of the Ardent changes every 17 days; the galley opens at 05:15."),
    ),
    (
        "assistant-000000000000000000000003",
        Text("", "price_list.txt", "A berth in the basin of Sellick costs 26 crowns a night, water included."),
    ),
)
"""What stands in that vector store, by file id."""


def ranked(query: str, texts: Iterable[Text]) -> list[tuple[float, Text]]:
    """Texts that share words with a query, the best first, with scores up to 1."""
    wanted = words(query)
    scored = [(len(wanted & words(f"{text.title} {text.says}")) / max(1, len(wanted)), text) for text in texts]
    return sorted((one for one in scored if one[0] > 0), key=lambda one: -one[0])


def pages(query: str, filters: Mapping[str, object]) -> list[Text]:
    """The pages that a query finds, at allowed hosts only where some are named."""
    allowed = filters.get("allowed_domains")
    hosts = [str(host).lower() for host in allowed] if isinstance(allowed, list) and allowed else None
    found = [text for _, text in ranked(query, PAGES)]
    return [text for text in found if hosts is None or is_within(text.host, hosts)]


def is_within(host: str, hosts: Sequence[str]) -> bool:
    """Whether a host is one of these, or below one."""
    return any(host == one or host.endswith(f".{one}") for one in hosts)
