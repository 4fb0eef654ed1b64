"""Working time adds up, never runs backwards, and agrees with counting minute by minute."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rules.calendar.reckon import (
    Due,
    Office,
    add,
    business_days_between,
    business_minutes_between,
    due,
    last_business_day,
)
from rules.calendar.working import WorkingTime, find_zone
from rules.duration import Duration, DurationUnit, read_duration
from rules.errors import CalendarError

MINUTE = timedelta(minutes=1)
WEEKS = (
    WorkingTime(country="GB"),
    WorkingTime(opens=time(0, 30), closes=time(12), weekdays=frozenset(range(7))),
    WorkingTime(country="BR", opens=time(4), closes=time(22, 45), weekdays=frozenset({5, 6})),
    WorkingTime(country="US", closed=frozenset({date(2018, 11, 5)})),
)
OFFICES = st.builds(
    Office,
    zone=st.sampled_from(
        [
            find_zone(name, place="test")
            for name in (
                "Europe/London",
                "America/New_York",
                "America/Sao_Paulo",
                "Asia/Kathmandu",
                "Pacific/Apia",
            )
        ]
    ),
    working=st.sampled_from(WEEKS),
)
INSTANTS = st.one_of(
    st.datetimes(datetime.fromisoformat("2012-01-01"), datetime.fromisoformat("2036-01-01")),
    st.sampled_from(
        ["2018-11-03T20", "2026-03-28T20", "2026-10-24T20", "2025-12-24T08", "2018-02-17T01"]
    ).flatmap(
        lambda start: st.integers(0, 4000).map(lambda ahead: datetime.fromisoformat(start) + MINUTE * ahead)
    ),
).map(lambda at: at.replace(second=0, microsecond=0))
COUNTS = st.integers(0, 3000)
LONDON = Office(
    zone=find_zone("Europe/London", place="test"), working=WorkingTime(country="GB", subdivision="ENG")
)
QUICK = settings(deadline=None, max_examples=150)


def of(count: int, unit: DurationUnit = "business minutes") -> Duration:
    return Duration(count=count, unit=unit)


def is_open(at: datetime, office: Office) -> bool:
    """The slow model: whether the minute that begins at `at` is one of opening hours."""
    local = at.replace(tzinfo=UTC).astimezone(office.zone)
    working = office.working
    return working.is_open_on(local.date()) and working.opens <= local.time() < working.closes


@settings(deadline=None, max_examples=40)
@given(start=INSTANTS, ahead=st.integers(0, 6000), office=OFFICES)
def test_business_minutes_are_those_of_a_minute_by_minute_count(
    start: datetime, ahead: int, office: Office
) -> None:
    counted = sum(is_open(start + MINUTE * minute, office) for minute in range(ahead))
    assert business_minutes_between(start, start + MINUTE * ahead, office) == counted
    assert business_minutes_between(start + MINUTE * ahead, start, office) == -counted


@QUICK
@given(at=INSTANTS, one=COUNTS, two=COUNTS, office=OFFICES)
def test_business_minutes_add_up(at: datetime, one: int, two: int, office: Office) -> None:
    assert add(of(two), add(of(one), at, office), office) == add(of(one + two), at, office)


@QUICK
@given(at=INSTANTS, count=COUNTS, office=OFFICES)
def test_adding_business_minutes_and_measuring_them_are_inverse(
    at: datetime, count: int, office: Office
) -> None:
    assert business_minutes_between(at, add(of(count), at, office), office) == count


@QUICK
@given(at=INSTANTS, ahead=COUNTS, count=COUNTS, office=OFFICES)
def test_what_starts_later_is_never_due_earlier(at: datetime, ahead: int, count: int, office: Office) -> None:
    later = at + MINUTE * ahead
    assert add(of(count), at, office) <= add(of(count), later, office)
    assert due(of(count), at, office).at <= due(of(count), later, office).at


@QUICK
@given(at=INSTANTS, one=st.integers(1, 60), two=st.integers(0, 60), office=OFFICES)
def test_business_days_add_up_and_are_counted_back(at: datetime, one: int, two: int, office: Office) -> None:
    first, both = (due(of(count, "business days"), at, office).on for count in (one, one + two))
    assert business_days_between(first, both, office.working) == two
    start = at.replace(tzinfo=UTC).astimezone(office.zone).date()
    assert business_days_between(start, first, office.working) == one


@QUICK
@given(first=st.dates(date(1990, 1, 1), date(2040, 1, 1)), ahead=st.integers(0, 900), office=OFFICES)
def test_business_days_are_those_of_a_day_by_day_count(first: date, ahead: int, office: Office) -> None:
    days = [first + timedelta(days=day + 1) for day in range(ahead)]
    counted = sum(office.working.is_open_on(day) for day in days)
    assert business_days_between(first, first + timedelta(days=ahead), office.working) == counted


@QUICK
@given(
    at=INSTANTS,
    count=st.integers(0, 500),
    office=OFFICES,
    unit=st.sampled_from(["hours", "days", "business days"]),
)
@example(at=datetime.fromisoformat("2026-01-02T23:30"), count=1, office=LONDON, unit="hours")
def test_a_task_is_always_due_on_a_business_day_in_office_hours(
    at: datetime, count: int, office: Office, unit: DurationUnit
) -> None:
    found = due(of(count, unit), at, office)
    local = found.at.replace(tzinfo=UTC).astimezone(office.zone)
    assert local.date() == found.on
    assert office.working.is_open_on(found.on)
    assert local.time() <= office.working.closes


@pytest.mark.parametrize(
    ("duration", "at", "on", "instant"),
    [
        ("1 business day", "2026-03-27T10:00", "2026-03-30", "2026-03-30T16:30"),  # over the clock change
        ("1 business day", "2026-04-02T10:00", "2026-04-07", "2026-04-07T16:30"),  # over Easter
        ("1 business day", "2026-06-06T10:00", "2026-06-08", "2026-06-08T16:30"),  # from a Saturday
        ("30 days", "2026-01-01T10:00", "2026-02-02", "2026-02-02T17:30"),  # a Saturday moves on
        ("4 business hours", "2026-06-05T15:30", "2026-06-08", "2026-06-08T11:00"),
        ("4 hours", "2026-06-05T15:30", "2026-06-08", "2026-06-08T08:00"),
        ("30 minutes", "2026-06-05T10:00", "2026-06-05", "2026-06-05T10:30"),
    ],
)
def test_due_dates_of_the_office_in_london(duration: str, at: str, on: str, instant: str) -> None:
    found = due(read_duration(duration, place="test"), datetime.fromisoformat(at), LONDON)
    assert found == Due(on=date.fromisoformat(on), at=datetime.fromisoformat(instant))


@pytest.mark.parametrize(
    ("duration", "at", "instant"),
    [
        ("1 day", "2026-03-28T12:00", "2026-03-29T11:00"),
        ("24 hours", "2026-03-28T12:00", "2026-03-29T12:00"),
        ("2 weeks", "2026-03-28T12:00", "2026-04-11T11:00"),
        ("1 business day", "2026-03-28T12:00", "2026-03-30T11:00"),
    ],
)
def test_days_keep_the_hour_on_the_clock_and_hours_are_real(duration: str, at: str, instant: str) -> None:
    found = add(read_duration(duration, place="test"), datetime.fromisoformat(at), LONDON)
    assert found == datetime.fromisoformat(instant)


def test_an_office_that_never_opens_is_refused_and_not_searched_for_ever() -> None:
    days = frozenset(date(2026, 1, 1) + timedelta(days=ahead) for ahead in range(4000))
    office = Office(zone=LONDON.zone, working=WorkingTime(closed=days))
    with pytest.raises(CalendarError, match="no working day within ten years of 2026-01-05"):
        due(of(1, "business days"), datetime.fromisoformat("2026-01-04T10:00"), office)


def test_a_date_without_end_is_counted_at_once() -> None:
    assert business_days_between(date(2026, 1, 1), date(9999, 12, 31), WorkingTime(country="GB")) > 2_000_000


@pytest.mark.parametrize(
    ("day", "found"),
    [("2026-05-22", "2026-05-22"), ("2026-05-25", "2026-05-22"), ("2026-05-26", "2026-05-26")],
)
def test_the_last_business_day_lies_before_a_weekend_and_a_holiday(day: str, found: str) -> None:
    assert last_business_day(date.fromisoformat(day), LONDON.working) == date.fromisoformat(found)
