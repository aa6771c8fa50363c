"""A scenario as it stands in the YAML: every key of the language, its type and its bounds.

These models check shapes and give the JSON Schema its keys; what names mean is checked by `reading`.
Bounds stand here so that no file can ask for more than a run can do.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field

from harness.scenario.actions import ACTIONS

MOST_TURNS: Final = 100
MOST_ROWS: Final = 10_000
MOST_TOOLS: Final = 128
MOST_TEXT: Final = 1 << 20

Name = Annotated[str, Field(min_length=1, max_length=200)]
Names = Annotated[list[Name], Field(max_length=50)]
Json = dict[str, Any]


class Written(BaseModel):
    """What a person wrote: nothing is converted, nothing unknown is passed over."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    noun: ClassVar[str] = ""
    later: ClassVar[Mapping[str, str]] = {}


class WrittenModes(Written):
    """The ways in which the scenario is run; every delivery with every state and client."""

    noun: ClassVar[str] = "`modes`"

    delivery: Annotated[list[Name], Field(min_length=1, max_length=20)] | None = None
    state: Annotated[list[Name], Field(min_length=1, max_length=20)] | None = None
    client: Annotated[list[Name], Field(min_length=1, max_length=20)] | None = None


class WrittenAllow(Written):
    """Why a rule may be broken here, and until when."""

    noun: ClassVar[str] = "an entry of `allow`"

    reason: Annotated[str, Field(min_length=1, max_length=2000, description="why, for who reads the report")]
    until: Annotated[str, Field(description="the last day, such as 2027-03-31", examples=["2027-03-31"])] | None = None


class WrittenTurn(Written):
    """One turn: one action, and what is expected of it."""

    noun: ClassVar[str] = "a turn"
    later: ClassVar[Mapping[str, str]] = {
        **{name: "" for name, action in ACTIONS.items() if not action.built},
        "attach": "",
        "tamper": "",
        "max_rounds": "",
    }

    id: Annotated[str, Field(description="a name for other turns to refer to; default `turn-1`, `turn-2` …")] | None = (
        None
    )
    user: Annotated[str, Field(max_length=MOST_TEXT, description=ACTIONS["user"].about)] | None = None
    input: Annotated[list[Any], Field(max_length=5000, description=ACTIONS["input"].about)] | None = None
    retrieve: Annotated[Name, Field(description=ACTIONS["retrieve"].about)] | None = None
    request: Annotated[Json, Field(description="merged over the scenario's `request`, verbatim")] = {}
    headers: Annotated[dict[str, str], Field(description="merged over the scenario's `headers`")] = {}
    expect: Annotated[Json, Field(description="what must be true of this turn")] = {}
    capture: Annotated[
        dict[str, str],
        Field(max_length=50, description="name → JSONPath into the response; `${name}` in later turns"),
    ] = {}
    branch_from: Annotated[Name, Field(description="the earlier turn from which this one continues")] | None = None
    mock: Annotated[Json, Field(description="script for the embedded endpoint, ignored on a live target")] | None = None


class WrittenScenario(Written):
    """An exchange with the Responses API and what must be true of it."""

    noun: ClassVar[str] = "a scenario"
    later: ClassVar[Mapping[str, str]] = {"given": "", "repeat": "", "pass": "", "mcp": ""}

    scenario: Annotated[str, Field(min_length=1, max_length=200, description="the title")]
    id: (
        Annotated[str, Field(description="a slug that stays when the title gets better; default: slug of the title")]
        | None
    ) = None
    about: Annotated[str, Field(max_length=20_000, description="what it is for, shown in the report")] = ""
    tags: Annotated[Names, Field(description="pytest markers for `-m`")] = []
    owner: Annotated[Name, Field(description="whom to ask")] | None = None
    links: Annotated[Names, Field(description="addresses to read on")] = []
    needs: Annotated[Names, Field(description="features that the target must support; else it is skipped")] = []
    targets: Annotated[Names, Field(description="globs over target names, regions and models")] = []
    modes: WrittenModes = WrittenModes()
    cases: (
        Annotated[
            list[Json],
            Field(min_length=1, max_length=MOST_ROWS, description="parameter rows, one case each; `${column}`"),
        ]
        | None
    ) = None
    request: Annotated[Json, Field(description="defaults of every turn's request, in the API's own words")] = {}
    headers: Annotated[dict[str, str], Field(description="request headers from the allow-list")] = {}
    tools: Annotated[list[Json], Field(max_length=MOST_TOOLS, description="the API's tool objects, verbatim")] = []
    turns: Annotated[
        list[WrittenTurn], Field(min_length=1, max_length=MOST_TURNS, description="the exchange, in order")
    ]
    expect: Annotated[Json, Field(description="what must be true of every turn")] = {}
    allow: Annotated[
        dict[str, WrittenAllow], Field(max_length=50, description="rules that may be broken here, by code")
    ] = {}
    mock: Annotated[Json, Field(description="script for the embedded endpoint, ignored on a live target")] | None = None
