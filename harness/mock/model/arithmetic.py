"""Simple arithmetic and counting, without evaluating anything that a prompt says as code."""

import ast
import operator
import re
from collections.abc import Callable, Mapping
from typing import Final

from harness.mock.model.context import Context, Draft
from harness.mock.model.language import Phrases

SUM: Final = re.compile(r"(?<![\w.])(-?\d[\d.]*(?:\s*(?:\*\*|[-+*/×x÷])\s*-?\d[\d.]*)+)(?![\w.]*\w)")
ASKS: Final = re.compile(r"\b(?:what(?:'s| is)|compute|calculate|evaluate|how much is|solve|work out)\b", re.I)
COUNTING: Final = re.compile(r"\bcount (?:up )?(?:from )?(\d{1,4})?\s*(?:up )?to (\d{1,4})\b", re.IGNORECASE)

OPERATORS: Final[Mapping[type[ast.operator], Callable[[float, float], float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def value(expression: str) -> float | None:
    """The value of sums, differences, products and quotients of numbers; None for anything else."""
    cleaned = expression.replace("×", "*").replace("x", "*").replace("÷", "/")
    try:
        return reckon(ast.parse(cleaned.strip().rstrip("."), mode="eval").body)
    except (SyntaxError, ValueError, ZeroDivisionError, OverflowError):
        return None


def reckon(node: ast.expr) -> float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -reckon(inner)
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in OPERATORS:
            return OPERATORS[type(sign)](reckon(left), reckon(right))
        case _:
            raise ValueError(ast.dump(node))


def shown(number: float) -> str:
    """Whole numbers without a fraction."""
    return str(int(number)) if number == int(number) else f"{number:.6f}".rstrip("0")


def reckoning(context: Context, phrases: Phrases) -> Draft | None:
    """Answers a sum, or counts aloud."""
    counted = COUNTING.search(context.prompt)
    if counted:
        numbers = range(int(counted[1] or 1), int(counted[2]) + 1)
        return Draft.saying(", ".join(map(str, numbers)) + ".")
    match = SUM.search(context.prompt)
    if (
        match is None
        or len(match[1]) > 200
        or not (ASKS.search(context.prompt) or context.prompt.strip().rstrip("?=. ") == match[1].strip())
    ):
        return None
    result = value(match[1])
    return None if result is None else Draft.saying(f"{match[1].strip()} = {shown(result)}")
