"""HubSpot's rate limits: 190 calls in ten seconds, five searches a second, a daily allowance.

Windows run on the machine's time, as a client's pauses do; the day is the CRM's own.
Search answers carry no rate headers and their 429 no policy: both as recorded from the real service.
"""

import time
import uuid
from typing import Any

from sandbox.world import Clock

PER_WINDOW = 190
WINDOW_S = 10
SEARCHES_PER_SECOND = 5
PER_DAY = 650_000


class Limits:
    """Counts calls; counting never stops, refusing only happens where it is switched on."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._window, self._in_window = 0, 0
        self._second, self._in_second = 0, 0
        self._day, self._in_day = "", 0

    def count(self, *, search: bool) -> dict[str, Any] | None:
        """Counts one call; the body of the 429 when it is one too many."""
        day = self._clock.now().date().isoformat()
        if day != self._day:
            self._day, self._in_day = day, 0
        self._in_day += 1
        if self._in_day > PER_DAY:
            return refusal("daily", policy="DAILY")
        return self._count_search() if search else self._count_call()

    def _count_call(self) -> dict[str, Any] | None:
        window = int(time.monotonic() // WINDOW_S)
        if window != self._window:
            self._window, self._in_window = window, 0
        self._in_window += 1
        return (
            refusal("ten_secondly_rolling", policy="TEN_SECONDLY_ROLLING")
            if self._in_window > PER_WINDOW
            else None
        )

    def _count_search(self) -> dict[str, Any] | None:
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._in_second = second, 0
        self._in_second += 1
        return refusal("secondly") if self._in_second > SEARCHES_PER_SECOND else None

    def headers(self) -> dict[str, str]:
        """What every answer but a search's says about what is left."""
        return {
            "X-HubSpot-RateLimit-Daily": str(PER_DAY),
            "X-HubSpot-RateLimit-Daily-Remaining": str(max(0, PER_DAY - self._in_day)),
            "X-HubSpot-RateLimit-Interval-Milliseconds": str(WINDOW_S * 1000),
            "X-HubSpot-RateLimit-Max": str(PER_WINDOW),
            "X-HubSpot-RateLimit-Remaining": str(max(0, PER_WINDOW - self._in_window)),
            "X-HubSpot-RateLimit-Secondly": str(PER_WINDOW // WINDOW_S),
            "X-HubSpot-RateLimit-Secondly-Remaining": str(PER_WINDOW // WINDOW_S),
        }

    def usage(self) -> dict[str, Any]:
        """Today's calls, as the account's usage report gives them."""
        return {
            "name": "private-apps-api-calls-daily", "usageLimit": PER_DAY, "currentUsage": self._in_day,
            "collectedAt": self._clock.now().isoformat(), "fetchStatus": "SUCCESS",
        }  # fmt: skip


def refusal(name: str, *, policy: str = "") -> dict[str, Any]:
    """The body of a 429 for the limit of that name."""
    body: dict[str, Any] = {
        "status": "error", "message": f"You have reached your {name} limit.", "correlationId": str(uuid.uuid4()),
    }  # fmt: skip
    if not policy:
        return body | {"category": "RATE_LIMITS"}
    group = (
        "publicapi:private-apps:api-calls-daily:24601001"
        if policy == "DAILY"
        else "publicapi:private-apps:24601001"
    )
    return body | {"errorType": "RATE_LIMIT", "policyName": policy, "groupName": group}
