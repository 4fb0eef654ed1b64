"""The calendar as two tables: what each local day is, and which local day an instant belongs to."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pyarrow as pa

from rules.calendar.clock import instant_of
from rules.calendar.reckon import business_days_between
from rules.calendar.working import WorkingTime, find_zone

ORIGIN = date(2000, 1, 1)
"""Business days are numbered from here, so that tables of different spans agree."""

_MIDNIGHT, _DAY, _MINUTE, _NONE = time(0), timedelta(days=1), timedelta(minutes=1), timedelta()
_INSTANT = pa.timestamp("us")

CALENDAR_DAYS = pa.schema(
    [
        pa.field("timezone", pa.string(), nullable=False),
        pa.field("day", pa.date32(), nullable=False),
        pa.field("day_number", pa.int64(), nullable=False),
        pa.field("is_business_day", pa.bool_(), nullable=False),
        pa.field("business_number", pa.int64(), nullable=False),
        pa.field("starts_at", _INSTANT, nullable=False),
        pa.field("ends_at", _INSTANT, nullable=False),
        pa.field("opens_at", _INSTANT),
        pa.field("closes_at", _INSTANT),
        pa.field("open_minutes_before", pa.int64(), nullable=False),
    ]
)
"""One row per zone and local day; differences of the running numbers are days, business days and minutes."""

LOCAL_DAYS = pa.schema(
    [
        pa.field("timezone", pa.string(), nullable=False),
        pa.field("utc_day", pa.date32(), nullable=False),
        pa.field("from_at", _INSTANT, nullable=False),
        pa.field("to_at", _INSTANT, nullable=False),
        pa.field("day", pa.date32(), nullable=False),
        pa.field("day_number", pa.int64(), nullable=False),
        pa.field("business_number", pa.int64(), nullable=False),
        pa.field("minutes_before", pa.int64(), nullable=False),
        pa.field("opens_minute", pa.int64(), nullable=False),
        pa.field("closes_minute", pa.int64(), nullable=False),
    ]
)
"""One row per zone and stretch of a UTC day that lies in one local day.

Business minutes up to an instant in it: minutes_before + (its minute of the UTC day, held between opens_minute
and closes_minute) - opens_minute; so no engine has to subtract two instants.
"""


class _DayRow(NamedTuple):
    """One row of CALENDAR_DAYS."""

    timezone: str
    day: date
    day_number: int
    is_business_day: bool
    business_number: int
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime | None
    closes_at: datetime | None
    open_minutes_before: int


def both_tables(name: str, working: WorkingTime, first: date, last: date) -> tuple[pa.Table, pa.Table]:
    """calendar_days() from two days before `first` to two days after `last`, and local_days() between, of one zone."""
    zone = find_zone(name, place="calendar")
    rows = list(_day_rows(name, zone, working, (first - 2 * _DAY, last + 2 * _DAY)))
    return _table(rows, CALENDAR_DAYS), _table(_stretches(rows, (first, last)), LOCAL_DAYS)


def _table(rows: Iterable[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    return pa.table(
        [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)], schema=schema
    )


def calendar_days(zones: Mapping[str, WorkingTime], first: date, last: date) -> pa.Table:
    """What each local day from `first` to `last` is, for zones by IANA name, as CALENDAR_DAYS says.

    `day_number` is the proleptic ordinal; `business_number` counts business days up to and with the day;
    `starts_at` to `ends_at` is the day in naive UTC (23 to 25 hours; empty for a day that a zone skipped);
    opening hours are null on closed days; `open_minutes_before` counts from `first`.
    Raises CalendarError for an unknown zone or country.
    """
    rows: list[tuple[object, ...]] = []
    for name, working in zones.items():
        rows += _day_rows(name, find_zone(name, place="calendar"), working, (first, last))
    return _table(rows, CALENDAR_DAYS)


def local_days(zones: Mapping[str, WorkingTime], first: date, last: date) -> pa.Table:
    """The local day of every instant from `first` to `last` (UTC days), as LOCAL_DAYS says.

    Join on timezone and the instant's UTC day, then keep from_at <= instant < to_at: exactly one row fits.
    Business minutes count from two days before `first`, as in calendar_days() of that span.
    """
    return pa.concat_tables([both_tables(name, working, first, last)[1] for name, working in zones.items()])


def _day_rows(name: str, zone: ZoneInfo, working: WorkingTime, span: tuple[date, date]) -> Iterator[_DayRow]:
    day, last = span
    number = business_days_between(ORIGIN, day - _DAY, working)
    starts_at, minutes = instant_of(day, _MIDNIGHT, zone), 0
    opens, closes = (timedelta(hours=at.hour, minutes=at.minute) for at in (working.opens, working.closes))
    while day <= last:
        ends_at = instant_of(day + _DAY, _MIDNIGHT, zone)
        is_open = ends_at > starts_at and working.is_open_on(day)
        opens_at = closes_at = None
        if is_open and ends_at - starts_at == _DAY:  # the clocks stand still: as the wall clock says
            opens_at, closes_at = starts_at + opens, starts_at + closes
        elif is_open:
            opens_at = instant_of(day, working.opens, zone)
            closes_at = instant_of(day, working.closes, zone, last=True)
        number += is_open
        yield _DayRow(
            name, day, day.toordinal(), is_open, number, starts_at, ends_at, opens_at, closes_at, minutes
        )
        if opens_at is not None and closes_at is not None:
            minutes += (closes_at - opens_at) // timedelta(minutes=1)
        day, starts_at = day + _DAY, ends_at


def _stretches(rows: Iterable[_DayRow], span: tuple[date, date]) -> Iterator[tuple[object, ...]]:
    first, last = span
    for row in rows:
        starts_at, ends_at, opens_at, closes_at = row.starts_at, row.ends_at, row.opens_at, row.closes_at
        utc_day = starts_at.date()
        while (midnight := datetime.combine(utc_day, _MIDNIGHT)) < ends_at:
            if first <= utc_day <= last and starts_at < ends_at:
                from_at, to_at = max(starts_at, midnight), min(ends_at, midnight + _DAY)
                opens, closes = (min(max(at or ends_at, from_at), to_at) for at in (opens_at, closes_at))
                gone_by = min(opens, closes_at) - opens_at if opens_at and closes_at else _NONE
                before = row.open_minutes_before + max(_NONE, gone_by) // _MINUTE
                yield (
                    row.timezone, utc_day, from_at, to_at, row.day, row.day_number, row.business_number,
                    before, (opens - midnight) // _MINUTE, (closes - midnight) // _MINUTE,
                )  # fmt: skip
            utc_day += _DAY
