"""How much this portal may still be asked: in ten seconds, in a second of searches, and today.

HubSpot counts the three apart and tells of the first and the last in the headers of every answer but a search's.
Source: HubSpot's usage guidelines; limits of 2024 (100, 190 or 250 in ten seconds, 5 searches a second).
"""

from collections.abc import Mapping, Sequence

from connectors.daily import DailyCalls
from connectors.pace import Gate, Pace
from connectors.transport import Kind

SEARCHES_PER_S = 5
_WINDOW_S = 10.0
_FIRST_PACE = 95
"""Requests in ten seconds that even HubSpot's smallest plan allows (100), until the headers say more."""
_HEADER = "x-hubspot-ratelimit-"


class Budget:
    """The three allowances of one connection, for all its threads.

    `pace`: requests in ten seconds, whatever HubSpot says; None keeps to its headers, and to what others leave.
    """

    def __init__(self, *, pace: int | None, quota_share: float, place: str) -> None:
        self.today = DailyCalls(
            share=quota_share, place=place, refilled="after midnight in the portal's time zone"
        )
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
