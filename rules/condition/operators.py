"""Checks what stands around the operators: comparisons, lists, ranges and sums."""

from dataclasses import replace
from decimal import Decimal
from typing import Any, Literal, cast

from rules.columns import ColumnType
from rules.condition.meet import (
    as_number,
    check_value,
    common,
    kind_of,
    meet,
    refuse_branching,
    refuse_null,
    shown,
)
from rules.condition.names import Scope
from rules.condition.syntax import Syntax
from rules.condition.tree import Arithmetic, Between, Compare, Constant, IsNull, Logic, Minus, Node, OneOf
from rules.condition.values import TYPE_WORDS

_ORDERS = frozenset({"<", "<=", ">", ">="})
_ORDERED_KINDS = frozenset({"number", "date", "instant"})
_ALL_FIXED = "this compares fixed values"
_SENSES = {"<": "up", "<=": "up", ">": "down", ">=": "down", "=": "same"}


def compare(scope: Scope, syntax: Syntax, parts: list[Node]) -> Node:
    """left = right and the like; a chain becomes comparisons joined by and."""
    if len({_SENSES.get(word, "") for word in syntax.words}) > 1 or ("<>" in syntax.words and len(parts) > 2):
        problem = "a chain of comparisons must go one way"
        raise scope.source.refuse(
            syntax.start, problem, remedy="write 0 <= x <= 90, or join two comparisons by and"
        )
    for middle in parts[1:-1]:
        refuse_branching(scope, middle, "the middle of a chain of comparisons must be simple")
    pairs = tuple(
        _pair(scope, word, parts[index], parts[index + 1]) for index, word in enumerate(syntax.words)
    )
    if len(pairs) == 1:
        return pairs[0]
    return Logic(word="and", parts=pairs, type="boolean", start=syntax.start, end=syntax.end)


def is_null(scope: Scope, syntax: Syntax, parts: list[Node]) -> Node:
    """x is null, x is not null."""
    part = parts[0]
    if isinstance(part, Constant):
        raise scope.source.refuse(part.start, "this value is fixed", remedy="ask whether a column is null")
    negated = "not" in syntax.words
    return IsNull(part=part, negated=negated, type="boolean", start=syntax.start, end=syntax.end)


def one_of(scope: Scope, syntax: Syntax, parts: list[Node]) -> Node:
    """x in (...), x not in (...)."""
    part, *options = _alike(scope, syntax, parts)
    return OneOf(
        part=part,
        options=tuple(options),
        negated="not" in syntax.words,
        type="boolean",
        start=syntax.start,
        end=syntax.end,
    )


def between(scope: Scope, syntax: Syntax, parts: list[Node]) -> Node:
    """x between low and high, both ends included."""
    part, low, high = _alike(scope, syntax, parts)
    _refuse_disorder(scope, part)
    negated = "not" in syntax.words
    if isinstance(low, Constant) and isinstance(high, Constant) and _is_above(low, high):
        problem = "nothing lies between these two: the first is the greater"
        raise scope.source.refuse(low.start, problem, remedy="write the lower end first")
    return Between(
        part=part, low=low, high=high, negated=negated, type="boolean", start=syntax.start, end=syntax.end
    )


def arithmetic(scope: Scope, syntax: Syntax, parts: list[Node]) -> Node:
    """left + right and the like, with their units."""
    left, right = (as_number(scope, part) for part in parts)
    operator = cast('Literal["+", "-", "*", "/"]', syntax.words[0])
    if operator in ("+", "-"):
        left, right = meet(scope, left, right)
        unit = left.unit or right.unit
    elif operator == "*" and left.unit and right.unit:
        problem = f"this multiplies {left.unit} by {right.unit}"
        raise scope.source.refuse(syntax.start, problem, remedy="multiply by a plain number")
    else:
        unit = left.unit if left.unit != right.unit else ""
        unit = unit or (right.unit if operator == "*" else unit)
    kinds = {left.type, right.type}
    kind: ColumnType = "integer" if kinds == {"integer"} and operator != "/" else "decimal"
    return Arithmetic(
        operator=operator, left=left, right=right, type=kind, unit=unit, start=syntax.start, end=syntax.end
    )


def minus(scope: Scope, syntax: Syntax, parts: list[Node]) -> Node:
    """The negative of a number; of a fixed one at once."""
    part = as_number(scope, parts[0])
    if isinstance(part, Constant) and isinstance(part.value, int | Decimal):
        return replace(part, value=-part.value, start=syntax.start)
    return Minus(part=part, type=part.type, unit=part.unit, start=syntax.start, end=syntax.end)


def _pair(scope: Scope, word: str, left: Node, right: Node) -> Node:
    start, end = left.start, right.end
    if isinstance(left, Constant) and isinstance(right, Constant) and "null" not in (left.type, right.type):
        raise scope.source.refuse(start, _ALL_FIXED, remedy="compare a column with a value")
    left, right = meet(scope, left, right)
    if word in _ORDERS:
        _refuse_disorder(scope, left)
    operator = cast('Literal["=", "<>", "<", "<=", ">", ">="]', word)
    return Compare(operator=operator, left=left, right=right, type="boolean", start=start, end=end)


def _refuse_disorder(scope: Scope, node: Node) -> None:
    if kind_of(node) not in _ORDERED_KINDS:
        problem = (
            f"{shown(scope, node)} is {TYPE_WORDS[node.type]}, which has no order that all engines share"
        )
        raise scope.source.refuse(node.start, problem, remedy="compare it with =, <> or in")


def _alike(scope: Scope, syntax: Syntax, parts: list[Node]) -> tuple[Node, ...]:
    """A part and all that it is compared with, in one type and unit."""
    problem = f"null in {'a list' if syntax.kind == 'in' else 'between'} never matches"
    refuse_null(scope, *parts, problem=problem, remedy="write x is null or x in (...)")
    if all(isinstance(part, Constant) for part in parts):
        raise scope.source.refuse(syntax.start, _ALL_FIXED, remedy="compare a column with a value")
    first, *others = common(scope, parts)[2]
    for other in others:
        check_value(scope, other, first)
        check_value(scope, first, other)
    return first, *others


def _is_above(low: Constant, high: Constant) -> bool:
    first: Any = low.value
    second: Any = high.value
    return bool(first > second)
