"""What is wrong with a text that is no YAML, in our words: libyaml's own are written for those who know its scanner."""

from typing import Final

from yaml.error import MarkedYAMLError

from harness.source.lines import Lines
from harness.source.place import Diagnostic

# What libyaml says, what that means for who wrote the file, and the usual remedy. The first that fits counts:
# the context must hold the first word, the problem the second. Seen with PyYAML 6.0.3 and libyaml 0.2.5.
SENTENCES: Final[tuple[tuple[str, str, str, str | None], ...]] = (
    ("", "mapping values are not allowed", "a second `:` in one line", "put a text that holds `: ` in quotes"),
    ("quoted scalar", "unexpected end of stream", "this quote is never closed", None),
    ("quoted scalar", "unexpected document indicator", "this quote is never closed", None),
    ("quoted scalar", "unknown escape", "an unknown escape", "write `\\\\` for a backslash, or use single quotes"),
    ("quoted scalar", "Unicode character escape", "this escape is no character", None),
    ("quoted scalar", "hexdecimal", "this escape is no character", None),
    ("flow sequence", "expected ',' or ']'", "this list is never closed", "add the `]`, or a comma between entries"),
    ("flow mapping", "expected ',' or '}'", "this mapping is never closed", "add the `}`, or a comma between entries"),
    ("node", "did not find expected node content", "a value is missing here", "add it, and close what is open"),
    ("block mapping", "did not find expected key", "this does not go on with the mapping", "check quotes and indent"),
    ("block collection", "did not find expected '-'", "this does not go on with the list", "check the indent"),
    ("simple key", "could not find expected ':'", "a line without `:` in a mapping", "a key ends with `:`"),
    ("directive", "", "directives are refused", "only `%YAML 1.2` may stand here"),
    ("alias", "", "`*` begins an alias, and no name follows", "put a text that begins with `*` in quotes"),
    ("anchor", "", "`&` begins an anchor, and no name follows", "put a text that begins with `&` in quotes"),
    ("tag", "", "tags are refused", "put a text that begins with `!` in quotes"),
    ("block scalar", "", "what stands behind `|` or `>` is not understood", "write the text on the next line"),
    ("next token", "that cannot start any token", "no value begins with this character", "put the text in quotes"),
    ("", "block sequence entries are not allowed", "a list cannot begin here", "begin it on a line of its own"),
    ("", "mapping keys are not allowed", "a key cannot stand here", None),
    ("", "expected <document start>", "the document ends before this", "check brackets, quotes and the indent"),
    ("", "undefined tag handle", "tags are refused", "put a text that begins with `!` in quotes"),
)


def explained(error: MarkedYAMLError, lines: Lines, line: int, column: int) -> Diagnostic:
    """The diagnostic for libyaml's error at a line and column of the file, both counted from 0."""
    context, problem = error.context or "", error.problem or ""
    text = lines[line]
    if problem.startswith("found character") and text[column : column + 1] == "\t":
        return lines.at(line, "a tab cannot indent in YAML", "use spaces", column)
    for where, what, message, hint in SENTENCES:
        if where in context and what in problem:
            opened = error.context_mark
            if message.endswith("never closed") and opened is not None:  # where it began says more than the end
                offset = line - error.problem_mark.line if error.problem_mark else 0
                return lines.at(offset + opened.line, message, hint, opened.column)
            return lines.at(line, message, hint, column)
    return lines.at(line, "this is not YAML", problem or None, column)
