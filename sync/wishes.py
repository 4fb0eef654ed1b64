"""What the person at the keyboard asked a run for."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the person at the keyboard asked for."""

    now: datetime | None = None
    """Judge as of this instant, naive UTC; None: the real time."""
    accept_baseline: bool = False
    over_limits: bool = False
    retry: str | None = None
    """Only what this past run could not write, tried again."""
