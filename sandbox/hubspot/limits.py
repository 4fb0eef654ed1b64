"""HubSpot's rate limits: calls in ten seconds for each app, searches in a second and calls in a day for all of them.

Both windows roll: a call counts until that much time has passed since it came, and one that is refused counts
for nothing. They run on the machine's time, as a client's pauses do; the day is the CRM's own, and ends at
midnight where the portal is.
Search answers carry no rate headers and their 429 no policy: both as recorded from the real service.
"""

import time
import uuid
from collections import deque
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.hubspot.errors import PORTAL_ID
from sandbox.world import Clock, Switches

WINDOW_S = 10
SEARCH_WINDOW_S = 1
TIME_ZONE = "Europe/London"


class _Window:
    """Calls of the last so many seconds."""

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        self._at: deque[float] = deque()

    def left(self, most: int) -> int:
        """How many of `most` may still come now."""
        horizon = time.monotonic() - self._seconds
        while self._at and self._at[0] <= horizon:
            self._at.popleft()
        return max(0, most - len(self._at))

    def add(self) -> None:
        """Counts a call."""
        self._at.append(time.monotonic())


class Limits:
    """Counts calls; counting never stops, refusing only happens where it is switched on."""

    def __init__(self, clock: Clock, switches: Switches) -> None:
        self._clock, self._switches = clock, switches
        self._by_app: dict[str, _Window] = {}
        self._searches = _Window(SEARCH_WINDOW_S)
        self._day, self._in_day = "", 0

    def count(self, app: str, *, search: bool) -> dict[str, Any] | None:
        """Counts one call of an app (its token); the body of the 429 where it is one too many."""
        switches, window = self._switches, self._searches if search else self._window(app)
        most = switches.hubspot_searches if search else switches.hubspot_burst
        self._turn_day()
        if switches.rate_limits and self._in_day >= switches.hubspot_daily_calls:
            return refusal("daily", policy="DAILY")
        if not window.left(most) and switches.rate_limits:
            return (
                refusal("secondly")
                if search
                else refusal("ten_secondly_rolling", policy="TEN_SECONDLY_ROLLING")
            )
        window.add()
        self._in_day += 1
        return None

    def _window(self, app: str) -> _Window:
        if app not in self._by_app:
            self._by_app[app] = _Window(WINDOW_S)
        return self._by_app[app]

    def _turn_day(self) -> None:
        day = self._here().date().isoformat()
        if day != self._day:
            self._day, self._in_day = day, 0

    def _here(self) -> datetime:
        return self._clock.now().astimezone(_ZONE)

    def headers(self, app: str) -> dict[str, str]:
        """What every answer but a search's says about what is left."""
        burst, daily = self._switches.hubspot_burst, self._switches.hubspot_daily_calls
        return {
            "X-HubSpot-RateLimit-Daily": str(daily),
            "X-HubSpot-RateLimit-Daily-Remaining": str(max(0, daily - self._in_day)),
            "X-HubSpot-RateLimit-Interval-Milliseconds": str(WINDOW_S * 1000),
            "X-HubSpot-RateLimit-Max": str(burst),
            "X-HubSpot-RateLimit-Remaining": str(self._window(app).left(burst)),
            "X-HubSpot-RateLimit-Secondly": str(burst // WINDOW_S),
            "X-HubSpot-RateLimit-Secondly-Remaining": str(burst // WINDOW_S),
        }

    def usage(self) -> dict[str, Any]:
        """Today's calls, as the account's usage report gives them."""
        self._turn_day()
        midnight = (self._here() + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        return {
            "name": "private-apps-api-calls-daily", "usageLimit": self._switches.hubspot_daily_calls,
            "currentUsage": self._in_day, "collectedAt": self._clock.now().isoformat(), "fetchStatus": "SUCCESS",
            "resetsAt": midnight.isoformat(),
        }  # fmt: skip


_ZONE = ZoneInfo(TIME_ZONE)


def refusal(name: str, *, policy: str = "") -> dict[str, Any]:
    """The body of a 429 for the limit of that name."""
    body: dict[str, Any] = {
        "status": "error", "message": f"You have reached your {name} limit.", "correlationId": str(uuid.uuid4()),
    }  # fmt: skip
    if not policy:
        return body | {"category": "RATE_LIMITS"}
    group = "publicapi:private-apps" + (":api-calls-daily" if policy == "DAILY" else "")
    return body | {"errorType": "RATE_LIMIT", "policyName": policy, "groupName": f"{group}:{PORTAL_ID}"}
