"""The judging instant as tables: today in each time zone, the days around it, and what instants fall on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from rules.calendar.tables import calendar_days, local_days
from rules.calendar.working import WorkingTime

YEARS_BACK, YEARS_AHEAD = 6, 2
"""Days further away are counted as the first or last day of the calendar."""

ACTIVE_DAYS = 180
"""A client with an invoice younger than this is a live one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockTables:
    """Tables that every fact view joins."""

    judging: pa.Table
    """One row: judged_at."""
    clock: pa.Table
    """A row a zone: timezone, today, day_number, business_number, active_since, first_day, last_day, first_at."""
    calendar_day: pa.Table
    local_day: pa.Table


def clock_tables(as_of: datetime, zones: Mapping[str, WorkingTime]) -> ClockTables:
    """The tables for a naive UTC instant; raises CalendarError for a zone or country that does not exist."""
    first, last = date(as_of.year - YEARS_BACK, 1, 1), date(as_of.year + YEARS_AHEAD, 12, 31)
    tables = [_tables_of(zone, working, first, last) for zone, working in sorted(zones.items())]
    days = pa.concat_tables([each[0] for each in tables])
    now = pa.scalar(as_of, pa.timestamp("us"))
    today = days.filter(pc.and_(pc.less_equal(days["starts_at"], now), pc.greater(days["ends_at"], now)))
    first_at = datetime.combine(first, datetime.min.time())
    zone_names = today["timezone"].to_pylist()
    clock = pa.table(
        {
            "timezone": pa.array(zone_names, pa.string()),
            "today": today["day"],
            "day_number": today["day_number"],
            "business_number": today["business_number"],
            "active_since": pa.array(
                [day - timedelta(days=ACTIVE_DAYS) for day in today["day"].to_pylist()], pa.date32()
            ),
            "first_day": pa.array([first] * len(zone_names), pa.date32()),
            "last_day": pa.array([last] * len(zone_names), pa.date32()),
            "first_at": pa.array([first_at] * len(zone_names), pa.timestamp("us")),
        }
    )
    judging = pa.table({"judged_at": pa.array([as_of], pa.timestamp("us"))})
    return ClockTables(
        judging=judging,
        clock=clock,
        calendar_day=days,
        local_day=pa.concat_tables([each[1] for each in tables]),
    )


@lru_cache(maxsize=500)
def _tables_of(zone: str, working: WorkingTime, first: date, last: date) -> tuple[pa.Table, pa.Table]:
    """One zone's days and stretches, kept because judging another instant mostly needs the same ones."""
    # Two days more on each side: a UTC day at the rim is another local day in some zones.
    days = calendar_days({zone: working}, first - timedelta(days=2), last + timedelta(days=2))
    return days, local_days({zone: working}, first, last)
