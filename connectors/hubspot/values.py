"""Turns HubSpot's texts into typed columns: every property value travels as text, whatever its type.

Columns are cast whole; only a column that resists is looked at value by value. What does not fit becomes
null and is named. An empty text is HubSpot's way to say that there is no value.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal, InvalidOperation
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from connectors.connector import ARROW_TYPES, FieldType

_EPOCH = datetime(1970, 1, 1)
_FIRST_DAY, _LAST_DAY = datetime(1700, 1, 1), datetime(4000, 12, 31)
"""Days beyond come from faulty loads and break calendars; the same range as in Salesforce."""
_DAYS = ((_FIRST_DAY - _EPOCH).days, (_LAST_DAY - _EPOCH).days)
_MICROSECONDS = tuple(days * 86_400_000_000 for days in _DAYS)
_SIX_PLACES = Decimal("0.000001")
_DIGITS = Context(prec=38)


def typed_column(texts: pa.Array, kind: FieldType) -> tuple[pa.Array, list[tuple[int, str]]]:
    """The column as ARROW_TYPES[kind], and (row, problem) for each value that did not fit and is null now."""
    shortest = pc.min(pc.binary_length(texts)).as_py()
    if shortest == 0:
        texts = pc.if_else(pc.equal(texts, ""), None, texts)
    if kind in ("text", "id"):
        return texts, []
    try:
        return _WHOLE[kind](texts), []
    except pa.ArrowInvalid:
        return _one_by_one(texts, kind)


def _one_by_one(texts: pa.Array, kind: FieldType) -> tuple[pa.Array, list[tuple[int, str]]]:
    values: list[Any] = []
    misfits: list[tuple[int, str]] = []
    for row, text in enumerate(texts.to_pylist()):
        try:
            values.append(None if text is None else SINGLE[kind](text))
        except (ValueError, OverflowError):
            values.append(None)
            misfits.append((row, f"{text[:60]!r} is no {kind}"))
    return pa.array(values, ARROW_TYPES[kind]), misfits


def instant_of(text: str) -> datetime:
    """Naive UTC from `2024-01-01T00:00:00Z`, with or without a fraction, or epoch milliseconds; raises ValueError."""
    if text.lstrip("-").isdigit():
        at = _EPOCH + timedelta(milliseconds=int(text))
    else:
        at = datetime.fromisoformat(text)
        at = at if at.tzinfo is None else at.astimezone(UTC).replace(tzinfo=None)
    if not _FIRST_DAY <= at <= _LAST_DAY:
        raise ValueError(text)
    return at


def date_of(text: str) -> date:
    """A day from `2024-01-01`, or the UTC day of an instant; raises ValueError."""
    return instant_of(text).date()


def decimal_of(text: str) -> Decimal:
    """A number with six places, halves to even; raises ValueError for one that decimal128(38, 6) cannot hold."""
    try:
        number = Decimal(text.strip()).quantize(_SIX_PLACES, context=_DIGITS)
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not number.is_finite():
        raise ValueError(text)
    return number


def boolean_of(text: str) -> bool:
    """From `true` or `false` in any case; raises ValueError."""
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


SINGLE: Mapping[FieldType, Callable[[str], Any]] = {
    "integer": int,
    "decimal": decimal_of,
    "boolean": boolean_of,
    "date": date_of,
    "instant": instant_of,
}
"""One value at a time: slower, and more patient with odd spellings."""


def _instants(texts: pa.Array) -> pa.Array:
    column = texts.cast(pa.timestamp("us", tz="UTC")).cast(pa.timestamp("us"))
    return _within(column)


def _dates(texts: pa.Array) -> pa.Array:
    return _within(texts.cast(pa.date32()))


def _within(column: pa.Array) -> pa.Array:
    # As plain numbers: Arrow reads a year 0, of which Python knows nothing.
    number, bounds = (pa.int32(), _DAYS) if pa.types.is_date(column.type) else (pa.int64(), _MICROSECONDS)
    found = pc.min_max(column.view(number)).as_py()
    if found["min"] is not None and not bounds[0] <= found["min"] <= found["max"] <= bounds[1]:
        raise pa.ArrowInvalid("a day out of range")
    return column


def _booleans(texts: pa.Array) -> pa.Array:
    if not pc.all(pc.is_in(texts, value_set=pa.array(["true", "false", None]))).as_py():
        raise pa.ArrowInvalid("neither true nor false")
    return pc.equal(texts, "true")


_WHOLE: Mapping[FieldType, Callable[[pa.Array], pa.Array]] = {
    "integer": lambda texts: texts.cast(pa.int64()),
    "decimal": lambda texts: texts.cast(ARROW_TYPES["decimal"]),
    "boolean": _booleans,
    "date": _dates,
    "instant": _instants,
}
