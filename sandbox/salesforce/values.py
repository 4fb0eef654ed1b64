"""Field values: how a request body and a data file give them, and how they are kept."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from sandbox.salesforce.refusals import unreadable_value
from sandbox.salesforce.shapes import FieldShape

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?\s*(Z|[+-]\d\d:?\d\d)?")
_TRUE, _FALSE = ("true", "1", "yes", "t"), ("false", "0", "no", "f")

_LARGEST_INT = 2**31 - 1

NUMBERS = ("int", "double", "currency", "percent")


def stamp(instant: datetime, *, millis: bool = False) -> str:
    """An instant as the vendor prints and keeps it: `2024-09-24T03:26:07.000+0000`; stamps are to the second."""
    utc = instant.astimezone(UTC) if instant.tzinfo else instant
    thousandths = utc.microsecond // 1000 if millis else 0
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{thousandths:03d}+0000"


def read_instant(text: str) -> datetime | None:
    """An aware instant from ISO text, UTC unless it says otherwise; None when it is none."""
    found = _INSTANT.fullmatch(text.strip())
    if not found:
        return None
    day, clock, fraction, zone = found.groups()
    micros = (fraction or "0").ljust(6, "0")[:6]
    offset = "+00:00" if zone in (None, "Z") else zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
    try:
        return datetime.fromisoformat(f"{day}T{clock if len(clock) == 8 else clock + ':00'}.{micros}{offset}")
    except ValueError:
        return None


def read_day(text: str) -> date | None:
    """A date from ISO text; None when it is none."""
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def trimmed(text: str) -> str | None:
    """Text as the vendor keeps it: without NUL, without blanks at its ends, and absent when nothing is left."""
    return text.replace("\0", "").strip() or None


def _text_of_body(value: Any) -> Any:
    if isinstance(value, (dict, list)):
        raise unreadable_value("string", value)
    if isinstance(value, bool):
        value = "true" if value else "false"
    return trimmed(str(value))


def _number_of_body(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise unreadable_value("double", value)
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise unreadable_value("double", value) from None
    if not math.isfinite(number):
        raise unreadable_value("double", value)
    return number


def _int_of_body(value: Any) -> Any:
    number = _number_of_body(value)
    if number != int(number) or abs(number) > _LARGEST_INT:
        raise unreadable_value("int", value)
    return int(number)


def _boolean_of_body(value: Any) -> Any:
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return int(value.lower() == "true")
    if not isinstance(value, bool):
        raise unreadable_value("boolean", value)
    return int(value)


def _date_of_body(value: Any) -> Any:
    day = read_day(value[:10]) if isinstance(value, str) else None
    if day is None or (len(value) > 10 and read_instant(value) is None):
        raise unreadable_value("date", value)
    return day.isoformat()


def _instant_of_body(value: Any) -> Any:
    # A time without an offset is refused: the vendor wants Z or one.
    zoned = isinstance(value, str) and re.search(r"(Z|[+-]\d\d:?\d\d)$", value[10:])
    instant = read_instant(value) if zoned else None
    if instant is None:
        raise unreadable_value("datetime", value)
    return stamp(instant)


_FROM_BODY: Mapping[str, Callable[[Any], Any]] = {
    "int": _int_of_body, "double": _number_of_body, "currency": _number_of_body, "percent": _number_of_body,
    "boolean": _boolean_of_body, "date": _date_of_body, "datetime": _instant_of_body,
}  # fmt: skip


def from_body(field: FieldShape, value: Any) -> Any:
    """A member of a JSON record as it is kept; raises Refused (JSON_PARSER_ERROR) for another type."""
    if value is None:
        return None
    if field.type not in _FROM_BODY and value == "":
        return None
    return _FROM_BODY.get(field.type, _text_of_body)(value)


def _boolean_of_data(value: Any) -> Any:
    text = str(value).strip().lower()
    if text in _TRUE:
        return 1
    if text in _FALSE:
        return 0
    raise ValueError("is neither true nor false")


def _date_of_data(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    text = str(value).strip()
    day = read_day(text[:10])
    if day is None:
        raise ValueError("is not a date such as 2024-01-31")
    return day.isoformat()


def _instant_of_data(value: Any) -> Any:
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return f"{value.isoformat()}T00:00:00.000+0000"
    text = str(value).strip()
    instant = read_instant(f"{text}T00:00:00" if _DATE.fullmatch(text) else text)
    if instant is None:
        raise ValueError("is not an instant such as 2024-01-31T09:00:00Z")
    return stamp(instant)


def _number_of_data(value: Any) -> Any:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ValueError("is not a number") from None
    if not math.isfinite(number):
        raise ValueError("is not a finite number")
    return number


def _int_of_data(value: Any) -> Any:
    return round(_number_of_data(value))


def _text_of_data(value: Any) -> Any:
    # What is in an org already may hold a NUL, however it got there.
    return (value if isinstance(value, str) else str(value)).strip() or None


_FROM_DATA: Mapping[str, Callable[[Any], Any]] = {
    "int": _int_of_data, "double": _number_of_data, "currency": _number_of_data, "percent": _number_of_data,
    "boolean": _boolean_of_data, "date": _date_of_data, "datetime": _instant_of_data,
}  # fmt: skip


def data_reader(field: FieldShape) -> Callable[[Any], Any]:
    """Reads this field's values out of a data file; the reader raises ValueError that says what is wrong."""
    return _FROM_DATA.get(field.type, _text_of_data)


def is_nothing(value: Any) -> bool:
    """An empty cell: None, empty text, or the not-a-number that Parquet readers give for one."""
    return value is None or value == "" or value != value
