"""Local time and UTC: when a local day begins and what a wall clock means where clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant_of(day: date, clock: time, zone: ZoneInfo, *, last: bool = False) -> datetime:
    """The naive UTC instant at which a wall clock in `zone` shows `clock` on `day`.

    Where clocks skip that time (or a whole day, as Apia's did on 30 December 2011), the instant of the
    change; where they show it twice, the first time, or with `last` the second.
    """
    wall = datetime.combine(day, clock, tzinfo=zone)
    early = wall.utcoffset() or timedelta()
    late = wall.replace(fold=1).utcoffset() or timedelta()
    naive = wall.replace(tzinfo=None)
    if early < late:
        return _change_between(naive - late, naive - early, zone)
    return naive - (late if last else early)


def day_of(at: datetime, zone: ZoneInfo) -> date:
    """The local day of a naive UTC instant."""
    return at.replace(tzinfo=UTC).astimezone(zone).date()


def _change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The second at which the offset of `after` begins; `before` still has the old one."""
    new = after.replace(tzinfo=UTC).astimezone(zone).utcoffset()
    low, high = (round((each.replace(tzinfo=UTC) - _EPOCH).total_seconds()) for each in (before, after))
    while high - low > 1:
        middle = (low + high) // 2
        at = (_EPOCH + timedelta(seconds=middle)).astimezone(zone)
        low, high = (low, middle) if at.utcoffset() == new else (middle, high)
    return (_EPOCH + timedelta(seconds=high)).replace(tzinfo=None)
