"""Checks a condition's names and types against the columns, before any data is read."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Literal, cast

from rules.columns import ColumnType
from rules.condition.functions import check_call
from rules.condition.meet import common, meet, not_a, shown
from rules.condition.names import Scope
from rules.condition.operators import arithmetic, between, compare, is_null, minus, one_of
from rules.condition.syntax import Syntax
from rules.condition.tree import Case, Compare, Constant, Logic, Node, Not, Setting
from rules.condition.values import as_type
from rules.duration import LONGEST, find_duration


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
    return _CHECKS[syntax.kind](scope, syntax, [_check(scope, part) for part in syntax.parts])


def _truth(scope: Scope, node: Node, before: Node | None = None) -> Node:
    """A part that and, or, not or when joins: it must be a condition of its own."""
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


def _name(scope: Scope, syntax: Syntax, _parts: list[Node]) -> Node:
    return scope.find(syntax.words[0], start=syntax.start, end=syntax.end)


def _number(_scope: Scope, syntax: Syntax, _parts: list[Node]) -> Node:
    word = syntax.words[0]
    if "." in word:
        return Constant(type="decimal", value=Decimal(word), start=syntax.start, end=syntax.end)
    return Constant(type="integer", value=int(word), start=syntax.start, end=syntax.end)


def _text(_scope: Scope, syntax: Syntax, _parts: list[Node]) -> Node:
    return Constant(type="text", value=syntax.words[0], start=syntax.start, end=syntax.end)


def _duration(scope: Scope, syntax: Syntax, _parts: list[Node]) -> Node:
    found = find_duration(syntax.words[0])
    if found is None:
        problem = f"{shown(scope, _text(scope, syntax, []))} is not a length of time"
        remedy = f"write a whole number up to {LONGEST} and a unit, such as '3 business days'"
        raise scope.source.refuse(syntax.start, problem, remedy=remedy)
    return Constant(type="integer", unit=found.unit, value=found.count, start=syntax.start, end=syntax.end)


def _boolean(_scope: Scope, syntax: Syntax, _parts: list[Node]) -> Node:
    return Constant(type="boolean", value=syntax.words[0] == "true", start=syntax.start, end=syntax.end)


def _null(_scope: Scope, syntax: Syntax, _parts: list[Node]) -> Node:
    return Constant(type="null", value=None, start=syntax.start, end=syntax.end)


def _logic(scope: Scope, syntax: Syntax, parts: list[Node]) -> Node:
    before = [None, *parts]
    joined = tuple(_truth(scope, part, before[index]) for index, part in enumerate(parts))
    word = cast('Literal["and", "or"]', syntax.kind)
    return Logic(word=word, parts=joined, type="boolean", start=syntax.start, end=syntax.end)


def _not(scope: Scope, syntax: Syntax, parts: list[Node]) -> Node:
    part = _truth(scope, parts[0])
    return Not(part=part, type="boolean", start=syntax.start, end=syntax.end)


def _case(scope: Scope, syntax: Syntax, parts: list[Node]) -> Node:
    rest = list(parts)
    subject = rest.pop(0) if "subject" in syntax.words else None
    last = rest.pop() if "else" in syntax.words else None
    if isinstance(subject, Constant | Setting):
        problem = f"{shown(scope, subject)} is a fixed value"
        raise scope.source.refuse(subject.start, problem, remedy="write case when ... then ... end")
    tests = [meet(scope, subject, test)[1] if subject else _truth(scope, test) for test in rest[::2]]
    kind, unit, met = common(scope, [*rest[1::2], *([last] if last else [])])
    return Case(
        subject=subject,
        branches=tuple(zip(tests, met, strict=False)),
        otherwise=met[-1] if last else None,
        type=kind,
        unit=unit,
        start=syntax.start,
        end=syntax.end,
    )


def _call(scope: Scope, syntax: Syntax, parts: list[Node]) -> Node:
    return check_call(scope, syntax, tuple(parts))


_CHECKS: dict[str, Callable[[Scope, Syntax, list[Node]], Node]] = {
    "name": _name,
    "number": _number,
    "text": _text,
    "duration": _duration,
    "boolean": _boolean,
    "null": _null,
    "minus": minus,
    "arithmetic": arithmetic,
    "compare": compare,
    "is_null": is_null,
    "in": one_of,
    "between": between,
    "not": _not,
    "and": _logic,
    "or": _logic,
    "case": _case,
    "call": _call,
}
