"""Why a rule fires for a subject, and why not: its condition as a tree, each part with its truth and its values.

Nothing here decides anything: a query answers every part by the SQL that judging itself is made of, and the answer is
put in the form of the condition. So an explanation cannot say otherwise than the judging did.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlglot import exp

from rules.columns import Column
from rules.condition.doubt import doubtful_expression, possible_expression
from rules.condition.sql import expression_of
from rules.condition.tree import (
    Between,
    Compare,
    Constant,
    Fact,
    IsNull,
    Logic,
    Node,
    Not,
    OneOf,
    Setting,
    parts_of,
)
from rules.rule import Rule

Truth = Literal["true", "false", "unknown", "no value", "not shown"]
"""`unknown`: a fact in doubt leaves open whether it is what the rule needs; `no value`: it is not, since a fact has no
value; `not shown`: it would tell what is never shown."""

_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")

DEFAULT = "default"
"""The segment of a param that holds where no other does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A fact, a param or a sum of them, as it was for one subject."""

    name: str
    """As the condition has it."""
    kind: Literal["fact", "param", "computed"]
    value: Any
    column: Column | None = None
    """Of a fact."""
    by: str | None = None
    """Of a param that differs by a fact: which."""
    segment: str | None = None
    """The case that applied, or DEFAULT."""
    bound: str | None = None
    """Of a fact in doubt: at most, at least or unknown."""
    doubt: str | None = None
    """Why it is in doubt: what its flag means."""
    is_shown: bool = True
    node: Node = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a condition for one subject; of kind `leaf` where it is joined of no others."""

    kind: Literal["and", "or", "not", "leaf"]
    text: str
    """As the person wrote it."""
    truth: Truth
    parts: tuple["Part", ...] = ()
    values: tuple[Value, ...] = ()
    node: Node = field(repr=False)


def asking_sql(rule: Rule, dialect: str) -> str:
    """A list of columns over a fact view's alias `f`, for explained(): how each part of the condition is answered."""
    asked: dict[str, exp.Expr] = {}
    for node, wanted in _shown(rule.condition.tree):
        asked[_truth_column(node)] = doubtful_expression(node, rule.view.doubts, "f")
        may_be = node if wanted else _opposite(node)
        asked[_possible_column(node)] = possible_expression(may_be, rule.view.doubts, "f")
        if not _joined(node):
            for operand in _operands(node):
                if not isinstance(operand, Fact):
                    asked[_value_column(operand)] = expression_of(operand, "f")
                if isinstance(operand, Setting) and operand.by is not None:
                    asked[_segment_column(operand)] = _segment_number(operand, operand.by)
    return ", ".join(f'({each.sql(dialect)}) as "{name}"' for name, each in asked.items())


def explained(rule: Rule, row: Mapping[str, Any]) -> Part:
    """The condition for one subject, from a row of its fact view with the columns of asking_sql()."""
    return _part(rule, rule.condition.tree, row)


def _part(rule: Rule, node: Node, row: Mapping[str, Any]) -> Part:
    below = tuple(_part(rule, each, row) for each in _joined(node))
    hidden = any(rule.view.facts[name].restricted for name in _facts(node))
    return Part(
        kind=node.word if isinstance(node, Logic) else "not" if isinstance(node, Not) else "leaf",
        text=_excerpt(rule.condition.text, node),
        truth="not shown" if hidden else _truth(node, row),
        parts=below,
        values=() if below else tuple(_value(rule, operand, row) for operand in _operands(node)),
        node=node,
    )


def _excerpt(text: str, node: Node) -> str:
    """The part as it is written, on one line, with the brackets around it that it would be broken without."""
    start, end, depth, lowest = node.start, node.end, 0, 0
    for sign in _QUOTED.sub("", text[start:end]):
        depth += (sign == "(") - (sign == ")")
        lowest = min(lowest, depth)
    opened, closed = -lowest, depth - lowest
    while opened and start:
        start -= 1
        opened -= text[start] == "("
    while closed and end < len(text):
        closed -= text[end] == ")"
        end += 1
    return " ".join(text[start:end].split())


def _truth(node: Node, row: Mapping[str, Any]) -> Truth:
    answer = row[_truth_column(node)]
    if answer is not None:
        return "true" if answer else "false"
    return "unknown" if row[_possible_column(node)] else "no value"


def _value(rule: Rule, node: Node, row: Mapping[str, Any]) -> Value:
    shown = not any(rule.view.facts[name].restricted for name in _facts(node))
    if isinstance(node, Fact):
        name = node.column.name
        doubt = rule.view.doubts.get(name)
        in_doubt = doubt if doubt and row[doubt.flag] else None
        return Value(
            node=node, name=name, kind="fact", value=row[name] if shown else None, column=node.column, is_shown=shown,
            bound=in_doubt.bound if in_doubt else None,
            doubt=rule.view.columns[in_doubt.flag].doc if in_doubt else None,
        )  # fmt: skip
    value = row[_value_column(node)] if shown else None
    if not isinstance(node, Setting):
        text = _excerpt(rule.condition.text, node)
        return Value(node=node, name=text, kind="computed", value=value, is_shown=shown)
    segment = None
    if node.by is not None and shown:
        number = row[_segment_column(node)]
        segment = str(node.cases[number][0].value) if number >= 0 else DEFAULT
    by = node.by.column.name if node.by else None
    return Value(node=node, name=node.name, kind="param", value=value, by=by, segment=segment, is_shown=shown)


def _shown(node: Node, *, wanted: bool = True) -> Iterator[tuple[Node, bool]]:
    """Every part that is shown, and what it would have to be for the rule to fire."""
    yield node, wanted
    for part in _joined(node):
        yield from _shown(part, wanted=wanted != isinstance(node, Not))


def _opposite(node: Node) -> Not:
    return Not(part=node, type="boolean", start=node.start, end=node.end)


def _joined(node: Node) -> tuple[Node, ...]:
    """The parts that and, or and not join; `a and (b and c)` is joined of three."""
    if isinstance(node, Not):
        return (node.part,)
    if not isinstance(node, Logic):
        return ()
    return tuple(
        each
        for part in node.parts
        for each in (_joined(part) if isinstance(part, Logic) and part.word == node.word else (part,))
    )


def _operands(leaf: Node) -> tuple[Node, ...]:
    """What has a value in a leaf: its sides where they are computed, then each fact and param, once."""
    sides: tuple[Node, ...] = parts_of(leaf) if isinstance(leaf, Compare | Between | OneOf | IsNull) else ()
    computed = [each for each in sides if not isinstance(each, Fact | Setting | Constant)]
    named = [each for each in _below(leaf) if isinstance(each, Fact | Setting)]
    by_name = {each.column.name if isinstance(each, Fact) else each.name: each for each in named}
    return (*computed, *by_name.values())


def _below(node: Node) -> Iterator[Node]:
    yield node
    for part in parts_of(node):
        yield from _below(part)


def _facts(node: Node) -> set[str]:
    """Names of the facts that a part looks at, those that segment a param included."""
    facts = [each for each in _below(node) if isinstance(each, Fact)]
    facts += [each.by for each in _below(node) if isinstance(each, Setting) and each.by is not None]
    return {each.column.name for each in facts}


def _segment_number(setting: Setting, by: Fact) -> exp.Expr:
    """The place of the case that applies, -1 for the default."""
    return exp.Case(
        this=expression_of(by, "f"),
        ifs=[
            exp.If(this=expression_of(key, "f"), true=exp.Literal.number(number))
            for number, (key, _) in enumerate(setting.cases)
        ],
        default=exp.Neg(this=exp.Literal.number(1)),
    )


def _truth_column(node: Node) -> str:
    return f"~{node.start}:{node.end}"


def _possible_column(node: Node) -> str:
    return f"?{node.start}:{node.end}"


def _value_column(node: Node) -> str:
    return f"={node.start}:{node.end}"


def _segment_column(node: Node) -> str:
    return f"#{node.start}:{node.end}"
