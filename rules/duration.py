"""A length of time as people write it: "3 business days", "4 hours", "2 weeks"."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from rules.errors import CalendarError

DurationUnit = Literal["minutes", "hours", "days", "business minutes", "business hours", "business days"]

LONGEST = 99_999
"""Of any unit; as days that is 273 years, so adding one to a date of our time cannot leave the calendar."""

_WRITTEN = re.compile(
    r"\s*(?P<count>[0-9]{1,9})\s*(?P<business>business\s+)?(?P<unit>[a-z]+)\s*", re.IGNORECASE
)

_UNITS: dict[tuple[bool, str], tuple[int, DurationUnit]] = {
    (False, "minute"): (1, "minutes"),
    (False, "hour"): (1, "hours"),
    (False, "day"): (1, "days"),
    (False, "week"): (7, "days"),
    (True, "minute"): (1, "business minutes"),
    (True, "hour"): (1, "business hours"),
    (True, "day"): (1, "business days"),
}

_MINUTES: dict[str, tuple[str, int]] = {
    "minutes": ("clock", 1),
    "hours": ("clock", 60),
    "days": ("clock", 1440),
    "business minutes": ("office", 1),
    "business hours": ("office", 60),
}
"""Units that convert into each other; a business day has no fixed length, so it stands alone."""

UNIT_WORDS = frozenset({"minute", "minutes", "hour", "hours", "day", "days", "week", "weeks", "business"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """A whole number of one unit; weeks are read as seven days."""

    count: int
    unit: DurationUnit

    def __str__(self) -> str:
        return f"{self.count} {self.unit[:-1] if self.count == 1 else self.unit}"

    def counted_in(self, unit: str) -> int | Decimal | None:
        """The same length in another unit; None where that has no fixed answer (days, business days)."""
        return convert(self.count, self.unit, to=unit)


def convert(count: int | Decimal, unit: str, *, to: str) -> int | Decimal | None:
    """A count of one unit in another, to six digits; None where that has no fixed answer."""
    if unit == to:
        return count
    mine, other = _MINUTES.get(unit), _MINUTES.get(to)
    if mine is None or other is None or mine[0] != other[0]:
        return None
    minutes = count * mine[1]
    return (
        int(minutes // other[1])
        if minutes % other[1] == 0
        else round(Decimal(minutes) / other[1], 6).normalize()
    )


def find_duration(text: str) -> Duration | None:
    """The duration that the whole text is; None when it is some other text."""
    match = _WRITTEN.fullmatch(text)
    if match is None:
        return None
    word = match["unit"].lower()
    known = _UNITS.get((match["business"] is not None, word.removesuffix("s")))
    if known is None or int(match["count"]) * known[0] > LONGEST:
        return None
    return Duration(count=int(match["count"]) * known[0], unit=known[1])


def read_duration(text: str, *, place: str) -> Duration:
    """The duration that a config value says; raises CalendarError with the forms that are understood."""
    found = find_duration(text)
    if found is None:
        raise CalendarError(
            place,
            f"'{text[:60]}' is not a length of time",
            f"write a whole number up to {LONGEST} and a unit, such as '30 days', '2 weeks', "
            "'4 business hours' or '1 business day'",
        )
    return found
