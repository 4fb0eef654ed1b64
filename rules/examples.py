"""Runs the examples of a rule: a made-up subject for each, judged by a real engine."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from rules.columns import Column, ColumnType
from rules.condition.values import FORMS, TYPE_WORDS
from rules.engine import Engine
from rules.errors import RuleError, choose
from rules.rule import Rule

_TABLE = "example_facts"

_ARROW: dict[ColumnType, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "decimal": pa.decimal128(38, 6),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "instant": pa.timestamp("us"),
}

_WRITTEN: dict[ColumnType, tuple[type, ...]] = {
    "text": (str,),
    "integer": (int,),
    "decimal": (int, float, Decimal),
    "boolean": (bool,),
    "date": (date,),
    "instant": (datetime,),
}
"""How TOML gives a value of each type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleResult:
    """What became of one example."""

    rule: str
    name: str
    fires: bool
    """What the example says."""
    fired: bool

    @property
    def passed(self) -> bool:
        """Whether the rule does what its example says."""
        return self.fires == self.fired


def run_examples(engine: Engine, rule: Rule) -> list[ExampleResult]:
    """Every example of the rule, in its order; raises RuleError where a fact is given in another type."""
    examples = rule.file.examples
    if not examples:
        return []
    columns = {
        name: pa.array(
            [_value(rule, column, example.name, example.given.get(name)) for example in examples],
            _ARROW[column.type],
        )
        for name, column in rule.view.columns.items()
    }
    numbers = pa.array(range(len(examples)), pa.int64())
    engine.keep(_TABLE, pa.table({"example_number": numbers, **columns}))
    condition = rule.condition.sql(engine.dialect, qualify="f")
    rows = engine.query(f"select example_number from {_TABLE} f where {condition}")
    fired = set(rows["example_number"].to_pylist())
    return [
        ExampleResult(rule=rule.name, name=example.name, fires=example.fires, fired=number in fired)
        for number, example in enumerate(examples)
    ]


def _value(rule: Rule, column: Column, example: str, value: Any) -> Any:
    if value is None:
        return None
    place = f"{rule.place}.examples '{example}'"
    kinds = _WRITTEN[column.type]
    # A bool is an int, and a datetime a date: neither stands for the other here.
    mixed = isinstance(value, bool) != (column.type == "boolean") or (
        isinstance(value, datetime) and column.type == "date"
    )
    if not isinstance(value, kinds) or mixed:
        problem = f"'{column.name}' is {TYPE_WORDS[column.type]}, and not {str(value)[:60]!r}"
        raise RuleError(place, problem, FORMS[column.type])
    if column.values and value not in column.values:
        raise RuleError(
            place, f"'{value}' is not a value of '{column.name}'", choose(str(value), column.values)
        )
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    return Decimal(str(value)) if column.type == "decimal" else value
