"""Turns Salesforce's JSON values into typed columns, whole columns at a time, and notes each value that does not fit."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from connectors.connector import ARROW_TYPES, FieldType

EARLIEST_YEAR, LATEST_YEAR = 1700, 4000
"""Salesforce's own range of dates; years beyond it come from faulty loads and break calendars."""
_STAMP = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(\+00:?00|Z)$"
_STAMP_LENGTH = len("2024-09-24T03:26:07.000")
_MILLIONTH = Decimal("0.000001")
# Wide enough for 38 digits, so that quantize fails only for what the column cannot hold either.
_EXACT = Context(prec=38, rounding=ROUND_HALF_EVEN)
_NOT_THIS_WAY = (pa.ArrowException, OverflowError, UnicodeError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """A value that became null or was mended: which row, and what was wrong with it."""

    row: int
    problem: str


class _DoesNotFit(ValueError):
    """A single value that its column's type cannot hold."""


def column(values: Sequence[Any], kind: FieldType) -> tuple[pa.Array, list[Misfit]]:
    """JSON values of one field as ARROW_TYPES[kind]; never raises for what a value is."""
    try:
        return _WHOLE[kind](values), []
    except _NOT_THIS_WAY:
        return _one_by_one(values, kind)


def _text(values: Sequence[Any]) -> pa.Array:
    array = pa.array(values, pa.string())
    return pc.replace_substring(array, pattern="\0", replacement="")


def _integers(values: Sequence[Any]) -> pa.Array:
    # The type is inferred first: asked for integers, pyarrow would cut 5.5 to 5 without a word.
    return _insist(pa.array(values), pa.types.is_integer, pa.types.is_floating).cast(pa.int64())


def _decimals(values: Sequence[Any]) -> pa.Array:
    array = _insist(pa.array(values), pa.types.is_integer, pa.types.is_floating)
    # By way of text: a cast from a float would make 99999999999.990005 of 99999999999.99.
    exact = array.cast(pa.string()).cast(pa.decimal256(76, 24))
    return pc.round(exact, 6).cast(ARROW_TYPES["decimal"])


def _booleans(values: Sequence[Any]) -> pa.Array:
    return pa.array(values, pa.bool_())


def _dates(values: Sequence[Any]) -> pa.Array:
    return _within_range(pa.array(values, pa.string()).cast(pa.date32()))


def _instants(values: Sequence[Any]) -> pa.Array:
    array = pa.array(values, pa.string())
    if pc.all(pc.match_substring_regex(array, _STAMP), min_count=0).as_py() is False:
        raise pa.ArrowInvalid("a stamp of another form")
    return _within_range(pc.utf8_slice_codeunits(array, 0, _STAMP_LENGTH).cast(pa.timestamp("us")))


def of_parsed(array: pa.Array, kind: FieldType) -> pa.Array:
    """A column as Arrow's own parsers read it (PARSED_TYPES) as ARROW_TYPES[kind]; raises ArrowInvalid for a misfit."""
    return _FROM_PARSED[kind](array)


def _rounded(array: pa.Array) -> pa.Array:
    kept = ARROW_TYPES["decimal"]
    return array if array.type == kept else pc.round(array, 6).cast(kept)


PARSED_TYPES: Mapping[FieldType, pa.DataType] = {
    "id": pa.string(),
    "text": pa.string(),
    "integer": pa.decimal128(38, 6),
    "decimal": pa.decimal128(38, 18),
    "boolean": pa.bool_(),
    "date": pa.string(),
    "instant": pa.timestamp("us", tz="UTC"),
}
"""How values are parsed from CSV and JSON: whole numbers come as `3` and as `3.0`, others with up to 18 places."""

SHORTER_TYPES: Mapping[FieldType, pa.DataType] = {**PARSED_TYPES, "decimal": ARROW_TYPES["decimal"]}
"""The same where no number has more places than are kept: to round them all costs as much as to parse five columns."""


def _insist(array: pa.Array, *kinds: Callable[[pa.DataType], bool]) -> pa.Array:
    if pa.types.is_null(array.type) or any(kind(array.type) for kind in kinds):
        return array
    raise pa.ArrowInvalid(f"values of type {array.type}")


def _within_range(array: pa.Array) -> pa.Array:
    first, last = pc.min_max(array).values()
    # By the years: Arrow reads a year 0, of which Python knows nothing.
    if first.is_valid and not EARLIEST_YEAR <= pc.year(first).as_py() <= pc.year(last).as_py() <= LATEST_YEAR:
        raise pa.ArrowInvalid("a year out of range")
    return array


def _one_by_one(values: Sequence[Any], kind: FieldType) -> tuple[pa.Array, list[Misfit]]:
    kept: list[Any] = []
    misfits: list[Misfit] = []
    for row, value in enumerate(values):
        try:
            kept.append(None if value is None else _SINGLE[kind](value))
        except (_DoesNotFit, ValueError, OverflowError, InvalidOperation):
            kept.append(None)
            misfits.append(Misfit(row=row, problem=f"{_shown(value)} is no {kind}"))
            continue
        if isinstance(value, str) and kind == "text" and kept[-1] != value.replace("\0", ""):
            misfits.append(Misfit(row=row, problem="characters that are not valid text were replaced"))
    return pa.array(kept, ARROW_TYPES[kind]), misfits


def _one_text(value: Any) -> str:
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    return orjson.dumps(value).decode()


def _one_integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise _DoesNotFit
    if not -(2**63) <= value < 2**63:
        raise _DoesNotFit
    return int(value)


def _one_decimal(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _DoesNotFit
    return Decimal(repr(value)).quantize(_MILLIONTH, context=_EXACT)


def _one_boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _DoesNotFit
    return value


def _one_date(value: Any) -> date:
    day = date.fromisoformat(value) if isinstance(value, str) else None
    if day is None or not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise _DoesNotFit
    return day


def _one_instant(value: Any) -> datetime:
    at = datetime.fromisoformat(value) if isinstance(value, str) else None
    if at is None or at.tzinfo is None or not EARLIEST_YEAR < at.year < LATEST_YEAR:
        raise _DoesNotFit
    return at.astimezone(UTC).replace(tzinfo=None)


def _shown(value: Any) -> str:
    # The kind and size only: a value may be what nobody should read in a report.
    text = value if isinstance(value, str) else json.dumps(value)
    return f"a value of {len(text)} characters" if len(text) > 40 or isinstance(value, str) else text


_WHOLE: Mapping[FieldType, Callable[[Sequence[Any]], pa.Array]] = {
    "id": _text,
    "text": _text,
    "integer": _integers,
    "decimal": _decimals,
    "boolean": _booleans,
    "date": _dates,
    "instant": _instants,
}
_SINGLE: Mapping[FieldType, Callable[[Any], Any]] = {
    "id": _one_text,
    "text": _one_text,
    "integer": _one_integer,
    "decimal": _one_decimal,
    "boolean": _one_boolean,
    "date": _one_date,
    "instant": _one_instant,
}
_FROM_PARSED: Mapping[FieldType, Callable[[pa.Array], pa.Array]] = {
    "id": lambda array: array,
    "text": lambda array: array,
    "integer": lambda array: array.cast(pa.int64()),
    "decimal": _rounded,
    "boolean": lambda array: array,
    "date": lambda array: _within_range(array.cast(pa.date32())),
    "instant": lambda array: _within_range(array.cast(pa.timestamp("us"))),
}
