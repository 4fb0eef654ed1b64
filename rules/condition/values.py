"""Reads fixed values: what a literal or a param stands for where a date, a number or a duration is wanted."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from rules.columns import ParamValue, Unit
from rules.condition.tree import Constant, NodeType, Setting, Value
from rules.duration import convert, find_duration

NUMBERS = frozenset({"integer", "decimal"})

TYPE_WORDS: dict[str, str] = {
    "text": "text",
    "integer": "a number",
    "decimal": "a number",
    "boolean": "true or false",
    "date": "a date",
    "instant": "a point in time",
    "null": "null",
}

FORMS: dict[str, str] = {
    "date": "write a day as '2026-01-31'",
    "instant": "write UTC as '2026-01-31' or '2026-01-31T14:30:00'",
    "integer": "write a number without quotes, or a duration such as '3 business days'",
    "decimal": "write a number without quotes, or a duration such as '3 business days'",
    "boolean": "write true or false without quotes",
    "text": "write text in single quotes: 'like this'",
}
"""How a value of each type is written."""


def read_date(text: str) -> date | None:
    """The day of an ISO date with four-digit year; None for any other text."""
    return date.fromisoformat(text) if _is_iso(text, date) else None


def read_instant(text: str) -> datetime | None:
    """The naive UTC instant of an ISO date (its midnight) or date and time; None for any other text."""
    if not _is_iso(text, datetime):
        return None
    found = datetime.fromisoformat(text)
    try:
        return found if found.tzinfo is None else found.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        return None


def _is_iso(text: str, kind: type[date]) -> bool:
    if not (len(text) >= 10 and text.isascii() and text[4] == text[7] == "-"):
        return False
    try:
        kind.fromisoformat(text)
    except ValueError:
        return False
    return True


def read_number(value: int | float | Decimal) -> int | Decimal | None:
    """The number as SQL gets it; None where it has more than 15 digits before the point or 6 behind it."""
    if isinstance(value, int):
        return value if abs(value) < 10**15 else None
    try:
        number = Decimal(str(value))
        exact = number.quantize(Decimal("0.000001")) if number.is_finite() and abs(number) < 10**15 else None
    except InvalidOperation:
        return None
    return None if exact is None or exact != number else exact.normalize()


def constant_of(value: ParamValue, *, start: int, end: int) -> Constant | None:
    """A param's value as a constant; None for a number that is too long."""
    kind: NodeType
    found: Value = value if not isinstance(value, float) else None
    if isinstance(value, bool):
        kind = "boolean"
    elif isinstance(value, int | float | Decimal):
        found = read_number(value)
        if found is None:
            return None
        kind = "integer" if isinstance(found, int) else "decimal"
    elif isinstance(value, datetime):
        kind = "instant"
        found = value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
    elif isinstance(value, date):
        kind = "date"
    else:
        kind = "text"
    return Constant(type=kind, value=found, start=start, end=end)


def values_of(node: Constant | Setting) -> list[Constant]:
    """Every value that a fixed part may have, the default first."""
    return [node] if isinstance(node, Constant) else [node.default, *(value for _, value in node.cases)]


def map_fixed(
    node: Constant | Setting, change: Callable[[Constant], Constant | None]
) -> Constant | Setting | None:
    """The constant, or every case of the setting, changed; None as soon as one cannot be."""
    if isinstance(node, Constant):
        return change(node)
    default = change(node.default)
    cases: list[tuple[Constant, Constant]] = []
    for key, value in node.cases:
        changed = change(value)
        if changed is not None:
            cases.append((key, changed))
    if default is None or len(cases) < len(node.cases):
        return None
    values = [value for value in (default, *(value for _, value in cases)) if value.value is not None]
    kinds: set[NodeType] = {value.type for value in values} or {"null"}
    kind: NodeType = "decimal" if kinds == NUMBERS else values[0].type if values else "null"
    unit = next((value.unit for value in values if value.unit), node.unit)
    return replace(node, type=kind, unit=unit, cases=tuple(cases), default=default)


def as_type(constant: Constant, wanted: NodeType) -> Constant | None:
    """A text constant read as another type (numbers: as a duration, with its unit); None if it is not one."""
    if not isinstance(constant.value, str):
        return constant
    found: Value = None
    unit: Unit = ""
    if wanted == "date":
        found = read_date(constant.value)
    elif wanted == "instant":
        found = read_instant(constant.value)
    elif wanted in NUMBERS:
        duration = find_duration(constant.value)
        found, unit = (duration.count, duration.unit) if duration else (None, "")
        wanted = "integer"
    return None if found is None else replace(constant, type=wanted, unit=unit, value=found)


def in_unit(constant: Constant, unit: Unit) -> Constant | None:
    """A duration counted in another unit; None where that has no fixed answer. Plain numbers stay."""
    if not constant.unit or not isinstance(constant.value, int | Decimal):
        return constant
    count = convert(constant.value, constant.unit, to=unit)
    if count is None:
        return None
    kind: NodeType = "integer" if isinstance(count, int) else "decimal"
    return replace(constant, type=kind, unit=unit, value=count)
