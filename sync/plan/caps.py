"""How many new tasks a person gets and a run may write: the most pressing first, the rest held in sight."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from rules.findings import Finding
from rules.wording import spelled

_RANK = {"high": 0, "normal": 1, "low": 2}


class OwnerCaps(Protocol):
    """New tasks a day and in seven days, and tasks open at once, for one person."""

    @property
    def day(self) -> int:
        """New ones a working day; days off go on with what is left of the one before."""

    @property
    def week(self) -> int:
        """New ones in seven days."""

    @property
    def open(self) -> int:
        """Open at the same time."""

    @property
    def high_share(self) -> float:
        """The share of the open ones that may be of high priority."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedTask:
    """One of our tasks as the caps see it."""

    owner_id: str
    created_on: date | None
    is_open: bool
    is_high: bool = False
    """Of high priority, as the CRM holds it."""
    is_shown: bool = True
    """The CRM shows it; one that was sent by a run that died may never have arrived."""


class Allowance:
    """What each person may still get today; counts up as tasks are taken."""

    def __init__(
        self, caps: OwnerCaps, tasks: Iterable[OwnedTask], *, today: date, working_day: date
    ) -> None:
        """`working_day`: today, or the last one before it: who comes back on Monday is to find no heap of three days."""
        self._caps = caps
        self._since = "today" if working_day == today else f"since {spelled(working_day)}"
        self._day: Counter[str] = Counter()
        self._week: Counter[str] = Counter()
        self._open: Counter[str] = Counter()
        self._shown: Counter[str] = Counter()
        self._high: Counter[str] = Counter()
        for task in tasks:
            if task.created_on is not None:
                self._day[task.owner_id] += task.created_on >= working_day
                self._week[task.owner_id] += task.created_on > today - timedelta(days=7)
            self._open[task.owner_id] += task.is_open
            self._shown[task.owner_id] += task.is_open and task.is_shown
            self._high[task.owner_id] += task.is_open and task.is_high

    def take(self, owner_id: str) -> str | None:
        """Counts one new task for the person, or says which cap is reached."""
        caps = self._caps
        for count, cap, words in (
            (self._day, caps.day, f"new tasks {self._since}"),
            (self._week, caps.week, "new tasks in seven days"),
            (self._open, caps.open, "open tasks"),
        ):
            if count[owner_id] >= cap:
                return f"has {count[owner_id]} {words} (limits.new_per_owner allows {cap})"
        for count in (self._day, self._week, self._open, self._shown):
            count[owner_id] += 1
        return None

    def take_high(self, owner_id: str) -> bool:
        """Whether the task that was just taken may be of high priority; counts it if so.

        Where everything is urgent nothing is: one task always may, further ones up to the share of those that are
        there, so that a run after one that died decides as that one did.
        """
        most = max(1, int(self._caps.high_share * self._shown[owner_id]))
        if self._high[owner_id] >= most:
            return False
        self._high[owner_id] += 1
        return True


def pressing(finding: Finding) -> tuple[int, float, datetime, str, str]:
    """A sort key: severity, then revenue, then how long it has been so, then subject and rule."""
    return (
        _RANK.get(finding.severity, 1),
        -float(finding.facts.get("account_revenue") or 0),
        finding.newest_fact_at or datetime.min,
        finding.subject_id,
        finding.rule,
    )
