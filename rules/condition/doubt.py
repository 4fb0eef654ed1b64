"""A condition over facts that cannot all be relied on: true and false where that is sure, else unknown.

A fact in doubt may still be a bound: where an owner's e-mail is not captured, the last touch that we know of is the
earliest that the last touch can be. So `days_since_touch > 30` is surely false when the known touch is a week old,
and unknown when it is two months old.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sqlglot import exp

from rules.condition.sql import Expression, expression_of
from rules.condition.tree import Between, Compare, Fact, IsNull, Logic, Node, Not, Setting, parts_of

Bound = Literal["at most", "at least", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """While the boolean fact `flag` is true, the real value is `bound` the known one, or anything."""

    bound: Bound
    flag: str


Doubts = Mapping[str, Doubt]
"""By the name of the fact."""

_TURNED: Mapping[str, Literal["=", "<>", "<", "<=", ">", ">="]] = {
    "<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "<>": "<>",
}  # fmt: skip

_SURE: Mapping[tuple[str, Bound], bool] = {
    (">", "at most"): False, (">=", "at most"): False, ("<", "at most"): True, ("<=", "at most"): True,
    (">", "at least"): True, (">=", "at least"): True, ("<", "at least"): False, ("<=", "at least"): False,
}  # fmt: skip
"""Operator and bound of its left side -> the answer that stands whatever the real value is."""


def doubtful_expression(node: Node, doubts: Doubts, qualify: str | None = None) -> Expression:
    """SQL that is null where the facts in doubt leave the condition open; the plain SQL where none is in doubt."""
    return _answered(node, doubts, qualify, as_if=None)


def possible_expression(node: Node, doubts: Doubts, qualify: str | None = None) -> Expression:
    """SQL that is true wherever some real values of the facts in doubt would make the condition true.

    So what is neither true by the one nor by this does not hold, whatever the doubt: plain absence makes a condition
    null as well.
    """
    return _answered(node, doubts, qualify, as_if=True)


def _answered(node: Node, doubts: Doubts, qualify: str | None, *, as_if: bool | None) -> Expression:
    """What the facts in doubt leave open counts `as_if` it were so; each part by itself."""
    if not _flags(node, doubts):
        return expression_of(node, qualify)
    match node:
        case Logic(word=word, parts=parts):
            joined = [exp.Paren(this=_answered(part, doubts, qualify, as_if=as_if)) for part in parts]
            return exp.and_(*joined, copy=False) if word == "and" else exp.or_(*joined, copy=False)
        case Not(part=part):
            turned = None if as_if is None else not as_if
            return exp.Not(this=exp.Paren(this=_answered(part, doubts, qualify, as_if=turned)))
        case Between():
            return _answered(_two_sides(node), doubts, qualify, as_if=as_if)
    return _leaf(node, doubts, qualify, as_if=as_if)


def flags_of(node: Node, doubts: Doubts) -> frozenset[str]:
    """The flags of all facts that the condition looks at."""
    return frozenset(_flags(node, doubts))


def _leaf(node: Node, doubts: Doubts, qualify: str | None, *, as_if: bool | None) -> Expression:
    in_doubt = exp.or_(
        *(exp.column(flag, table=qualify, quoted=True) for flag in sorted(_flags(node, doubts))),
        copy=False,
    )
    plain, sure = expression_of(node, qualify), _sure(node, doubts)
    kept: Expression = exp.cast(exp.Null(), "boolean") if as_if is None else exp.Boolean(this=as_if)
    if sure is not None:
        wanted = exp.Paren(this=plain.copy())
        stands = exp.If(this=wanted if sure else exp.Not(this=wanted), true=exp.Boolean(this=sure))
        kept = exp.Case(ifs=[stands], default=kept)
    return exp.Case(ifs=[exp.If(this=in_doubt, true=kept)], default=plain)


def _sure(node: Node, doubts: Doubts) -> bool | None:
    """The answer of a leaf that stands even in doubt; None where neither does."""
    match node:
        case Fact(column=column):
            return {"at least": True, "at most": False}.get(doubts[column.name].bound)
        case IsNull(part=Fact(column=column), negated=negated):
            return None if doubts[column.name].bound == "unknown" else negated
        case Compare(left=Fact(column=column), right=right, operator=operator) if not _flags(right, doubts):
            return _SURE.get((operator, doubts[column.name].bound))
        case Compare(left=left, right=Fact(column=column), operator=operator) if not _flags(left, doubts):
            return _SURE.get((_TURNED[operator], doubts[column.name].bound))
    return None


def _two_sides(node: Between) -> Node:
    both = Logic(
        word="and", type="boolean", start=node.start, end=node.end,
        parts=tuple(
            Compare(left=node.part, operator=operator, right=side, type="boolean", start=node.start, end=node.end)  # type: ignore[arg-type]  # one of two literals
            for operator, side in ((">=", node.low), ("<=", node.high))
        ),
    )  # fmt: skip
    return Not(part=both, type="boolean", start=node.start, end=node.end) if node.negated else both


def _flags(node: Node, doubts: Doubts) -> set[str]:
    if isinstance(node, Fact):
        return {doubts[node.column.name].flag} if node.column.name in doubts else set()
    if isinstance(node, Setting):
        return _flags(node.by, doubts) if node.by is not None else set()
    return {flag for part in parts_of(node) for flag in _flags(part, doubts)}
