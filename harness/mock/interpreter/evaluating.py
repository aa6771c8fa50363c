"""Evaluates code line by line over its parsed form: nothing in it is ever executed.

A bounded part of Python: imports of a few modules, assignments, expressions. Numbers, texts, lists, tables; calls of
what stands in `known`. Loops, functions, classes, comprehensions and every name with an underscore do not exist.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from harness.mock.interpreter.folder import Folder
from harness.mock.interpreter.known import (
    FUNCTIONS,
    Located,
    attribute,
    bounded,
    modules,
    number,
    power,
    printed,
    represented,
)
from harness.mock.interpreter.tables import Column, Table
from harness.mock.interpreter.wrong import Wrong

LONGEST: Final = 20_000
"""Characters of code."""
MOST_STEPS: Final = 10_000
"""Expressions that are evaluated in one run."""
MOST_PRINTED: Final = 20_000
"""Characters that a run may print; the rest is cut off."""
DEEPEST: Final = 100
"""Expressions within expressions."""

ARITHMETIC: Final[Mapping[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: power,
}
COMPARISONS: Final[Mapping[type[ast.cmpop], Callable[[Any, Any], Any]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


@dataclass(frozen=True)
class Outcome:
    """What a run printed, the error that ended it, and the files that it wrote, by path."""

    printed: str = ""
    error: str | None = None
    made: Mapping[str, bytes] = field(default_factory=dict)


def run(code: str, names: dict[str, Any], files: Mapping[str, bytes]) -> Outcome:
    """Evaluates code over these files; `names` is what earlier runs left behind, and is added to."""
    folder = Folder(files)
    running = Running(names, folder)
    error = None
    try:
        if len(code) > LONGEST:
            raise Wrong("MemoryError", "the code is too long")
        running.all(ast.parse(code).body)
    except Wrong as wrong:
        error = str(wrong)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as wrong:
        error = f"SyntaxError: {wrong}"
    return Outcome("\n".join(running.lines)[:MOST_PRINTED], error, folder.made)


class Running:
    """One run of code."""

    def __init__(self, names: dict[str, Any], folder: Folder) -> None:
        self.names = names
        self.folder = folder
        self.modules = modules(folder)
        self.lines: list[str] = []
        self.steps = 0
        self.depth = 0

    def all(self, statements: list[ast.stmt]) -> None:
        """Every statement; the value of the last one is shown if it has any. Raises `Wrong`."""
        for at, statement in enumerate(statements):
            match statement:
                case ast.Import(names=imported):
                    for one in imported:
                        self.names[one.asname or one.name] = self.module(one.name)
                case ast.ImportFrom(module=str(module), names=imported, level=0):
                    for one in imported:
                        self.names[one.asname or one.name] = attribute(self.module(module), one.name, self.folder)
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if "_" not in name[:1]:
                    self.names[name] = self.value(value)
                case ast.Expr(value=value):
                    made = self.value(value)
                    if at == len(statements) - 1 and made is not None:
                        self.lines.append(represented(made))
                case _:
                    raise Wrong("SyntaxError", f"line {statement.lineno} is not understood here")

    def module(self, name: str) -> Any:
        if name not in self.modules:
            raise Wrong("ModuleNotFoundError", f"No module named '{name}'")
        return self.modules[name]

    def value(self, node: ast.expr) -> Any:
        """The value of an expression. Raises `Wrong`."""
        self.steps += 1
        self.depth += 1
        if self.steps > MOST_STEPS or self.depth > DEEPEST:
            raise Wrong("TimeoutError", "the code takes too long")
        try:
            made = bounded(self.evaluated(node))
        except ZeroDivisionError as error:
            raise Wrong("ZeroDivisionError", str(error)) from error
        except OverflowError as error:
            raise Wrong("OverflowError", str(error)) from error
        except (TypeError, ValueError, AttributeError) as error:
            raise Wrong(type(error).__name__, str(error)) from error
        self.depth -= 1
        return made

    def evaluated(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=None | bool() | int() | float() | str() as constant):
                return constant
            case ast.Name(id=name):
                return self.named(name)
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return -number(self.value(inner))
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in ARITHMETIC:
                return self.reckoned(type(sign), self.value(left), self.value(right))
            case ast.BinOp(left=left, op=ast.BitAnd(), right=right):
                return both(self.value(left), self.value(right))
            case ast.Compare(left=left, ops=[sign], comparators=[right]) if type(sign) in COMPARISONS:
                return compared(COMPARISONS[type(sign)], self.value(left), self.value(right))
            case ast.List(elts=parts):
                return [self.value(part) for part in parts]
            case ast.Tuple(elts=parts):
                return tuple(self.value(part) for part in parts)
            case ast.Attribute(value=of, attr=name):
                return attribute(self.value(of), name, self.folder)
            case ast.Subscript(value=of, slice=key):
                return taken(self.value(of), self.sliced(key))
            case ast.Call(func=called, args=given, keywords=named):
                return self.called(called, given, named)
            case _:
                raise Wrong("SyntaxError", f"{type(node).__name__} is not understood here")

    def named(self, name: str) -> Any:
        if name in self.names:
            return self.names[name]
        if name in FUNCTIONS:
            return FUNCTIONS[name]
        raise Wrong("NameError", f"name '{name}' is not defined")

    def reckoned(self, sign: type[ast.operator], left: Any, right: Any) -> Any:
        if sign is ast.Add and isinstance(left, str) and isinstance(right, str):
            return left + right
        return ARITHMETIC[sign](number(left), number(right))

    def sliced(self, key: ast.expr) -> Any:
        if isinstance(key, ast.Slice):
            if key.step is not None:
                raise Wrong("SyntaxError", "steps are not understood here")
            return slice(*(None if end is None else self.value(end) for end in (key.lower, key.upper)))
        return self.value(key)

    def called(self, called: ast.expr, given: list[ast.expr], named: list[ast.keyword]) -> Any:
        """The value of a call. Raises `Wrong`."""
        values = [self.value(one) for one in given]
        options = {one.arg: self.value(one.value) for one in named if one.arg is not None}
        if isinstance(called, ast.Name) and called.id == "print" and "print" not in self.names:
            self.lines.append(" ".join(map(printed, values)))
            return None
        function = self.value(called)
        if not callable(function):
            raise Wrong("TypeError", f"'{type(function).__name__}' object is not callable")
        return function(*values, **options)


def compared(holds: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    """A truth value; of a column, one for each of its cells. Raises `Wrong`."""
    if isinstance(left, Column):
        return left.compared(holds, right)
    return bool(holds(left, right))


def both(left: Any, right: Any) -> Column:
    """Where two masks hold. Raises `Wrong`."""
    if not isinstance(left, Column) or not isinstance(right, Column) or len(left.cells) != len(right.cells):
        raise Wrong("TypeError", "unsupported operand type(s) for &")
    return Column(left.name, tuple(bool(one and other) for one, other in zip(left.cells, right.cells, strict=True)))


def taken(value: Any, key: Any) -> Any:
    """What stands between brackets. Raises `Wrong`."""
    match value, key:
        case Table(), Column():
            return value.where(key)
        case Table(), str():
            return value.column(key)
        case Column(), Column():
            return value.where(key)
        case Located(of=Table() as table), (int() as row, str() as name):
            return cell(table.column(name), row)
        case Located(of=Column() as column), int():
            return cell(column, key)
        case ((list() | tuple() | str()), (int() | slice())):
            try:
                return value[key]
            except (IndexError, TypeError) as error:
                raise Wrong(type(error).__name__, str(error)) from error
        case _:
            raise Wrong("TypeError", f"'{type(value).__name__}' object cannot be taken from like this")


def cell(column: Column, row: int) -> Any:
    if not -len(column.cells) <= row < len(column.cells):
        raise Wrong("IndexError", "single positional indexer is out-of-bounds")
    return column.cells[row]


__all__ = ["Outcome", "run"]
