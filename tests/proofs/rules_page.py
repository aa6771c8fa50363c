"""Writes docs/rules.md: every rule beside its evidence. `PYTHONPATH=tests python tests/proofs/rules_page.py`.

The columns of recorded traffic are counted anew where the corpus is there, and kept as they stand where it is not.
"""

import re
from collections import Counter
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

import corpus
from builders import stream_controls, wire_defects
from builders.evidence import alone, judged
from builders.on_wire import text
from builders.replies import streamed

from harness.conversation import Conversation
from harness.findings import Level
from harness.protocol.profiles import PROFILES
from harness.rules import RULES, Rule, judge

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"
GROUPS = ("openai", "azure", "codex", "others")
FAMILIES = {
    "wire": "envelope, framing and JSON",
    "order": "what comes when, under which name, and that nothing is left out",
    "text": "what was streamed, and what is later said to have been streamed",
    "tool": "calls",
    "mcp": "remote tools and their approvals",
    "reply": "the shape of what came",
    "sem": "what the values mean",
    "state": "what is kept and echoed",
    "modes": "one scenario, whichever way it is delivered and its state carried",
    "client": "what the official package says beside the wire, never about the endpoint",
    "support": "what is documented and what is there",
    "secret": "credentials that come back",
    "avail": "the endpoint could not be observed: inconclusive, never failed",
}
HEAD = """# Rules

What is always true of every exchange, without being asked. `harness rules` lists them, `harness explain CODE` prints
the page of one, `harness check FILE` holds a recording to them. How the judge works: [checker.md](checker.md).

An *error* fails a case, a *warning* and a *note* never do. **Shown by**: defects of which the rule is the only finding
at the highest level found, by the row of the catalogue of faults (or of the grammar of streams); the rows stand in
`tests/builders/` and `harness/mock/defects/`. **Controls**: correct streams that look odd, and in which the rule says
something all the same (a note; an `error` event is availability); on all other controls every rule is silent.
**Recorded**: on how many recorded replies the rule had something to look at, and how many errors (E), warnings (W) and
notes (N) it found there; OpenAI and Azure by profile *core*, the Codex back end by *codex*, others by *lenient*.

This page is written by `make pages`.
"""
Counts = Mapping[str, tuple[str, ...]]


def recorded() -> tuple[str, Counts]:
    """How many replies of each group there are, and each rule's cells; from the page where there is no corpus."""
    if not any(corpus.FOLDER.glob("*.jsonl.gz")):
        return kept(PAGE.read_text(encoding="utf-8"))
    sizes: Counter[str] = Counter()
    applied: Counter[tuple[str, str]] = Counter()
    found: Counter[tuple[str, str, Level]] = Counter()
    for record in corpus.records():
        group = group_of(record["provider"])
        sizes[group] += 1
        judgement = judge(Conversation.recorded([corpus.reply(record)]))
        applied.update({(rule, group): count for rule, count in judgement.applied.items()})
        found.update((one.rule, group, one.level) for one in judgement.findings)
    cells = {}
    for rule in RULES:
        row = []
        for group in GROUPS:
            hits = [f"{found[rule.name, group, one]} {one[0].upper()}" for one in Level if found[rule.name, group, one]]
            row.append(": ".join([str(applied[rule.name, group]), *filter(None, [" ".join(hits)])]))
        cells[rule.name] = tuple(row)
    told = ", ".join(f"{sizes[group]} of {group}" for group in GROUPS)
    return f"{sum(sizes.values())} recorded replies: {told}.", cells


def group_of(provider: str) -> str:
    if provider in ("openai", "azure"):
        return provider
    return "codex" if provider == "other:chatgpt-codex" else "others"


def kept(page: str) -> tuple[str, Counts]:
    """The recorded columns of a page."""
    sizes = re.search(r"^\d+ recorded replies: .*$", page, re.MULTILINE)
    rows = re.findall(r"^\| `([a-z.0-9_]+)` \|.*\| ([^|]*) \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$", page, re.MULTILINE)
    return sizes[0] if sizes else "", {name: tuple(cells) for name, *cells in rows}


def shown() -> Mapping[str, list[str]]:
    """Rule → the rows that show it alone, without what tells variants of a row apart."""
    return {rule: sorted({re.sub(r"(?<=\d)[a-z]?( .*)?$", "", id_) for id_ in ids}) for rule, ids in alone().items()}


def controls() -> Mapping[str, set[str]]:
    """Rule → the controls on which it says something."""
    said: dict[str, set[str]] = {}
    streams = [(name, judged(streamed(events))) for name, events, after, _ in stream_controls.CONTROLS if after is None]
    bodies = [(name, judged(text(body))) for name, (body, _) in wire_defects.CONTROLS.items()]
    for name, findings in (*streams, *bodies):
        for finding in findings:
            said.setdefault(finding.rule, set()).add(name.split()[0])
    return said


def level(rule: Rule) -> str:
    """The rule's level, and that of the profiles that have another."""
    others = {profile.name: profile.level(rule.name) for profile in PROFILES.values()}
    lowered = [f"{name}: {one}" for name, one in others.items() if one is not rule.level]
    return " ".join([rule.level, *(f"({one})" for one in lowered)])


def page() -> str:
    """The whole page."""
    sizes, cells = recorded()
    defects, said = shown(), controls()
    lines = [HEAD, sizes]
    for family, rules in groupby(RULES, key=lambda rule: rule.name.partition(".")[0]):
        lines += ["", f"## {family}: {FAMILIES[family]}", ""]
        names = ("rule", "level", "what must be true", "promised in", "shown by", "controls", *GROUPS)
        lines.append("| " + " | ".join(names) + " |")
        lines.append("| --- " * len(names) + "|")
        for rule in rules:
            ids = ", ".join(one for one in defects.get(rule.name, []) if not one.startswith("N")) or "–"
            silent = ", ".join(sorted(said.get(rule.name, ()))) or "–"
            row = (
                f"`{rule.name}`",
                level(rule),
                rule.title,
                rule.source,
                ids,
                silent,
                *cells.get(rule.name, ("",) * 4),
            )
            lines.append("| " + " | ".join(row) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
