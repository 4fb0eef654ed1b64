"""Decides which values may meet in a comparison or a sum: same type, same unit, known picklist values."""

from collections.abc import Sequence
from dataclasses import replace

from rules.columns import Unit
from rules.condition.names import Scope
from rules.condition.tree import Case, Constant, Fact, Node, NodeType, Setting, parts_of
from rules.condition.values import FORMS, NUMBERS, TYPE_WORDS, as_type, in_unit, map_fixed, values_of
from rules.errors import ConditionError, choose, nearest


def shown(scope: Scope, node: Node) -> str:
    """A part as the person wrote it, short enough for a message."""
    text = scope.excerpt(node)
    return text if text.startswith("'") else f"'{text}'"


def meet(scope: Scope, left: Node, right: Node) -> tuple[Node, Node]:
    """Both sides of a comparison, with texts read as dates or durations; raises ConditionError."""
    refuse_null(
        scope, left, right, problem="nothing is ever equal to null", remedy="write is null or is not null"
    )
    left, right = align(scope, left, right)
    check_value(scope, left, right)
    check_value(scope, right, left)
    return left, right


def align(scope: Scope, left: Node, right: Node) -> tuple[Node, Node]:
    """Both values in one type and unit, where they have one; raises ConditionError."""
    left, right = toward(scope, left, right), toward(scope, right, left)
    if kind_of(left) != kind_of(right):
        raise _mismatch(scope, left, right)
    left, right = _in_unit_of(scope, left, right), _in_unit_of(scope, right, left)
    if left.unit and right.unit and left.unit != right.unit:
        raise _units_differ(scope, left, right)
    return left, right


def refuse_null(
    scope: Scope,
    *nodes: Node,
    problem: str = "null has no place here",
    remedy: str = "leave it out; coalesce(x, 0) gives columns without a value one",
) -> None:
    """Raises where a bare null stands among values that are compared or counted."""
    for node in nodes:
        if node.type == "null":
            raise scope.source.refuse(node.start, problem, remedy=remedy)


def kind_of(node: Node) -> str:
    """The type, where whole numbers and decimals are one kind."""
    return "number" if node.type in NUMBERS else node.type


def toward(scope: Scope, node: Node, other: Node) -> Node:
    """A fixed text read as the type of the other side, where that is not text."""
    if not isinstance(node, Constant | Setting) or node.type != "text" or other.type in ("text", "null"):
        return node
    read = map_fixed(node, lambda value: as_type(value, other.type))
    if read is not None:
        return read
    if other.type in NUMBERS and isinstance(other, Fact) and other.unit:
        remedy = f"'{other.column.name}' counts {other.unit}; write '3 {other.unit}' or a plain number"
    else:
        remedy = FORMS[other.type]
    problem = f"{shown(scope, node)} cannot be compared with {TYPE_WORDS[other.type]}, {shown(scope, other)}"
    raise scope.source.refuse(node.start, problem, remedy=remedy)


def common(scope: Scope, nodes: Sequence[Node]) -> tuple[NodeType, Unit, tuple[Node, ...]]:
    """The one type and unit of values that stand in for each other, and the values read so; null fits any."""
    given = [node for node in nodes if node.type != "null"]
    if not given:
        problem = "this never gives anything but null"
        raise scope.source.refuse(nodes[0].start, problem, remedy="give at least one value")
    free = [node for node in given if not isinstance(node, Constant | Setting)]
    choices = free or [node for node in given if node.type != "text"] or given
    anchor = next(
        (node for node in choices if kind_of(node) == kind_of(choices[0]) and node.unit), choices[0]
    )
    met = [node if node is anchor or node.type == "null" else align(scope, node, anchor)[0] for node in nodes]
    kinds: set[NodeType] = {node.type for node in met if node.type != "null"}
    kind: NodeType = "decimal" if kinds == NUMBERS else met[nodes.index(anchor)].type
    typed = tuple(replace(node, type=kind) if node.type == "null" else node for node in met)
    return kind, anchor.unit, typed


def check_value(scope: Scope, node: Node, other: Node) -> None:
    """Raises where a fixed text is compared with a picklist that does not have it."""
    if not isinstance(other, Fact) or not other.column.values or not isinstance(node, Constant | Setting):
        return
    for constant in values_of(node):
        if isinstance(constant.value, str) and constant.value not in other.column.values:
            problem = f"'{constant.value[:60]}' is not a value of '{other.column.name}'"
            raise scope.source.refuse(node.start, problem, remedy=choose(constant.value, other.column.values))


def _in_unit_of(scope: Scope, node: Node, other: Node) -> Node:
    if not isinstance(node, Constant | Setting) or _units_of(node) <= {other.unit}:
        return node
    if not other.unit and isinstance(other, Constant):
        return node
    read = map_fixed(node, lambda value: in_unit(value, other.unit)) if other.unit else None
    if read is None:
        raise _units_differ(scope, node, other)
    return replace(read, unit=other.unit)


def _units_of(node: Constant | Setting) -> set[Unit]:
    """A param may say one length in hours and another in days."""
    return {value.unit for value in values_of(node) if value.unit}


def _units_differ(scope: Scope, node: Node, other: Node) -> ConditionError:
    unit = node.unit
    if isinstance(node, Constant | Setting):
        unit = next((each.unit for each in values_of(node) if in_unit(each, other.unit) is None), unit)
    counts = f"counts {other.unit}" if other.unit else "is a plain number"
    problem = f"{shown(scope, node)} counts {unit}, but {shown(scope, other)} {counts}"
    near = _column_with(scope, unit, like=other)
    if near is not None and isinstance(node, Constant | Setting):
        remedy = f"compare it with a column that counts {unit}, such as '{near}', or change the unit"
    else:
        remedy = f"compare like with like, such as '3 {other.unit}'" if other.unit else "write a plain number"
    return scope.source.refuse(node.start, problem, remedy=remedy)


def _column_with(scope: Scope, unit: Unit, *, like: Node) -> str | None:
    """The column that counts the unit and is named most like the one that was compared."""
    names = [column.name for column in scope.columns.values() if column.unit == unit]
    near = nearest(like.column.name, names) if isinstance(like, Fact) else None
    return near or next(iter(names), None)


def _mismatch(scope: Scope, left: Node, right: Node) -> ConditionError:
    problem = f"{shown(scope, left)} is {TYPE_WORDS[left.type]} and {shown(scope, right)} is {TYPE_WORDS[right.type]}"
    kinds = {kind_of(left), kind_of(right)}
    if kinds == {"date", "instant"}:
        remedy = "a point in time has no day without a time zone; use a fact that counts days"
        return scope.source.refuse(left.start, problem, remedy=remedy)
    fixed, other = (right, left) if isinstance(right, Constant | Setting) else (left, right)
    return scope.source.refuse(fixed.start, problem, remedy=FORMS[other.type])


def as_number(scope: Scope, node: Node) -> Node:
    """A part that must be a number, with a fixed text read as a duration; raises ConditionError."""
    refuse_null(scope, node)
    read: Node | None = node
    if isinstance(node, Constant | Setting) and node.type == "text":
        read = map_fixed(node, lambda value: as_type(value, "integer"))
    if isinstance(read, Setting) and len(units := _units_of(read)) > 1:
        problem = f"param '{read.name}' mixes {' and '.join(sorted(units))}"
        raise scope.source.refuse(node.start, problem, remedy="give every case the same unit")
    if read is None or read.type not in NUMBERS:
        raise not_a(scope, node, "integer")
    return read


def not_a(scope: Scope, node: Node, wanted: NodeType) -> ConditionError:
    """The error about a part that has another type than the one that can stand there."""
    word = "a whole number" if (wanted, node.type) == ("integer", "decimal") else TYPE_WORDS[wanted]
    problem = f"{word} should stand here; {shown(scope, node)} is {TYPE_WORDS[node.type]}"
    remedies = {"boolean": "compare it with something, such as x > 0 or x = 'open'"}
    is_fixed = isinstance(node, Constant | Setting)
    remedy = FORMS[wanted] if is_fixed else remedies.get(wanted, f"use a column that holds {word}")
    return scope.source.refuse(node.start, problem, remedy=remedy)


def refuse_branching(scope: Scope, node: Node, problem: str) -> None:
    """Raises where a part that SQL must repeat holds a case or a condition, which could multiply without end."""
    if isinstance(node, Case) or node.type == "boolean":
        remedy = "only names, values and plain arithmetic can stand there"
        raise scope.source.refuse(node.start, problem, remedy=remedy)
    for part in parts_of(node):
        refuse_branching(scope, part, problem)
