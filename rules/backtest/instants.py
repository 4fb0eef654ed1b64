"""At which moment each past day is judged: when the company closes, and today at the judging instant itself."""

from datetime import datetime, timedelta

from rules.calendar.clock import day_of, instant_of
from rules.calendar.working import find_zone
from rules.case import Case


def closings(case: Case, days: int) -> tuple[datetime, ...]:
    """The closing times of the `days` days before the case's own, as naive UTC; the first shows what was there before."""
    zone = find_zone(case.timezone, place="company.timezone")
    today = day_of(case.as_of, zone)
    past = (today - timedelta(days=back) for back in range(days, 0, -1))
    at = (instant_of(day, case.working.closes, zone, last=True) for day in past)
    return tuple(each for each in at if each < case.as_of)
