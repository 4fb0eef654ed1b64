"""Working days and office hours of the made-up agency."""

from datetime import date, datetime, time, timedelta
from random import Random


def working_days_before(day: date, count: int) -> date:
    """The working day that lies `count` working days before `day`."""
    while count:
        day -= timedelta(days=1)
        count -= day.weekday() < 5
    return day


def working_day(day: date) -> date:
    """`day`, or the Friday before it."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def moment(day: date, rng: Random) -> datetime:
    """Some minute of office hours."""
    return datetime.combine(day, time(8, 30)) + timedelta(minutes=rng.randrange(540))


def recent(day: date, rng: Random, now: datetime) -> datetime:
    """Some minute of office hours of `day`, and before `now` at any rate."""
    at = moment(working_day(day), rng)
    return at if at < now else now - timedelta(minutes=rng.randrange(5, 60))
