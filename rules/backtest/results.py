"""What a rehearsal answers: for each rule what it would have raised, for whom and when, and what another version would."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from rules.backtest.past import Untold


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Findings over the rehearsed days."""

    before: int = 0
    """There on the first day already, whenever they began."""
    raised: int = 0
    resolved: int = 0
    open_most: int = 0
    """The most that were open on one day."""
    open_now: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What one day brought."""

    on: date
    raised: int
    resolved: int
    open: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """What a week brought."""

    from_on: date
    """Its Monday; the first and the last week may be cut short."""
    raised: int
    resolved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """One person's share."""

    person_id: str | None
    """None: clients without an owner."""
    name: str | None
    counted: Counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """One rule over the rehearsed days."""

    rule: str
    title: str
    mode: str
    from_on: date
    """Its first judged day: what was there then is not raised."""
    counted: Counted
    days: tuple[Day, ...]
    """Every judged day, the first among them."""
    owners: tuple[Owner, ...]
    unknown_some: int
    """Subjects of which the rule could not tell on some day."""
    unknown_now: int
    """The same on the last day."""
    unknown_why: str
    notes: tuple[str, ...]

    @property
    def weeks(self) -> tuple[Week, ...]:
        """The days by week, without the first day, which raises nothing."""
        weeks: dict[date, list[Day]] = {}
        for day in self.days[1:]:
            weeks.setdefault(day.on - timedelta(days=day.on.weekday()), []).append(day)
        return tuple(
            Week(
                from_on=monday,
                raised=sum(day.raised for day in days),
                resolved=sum(day.resolved for day in days),
            )
            for monday, days in weeks.items()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """One finding that only one of two versions would have raised."""

    subject_id: str
    account_id: str | None
    name: str | None
    """The client's, or that of the person of ours."""
    owner_name: str | None
    first_on: date
    """The day on which it would have been raised."""
    last_on: date | None
    """The last day before it was over; None: it is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One rule as both versions have it."""

    rule: str
    change: Literal["same", "changed", "added", "removed", "not compared"]
    """Added: only this version judges it; removed: only the other one."""
    reason: str = ""
    """Why it is not rehearsed, here or there."""
    raised: int = 0
    """By this version."""
    raised_there: int = 0
    """By the other one."""
    kept: int = 0
    """Of those raised here the ones that the other one has too, if for other days."""
    new: tuple[Named, ...] = ()
    """Raised here, and never open at that time there."""
    lost: tuple[Named, ...] = ()
    """Raised there, and never open at that time here."""
    new_before: int = 0
    """The same of those that were there on the first day already."""
    lost_before: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """All of it."""

    as_of: datetime
    from_on: date
    """The day whose findings are what was there before."""
    to_on: date
    rules: tuple[Rehearsed, ...]
    untold: Mapping[str, Untold]
    """Rules that were not rehearsed, by name."""
    owners: tuple[Owner, ...]
    """Over all rules."""
    differences: tuple[Difference, ...] = ()
