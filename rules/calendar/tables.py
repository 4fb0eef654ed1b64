"""The calendar as two tables: what each local day is, and which local day an instant belongs to."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from rules.calendar.clock import instant_of
from rules.calendar.reckon import business_days_between
from rules.calendar.working import WorkingTime, find_zone

ORIGIN = date(2000, 1, 1)
"""Business days are numbered from here, so that tables of different spans agree."""

_MIDNIGHT, _EPOCH = time(0), datetime(1970, 1, 1)
_DAY, _SECOND, _NONE = timedelta(days=1), timedelta(seconds=1), timedelta()
_INSTANT = pa.timestamp("us")
_DAY_S, _MINUTE_S = 86_400, 60

_UTC_DAYS = (-1, 0, 1, 2)
"""Which of them a local day may touch, counted from the one of its own date."""

Columns = Mapping[str, pa.Array]
"""Of one of the tables; days and seconds are counted from 1970."""

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


def both_tables(name: str, working: WorkingTime, first: date, last: date) -> tuple[pa.Table, pa.Table]:
    """calendar_days() from two days before `first` to two days after `last`, and local_days() between, of one zone."""
    days = _days(name, working, first - 2 * _DAY, last + 2 * _DAY)
    return _table(days, CALENDAR_DAYS), _table(_stretches(days, first, last), LOCAL_DAYS)


def calendar_days(zones: Mapping[str, WorkingTime], first: date, last: date) -> pa.Table:
    """What each local day from `first` to `last` is, for zones by IANA name, as CALENDAR_DAYS says.

    `day_number` is the proleptic ordinal; `business_number` counts business days up to and with the day;
    `starts_at` to `ends_at` is the day in naive UTC (23 to 25 hours; empty for a day that a zone skipped);
    opening hours are null on closed days; `open_minutes_before` counts from `first`.
    Raises CalendarError for an unknown zone or country.
    """
    made = [_days(name, working, first, last) for name, working in zones.items()]
    return pa.concat_tables([_table(days, CALENDAR_DAYS) for days in made])


def local_days(zones: Mapping[str, WorkingTime], first: date, last: date) -> pa.Table:
    """The local day of every instant from `first` to `last` (UTC days), as LOCAL_DAYS says.

    Join on timezone and the instant's UTC day, then keep from_at <= instant < to_at: exactly one row fits.
    Business minutes count from two days before `first`, as in calendar_days() of that span.
    """
    return pa.concat_tables([both_tables(name, working, first, last)[1] for name, working in zones.items()])


def _table(columns: Columns, schema: pa.Schema) -> pa.Table:
    return pa.table([_typed(columns[field.name], field.type) for field in schema], schema=schema)


def _typed(values: pa.Array, kind: pa.DataType) -> pa.Array:
    if kind == _INSTANT:
        return values.cast(pa.timestamp("s")).cast(kind)
    return values.cast(pa.int32()).cast(kind) if kind == pa.date32() else values.cast(kind)


def _days(name: str, working: WorkingTime, first: date, last: date) -> Columns:
    zone = find_zone(name, place="calendar")
    numbers = range(first.toordinal(), last.toordinal() + 1)
    moments = _midnights(zone, range(numbers.start, numbers.stop + 1))
    opens, closes = (at.hour * 3600 + at.minute * 60 for at in (working.opens, working.closes))
    hours: list[tuple[int | None, int | None]] = []
    for number, works, (starts, ends) in zip(
        numbers, _works(working, numbers), pairwise(moments), strict=True
    ):
        if not works or ends == starts:
            hours.append((None, None))
        elif ends - starts == _DAY_S:  # the clocks stand still: as the wall clock says
            hours.append((starts + opens, starts + closes))
        else:
            hours.append(_hours(date.fromordinal(number), working, zone))
    opens_at, closes_at = (pa.array(each, pa.int64()) for each in zip(*hours, strict=True))
    is_open = opens_at.is_valid()
    before = business_days_between(ORIGIN, first - _DAY, working)
    minutes = pc.fill_null(pc.divide(pc.subtract(closes_at, opens_at), _MINUTE_S), 0)
    ordinals = pa.array(numbers, pa.int64())
    return {
        "timezone": pa.array([name] * len(numbers), pa.string()),
        "day": pc.subtract(ordinals, _EPOCH.toordinal()),
        "day_number": ordinals,
        "is_business_day": is_open,
        "business_number": pc.add(pc.cumulative_sum(is_open.cast(pa.int64())), before),
        "starts_at": pa.array(moments[:-1], pa.int64()),
        "ends_at": pa.array(moments[1:], pa.int64()),
        "opens_at": opens_at,
        "closes_at": closes_at,
        "open_minutes_before": pc.subtract(pc.cumulative_sum(minutes), minutes),
    }


def _midnights(zone: ZoneInfo, numbers: range) -> list[int]:
    """When each local day begins, by its ordinal; only where clocks change around it that must be looked for."""
    walls = [datetime.fromordinal(number) for number in range(numbers.start - 1, numbers.stop + 1)]
    offsets = [zone.utcoffset(wall) for wall in walls]
    seconds = {offset: (offset or _NONE) // _SECOND for offset in set(offsets)}
    first = (numbers.start - _EPOCH.toordinal()) * _DAY_S
    return [
        first + place * _DAY_S - seconds[now]
        if before == now == after
        else _seconds(instant_of(date.fromordinal(numbers[place]), _MIDNIGHT, zone))
        for place, (before, now, after) in enumerate(zip(offsets, offsets[1:], offsets[2:], strict=False))
    ]


@lru_cache(maxsize=500)
def _works(working: WorkingTime, numbers: range) -> tuple[bool, ...]:
    """Whether each day, by its ordinal, is a business day; the same in every zone."""
    return tuple(working.is_open_on(date.fromordinal(number)) for number in numbers)


def _hours(day: date, working: WorkingTime, zone: ZoneInfo) -> tuple[int, int]:
    return (
        _seconds(instant_of(day, working.opens, zone)),
        _seconds(instant_of(day, working.closes, zone, last=True)),
    )


def _seconds(at: datetime) -> int:
    return (at - _EPOCH) // _SECOND


def _stretches(days: Columns, first: date, last: date) -> Columns:
    rows = pa.concat_tables([pa.table(_stretch(days, ahead)) for ahead in _UTC_DAYS])
    first_day, last_day = ((day - _EPOCH.date()).days for day in (first, last))
    within = pc.and_(pc.greater_equal(rows["utc_day"], first_day), pc.less_equal(rows["utc_day"], last_day))
    kept = rows.filter(pc.and_(within, pc.less(rows["from_at"], rows["to_at"])))
    return dict(zip(kept.column_names, kept.columns, strict=True))


def _stretch(days: Columns, ahead: int) -> dict[str, pa.Array]:
    """What of each local day lies in the UTC day so many days after its own date; nothing: from_at is not before to_at."""
    utc_day = pc.add(days["day"], ahead)
    midnight = pc.multiply(utc_day, _DAY_S)
    from_at = pc.max_element_wise(days["starts_at"], midnight)
    to_at = pc.min_element_wise(days["ends_at"], pc.add(midnight, _DAY_S))
    opens, closes = (
        pc.min_element_wise(pc.max_element_wise(pc.coalesce(days[name], days["ends_at"]), from_at), to_at)
        for name in ("opens_at", "closes_at")
    )
    gone_by = pc.subtract(pc.min_element_wise(opens, days["closes_at"]), days["opens_at"])
    before = pc.divide(pc.max_element_wise(pc.fill_null(gone_by, 0), 0), _MINUTE_S)
    return {
        **{name: days[name] for name in ("timezone", "day", "day_number", "business_number")},
        "utc_day": utc_day,
        "from_at": from_at,
        "to_at": to_at,
        "minutes_before": pc.add(days["open_minutes_before"], before),
        "opens_minute": pc.divide(pc.subtract(opens, midnight), _MINUTE_S),
        "closes_minute": pc.divide(pc.subtract(closes, midnight), _MINUTE_S),
    }
