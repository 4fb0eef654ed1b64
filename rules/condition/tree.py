"""A checked condition as a tree: every part with its type, its unit and its place in the text."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from rules.columns import Column, ColumnType, Unit

NodeType = ColumnType | Literal["null"]

Value = int | Decimal | str | bool | date | None
"""Of a constant; instants are naive UTC datetimes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A part of a condition that stands at text[start:end] and has a value of `type` for each subject."""

    type: NodeType
    unit: Unit = ""
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(Node):
    """The value of a column."""

    column: Column


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant(Node):
    """A value that stands in the text or in a param; dates and durations are already read."""

    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting(Node):
    """The value of a param: `default`, or where `by` is given that of the case that its value equals."""

    name: str
    by: Fact | None = None
    cases: tuple[tuple[Constant, Constant], ...] = ()
    default: Constant


@dataclass(frozen=True, slots=True, kw_only=True)
class Logic(Node):
    """Parts joined by and, or by or; `0 <= x <= 90` is and with x in both parts."""

    word: Literal["and", "or"]
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not(Node):
    """The opposite of a part; unknown stays unknown."""

    part: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare(Node):
    """left = right and the like; unknown where either side is null."""

    operator: Literal["=", "<>", "<", "<=", ">", ">="]
    left: Node
    right: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class IsNull(Node):
    """Whether a part has no value, or with `negated` has one; never unknown."""

    part: Node
    negated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOf(Node):
    """Whether a part equals one of the options."""

    part: Node
    options: tuple[Node, ...]
    negated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Between(Node):
    """Whether low <= part <= high."""

    part: Node
    low: Node
    high: Node
    negated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Arithmetic(Node):
    """left + right and the like; divided by zero is null, products and quotients are floating point."""

    operator: Literal["+", "-", "*", "/"]
    left: Node
    right: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Minus(Node):
    """The negative of a number."""

    part: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Case(Node):
    """The result of the first branch whose test is true (or equals `subject`), else `otherwise`."""

    subject: Node | None
    branches: tuple[tuple[Node, Node], ...]
    otherwise: Node | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Node):
    """One of the functions, by its lower-case name."""

    function: str
    parts: tuple[Node, ...]


def parts_of(node: Node) -> tuple[Node, ...]:
    """The parts right below a node, in the order of the text; none for facts, constants and settings."""
    match node:
        case Logic(parts=parts) | Call(parts=parts):
            return parts
        case Not(part=part) | IsNull(part=part) | Minus(part=part):
            return (part,)
        case Compare(left=left, right=right) | Arithmetic(left=left, right=right):
            return (left, right)
        case OneOf(part=part, options=options):
            return (part, *options)
        case Between(part=part, low=low, high=high):
            return (part, low, high)
        case Case(subject=subject, branches=branches, otherwise=otherwise):
            every = (subject, *(part for branch in branches for part in branch), otherwise)
            return tuple(part for part in every if part is not None)
    return ()
