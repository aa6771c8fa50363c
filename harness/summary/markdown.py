"""A run as Markdown, for the summary page of a pipeline.

Whatever came from a model, a service or a file stands in code spans of bounded length: nothing of it becomes a link,
a picture, HTML or the end of a table. The whole stays below the bounds of the services that show it.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from harness.comparison.comparison import SAYINGS
from harness.record.outcome import OUTCOMES
from harness.source.place import escaped
from harness.summary import words
from harness.summary.figures import Summary

MOST_BYTES: Final = 512 * 1024
"""The largest page that is written."""

SHOWN: Final = 50
"""Rows of one table."""

LONGEST: Final = 300
"""Characters of one code span."""

CUT: Final = "\n\n_Cut: the report has the rest._\n"


def markdown(summary: Summary) -> str:
    """The page; at most MOST_BYTES of UTF-8."""
    text = "\n".join(_page(summary)) + "\n"
    raw = text.encode("utf-8", "replace")
    if len(raw) <= MOST_BYTES:
        return raw.decode()
    kept = raw[: MOST_BYTES - len(CUT.encode())].decode("utf-8", "ignore")
    return kept[: kept.rindex("\n")] + CUT


def _page(summary: Summary) -> Iterator[str]:
    yield f"## {_title(summary)}"
    yield ""
    if summary.gated is not None:
        yield from (f"- {code(line)}" for line in words.reasons(summary.gated))
        yield ""
    yield from _table(("Outcome", "Cases"), [(name, f"{summary.counts[name]:,}") for name in OUTCOMES])
    yield f"Run {code(summary.run.head.run)}, {' and '.join(summary.kinds) or 'no'} target, "
    yield f"{words.counted(len(summary.run.cases), 'attempt')}, {words.counted(summary.requests, 'request')}, "
    yield f"{words.counted(summary.usage.total_tokens or 0, 'token')}."
    for title, look in (("Region", lambda line: line.region), ("Model", lambda line: line.model)):
        groups = summary.grouped(look)
        if len(groups) > 1:
            rows = [(code(name), *(f"{counts[each]:,}" for each in OUTCOMES)) for name, counts in groups.items()]
            yield ""
            yield from _table((title, *OUTCOMES), rows[:SHOWN])
            if len(rows) > SHOWN:
                yield f"… and {len(rows) - SHOWN:,} more."
    eyes = [told for told in summary.cases if told.needs_eyes]
    if eyes:
        yield ""
        yield "### What needs eyes"
        yield ""
        rows = [(told.outcome, code(told.case), code(words.cause(told))) for told in eyes[:SHOWN]]
        yield from _table(("Outcome", "Case", "First cause"), rows)
        if len(eyes) > SHOWN:
            yield f"… and {len(eyes) - SHOWN:,} more."
    yield from _comparison(summary)
    if summary.gated is not None and summary.gated.notes:
        yield ""
        yield "### To know"
        yield ""
        yield from (f"- {code(note.sentence)}" for note in summary.gated.notes)


def _title(summary: Summary) -> str:
    if summary.gated is None:
        return f"{words.counted(len(summary.cases), 'case')}: {words.outcomes(summary.counts)}"
    if summary.gated.open:
        return "The gate is open"
    return f"The gate is shut for {words.counted(len(summary.gated.reasons), 'reason')}"


def _comparison(summary: Summary) -> Iterator[str]:
    found = summary.comparison
    if found is None:
        return
    yield ""
    yield "### Against the baseline"
    yield ""
    yield code(words.verdict(found))
    yield ""
    groups = [*found.family("all"), *(one for one in found.family("scenario") if one.lost or one.won)]
    rows = [
        (
            code(one.name),
            SAYINGS[one.said],
            f"{one.passed_before:,} → {one.passed_after:,} of {one.pairs:,}",
            f"{one.lost:,}",
            f"{one.won:,}",
            f"{one.corrected:.2g}",
            words.percent(one.detectable) if one.detectable is not None else "none",
        )
        for one in groups[:SHOWN]
    ]
    yield from _table(("Group", "Said", "Passed", "Lost", "Won", "Chance", "Smallest drop seen"), rows)
    yield ""
    yield from (f"- {code(words.figure(one))}" for one in found.figures)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    names = list(head)
    yield f"| {' | '.join(names)} |"
    yield f"|{' --- |' * len(names)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def code(text: str) -> str:
    """A text as a code span: on one line, cut, and without what could end the span or the cell it stands in."""
    shown = escaped(text if len(text) <= LONGEST else f"{text[:LONGEST]}…")
    return f"`{shown.replace('`', 'ˋ').replace('|', '¦')}`" if shown.strip() else "``"
