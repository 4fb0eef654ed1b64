"""The calendar tables cover all time, and their running numbers count what they say."""

import time
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rules.calendar.clock import day_of
from rules.calendar.reckon import Office, business_days_between, business_minutes_between
from rules.calendar.tables import calendar_days, local_days
from rules.calendar.working import WorkingTime, find_zone

ZONES = (
    "UTC", "Europe/London", "America/New_York", "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Apia",
    "Australia/Lord_Howe", "Africa/Casablanca", "America/Nuuk", "Pacific/Kiritimati", "Asia/Tehran",
)  # fmt: skip
DAYS = st.dates(min_value=date(2000, 1, 3), max_value=date(2037, 12, 1))
DAY = timedelta(days=1)
GB = WorkingTime(country="GB", subdivision="ENG", closed=frozenset({date(2026, 12, 24)}))


def rows(zone: str, first: date, last: date, working: WorkingTime = GB) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = calendar_days({zone: working}, first, last).to_pylist()
    return found


@settings(deadline=None, max_examples=60)
@given(zone=st.sampled_from(ZONES), first=DAYS, length=st.integers(0, 40))
@example(zone="Pacific/Apia", first=date(2011, 12, 28), length=4)
@example(zone="America/Sao_Paulo", first=date(2018, 11, 1), length=5)
@example(zone="Europe/London", first=date(2026, 3, 28), length=2)
def test_every_instant_has_exactly_one_local_day(zone: str, first: date, length: int) -> None:
    last = first + DAY * length
    found = sorted(local_days({zone: GB}, first, last).to_pylist(), key=lambda row: row["from_at"])
    assert found[0]["from_at"] == datetime.combine(first, datetime.min.time())
    assert found[-1]["to_at"] == datetime.combine(last + DAY, datetime.min.time())
    assert all(one["to_at"] == following["from_at"] for one, following in pairwise(found))
    for row in found:
        inside = row["to_at"] - timedelta(microseconds=1)
        assert row["from_at"].date() == inside.date() == row["utc_day"]
        assert day_of(row["from_at"], find_zone(zone, place="test")) == row["day"]
        assert day_of(inside, find_zone(zone, place="test")) == row["day"]


@settings(deadline=None, max_examples=60)
@given(zone=st.sampled_from(ZONES), first=DAYS, length=st.integers(1, 400))
def test_days_follow_each_other_and_numbers_count_business_days(zone: str, first: date, length: int) -> None:
    found = rows(zone, first, first + DAY * length)
    for before, row in pairwise(found):
        assert row["starts_at"] == before["ends_at"]
        assert row["day_number"] == before["day_number"] + 1
        assert row["business_number"] == before["business_number"] + row["is_business_day"]
        assert (row["opens_at"] is None) == (not row["is_business_day"])
    if zone != "Pacific/Apia":
        counted = found[-1]["business_number"] - found[0]["business_number"]
        assert counted == business_days_between(first, first + DAY * length, GB)


@settings(deadline=None, max_examples=40)
@given(zone=st.sampled_from(ZONES), first=DAYS, length=st.integers(1, 60))
def test_open_minutes_agree_with_measuring_them(zone: str, first: date, length: int) -> None:
    found = rows(zone, first, first + DAY * length)
    office = Office(zone=find_zone(zone, place="test"), working=GB)
    measured = business_minutes_between(found[0]["starts_at"], found[-1]["starts_at"], office)
    if not found[0]["starts_at"] <= datetime(2011, 12, 30, 10) <= found[-1]["starts_at"]:
        assert found[-1]["open_minutes_before"] == measured


@settings(deadline=None, max_examples=60)
@given(
    zone=st.sampled_from(ZONES),
    first=DAYS,
    minutes=st.lists(st.integers(0, 20 * 1440), min_size=2, max_size=2),
)
@example(zone="Europe/London", first=date(2026, 3, 27), minutes=[600, 6000])
@example(zone="America/New_York", first=date(2026, 10, 30), minutes=[1, 9000])
def test_business_minutes_of_any_two_instants_agree_with_measuring_them(
    zone: str, first: date, minutes: list[int]
) -> None:
    office = Office(zone=find_zone(zone, place="test"), working=GB)
    table = local_days({zone: GB}, first, first + DAY * 21).to_pylist()
    start, end = (
        datetime.combine(first, datetime.min.time()) + timedelta(minutes=m) for m in sorted(minutes)
    )
    assert minute_number(table, end) - minute_number(table, start) == business_minutes_between(
        start, end, office
    )


def minute_number(table: list[dict[str, Any]], at: datetime) -> int:
    [row] = (row for row in table if row["from_at"] <= at < row["to_at"])
    minute = at.hour * 60 + at.minute
    held = max(row["opens_minute"], min(row["closes_minute"], minute))
    return int(row["minutes_before"] + held - row["opens_minute"])


def test_tables_of_different_spans_number_business_days_alike() -> None:
    long = {
        row["day"]: row["business_number"]
        for row in rows("Europe/London", date(1999, 6, 1), date(2027, 1, 1))
    }
    for first in (date(1999, 12, 31), date(2000, 1, 3), date(2026, 4, 4)):
        assert rows("Europe/London", first, first)[0]["business_number"] == long[first]


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)]
)
def test_a_day_is_as_long_as_the_clocks_make_it(day: date, hours: int) -> None:
    [row] = rows("Europe/London", day, day)
    assert row["ends_at"] - row["starts_at"] == timedelta(hours=hours)


def test_office_hours_are_local_on_both_sides_of_a_clock_change() -> None:
    friday, *_, monday = rows("Europe/London", date(2026, 3, 27), date(2026, 3, 30))
    assert friday["opens_at"].hour == 9
    assert monday["opens_at"].hour == 8
    assert monday["open_minutes_before"] - friday["open_minutes_before"] == 510


def test_a_day_that_a_zone_skipped_is_empty_and_closed() -> None:
    skipped = rows("Pacific/Apia", date(2011, 12, 30), date(2011, 12, 30))[0]
    assert skipped["starts_at"] == skipped["ends_at"]
    assert not skipped["is_business_day"]


@pytest.mark.parametrize("day", [date(2026, 4, 6), date(2026, 12, 24), date(2026, 12, 28), date(2026, 8, 1)])
def test_holidays_own_closing_days_and_weekends_are_closed(day: date) -> None:
    [row] = rows("Europe/London", day, day)
    assert not row["is_business_day"]
    assert row["closes_at"] is None


def test_fifteen_years_of_ten_zones_are_not_worked_out_day_by_day_anew() -> None:
    started = time.thread_time()
    table = calendar_days(dict.fromkeys(ZONES[:10], GB), date(2012, 1, 1), date(2026, 12, 31))
    assert table.num_rows == 10 * 5479
    assert time.thread_time() - started < 20  # about one on a quiet machine
