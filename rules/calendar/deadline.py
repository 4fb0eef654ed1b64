"""When a task is due: in its owner's business hours, and for a call at an hour that suits the client too."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rules.calendar.clock import instant_of
from rules.calendar.reckon import Due, Office, due, open_span
from rules.calendar.working import WorkingTime
from rules.duration import Duration

_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)
_NEXT_DAY = Duration(count=1, unit="business days")
_DAYS_TRIED = 10
"""Business days after which no hour that suits both is looked for any more."""

Span = tuple[datetime, datetime]
Hours = tuple[time, time]


def due_for(
    duration: Duration,
    as_of: datetime,
    *,
    office: Office,
    owner_zone: ZoneInfo | None,
    client_zone: ZoneInfo | None,
    call_hours: Hours | None,
) -> Due:
    """The owner's own day and the naive UTC instant until which it is to be done; never before `as_of`.

    The company's hours and business days are read on the owner's clock. With `call_hours` (local hours in which the
    client may be rung; None: it is no call) the instant is the last minute of the day that lies in both; of a duration
    in hours or minutes the last one until then, else the first one after. On a day on which the two never meet the
    client's hours alone count, and where there are none of those either the next business day. A zone that is not known
    is the company's.
    """
    own = Office(zone=owner_zone or office.zone, working=office.working)
    found = due(duration, as_of, own)
    if found.at < as_of:
        found = due(_NEXT_DAY, as_of, own)
    if call_hours is None:
        return found
    by_day = duration.unit in ("days", "business days")
    for day in _business_days(found.on, own.working):
        spans = _comfortable(day, own, client_zone or office.zone, call_hours)
        left = [(max(start, as_of), end) for start, end in spans if end >= as_of]
        if left and by_day:
            return Due(on=day, at=left[-1][1])
        if left:
            wanted = found.at if day == found.on else left[0][0]
            return Due(on=day, at=_nearest(left, wanted))
    return found


def _nearest(spans: list[Span], wanted: datetime) -> datetime:
    """The last moment in them until the wanted one, else the first after it."""
    until = [min(end, wanted) for start, end in spans if start <= wanted]
    return until[-1] if until else spans[0][0]


def _business_days(first: date, working: WorkingTime) -> Iterator[date]:
    days = (first + _DAY * ahead for ahead in range(_DAYS_TRIED * 7))
    yield from [day for day in days if working.is_open_on(day)][:_DAYS_TRIED]


def _comfortable(day: date, own: Office, client: ZoneInfo, hours: Hours) -> list[Span]:
    """The stretches of the owner's day at which the client may be rung, in order."""
    # It may be the day before or after where the client is, in the evening or in the morning.
    dates = [each for each in (day - _DAY, day, day + _DAY) if own.working.is_open_on(each)]
    windows = [
        (instant_of(each, hours[0], client), instant_of(each, hours[1], client, last=True)) for each in dates
    ]
    whole = instant_of(day, time(), own.zone), instant_of(day + _DAY, time(), own.zone) - _MINUTE
    return _within(windows, open_span(day, own)) or _within(windows, whole)


def _within(windows: list[Span], span: Span) -> list[Span]:
    cut = [(max(start, span[0]), min(end, span[1])) for start, end in windows]
    return [(start, end) for start, end in cut if start < end]
