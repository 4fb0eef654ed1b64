"""Checks a condition's names and types against the columns, before any data is read."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any, Literal, cast

from rules.columns import ColumnType
from rules.condition.functions import check_call
from rules.condition.meet import (
    as_number,
    check_value,
    common,
    kind_of,
    meet,
    not_a,
    refuse_branching,
    refuse_null,
    shown,
)
from rules.condition.names import Scope
from rules.condition.syntax import Syntax
from rules.condition.tree import (
    Arithmetic,
    Between,
    Case,
    Compare,
    Constant,
    IsNull,
    Logic,
    Minus,
    Node,
    Not,
    OneOf,
    Setting,
)
from rules.condition.values import TYPE_WORDS, as_type
from rules.duration import LONGEST, find_duration

_ORDERS = frozenset({"<", "<=", ">", ">="})
_ORDERED_KINDS = frozenset({"number", "date", "instant"})
_ALL_FIXED = "this compares fixed values"
_SENSES = {"<": "up", "<=": "up", ">": "down", ">=": "down", "=": "same"}


def check(scope: Scope, syntax: Syntax, wants: ColumnType | None) -> Node:
    """The typed tree; raises ConditionError where it does not give what is wanted."""
    node = _check(scope, syntax)
    if wants is None or node.type == wants or (node.type == "integer" and wants == "decimal"):
        return node
    if node.type == "null":
        return replace(node, type=wants)
    if isinstance(node, Constant) and wants in ("date", "instant"):
        read = as_type(node, wants)
        if read is not None and read.type == wants:
            return read
    raise not_a(scope, node, wants)


def _check(scope: Scope, syntax: Syntax) -> Node:
    return _CHECKS[syntax.kind](scope, syntax)


def _truth(scope: Scope, syntax: Syntax, before: Node | None = None) -> Node:
    """A part that and, or, not or when joins: it must be a condition of its own."""
    node = _check(scope, syntax)
    if isinstance(node, Constant) and node.type != "null":
        problem = f"{shown(scope, node)} alone is not a condition"
        remedy = "write a comparison, such as x = 'open'"
        if isinstance(before, Compare) and before.operator == "=":
            left, right, this = (scope.excerpt(part) for part in (before.left, before.right, node))
            remedy = f"write {left} in ({right}, {this})"
        raise scope.source.refuse(node.start, problem, remedy=remedy)
    if node.type != "boolean":
        raise not_a(scope, node, "boolean")
    return node


def _name(scope: Scope, syntax: Syntax) -> Node:
    return scope.find(syntax.words[0], start=syntax.start, end=syntax.end)


def _number(_scope: Scope, syntax: Syntax) -> Node:
    word = syntax.words[0]
    if "." in word:
        return Constant(type="decimal", value=Decimal(word), start=syntax.start, end=syntax.end)
    return Constant(type="integer", value=int(word), start=syntax.start, end=syntax.end)


def _text(_scope: Scope, syntax: Syntax) -> Node:
    return Constant(type="text", value=syntax.words[0], start=syntax.start, end=syntax.end)


def _duration(scope: Scope, syntax: Syntax) -> Node:
    found = find_duration(syntax.words[0])
    if found is None:
        problem = f"{shown(scope, _text(scope, syntax))} is not a length of time"
        remedy = f"write a whole number up to {LONGEST} and a unit, such as '3 business days'"
        raise scope.source.refuse(syntax.start, problem, remedy=remedy)
    return Constant(type="integer", unit=found.unit, value=found.count, start=syntax.start, end=syntax.end)


def _boolean(_scope: Scope, syntax: Syntax) -> Node:
    return Constant(type="boolean", value=syntax.words[0] == "true", start=syntax.start, end=syntax.end)


def _null(_scope: Scope, syntax: Syntax) -> Node:
    return Constant(type="null", value=None, start=syntax.start, end=syntax.end)


def _logic(scope: Scope, syntax: Syntax) -> Node:
    parts: list[Node] = []
    for part in syntax.parts:
        parts.append(_truth(scope, part, parts[-1] if parts else None))
    word = cast('Literal["and", "or"]', syntax.kind)
    return Logic(word=word, parts=tuple(parts), type="boolean", start=syntax.start, end=syntax.end)


def _not(scope: Scope, syntax: Syntax) -> Node:
    part = _truth(scope, syntax.parts[0])
    return Not(part=part, type="boolean", start=syntax.start, end=syntax.end)


def _compare(scope: Scope, syntax: Syntax) -> Node:
    parts = [_check(scope, part) for part in syntax.parts]
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


def _is_null(scope: Scope, syntax: Syntax) -> Node:
    part = _check(scope, syntax.parts[0])
    if isinstance(part, Constant):
        raise scope.source.refuse(part.start, "this value is fixed", remedy="ask whether a column is null")
    negated = "not" in syntax.words
    return IsNull(part=part, negated=negated, type="boolean", start=syntax.start, end=syntax.end)


def _in(scope: Scope, syntax: Syntax) -> Node:
    parts = _alike(scope, syntax)
    return OneOf(
        part=parts[0],
        options=parts[1:],
        negated="not" in syntax.words,
        type="boolean",
        start=syntax.start,
        end=syntax.end,
    )


def _between(scope: Scope, syntax: Syntax) -> Node:
    part, low, high = _alike(scope, syntax)
    _refuse_disorder(scope, part)
    negated = "not" in syntax.words
    if isinstance(low, Constant) and isinstance(high, Constant) and _is_above(low, high):
        problem = "nothing lies between these two: the first is the greater"
        raise scope.source.refuse(low.start, problem, remedy="write the lower end first")
    return Between(
        part=part, low=low, high=high, negated=negated, type="boolean", start=syntax.start, end=syntax.end
    )


def _alike(scope: Scope, syntax: Syntax) -> tuple[Node, ...]:
    """A part and all that it is compared with, in one type and unit."""
    parts = [_check(scope, part) for part in syntax.parts]
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


def _arithmetic(scope: Scope, syntax: Syntax) -> Node:
    left, right = (as_number(scope, _check(scope, part)) for part in syntax.parts)
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


def _minus(scope: Scope, syntax: Syntax) -> Node:
    part = as_number(scope, _check(scope, syntax.parts[0]))
    if isinstance(part, Constant) and isinstance(part.value, int | Decimal):
        return replace(part, value=-part.value, start=syntax.start)
    return Minus(part=part, type=part.type, unit=part.unit, start=syntax.start, end=syntax.end)


def _case(scope: Scope, syntax: Syntax) -> Node:
    rest = list(syntax.parts)
    subject = _check(scope, rest.pop(0)) if "subject" in syntax.words else None
    if isinstance(subject, Constant | Setting):
        problem = f"{shown(scope, subject)} is a fixed value"
        raise scope.source.refuse(subject.start, problem, remedy="write case when ... then ... end")
    last = _check(scope, rest.pop()) if "else" in syntax.words else None
    tests = [_case_test(scope, subject, test) for test in rest[::2]]
    results = [_check(scope, result) for result in rest[1::2]]
    kind, unit, met = common(scope, [*results, *([last] if last else [])])
    return Case(
        subject=subject,
        branches=tuple(zip(tests, met, strict=False)),
        otherwise=met[-1] if last else None,
        type=kind,
        unit=unit,
        start=syntax.start,
        end=syntax.end,
    )


def _case_test(scope: Scope, subject: Node | None, test: Syntax) -> Node:
    if subject is None:
        return _truth(scope, test)
    return meet(scope, subject, _check(scope, test))[1]


def _call(scope: Scope, syntax: Syntax) -> Node:
    return check_call(scope, syntax, tuple(_check(scope, part) for part in syntax.parts))


_CHECKS: dict[str, Callable[[Scope, Syntax], Node]] = {
    "name": _name,
    "number": _number,
    "text": _text,
    "duration": _duration,
    "boolean": _boolean,
    "null": _null,
    "minus": _minus,
    "arithmetic": _arithmetic,
    "compare": _compare,
    "is_null": _is_null,
    "in": _in,
    "between": _between,
    "not": _not,
    "and": _logic,
    "or": _logic,
    "case": _case,
    "call": _call,
}
