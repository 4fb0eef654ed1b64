from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from connectors.connector import ARROW_TYPES, FieldType
from connectors.salesforce.columns import column


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("text", ["a\0b", None, "日本 🙂"], ["ab", None, "日本 🙂"]),
        ("integer", [5, None, 6.0], [5, None, 6]),
        ("decimal", [99999999999.99, 0.1, 3, None], ["99999999999.99", "0.1", "3", None]),
        ("decimal", [3.0300000000000002, 1e-300], ["3.03", "0"]),
        ("boolean", [True, None, False], [True, None, False]),
        ("date", ["2024-02-29", None], [date(2024, 2, 29), None]),
        ("instant", ["2024-09-24T03:26:07.123+0000", "2024-09-24T03:26:07.000Z"], ["07.123", "07"]),
        ("instant", ["2024-09-24T05:26:07.000+02:00"], ["07"]),
        ("text", [{"city": "Rome"}, 5, None], ['{"city":"Rome"}', "5", None]),
        ("decimal", [None, None], [None, None]),
    ],
)
def test_values_of_each_kind_arrive_exactly(kind: FieldType, values: list[Any], expected: list[Any]) -> None:
    array, misfits = column(values, kind)
    if kind == "decimal":
        expected = [None if text is None else Decimal(text) for text in expected]
    if kind == "instant":
        expected = [datetime.fromisoformat(f"2024-09-24T03:26:{text}") for text in expected]
    assert (array.to_pylist(), array.type, misfits) == (expected, ARROW_TYPES[kind], [])


@pytest.mark.parametrize(
    ("kind", "bad"),
    [
        ("integer", 5.5), ("integer", True), ("integer", "5"), ("integer", 2**70), ("integer", float("inf")),
        ("decimal", "x"), ("decimal", 1e40), ("decimal", float("nan")), ("decimal", False),
        ("boolean", "true"), ("boolean", 1),
        ("date", "0001-01-01"), ("date", "9999-12-31"), ("date", "2024-02-30"), ("date", 20240101),
        ("instant", "0001-01-01T00:00:00.000+0000"), ("instant", "9999-12-31T23:59:59.000Z"), ("instant", "soon"),
        ("instant", "2024-09-24T03:26:07.000"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_null_and_named(kind: FieldType, bad: Any) -> None:
    array, misfits = column([None, bad], kind)
    assert array.to_pylist() == [None, None]
    assert [misfit.row for misfit in misfits] == [1]
    assert kind in misfits[0].problem


def test_half_a_character_is_replaced_and_named() -> None:
    array, misfits = column(["fine", "\ud83d broken"], "text")
    assert array.to_pylist() == ["fine", "? broken"]
    assert [misfit.row for misfit in misfits] == [1]


def test_one_bad_value_spares_its_neighbours() -> None:
    array, misfits = column(["2024-01-01", "garbage", "2024-01-03"], "date")
    assert array.to_pylist() == [date(2024, 1, 1), None, date(2024, 1, 3)]
    assert "garbage" not in misfits[0].problem
