"""Reads a condition: from an admin's text to something that can be explained and run, or an error that points."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rules.columns import Column, ColumnType, Param, Unit
from rules.condition.check import check
from rules.condition.doubt import Doubts, doubtful_expression, possible_expression
from rules.condition.names import Scope
from rules.condition.parse import parse
from rules.condition.sql import Expression, expression_of
from rules.condition.text import Source
from rules.condition.tree import Node, NodeType

_NO_PARAMS: Mapping[str, Param] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition that was checked: it can only read the columns it names, and only give a value of `type`."""

    text: str
    type: NodeType
    unit: Unit
    columns: frozenset[str]
    """Names of the columns that are read, those that segment a param included."""
    params: frozenset[str]
    tree: Node = field(repr=False)

    def expression(self, qualify: str | None = None) -> Expression:
        """As a sqlglot expression; columns are quoted names, of the table or alias `qualify` where given."""
        return expression_of(self.tree, qualify)

    def sql(self, dialect: str = "duckdb", qualify: str | None = None) -> str:
        """As SQL text of an engine (`duckdb`, `postgres`, `spark`), safe to stand between parentheses."""
        return self.expression(qualify).sql(dialect, copy=False)

    def doubtful_sql(self, doubts: Doubts, dialect: str = "duckdb", qualify: str | None = None) -> str:
        """The same, null where the columns in doubt leave it open whether the condition holds."""
        return doubtful_expression(self.tree, doubts, qualify).sql(dialect, copy=False)

    def possible_sql(self, doubts: Doubts, dialect: str = "duckdb", qualify: str | None = None) -> str:
        """The same, true wherever the columns in doubt leave it possible that the condition holds."""
        return possible_expression(self.tree, doubts, qualify).sql(dialect, copy=False)


def read_condition(
    text: str,
    columns: Mapping[str, Column],
    params: Mapping[str, Param] = _NO_PARAMS,
    *,
    place: str,
    wants: ColumnType | None = "boolean",
    noun: str = "fact",
) -> Condition:
    """Checks a condition against the columns it may read, keyed by name.

    `place` says in messages where the text stands (`keptword.toml: rules.stale-contact.when`) and `noun`
    what its columns are called. `wants` None accepts any type, as "decimal" does whole numbers.
    Raises ConditionError, and RulesError where a param has a column's name.
    """
    source = Source(text=text, place=place)
    scope = Scope(source, columns, params, noun)
    tree = check(scope, parse(source), wants)
    return Condition(
        text=text,
        type=tree.type,
        unit=tree.unit,
        columns=frozenset(scope.used_columns),
        params=frozenset(scope.used_params),
        tree=tree,
    )
