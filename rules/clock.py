"""The judged instants as tables: today in each time zone, the days around it, and what instants fall on them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from rules.calendar.reckon import Office, open_span
from rules.calendar.tables import both_tables
from rules.calendar.working import WorkingTime, find_zone

YEARS_BACK, YEARS_AHEAD = 6, 2
"""Days further away are counted as the first or last day of the calendar."""

SPANS: Mapping[str, int] = {"since_30": 30, "since_90": 90, "active_since": 180, "since_365": 365}
"""Columns of the clock: the day so many days ago. An invoice since `active_since` makes a live client."""

ALWAYS = datetime(9999, 12, 31)
"""Until when things are known where the present is judged: whatever the CRM says now."""

_EARLIEST = re.compile(r"\(select min\((\w+)\) from clock\)", re.IGNORECASE)
_KNOWN_COMPARED, _KNOWN_SELECTED = re.compile(r"(<=|>) [jk]\.known_at\b"), re.compile(r"\b[jk]\.known_at,")
_BEFORE_ALL = datetime(1, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockTables:
    """Tables that every fact view joins."""

    judging: pa.Table
    """A row a judged instant: judged_at, previous_at (the one before it), known_at (see clock_tables)."""
    clock: pa.Table
    """A row an instant and zone: judged_at, known_at, known_on (its day in the zone), timezone, today, day_number,
    business_number, business_minute, the days of SPANS, first_day, last_day, first_at."""
    calendar_day: pa.Table
    local_day: pa.Table


def clock_tables(
    instants: Sequence[datetime], zones: Mapping[str, WorkingTime], *, rehearsal: bool = False
) -> ClockTables:
    """The tables for naive UTC instants in their order; raises CalendarError for a zone or country that does not exist.

    `known_at` is what each instant knows of: for a rehearsal of the past only what had happened by then, else
    everything that the CRM says now, such as a promise kept a minute after the oldest read.
    """
    oldest, latest = instants[0], instants[-1]
    first, last = date(oldest.year - YEARS_BACK, 1, 1), date(latest.year + YEARS_AHEAD, 12, 31)
    tables = [_tables_of(zone, working, first, last) for zone, working in sorted(zones.items())]
    days = pa.concat_tables([each[0] for each in tables])
    clock = pa.concat_tables(
        [
            _clock_of(days, zones, at, known_at=at if rehearsal else ALWAYS, span=(first, last))
            for at in instants
        ]
    )
    judging = pa.table(
        {
            "judged_at": pa.array(instants, pa.timestamp("us")),
            "previous_at": pa.array([_BEFORE_ALL, *instants[:-1]], pa.timestamp("us")),
            "known_at": pa.array(instants if rehearsal else [ALWAYS] * len(instants), pa.timestamp("us")),
        }
    )
    local_day = pa.concat_tables([each[1] for each in tables])
    return ClockTables(judging=judging, clock=clock, calendar_day=days, local_day=local_day)


def with_days(sql: str, clock: pa.Table) -> str:
    """SQL in which the earliest day of a column of the clock stands written: by a day that it is told an engine leaves
    rows out before it looks at the rest of them, and not by one that it has to look up."""
    return _EARLIEST.sub(lambda found: f"date '{pc.min(clock[found[1]]).as_py()}'", sql)


def known_now(sql: str) -> str:
    """The SQL of facts of the present, in which all that the CRM says is known: `known_at` of a clock stands written, so
    that an engine tests a record by it before it looks up whose clock counts."""
    written = f"timestamp '{ALWAYS}'"
    return _KNOWN_SELECTED.sub(f"{written} as known_at,", _KNOWN_COMPARED.sub(rf"\1 {written}", sql))


def _clock_of(
    days: pa.Table,
    zones: Mapping[str, WorkingTime],
    at: datetime,
    *,
    known_at: datetime,
    span: tuple[date, date],
) -> pa.Table:
    now = pa.scalar(at, pa.timestamp("us"))
    today = days.filter(pc.and_(pc.less_equal(days["starts_at"], now), pc.greater(days["ends_at"], now)))
    names, dates = today["timezone"].to_pylist(), today["day"].to_pylist()

    def same(value: date, kind: pa.DataType) -> pa.Array:
        return pa.array([value] * len(names), kind)

    minutes = [
        before + _minutes_open(at, day, Office(zone=find_zone(name, place="calendar"), working=zones[name]))
        for name, day, before in zip(names, dates, today["open_minutes_before"].to_pylist(), strict=True)
    ]
    return pa.table(
        {
            "judged_at": same(at, pa.timestamp("us")),
            "known_at": same(known_at, pa.timestamp("us")),
            "known_on": today["day"] if known_at == at else same(known_at.date(), pa.date32()),
            "timezone": pa.array(names, pa.string()),
            "today": today["day"],
            "day_number": today["day_number"],
            "business_number": today["business_number"],
            "business_minute": pa.array(minutes, pa.int64()),
            **{
                name: pa.array([day - timedelta(days=back) for day in dates], pa.date32())
                for name, back in SPANS.items()
            },
            "first_day": same(span[0], pa.date32()),
            "last_day": same(span[1], pa.date32()),
            "first_at": same(datetime.combine(span[0], datetime.min.time()), pa.timestamp("us")),
        }
    )


def _minutes_open(at: datetime, day: date, office: Office) -> int:
    opens, closes = open_span(day, office)
    # As in local_day: the minute that an instant lies in, not the full minutes since.
    return (min(max(at.replace(second=0, microsecond=0), opens), closes) - opens) // timedelta(minutes=1)


@lru_cache(maxsize=500)
def _tables_of(zone: str, working: WorkingTime, first: date, last: date) -> tuple[pa.Table, pa.Table]:
    """One zone's days and stretches, kept because judging another instant mostly needs the same ones."""
    # Two days more on each side: a UTC day at the rim is another local day in some zones.
    return both_tables(zone, working, first, last)
