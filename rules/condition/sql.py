"""Turns a checked condition into SQL that means the same on DuckDB, PostgreSQL and Spark.

Only sqlglot expressions are built, never text. What the engines do differently is avoided: products and
quotients are floating point (decimals would overflow), whole numbers are not divided as such, rounding is
done by floor, the end of a text is compared by its length.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlglot import exp

from rules.condition.tree import (
    Arithmetic,
    Between,
    Call,
    Case,
    Compare,
    Constant,
    Fact,
    IsNull,
    Logic,
    Minus,
    Node,
    Not,
    OneOf,
    Setting,
)

Expression = exp.Expr

_SQL_TYPES: dict[str, str] = {
    "text": "text",
    "integer": "bigint",
    "decimal": "double",
    "boolean": "boolean",
    "date": "date",
    "instant": "timestamp",
}

_CLOSED = Fact | Constant | Setting | Call | Case
"""Parts that need no parentheses to stand within others."""

_BINARY: dict[str, type[exp.Binary]] = {
    "=": exp.EQ,
    "<>": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
    "+": exp.Add,
    "-": exp.Sub,
    "*": exp.Mul,
    "/": exp.Div,
}


def expression_of(node: Node, qualify: str | None = None) -> Expression:
    """The SQL of a checked part; `qualify` is the alias of the table or view whose columns it reads."""
    return _BUILDERS[type(node)](node, qualify)


def _inner(node: Node, qualify: str | None) -> Expression:
    built = expression_of(node, qualify)
    return built if isinstance(node, _CLOSED) else exp.Paren(this=built)


def _double(node: Node, qualify: str | None) -> Expression:
    return exp.Cast(this=expression_of(node, qualify), to=exp.DataType.build("double"))


def _fact(node: Fact, qualify: str | None) -> Expression:
    return exp.column(node.column.name, table=qualify, quoted=True)


def _constant(node: Constant, _qualify: str | None) -> Expression:
    match node.value:
        case None:
            missing = exp.Null()
            return missing if node.type == "null" else exp.cast(missing, _SQL_TYPES[node.type])
        case bool(value):
            return exp.Boolean(this=value)
        case int() | Decimal():
            number = exp.Literal.number(f"{abs(Decimal(node.value)):f}")
            return exp.Neg(this=number) if node.value < 0 else number
        case datetime() as value:
            return exp.cast(exp.Literal.string(value.isoformat(sep=" ")), "timestamp")
        case date() as value:
            return exp.cast(exp.Literal.string(value.isoformat()), "date")
        case str(value):
            return exp.Literal.string(value)


def _setting(node: Setting, qualify: str | None) -> Expression:
    if node.by is None:
        return expression_of(node.default, qualify)
    return exp.Case(
        this=expression_of(node.by, qualify),
        ifs=[
            exp.If(this=expression_of(key, qualify), true=expression_of(value, qualify))
            for key, value in node.cases
        ],
        default=expression_of(node.default, qualify),
    )


def _logic(node: Logic, qualify: str | None) -> Expression:
    join: Callable[..., Expression] = exp.and_ if node.word == "and" else exp.or_
    return join(*(_inner(part, qualify) for part in node.parts), copy=False, wrap=False)


def _not(node: Not, qualify: str | None) -> Expression:
    return exp.Not(this=_inner(node.part, qualify))


def _compare(node: Compare, qualify: str | None) -> Expression:
    return _BINARY[node.operator](this=_inner(node.left, qualify), expression=_inner(node.right, qualify))


def _is_null(node: IsNull, qualify: str | None) -> Expression:
    test = exp.Is(this=_inner(node.part, qualify), expression=exp.Null())
    return exp.Not(this=exp.Paren(this=test)) if node.negated else test


def _one_of(node: OneOf, qualify: str | None) -> Expression:
    options = [_inner(option, qualify) for option in node.options]
    test = exp.In(this=_inner(node.part, qualify), expressions=options)
    return exp.Not(this=exp.Paren(this=test)) if node.negated else test


def _between(node: Between, qualify: str | None) -> Expression:
    part, low, high = (_inner(each, qualify) for each in (node.part, node.low, node.high))
    test = exp.Between(this=part, low=low, high=high)
    return exp.Not(this=exp.Paren(this=test)) if node.negated else test


def _arithmetic(node: Arithmetic, qualify: str | None) -> Expression:
    if node.operator == "/":
        divisor = exp.Nullif(this=_double(node.right, qualify), expression=exp.Literal.number(0))
        return exp.Div(this=_double(node.left, qualify), expression=divisor)
    if node.operator == "*":
        return exp.Mul(this=_double(node.left, qualify), expression=_double(node.right, qualify))
    return _BINARY[node.operator](this=_inner(node.left, qualify), expression=_inner(node.right, qualify))


def _minus(node: Minus, qualify: str | None) -> Expression:
    return exp.Neg(this=_inner(node.part, qualify))


def _case(node: Case, qualify: str | None) -> Expression:
    return exp.Case(
        this=node.subject and _inner(node.subject, qualify),
        ifs=[
            exp.If(this=_inner(test, qualify), true=_inner(result, qualify)) for test, result in node.branches
        ],
        default=node.otherwise and _inner(node.otherwise, qualify),
    )


def _call(node: Call, qualify: str | None) -> Expression:
    if node.function == "round":
        return _round(node, qualify)
    return _FUNCTIONS[node.function]([_inner(part, qualify) for part in node.parts])


def _round(node: Call, qualify: str | None) -> Expression:
    digits = node.parts[1] if len(node.parts) > 1 else None
    factor = 10 ** (digits.value if isinstance(digits, Constant) and isinstance(digits.value, int) else 0)
    scaled = exp.Mul(this=_double(node.parts[0], qualify), expression=exp.Literal.number(factor))
    whole = exp.Floor(this=exp.Add(this=scaled, expression=exp.Literal.number("0.5")))
    return exp.Paren(this=exp.Div(this=exp.cast(whole, "double"), expression=exp.Literal.number(factor)))


def _contains(parts: list[Expression]) -> Expression:
    found = exp.StrPosition(this=parts[0], substr=parts[1])
    return exp.Paren(this=exp.GT(this=found, expression=exp.Literal.number(0)))


def _ends_with(parts: list[Expression]) -> Expression:
    end = exp.Right(this=parts[0], expression=exp.Length(this=parts[1].copy()))
    return exp.Paren(this=exp.EQ(this=end, expression=parts[1]))


def _first_of(kind: type[exp.Func]) -> Callable[[list[Expression]], Expression]:
    def build(parts: list[Expression]) -> Expression:
        return kind(this=parts[0], expressions=parts[1:], ignore_nulls=True)

    return build


_FUNCTIONS: dict[str, Callable[[list[Expression]], Expression]] = {
    "coalesce": lambda parts: exp.Coalesce(this=parts[0], expressions=parts[1:]),
    "lower": lambda parts: exp.Lower(this=parts[0]),
    "upper": lambda parts: exp.Upper(this=parts[0]),
    "length": lambda parts: exp.Length(this=parts[0]),
    "abs": lambda parts: exp.Abs(this=parts[0]),
    "least": _first_of(exp.Least),
    "greatest": _first_of(exp.Greatest),
    "starts_with": lambda parts: exp.StartsWith(this=parts[0], expression=parts[1]),
    "contains": _contains,
    "ends_with": _ends_with,
}

_BUILDERS: dict[type[Node], Callable[[Any, str | None], Expression]] = {
    Fact: _fact,
    Constant: _constant,
    Setting: _setting,
    Logic: _logic,
    Not: _not,
    Compare: _compare,
    IsNull: _is_null,
    OneOf: _one_of,
    Between: _between,
    Arithmetic: _arithmetic,
    Minus: _minus,
    Case: _case,
    Call: _call,
}
