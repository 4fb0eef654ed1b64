"""Watches a CRM's daily allowance of calls, which all programs share: a run leaves the others their part."""

import threading
import time

from connectors.errors import QuotaSpent

_STALE_AFTER_S = 900.0
"""So long after the last answer the allowance may be another: one request finds out."""


class DailyCalls:
    """A gate of connectors.pace: lets requests pass until `share` of the day's calls is used, whoever used them.

    Knows nothing, and so lets everything pass, before an answer has told of the day. Safe between threads.
    """

    def __init__(self, *, share: float, place: str, refilled: str) -> None:
        """`refilled` says when there are new calls, such as `after midnight`."""
        self._share, self._place, self._refilled = share, place, refilled
        self.left: int | None = None
        """What is left of the day's calls; None before the first answer."""
        self._total, self._under_way, self._heard_at = 0, 0, 0.0
        self._lock = threading.Lock()

    def enter(self) -> float:
        """Lets a request pass, or raises QuotaSpent when it would be one too many."""
        with self._lock:
            if self.left is not None and time.monotonic() - self._heard_at <= _STALE_AFTER_S:
                kept = round(self._total * (1 - self._share))
                if self.left <= kept:
                    problem = f"{self.left} of the day's {self._total} calls are left, {kept} of them for other programs"
                    raise QuotaSpent(
                        self._place, problem, f"Run again {self._refilled}, or raise quota_share."
                    )
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
