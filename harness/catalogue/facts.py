"""Facts: what is documented, where it was read, and as of when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")


class Documented(StrEnum):
    """What the documentation says. Unknown: it says nothing."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Fact:
    """A documented fact: the answer, where it was read, and the day (or month) as of which that holds.

    An unknown answer names the pages that were read and say nothing; where none is known, `source` and `date` are
    empty. `remark` is what stands beside it: a condition, or that pages disagree.
    """

    answer: Documented
    source: str = ""
    date: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Stated(Generic[T]):
    """A documented value that is no yes or no: a number of tokens, a list of efforts."""

    value: T
    source: str
    date: str


@dataclass(frozen=True, slots=True)
class Retirement:
    """How far a version is in its life, and the day from which requests to it fail.

    `status` is the schedule's word: preview, generally_available, legacy, deprecated or retired.
    """

    status: str
    day: date
    source: str
    date: str


@dataclass(frozen=True, slots=True)
class Source:
    """A page that was read: its name, the day or month of the copy (empty where none is known), where it stands."""

    id: str
    name: str
    date: str
    where: str


def cited(sources: Sequence[Source]) -> tuple[str, str]:
    """The sources' names in one phrase, and the newest of their dates."""
    return " and ".join(source.name for source in sources), max(source.date for source in sources)
