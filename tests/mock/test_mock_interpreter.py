"""The interpreter of the model's code: what it works out is right, and nothing in the code is ever executed."""

import time
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.mock.interpreter import run

PORTS = {"/mnt/data/ports.csv": b"port,depth,fee\nBergen,12,1.50\nQuito,7,2.25\nOslo,40,\n"}
OPEN = 'import pandas as pd\ndf = pd.read_csv("/mnt/data/ports.csv")\n'


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        ("3 ** 3", "27"),
        ("x = 2\nx = x * (5 - 1)\nprint('x =', x)", "x = 8"),
        ("7 // 2, 7 % 2, 7 / 2", "(3, 1, 3.5)"),
        ("-2 ** 2", "-4"),
        ("import math\nmath.factorial(5), math.sqrt(16)", "(120, 4.0)"),
        ("import statistics as s\ns.median([3, 1, 2])", "2"),
        ("from fractions import Fraction\nprint(Fraction(1, 3) + Fraction(1, 6))", "1/2"),
        ("round(2.71828, 2)", "2.72"),
        ("'a' + 'b'", "'ab'"),
        ("len([1, 2, 3])", "3"),
        (f"{OPEN}df['depth'].sum(), df['fee'].mean(), len(df)", "(59, 1.875, 3)"),
        (f"{OPEN}df[df['port'] == 'Quito']['fee'].iloc[0]", "2.25"),
        (f"{OPEN}df.loc[df['depth'].idxmax(), 'port']", "'Oslo'"),
        (f"{OPEN}len(df[(df['depth'] > 5) & (df['depth'] < 20)])", "2"),
        (f"{OPEN}df.shape, df.columns", "((3, 3), ['port', 'depth', 'fee'])"),
        ("import os\nos.listdir('/mnt/data')", "['ports.csv']"),
        ("import os\nos.path.getsize('/mnt/data/ports.csv')", "52"),
        ("from pathlib import Path\nprint(Path('/mnt/data/ports.csv').read_text()[:4])", "port"),
    ],
)
def test_values(code: str, printed: str):
    outcome = run(code, {}, PORTS)

    assert (outcome.printed, outcome.error) == (printed, None)


def test_names_stay_from_run_to_run_and_files_are_made():
    names: dict = {}

    run("total = 40 + 2", names, {})
    outcome = run('from pathlib import Path\nn = Path("/mnt/data/a.txt").write_text(str(total))', names, {})

    assert outcome.made == {"/mnt/data/a.txt": b"42"}
    assert outcome.error is None


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("nobody", "NameError"),
        ("9 ** 9 ** 9", "OverflowError"),
        ("2 ** 100000", "OverflowError"),
        ("1e308 * 10 ** 400", "OverflowError"),
        ("import math\nmath.factorial(99999)", "OverflowError"),
        ("'a' * 10 ** 9", "TypeError"),
        ("(-8) ** 0.5", "ValueError"),
        ("import socket", "ModuleNotFoundError"),
        ("import os\nos.system('true')", "AttributeError"),
        ("import os\nos.environ", "AttributeError"),
        ("().__class__.__bases__", "AttributeError"),
        ("print.__self__", "NameError"),
        ("len.__globals__", "AttributeError"),
        ("__import__('os')", "NameError"),
        ("eval('1')", "NameError"),
        ("open('/etc/passwd')", "NameError"),
        ("'{0.__class__}'.format(1)", "AttributeError"),
        ("from pathlib import Path\nPath('/etc/passwd').read_text()", "FileNotFoundError"),
        ("from pathlib import Path\nPath('/tmp/x').write_text('a')", "PermissionError"),
        ("from pathlib import Path\nPath('/mnt/data/../x').write_text('a')", "PermissionError"),
        ("[x for x in [1]]", "SyntaxError"),
        ("lambda: 1", "SyntaxError"),
        ("while True:\n    pass", "SyntaxError"),
        ("def f():\n    pass", "SyntaxError"),
        ("x.y = 1", "SyntaxError"),
        ("_x = 1", "SyntaxError"),
        ("f'{1}'", "SyntaxError"),
        ("(" * 500 + ")" * 500, "SyntaxError"),
        ("-" * 5000 + "1", "Error"),
        ("1 +" * 4000 + " 1", "Error"),
        ("x" * 30_000, "MemoryError"),
        (f"{OPEN}df['nothing']", "KeyError"),
        (f"{OPEN}df['port'].sum()", "TypeError"),
        (f"{OPEN}df['fee'].iloc[99]", "IndexError"),
        ("import pandas as pd\npd.read_csv(5)", "FileNotFoundError"),
        ("len(1, 2)", "TypeError"),
        ("5(6)", "TypeError"),
    ],
)
def test_what_there_is_not_is_an_error_of_the_code(code: str, error: str):
    outcome = run(code, {}, PORTS)

    assert error in (outcome.error or "")
    assert outcome.made == {}


def test_nothing_takes_long():
    heavy = {"/mnt/data/big.csv": b"a,b\n" + b"1,2\n" * 49_000, "/mnt/data/huge.csv": b"a,b\n" + b"1,2\n" * 600_000}
    began = time.process_time()
    assert run('import pandas as pd\npd.read_csv("/mnt/data/big.csv")["a"].sum()', {}, heavy).printed == "49000"
    assert "MemoryError" in str(run('import pandas as pd\npd.read_csv("/mnt/data/huge.csv")', {}, heavy).error)
    for code in ("x = 9\n" * 2_000, "[" + "7," * 6_000 + "]", "'a' + " * 3_000 + "'a'", "9 ** 4000\n" * 1_000):
        run(code, {}, {})

    assert time.process_time() - began < 2


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60) | st.from_regex(r"[a-z_.()\[\]'\"0-9+*/=, \n]{0,60}", fullmatch=True))
def test_any_text_is_run_or_is_an_error(code: str):
    outcome = run(code, {}, PORTS)

    assert isinstance(outcome.printed, str)
    assert outcome.made == {}


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(-999, 999), min_size=1, max_size=30))
def test_statistics_of_a_column_are_those_of_its_numbers(numbers: list[int]):
    files = {"/mnt/data/n.csv": "\n".join(["n,m", *(f"{n},0" for n in numbers)]).encode()}
    code = 'import pandas as pd\nn = pd.read_csv("/mnt/data/n.csv")["n"]\nn.sum(), n.max(), n.min(), n.count()'

    assert run(code, {}, files).printed == str((sum(numbers), max(numbers), min(numbers), len(numbers)))


@settings(max_examples=200, deadline=None)
@given(st.integers(-99, 99), st.integers(1, 99), st.integers(-99, 99))
def test_fractions_are_exact(a: int, b: int, c: int):
    code = f"from fractions import Fraction\nprint(Fraction({a}, {b}) * {c} - Fraction(1, {b}))"

    assert run(code, {}, {}).printed == str(Fraction(a, b) * c - Fraction(1, b))
