"""Date literals such as LAST_N_DAYS:30: which days they mean, seen from today."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

_Span = tuple[date, date]
_UNITS = {"DAYS": "DAY", "WEEKS": "WEEK", "MONTHS": "MONTH", "QUARTERS": "QUARTER", "YEARS": "YEAR"}


def days_meant(literal: str, today: date) -> _Span:
    """The first day that the literal means, and the day after its last. Weeks begin on Sunday, as in a US org."""
    word, _, number = literal.upper().partition(":")
    if word in _DAYS:
        first = today + timedelta(days=_DAYS[word])
        return first, first + timedelta(days=1)
    if word.endswith("_90_DAYS"):
        word, number = word.replace("90", "N"), "90"
    if word.startswith("N_"):
        unit = _UNITS[word.split("_")[1]]
        return _period(unit, today, -int(number))
    direction, *middle, unit = word.split("_")
    if not middle:
        return _period(unit, today, {"LAST": -1, "THIS": 0, "NEXT": 1}[direction])
    return _several(direction, _UNITS[unit], today, int(number))


def _several(direction: str, unit: str, today: date, count: int) -> _Span:
    # LAST_N_DAYS counts today in; the longer units leave the running one out.
    if unit == "DAY" and direction == "LAST":
        return today - timedelta(days=count), today + timedelta(days=1)
    if unit == "DAY":
        return today + timedelta(days=1), today + timedelta(days=count + 1)
    if direction == "LAST":
        return _period(unit, today, -count)[0], _period(unit, today, 0)[0]
    return _period(unit, today, 1)[0], _period(unit, today, count)[1]


def _period(unit: str, today: date, steps: int) -> _Span:
    start = _STARTS[unit]
    return start(today, steps), start(today, steps + 1)


def _day(today: date, steps: int) -> date:
    return today + timedelta(days=steps)


def _week(today: date, steps: int) -> date:
    return today - timedelta(days=(today.weekday() + 1) % 7) + timedelta(weeks=steps)


def _month(today: date, steps: int) -> date:
    years, month = divmod(today.year * 12 + today.month - 1 + steps, 12)
    return date(years, month + 1, 1)


def _quarter(today: date, steps: int) -> date:
    return _month(date(today.year, (today.month - 1) // 3 * 3 + 1, 1), 3 * steps)


def _year(today: date, steps: int) -> date:
    return date(today.year + steps, 1, 1)


_DAYS: Mapping[str, int] = {"YESTERDAY": -1, "TODAY": 0, "TOMORROW": 1}
_STARTS: Mapping[str, Callable[[date, int], date]] = {
    "DAY": _day, "WEEK": _week, "MONTH": _month, "QUARTER": _quarter, "YEAR": _year,
}  # fmt: skip
