"""How much this portal may still be asked: in ten seconds, in a second of searches, and today.

HubSpot counts the three apart and tells of the first and the last in the headers of every answer but a search's.
Source: HubSpot's usage guidelines; limits of 2024 (100, 190 or 250 in ten seconds, 5 searches a second).
"""

import threading
import time
from collections.abc import Mapping, Sequence

from connectors.errors import QuotaSpent
from connectors.pace import Gate, Pace
from connectors.transport import Kind

SEARCHES_PER_S = 5
_WINDOW_S = 10.0
_FIRST_PACE = 95
"""Requests in ten seconds that even HubSpot's smallest plan allows (100), until the headers say more."""
_STALE_AFTER_S = 900.0
_HEADER = "x-hubspot-ratelimit-"


class Budget:
    """The three allowances of one connection, for all its threads.

    `pace`: requests in ten seconds, whatever HubSpot says; None keeps to its headers, and to what others leave.
    """

    def __init__(self, *, pace: int | None, quota_share: float, place: str) -> None:
        self.today = Today(share=quota_share, place=place)
        self._follows_headers = pace is None
        most = pace or _FIRST_PACE
        self._general = Pace(most, _WINDOW_S, burst=(most + 1) // 2)
        self._search = Pace(SEARCHES_PER_S, 1.0)
        general: Sequence[Gate] = (self.today, self._general)
        self.gates: Mapping[Kind, Sequence[Gate]] = {
            "login": general, "read": general, "write": general, "search": (self.today, self._search),
        }  # fmt: skip

    def calls_per_s(self) -> float:
        """How many requests other than searches a second may hold, as things stand."""
        return self._general.limit() / _WINDOW_S

    def heard(self, headers: Mapping[str, str], *, status: int, kind: Kind, began: float) -> None:
        """An answer to a request that began at this `time.monotonic()`; `headers` mind no case, as urllib3's."""
        total, left_today, most, left, window = (
            headers.get(_HEADER + name, "")
            for name in ("daily", "daily-remaining", "max", "remaining", "interval-milliseconds")
        )
        if total.isdigit() and left_today.isdigit():
            self.today.heard(total=int(total), left=int(left_today))
        if status == 429:
            (self._search if kind == "search" else self._general).refused(began=began)
        elif self._follows_headers and most.isdigit() and left.isdigit() and window == "10000":
            self._general.heard(began=began, most=max(1, int(most)), left=int(left))


class Today:
    """The day's calls, which all programs of the portal share: a run leaves the others their part."""

    def __init__(self, *, share: float, place: str) -> None:
        self._share, self._place = share, place
        self.left: int | None = None
        self._total, self._under_way, self._heard_at = 0, 0, 0.0
        self._lock = threading.Lock()

    def enter(self) -> float:
        """Lets a request pass, or raises QuotaSpent when it would be one too many."""
        with self._lock:
            # Long after the last answer the day may be another: one request finds out.
            if self.left is None or time.monotonic() - self._heard_at > _STALE_AFTER_S:
                self._under_way += 1
                return 0.0
            kept = round(self._total * (1 - self._share))
            if self.left <= kept:
                problem = (
                    f"{self.left} of today's {self._total} calls are left, {kept} of them for other programs"
                )
                remedy = "Run again after midnight in the portal's time zone, or raise quota_share"
                raise QuotaSpent(self._place, problem, remedy)
            self.left -= 1
            self._under_way += 1
        return 0.0

    def leave(self) -> None:
        """The request has its answer, or is given up; it is spent all the same."""
        with self._lock:
            self._under_way -= 1

    def heard(self, *, total: int, left: int) -> None:
        """What an answer says of the day; whether the others under way are counted in it, it does not say."""
        with self._lock:
            self._total, self._heard_at = total, time.monotonic()
            self.left = left - max(0, self._under_way - 1)
