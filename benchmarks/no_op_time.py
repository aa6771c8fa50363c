"""What the harness itself costs a case that does nothing, beside as many trivial tests in a bare pytest, in one go.

A case does nothing where the catalogue says that no target has what it `needs`: it is read, checked, planned, an item
of pytest, skipped, recorded and reported, and nothing is sent. The rival passes 10,000 empty tests of ten
parametrised functions, with no plugin but pytest's own, and keeps nothing. Both run with `-q`. For information also a
case that sends one turn to the embedded endpoint. Whole processes with their bytecode compiled, by turns; prints
medians and ratios, judges nothing.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from processes import Several, Used, load, measured

ABSENT = "multi_agent"
"""A feature that is documented as absent on every model of the embedded endpoint."""
SCENARIO = """\
scenario: Number {number} of several
id: number-{number}
needs: [{needs}]
cases: [{rows}]
turns:
  - user: Reply with OK.
    expect: {{status: completed}}
"""
TEST = """
@pytest.mark.parametrize("n", range({rows}))
def test_{number}(n):
    pass
"""
SEVERAL = 10


def write(folder: Path, count: int) -> dict[str, tuple[list[str], Path, str]]:
    """A command, its folder, and what it prints when it is done."""
    each = count // SEVERAL
    rows = ", ".join(f"{{n: {n}}}" for n in range(each))
    found = {}
    for name, needs, word in (("skipped", ABSENT, "skipped"), ("one turn", "text", "passed")):
        (folder / name / "specs").mkdir(parents=True)
        scenarios = [SCENARIO.format(number=number, needs=needs, rows=rows) for number in range(SEVERAL)]
        (folder / name / "specs" / "all.yaml").write_text("---\n".join(scenarios))
        found[name] = [sys.executable, "-m", "harness", "run", "-q"], folder / name, rf"\b{each * SEVERAL} {word}\b"
    (folder / "bare").mkdir()
    tests = [TEST.format(number=number, rows=each) for number in range(SEVERAL)]
    (folder / "bare" / "test_all.py").write_text("import pytest\n" + "".join(tests))
    found["bare"] = [sys.executable, "-m", "pytest", "-q"], folder / "bare", rf"\b{each * SEVERAL} passed\b"
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--one-turn", action="store_true", help="also cases of one turn")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        commands = write(Path(name), options.count)
        if not options.one_turn:
            del commands["one turn"]
        runs: dict[str, list[Used]] = {key: [] for key in commands}
        for _ in range(options.times + 1):
            for key, (command, folder, shows) in commands.items():
                alone = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"} if key == "bare" else {}
                runs[key].append(measured(command, folder, shows=shows, environment=alone))
        found = {key: Several(each[1:]) for key, each in runs.items()}  # the first compiles
        print(f"{options.count} cases ({load()})\n  bare pytest        {found['bare']}")
        for key in found.keys() - {"bare"}:
            print(f"  harness, {key:<9} {found[key]}; {found[key].beside(found['bare'])}")


if __name__ == "__main__":
    main()
