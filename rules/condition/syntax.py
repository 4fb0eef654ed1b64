"""A condition as it was written: which word belongs to which, before names and types are known."""

from dataclasses import dataclass
from typing import Literal

SyntaxKind = Literal[
    "name", "number", "text", "duration", "boolean", "null", "minus", "arithmetic", "compare", "is_null", "in",
    "between", "not", "and", "or", "case", "call",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Syntax:
    """One part of a condition, from `start` to `end` in the text.

    `words` holds what the kind needs: the name, number or text itself; the operators between the parts of
    arithmetic and comparisons; "not" for the negated forms; "subject" and "else" for what a case has.
    """

    kind: SyntaxKind
    words: tuple[str, ...] = ()
    parts: tuple["Syntax", ...] = ()
    start: int
    end: int
    depth: int
