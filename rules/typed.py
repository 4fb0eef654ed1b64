"""Reads a value that a person gives in TOML for a column of a fact or a record: of the column's type, or refused."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from rules.columns import Column, ColumnType
from rules.condition.values import TYPE_WORDS, read_date, read_instant, read_number
from rules.errors import RuleError, choose

ARROW: Mapping[ColumnType, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "decimal": pa.decimal128(38, 6),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "instant": pa.timestamp("us"),
}

_WRITTEN: Mapping[ColumnType, tuple[type, ...]] = {
    "text": (str,),
    "integer": (int,),
    "decimal": (int, float, Decimal),
    "boolean": (bool,),
    "date": (date,),
    "instant": (datetime,),
}
"""How TOML gives a value of each type."""

_FORMS: Mapping[ColumnType, str] = {
    "text": 'write text in quotes: "like this"',
    "integer": "write a whole number without quotes",
    "decimal": "write a number without quotes",
    "boolean": "write true or false without quotes",
    "date": "write a day as 2026-01-31",
    "instant": "write a point in time as 2026-01-31T14:30:00Z",
}


def typed_value(column: Column, value: Any, *, place: str) -> Any:
    """The value as Arrow takes it (instants naive UTC); raises RuleError where it is none of the column's."""
    value = _read_text(column.type, value)
    # A bool is an int, and a datetime a date: neither stands for the other here.
    mixed = isinstance(value, bool) != (column.type == "boolean") or (
        isinstance(value, datetime) and column.type == "date"
    )
    if not isinstance(value, _WRITTEN[column.type]) or mixed:
        problem = f"'{column.name}' is {TYPE_WORDS[column.type]}, and not {str(value)[:60]!r}"
        raise RuleError(place, problem, _FORMS[column.type])
    if column.values and value not in column.values:
        problem = f"'{str(value)[:60]}' is not a value of '{column.name}'"
        raise RuleError(place, problem, choose(str(value), column.values))
    if isinstance(value, int | float | Decimal) and read_number(value) is None:
        problem = f"'{column.name}' has too long a number"
        raise RuleError(place, problem, "at most 15 digits before the point and 6 behind it are kept")
    if isinstance(value, datetime):
        return _utc(value, column.name, place)
    return Decimal(str(value)) if column.type == "decimal" else value


def _read_text(kind: ColumnType, value: Any) -> Any:
    """Days and points in time may stand in quotes."""
    if isinstance(value, str) and kind == "date":
        return read_date(value) or value
    if isinstance(value, str) and kind == "instant":
        return read_instant(value) or value
    return value


def _utc(value: datetime, name: str, place: str) -> datetime:
    try:
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    except OverflowError as error:
        raise RuleError(place, f"'{name}' lies outside the calendar", _FORMS["instant"]) from error
