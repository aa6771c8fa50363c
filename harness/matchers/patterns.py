"""Regular expressions that cannot hang: Python's dialect, with a time in which a search has to end.

Python's own engine can take years over forty characters, and nothing can stop it. The `regex` package reads the same
dialect and gives up in time.
"""

import re
import time
import warnings
from functools import lru_cache
from typing import Any, Final

from harness.matchers.base import TooLong
from harness.source.place import shown

SECONDS: Final = 1.0
"""How long one check may take, of this thread's own time: on a busy machine no check fails for waiting."""

MOST_MATCHED: Final = 1 << 20
"""How many characters of a text a regular expression is held against, at most."""

LONGEST_PATTERN: Final = 10_000
"""Characters of a pattern."""


class NoPattern(ValueError):
    """A text is no regular expression; the message says why."""


class _Own(str):
    """A text that `re` keeps apart in its cache: a doubtful pattern that others compiled is not warned of again."""

    __slots__ = ()


@lru_cache(maxsize=1024)
def compiled(text: str, fold: bool = False) -> Any:
    """A pattern to be given to `found`; with `fold` it ignores case.

    Raises:
        NoPattern: the text is none, or Python will read it differently one day.
    """
    import regex

    if len(text) > LONGEST_PATTERN:
        raise NoPattern(f"a regular expression has at most {LONGEST_PATTERN} characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(_Own(text), re.IGNORECASE if fold else 0)
        return regex.compile(text, regex.VERSION0 | (regex.IGNORECASE if fold else 0))
    except (re.error, regex.error, OverflowError, RecursionError, MemoryError, Warning) as error:
        raise NoPattern(f"`{shown(text)}` is no regular expression: {error}") from None


def found(pattern: Any, text: str, deadline: float | None = None, *, whole: bool = False) -> bool:
    """Whether the pattern is found in the text, or fits the whole of it; of a very long text the beginning is read.

    `deadline` is on the clock of this thread's own time; where there is none, the search has SECONDS.

    Raises:
        TooLong: the search did not end in time.
    """
    left = SECONDS if deadline is None else deadline - time.thread_time()
    search = pattern.fullmatch if whole else pattern.search
    try:
        if left > 0:
            return search(text[:MOST_MATCHED], timeout=left) is not None
    except TimeoutError:
        pass
    raise TooLong(f"the pattern `{shown(pattern.pattern)}` did not come to an end within {SECONDS:g} s")
