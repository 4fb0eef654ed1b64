"""When the company works, as its config says, in the words of the calendar."""

from rules.calendar.working import WorkingTime
from sync.config.config import Config


def working_time(config: Config) -> WorkingTime:
    """When the company works, for the calendar."""
    calendar = config.company.calendar
    return WorkingTime(
        country=calendar.country,
        subdivision=calendar.subdivision,
        opens=calendar.opens_at,
        closes=calendar.closes_at,
        weekdays=frozenset(
            ("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(day) for day in calendar.weekdays
        ),
        closed=calendar.closed_on,
    )
