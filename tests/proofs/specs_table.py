"""Which defects turn which scenario of specs/ red, and docs/scenarios.md: `make specs-table`.

Every scenario runs on the right endpoint, and on one with each defect of the groups A, B and F in turn, until one of
its cases does not pass. Ends with 1 where a scenario is red without a defect, where nothing turns one red, and where
two are turned red by the same defects: what cannot be told apart shows nothing of its own.

    PYTHONPATH=tests python tests/proofs/specs_table.py [--processes N] [--only ID] [--defects A57,B01] [--beside FILE]
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path

from builders.house import ROOMY, ROOT, SHORT, Outcome, grounds, house, named, run
from builders.witness import witnessing

from harness.engine.planning.plan import Case
from harness.mock.defects import DEFECTS
from harness.scenario.model import Scenario

PAGE = ROOT / "docs" / "scenarios.md"
ONE_OF_MANY = frozenset({"A02", "A07", "A11a", "A13", "A26", "A57", "A119a"})
"""Of the defects that show wherever there is a stream, or wherever there is none: one of each layer."""
ENDLESS = frozenset({"A22", "A23", "A24"})
"""Defects of which nothing is seen before a limit of time."""
TOGETHER = frozenset({"B05", "B65", "B67"})
"""Defects that show between two cases of a run."""
AT_ONCE = 12
RARE = 8
"""A rule that had something to look at in no more scenarios than this is named on the page."""
STREAMED = frozenset({"stream", "background_stream", "resumed"})
HEAD = """# The house scenarios

The scenarios of `specs/`: what the API promises, feature by feature, each in every way in which it makes sense. All
pass on the embedded endpoint in all their modes. Run one with `harness run specs -k ID`.

**Cases**: on the default targets. **Rules**: how many of the [rules](rules.md) had something to look at, and by name
those that look at {rare} scenarios or fewer. **Red by**: how many of {defects} deviations that the embedded endpoint
can be switched to (`--defect`) turn the scenario red; no two scenarios are turned red by the same. **Alone**: those
that turn no other scenario red. Tried were the groups A, B and F; of those of group A that show in any stream, or in
any answer that is none, one of each layer (`--whole` tries them all).

The columns are measured, and this page is written, by `make specs-table`.
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A scenario with what was measured: its cases on the right endpoint and the rules that applied there.

    `red` are the defects that turn it red, `found` the codes of what was found at each that was tried. `wrong` says
    what was wrong without any defect. `digest` is that of the file.
    """

    id: str
    digest: str
    cases: int
    applied: Sequence[str]
    red: Sequence[str]
    found: Mapping[str, Sequence[str]]
    wrong: str | None


async def measured(scenarios: Sequence[Scenario], defects: Collection[str], beside: Path | None) -> list[Row]:
    """Each scenario on the right endpoint, then with those defects that would change anything of that."""
    roomy, short = grounds(ROOMY), grounds(SHORT)
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(scenario: Scenario, defect: str) -> Outcome:
        of_streams = DEFECTS[defect].layer in ("events", "frames")
        async with gate:
            return await run(
                scenario,
                short if defect in ENDLESS else roomy,
                defect,
                times=2 if defect in TOGETHER else 1,
                only=streams if of_streams else lambda case: True,
            )

    made = []
    try:
        for scenario in scenarios:
            began = time.monotonic()
            with witnessing() as noted:
                right = await run(scenario, roomy)
            tried = sorted(noted.intersection(defects))
            outcomes = dict(zip(tried, await asyncio.gather(*(one(scenario, each) for each in tried)), strict=True))
            red = [defect for defect, outcome in outcomes.items() if outcome.red is not None]
            found = {defect: sorted(outcome.rules) for defect, outcome in outcomes.items()}
            row = Row(scenario.id, scenario.digest, right.cases, sorted(right.applied), red, found, right.red)
            made.append(row)
            print(f"{row.id}: {len(red)} of {len(tried)} defects, {time.monotonic() - began:.1f} s", flush=True)
            if beside is not None:
                with beside.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(row)) + "\n")
    finally:
        await roomy.close()
        await short.close()
    return made


def streams(case: Case) -> bool:
    """Whether anything is streamed in a case: where nothing is, a defect of streams cannot show."""
    return case.delivery in STREAMED or any(turn.action in ("resume", "call") for turn in case.scenario.turns)


def work(share: Sequence[str], defects: Collection[str], beside: Path | None) -> list[Row]:
    """One process's share of the scenarios, by id."""
    return asyncio.run(measured([named(id_) for id_ in share], defects, beside))


def rows(ids: Sequence[str], defects: Collection[str], processes: int, beside: Path | None = None) -> list[Row]:
    """What is measured, in the order of the ids, over several processes.

    Each row is written to `beside` as soon as it is there; what stands there of an unchanged file is not measured
    again.
    """
    known: dict[str, Row] = {}
    if beside is not None and beside.exists():
        kept = [Row(**json.loads(line)) for line in beside.read_text(encoding="utf-8").splitlines()]
        known = {row.id: row for row in kept if row.id in ids and row.digest == named(row.id).digest}
    left = [id_ for id_ in ids if id_ not in known]
    if processes == 1 or len(left) < processes:
        shares = [work(left, defects, beside)]
    else:
        with multiprocessing.get_context("spawn").Pool(processes) as pool:
            shares = pool.starmap(work, [(left[at::processes], defects, beside) for at in range(processes)])
    known |= {row.id: row for share in shares for row in share}
    return [known[id_] for id_ in ids]


def tried(whole: bool) -> Iterator[str]:
    """The defects of the groups A, B and F; of those that show in any answer, one of each layer where not `whole`."""
    for id_, defect in DEFECTS.items():
        anywhere = id_.startswith("A") and defect.base in ("X1", "X4", "X1 X4") and id_ not in ONE_OF_MANY
        if id_[0] in "ABF" and (whole or not anywhere):
            yield id_


def problems(made: Sequence[Row]) -> Iterator[str]:
    """What must not be."""
    alike = defaultdict(list)
    for row in made:
        alike[frozenset(row.red)].append(row.id)
        if row.wrong is not None:
            yield f"red without a defect: {row.wrong}"
    for red, ids in alike.items():
        if not red:
            yield from (f"nothing turns {id_} red" for id_ in ids)
        elif len(ids) > 1:
            yield f"{len(red)} defects, the same, turn red: {', '.join(ids)}"


def page(made: Sequence[Row], defects: int) -> str:
    """The whole page."""
    applied = Counter(rule for row in made for rule in row.applied)
    hit = Counter(defect for row in made for defect in row.red)
    lines = [HEAD.format(rare=RARE, defects=defects)]
    for folder, inside in groupby(made, key=lambda row: Path(named(row.id).file).parts[1]):
        lines += ["", f"## {folder}", "", "| scenario | shows | cases | rules | red by | alone |", "| --- " * 6 + "|"]
        for row in inside:
            rare = sorted(rule for rule in row.applied if applied[rule] <= RARE)
            alone = sorted(defect for defect in row.red if hit[defect] == 1)
            cells = (
                f"[`{row.id}`](../{named(row.id).file})",
                named(row.id).title.replace("|", "\\|"),
                str(row.cases),
                "; ".join([str(len(row.applied)), *filter(None, [", ".join(f"`{rule}`" for rule in rare)])]),
                str(len(row.red)),
                ", ".join(alone) or "–",
            )
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", default="", help="scenarios with this in their id; the page is not written then")
    parser.add_argument("--defects", default="", help="these alone; the page is not written then")
    parser.add_argument("--whole", action="store_true", help="also with each defect that shows in any answer at all")
    parser.add_argument("--beside", type=Path, help="a file of rows: unchanged scenarios in it are not run again")
    asked = parser.parse_args()
    defects = [id_ for id_ in asked.defects.split(",") if id_] or list(tried(asked.whole))
    ids = [each.id for each in house() if asked.only in each.id]
    began = time.monotonic()
    made = rows(ids, defects, max(1, asked.processes), asked.beside)
    wrong = list(problems(made))
    print(f"{len(made)} scenarios, {len(defects)} defects, {time.monotonic() - began:.0f} s", *wrong, sep="\n")
    if not (asked.only or asked.defects):
        PAGE.write_text(page(made, len(defects)), encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
