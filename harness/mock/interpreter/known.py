"""What code may call: functions, modules and methods by name. What stands in no table here does not exist."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from harness.mock.interpreter.folder import HOME, Folder
from harness.mock.interpreter.tables import MEANS, Column, Table, measured, shown, table_of
from harness.mock.interpreter.wrong import Wrong

MOST_BITS: Final = 14_000
"""Bits of a whole number; what is longer could not be printed either."""
LONGEST: Final = 100_000
"""Characters of a text, members of a list."""

Call = Callable[..., Any]


@dataclass(frozen=True)
class Module:
    """What `import` binds: names and what they stand for."""

    name: str
    has: Mapping[str, Any]


@dataclass(frozen=True)
class Path:
    """A file by its path."""

    path: str


@dataclass(frozen=True)
class Located:
    """`table.loc` or `column.iloc`: rows are taken from it by number."""

    of: Table | Column


def bounded(value: Any) -> Any:
    """The value, if it is not too large. Raises `Wrong`."""
    if isinstance(value, int) and value.bit_length() > MOST_BITS:
        raise Wrong("OverflowError", "the number is too large")
    if isinstance(value, Fraction):
        bounded(value.numerator)
        bounded(value.denominator)
    if isinstance(value, str | list | tuple) and len(value) > LONGEST:
        raise Wrong("MemoryError", "the value is too large")
    if isinstance(value, complex):
        raise Wrong("ValueError", "math domain error")
    return value


def number(value: Any) -> Any:
    """The value, if it is a number. Raises `Wrong`."""
    if not isinstance(value, int | float | Fraction):
        raise Wrong("TypeError", f"must be real number, not {type(value).__name__}")
    return value


def power(base: Any, exponent: Any) -> Any:
    """Raises `Wrong` before the work where the result would be too large."""
    base, exponent = number(base), number(exponent)
    whole = isinstance(base, int | Fraction) and isinstance(exponent, int)
    if whole:
        size = (
            base.bit_length() if isinstance(base, int) else base.numerator.bit_length() + base.denominator.bit_length()
        )
        if size * abs(exponent) > MOST_BITS:
            raise Wrong("OverflowError", "the number is too large")
    return bounded(base**exponent)


def factorial(value: Any) -> int:
    if not isinstance(value, int) or value < 0:
        raise Wrong("ValueError", "factorial() not defined for negative values")
    if value > 1_000:
        raise Wrong("OverflowError", "the number is too large")
    return math.factorial(value)


def members(value: Any) -> list[Any]:
    """The members of a list or a column. Raises `Wrong`."""
    if isinstance(value, Column):
        return list(value.cells)
    if isinstance(value, list | tuple):
        return list(value)
    raise Wrong("TypeError", f"'{type(value).__name__}' object is not iterable")


def size(value: Any) -> int:
    if isinstance(value, Table):
        return value.rows
    if isinstance(value, str):
        return len(value)
    return len(members(value))


def statistic(name: str) -> Call:
    """A statistic of one list, or of several arguments."""
    return lambda *values: measured(name, [number(one) for one in (members(values[0]) if len(values) == 1 else values)])


def rounded(value: Any, digits: int = 0) -> Any:
    if not isinstance(digits, int) or abs(digits) > 50:
        raise Wrong("ValueError", "too many digits")
    return round(number(value), digits) if digits else round(number(value))


def printed(value: Any) -> str:
    """A value as `print` shows it."""
    if isinstance(value, Path):
        return value.path
    if isinstance(value, Column):
        return "\n".join(shown(cell) for cell in value.cells[:20])
    return shown(value)


def represented(value: Any) -> str:
    """A value as the last line of a cell shows it."""
    if isinstance(value, str):
        return repr(value)
    if isinstance(value, Path):
        return f"PosixPath('{value.path}')"
    if isinstance(value, Fraction):
        return f"Fraction({value.numerator}, {value.denominator})"
    return printed(value)


FUNCTIONS: Final[Mapping[str, Call]] = {
    "len": size,
    "sum": statistic("sum"),
    "max": statistic("max"),
    "min": statistic("min"),
    "round": rounded,
    "abs": lambda value: abs(number(value)),
    "str": printed,
    "int": lambda value: int(number(value)),
    "float": lambda value: float(number(value)),
    "list": members,
    "sorted": lambda value: sorted(number(one) for one in members(value)),
    "pow": power,
    "Fraction": lambda above, below=1: Fraction(number(above)) / Fraction(number(below)),
    "Path": Path,
}
"""Functions that need no files."""


def modules(folder: Folder) -> Mapping[str, Module]:
    """The modules that code can import, over these files."""
    listing = {"listdir": lambda path=HOME: folder.names(), "path": Module("os.path", {"getsize": getsize(folder)})}
    means = {"mean": statistic("mean"), "median": statistic("median"), "fmean": statistic("mean")}

    def read(path: str, dtype: object = None) -> Table:
        return table_of(path, folder.read(path), words=dtype is FUNCTIONS["str"])

    return {
        "math": Module("math", {"sqrt": square_root, "factorial": factorial, "pi": math.pi, "e": math.e, "pow": power}),
        "statistics": Module("statistics", means),
        "fractions": Module("fractions", {"Fraction": FUNCTIONS["Fraction"]}),
        "pathlib": Module("pathlib", {"Path": Path}),
        "os": Module("os", listing),
        "pandas": Module("pandas", {"read_csv": read, "read_json": read}),
    }


def square_root(value: Any) -> float:
    if number(value) < 0:
        raise Wrong("ValueError", "math domain error")
    try:
        return math.sqrt(value)
    except OverflowError as error:
        raise Wrong("OverflowError", str(error)) from error


def getsize(folder: Folder) -> Call:
    return lambda path: len(folder.read(path.path if isinstance(path, Path) else path))


def text_in(folder: Folder, path: Path) -> str:
    try:
        return folder.read(path.path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Wrong("UnicodeDecodeError", f"'utf-8' codec can't decode byte in position {error.start}") from error


def written(folder: Folder, path: str, text: str) -> int:
    folder.write(path, text)
    return len(text)


def attribute(value: Any, name: str, folder: Folder) -> Any:
    """What stands behind a dot. Raises `Wrong` for all that stands in no table."""
    has: Mapping[str, Any] = {}
    match value:
        case Module():
            has = value.has
        case Table():
            has = {
                "columns": [column.name for column in value.columns],
                "shape": (value.rows, len(value.columns)),
                "head": lambda rows=5: value.first(min(rows, 20)),
                "loc": Located(value),
                "to_csv": lambda path, index=False: folder.write(path, value.as_csv()),
            }
        case Column():
            has = {
                **{mean: lambda mean=mean: measured(mean, value.numbers()) for mean in MEANS},
                "count": lambda: sum(cell is not None for cell in value.cells),
                "idxmax": lambda: value.extreme(max),
                "idxmin": lambda: value.extreme(min),
                "tolist": lambda: list(value.cells),
                "iloc": Located(value),
            }
        case Path():
            has = {
                "read_text": lambda: text_in(folder, value),
                "write_text": lambda text: written(folder, value.path, text),
            }
        case str():
            has = {"splitlines": value.splitlines, "strip": value.strip, "split": value.split}
    if name not in has:
        raise Wrong("AttributeError", f"'{type(value).__name__}' object has no attribute '{name}'")
    return has[name]


__all__ = ["FUNCTIONS", "Located", "attribute", "bounded", "modules", "number", "power", "printed", "represented"]
