"""Calendars and durations of the config are read, or refused with what to write instead."""

from datetime import date, time
from typing import Any

import pytest

from rules.calendar.working import WorkingTime, find_zone, read_working_time
from rules.duration import Duration, find_duration, read_duration
from rules.errors import CalendarError

PLACE = "keptword.toml: company.calendar"


def test_a_calendar_is_read_as_the_config_writes_it() -> None:
    found = read_working_time(
        place=PLACE, country="GB", subdivision="ENG", hours="08:30 - 17:00", weekdays=["mon", "Tuesday"],
        closed=["2026-12-24", date(2026, 12, 31)],
    )  # fmt: skip
    assert found == WorkingTime(
        country="GB", subdivision="ENG", opens=time(8, 30), closes=time(17), weekdays=frozenset({0, 1}),
        closed=frozenset({date(2026, 12, 24), date(2026, 12, 31)}),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"country": "gb"}, ".country: the holidays of 'gb' are not known; did you mean 'GB'?"),
        ({"country": "Germany"}, ".country: the holidays of 'Germany' are not known; did you mean 'DE'?"),
        (
            {"country": "England"},
            '.country: the holidays of \'England\' are not known; write country = "GB" and subdivision = "ENG"',
        ),
        (
            {"country": "XX"},
            ".country: the holidays of 'XX' are not known; write the two letters of ISO 3166, such as GB, US or DE",
        ),
        (
            {"country": "GB", "subdivision": "EN"},
            ".subdivision: 'GB' has no part 'EN' with holidays of its own; did you mean 'ENG'?",
        ),
        (
            {"subdivision": "ENG"},
            '.subdivision: it stands without a country; add country = "GB" or the like',
        ),
        ({"hours": "9-5"}, ".hours: '9-5' are no opening hours; write them as '09:00-17:30'"),
        (
            {"hours": "22:00-06:00"},
            ".hours: '22:00-06:00' are no opening hours; "
            "write local hours to the minute within one day, such as '09:00-17:30'",
        ),
        ({"weekdays": ["mnoday"]}, ".weekdays: there is no weekday 'mnoday'; did you mean 'monday'?"),
        ({"weekdays": []}, ".weekdays: no day is a working day; name at least one, such as 'monday'"),
        ({"closed": ["24.12."]}, ".closed: '24.12.' is not a day; write it as '2026-12-24'"),
    ],
)
def test_a_wrong_calendar_is_refused_with_its_place_and_remedy(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(CalendarError) as caught:
        read_working_time(place=PLACE, **wrong)
    assert str(caught.value) == PLACE + message


@pytest.mark.parametrize(
    ("wrong", "near"),
    [
        ("Europe/Lodnon", "Europe/London"),
        ("europe/london", "Europe/London"),
        ("New York", "America/New_York"),
        ("London", "Europe/London"),
    ],
)
def test_an_unknown_zone_is_refused_with_the_nearest(wrong: str, near: str) -> None:
    with pytest.raises(CalendarError) as caught:
        find_zone(wrong, place="company.timezone")
    assert str(caught.value) == f"company.timezone: there is no time zone '{wrong}'; did you mean '{near}'?"


@pytest.mark.parametrize(
    "wrong", ["", "Europe", "../etc/passwd", "/etc/localtime", "UTC\0", "localtime", "x" * 5000]
)
def test_no_text_reaches_the_file_system_as_a_zone(wrong: str) -> None:
    with pytest.raises(CalendarError):
        find_zone(wrong, place="company.timezone")


@pytest.mark.parametrize(
    ("text", "count", "unit"),
    [
        ("1 business day", 1, "business days"),
        ("10 Business Days", 10, "business days"),
        ("4 business hours", 4, "business hours"),
        ("30 days", 30, "days"),
        ("2 weeks", 14, "days"),
        (" 90minutes ", 90, "minutes"),
        ("0 days", 0, "days"),
    ],
)
def test_durations_are_read_as_people_write_them(text: str, count: int, unit: Any) -> None:
    assert read_duration(text, place="test") == Duration(count=count, unit=unit)
    assert find_duration(str(Duration(count=count, unit=unit))) == Duration(count=count, unit=unit)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "days",
        "3",
        "three days",
        "-1 days",
        "1.5 days",
        "3 months",
        "3 business weeks",
        "99999999 days",
        "3 d",
    ],
)
def test_other_lengths_are_refused_with_the_forms_that_are_understood(text: str) -> None:
    with pytest.raises(CalendarError) as caught:
        read_duration(text, place="rules.x.repeat_after")
    assert str(caught.value) == (
        f"rules.x.repeat_after: '{text}' is not a length of time; write a whole number up to 99999 and a unit, "
        "such as '30 days', '2 weeks', '4 business hours' or '1 business day'"
    )
