"""Writing code: what a prompt asks to be worked out, as lines of Python that the interpreter understands.

    arithmetic        17 * (3 + 4), 15% of 240, the factorial of 12, 3 to the power of 4
    linear equations  3x + 11 = 14; 2x + y = 7 and x - y = 2
    statistics        the mean of 3, 8 and 10
    tables and files  see `tabling`

Whatever is worked out is printed as `what = result`; where a file is asked for, the same line is written to it.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import Final

from harness.mock.interpreter import HOME, run
from harness.mock.model.tabling import from_files
from harness.mock.model.written import MEANS, Written

NUMBER: Final = r"\d++(?:\.\d++)?"  # possessive: long rows of digits are read once
UNKNOWN: Final = r"(?<![A-Za-z])[a-z](?![A-Za-z])"
SIDE: Final = rf"(?:\s*+(?:{NUMBER}|{UNKNOWN}|[-+*/()]))++"
LEFT: Final = re.compile(rf"({SIDE})\s*$")
RIGHT: Final = re.compile(rf"\s*({SIDE})")
LONGEST: Final = 120
"""Characters of a side of an equation."""
MOST: Final = 8
"""Equations that are read."""

EXPRESSION: Final = re.compile(
    rf"(?<![\w.(-])[-(]*+\s{{0,3}}{NUMBER}(?:\s*\)*\s*(?:\*\*|[-+*/%])\s*[-(]*\s*{NUMBER}\)*){{1,80}}(?![\w])"
)
SPELLED: Final = str.maketrans({"−": "-", "–": "-", "×": "*", "·": "*", "÷": "/"})
GROUPED: Final = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
PHRASES: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(rf"\b({NUMBER})\s*(?:%|percent)\s+of\s+({NUMBER})", re.I), "{0} / 100 * {1}"),
    (re.compile(r"\bfactorial of (?:the number )?(\d+)\b|(?<![\w.])(\d+)!", re.I), "math.factorial({0})"),
    (re.compile(rf"\b(?:square root of|sqrt(?: of)?)\s*\(?\s*({NUMBER})", re.I), "math.sqrt({0})"),
    (
        re.compile(
            rf"\b({NUMBER})\s+(?:raised\s+)?to the (?:power of\s+)?({NUMBER})(?:th|rd|nd|st)?(?: power)?\b", re.I
        ),
        "{0} ** {1}",
    ),
    (re.compile(rf"\b({NUMBER})\s+squared\b", re.I), "{0} ** 2"),
    (re.compile(rf"\b({NUMBER})\s+cubed\b", re.I), "{0} ** 3"),
)
"""Ways to say an expression in words, and how it is written."""

LISTED: Final = re.compile(
    rf"\b({'|'.join(MEANS)})\b[^.?!\d]{{0,60}}?(-?{NUMBER}(?:(?:,\s*(?:and\s+)?|\s+and\s+)-?{NUMBER})+)", re.IGNORECASE
)
SAVED: Final = re.compile(
    r"\b(?:save|write|store|export|put)\b[^.?!]{0,80}?\b(?:file|csv|disk|download|"
    r"(?P<name>[\w-]{1,60}\.(?:txt|csv|md|json)))\b(?:\s+(?:called|named|as)\s+(?P<other>[\w-]{1,60}\.(?:txt|csv|md|json)))?",
    re.IGNORECASE,
)


def code_for(prompt: str, files: Mapping[str, bytes]) -> str:
    """The code that does what a prompt asks, over these files; a look at what there is where nothing is understood."""
    plain = GROUPED.sub("", prompt.translate(SPELLED).replace("^", "**"))
    found = from_files(prompt, files) or solving(plain) or reckoning(plain) or measuring(plain)
    if found is None:
        return 'import os\n\nos.listdir("/mnt/data")'
    saved = saving(prompt, found.text, found.table)
    return "\n".join([*saved[:-1], *found.lines, *saved[-1:]])


def saving(prompt: str, text: str | None, table: str | None) -> list[str]:
    """Lines that write the result to the file that the prompt wants; but for the last they come first."""
    match = SAVED.search(prompt)
    if match is None or text is None:
        return []
    name = match["other"] or match["name"] or ("result.csv" if table and "csv" in match[0].lower() else "result.txt")
    if table is not None and name.endswith(".csv"):
        return [f'{table}.to_csv("{HOME}{name}", index=False)']
    return ["from pathlib import Path", f'saved = Path("{HOME}{name}").write_text({text} + "\\n")']


def asks(prompt: str) -> bool:
    """Whether a prompt holds something that can be worked out without any file."""
    plain = GROUPED.sub("", prompt.translate(SPELLED).replace("^", "**"))
    return any(work(plain) is not None for work in (solving, reckoning, measuring))


# equations


def solving(plain: str) -> Written | None:
    """One linear equation in one unknown, or two in two."""
    read = [one for left, right in sides(plain) if (one := equation(left, right)) is not None]
    unknowns = sorted({name for one in read for name in one.factors})
    if len(unknowns) == 1 and read:
        return single(read[0], unknowns[0])
    if len(unknowns) == 2 and len(read) > 1:
        return pair(read[0], read[1], unknowns)
    return None


def sides(plain: str) -> Iterator[tuple[str, str]]:
    """What stands on both sides of the equals signs, as far as it could be an equation."""
    for match in islice(re.finditer("=", plain), MOST):
        left = LEFT.search(plain[max(0, match.start() - LONGEST) : match.start()])
        right = RIGHT.match(plain[match.end() : match.end() + LONGEST])
        if left is not None and right is not None:
            yield left[1], right[1]


@dataclass(frozen=True)
class Linear:
    """`said`, brought to the form: the sum of factors times unknowns is `constant`."""

    said: str
    factors: Mapping[str, Fraction]
    constant: Fraction


def equation(left: str, right: str) -> Linear | None:
    """A linear equation, as it was said; None for any other, and for what is none."""
    for side in leading(left):
        try:
            one, other = parsed(side), parsed(right)
        except (SyntaxError, ValueError, ZeroDivisionError, RecursionError):
            continue
        factors = {name: one[name] - other[name] for name in {**one, **other} if name}
        if any(factors.values()) or factors:
            return Linear(f"{side.strip()} = {right.strip()}", factors, other[""] - one[""])
    return None


def leading(side: str) -> list[str]:
    """A side as it stands, and without the words before it that look like unknowns."""
    tokens = side.strip().split(" ")
    return [" ".join(tokens[at:]) for at in range(min(3, len(tokens)))]


class Sum(dict[str, Fraction]):
    """Factors by unknown; the constant under the empty name."""

    def __missing__(self, name: str) -> Fraction:
        return Fraction(0)


IMPLIED: Final = re.compile(r"(?<=[\d)a-z])\s*(?=[a-z(])")


def parsed(side: str) -> Sum:
    """One side of an equation as a sum. Raises SyntaxError or ValueError for what is not linear."""
    return summed(ast.parse(IMPLIED.sub("*", side.strip()), mode="eval").body)


def summed(node: ast.expr) -> Sum:
    match node:
        case ast.Constant(value=int() | float() as number):
            return Sum({"": Fraction(str(number))})
        case ast.Name(id=name):
            return Sum({name: Fraction(1)})
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return scaled(summed(inner), Fraction(-1))
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return added(summed(left), summed(right), 1)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return added(summed(left), summed(right), -1)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return multiplied(summed(left), summed(right))
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            below = summed(right)
            if any(below):
                raise ValueError("not linear")
            return scaled(summed(left), 1 / below[""])
        case _:
            raise ValueError("not an equation")


def scaled(value: Sum, by: Fraction) -> Sum:
    return Sum({name: factor * by for name, factor in value.items()})


def added(one: Sum, other: Sum, sign: int) -> Sum:
    return Sum({name: one[name] + sign * other[name] for name in {**one, **other}})


def multiplied(one: Sum, other: Sum) -> Sum:
    if any(one) and any(other):
        raise ValueError("not linear")
    return scaled(one, other[""]) if any(one) else scaled(other, one[""])


def spelled(number: Fraction) -> str:
    """A number as code has it."""
    return str(number.numerator) if number.denominator == 1 else f"{number.numerator} / {number.denominator}"


def single(one: Linear, name: str) -> Written:
    lines = (
        f"# {one.said}",
        f"a = {spelled(one.factors[name])}",
        f"b = {spelled(one.constant)}",
        "solution = round(b / a, 6)",
        f'print("{name} =", solution)',
    )
    return Written(lines, f'"{name} = " + str(solution)')


def pair(one: Linear, other: Linear, names: list[str]) -> Written:
    """By Cramer's rule."""
    x, y = names
    rows = [
        (line.factors.get(x, Fraction(0)), line.factors.get(y, Fraction(0)), line.constant) for line in (one, other)
    ]
    lines = [f"# {one.said}", f"# {other.said}"]
    for at, row in enumerate(rows, 1):
        lines += [f"{letter}{at} = {spelled(number)}" for letter, number in zip("abc", row, strict=True)]
    lines += [
        "det = a1 * b2 - a2 * b1",
        "first = round((c1 * b2 - c2 * b1) / det, 6)",
        "second = round((a1 * c2 - a2 * c1) / det, 6)",
        f'print("{x} =", first)',
        f'print("{y} =", second)',
    ]
    return Written(tuple(lines), f'"{x} = " + str(first) + ", {y} = " + str(second)')


# numbers


def reckoning(plain: str) -> Written | None:
    """An expression, in signs or in words; the first that has a value."""
    for expression, said in expressions(plain):
        if run(f"import math\n{expression}", {}, {}).error in (None, "ZeroDivisionError: division by zero"):
            head = ("import math", "") if "math." in expression else ()
            lines = (*head, f"result = {expression}", f'print("{said} =", result)')
            return Written(lines, f'"{said} = " + str(result)')
    return None


def expressions(plain: str) -> list[tuple[str, str]]:
    """What could be an expression, with how it is said."""
    found = [
        (form.format(*(group for group in match.groups() if group)), match[0].strip())
        for pattern, form in PHRASES
        for match in pattern.finditer(plain)
    ]
    return [*found, *((text, text) for match in EXPRESSION.finditer(plain) if (text := balanced(match[0].strip())))]


def balanced(text: str) -> str:
    """The expression without brackets that are not its own."""
    while text.startswith("(") and text.count("(") > text.count(")"):
        text = text[1:].strip()
    while text.endswith(")") and text.count(")") > text.count("("):
        text = text[:-1].strip()
    return text


def measuring(plain: str) -> Written | None:
    """A statistic of numbers that the prompt lists."""
    match = LISTED.search(plain)
    if match is None:
        return None
    name, numbers = MEANS[match[1].lower()], re.findall(rf"-?{NUMBER}", match[2])
    listed, said = ", ".join(numbers), f"{match[1].lower()} of {', '.join(numbers)}"
    head: tuple[str, ...] = ("import statistics", "") if name in ("mean", "median") else ()
    called = f"statistics.{name}" if head else name
    lines = (*head, f"numbers = [{listed}]", f"result = {called}(numbers)", f'print("{said} =", result)')
    return Written(lines, f'"{said} = " + str(result)')
