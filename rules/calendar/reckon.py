"""Adds and measures working time: due dates, business days and business minutes between two moments."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from rules.calendar.clock import day_of, instant_of
from rules.calendar.working import HOLIDAY_YEARS, WorkingTime
from rules.duration import Duration
from rules.errors import CalendarError

_DAY = timedelta(days=1)
_LONGEST_CLOSURE = 3_660
"""Days; a calendar that stays closed longer than ten years has no working days left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Where and when somebody works."""

    zone: ZoneInfo
    working: WorkingTime


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When something is due: the business day, and the naive UTC instant within its hours."""

    on: date
    at: datetime


def business_days_between(first: date, last: date, working: WorkingTime) -> int:
    """How many business days come after `first` up to and with `last`; negative where `last` is earlier."""
    if last < first:
        return -business_days_between(last, first, working)
    whole_weeks, rest = divmod((last - first).days, 7)
    count = whole_weeks * len(working.weekdays)
    count += sum((last - _DAY * back).weekday() in working.weekdays for back in range(rest))
    days_off = _days_off(working, first.year, last.year)
    return count - sum(first < day <= last for day in days_off)


def last_business_day(day: date, working: WorkingTime) -> date:
    """The day itself or the nearest business day before it; the day itself where there is none within ten years."""
    days = (day - _DAY * back for back in range(_LONGEST_CLOSURE))
    return next((each for each in days if working.is_open_on(each)), day)


def business_minutes_between(start: datetime, end: datetime, office: Office) -> int:
    """Full minutes of opening hours between two naive UTC instants; negative where `end` is earlier."""
    if end < start:
        return -business_minutes_between(end, start, office)
    total, day = timedelta(), day_of(start, office.zone) - _DAY
    last = day_of(end, office.zone) + _DAY
    while day <= last:
        opens, closes = open_span(day, office)
        total += max(timedelta(), min(closes, end) - max(opens, start))
        day += _DAY
    return total // timedelta(minutes=1)


@lru_cache(maxsize=50_000)
def open_span(day: date, office: Office) -> tuple[datetime, datetime]:
    """Opening and closing instant (naive UTC) of a local day; twice the same on a closed day."""
    opens = instant_of(day, office.working.opens, office.zone)
    if not office.working.is_open_on(day):
        return opens, opens
    return opens, max(opens, instant_of(day, office.working.closes, office.zone, last=True))


def add(duration: Duration, at: datetime, office: Office) -> datetime:
    """The naive UTC instant that is `duration` after `at`.

    Hours and minutes are real ones. Days and business days keep the hour on the wall clock; a business day
    after a Saturday is the Monday. Business time only runs while the office is open: four business hours
    after closing time end four hours into the next opening.
    """
    return _ADD[duration.unit](duration.count, at, office)


def due(duration: Duration, at: datetime, office: Office) -> Due:
    """When a task made at `at` is due: closing time of the last day, always a business day.

    For durations in hours or minutes it is the moment itself, or the next opening where it falls outside
    office hours.
    """
    if duration.unit in ("days", "business days"):
        day = day_of(at, office.zone)
        if duration.unit == "days":
            day += _DAY * duration.count
        else:
            day = _business_day_after(day, duration.count, office.working)
        day = _business_day_from(day, office.working)
        return Due(on=day, at=open_span(day, office)[1])
    moment = add(duration, at, office)
    day = _business_day_from(day_of(moment, office.zone), office.working)
    opens, closes = open_span(day, office)
    if moment > closes:
        day = _business_day_after(day, 1, office.working)
        opens = open_span(day, office)[0]
    return Due(on=day, at=max(moment, opens))


def _add_clock(minutes: int) -> Callable[[int, datetime, Office], datetime]:
    return lambda count, at, _office: at + timedelta(minutes=count * minutes)


def _add_days(count: int, at: datetime, office: Office) -> datetime:
    return _same_hour(at, day_of(at, office.zone) + _DAY * count, office)


def _add_business_days(count: int, at: datetime, office: Office) -> datetime:
    return _same_hour(at, _business_day_after(day_of(at, office.zone), count, office.working), office)


def _same_hour(at: datetime, day: date, office: Office) -> datetime:
    local = at.replace(tzinfo=UTC).astimezone(office.zone)
    return instant_of(day, local.time(), office.zone, last=bool(local.fold))


def _add_business(minutes: int) -> Callable[[int, datetime, Office], datetime]:
    def run(count: int, at: datetime, office: Office) -> datetime:
        left, day = timedelta(minutes=count * minutes), day_of(at, office.zone)
        while left:
            day = _business_day_from(day, office.working)
            opens, closes = open_span(day, office)
            begin = max(at, opens)
            if begin + left <= closes:
                return begin + left
            left -= max(timedelta(), closes - begin)
            day += _DAY
        return at

    return run


_ADD: dict[str, Callable[[int, datetime, Office], datetime]] = {
    "minutes": _add_clock(1),
    "hours": _add_clock(60),
    "days": _add_days,
    "business minutes": _add_business(1),
    "business hours": _add_business(60),
    "business days": _add_business_days,
}


def _business_day_after(day: date, count: int, working: WorkingTime) -> date:
    for _ in range(count):
        day = _business_day_from(day + _DAY, working)
    return day


def _business_day_from(day: date, working: WorkingTime) -> date:
    for ahead in range(_LONGEST_CLOSURE):
        if working.is_open_on(day + _DAY * ahead):
            return day + _DAY * ahead
    problem = f"there is no working day within ten years of {day.isoformat()}"
    raise CalendarError("calendar", problem, "shorten the list of closed days or add a weekday")


@lru_cache(maxsize=500)
def _days_off(working: WorkingTime, first_year: int, last_year: int) -> tuple[date, ...]:
    """Closed days that would be working days by their weekday."""
    years = range(max(first_year, HOLIDAY_YEARS.start), min(last_year + 1, HOLIDAY_YEARS.stop))
    days = {date(year, 1, 1) + _DAY * ahead for year in years for ahead in range(366)} | working.closed
    return tuple(day for day in days if day.weekday() in working.weekdays and working.is_holiday(day))
