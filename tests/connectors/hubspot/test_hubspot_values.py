"""Texts become typed columns; what does not fit is null and named."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from connectors.connector import ARROW_TYPES, FieldType
from connectors.hubspot.values import typed_column

NOON = datetime(2024, 3, 1, 12)

FITS: list[tuple[FieldType, str, Any]] = [
    ("decimal", "1.5", Decimal("1.5")),
    ("decimal", "-0.1234567", Decimal("-0.123457")),
    ("decimal", "1e3", Decimal(1000)),
    ("decimal", "9" * 32, Decimal("9" * 32)),
    ("boolean", "true", True),
    ("boolean", "FALSE", False),
    ("date", "2024-03-01", date(2024, 3, 1)),
    ("date", "1709251200000", date(2024, 3, 1)),
    ("date", "2024-03-01T23:00:00Z", date(2024, 3, 1)),
    ("instant", "2024-03-01T12:00:00Z", NOON),
    ("instant", "2024-03-01T12:00:00.123Z", NOON.replace(microsecond=123_000)),
    ("instant", "2024-03-01T14:00:00+02:00", NOON),
    ("instant", "1709294400000", NOON),
    ("text", "🙂 עברית", "🙂 עברית"),
]

MISFITS: list[tuple[FieldType, str]] = [
    ("decimal", "9" * 33),
    ("decimal", "NaN"),
    ("decimal", "12 EUR"),
    ("boolean", "yes"),
    ("date", "31.12.2024"),
    ("date", "10000-01-01"),
    ("instant", "0000-01-01T00:00:00Z"),
    ("instant", "9" * 20),
    ("instant", "²"),
]


@pytest.mark.parametrize(("kind", "text", "value"), FITS)
def test_a_value_becomes_what_it_says(kind: FieldType, text: str, value: Any) -> None:
    column, misfits = typed_column(pa.array([text]), kind)
    assert (column.type, column.to_pylist(), misfits) == (ARROW_TYPES[kind], [value], [])


@pytest.mark.parametrize(("kind", "text", "value"), FITS)
def test_an_odd_neighbour_changes_no_value(kind: FieldType, text: str, value: Any) -> None:
    column, _ = typed_column(pa.array(["not a value", text, "", None]), kind)
    assert column.to_pylist()[1:] == [value, None, None]


@pytest.mark.parametrize(("kind", "text"), MISFITS)
def test_what_does_not_fit_is_null_and_named(kind: FieldType, text: str) -> None:
    column, misfits = typed_column(pa.array([None, text]), kind)
    assert (column.type, column.to_pylist()) == (ARROW_TYPES[kind], [None, None])
    assert [row for row, _ in misfits] == [1]


@pytest.mark.parametrize("kind", ["text", "decimal", "boolean", "date", "instant"])
def test_an_empty_text_is_no_value(kind: FieldType) -> None:
    column, misfits = typed_column(pa.array(["", None]), kind)
    assert (column.null_count, misfits) == (2, [])
