"""A scenario as it stands in the YAML: every key of the language, its type and its bounds.

These models check shapes and give the JSON Schema its keys; what names mean is checked by `reading`.
Bounds stand here so that no file can ask for more than a run can do.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field

from harness.scenario.actions import ACTIONS
from harness.scenario.repeating import MOST
from harness.source.written import Written

MOST_TURNS: Final = 100
MOST_TOOLS: Final = 128
MOST_ITEMS: Final = 5_000
MOST_TEXT: Final = 1 << 20

ABSENT: Final[Any] = None
"""The value of a key that is not written; a key with nothing behind it is a mistake."""

Name = Annotated[str, Field(min_length=1, max_length=200)]
Names = Annotated[list[Name], Field(max_length=50)]
ModeNames = Annotated[list[Name], Field(min_length=1, max_length=20)]
Json = dict[str, Any]


class WrittenModes(Written):
    """The ways in which the scenario is run: every delivery with every state and client."""

    noun: ClassVar[str] = "`modes`"

    delivery: ModeNames = Field(ABSENT, description="how each turn is sent")
    state: ModeNames = Field(ABSENT, description="how a turn knows the earlier ones")
    client: ModeNames = Field(ABSENT, description="who makes the request")
    compact_threshold: int = Field(
        ABSENT, gt=0, description="tokens above which the service compacts by itself, in the state `auto_compacted`"
    )


class WrittenAllow(Written):
    """Why a rule may be broken here, and until when."""

    noun: ClassVar[str] = "an entry of `allow`"

    reason: str = Field(min_length=1, max_length=2000, description="why, for who reads the report")
    until: str = Field(ABSENT, description="the last day on which it holds", examples=["2027-03-31"])


class WrittenResume(Written):
    """Which background stream is resumed, and where."""

    noun: ClassVar[str] = "`resume`"

    turn: Name = Field(description="the earlier turn whose stream it is")
    after: int = Field(ge=0, le=10**9, description="the last sequence number that is not sent again")


class WrittenCount(Written):
    """What is counted beside the conversation so far."""

    noun: ClassVar[str] = "`count_tokens`"

    user: str = Field(ABSENT, max_length=MOST_TEXT, description="a user message, as if it were sent now")
    input: list[Any] = Field(
        ABSENT, max_length=MOST_ITEMS, description="verbatim input items, as if they were sent now"
    )


class WrittenUpload(Written):
    """A file, and what it is for."""

    noun: ClassVar[str] = "`upload`"

    file: Name = Field(description="its path, from the scenario's own folder")
    purpose: Name = Field(description="what the API calls its purpose", examples=["assistants", "vision"])
    expires_after: Json = Field(ABSENT, description="`{anchor: created_at, seconds: 3600}`")


class WrittenCall(Written):
    """Any other operation below the target's base address."""

    noun: ClassVar[str] = "`call`"

    method: Literal["GET", "POST", "DELETE", "PUT", "PATCH"]
    path: Annotated[str, Field(min_length=1, max_length=2_000)] = Field(
        description="below the base address", examples=["containers/${container}/files"]
    )
    body: Any = Field(ABSENT, description="a JSON body, verbatim")
    file: Name = Field(ABSENT, description="a file sent as the form field `file`, from the scenario's own folder")


class WrittenAttachment(Written):
    """A file that goes with the user message."""

    noun: ClassVar[str] = "an entry of `attach`"
    remedies: ClassVar[Mapping[str, str]] = {"attach": "write `{file: report.pdf}` or `{image: photo.png}`"}

    image: Name = Field(ABSENT, description="an image's path, from the scenario's own folder")
    file: Name = Field(ABSENT, description="any other file's path, from the scenario's own folder")
    via: Any = Field(ABSENT, description="how it is sent; of a list, one case each")
    detail: Name = Field(ABSENT, description="how closely the model looks: low, high, auto")


class WrittenTurn(Written):
    """One turn: one action, and what is expected of it."""

    noun: ClassVar[str] = "a turn"
    remedies: ClassVar[Mapping[str, str]] = {"attach": "write `[{file: report.pdf}]` or `[{image: photo.png}]`"}
    later: ClassVar[Mapping[str, str]] = {name: "" for name, action in ACTIONS.items() if not action.built}

    id: str = Field(ABSENT, description="a name for later turns to refer to; else `turn-1`, `turn-2` …")
    user: str = Field(ABSENT, max_length=MOST_TEXT, description=ACTIONS["user"].about)
    input: list[Any] = Field(ABSENT, max_length=MOST_ITEMS, description=ACTIONS["input"].about)
    retrieve: Name = Field(ABSENT, description=ACTIONS["retrieve"].about)
    approve: dict[str, bool] = Field(ABSENT, min_length=1, max_length=20, description=ACTIONS["approve"].about)
    compact: Json = Field(ABSENT, description=ACTIONS["compact"].about)
    delete: Name = Field(ABSENT, description=ACTIONS["delete"].about)
    cancel: Name = Field(ABSENT, description=ACTIONS["cancel"].about)
    input_items: Name = Field(ABSENT, description=ACTIONS["input_items"].about)
    resume: WrittenResume = Field(ABSENT, description=ACTIONS["resume"].about)
    count_tokens: WrittenCount = Field(ABSENT, description=ACTIONS["count_tokens"].about)
    upload: WrittenUpload = Field(ABSENT, description=ACTIONS["upload"].about)
    delete_file: Name = Field(ABSENT, description=ACTIONS["delete_file"].about)
    call: WrittenCall = Field(ABSENT, description=ACTIONS["call"].about)
    wait: str = Field(ABSENT, max_length=20, description=ACTIONS["wait"].about, examples=["2s"])
    attach: list[WrittenAttachment] = Field(
        ABSENT, min_length=1, max_length=128, description="files that go with the user message"
    )
    tamper: Json = Field(ABSENT, description="breaks the request in one way, so that a refusal can be demanded")
    max_rounds: int = Field(
        ABSENT, ge=1, le=50, description="requests of this turn at most, where calls of tools are answered (8)"
    )
    request: Json = Field(default_factory=dict, description="merged over the scenario's `request`, verbatim")
    headers: dict[str, str] = Field(default_factory=dict, description="merged over the scenario's `headers`")
    expect: Json = Field(default_factory=dict, description="what must be true of this turn")
    capture: dict[str, str] = Field(
        default_factory=dict, max_length=50, description="name → JSONPath into the response; `${name}` in later turns"
    )
    branch_from: Name = Field(ABSENT, description="the earlier turn from which this one continues")
    mock: Json = Field(ABSENT, description="script for the embedded endpoint, ignored on a live target")


class WrittenServed(Written):
    """One tool of a server."""

    noun: ClassVar[str] = "a served tool"

    returns: Any = Field(description="what it answers: a value, or a list of `when` and `value`, `error`, `delay`")
    description: str = Field(ABSENT, max_length=2_000, description="what it is for, as the server lists it")
    parameters: Json = Field(ABSENT, description="JSON Schema of its arguments")
    read_only: bool = Field(ABSENT, description="whether it says of itself that it changes nothing")


class WrittenServer(Written):
    """A tool server that the harness serves on loopback."""

    noun: ClassVar[str] = "a server under `mcp`"

    tools: dict[str, WrittenServed] = Field(min_length=1, max_length=MOST_TOOLS, description="its tools, by name")


class WrittenPass(Written):
    """How many of the runs of a case must pass."""

    noun: ClassVar[str] = "`pass`"
    remedies: ClassVar[Mapping[str, str]] = {"rate": "where all must pass, leave `pass` out"}

    at_least: int = Field(ABSENT, ge=1, description="so many of them")
    rate: float = Field(ABSENT, gt=0, lt=1, description="so many that this rate of passing is shown")
    confidence: float = Field(ABSENT, gt=0, lt=1, description="how sure that must be (0.95)")


class WrittenScenario(Written):
    """An exchange with the Responses API and what must be true of it."""

    noun: ClassVar[str] = "a scenario"

    scenario: str = Field(min_length=1, max_length=200, description="the title")
    id: str = Field(ABSENT, description="a short name that stays when the title gets better; else made of the title")
    about: str = Field("", max_length=20_000, description="what it is for, shown in the report")
    tags: Names = Field(default_factory=list, description="pytest markers for `-m`")
    owner: Name = Field(ABSENT, description="whom to ask")
    links: Names = Field(default_factory=list, description="addresses to read on")
    sensitive: bool = Field(False, description="of its texts only lengths and hashes are kept and shown")
    needs: Names = Field(default_factory=list, description="features that the target must support; else it is skipped")
    targets: Names = Field(default_factory=list, description="globs over target names, regions and models")
    modes: WrittenModes = WrittenModes()
    cases: Any = Field(
        ABSENT, description="parameter rows, one case each; `${column}`. Or the name of a `.csv` or `.jsonl` file"
    )
    given: dict[str, Json] = Field(
        default_factory=dict,
        max_length=50,
        description="generated parameters: name → strategy; one case runs many examples; `${name}`",
    )
    repeat: int = Field(ABSENT, ge=1, le=MOST, description="how often each case runs; all must pass, or as `pass` says")
    demanded: WrittenPass = Field(ABSENT, alias="pass", description="how many of the runs of a case must pass")
    request: Json = Field(default_factory=dict, description="defaults of every turn's request, in the API's own words")
    headers: dict[str, str] = Field(default_factory=dict, description="request headers, from the allow-list")
    tools: list[Json] = Field(
        default_factory=list, max_length=MOST_TOOLS, description="the API's tool objects, verbatim"
    )
    mcp: dict[str, WrittenServer] = Field(
        default_factory=dict,
        min_length=1,
        max_length=10,
        description="tool servers of the harness's own, by label; `${mcp.LABEL.url}` is the address",
    )
    turns: list[WrittenTurn] = Field(min_length=1, max_length=MOST_TURNS, description="the exchange, in order")
    expect: Json = Field(default_factory=dict, description="what must be true of every turn")
    allow: dict[str, WrittenAllow] = Field(
        default_factory=dict, max_length=50, description="rules that may be broken here, by code"
    )
    mock: Json = Field(ABSENT, description="script for the embedded endpoint, ignored on a live target")
