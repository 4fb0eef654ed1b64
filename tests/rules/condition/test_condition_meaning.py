"""A condition means on DuckDB what a plain reading of its tree means, nulls and odd characters included."""

import math
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from rules.columns import Column, Param, Segments
from rules.condition import tree
from rules.condition.read import read_condition
from rules.errors import ConditionError

COLUMNS = {
    column.name: column
    for column in (
        Column(name="tier", type="text", values=("A", "B", "C")),
        Column(name="note", type="text"),
        Column(name="other", type="text"),
        Column(name="count", type="integer"),
        Column(name="balance", type="decimal"),
        Column(name="is_live", type="boolean"),
        Column(name="due_on", type="date"),
    )
}
LIMIT = Param(name="limit", value=Segments(by="tier", cases={"A": 2, "B": "off"}, default=Decimal("1.5")))
ODD = ("", "a", "A", "%", "_a", "it's", "a\\b", "\n", "b\ttab", "\U0001f600a", "aa%a")
ROWS: list[tuple[Any, ...]] = [
    ("A", "a", "aa%a", 0, Decimal("1.5"), True, date(2026, 1, 31)),
    ("B", "it's", "it's", 2, Decimal("0.1"), False, date(2024, 2, 29)),
    ("C", "", "a\\b", -1, Decimal("-2.5"), None, None),
    (None, "\U0001f600a", "a", 3, None, True, date(2026, 1, 31)),
    ("A", "aa%a", "%", None, Decimal(0), False, date(1999, 12, 31)),
    (None, None, None, None, None, None, None),
]


@pytest.fixture(scope="module")
def table() -> Iterator[duckdb.DuckDBPyConnection]:
    database = duckdb.connect()
    database.execute(
        "create table t (place integer, tier text, note text, other text, count bigint, balance decimal(38, 6), "
        "is_live boolean, due_on date)"
    )
    database.executemany(
        "insert into t values (?, ?, ?, ?, ?, ?, ?, ?)", [(place, *row) for place, row in enumerate(ROWS)]
    )
    yield database
    database.close()


def both(parts: list[Any], stop: bool) -> bool | None:
    """And (stop=False) and or (stop=True) with unknown as the third value."""
    if stop in parts:
        return stop
    return None if None in parts else not stop


def known(parts: list[Any]) -> list[Any]:
    return [part for part in parts if part is not None]


def exact(value: Any) -> Any:
    return float(value) if isinstance(value, float | Decimal | int) and not isinstance(value, bool) else value


def arithmetic(operator: str, left: Any, right: Any) -> Any:
    if operator == "/":
        return float(left) / float(right) if right else None
    if operator == "*":
        return float(left) * float(right)
    if isinstance(left, float) or isinstance(right, float):
        left, right = float(left), float(right)
    return left + right if operator == "+" else left - right


COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: left == right,
    "<>": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}
CALL: dict[str, Callable[..., Any]] = {
    "lower": str.lower,
    "upper": str.upper,
    "length": len,
    "abs": abs,
    "starts_with": str.startswith,
    "ends_with": str.endswith,
    "contains": lambda text, part: part in text,
    "round": lambda value, digits=0: math.floor(float(value) * 10**digits + 0.5) / 10**digits,
}


def compare(operator: str, left: Any, right: Any) -> bool | None:
    if left is None or right is None:
        return None
    if isinstance(left, float) or isinstance(right, float):
        left, right = exact(left), exact(right)
    return COMPARE[operator](left, right)


def call(name: str, parts: list[Any]) -> Any:
    if name == "coalesce":
        return next(iter(known(parts)), None)
    if name in ("least", "greatest"):
        chosen = min if name == "least" else max
        return chosen(known(parts), key=exact) if known(parts) else None
    return None if None in parts else CALL[name](*parts)


def value(node: tree.Node, row: dict[str, Any]) -> Any:
    """The plain reading: what a part is for one row."""
    parts = [value(part, row) for part in tree.parts_of(node)]
    match node:
        case tree.Fact():
            return row[node.column.name]
        case tree.Constant():
            return node.value
        case tree.Setting():
            chosen = {key.value: found for key, found in node.cases}
            by = value(node.by, row) if node.by else None
            return chosen.get(by, node.default).value
        case tree.Logic():
            return both(parts, node.word == "or")
        case tree.Not() | tree.Minus():
            return None if parts[0] is None else (not parts[0] if isinstance(node, tree.Not) else -parts[0])
        case tree.IsNull():
            return (parts[0] is None) != node.negated
    return composite(node, parts, row)


def composite(node: tree.Node, parts: list[Any], row: dict[str, Any]) -> Any:
    match node:
        case tree.Compare():
            return compare(node.operator, *parts)
        case tree.OneOf():
            found = both([compare("=", parts[0], option) for option in parts[1:]], stop=True)
            return found if found is None else found != node.negated
        case tree.Between():
            found = both([compare(">=", parts[0], parts[1]), compare("<=", parts[0], parts[2])], stop=False)
            return found if found is None else found != node.negated
        case tree.Arithmetic():
            return None if None in parts else arithmetic(node.operator, *parts)
        case tree.Call():
            return call(node.function, parts)
    assert isinstance(node, tree.Case)
    for test, result in node.branches:
        holds = value(test, row)
        if (compare("=", value(node.subject, row), holds) if node.subject else holds) is True:
            return value(result, row)
    return node.otherwise and value(node.otherwise, row)


def form(shape: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(lambda texts: shape.format(*texts))


TEXT_LEAVES = st.sampled_from(["note", "other", "tier"]) | st.sampled_from(ODD).map(
    lambda text: "'" + text.replace("'", "''") + "'"
)
TEXTS = TEXT_LEAVES | form("lower({})", TEXT_LEAVES) | form("coalesce({}, {})", TEXT_LEAVES, TEXT_LEAVES)
NUMBERS = st.recursive(
    st.sampled_from(["count", "balance", "limit", "0", "2", "1.5", "0.1", "-1"]) | form("length({})", TEXTS),
    lambda inner: st.one_of(
        form("({} {} {})", inner, st.sampled_from("+-*/"), inner),
        form("least({}, {})", inner, inner),
        form("greatest({}, {})", inner, inner),
        form("coalesce({}, {})", inner, inner),
        form("round({}, 1)", inner),
        form("abs({})", inner),
        form("- {}", inner),
        form("case when is_live then {} else {} end", inner, inner),
        form("case tier when 'A' then {} when 'B' then {} end", inner, inner),
    ),
    max_leaves=4,
)
ORDER = st.sampled_from(["=", "<>", "!=", "<", "<=", ">", ">="])
CONDITIONS = st.recursive(
    st.one_of(
        form("{} {} {}", NUMBERS, ORDER, NUMBERS),
        form("{} {} {}", TEXTS, st.sampled_from(["=", "<>"]), TEXTS),
        form("{} in ({}, {})", TEXTS, TEXTS, TEXTS),
        form("{} not in ({}, {})", NUMBERS, NUMBERS, NUMBERS),
        form("{} between {} and {}", NUMBERS, NUMBERS, NUMBERS),
        form("{}({}, {})", st.sampled_from(["starts_with", "contains", "ends_with"]), TEXTS, TEXT_LEAVES),
        form("{} < count <= {}", NUMBERS, NUMBERS),
        form("due_on {} '2026-01-31'", ORDER),
        st.sampled_from(["is_live", "is_live = false", "note is null", "balance is not null"]),
    ),
    lambda inner: st.one_of(
        form("({} and {})", inner, inner),
        form("({} or {} or {})", inner, inner, inner),
        form("not ({})", inner),
        form("{} and not {}", inner, inner),
        form("case when {} then {} else {} end", inner, inner, inner),
    ),
    max_leaves=5,
)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=CONDITIONS)
def test_duckdb_agrees_with_a_plain_reading_of_the_tree(table: duckdb.DuckDBPyConnection, text: str) -> None:
    try:
        condition = read_condition(text, COLUMNS, {"limit": LIMIT}, place="test")
    except ConditionError:
        assume(False)
    found = table.execute(f"select {condition.sql(qualify='t')} from t order by place").fetchall()
    names = list(COLUMNS)
    expected = [value(condition.tree, dict(zip(names, row, strict=True))) for row in ROWS]
    assert [row[0] for row in found] == expected, condition.sql()


def test_cases_of_a_param_in_hours_and_days_are_each_counted_in_the_columns_unit() -> None:
    limit = Segments(by="tier", cases={"A": "36 hours"}, default="2 days")
    columns = COLUMNS | {"days": Column(name="days", type="decimal", unit="days")}
    condition = read_condition(
        "days > limit", columns, {"limit": Param(name="limit", value=limit)}, place="t"
    )
    for tier, days, holds in (
        ("A", "1.6", True),
        ("A", "1.4", False),
        ("B", "1.9", False),
        ("B", "2.1", True),
    ):
        assert value(condition.tree, {"tier": tier, "days": Decimal(days)}) is holds
