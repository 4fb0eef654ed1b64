"""Counts fates, by rule or by person, and how long it took to act."""

from collections import Counter
from dataclasses import dataclass, field
from statistics import median

from sync.scoreboard.fates import Fate

_BAD: tuple[Fate, ...] = ("dismissed", "ignored")
FEWEST = 10
"""So many tasks must have ended, or be long overdue, before a rule is judged by them."""
MOSTLY = 0.5


@dataclass(slots=True, kw_only=True)
class Tally:
    """What became of the tasks of one rule, or of one person."""

    counts: Counter[Fate] = field(default_factory=Counter)
    bad_repeats: int = 0
    """Of those that were dismissed or ignored: how many had been raised and answered before."""
    hours: list[float] = field(default_factory=list)
    """Business hours from creation to completion, of those that were acted on."""

    def count(self, fate: Fate, *, hours: float | None = None, is_repeat: bool = False) -> None:
        """Counts one."""
        self.counts[fate] += 1
        if fate in _BAD:
            self.bad_repeats += is_repeat
        if fate == "acted_on" and hours is not None:
            self.hours.append(hours)

    @property
    def raised(self) -> int:
        """All of them."""
        return self.counts.total()

    @property
    def median_hours(self) -> float | None:
        """Of those that were acted on; None where none was."""
        return round(median(self.hours), 1) if self.hours else None

    @property
    def bad(self) -> int:
        """How many were dismissed or ignored."""
        return sum(self.counts[fate] for fate in _BAD)

    @property
    def bad_share(self) -> float | None:
        """Their share of those that ended or are long overdue; None where those are too few to tell."""
        ended = self.raised - self.counts["open"]
        return self.bad / ended if ended >= FEWEST else None

    @property
    def is_noise(self) -> bool:
        """Whether people mostly dismiss or ignore them."""
        return (self.bad_share or 0) > MOSTLY
