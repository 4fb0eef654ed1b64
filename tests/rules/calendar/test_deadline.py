"""A task is due in its owner's hours, and a call at an hour that suits the client."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.calendar.deadline import due_for
from rules.calendar.reckon import Due, Office
from rules.calendar.working import WorkingTime
from rules.duration import Duration, DurationUnit, read_duration

ZONES = st.sampled_from(
    [
        ZoneInfo(name)
        for name in (
            "Europe/London", "America/New_York", "America/Los_Angeles", "Asia/Kathmandu", "Asia/Tokyo",
            "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Honolulu",
        )
    ]
)  # fmt: skip
LONDON = Office(zone=ZoneInfo("Europe/London"), working=WorkingTime(country="GB", subdivision="ENG"))
OFFICES = st.sampled_from(
    [LONDON, Office(zone=ZoneInfo("Asia/Tokyo"), working=WorkingTime(country="JP", closes=time(18)))]
)
INSTANTS = st.datetimes(datetime.fromisoformat("2024-01-01"), datetime.fromisoformat("2030-01-01"))
UNITS: st.SearchStrategy[DurationUnit] = st.sampled_from(
    ["minutes", "hours", "days", "business minutes", "business hours", "business days"]
)
COUNTS = st.integers(0, 60)
CALLS = (time(9, 30), time(16, 30))
QUICK = settings(deadline=None, max_examples=150)


def local(at: datetime, zone: ZoneInfo) -> datetime:
    return at.replace(tzinfo=UTC).astimezone(zone)


def in_office(at: datetime, zone: ZoneInfo, office: Office) -> bool:
    """Whether it lies in the company's hours on a clock of that zone."""
    here = local(at, zone)
    working = office.working
    return working.is_open_on(here.date()) and working.opens <= here.time() <= working.closes


def suits(at: datetime, zone: ZoneInfo, office: Office) -> bool:
    """Whether a client there may be rung."""
    there = local(at, zone)
    return office.working.is_open_on(there.date()) and CALLS[0] <= there.time() <= CALLS[1]


@QUICK
@given(at=INSTANTS, count=COUNTS, unit=UNITS, office=OFFICES, owner=ZONES)
def test_it_is_due_in_the_owners_hours(
    at: datetime, count: int, unit: DurationUnit, office: Office, owner: ZoneInfo
) -> None:
    due = due_for(
        Duration(count=count, unit=unit),
        at,
        office=office,
        owner_zone=owner,
        client_zone=None,
        call_hours=None,
    )
    assert in_office(due.at, owner, office)
    assert due.on == local(due.at, owner).date()
    assert due.at >= at


@QUICK
@given(at=INSTANTS, count=COUNTS, unit=UNITS, office=OFFICES, owner=ZONES, client=ZONES)
def test_a_call_is_due_at_an_hour_that_suits_both_where_there_is_one(
    at: datetime, count: int, unit: DurationUnit, office: Office, owner: ZoneInfo, client: ZoneInfo
) -> None:
    due = due_for(
        Duration(count=count, unit=unit),
        at,
        office=office,
        owner_zone=owner,
        client_zone=client,
        call_hours=CALLS,
    )
    midnight = datetime.combine(due.on, time(), tzinfo=owner).astimezone(UTC).replace(tzinfo=None)
    day = [midnight + timedelta(minutes=15 * quarter) for quarter in range(96)]
    both = [each for each in day if in_office(each, owner, office) and suits(each, client, office)]
    assert suits(due.at, client, office)
    assert due.at >= at
    assert due.on == local(due.at, owner).date()
    assert in_office(due.at, owner, office) or len(both) < 2


@QUICK
@given(
    at=INSTANTS, one=COUNTS, more=COUNTS, unit=UNITS, office=OFFICES, owner=ZONES, client=ZONES,
    call_hours=st.sampled_from([None, CALLS]),
)  # fmt: skip
def test_what_has_longer_is_never_due_earlier(
    at: datetime, one: int, more: int, unit: DurationUnit, office: Office, owner: ZoneInfo, client: ZoneInfo,
    call_hours: tuple[time, time] | None,
) -> None:  # fmt: skip
    first, second = (
        due_for(
            Duration(count=count, unit=unit), at, office=office, owner_zone=owner, client_zone=client,
            call_hours=call_hours,
        )
        for count in (one, one + more)
    )  # fmt: skip
    assert first.at <= second.at
    assert first.on <= second.on


def call(duration: str, at: str, owner: str | None, client: str | None) -> Due:
    owner_zone, client_zone = (ZoneInfo(name) if name else None for name in (owner, client))
    return due_for(
        read_duration(duration, place="test"), datetime.fromisoformat(at), office=LONDON, owner_zone=owner_zone,
        client_zone=client_zone, call_hours=CALLS,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("duration", "at", "owner", "client", "expected"),
    [
        ("1 business day", "2026-06-09T10:00", None, None, "2026-06-10T15:30"),  # half past four in London
        ("1 business day", "2026-06-09T10:00", None, "America/New_York", "2026-06-10T16:30"),  # London closes first
        ("1 business day", "2026-06-09T10:00", "America/New_York", "Europe/London", "2026-06-10T15:30"),
        ("1 business hour", "2026-06-09T08:10", None, "America/New_York", "2026-06-09T13:30"),  # they wake up first
        ("1 business hour", "2026-06-09T14:00", None, "America/New_York", "2026-06-09T15:00"),
        ("4 business hours", "2026-06-12T15:30", None, None, "2026-06-15T11:00"),  # over a weekend
        ("1 business day", "2026-06-09T10:00", None, "Australia/Sydney", "2026-06-10T06:30"),  # before London opens
        ("1 business day", "2026-06-09T02:00", "Asia/Tokyo", "America/Los_Angeles", "2026-06-09T23:30"),
        ("1 business day", "2026-06-12T02:00", "Asia/Tokyo", "America/Los_Angeles", "2026-06-15T23:30"),  # no Sunday
    ],
)  # fmt: skip
def test_a_call_waits_for_an_hour_that_suits_the_client(
    duration: str, at: str, owner: str | None, client: str | None, expected: str
) -> None:
    assert call(duration, at, owner, client).at == datetime.fromisoformat(expected)


def test_what_never_suits_is_due_when_the_owner_can() -> None:
    mondays = Office(zone=ZoneInfo("Pacific/Apia"), working=WorkingTime(weekdays=frozenset({0})))
    due = due_for(
        Duration(count=1, unit="business days"), datetime.fromisoformat("2026-06-09T10:00"), office=mondays,
        owner_zone=None, client_zone=ZoneInfo("Pacific/Honolulu"), call_hours=CALLS,
    )  # fmt: skip
    assert local(due.at, mondays.zone) == datetime(2026, 6, 15, 17, 30, tzinfo=mondays.zone)
