"""Cuts the SQL of facts, and of what they stand on, down to some columns: look-ups that only serve others are left out.

It stands on two promises of rules/facts and rules/groundwork, which no engine can know: a left join looks up at most
one row for each, so that without it there are the same rows; and every row that has a client and a judged instant of
account_clock has a row of fact_account.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import sqlglot
from sqlglot import exp

ALL = "*"
"""Stands for every column."""

Reads = set[tuple[str, str]]
"""Pairs of table and column."""

_ALWAYS_THERE = frozenset({"fact_account"})
"""What is joined without losing or doubling a row, though it is no left join."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """A view with some of its columns."""

    sql: str
    reads: Mapping[str, frozenset[str]]
    """Table -> the columns that it still reads; ALL where that cannot be told."""


@cache
def narrow(sql: str, columns: frozenset[str]) -> Narrowed:
    """The view's SQL with these columns alone; those that are not its own come with `a.*`."""
    query = _parsed(sql)
    if not isinstance(query, exp.Select) or ALL in columns:
        return Narrowed(sql=sql, reads=_by_table(_whole(query)))
    clause = query.args.get("with_")
    parts: dict[str, exp.CTE] = {part.alias: part for part in clause.expressions} if clause else {}
    query.set("with_", None)
    _spread(query, columns)
    reads = _cut(query, columns)
    kept: list[exp.CTE] = []
    # A part is read by later ones and by the last select only.
    for name, part in reversed(parts.items()):
        wanted = frozenset(column for table, column in reads if table == name)
        if wanted:
            kept.insert(0, part)
            reads |= _cut(part.this, wanted)
    if kept:
        query.set("with_", exp.With(expressions=kept))
    return Narrowed(
        sql=query.sql(dialect="duckdb", comments=False, copy=False),
        reads=_by_table({(table, column) for table, column in reads if table not in parts}),
    )


@cache
def plain_columns(sql: str) -> frozenset[str]:
    """Those columns of the view that stand on its first table alone, without anything that is looked up beside it."""
    query = _parsed(sql)
    first = query.args["from_"].this.alias_or_name
    return frozenset(
        each.alias_or_name
        for each in query.expressions
        if not each.is_star and {alias for alias, _ in _columns([each])} <= {first}
    )


def _parsed(sql: str) -> exp.Expr:
    # Not kept: a copy of a tree costs more than to read the text once more.
    return sqlglot.parse_one(sql, read="duckdb")


def _by_table(reads: Reads) -> dict[str, frozenset[str]]:
    return {
        table: frozenset(column for other, column in reads if other == table) for table, _ in sorted(reads)
    }


def _spread(query: exp.Select, columns: frozenset[str]) -> None:
    """`a.*` becomes the wanted columns that no other part of the select gives."""
    own = {each.alias_or_name for each in query.expressions if not each.is_star}
    spread: list[exp.Expr] = []
    for each in query.expressions:
        spread += (
            [exp.column(name, table=each.table) for name in sorted(columns - own)] if each.is_star else [each]
        )
    query.set("expressions", spread)


def _cut(query: exp.Expr, columns: frozenset[str]) -> Reads:
    """Takes out of a select what these columns do not need; returns what it still reads."""
    if isinstance(query, exp.Union) and not query.args.get("distinct"):
        return _cut_all(query, columns)
    if not isinstance(query, exp.Select):
        return _whole(query)
    if ALL not in columns and not query.args.get("distinct"):
        kept = [each for each in query.expressions if each.is_star or each.alias_or_name in columns]
        query.set("expressions", kept)
    named = set(_columns([part for name, part in query.args.items() if name not in ("joins", "from_")]))
    joins: list[exp.Join] = []
    for join in reversed(query.args.get("joins") or []):
        # Where no table is named, a column may be of any.
        is_look_up = join.side == "LEFT" or join.this.name in _ALWAYS_THERE
        if not is_look_up or {join.alias_or_name, ""} & {alias for alias, _ in named}:
            joins.insert(0, join)
            named |= set(_columns([join.args.get("on")]))
    query.set("joins", joins)
    tables = _aliases(query)
    reads = {
        (table, column)
        for alias, column in named
        for table in ([tables[alias]] if alias in tables else tables.values())
    }
    return reads.union(*(_whole(inner) for inner in query.find_all(exp.Select) if inner is not query))


def _cut_all(union: exp.Union, columns: frozenset[str]) -> Reads:
    """The same for selects one below the other, whose columns are named by the first and go by their places."""
    selects = list(_selects(union))
    names = [each.alias_or_name for each in selects[0].expressions]
    if not columns <= set(names):
        return _whole(union)
    reads: Reads = set()
    for select in selects:
        for name, each in zip(names, list(select.expressions), strict=True):
            if each.alias_or_name != name:
                each.replace(exp.alias_(each.unalias(), name))
        reads |= _cut(select, columns)
    return reads


def _selects(query: exp.Expr) -> Iterator[exp.Select]:
    if isinstance(query, exp.Union):
        yield from _selects(query.left)
        yield from _selects(query.right)
    elif isinstance(query, exp.Select):
        yield query


def _whole(query: exp.Expr) -> Reads:
    return {(table.name, ALL) for table in query.find_all(exp.Table)}


def _columns(parts: Iterable[object]) -> Iterator[tuple[str, str]]:
    """Alias and column of all that the parts mention, those of selects inside them too."""
    for part in parts:
        if isinstance(part, list):
            yield from _columns(part)
        elif isinstance(part, exp.Expr):
            yield from (
                (each.table, ALL if each.is_star else each.name) for each in part.find_all(exp.Column)
            )


def _aliases(query: exp.Select) -> dict[str, str]:
    """Alias -> table, of what the select itself reads."""
    first = query.args.get("from_")
    sources = [first.this if first else None, *(join.this for join in query.args.get("joins") or [])]
    return {source.alias_or_name: source.name for source in sources if isinstance(source, exp.Table)}
