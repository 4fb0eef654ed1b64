"""Working days and office hours of the made-up agency."""

from datetime import date, datetime, time, timedelta
from random import Random

_LAST_HOUR = time(16)
"""What is begun later is done the next working day."""


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


def working_days_ago(count: int, rng: Random, now: datetime) -> datetime:
    """Some minute of the morning of the working day that lies so many before `now`."""
    day = working_days_before(now.date(), count)
    return datetime.combine(day, time(9)) + timedelta(minutes=rng.randrange(150))


def soon(at: datetime, minutes: int) -> datetime:
    """So many minutes after `at`, or on the next working morning where the office is closed by then."""
    then = at + timedelta(minutes=minutes)
    if then.weekday() < 5 and then.time() <= _LAST_HOUR:
        return then
    return _next_morning(then) + timedelta(minutes=minutes % 90)


def next_working_day(at: datetime, minutes: int) -> datetime:
    """So many minutes after the office opens on the working day after `at`."""
    return _next_morning(at) + timedelta(minutes=minutes)


def _next_morning(at: datetime) -> datetime:
    day = at.date() + timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return datetime.combine(day, time(8, 30))
