"""Business hours in facts are those that the calendar counts: any instant, any zone, any office."""

from datetime import date, datetime, time, timedelta
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rules.calendar.clock import day_of
from rules.calendar.reckon import Office, business_days_between, business_minutes_between
from rules.calendar.working import WorkingTime, find_zone
from tests.rules.plain_org import PlainOrg, client
from tests.rules.small_org import LONDON, at, tell

ZONES = (
    "Europe/London", "America/New_York", "America/St_Johns", "Asia/Tokyo", "Asia/Kolkata", "Australia/Lord_Howe",
    "Pacific/Auckland", "Pacific/Honolulu", "UTC",
)  # fmt: skip
OFFICES = (
    LONDON,
    WorkingTime(country="DE", subdivision="BY", opens=time(7, 30), closes=time(20), weekdays=frozenset(range(6))),
    WorkingTime(opens=time(0), closes=time(23, 59), weekdays=frozenset(range(7))),
    WorkingTime(opens=time(1, 30), closes=time(2, 30), weekdays=frozenset({6}), closed=frozenset({date(2026, 3, 29)})),
)  # fmt: skip
"""The last one works where clocks change, Sunday nights, but for one night."""

COLUMNS = {
    "message": "business_hours_unanswered",
    "incident": "business_hours_since_opened",
    "feedback": "business_hours_since_feedback",
}
DAYS = {
    "message": "business_days_since_message",
    "incident": "business_days_since_opened",
    "feedback": "business_days_since_feedback",
}

instants = st.datetimes(datetime(2025, 2, 1), datetime(2027, 11, 30))
ages = st.integers(0, 85 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes, seconds=minutes % 60))


def org_of(now: datetime, moments: list[tuple[timedelta, str]]) -> PlainOrg:
    """A client in each zone; a message, an incident and a complaint at each moment."""
    org = PlainOrg()
    for number, (age, zone) in enumerate(moments):
        id_ = f"a{number:03}"
        client(org, id_, timezone=zone)
        org.touch(now - age, "in", account_id=id_)
        org.put("incident", f"i{number:03}", account_id=id_, opened_at=now - age, is_open=True)
        org.put("feedback", f"f{number:03}", account_id=id_, given_at=now - age, mood="unhappy")
    return org


def minute(instant: datetime) -> datetime:
    """Time is told by the minute that an instant lies in."""
    return instant.replace(second=0, microsecond=0)


@given(
    instants,
    st.lists(st.tuples(ages, st.sampled_from(ZONES)), min_size=20, max_size=40),
    st.sampled_from(OFFICES),
)
@example(at("2026-03-30 12:00"), [(timedelta(minutes=n * 30), ZONES[0]) for n in range(200)], LONDON)
@example(at("2026-10-26 12:00"), [(timedelta(minutes=n * 30), ZONES[0]) for n in range(200)], OFFICES[3])
@example(at("2026-03-30 12:00"), [(timedelta(minutes=n * 30), ZONES[0]) for n in range(200)], OFFICES[2])
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_hours_and_days_are_those_of_the_calendar(
    now: datetime, moments: list[tuple[timedelta, str]], working: WorkingTime
) -> None:
    facts = tell(org_of(now, moments), about=COLUMNS, now=now, working=working)
    expected = [told_by_calendar(now - age, now, zone, working) for age, zone in moments]
    for subject, column in COLUMNS.items():
        rows = sorted(facts[subject], key=lambda row: str(row["account_id"]))
        assert [(row[column], row[DAYS[subject]]) for row in rows] == expected


def told_by_calendar(start: datetime, end: datetime, zone: str, working: WorkingTime) -> tuple[int, int]:
    """Full business hours, and business days."""
    office = Office(zone=find_zone(zone, place="test"), working=working)
    minutes = business_minutes_between(minute(start), minute(end), office)
    days = business_days_between(day_of(start, office.zone), day_of(end, office.zone), working)
    return minutes // 60, days


def test_what_lies_before_the_calendar_counts_from_its_first_day() -> None:
    org = client()
    org.put("incident", "i1", opened_at=at("2001-02-03 14:05"), is_open=True)
    (row,) = tell(org, about=["incident"])["incident"]
    expected: Any = told_by_calendar(at("2020-01-01 00:00"), at("2026-05-13 12:00"), "Europe/London", LONDON)
    assert (row["business_hours_since_opened"], row["business_days_since_opened"]) == expected
    assert row["incident_opened_on"] == date(2001, 2, 3)
