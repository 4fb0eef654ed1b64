"""Counts what was spent in the last 24 hours, as the vendor's daily allowances do."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

WINDOW = timedelta(hours=24)


@dataclass(slots=True)
class Rolling:
    """A sum over a moving window, to the minute."""

    _minutes: deque[tuple[datetime, int]] = field(default_factory=deque)
    _sum: int = 0

    def add(self, now: datetime, amount: int = 1) -> None:
        """Spends `amount`."""
        minute = now.replace(second=0, microsecond=0)
        same = self._minutes and self._minutes[-1][0] == minute
        before = self._minutes.pop()[1] if same else 0
        self._minutes.append((minute, before + amount))
        self._sum += amount

    def total(self, now: datetime) -> int:
        """What the last 24 hours spent."""
        while self._minutes and now - self._minutes[0][0] >= WINDOW:
            self._sum -= self._minutes.popleft()[1]
        return self._sum
